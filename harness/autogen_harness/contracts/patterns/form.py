"""Laws that need no call: the schema by itself, and the schema held against the function."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from autogen_harness import schemas
from autogen_harness.contracts import signature
from autogen_harness.contracts.law import Breach, Law

if TYPE_CHECKING:
    from collections.abc import Iterator

    from autogen_harness.contracts.world import World

_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")  # what the OpenAI API takes as a function name


def _well_formed(world: World) -> Iterator[Breach]:
    if not _NAME.fullmatch(world.contract.name):
        yield Breach(f"the API does not take the name {world.contract.name!r}", fix="use 1 to 64 letters, digits, _ and -")
    if world.contract.schema.get("type") != "object":
        yield Breach('the schema of the parameters is not {"type": "object", ...}')
    for problem in schemas.malformed(world.contract.schema):
        yield Breach(str(problem))


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
        id="schema-and-signature-agree",
        sentence="what the schema lets the model send is what the function takes",
        why="a call that follows the schema to the letter fails, or a parameter that nobody advertised can be set",
        fix="make the schema and the signature say the same",
        check=_agree,
    ),
)
