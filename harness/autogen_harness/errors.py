"""Every exception that a user of the harness can meet.

One root, so that ``except HarnessError`` catches them all. Each class says in its docstring who raised it and what to do.
Facts are kept as attributes; the text is made from them.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from autogen_harness.model import Finding
    from autogen_harness.secrecy.leak import Leak

_LINKS = re.compile(r"\n?[ \t]*For further information visit https://errors\.pydantic\.dev\S*")


class HarnessError(Exception):
    """Root of all exceptions of autogen-harness."""


class UsageError(HarnessError, ValueError):
    """The test uses the harness in a way that cannot work; the message says what to write instead."""


def must_be_text(value: object, what: str, example: str) -> None:
    """Refuse what is not text, where it was written.

    Raises:
        UsageError: ``value`` is not a string; ``what`` it should be, and an ``example``.
    """
    if not isinstance(value, str):
        given = f"the function {value.__name__}" if hasattr(value, "__name__") else repr(value)
        raise UsageError(f"{what} is text, not {given}; write {example}")


def told(error: BaseException) -> str:
    """An exception as ``ValueError: bad``, and one without a text as its class alone; without Pydantic's links."""
    text = without_links(str(error)).strip()
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def without_links(text: str) -> str:
    """``text`` without the lines in which Pydantic refers to its own documentation."""
    return _LINKS.sub("", text)


class DocumentError(HarnessError):
    """A file that the harness was given cannot be used.

    Attributes:
        path: the file as the user named it.
        line, column: where, counted from 1; 0 where the whole file is meant.
        problem: what is wrong, one line.
        hint: the nearest right thing or how to fix it; may be empty.
        pointer: the way to the value from the root of the document, such as ``a[0].b``; empty for the whole of it.
        brief: place and problem in one line.
        text: all that is printed of it, without the others.
        others: what else is wrong with the same file.
    """

    others: tuple[DocumentError, ...] = ()

    def __init__(
        self,
        path: str,
        problem: str,
        *,
        line: int = 0,
        column: int = 0,
        hint: str = "",
        pointer: str = "",
        source: str = "",
        caret: int = 0,
    ) -> None:
        """``source`` is shown with a caret under the character ``caret``, counted from 1; 0 is ``column``."""
        self.path, self.problem, self.line, self.column, self.hint, self.pointer = path, problem, line, column, hint, pointer
        place = f"{path}:{line}:{column}" if line else path
        text = self.brief = f"{place}: {pointer}: {problem}" if pointer else f"{place}: {problem}"
        if source:
            text += f"\n    |\n{line:>3} | {source}\n    | {' ' * ((caret or column) - 1)}^"
        if hint:
            text += f"\n  {hint}"
        self.text = text
        super().__init__(text)

    def with_others(self, others: Sequence[DocumentError]) -> DocumentError:
        """The same error that also carries, and prints, what else is wrong with the file."""
        self.others = tuple(others)
        self.args = ("\n".join([self.text, *(other.text for other in others)]),)
        return self


class SecretFound(HarnessError):
    """A file was not written, because a secret would have stood in it.

    Attributes:
        path: the file that was to be written; what was there before is still there.
        leaks: where each secret would have stood, and what it is called. No value is kept.
    """

    def __init__(self, path: str, leaks: Sequence[Leak], hint: str) -> None:
        self.path, self.leaks = path, tuple(leaks)
        super().__init__("\n".join((f"{path} was not written, because it would hold a secret:", *map(str, leaks), hint)))


class MissingExtra(HarnessError):
    """A part of the harness needs a package that is not installed; ``extra`` names what brings it."""

    def __init__(self, package: str, extra: str) -> None:
        self.package, self.extra = package, extra
        super().__init__(f"{package} is not installed; install it with: pip install 'autogen-harness[{extra}]'")


class Recorded(HarnessError):
    """Raised into the code under test, and recorded as a finding as well, because that code may swallow it."""


class ScriptExhausted(Recorded):
    """An agent asked the model once more than the script has turns. Recorded as the finding ``script-exhausted``."""


class ScriptBroken(Recorded, UsageError):
    """A turn of the script cannot be played, and the message says why. Recorded as the finding ``script-broken``."""


class UnmatchedRequest(Recorded):
    """No cassette has an answer for this HTTP request. Recorded as the finding ``http-unmatched``.

    It is deliberately not a ``ConnectionError``: a tool must not mistake a hole in the test for a fault of the network.
    """


class NetworkBlocked(Recorded):
    """Code under test tried to reach the network. Recorded as the finding ``network-attempted``, kept in ``finding``."""

    finding: Finding | None = None


class ChatHung(Recorded):
    """Raised in the main thread by the watchdog, when nothing happened for ``harness_hang_seconds`` of real time."""


class ModelFault(HarnessError):
    """A scripted ``fail(...)`` where the ``openai`` package is absent; it carries the fields of the SDK's own class."""

    def __init__(
        self, message: str, *, status_code: int | None = None, code: str | None = None, retry_after: float | None = None
    ) -> None:
        self.message, self.status_code, self.code, self.retry_after = message, status_code, code, retry_after
        super().__init__(message)


class ModelTimeout(ModelFault, TimeoutError):
    """A scripted ``fail.timeout()`` where ``openai`` is absent; of the SDK's own class AutoGen makes a ``TimeoutError`` too."""


class HarnessFailure(HarnessError, AssertionError):
    """The verdict of a harness: the test is not green, for every one of ``findings``."""

    def __init__(self, findings: Sequence[Finding], text: str) -> None:
        self.findings = tuple(findings)
        super().__init__(text)
