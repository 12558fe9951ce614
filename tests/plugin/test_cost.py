"""A session that does not use the harness hardly notices it."""

from __future__ import annotations

import ast
import json
import sys
from pathlib import Path

import autogen_harness.pytest_plugin as plugin

LISTS = """
    import json, pathlib, sys

    def pytest_unconfigure(config):
        pathlib.Path(config.rootpath, "modules.json").write_text(json.dumps(sorted(sys.modules)))
"""
BARE = ("-p", "no:hypothesispytest", "-p", "no:asyncio", "-p", "no:anyio", "-p", "no:xdist", "-p", "no:timeout")


def modules(run, pytester, *arguments: str) -> set[str]:
    files = {"conftest.py": LISTS, "pytest.ini": "[pytest]"}
    run("def test_nothing(): ...", *BARE, *arguments, files=files, preamble="").assert_outcomes(passed=1)
    return set(json.loads((pytester.path / "modules.json").read_text()))


def test_a_session_that_does_not_use_it_loads_five_modules_of_ours_and_nothing_foreign(run, pytester):
    """Counted, not timed: what is in sys.modules at the end with the plugin and without."""
    added = modules(run, pytester) - modules(run, pytester, "-p", "no:autogen_harness")
    ours = {name for name in added if name.partition(".")[0] == "autogen_harness"}
    assert len(ours) <= 5, sorted(ours)
    assert {name.partition(".")[0] for name in added - ours} <= sys.stdlib_module_names


def test_the_entry_module_imports_pytest_and_the_standard_library_only():
    """What it needs of ours is imported where it is used."""
    tree = ast.parse(Path(plugin.__file__).read_text(encoding="utf-8"))
    typing_only = [node for node in tree.body if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"]
    top = [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
    names = {alias.name for node in top if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module or "" for node in top if isinstance(node, ast.ImportFrom)}
    assert len(typing_only) == 1
    assert {name.partition(".")[0] for name in names} - sys.stdlib_module_names == {"pytest"}


def test_the_plugin_can_be_switched_off(run):
    """By the name that it is registered under; its fixtures are gone then."""
    result = run("def test_it(harness): ...", "-p", "no:autogen_harness")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*fixture 'harness' not found*"])


def test_every_name_that_the_plugin_takes_carries_its_prefix(run):
    """Options, ini keys and the marker: other plugins own the short ones."""
    shown = run("", "--help", "--markers").stdout.str() + run("", "--help").stdout.str()
    assert "--harness-story" in shown
    assert {f"harness_{key}" for key in plugin._INI} <= {word.strip("():") for word in shown.split()}
