"""Calls that broke a law, each in a small JSON file, so that the next run tries it again and any machine can replay it.

Hypothesis keeps examples too, in a form that changes with its version and with the source of the test. These files hold the
arguments themselves. One is dropped when its law holds again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autogen_harness import documents
from autogen_harness.documents.checks import Checks
from autogen_harness.errors import UsageError
from autogen_harness.wording import nearest_or_all

if TYPE_CHECKING:
    from autogen_harness.contracts.failure import Evidence

FOLDER = Path(".autogen-harness", "broken")
"""Where the files are, relative to pytest's root."""

FORMAT = "autogen-harness-broken-law/1"


@dataclass(frozen=True, slots=True)
class Crash:
    """One call that broke a law.

    Attributes:
        test: the node id of the test, with the law in brackets.
        arguments: of the call, by name; None where the law needed no call.
        fault: the label of what the upstream answered; "" for a tool without an upstream.
        what: what was broken, in one line, for whoever opens the file.
    """

    test: str
    law: str
    tool: str
    what: str
    arguments: Mapping[str, Any] | None = None
    fault: str = ""

    @property
    def id(self) -> str:
        """Eight characters that name it: the same wherever the same call breaks the same law."""
        call = json.dumps([self.test, self.arguments, self.fault], sort_keys=True)
        return hashlib.sha256(call.encode()).hexdigest()[:8]


def crash_of(evidence: Evidence, test: str) -> Crash | None:
    """What to keep of a broken law; None where its arguments are not JSON, so that no file can hold them."""
    made = Crash(test, evidence.law, evidence.tool, evidence.what, evidence.arguments, evidence.fault)
    try:
        json.dumps(made.arguments, allow_nan=False)
    except (TypeError, ValueError):
        return None
    return made


class Shelf:
    """The crash files of a project.

    Args:
        root: pytest's root.
        closed: nothing is written or taken away, as in CI.
    """

    def __init__(self, root: Path, *, closed: bool) -> None:
        self._folder = root / FOLDER
        self._closed = closed

    def keep(self, crash: Crash) -> bool:
        """Write a file, in place of what the same test left before; whether there is one now."""
        if self._closed:
            return False
        self.drop(crash.test)
        documents.write(self._folder.parent / ".gitignore", "*\n")
        documents.write(self._path(crash.id), json.dumps({"format": FORMAT, **asdict(crash)}, indent=1) + "\n")
        return True

    def drop(self, test: str) -> None:
        """Take away what a test left."""
        if not self._closed:
            for crash in self.of(test):
                self._path(crash.id).unlink(missing_ok=True)

    def of(self, test: str) -> list[Crash]:
        """What a test left: mostly nothing, and at most a file."""
        return [crash for crash in self._all() if crash.test == test]

    def find(self, wanted: str) -> Crash:
        """The crash with an id.

        Raises:
            UsageError: there is none; the nearest is told.
            DocumentError: its file is none of ours.
        """
        known = sorted(path.stem for path in self._folder.glob("*.json"))
        if wanted not in known:
            hint = nearest_or_all(wanted, known) if known else "no broken law is kept; run the contracts first"
            message = f"no broken law {wanted!r} is kept in {self._folder}; {hint}"
            raise UsageError(message)
        return read(self._path(wanted))

    def _all(self) -> Iterator[Crash]:
        for path in sorted(self._folder.glob("*.json")):
            yield read(path)

    def _path(self, name: str) -> Path:
        return self._folder / f"{name}.json"


def _loads(text: str, path: str) -> Crash:
    checks = Checks()
    names = [field.name for field in fields(Crash)]
    table = checks.table(documents.parse_json(text, path), (), required=("format", *names))
    if table and table.get("format") != FORMAT:
        checks.wrong(("format",), f"must be {FORMAT!r}", "delete the file; the next run writes it again")
    for name in ("test", "law", "tool", "what", "fault"):
        if not isinstance(table.get(name, ""), str):
            checks.wrong((name,), f"must be a string, not {checks.kind(table[name])}")
    if not isinstance(table.get("arguments"), dict | None):
        checks.wrong(("arguments",), f"must be an object or null, not {checks.kind(table['arguments'])}")
    if checks.problems:
        documents.refuse(path, text, checks.problems)
    return Crash(**{name: table[name] for name in names})


read = documents.loader(_loads, 1000)
"""The crash in a file; raises DocumentError where it is none of ours."""
