"""One call again, in other processes: the child finds the tool by its module and name, opens the same world, and reports.

Run as ``python -m autogen_harness.contracts.calling.again`` with the call as JSON on its standard input. What else is to
happen in another process does so the same way: :func:`start` names the module to run, which reads, works and reports with ours.
"""

from __future__ import annotations

import importlib
import importlib.util
import json
import os
import subprocess
import sys
import tempfile
from contextlib import suppress
from dataclasses import astuple
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autogen_harness.contracts.calling import simplejson_double
from autogen_harness.contracts.calling.world import World
from autogen_harness.contracts.hints import Hints
from autogen_harness.contracts.subject import Contract, Home
from autogen_harness.errors import HarnessError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import ModuleType

_MARK = "autogen-harness result: "
_SEEDS = ("0", "1")
_PATIENCE = 120  # seconds of real time until a child that hangs is ended


def in_other_processes(world: World) -> tuple[Any, ...]:
    """The result of the ordinary call in two new processes, whose string hashes differ.

    Raises:
        HarnessError: a process could not import the tool or make the call.
    """
    order = order_of(world)
    return tuple(said["result"] for said in _all_done(world, [(seed, order) for seed in _SEEDS]))


def with_and_without_simplejson(world: World, plan: str) -> tuple[Any, ...]:
    """What came of the ordinary call under the plan of that label where simplejson is installed, and where it is not.

    Each is a mapping of ``result``, ``attempts`` and ``waits``.

    Raises:
        HarnessError: a process could not import the tool or make the call.
    """
    return _all_done(world, [(_SEEDS[0], order_of(world, plan=plan, simplejson=there)) for there in (True, False)])


def _all_done(world: World, orders: list[tuple[str, dict[str, Any]]]) -> tuple[Any, ...]:
    with world.apart():
        children = [start(__name__, order, seed) for seed, order in orders]
    try:
        return tuple(reported(child, world.contract.name) for child in children)
    finally:
        for child in children:  # where the first one failed, the others are still at work
            with child:
                child.kill()


def order_of(world: World, **more: Any) -> dict[str, Any]:
    """All that another process needs to open this world, with its ordinary call; ``more`` is JSON.

    Raises:
        HarnessError: no other process can import the tool.
    """
    contract = world.contract
    if contract.home is None:
        message = f"{contract.name} cannot be imported by another process"
        raise HarnessError(message)
    return {
        "home": astuple(contract.home),
        "path": [str(world.home / entry) for entry in sys.path],
        "arguments": world.ordinary,
        "schema": contract.schema,
        "upstream": contract.upstream,
        "roots": [str(folder) for folder in contract.roots],
        "root": str(world.files),
        "patterns": sorted(contract.patterns),
        **more,
    }


def start(module: str, order: Mapping[str, Any], seed: str = "0") -> subprocess.Popen[str]:
    """A module of ours at work; its order waits in a file, so that several can work at once without a pipe to fill."""
    command = [sys.executable, "-m", module]
    environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(Path(__file__).resolve().parents[3])}
    with tempfile.TemporaryFile("w+", encoding="utf-8") as given:
        given.write(json.dumps(order))
        given.seek(0)
        return subprocess.Popen(  # noqa: S603  # our own module, with the interpreter that runs this
            command, stdin=given, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8", env=environment
        )


def reported(child: subprocess.Popen[str], name: str) -> Any:
    """What a child reports.

    Raises:
        HarnessError: it ended, or was ended, without a report; what it wrote to its standard error is told.
    """
    try:
        out, err = child.communicate(timeout=_PATIENCE)
    except subprocess.TimeoutExpired:
        child.kill()
        out, err = child.communicate()
    for line in out.splitlines():
        if line.startswith(_MARK):
            return json.loads(line[len(_MARK) :])
    message = f"another process could not call {name}:\n{err.strip()[-2000:]}"
    raise HarnessError(message)


def main() -> None:
    """Make the call that stands on the standard input, and print its result on one line."""
    order = read_order()
    if "simplejson" in order:
        simplejson_double.pretend(installed=order["simplejson"])
    with World(contract_of(order)) as world:
        plan = next((plan for plan in world.plans if plan.label == order.get("plan")), None)
        seen = world.call(order["arguments"], plan)
    result = seen.result if seen.raised is None else f"raised {type(seen.raised).__name__}: {seen.raised}"
    report({"result": result, "attempts": len(seen.attempts), "waits": seen.sleeps})


def read_order() -> dict[str, Any]:
    """In the child: what is to be done. From here on modules are found as they are where the order comes from."""
    order: dict[str, Any] = json.loads(sys.stdin.read())
    sys.path[:] = order["path"]
    return order


def contract_of(order: Mapping[str, Any]) -> Contract:
    """In the child: the contract that the order speaks of, with the tool found again."""
    tool, roots = _find(Home(*order["home"])), tuple(Path(folder) for folder in order["roots"])
    hints, upstream = Hints(root=order["root"], example=order["arguments"]), tuple(order["upstream"])
    patterns = frozenset(order["patterns"])
    return Contract(tool, order["home"][1], order["schema"], patterns, hints, upstream, roots=roots)


def report(value: Any) -> None:
    """In the child: print what came of it on one line."""
    print("\n" + _MARK + json.dumps(value, default=repr))  # noqa: T201  # this is how the child reports


def _find(home: Home) -> Callable[..., Any]:
    tool: Callable[..., Any] = getattr(module_of(home), home.attribute)
    return tool


def module_of(home: Home) -> ModuleType:
    """The module by name, if that gives the same file; else from the file itself, as pytest's importlib mode does."""
    with suppress(ImportError):
        module = importlib.import_module(home.module)
        if Path(str(module.__file__)).resolve() == Path(home.file).resolve():
            return module
    spec = importlib.util.spec_from_file_location(home.module, home.file)
    if spec is None or spec.loader is None:
        message = f"{home.file} is no Python module"
        raise HarnessError(message)
    loaded = importlib.util.module_from_spec(spec)
    sys.modules[home.module] = loaded
    spec.loader.exec_module(loaded)
    return loaded


if __name__ == "__main__":
    main()
