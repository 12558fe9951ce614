"""References as text: ``search.companies[0].name`` alone, or in a text as ``${search.companies[0].name}``.

``tool#0`` is the first call of a tool, ``tool#-2`` the last but one; the path is that of
:mod:`~autogen_harness.llm.references.paths`. In a text ``$$`` in front of a brace is one dollar: ``$${`` is ``${``, and
``$$${price.usd}`` is a dollar and then the price.
"""

from __future__ import annotations

import re

from autogen_harness.errors import UsageError
from autogen_harness.llm.references import paths
from autogen_harness.llm.references.reference import Reference, result

_TOOL = r"[A-Za-z0-9_-]+"
_INDEX = r"-?(?:0|[1-9][0-9]*)"
_STEP = r"""\.[^\s\d.'"#$\[\]{}][^\s.'"#$\[\]{}]*|\[-?[0-9]+\]|\['(?:[^'\\]|\\.)*'\]|\["(?:[^"\\]|\\.)*"\]"""

_REFERENCE = rf"{_TOOL}(?:#{_INDEX})?(?:{_STEP})*"
_PLAIN = r"[^$]|\$+[^{$]|(?:\$\$)+\{|\$+$"

# As Python and ECMAScript both read them, for the JSON Schema; what is in brackets or behind a dot is checked further.
REFERENCE = rf"^{_REFERENCE}$"
PLAIN_TEXT = rf"^(?:{_PLAIN})*$"
TEMPLATE = rf"^(?:{_PLAIN}|(?:\$\$)*\$\{{{_REFERENCE}\}})*$"

_WHOLE = re.compile(rf"(?P<tool>{_TOOL})(?:#(?P<call>{_INDEX}))?(?P<path>(?:{_STEP})*)")
_DOLLARS = re.compile(r"(\$+)\{")
_BEFORE_BRACE = re.compile(r"\$+(?=\{)")
_BEFORE_REFERENCE = re.compile(r"\$+(?=\{|\Z)")


class NotSaid(ValueError):
    """The text is no reference, or a value has no words in a file; the message says which."""


def read(text: str, *, as_text: bool = False) -> Reference:
    """The reference that a text is.

    Raises:
        NotSaid: it is none.
    """
    found = _WHOLE.fullmatch(text)
    if found is None:
        raise _no_reference(text)
    return _made(found, as_text=as_text)


def _made(found: re.Match[str], *, as_text: bool = False) -> Reference:
    try:
        return result(found["tool"], path=found["path"], call=int(found["call"] or -1), as_text=as_text)
    except UsageError as error:
        raise NotSaid(str(error)) from error


def _no_reference(text: str) -> NotSaid:
    shown = text if len(text) <= 60 else f"{text[:59]}…"
    return NotSaid(f"{shown!r} is no reference to a result, such as search.companies[0].name, or search#0 for its first call")


def write(tool: str, path: tuple[paths.Step, ...], call: int) -> str:
    """A reference as text.

    Raises:
        NotSaid: the tool has a name that a reference in a file cannot hold.
    """
    if not re.fullmatch(_TOOL, tool):
        raise _no_reference(tool)
    return tool + ("" if call == -1 else f"#{call}") + paths.written(path)


def split(text: str) -> list[str | Reference]:
    """The pieces of a text: strings as they are meant, and references.

    Raises:
        NotSaid: what stands in ``${...}`` is no reference.
    """
    pieces: list[str | Reference] = []
    plain, at = "", 0
    for dollars in _DOLLARS.finditer(text):
        if dollars.start() < at:  # inside of the reference before
            continue
        count = len(dollars[1])
        plain += text[at : dollars.start()] + "$" * (count // 2)
        if count % 2 == 0:
            plain, at = plain + "{", dollars.end()
            continue
        found = _WHOLE.match(text, dollars.end())
        if found is None or text[found.end() : found.end() + 1] != "}":
            raise _no_reference(text[dollars.end() :].partition("}")[0])
        pieces += [plain, _made(found)] if plain else [_made(found)]
        plain, at = "", found.end() + 1
    plain += text[at:]
    return [*pieces, plain] if plain or not pieces else pieces


def escaped(text: str, *, before_reference: bool = False) -> str:
    """A string as it is written in a text, where its own dollars and braces must not look like a reference."""
    dollars = _BEFORE_REFERENCE if before_reference else _BEFORE_BRACE
    return dollars.sub(lambda found: found[0] * 2, text)
