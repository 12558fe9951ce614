"""The harness as pytest sees it: opened by a fixture, judged in the call phase, closed at teardown.

A verdict and a mistake in the configuration are shown as their text alone: a traceback would lead into the harness.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import pytest

from autogen_harness import origin
from autogen_harness.clock.waits import frames_of_threads
from autogen_harness.errors import DocumentError, HarnessFailure, MissingExtra, Recorded, UsageError
from autogen_harness.harness import Harness
from autogen_harness.model import Finding
from autogen_harness.report.marker import marked_settings
from autogen_harness.report.recording import recording_of
from autogen_harness.watchdog import abort, watchdog

if TYPE_CHECKING:
    from autogen_harness.settings import Settings

_MISTAKES = (DocumentError, MissingExtra, UsageError)
_OURS = str(Path(__file__).parents[1])


@contextmanager
def harness_of(request: pytest.FixtureRequest, settings: Settings) -> Iterator[Harness]:
    """The harness of the test that ``request`` belongs to, from its setup to its teardown."""
    item = request.node
    with _as_text():
        marked = marked_settings(item, settings)
        harness = Harness(
            seed=item.nodeid,
            settings=marked.settings,
            root=request.config.rootpath,
            folder=item.path.parent,
            recording=recording_of(item, marked.settings, marked.record),
        )
        if not marked.off:
            harness.open()
    try:
        if not marked.off:
            with _as_text():
                marked.prepare(harness)
        yield harness
    finally:
        with _as_text():
            harness.close()


@contextmanager
def judging(item: pytest.Item, harness: Harness) -> Iterator[None]:
    """Watch over the body of ``item`` and judge its harness afterwards. A skipped test is not judged."""
    if not harness.is_open:  # switched off by the marker
        yield
        return
    try:
        with _watching(item, harness):
            yield
    except pytest.skip.Exception:
        raise
    except HarnessFailure as failure:  # an example under @given was judged in the body
        _fail(failure)
    except Recorded:  # the harness's own doing: the findings say more than the way it took through the framework
        with _as_text():
            harness.judge(body_failed=True)
        raise
    except BaseException as error:
        if isinstance(error, _MISTAKES):
            _end_at_the_users_line(error)
        _attach(item, harness, error)
        raise
    kept = getattr(item, "_excinfo", None)  # unittest keeps here what its body raised, a skip included
    if not kept:
        with _as_text():
            harness.judge()
    elif not isinstance(kept[0].value, pytest.skip.Exception):
        _attach(item, harness)


@contextmanager
def _watching(item: pytest.Item, harness: Harness) -> Iterator[None]:
    hang = _Hang(harness)

    def give_up(text: str) -> None:
        _stop_capturing(item)
        abort(f"{item.nodeid}: {text}")

    with watchdog(harness.settings.hang_seconds, harness.quiet_seconds, hang.describe, give_up):
        yield


class _Hang:
    """The finding of a hang, recorded once, however often the alarm has to ring until the test returns."""

    def __init__(self, harness: Harness) -> None:
        self._harness, self._what = harness, ""
        self._thread = threading.get_ident()

    def describe(self) -> str:
        if not self._what:
            last, where = "no turn was played", origin.at(frames_of_threads().get(self._thread))
            for turn in self._harness.transcript.turns[-1:]:
                last = f"the last turn was {turn.number}, {turn.said}, for {turn.agent}"
            self._what = f"nothing happened for {self._harness.settings.hang_seconds:g} s of real time; {last}"
            self._what += f"; the test waits at {where}" if where else ""
            fix = "look there for a wait that never ends, or raise harness_hang_seconds if the test is just slow"
            self._harness.ledger.record(Finding("chat-hung", self._what, fix, 'harness.expect("chat-hung")'))
        return self._what


def _stop_capturing(item: pytest.Item) -> None:
    capture = item.config.pluginmanager.getplugin("capturemanager")
    if capture is not None:
        capture.suspend_global_capture(in_=True)


def _attach(item: pytest.Item, harness: Harness, raised: BaseException | None = None) -> None:
    """Show the findings beside what the body raised, or in its place if it is what they tell."""
    try:
        harness.judge(body_failed=True)
    except HarnessFailure as failure:
        if _is_refusal(raised, failure.findings):
            _fail(failure)
        item.add_report_section("call", "autogen-harness", str(failure))
    else:
        if harness.transcript.recordings:
            item.add_report_section("call", "autogen-harness", "\n".join(harness.transcript.recordings))


def _is_refusal(raised: BaseException | None, findings: Iterable[Finding]) -> bool:
    """Is this what a client makes of the API's answer to a request that breaks its rules?"""
    refused = [str(one.fields["message"]) for one in findings if one.rule == "request-rejected"]
    return isinstance(raised, Exception) and any(message in str(raised) for message in refused)


def _end_at_the_users_line(mistake: BaseException) -> None:
    """The message says it all: what the harness did inside to find the mistake is cut off the traceback."""
    trace = last = mistake.__traceback__
    while trace is not None:
        if not trace.tb_frame.f_code.co_filename.startswith((_OURS, "<string>")):  # "<string>": what makes a dataclass
            last = trace
        trace = trace.tb_next
    if last is not None:
        last.tb_next = None


@contextmanager
def _as_text() -> Iterator[None]:
    try:
        yield
    except HarnessFailure as failure:
        _fail(failure)
    except UsageError as mistake:
        raise pytest.fail.Exception(f"autogen-harness: {mistake}", pytrace=False) from None


def _fail(failure: HarnessFailure) -> NoReturn:
    notes = getattr(failure, "__notes__", ())  # hypothesis tells the falsifying example here
    raise pytest.fail.Exception("\n".join([str(failure), *notes]), pytrace=False) from None
