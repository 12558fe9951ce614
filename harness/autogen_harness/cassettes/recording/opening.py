"""From a record mode to what is to be done: play a cassette, send, or both."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from autogen_harness import documents
from autogen_harness.cassettes import foreign
from autogen_harness.cassettes.files import store
from autogen_harness.cassettes.files.skeletons import DEFAULT_ROOT
from autogen_harness.cassettes.recording.keeping import File
from autogen_harness.cassettes.recording.modes import WRITING
from autogen_harness.cassettes.recording.recorder import RecordingTape
from autogen_harness.cassettes.recording.tape import SealedTape
from autogen_harness.cassettes.recording.verifier import VerifyingTape
from autogen_harness.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from autogen_harness.cassettes.recording.modes import Recording
    from autogen_harness.cassettes.shelf import Tape
    from autogen_harness.ledger import Entry


@dataclass(frozen=True, slots=True)
class Opened:
    """What a mode comes to: whether the cassette is played, and what is asked where it has no answer."""

    name: str
    plays: bool
    tape: Tape


def opened(
    name: str | None,
    mode: str | None,
    recording: Recording,
    roots: Sequence[Path],
    record: Callable[[Entry], None],
    *,
    optional: bool = False,
    headers: Sequence[str] = (),
) -> Opened:
    """Open a cassette to be recorded.

    Args:
        name: of the cassette; None for the test's own.
        mode: what the test's code says.
        recording: what the run says.
        roots: the user's folders; a new file is made in the first.
        record: receives what happens.
        optional: what is recorded need not be asked for.
        headers: names of request headers to record beside the usual ones.

    Raises:
        UsageError: there is no such mode, no name, or nothing to play or to compare with.
        DocumentError: the file is not a cassette.
    """
    holds = recording.mode(mode)
    stem = _named(name, recording)
    file = File(store.own_path(stem, roots or (DEFAULT_ROOT,)), recording.run, recording.secret_names)
    if holds == "once" and not file.is_new():
        holds = "none"
    if holds == "none":
        _check_there(stem, roots, recording)
        return Opened(stem, plays=True, tape=SealedTape())
    if holds == "verify":
        recorded = [one for _, one in store.fetch(stem, roots)]
        return Opened(stem, plays=False, tape=VerifyingTape(stem, recorded, record, recording.secret_names))
    _check_ours(file.path)
    names = [one.lower() for one in headers]
    tape = RecordingTape(stem, file, record, anew=holds == "all", optional=optional, headers=names)
    return Opened(stem, plays=holds == "new_episodes" and file.path.exists(), tape=tape)


def begins_by_itself(recording: Recording, roots: Sequence[Path]) -> bool:
    """Is there something to do for the test's own cassette where the test says nothing of it?"""
    return recording.mode() in WRITING or store.is_there(recording.own, roots)


def _named(name: str | None, recording: Recording) -> str:
    stem = recording.own if name is None else name.removesuffix(".jsonl").removesuffix(".json")
    if not stem:
        message = 'record() needs the name of a cassette here, as in harness.http.record("quotes/nvda")'
        raise UsageError(message)
    if "#" in stem:
        raise UsageError(f"record({name!r}): a whole file is recorded, not one interaction of it")
    return stem


def _check_ours(path: Path) -> None:
    """What is recorded into another program's file could not be written, which would be told only once all has been sent."""
    if path.exists() and foreign.claims(documents.read(path), str(path)):
        message = f"{path} is another program's cassette, which is played but not recorded into; convert it first"
        to = path.with_suffix(".json")
        over = " --force" if to == path else ""
        raise UsageError(f"{message}: autogen-harness cassette convert {path} {to}{over}")


def _check_there(stem: str, roots: Sequence[Path], recording: Recording) -> None:
    if store.is_there(stem, roots):
        return
    where = " --harness-record-in-ci, since this is CI" if recording.closed else ""
    how = f"record it with --harness-record=once{where}, and allow its hosts with harness_allow_hosts"
    raise UsageError(f"{store.unknown(stem, roots)}\n  {how}")
