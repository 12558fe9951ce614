"""The world in which a tool is called: everything starts alike for every call, and nothing of it is left afterwards."""

from __future__ import annotations

import json
import os
import random
import secrets
import sqlite3
import tempfile
import time
import uuid
from contextlib import closing
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest
import requests

from autogen_harness.contracts import tool_contract
from autogen_harness.contracts.answering.upstream import table
from autogen_harness.contracts.calling.containment import database_name
from autogen_harness.contracts.calling.world import World
from autogen_harness.contracts.generation.mistakes import mistakes
from autogen_harness.contracts.generation.names import kind_of

URL = {"type": "object", "properties": {"url": {"type": "string"}}, "required": ["url"]}
NOTHING: dict[str, Any] = {"type": "object", "properties": {}}


def world_of(tool: Any, schema: dict[str, Any] = NOTHING, **said: Any) -> World:
    return World(tool_contract(tool, schema={"name": "tool", "parameters": schema}, **said).contract)


def test_everything_is_as_before_after_a_world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Functions, folders and random numbers are given back, also when a call raised."""

    def tool() -> str:
        Path("left.txt").write_text("x", encoding="utf-8")
        raise ValueError("x")

    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    before = (
        time.sleep,
        os.urandom,
        uuid.uuid4,
        Path.cwd(),
        tempfile.tempdir,
        random.getstate(),
        datetime,
        requests.Session.send,
    )
    with world_of(tool) as world:
        seen = world.call({})

    assert isinstance(seen.raised, ValueError)
    assert (
        time.sleep,
        os.urandom,
        uuid.uuid4,
        Path.cwd(),
        tempfile.tempdir,
        random.getstate(),
        datetime,
        requests.Session.send,
    ) == before
    assert list(tmp_path.iterdir()) == []


def test_every_call_starts_from_the_same_state():
    """Time, randomness and files of one call are gone in the next."""

    def tool() -> str:
        marks = [str(uuid.uuid4()), secrets.token_hex(4), random.random(), datetime.now(timezone.utc).isoformat(), time.time()]
        time.sleep(3600)
        Path("new.txt").write_text("x", encoding="utf-8")
        return json.dumps([*marks, time.time(), sorted(path.name for path in Path.cwd().iterdir())])

    with world_of(tool) as world:
        first, second = world.call({}), world.call({})

    assert first.result == second.result
    assert first.elapsed == second.elapsed == 3600
    assert "2026-01-15T12:00:00" in first.result


def test_files_are_a_copy_for_every_call(tmp_path: Path):
    """A root folder is copied, a function fills one; the originals stay as they are."""
    (tmp_path / "rows.csv").write_text("a\n1\n", encoding="utf-8")

    def tool() -> str:
        text = Path("rows.csv").read_text(encoding="utf-8")
        Path("rows.csv").unlink()
        return json.dumps(text)

    for root in (tmp_path, lambda folder: (folder / "rows.csv").write_text("a\n1\n", encoding="utf-8")):
        with world_of(tool, root=root) as world:
            assert [world.call({}).result for _ in range(2)] == ['"a\\n1\\n"'] * 2
    assert (tmp_path / "rows.csv").exists()


WRITES = {
    "open": lambda path: open(path, "w").close(),  # noqa: PTH123  # one way among others
    "append": lambda path: open(path, "a").close(),  # noqa: PTH123  # one way among others
    "pathlib": lambda path: Path(path).write_text("x", encoding="utf-8"),
    "os.open": lambda path: os.close(os.open(path, os.O_CREAT | os.O_WRONLY)),
    "mkdir": lambda path: Path(path).mkdir(),
    "rename": lambda path: os.rename("example.txt", path),  # noqa: PTH104  # one way among others
    "sqlite3": lambda path: sqlite3.connect(path).close(),
}


@pytest.mark.parametrize("how", WRITES)
def test_a_write_outside_is_noted_however_it_is_made(how: str, tmp_path: Path):
    """And one inside the working or temporary folder is not."""
    outside = str(tmp_path / "outside")
    with world_of(lambda: str(WRITES[how](outside))) as world:
        assert world.call({}).outside == (outside,)
    with world_of(lambda: str(WRITES[how]("inside"))) as world:
        assert world.call({}).outside == ()


def test_temporary_files_and_devices_are_inside():
    """A tool may use the temporary folder that it is given, and write to nowhere."""

    def tool() -> str:
        with tempfile.NamedTemporaryFile() as file:
            file.write(b"x")
        with open(os.devnull, "w") as file:  # noqa: PTH123  # the builtin is what is looked at
            file.write("x")
        with closing(sqlite3.connect(":memory:")) as database:
            database.execute("SELECT 1")
        return "{}"

    with world_of(tool) as world:
        assert world.call({}).outside == ()


@pytest.mark.parametrize("said", ["file:a.db?mode=ro", b"file:a.db?mode=ro", Path("file:a.db?mode=ro")], ids=repr)
def test_the_name_of_a_database_is_text_in_every_python(said: str | bytes | Path):
    """Python 3.10 tells an audit hook of it in bytes: a URI is no file of that name, and one in memory is no file at all."""
    assert database_name((said,)) == "file:a.db?mode=ro"


def test_what_the_tests_write_is_not_noted(tmp_path: Path):
    """The watch is open during a call only."""
    with world_of(lambda: "{}") as world:
        (tmp_path / "mine").write_text("x", encoding="utf-8")
        assert world.call({}).outside == ()


def test_a_request_elsewhere_is_astray():
    """It reaches nobody and is told apart from a fault of the upstream."""

    def tool(url: str) -> str:
        return requests.get(url, timeout=1).text

    with world_of(tool, URL, upstream=("webhook/slack-ok",)) as world:
        seen = world.call({"url": "https://elsewhere.example/x"})

    assert seen.attempts == ()
    assert [finding.rule for finding in seen.astray] == ["http-unmatched"]


def test_addresses_come_from_the_upstream():
    """Parameters whose name speaks of an address get that of the cassette, alone or in a batch."""
    schema = {
        "type": "object",
        "properties": {
            "endpoint": {"type": "string"},
            "urls": {"type": "string"},
            "name": {"type": "string", "examples": ["n"]},
        },
        "required": ["endpoint", "urls", "name"],
    }
    with world_of(lambda **_: "{}", schema, upstream=("webhook/httpbin-echo",)) as world:
        assert world.ordinary == {"endpoint": "https://httpbin.org/post", "urls": "https://httpbin.org/post", "name": "n"}


@pytest.mark.parametrize(
    ("name", "schema", "kind"),
    [
        ("url", {"type": "string"}, "url"),
        ("callback_url", {}, "url"),
        ("endpoint", {"type": "string"}, "url"),
        ("anything", {"type": "string", "format": "uri"}, "url"),
        ("urls", {"type": "string"}, "urls"),
        ("links", {"type": "array", "items": {"type": "string", "format": "uri"}}, "urls"),
        ("source_path", {"type": "string"}, "path"),
        ("sql", {"type": "string"}, "sql"),
        ("query", {"type": "string"}, ""),
        ("resource", {"type": "string"}, ""),
        ("url", {"type": "integer"}, ""),
        ("url", {"enum": ["a"]}, ""),
    ],
)
def test_names_say_what_a_parameter_is_about(name: str, schema: dict[str, Any], kind: str):
    """Whole words only, and text only."""
    assert kind_of(name, schema) == kind


def test_every_single_mistake_is_made_once_and_no_valid_call_is():
    """Missing, null, each wrong type and an extra key; what the schema allows is no mistake."""
    schema = {"type": "object", "properties": {"n": {"type": ["integer", "null"]}, "s": {"type": "string"}}, "required": ["s"]}
    contract = tool_contract(lambda **_: "{}", schema={"name": "tool", "parameters": schema}).contract

    assert [mistake.what for mistake in mistakes(contract, {"s": "x"})] == [
        "n is a string",
        "n is a number",
        "n is true",
        "n is an array",
        "n is an object",
        "s is missing",
        "s is null",
        "s is an integer",
        "s is a number",
        "s is true",
        "s is an array",
        "s is an object",
        "undeclared_argument is not a parameter",
    ]


def test_each_host_answers_with_its_own_interaction():
    """A tool that asks two services gets both answers; the fault of one interaction does not answer for the other."""

    def tool() -> str:
        price = requests.get("https://query1.finance.yahoo.com/v8/finance/chart/NVDA", timeout=1)
        hook = requests.post("https://hooks.slack.com/services/T0/B0/x", timeout=1)
        return json.dumps([price.status_code, price.text[:8], hook.status_code, hook.text])

    upstream = ("yahoo/chart-nvda", "webhook/slack-ok", "webhook/slack-channel-not-found")
    with world_of(tool, upstream=upstream) as world:
        plans = {plan.label: plan for plan in table(world.origins)}
        results = [json.loads(world.call({}, plans[name]).result) for name in upstream]

    assert results[0] == results[1] == [200, '{"chart"', 200, "ok"]
    assert results[2] == [200, '{"chart"', 404, "channel_not_found"]
