"""Tools that report their progress: to a parameter, to a factory's argument, in events of any form."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from autogen_harness.contracts import tool_contract
from autogen_harness.contracts.calling.world import World
from autogen_harness.contracts.reading.events import is_terminal
from autogen_harness.contracts.verdict import breach_in

SCHEMA = {"type": "object", "properties": {"source_path": {"type": "string"}}, "required": ["source_path"]}
LAWS = {"exactly-one-terminal-event", "raising-callback-does-not-break-the-tool"}


def make_tool(callback: Callable[..., None], bug: str = "") -> Callable[..., str]:
    def tell(*event: Any) -> None:
        if bug == "unguarded":
            callback(*event)
        else:
            with suppress(Exception):
                callback(*event)

    def run(source_path: str) -> str:
        tell("load", "running")
        try:
            lines = Path(source_path).read_text(encoding="utf-8").splitlines()
        except (OSError, ValueError) as error:
            if bug != "silent on failure":
                tell("load", "failed")
            return json.dumps({"error": f"cannot read: {type(error).__name__}"})
        if bug == "ends twice":
            tell("count", "completed")
        if bug != "never ends":
            tell("all", "completed")
        if bug == "goes on after the end":
            tell("report", "running")
        return json.dumps({"lines": len(lines)})

    return run


def red(bug: str, **hints: Any) -> set[str]:
    said = {"callback": lambda callback: make_tool(callback, bug), **hints}
    test = tool_contract(make_tool(lambda *_: None), pattern="callback", schema=SCHEMA, **said)
    with World(test.contract) as world:
        return {law.id for law in test.laws if law.id in LAWS and breach_in(law, world)}


@pytest.mark.parametrize(
    ("bug", "laws"),
    [
        ("", set()),
        ("never ends", {"exactly-one-terminal-event"}),
        ("ends twice", {"exactly-one-terminal-event"}),
        ("goes on after the end", {"exactly-one-terminal-event"}),
        ("silent on failure", {"exactly-one-terminal-event"}),
        ("unguarded", {"raising-callback-does-not-break-the-tool"}),
    ],
)
def test_each_mistake_turns_its_law_red(bug: str, laws: set[str]):
    """The file that is read is missing in one of the runs: a tool ends there too, with exactly one event."""
    assert red(bug) == laws


def test_a_callback_may_be_a_parameter_of_the_tool():
    """The hint is then its name, and the schema need not offer it to the model."""

    def tool(source_path: str, on_step: Callable[..., None] = print) -> str:
        return make_tool(on_step)(source_path)

    test = tool_contract(tool, pattern="callback", schema=SCHEMA, callback="on_step")
    with World(test.contract) as world:
        wanted = {*LAWS, "schema-and-signature-agree"}
        broken = {law.id for law in test.laws if law.id in wanted and breach_in(law, world)}

    assert broken == set()


def test_the_author_may_say_which_events_end_a_run():
    """A pair of the way to call it and a predicate."""

    def factory(callback: Callable[..., None]) -> Callable[..., str]:
        def run(source_path: str) -> str:
            with suppress(Exception):
                callback(f"bye {source_path}")
            return json.dumps({"ok": True})

        return run

    test = tool_contract(
        factory(print), pattern="callback", schema=SCHEMA, callback=(factory, lambda event: event.startswith("bye"))
    )

    with World(test.contract) as world:
        assert [law.id for law in test.laws if law.id in LAWS and breach_in(law, world)] == []


def test_without_the_hint_its_laws_are_listed_as_not_checked():
    """An absent hint is never "there is no callback"."""
    test = tool_contract(make_tool(print), pattern="callback", schema=SCHEMA)

    assert {(law, "callback") for law in LAWS} <= set(test.not_checked)


@dataclass
class Event:
    step: str
    status: str


@pytest.mark.parametrize(
    ("event", "wanted"),
    [
        ("completed", True),
        (" Failed ", True),
        ("Step: completed loading", False),
        (["all", "cancelled"], True),
        (["all", "running"], False),
        ({"status": "completed"}, True),
        ({"status": "running", "step": "completed"}, False),
        ({"0": "load", "1": "failed"}, True),
        (Event("all", "completed"), True),
        (Event("completed", "running"), False),
        (3, False),
    ],
)
def test_the_end_of_a_run_is_read_in_events_of_any_form(event: Any, wanted: bool):  # noqa: FBT001  # a column of the table
    """A status field wins over other words; a sentence that contains a word is no status."""
    assert is_terminal(event) is wanted
