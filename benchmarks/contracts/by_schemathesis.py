"""schemathesis: all its phases and checks, valid and invalid data, on the tool behind HTTP in the same process.

As its documentation recommends for finding everything: it goes on after a failure, and does not shrink what nobody reads here.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from typing import Any

import schemathesis
from hosted import Hosted
from rows import Row
from schemathesis.engine import Status, events, from_schema
from schemathesis.engine.recorder import ScenarioRecorder
from served import CALLS, DOCUMENT, application, document
from subjects import contract, output_schema

WAY = "schemathesis"
TOLERANT = "schemathesis, 422 expected"
"""The same run without the check that valid data is accepted: told that a tool may answer any valid call with an error."""

WAYS = (TOLERANT, WAY)

_BROKEN = re.compile(r"Invalid component: (.*?)(?: \(was .*)?$", re.MULTILINE)
"""Which rule of the schema was broken, in the words of a failure, without the values."""

_ACCEPTANCE = "positive_data_acceptance"
EXAMPLES = 100


def rows(tool: str, defect: str, seeds: list[int]) -> Iterator[Row]:
    """Two rows for each seed: with every check, and with 422 expected."""
    made = contract(tool, defect)
    hosted = Hosted(tool, defect)
    app = application(document(made.name, made.schema, output_schema(made)), hosted.call)
    for seed in seeds:
        hosted.calls = 0
        begin = time.perf_counter()
        red = _reds(app, seed)
        seconds = time.perf_counter() - begin
        tolerant = {key: calls for key, calls in red.items() if not key.startswith(_ACCEPTANCE)}
        yield Row(TOLERANT, seed, tolerant, hosted.calls, seconds)
        yield Row(WAY, seed, red, hosted.calls, seconds)
    hosted.close()


def _reds(app: Any, seed: int) -> dict[str, int | None]:
    schema = schemathesis.openapi.from_wsgi(DOCUMENT, app, config=_config(seed))
    red: dict[str, int | None] = {}
    for event in from_schema(schema).execute():
        if isinstance(event, events.ScenarioFinished):
            for key, calls in _failures(event.recorder):
                red.setdefault(key, calls)
        elif isinstance(event, events.NonFatalError):
            red.setdefault(f"error:{event.info.title}", None)
        elif isinstance(event, events.FatalError):
            raise event.exception
    return red


def _config(seed: int) -> Any:
    return schemathesis.Config.from_dict(
        {
            "seed": seed,
            "continue-on-failure": True,
            "generation": {"mode": "all", "max-examples": EXAMPLES, "no-shrink": True, "database": "none"},
        }
    )


def _failures(recorder: ScenarioRecorder) -> Iterator[tuple[str, int | None]]:
    for case, checks in recorder.checks.items():
        for check in checks:
            if check.status is Status.FAILURE and check.failure_info is not None:
                failure = check.failure_info.failure
                told = (check.name, type(failure).__name__, failure._unique_key, *_BROKEN.findall(failure.message))
                yield ":".join(told), _calls(recorder, case)


def _calls(recorder: ScenarioRecorder, case: str) -> int | None:
    response = recorder.interactions[case].response if case in recorder.interactions else None
    told = response.headers.get(CALLS.lower()) if response is not None else None
    return int(told[0]) if told else None
