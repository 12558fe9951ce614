"""Processes that check laws at the same time; one that does not come to an end is ended, and the rest goes on without it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from autogen_harness.survey.verdicts import Plan, Reached, Said, Verdict
from autogen_harness.survey.worker import heard

Tell = Callable[[Verdict | Reached], None]


@dataclass(frozen=True, slots=True)
class Job:
    """Some laws of one tool, with what was found out about it; without a plan it asks what can be."""

    target: str
    tool: str
    laws: tuple[str, ...] = ()
    plan: Plan | None = None


class Crew:
    """How jobs are done.

    Args:
        roots: folders of cassettes.
        examples: how many calls hypothesis may draw for a law.
        patience: real seconds that one law may take.
        tell: called with each verdict as it comes, from several threads; and with what was reached.
        coverage: measure what is reached of the tools' code.
    """

    def __init__(self, roots: Sequence[Path], examples: int, patience: float, tell: Tell, *, coverage: bool = False) -> None:
        self._roots, self._coverage = [str(root) for root in roots], coverage
        self._examples, self._patience, self._tell = examples, patience, tell

    def plans(self, jobs: Sequence[Job], hands: int) -> list[tuple[Job, Plan]]:
        """What the tools owe, ``hands`` of them asked at a time; a tool that gives no answer owes nothing, and has hung."""
        with ThreadPoolExecutor(hands) as pool:
            return [(job, plan) for job, plan in zip(jobs, pool.map(self._plan, jobs), strict=True) if plan is not None]

    def work(self, jobs: Iterable[Job], hands: int) -> None:
        """Check all laws, ``hands`` jobs at a time."""
        with ThreadPoolExecutor(hands) as pool:
            for _ in pool.map(self._check, jobs):
                pass

    def _plan(self, job: Job) -> Plan | None:
        found = None
        with self._process(job) as process:
            for one in process.says():
                found = one if isinstance(one, Plan) else self._tell(one)
            if found is None:
                self._tell(Verdict(job.tool, "an ordinary call", "hung", process.last_words))
        return found

    def _check(self, job: Job) -> None:
        left = list(job.laws)
        while left:
            with self._process(replace(job, laws=tuple(left))) as process:
                for one in process.says():
                    if isinstance(one, Verdict):
                        left.remove(one.law)
                    if not isinstance(one, Plan):
                        self._tell(one)
                said = process.last_words
            if left:  # it ended too early, in the first law of which nothing was heard
                self._tell(Verdict(job.tool, left.pop(0), "hung", said))

    def _process(self, job: Job) -> _Process:
        order = {**asdict(job), "roots": self._roots, "examples": self._examples, "coverage": self._coverage}
        return _Process(json.dumps(order), self._patience)


class _Process:
    """One worker. It is killed when nothing is heard of it for too long."""

    def __init__(self, order: str, patience: float) -> None:
        self._patience = patience
        self._last_line = "it said nothing"
        self._silent = False
        package = str(Path(__file__).resolve().parents[2])
        path = os.pathsep.join(filter(None, [package, os.environ.get("PYTHONPATH")]))
        self._child = subprocess.Popen(
            [sys.executable, "-m", "autogen_harness.survey.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            errors="replace",
            env={**os.environ, "PYTHONPATH": path},
        )
        assert self._child.stdin is not None  # noqa: S101  # a pipe was asked for
        self._child.stdin.write(order)
        self._child.stdin.close()

    def says(self) -> Iterator[Said]:
        """What it says, as it comes."""
        assert self._child.stdout is not None  # noqa: S101  # a pipe was asked for
        alarm = self._alarm()
        for line in self._child.stdout:
            if (said := heard(line)) is not None:
                alarm.cancel()
                yield said
                alarm = self._alarm()
            self._last_line = line.strip() or self._last_line
        alarm.cancel()

    def _alarm(self) -> threading.Timer:
        alarm = threading.Timer(self._patience, self._give_up)
        alarm.daemon = True
        alarm.start()
        return alarm

    def _give_up(self) -> None:
        self._silent = True
        self._child.kill()

    @property
    def last_words(self) -> str:
        """Why it ended too early."""
        if self._silent:
            return f"no end within {self._patience:g} seconds"
        return f"the process ended with {self._child.wait()}: {self._last_line}"

    def __enter__(self) -> _Process:
        return self

    def __exit__(self, *_: object) -> None:
        self._child.kill()
        self._child.wait()
        if self._child.stdout is not None:
            self._child.stdout.close()
