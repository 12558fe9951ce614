"""Paths, SQL and commands that a model makes up, tried in processes that may be lost."""

from __future__ import annotations

import json
import os
import sqlite3
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import risky_tools

from autogen_harness.contracts import registry, sandbox, tool_contract
from autogen_harness.contracts.calling.world import World
from autogen_harness.contracts.law import Breach
from autogen_harness.contracts.patterns.every.dangerous import LAWS
from autogen_harness.contracts.sandbox import limits
from autogen_harness.contracts.sandbox.limits import Limits
from autogen_harness.contracts.sandbox.outcome import Outcome
from autogen_harness.contracts.sandbox.watch import Watch
from autogen_harness.errors import HarnessError

pytest_plugins = ["pytester"]
pytestmark = pytest.mark.skipif(not limits.available(), reason="no sandbox here")

BY_ID = {law.id: law for law in LAWS}


@pytest.fixture
def little_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """For what hangs, however long one waits."""
    monkeypatch.setattr(sandbox, "LIMITS", Limits(seconds=1))


def shop(folder: Path) -> None:
    with closing(sqlite3.connect(folder / "shop.sqlite3")) as database, database:
        database.execute("CREATE TABLE item (name TEXT)")
        database.execute("INSERT INTO item VALUES ('pen')")


def world_of(tool: Any, **said: Any) -> World:
    return World(tool_contract(tool, **{"root": shop, **said}).contract)


def breaches(law: str, tool: Any, **said: Any) -> list[Breach]:
    with world_of(tool, **said) as world:
        return list(BY_ID[law].check(world))


RED = [
    ("reads-stay-inside", risky_tools.read_anything, "file_path leads out of the working folder, and it opened "),
    ("reads-stay-inside", risky_tools.read_slowly, "and it opened "),
    ("the-process-survives", risky_tools.end_process, "the process ended itself, with status 3"),
    ("sql-stays-in-its-database", risky_tools.run_sql, "sql changes data: shop.sqlite3 is another afterwards"),
    ("sql-stays-in-its-database", risky_tools.read_sql, "sql reaches another file: it wrote "),
    ("sql-stays-in-its-database", risky_tools.attach_sql, "sql reaches another file: ATTACH is not refused"),
    ("commands-are-not-started", risky_tools.count_words, "it starts: wc -w echo autogen-harness-mark"),
    ("commands-are-not-started", risky_tools.run_command, "it starts: sh -c 'echo autogen-harness-mark'"),
    ("commands-are-not-started", risky_tools.run_python, "it starts: echo autogen-harness-mark"),
]


@pytest.mark.parametrize(("law", "tool", "says"), RED, ids=lambda value: getattr(value, "__name__", str(value)[:30]))
def test_a_tool_that_does_as_it_is_told_is_red(law: str, tool: Any, says: str):
    """And the breach says what it did."""
    assert says in breaches(law, tool)[0].what


GREEN = [
    *((law, risky_tools.read_inside) for law in ("reads-stay-inside", "dangerous-paths-do-not-hang", "the-process-survives")),
    ("commands-are-not-started", risky_tools.read_inside),
    ("reads-stay-inside", risky_tools.read_lookup),
    ("sql-stays-in-its-database", risky_tools.run_select),
    ("sql-stays-in-its-database", risky_tools.pretend_sql),
    ("commands-are-not-started", risky_tools.version_of),
]


@pytest.mark.parametrize(("law", "tool"), GREEN, ids=lambda value: getattr(value, "__name__", value))
def test_a_careful_tool_is_green(law: str, tool: Any):
    """Also one that reads a file of its own, or starts a program that no argument is part of."""
    said = {"example": {"command": "python"}} if tool is risky_tools.version_of else {}
    assert breaches(law, tool, **said) == []


def tried(tool: Any, family: str, **said: Any) -> dict[str, Outcome]:
    """Outcomes by the one argument that was tried."""
    with world_of(tool, **said) as world:
        return {str(next(iter(one.arguments.values()))): one for one in sandbox.outcomes(world, family)}


def test_every_way_out_is_seen_and_what_was_read_is_not_shown():
    """Climbing, absolute, through links to a file and to a folder, and the secrets of the process."""
    found = tried(risky_tools.read_anything, "climbs")

    assert {
        name.rpartition("outside/")[2] if "autogen-harness-" in name else name for name, one in found.items() if one.read
    } >= {
        "../trap-beside.txt",
        "../../trap-beside.txt",
        "trap-leads-out.txt",
        "trap-folder-out/trap-beside.txt",
        "trap-beside.txt",
    }
    assert [name for name, one in found.items() if not one.read] == []
    assert {one.result for one in found.values()} == {"(withheld: it may hold what was read)"}


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has them")
def test_the_secrets_of_the_process_are_tried_where_there_are_any():
    """By their name, and climbing."""
    found = tried(risky_tools.read_anything, "climbs")

    assert found["/proc/self/environ"].read == ("/proc/self/environ",)
    assert [one.read for name, one in found.items() if name.endswith("../proc/self/environ")] == [("/proc/self/environ",)]


@pytest.mark.usefixtures("little_patience")
def test_files_are_called_as_the_tool_wants_them():
    """A tool for .csv files meets a pipe whose name ends so, and waits for ever."""
    found = breaches("dangerous-paths-do-not-hang", risky_tools.read_rows, example={"file_path": "example.csv"})

    assert found[0].what == "file_path is no ordinary text file: killed: it had not come back after 1 s"
    assert found[0].seen is not None
    assert found[0].seen.arguments == {"file_path": "trap-pipe.csv"}


def test_a_folder_that_the_tool_may_read_is_named():
    """``reads=[...]`` allows it, and no other."""
    found = breaches("reads-stay-inside", risky_tools.read_where_allowed, reads=["/proc", "/dev"])

    assert found
    assert [breach.what for breach in found if "/trap-beside" not in breach.what] == []


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits memory so")
def test_memory_is_limited_and_measured():
    """A tool that catches MemoryError, and answers in time, is found out all the same."""
    found = breaches("dangerous-paths-do-not-hang", risky_tools.read_big)

    read = [one.seen.arguments["file_path"] for one in found if one.seen]
    assert read == ["trap-zeros.txt", "trap-huge.txt", "/dev/zero"]
    assert all("MB of memory" in one.what for one in found)


def test_every_limit_is_imposed():
    """On processor time, files, descriptors, dumps, and on the time that a call has when nobody is left to end it."""
    told = json.loads(next(iter(tried(risky_tools.tell_limits, "climbs").values())).result)
    most = Limits()

    assert told["RLIMIT_CPU"] == most.seconds
    assert told["RLIMIT_FSIZE"] == most.written
    assert told["RLIMIT_NOFILE"] == most.descriptors
    assert told["RLIMIT_CORE"] == 0
    assert 0 < told["alarm"] <= 2 * most.seconds


def test_what_a_call_leaves_running_is_killed():
    """With the call's own process: it would go on after the test."""
    children = [json.loads(one.result)["child"] for one in tried(risky_tools.leave_a_child, "climbs").values()]

    assert children
    assert [child for child in children if runs(child)] == []


def runs(process: int) -> bool:
    """What is dead may still be listed, until its parent has asked."""
    try:
        return Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


def test_the_standard_files_are_found_closed():
    """1, 2 and true are descriptors to ``open``."""
    found = tried(risky_tools.close_output, "descriptors")

    assert {name: one.lost for name, one in found.items() if one.lost} == {"1": (1,), "2": (2,), "True": (1,)}


@pytest.mark.usefixtures("little_patience")
def test_what_is_not_tried_after_a_hang_is_told():
    """A green law says what it did not see."""
    with world_of(risky_tools.read_anything) as world:
        sandbox.outcomes(world, "descriptors")

        assert world.unseen == "calls after one that did not come back: {'file_path': 0}"


def test_what_fails_in_the_sandbox_itself_is_not_blamed_on_the_tool():
    """Such as a file that already has the name of a trap."""
    with pytest.raises(HarnessError, match=r"the traps could not be laid: .*trap-folder\.txt"):
        tried(risky_tools.read_inside, "climbs", root=lambda folder: (folder / "trap-folder.txt").touch())


def test_nothing_outside_is_changed():
    """A tool that removes what it is told to is kept from the devices of this machine, and from everything else."""
    found = tried(risky_tools.remove_file, "climbs")

    assert os.path.lexists("/dev/zero")
    outside = [one for name, one in found.items() if name.startswith(("/dev", "/proc"))]
    assert outside
    assert [one for one in outside if not one.refused] == []
    assert [one.result for one in outside if "PermissionError" not in one.result] == []


def test_no_program_is_started():
    """A command line that a model made up is never run: whoever would start it gets an error instead of its output."""
    found = tried(risky_tools.run_command, "commands")

    assert found
    assert {(bool(one.started), one.refused, one.result) for one in found.values()} == {
        (True, True, '{"error": "PermissionError"}')
    }


def test_a_tool_that_is_to_write_may_and_still_reaches_no_other_file():
    """``side_effects="write"`` allows DELETE, not VACUUM INTO."""
    what = [breach.what for breach in breaches("sql-stays-in-its-database", risky_tools.run_sql, side_effects="write")]

    assert what
    assert [one for one in what if not one.startswith("sql reaches another file")] == []


def test_without_a_database_the_law_says_that_it_saw_none():
    """SELECT on a file that is not there proves nothing."""
    with World(tool_contract(risky_tools.run_select).contract) as world:
        assert list(BY_ID["sql-stays-in-its-database"].check(world)) == []
        assert world.unseen.startswith("an SQLite database in the working folder")


def test_a_tool_that_is_to_run_commands_is_warned():
    """As it says of itself, by ``side_effects``."""
    found = breaches("commands-are-not-started", risky_tools.run_command, side_effects="external")

    assert [breach.severity for breach in found] == ["warning"] * len(found)
    assert found


@pytest.mark.parametrize(
    ("name", "schema", "owed"),
    [
        ("path", {"type": "string"}, 4),
        ("sql", {"type": "string"}, 2),
        ("shell_command", {"type": "string"}, 1),
        ("query", {"type": "string"}, 1),
        ("currency_code", {"type": "string"}, 0),
        ("command", {"enum": ["ls"]}, 0),
        ("text", {"type": "string"}, 0),
    ],
)
def test_the_names_of_parameters_decide(name: str, schema: dict[str, Any], owed: int):
    """A tool without a path, SQL or command owes none of these laws, and is not told that they were not checked."""
    contract = tool_contract(
        risky_tools.read_inside, schema={"type": "object", "properties": {name: schema}}, example={name: "x"}
    ).contract
    checked, not_checked = registry.owed(contract)

    assert len([law for law in checked if law.id in BY_ID]) == owed
    assert [one for one in not_checked if one.law in BY_ID] == []


def test_a_closure_is_listed_as_not_checked():
    """Another process cannot import it."""

    def read_here(file_path: str) -> str:
        return file_path

    test: Any = tool_contract(read_here)

    assert {one.law for one in test.not_checked if "another process can import" in one.hint} >= {"reads-stay-inside"}


def test_a_system_without_limits_checks_nothing(monkeypatch: pytest.MonkeyPatch):
    """Such as Windows."""
    monkeypatch.setattr(limits, "available", lambda: False)
    test: Any = tool_contract(risky_tools.read_inside)

    assert "a system that limits processes" in {one.law: one.hint for one in test.not_checked}["the-process-survives"]


def test_the_output_of_the_test_process_survives_every_law(pytester: pytest.Pytester):
    """Laws that call the tool in this process put back what ``open(True)`` closes."""
    pytester.makepyfile(
        """
        import json, os
        from autogen_harness.contracts import tool_contract
        def show(file_path: str = "example.txt") -> str:
            try:
                with open(file_path) as file:
                    return json.dumps(file.read())
            except Exception as error:
                return json.dumps({"error": f"file_path: {type(error).__name__}"})
        test_show = tool_contract(show)
        def test_alive():
            os.write(1, b"still here"), os.write(2, b"and here")
        """
    )
    result = pytester.runpytest_subprocess("-p", "no:randomly", "-s", "-k", "forbidden or alive")

    assert result.parseoutcomes()["passed"] >= 1
    result.stdout.fnmatch_lines(["*still here*"])


def test_a_broken_law_is_red_in_pytest_and_nothing_is_left(
    pytester: pytest.Pytester, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """With the call that broke it; the processes and their folders are gone."""
    pytester.makepyfile(
        """
        import json
        from pathlib import Path
        from autogen_harness.contracts import tool_contract
        def show(file_path: str) -> str:
            try:
                return json.dumps(Path(file_path).read_text()[:100])
            except Exception as error:
                return json.dumps({"error": f"file_path: {type(error).__name__}"})
        test_show = tool_contract(show)
        """
    )
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    result = pytester.runpytest_subprocess("-p", "no:randomly", "-p", "no:cacheprovider", "-k", "reads-stay")

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "reads-stay-inside: only files of the working folder are read*",
            "*broken     file_path leads out of the working folder, and it opened */trap-beside.txt",
            '*arguments  {"file_path": "../trap-beside.txt"}',
            "*result     (withheld: it may hold what was read)",
        ]
    )
    assert list(tmp_path.glob("autogen-harness-*")) == []


@pytest.mark.parametrize("said", [str, str.encode], ids=["text", "bytes, as in Python 3.10"])
def test_the_sandbox_lets_a_database_be_opened_by_its_uri(tmp_path: Path, said: Any):
    """A URI is no file of that name that would be written; a path outside of the sandbox is, and is refused."""
    watch = Watch(tmp_path / "scratch")
    watch.open()
    try:
        sys.audit("sqlite3.connect", said(f"file:{tmp_path}/a.sqlite3?mode=ro"))
        assert (watch.sqlite, watch.refused) == (True, False)
        with pytest.raises(PermissionError):
            sys.audit("sqlite3.connect", said(f"{tmp_path}/a.sqlite3"))
    finally:
        watch.close()
    assert watch.refused
