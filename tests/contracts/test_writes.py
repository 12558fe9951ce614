"""A tool that writes where the model says: a way out of its folder is tried in every text, whatever the parameter is called."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from autogen_harness.contracts import tool_contract
from autogen_harness.contracts.calling.world import World
from autogen_harness.contracts.patterns.every.core import LAWS

LAW = next(law for law in LAWS if law.id == "writes-stay-inside")


def joined(text: str) -> str:
    return os.path.join("notes", text + ".txt")  # noqa: PTH118  # as tools are written


def climbs(text: str) -> str:
    return text if text.startswith("..") else "notes.txt"


def absolute(text: str) -> str:
    return text if os.path.isabs(text) else "notes.txt"  # noqa: PTH117  # as tools are written


def tool_at(place: Any, name: str, **rules: Any) -> World:
    """A tool with one text parameter, which writes to the place that it makes of it."""

    def note(**arguments: str) -> str:
        Path("notes").mkdir(exist_ok=True)
        try:
            Path(place(arguments[name])).write_text("x", encoding="utf-8")
        except (OSError, ValueError):
            return json.dumps({"error": "cannot write"})
        return json.dumps({"ok": True})

    properties = {name: {"type": "string", **rules}}
    return World(tool_contract(note, schema={"type": "object", "properties": properties, "required": [name]}).contract)


@pytest.mark.parametrize("name", ["path", "name", "title", "key"])
@pytest.mark.parametrize("place", [joined, climbs, absolute])
def test_the_name_of_a_parameter_does_not_hide_a_way_out(name: str, place: Any):
    """The same tool is as red with ``name`` as with ``path``."""
    with tool_at(place, name) as world:
        breach = next(LAW.check(world), None)

        assert breach is not None
        assert breach.what.startswith(f"it wrote {world.outside}{os.sep}")


@pytest.mark.parametrize(
    ("name", "rules"),
    [("sql", {}), ("url", {}), ("name", {"pattern": "^[a-z]+$"}), ("name", {"enum": ["a"]}), ("name", {"maxLength": 9})],
)
def test_what_is_no_free_text_is_not_tried(name: str, rules: dict[str, Any]):
    """Addresses, SQL, and what the schema does not allow."""
    with tool_at(climbs, name, **rules) as world:
        assert list(LAW.check(world)) == []


def test_what_climbs_out_is_swept_away():
    """It lands in a folder of the world's own, and the next call does not find it."""
    with tool_at(climbs, "name") as world:
        seen = world.call({"name": "../../example.txt"})
        assert [Path(place).exists() for place in seen.outside] == [True]
        world.call({"name": "x"})
        assert [Path(place).exists() for place in seen.outside] == [False]
