"""One call again, in other processes: the child finds the tool by its module and name, opens the same world, and reports.

Run as ``python -m autogen_harness.contracts.again`` with the call as JSON on its standard input.
"""

from __future__ import annotations

import importlib
import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autogen_harness.contracts.hints import Hints
from autogen_harness.contracts.subject import Contract, Home
from autogen_harness.contracts.world import World
from autogen_harness.errors import HarnessError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import ModuleType

_MARK = "autogen-harness result: "
_SEEDS = ("0", "1")
_PATIENCE = 120  # seconds of real time until a child that hangs is ended


def in_other_processes(contract: Contract, arguments: Mapping[str, Any], home: Path) -> tuple[Any, ...]:
    """The result of the call in two new processes, whose string hashes differ.

    Args:
        home: the folder that relative entries of ``sys.path`` are meant from.

    Raises:
        HarnessError: a process could not import the tool or make the call.
    """
    order = json.dumps(_order(contract, arguments, home))
    children = [_start(seed) for seed in _SEEDS]
    for child in children:
        assert child.stdin is not None
        child.stdin.write(order)
        child.stdin.close()
        child.stdin = None
    return tuple(_result(child, contract) for child in children)


def _order(contract: Contract, arguments: Mapping[str, Any], start: Path) -> dict[str, Any]:
    assert contract.home is not None
    home, root = contract.home, contract.hints.root
    return {
        "home": [home.module, home.attribute, home.file],
        "path": [str(start / entry) for entry in sys.path],
        "arguments": dict(arguments),
        "upstream": contract.upstream,
        "roots": [str(folder) for folder in contract.roots],
        "root": str(root) if root else None,
    }


def _start(seed: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "autogen_harness.contracts.again"]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(Path(__file__).resolve().parents[2])}
    return subprocess.Popen(command, text=True, encoding="utf-8", env=environment, **pipes)  # type: ignore[call-overload,no-any-return]  # three equal pipes


def _result(child: subprocess.Popen[str], contract: Contract) -> Any:
    try:
        out, err = child.communicate(timeout=_PATIENCE)
    except subprocess.TimeoutExpired:
        child.kill()
        out, err = child.communicate()
    for line in out.splitlines():
        if line.startswith(_MARK):
            return json.loads(line[len(_MARK) :])
    home = contract.home
    message = f"another process could not call {home.attribute if home else contract.name}:\n{err.strip()[-2000:]}"
    raise HarnessError(message)


def main() -> None:
    """Make the call that stands on the standard input, and print its result on one line."""
    order = json.loads(sys.stdin.read())
    sys.path[:] = order["path"]
    tool = _find(Home(*order["home"]))
    hints = Hints(root=order["root"]) if order["root"] else Hints()
    roots = tuple(Path(folder) for folder in order["roots"])
    contract = Contract(tool, order["home"][1], {}, frozenset(), hints, tuple(order["upstream"]), roots=roots)
    with World(contract) as world:
        seen = world.call(order["arguments"])
    result = seen.result if seen.raised is None else f"raised {type(seen.raised).__name__}: {seen.raised}"
    print("\n" + _MARK + json.dumps(result, default=repr))  # noqa: T201  # this is how the child reports


def _find(home: Home) -> Callable[..., Any]:
    tool: Callable[..., Any] = getattr(_module(home), home.attribute)
    return tool


def _module(home: Home) -> ModuleType:
    """The module by name, if that gives the same file; else from the file itself, as pytest's importlib mode does."""
    try:
        module = importlib.import_module(home.module)
    except ImportError:
        module = None  # type: ignore[assignment]  # looked for in its file below
    if module is not None and Path(str(module.__file__)).resolve() == Path(home.file).resolve():
        return module
    spec = importlib.util.spec_from_file_location(home.module, home.file)
    assert spec is not None
    assert spec.loader is not None
    loaded = importlib.util.module_from_spec(spec)
    sys.modules[home.module] = loaded
    spec.loader.exec_module(loaded)
    return loaded


if __name__ == "__main__":
    main()
