"""Record a script from a real run: requests go to the real model, and what it says becomes a script file."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from autogen_harness import documents
from autogen_harness.errors import UsageError
from autogen_harness.llm.recording.recorder import TOPIC, Exchange, Recorder
from autogen_harness.llm.recording.script_making import script_of
from autogen_harness.llm.recording.secrets import Secrets
from autogen_harness.llm.script.script_file import ScriptFile
from autogen_harness.model import Note
from autogen_harness.scripts import dump
from autogen_harness.secrecy.known import named, of_environment
from autogen_harness.surroundings import is_ci

if TYPE_CHECKING:
    from autogen_harness.ledger import Ledger
    from autogen_harness.llm.player import ScriptPlayer


@dataclass(slots=True)
class ScriptRecording:
    """What ``harness.record_script(...)`` hands out; all but the path is there when its block has ended.

    Attributes:
        path: the file that is written.
        script: what stands in it.
        removed: how often each secret was taken out, by what it is called.
    """

    path: Path
    script: ScriptFile | None = None
    removed: Mapping[str, int] = field(default_factory=dict)


@contextmanager
def recording(
    path: Path, llm: ScriptPlayer, ledger: Ledger, *, overwrite: bool, in_ci: bool, secrets: Iterable[str]
) -> Iterator[ScriptRecording]:
    """Record until the block ends. If it raises, what was said so far is kept apart, as ``NAME.failed.yaml``.

    Raises:
        UsageError: the file is there, this is CI, another recording is under way, or no agent asked the model.
    """
    _check(path, llm, overwrite=overwrite, in_ci=in_ci)
    made, recorder = ScriptRecording(path), Recorder(ledger)
    llm.recorder = recorder
    try:
        yield made
    except BaseException:
        if recorder.exchanges:
            made.path = path.with_name(f"{path.stem}.failed{path.suffix}")
            _write(made, recorder, ledger, secrets)
        raise
    finally:
        llm.recorder = None
    if not recorder.exchanges:
        raise UsageError(f"{path.name} was not written: no agent asked the model while it was recorded")
    _write(made, recorder, ledger, secrets)


def _check(path: Path, llm: ScriptPlayer, *, overwrite: bool, in_ci: bool) -> None:
    if llm.recorder is not None:
        raise UsageError("a script is being recorded already; one at a time")
    if path.suffix not in (".yaml", ".yml"):
        raise UsageError(f"a script is recorded into a YAML file: write {path.stem}.yaml in place of {path.name}")
    if path.exists() and not overwrite:
        raise UsageError(f"{path} is there already; remove it, or write record_script(..., overwrite=True)")
    if not in_ci and is_ci():
        raise UsageError("this is CI (the variable CI is set), where nothing is recorded unless record_script(..., in_ci=True)")


def _write(made: ScriptRecording, recorder: Recorder, ledger: Ledger, secrets: Iterable[str]) -> None:
    known = Secrets({**of_environment(os.environ), **named("API key", recorder.keys), **named("secret", secrets)})
    script = script_of(recorder.exchanges, known)
    made.removed = dict(known.removed)
    made.script = ScriptFile(script.turns, script.agents, script.selector, script.summary, _about(recorder.exchanges, made))
    documents.write(made.path, dump(made.script))
    if made.removed:
        ledger.record(Note(TOPIC, f"{made.path.name}: removed {_told(made.removed)}"))


def _about(exchanges: Iterable[Exchange], made: ScriptRecording) -> str:
    models = sorted({str(one.request.params.get("model") or "an unnamed model") for one in exchanges})
    said = f"Recorded from {' and '.join(models)} on {date.today().isoformat()}."  # noqa: DTZ011 - the day it is for the reader
    return said + (f" Removed: {_told(made.removed)}." if made.removed else "")


def _told(removed: Mapping[str, int]) -> str:
    return ", ".join(name if times == 1 else f"{name} ({times} times)" for name, times in removed.items())
