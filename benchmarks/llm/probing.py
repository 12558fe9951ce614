"""How a program answers: a function or an answer for each question, one line of JSON for each answer. Standard library only."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

from questions import QUESTIONS


@dataclass(frozen=True)
class Answer:
    """What a program found: a verdict of ``yes``, ``no``, ``n of m``, ``not applicable`` or ``error``, and what it saw."""

    verdict: str
    evidence: str


def yes(evidence: object) -> Answer:
    return Answer("yes", _short(evidence))


def no(evidence: object) -> Answer:
    return Answer("no", _short(evidence))


def not_applicable(reason: str) -> Answer:
    return Answer("not applicable", reason)


def holds(truth: object, evidence: object) -> Answer:
    """Yes or no, by a condition."""
    return yes(evidence) if truth else no(evidence)


def counted(seen: Mapping[str, object]) -> Answer:
    """How many of several held; the evidence names the others."""
    missed = [name for name, held in seen.items() if not held]
    return Answer(f"{len(seen) - len(missed)} of {len(seen)}", _short("not: " + ", ".join(missed) if missed else "all"))


def mistakes_told(told_of: Callable[[str, dict[str, Any], dict[str, Any]], object]) -> Answer:
    """How many mistakes of a script are told. ``told_of`` scripts a call of a tool with arguments, and asks with options."""
    mistakes: dict[str, tuple[str, dict[str, Any], dict[str, Any]]] = {
        "not on offer": ("subtract", {"x": 1}, {}),
        "arguments": ("add", {"y": "one"}, {}),
        "tool_choice": ("add", {"x": 1}, {"tool_choice": "none"}),
    }
    return counted({name: told_of(*mistake) for name, mistake in mistakes.items()})


def error_of(ask: Callable[[], object]) -> Exception | None:
    """What ``ask`` raises, or None. What is not an Exception is a break of the probe, and goes on."""
    try:
        ask()
    except Exception as error:  # noqa: BLE001 - any error is an answer here
        return error
    return None


def told(error: Exception | None) -> str:
    """An error in one line."""
    return f"{type(error).__name__}: {error}" if error else "no error"


def is_red(test: str, *options: str) -> Answer:
    """Is a test red under pytest, with the plugins of this environment? A test that cannot begin is an error, not a yes."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "test_probe.py").write_text(test, encoding="utf-8")
        report = Path(folder, "report.xml")
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", f"--junitxml={report}", *options, folder]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=60, check=False)
        if done.returncode not in (0, 1):
            return Answer("error", _short(done.stdout[-300:] + done.stderr[-300:]))
        told = [one.get("message", "") for one in ET.parse(report).iter() if one.tag in ("failure", "error")]
    if any(why.startswith("failed on setup") for why in told):
        return Answer("error", _short(told[0]))
    return holds(told, f"the test is red: {told[0]}" if told else "the test is green")


def installed(*names: str) -> dict[str, str]:
    """The versions of these distributions in this environment."""
    return {name: found for name in names if (found := _version(name))}


def main(probe: Mapping[str, object], versions: Mapping[str, str]) -> None:
    """Ask every question of a probe and print each answer as it comes."""
    print(json.dumps({"versions": dict(versions), "python": sys.version.split()[0]}), flush=True)
    for name in QUESTIONS:
        print(json.dumps({"question": name, **asdict(_answer(probe.get(name)))}), flush=True)
    sys.stdout.flush()
    os._exit(0)  # a server of a rival may leave a thread at work


def _answer(ask: object) -> Answer:
    if isinstance(ask, Answer):
        return ask
    if not callable(ask):
        return Answer("error", "the probe has no program for this question")
    try:
        answer = ask()
    except Exception as error:  # noqa: BLE001 - a program that broke off is an answer too
        return Answer("error", _short(told(error)))
    return answer if isinstance(answer, Answer) else Answer("error", f"the program gave {answer!r}")


def _short(evidence: object) -> str:
    text = " ".join(str(evidence).split())
    return text if len(text) <= 300 else text[:297] + "..."


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""
