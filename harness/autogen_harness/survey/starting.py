"""The beginning of a test suite for tools: their contracts with what could be found out, and a first chat with each.

Nothing that is there is written over. What is written is the user's to change.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from autogen_harness import documents, targets
from autogen_harness.cassettes.cassette import Cassette, Interaction, Match
from autogen_harness.cassettes.files import formats
from autogen_harness.contracts.answering import origins
from autogen_harness.contracts.hints import NAMES, Hints
from autogen_harness.contracts.schema import tool_schema
from autogen_harness.contracts.subject import home_of
from autogen_harness.errors import UsageError
from autogen_harness.llm.script.script_file import ScriptFile
from autogen_harness.llm.turns.turn import call, say
from autogen_harness.model import HttpReply, HttpRequest
from autogen_harness.scripts import dump
from autogen_harness.survey import texts

if TYPE_CHECKING:
    from autogen_harness.survey.discovery import Tool
    from autogen_harness.survey.verdicts import Plan


@dataclass(frozen=True, slots=True)
class Start:
    """One tool, with what is known of it.

    Attributes:
        wants: hints whose absence keeps laws from being checked.
    """

    tool: Tool
    plan: Plan
    wants: Sequence[str]


@dataclass(frozen=True, slots=True)
class Folders:
    """Where files go: tests, the project's scripts and its cassettes."""

    tests: Path
    scripts: Path
    cassettes: Path


def files(target: str, starts: Sequence[Start], folders: Folders, *, chats: bool) -> dict[Path, str]:
    """Every file with its text.

    Args:
        target: what the command line names.
        starts: the tools.
        folders: where the files go.
        chats: write first chats as well, with a script and a cassette for each.

    Raises:
        UsageError: no tool can be imported from anywhere, or a file is there already.
    """
    module = targets.load(target).module
    reached = {start.tool.name: home_of(start.tool.function) for start in starts}
    usable = [start for start in starts if reached[start.tool.name]]
    if not usable:
        message = (
            f"{target} makes its tools inside a function; give a contract the functions themselves, and name their module here"
        )
        raise UsageError(message)
    made = {folders.tests / f"test_{_word(module.__name__)}_contracts.py": _tests(module, usable, starts, chats=chats)}
    talking = _chatting(usable) if chats else []
    made |= {folders.scripts / f"{start.tool.name}.yaml": _script(start) for start in talking}
    asking = [start for start in usable if start.plan.asks and (start in talking or start.plan.strangers)]
    made |= {folders.cassettes / f"{start.tool.name}.json": _cassette(start, folders) for start in asking}
    for path in made:
        if path.exists():
            message = (
                f"{path} is there already; move it, or name another folder: --tests, and the settings scripts and cassettes"
            )
            raise UsageError(message)
    return made


def _chatting(starts: Sequence[Start]) -> list[Start]:
    """Those whose ordinary call succeeds, or would if somebody answered: of others nobody knows what a chat would need."""
    return [start for start in starts if start.plan.strangers or not start.plan.trouble]


def write(made: Mapping[Path, str]) -> None:
    """Write them."""
    for path, text in made.items():
        documents.write(path, text)


def _word(name: str) -> str:
    return re.sub(r"\W+", "_", name)


def _tests(module: ModuleType, usable: Sequence[Start], starts: Sequence[Start], *, chats: bool) -> str:
    schemas = {start.tool.name: _schema(start.tool, module) for start in usable}
    left_out = sorted({start.tool.name for start in starts} - schemas.keys())
    parts = [
        texts.head(
            module.__name__,
            _imports(module, usable, schemas.values()),
            chats=chats and bool(_chatting(usable)),
            waits=any(map(_waits, _chatting(usable))),
        ),
        *(texts.literal(schema.expression, schema.entry) for schema in schemas.values() if not schema.stands),
        *(
            texts.contract(
                start.tool.name, _name(start.tool), start.plan, schemas[start.tool.name].expression, _comments(start)
            )
            for start in usable
        ),
        *([texts.left_out(left_out)] if left_out else []),
    ]
    if chats and _chatting(usable):
        parts += [texts.CHAT, *(_chat(start, schemas[start.tool.name].expression) for start in _chatting(usable))]
    return "\n\n\n".join(parts) + "\n"


def _name(tool: Tool) -> str:
    home = home_of(tool.function)
    return home.attribute if home else tool.name


def _chat(start: Start, schema: str) -> str:
    return texts.chat(start.tool.name, _name(start.tool), schema, asks=bool(start.plan.asks), waits=_waits(start))


def _waits(start: Start) -> bool:
    return "async" in start.plan.patterns


@dataclass(frozen=True, slots=True)
class _Schema:
    """A tool's schema in Python: an expression of the module's names where it ``stands`` there, else a name of its own."""

    expression: str
    entry: Any
    stands: bool


def _schema(tool: Tool, module: ModuleType) -> _Schema:
    entry = tool.schema or {
        "name": tool.name,
        "description": (tool.function.__doc__ or tool.name).strip().partition("\n")[0],
        "parameters": tool_schema.from_signature(tool.function),
    }
    found = next((place for place, value in _places(module) if value is entry), "")
    return _Schema(found or f"{tool.name.upper()}_SCHEMA", entry, bool(found))


def _places(module: ModuleType) -> Iterator[tuple[str, Any]]:
    """Every value in the collections of a module, with the expression that gives it."""
    for name, value in vars(module).items():
        if not name.startswith("_"):
            yield from _inside(name, value)


def _inside(place: str, value: Any, depth: int = 3) -> Iterator[tuple[str, Any]]:
    yield place, value
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list | tuple) else ()
    for key, inner in pairs if depth else ():
        yield from _inside(f"{place}[{key!r}]", inner, depth - 1)


def _imports(module: ModuleType, usable: Sequence[Start], schemas: Iterable[_Schema]) -> dict[str, set[str]]:
    """Which names come from which module."""
    wanted: dict[str, set[str]] = {}
    for home in filter(None, (home_of(start.tool.function) for start in usable)):
        wanted.setdefault(home.module, set()).add(home.attribute)
    for schema in schemas:
        if schema.stands:
            wanted.setdefault(module.__name__, set()).add(schema.expression.partition("[")[0])
    return wanted


def _comments(start: Start) -> list[tuple[str, str]]:
    """The hints that would allow more laws, each with what it says first."""
    described = inspect.getdoc(Hints) or ""  # from Python 3.13 on the compiler takes the indent away
    told = re.findall(r"^    (\w+): (.*?)(?=\n    \w|\Z|\n\n)", described, re.MULTILINE | re.DOTALL)
    about = {name: re.split(r"[;.](?:\s|$)", " ".join(text.split()))[0] for name, text in told}
    return [(name, about.get(name, "")) for name in NAMES if name in start.wants]


def _script(start: Start) -> str:
    turns = (call(start.tool.name, dict(start.plan.arguments)), say("Done. TERMINATE"))
    return dump(ScriptFile(turns, about=f"A model calls {start.tool.name} once, and ends."))


def _cassette(start: Start, folders: Folders) -> str:
    """What the tool asks in an ordinary call, with what the upstream answers; `{}` from a host that no cassette knows."""
    known = origins.load(start.plan.upstream, (folders.cassettes,))

    def reply(url: str) -> HttpReply:
        mine = [origin.reply for origin in known if any(f"//{host}" in url for host in origin.hosts)]
        return mine[0] if mine else HttpReply(200, "OK", (("Content-Type", "application/json"),), b"{}")

    asked = [Interaction(HttpRequest(method, url), reply(url), Match(body="any")) for method, url in start.plan.asks]
    return formats.dump(Cassette(asked, f"What {start.tool.name} asks in a first chat; composed, to be filled in or recorded."))
