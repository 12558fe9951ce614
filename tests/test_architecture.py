"""The rules of the house, kept by reading the source: which part may know which, and where each library lives."""

from __future__ import annotations

import ast
import importlib
import inspect
import sys
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "harness" / "autogen_harness"

# From the roof down to the ground. A part may import parts of lower floors, and itself; never a part beside it.
FLOORS = (
    {"pytest_plugin", "__main__"},
    {"cli"},
    {"checking", "serving", "survey"},
    {"report.judging"},
    {"report.marker", "report.recording", "report.reminders", "report.story"},
    {"harness", "agentchat"},
    {"report", "script_recording"},
    {"contracts", "scripts"},
    {"adapters", "server"},
    {"llm.player"},
    {"llm.asked", "llm.findings", "llm.recording"},
    {"llm.lint", "llm.script", "llm.wire"},
    {"llm.turns"},
    {"llm.asking"},
    {"llm", "cassettes", "transcript", "people", "verdict", "settling", "watchdog"},
    {"ledger", "network"},
    {"differences", "documents", "schemas", "clock", "library", "settings"},
    {"targets"},
    {"imports", "patches", "errors", "origin", "surroundings", "toml"},
    {"model"},
    {"frozen", "wording", "secrecy"},
)

# Who may import a third-party package. The key is the package, the values are modules or packages of ours.
HOMES = {
    "aiohttp": {"cassettes.backends.aiohttp", "cassettes.backends.aioresponses"},
    "aioresponses": {"cassettes.backends.aioresponses"},
    "autogen_core": {"adapters.agentchat_answers", "adapters.agentchat_client"},  # imported where it is in use already
    "autogen": set(),  # adapters reach it by name, after it was imported by someone else
    "coverage": {"survey.reach"},
    "freezegun": {"clock"},
    "hypothesis": {"contracts"},
    "jsonschema": {"schemas"},
    "multidict": {"cassettes.backends.aiohttp", "cassettes.backends.aioresponses"},
    "openai": set(),
    "pydantic": {"contracts.schema.accepting"},
    "pytest": {
        "pytest_plugin",
        "contracts",
        "report.judging",
        "report.marker",
        "report.recording",
        "report.reminders",
        "report.story",
    },
    "requests": {"cassettes.backends.adapter", "cassettes.backends.responses"},
    "responses": {"cassettes.backends.responses"},
    "tomli": {"toml"},
    "typing_extensions": set(),
    "urllib3": {"cassettes.backends.adapter", "cassettes.backends.responses", "cassettes.backends.urllib3"},
    "yaml": {"documents"},
    "yarl": {"cassettes.backends.aiohttp", "cassettes.backends.aioresponses"},
}


@cache
def modules() -> dict[str, Path]:
    found = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(PACKAGE).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    found.pop("")
    return found


@cache
def imports_of(path: Path) -> tuple[tuple[str, bool], ...]:
    """Modules imported anywhere in a file, and whether only for annotations."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    typing_only = {
        id(node)
        for block in ast.walk(tree)
        if isinstance(block, ast.If) and ast.unparse(block.test) == "TYPE_CHECKING"
        for node in ast.walk(block)
    }
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found += [(alias.name, id(node) in typing_only) for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            found += [(f"{node.module}.{alias.name}", id(node) in typing_only) for alias in node.names]
    return tuple(found)


@cache
def floor_of(module: str) -> int:
    """The floor of a module: the longest name in FLOORS that it starts with."""
    best, level = "", -1
    for number, names in enumerate(FLOORS):
        for name in names:
            fits = module == name or module.startswith((f"{name}.", f"{name}_"))
            if fits and len(name) > len(best):
                best, level = name, number
    return level


@cache
def part_of(module: str) -> str:
    return max(
        (n for names in FLOORS for n in names if module == n or module.startswith((f"{n}.", f"{n}_"))), key=len, default=""
    )


@cache
def ours(name: str) -> str | None:
    """The module of ours that an import means, or None."""
    if not name.startswith("autogen_harness."):
        return None
    tail, known = name.removeprefix("autogen_harness."), modules()
    while tail and tail not in known:
        tail = tail.rpartition(".")[0]
    return tail or None


@pytest.mark.parametrize("module", sorted(modules()))
def test_every_module_has_a_floor(module: str):
    """A new module is put on a floor by whoever adds it."""
    assert floor_of(module) >= 0, f"add {module!r} to FLOORS"


@pytest.mark.parametrize("module", sorted(modules()))
def test_arrows_run_downwards(module: str):
    """A module imports from lower floors or from its own part, and annotations never look upwards either."""
    wrong = []
    for name, _ in imports_of(modules()[module]):
        target = ours(name)
        if target is None or part_of(target) == part_of(module):
            continue
        if floor_of(target) <= floor_of(module):
            wrong.append(f"{module} -> {target}")

    assert wrong == []


@pytest.mark.parametrize("module", sorted(modules()))
def test_each_library_has_one_home(module: str):
    """A third-party package is imported by the one part that is its home."""
    stdlib = {*sys.stdlib_module_names, "tomllib"}  # which came with Python 3.11
    wrong = []
    for name, for_types in imports_of(modules()[module]):
        top = name.split(".")[0]
        if top in stdlib or top in ("autogen_harness", "__future__") or (for_types and top == "typing_extensions"):
            continue
        homes = HOMES.get(top)
        assert homes is not None, f"{module} imports {top}, which has no home yet: add it to HOMES"
        if not any(module == home or module.startswith((f"{home}.", f"{home}_")) for home in homes):
            wrong.append(f"{module} imports {top}, whose home is {sorted(homes)}")

    assert wrong == []


def test_the_entry_module_imports_pytest_and_the_standard_library_only():
    """Every pytest session in the environment loads this module."""
    tree = ast.parse((PACKAGE / "pytest_plugin.py").read_text(encoding="utf-8"))
    top = [node for node in tree.body if isinstance(node, (ast.Import, ast.ImportFrom))]
    names = {alias.name for node in top if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module or "" for node in top if isinstance(node, ast.ImportFrom)}
    others = {name for name in names if name.split(".")[0] not in {*sys.stdlib_module_names, "pytest", "__future__"}}

    assert others <= {"autogen_harness.adapters.deferral"}
    deferral = {name for name, for_types in imports_of(PACKAGE / "adapters" / "deferral.py") if not for_types}
    assert {name for name in deferral if name.split(".")[0] not in {*sys.stdlib_module_names, "__future__"}} == {
        "autogen_harness.imports.when_imported"
    }


@pytest.mark.parametrize(
    "package", ["autogen_harness", "autogen_harness.cassettes", "autogen_harness.contracts", "autogen_harness.server"]
)
def test_public_names_exist_and_are_documented(package: str):
    """Every name in __all__ can be imported and says what it is; the top level has at most 25."""
    module = importlib.import_module(package)

    assert sorted(module.__all__) == list(module.__all__)
    assert all(inspect.getdoc(getattr(module, name)) for name in module.__all__)
    assert package != "autogen_harness" or len(module.__all__) <= 25


@pytest.mark.parametrize("module", sorted(modules()))
def test_modules_are_one_idea_long(module: str):
    """A file of more than 300 lines holds more than one idea."""
    assert len(modules()[module].read_text(encoding="utf-8").splitlines()) <= 300


def test_names_say_something():
    """No module is called after nothing in particular."""
    vague = {"utils", "util", "helpers", "helper", "common", "misc", "tools"}

    assert [module for module in modules() if module.split(".")[-1] in vague] == []


def test_ignores_carry_a_code_and_a_reason():
    """A type: ignore or noqa names what it ignores and says why."""
    bare = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
        for place in (PACKAGE, ROOT / "examples")
        for path in place.rglob("*.py")
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        for mark in ("# type: ignore", "# noqa")
        if mark in line and not _has_code_and_reason(line.split(mark, 1)[1])
    ]

    assert bare == []


def _has_code_and_reason(rest: str) -> bool:
    code, _, reason = rest.lstrip("[: ").partition(" ")
    return bool(code) and len(reason.strip(" #-]")) > 5
