"""Serve script files until nobody needs them any more, then judge: the work behind ``autogen-harness serve``."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from autogen_harness.errors import UsageError
from autogen_harness.model import Finding
from autogen_harness.report.failure import render_failure
from autogen_harness.scripts import ScriptFile
from autogen_harness.server import ScriptRun, ScriptServer

_STEP = 0.05
_PATIENCE = 5.0
_PROXIES = ("NO_PROXY", "no_proxy")
_LOOPBACK = "127.0.0.1,localhost,::1"
_SIGNALS = (signal.SIGINT, signal.SIGTERM)


def add_files(server: ScriptServer, files: Sequence[ScriptFile], dialect: str) -> list[ScriptRun]:
    """Serve each file, under its name without the ending.

    Raises:
        UsageError: two files have one name.
    """
    runs = []
    for file in files:
        run = server.script(Path(file.path).stem)
        run.llm.dialect = dialect
        run.llm.add(file)
        runs.append(run)
    return runs


def greeting(runs: Sequence[ScriptRun]) -> Iterator[str]:
    """What a reader, or the ``eval`` of a shell, needs to find the scripts: the first one, and the keys of the others."""
    yield from (f"export {name}={shlex.quote(value)}" for name, value in runs[0].env.items())
    for run in runs:
        yield f"# {run.name}: the key {run.key}, or {run.key}:<agent> for one agent"


def wait(runs: Sequence[ScriptRun], *, once: bool) -> None:
    """Wait for Ctrl-C or SIGTERM; with ``once`` only until every turn was played, or one could not be."""
    with _stopping() as stop:
        while not stop.wait(_STEP):
            if once and all(run.ledger.findings or not run.llm.leftovers() for run in runs):
                return


def run_command(command: Sequence[str], env: Mapping[str, str]) -> int:
    """Run a program that finds the script by its environment. Ctrl-C and SIGTERM end it.

    Returns:
        Its exit code; 128 and the number of the signal where one ended it.

    Raises:
        UsageError: it cannot be started.
    """
    with _stopping() as stop:
        try:
            program = subprocess.Popen(command, env=_environment(env))  # noqa: S603 - the user's own command, not through a shell
        except OSError as error:
            message = f"{command[0]!r} cannot be started: {error.strerror}"
            raise UsageError(message) from error
        while program.poll() is None:
            if stop.wait(_STEP):
                _end(program)
    code: int = program.returncode
    return code if code >= 0 else 128 - code


def verdict(runs: Sequence[ScriptRun], strays: Sequence[Finding], *, failed: bool) -> tuple[bool, str]:
    """Is it clean, and the text of it. ``failed``: the program failed by itself, so turns left say nothing new."""
    found = [(run, run.findings(body_failed=failed)) for run in runs]
    texts = [_told(run, findings, failed=failed) for run, findings in found]
    texts += [f"{one.what}\n   fix: {one.fix}" for one in strays]
    return not strays and not any(findings for _, findings in found), "\n\n".join(texts)


def _told(run: ScriptRun, findings: Sequence[Finding], *, failed: bool) -> str:
    count = f"(turns played: {len(run.llm.turns)}, requests: {len(run.llm.requests)}, attempts: {len(run.attempts)})"
    if not findings:
        return f"{run.name}: {'no findings until then' if failed else 'clean'} {count}"
    plain = [replace(one, expect="") for one in findings]  # there is no test to write that line into
    how_many = f"{len(findings)} finding{'' if len(findings) == 1 else 's'}"
    return f"{run.name}: {how_many} {count}\n{render_failure(plain, run.transcript)}"


def _environment(env: Mapping[str, str]) -> dict[str, str]:
    """This process's, with the script; a proxy would not find this machine."""
    around = {name: ",".join(filter(None, [os.environ.get(name), _LOOPBACK])) for name in _PROXIES}
    return {**os.environ, **around, **env}


def _end(program: subprocess.Popen[bytes]) -> None:
    program.terminate()
    try:
        program.wait(_PATIENCE)
    except subprocess.TimeoutExpired:
        program.kill()
        program.wait()


@contextmanager
def _stopping() -> Iterator[threading.Event]:
    """An event that Ctrl-C and SIGTERM set, instead of ending this process before its verdict."""
    stop = threading.Event()
    if threading.current_thread() is not threading.main_thread():  # only there signals can be had
        yield stop
        return
    found = {number: signal.signal(number, lambda *_: stop.set()) for number in _SIGNALS}
    try:
        yield stop
    finally:
        for number, handler in found.items():
            signal.signal(number, handler)
