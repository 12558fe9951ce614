"""Laws that need no call: the schema by itself, and the schema held against the function."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from autogen_harness import schemas
from autogen_harness.contracts.generation.joining import of_name
from autogen_harness.contracts.law import Breach, Law
from autogen_harness.contracts.patterns.every.core import no_schema
from autogen_harness.contracts.schema import signature, tool_schema
from autogen_harness.contracts.schema.impossible import impossible
from autogen_harness.contracts.schema.telling import unsaid
from autogen_harness.errors import UsageError
from autogen_harness.schemas.parts import shown, walk

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from autogen_harness.contracts.calling.world import World
    from autogen_harness.contracts.subject import Contract

_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")  # what the OpenAI API takes as a function name


def _well_formed(world: World) -> Iterator[Breach]:
    if not _NAME.fullmatch(world.contract.name):
        yield Breach(f"the API does not take the name {world.contract.name!r}", fix="use 1 to 64 letters, digits, _ and -")
    if world.contract.schema.get("type") != "object":
        yield Breach('the schema of the parameters is not {"type": "object", ...}')
    for problem in schemas.malformed(world.contract.schema):
        yield Breach(str(problem))
    if world.contract.sound:
        yield from _means_something(world.contract.schema)


def _means_something(schema: Mapping[str, Any]) -> Iterator[Breach]:
    for steps, part in walk(schema):
        for name in _undescribed(part):
            yield Breach(f"{shown(steps)} requires {name!r} and does not describe it", fix=f'add {name!r} to "properties"')
    for place in impossible(schema):
        yield Breach(f"{place} allows no value at all", fix="its keywords contradict each other: take one of them out")


def _undescribed(part: Any) -> list[str]:
    """Names that an object must have and of which its schema says nothing; where it names none, another part may."""
    if not isinstance(part, dict) or not part.get("properties"):
        return []
    return [name for name in part.get("required", ()) if of_name({"additionalProperties": None, **part}, name) is None]


def _tells_enough(world: World) -> Iterator[Breach]:
    for what in unsaid(world.contract.schema):
        yield Breach(what)


def _written_by_hand(contract: Contract) -> str:
    """A schema that was read off the type hints is nobody's text: what the model will see is made elsewhere."""
    try:
        read_off = tool_schema.from_signature(contract.tool) == contract.schema
    except (UsageError, TypeError, ValueError):
        read_off = False
    return no_schema(contract) or ("the schema that the model sees: schema={...}" if read_off else "")


def _agree(world: World) -> Iterator[Breach]:
    for what, fix in signature.disagreements(world.contract):
        yield Breach(what, fix=fix)


LAWS = (
    Law(
        id="schema-is-well-formed",
        sentence="the schema is one that a model's API accepts and that means what it says",
        why="the API rejects the request, or the model is told something that is not so",
        fix="correct the schema where the message points",
        check=_well_formed,
    ),
    Law(
        id="the-schema-tells-enough",
        sentence="every parameter has a description and a type, and the schema says that there are no others",
        why="a model fills in what it is told about; what it must guess it guesses wrong, and it makes up parameters",
        fix="describe each parameter in a sentence, with its type; close the object",
        check=_tells_enough,
        missing=_written_by_hand,
        severity="warning",
    ),
    Law(
        id="schema-and-signature-agree",
        sentence="what the schema lets the model send is what the function takes",
        why="a call that follows the schema to the letter fails, or a parameter that nobody advertised can be set",
        fix="make the schema and the signature say the same",
        check=_agree,
    ),
)
