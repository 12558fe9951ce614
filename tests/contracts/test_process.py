"""What a tool changes for everybody, leaves open, or does when its module is imported."""

from __future__ import annotations

import asyncio
import gc
import json
import locale
import logging
import os
import signal
import sys
import threading
import warnings
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from breaking import breach, parameters

from autogen_harness.contracts import tool_contract
from autogen_harness.contracts.calling.descriptors import Descriptors
from autogen_harness.contracts.calling.process_state import ProcessState
from autogen_harness.contracts.calling.world import World
from autogen_harness.contracts.subject import Home

LAW = "the-process-is-left-as-it-was"
NOTHING = {"schema": parameters()}


def doing(step: Any) -> Any:
    def tool() -> str:
        step()
        return json.dumps({"ok": True})

    return tool


def leaves_a_file_open() -> None:
    kept.append(Path("example.txt").open(encoding="utf-8"))  # noqa: SIM115  # the tool at fault


def loses_a_file() -> None:
    Path("example.txt").open(encoding="utf-8").read()  # noqa: SIM115  # the tool at fault


def loses_a_coroutine_in_a_circle() -> None:
    circle: list[Any] = [asyncio.sleep(1)]
    circle.append(circle)


def starts_a_thread() -> None:
    threading.Thread(target=stop.wait, daemon=True, name="worker of the tool").start()


def never_awaits() -> None:
    asyncio.sleep(1)  # the tool at fault


def closes_standard_output() -> None:
    os.close(1)


kept: list[Any] = []
stop = threading.Event()


@pytest.fixture(autouse=True)
def _nothing_left():
    stop.clear()
    yield
    stop.set()
    for file in kept:
        file.close()
    kept.clear()


@pytest.mark.parametrize(
    ("step", "what"),
    [
        (lambda: os.environ.update(MODE="x"), "it changed the environment's MODE"),
        (lambda: os.environ.pop("HOME", None), "it changed the environment's HOME"),
        (lambda: os.chdir(".."), "it changed the working folder"),
        (lambda: logging.getLogger().addHandler(logging.NullHandler()), "it changed the handlers of the root logger"),
        (lambda: logging.getLogger().setLevel(5), "it changed the level of the root logger"),
        (lambda: warnings.simplefilter("ignore"), "it changed the filters for warnings"),
        (lambda: sys.path.insert(0, "."), "it changed sys.path"),
        (lambda: locale.setlocale(locale.LC_ALL, "C.UTF-8"), "it changed the locale"),
        (lambda: signal.signal(signal.SIGUSR1, signal.SIG_IGN), "it changed the handler of SIGUSR1"),
        (closes_standard_output, "it closed or replaced file descriptor 1"),
        (leaves_a_file_open, "it left 1 file or socket open"),
        (loses_a_file, "unclosed file"),
        (loses_a_coroutine_in_a_circle, "was never awaited"),
        (starts_a_thread, "it left a thread at work, worker of the tool"),
        (never_awaits, "was never awaited"),
        (lambda: None, ""),
    ],
)
def test_what_a_call_changes_or_leaves_is_told(step: Any, what: str):
    """Once for each; and afterwards it is as before, so that the next test does not suffer."""
    before = ProcessState.now()
    found = breach(LAW, doing(step), **NOTHING)

    assert what in found
    assert bool(what) == bool(found)
    stop.set()
    for file in kept:
        file.close()
    gc.collect()
    assert list(before.changes(ProcessState.now())) == []


async def leaves_a_task() -> str:
    kept_tasks.append(asyncio.ensure_future(forever()))
    return json.dumps({"ok": True})


async def forever() -> None:
    await asyncio.sleep(10_000)


async def cancels_its_task() -> str:
    task = asyncio.ensure_future(forever())
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    return json.dumps({"ok": True})


kept_tasks: list[Any] = []


def test_a_task_that_is_left_in_the_loop_is_told():
    """Its loop ends with the call here; in a chat it would go on."""
    assert breach(LAW, leaves_a_task, **NOTHING) == "it left a task at work, forever"
    assert breach(LAW, cancels_its_task, **NOTHING) == ""


def test_what_is_made_once_and_kept_is_no_leak():
    """A pool of threads, a file that is held open, an import: the first call makes them, and no other."""
    pool: list[ThreadPoolExecutor] = []

    def tool() -> str:
        if not pool:
            pool.append(ThreadPoolExecutor(1))
            leaves_a_file_open()
        return json.dumps({"ok": pool[0].submit(lambda: True).result()})

    try:
        assert breach(LAW, tool, **NOTHING) == ""
    finally:
        pool[0].shutdown()


def test_a_call_that_the_schema_forbids_is_looked_at_too():
    """Where a path is wanted, ``true`` is file descriptor 1, and 3 another: opened, read and closed."""

    def tool(path: Any) -> str:
        try:
            with open(path, encoding="utf-8") as file:  # noqa: PTH123  # the tool at fault
                return json.dumps({"text": file.read()})
        except (OSError, TypeError, ValueError) as error:
            return json.dumps({"error": type(error).__name__})

    found = breach(LAW, tool, schema=parameters(path={"type": "string"}))

    assert found.startswith("it closed or replaced file descriptor ")


def test_low_descriptors_are_put_back():
    """Whatever was done to them; and no copy is left."""
    before = os.fstat(1).st_ino, ProcessState.now().files
    descriptors = Descriptors()
    descriptors.open()
    os.close(1)
    assert descriptors.mend() == (1,)
    assert descriptors.mend() == ()
    descriptors.close()

    assert (os.fstat(1).st_ino, ProcessState.now().files) == before


MODULE = """
import json
{imports}

def tool() -> str:
    return json.dumps({{"ok": True}})

{ending}
"""


@pytest.mark.parametrize(
    ("ending", "imports", "what"),
    [
        ("", "", ""),
        ("if __name__ == '__main__':\n    logging.basicConfig()", "import logging", ""),
        ("logging.basicConfig(level=10)", "import logging", "it configures logging: basicConfig, at"),
        ("logging.getLogger().setLevel(10)", "import logging", "it configures logging: setLevel, at"),
        ("logging.getLogger(__name__).setLevel(10)", "import logging", ""),
        (
            "try:\n    requests.get('https://example.com', timeout=5)\nexcept Exception:\n    pass",
            "import requests",
            "something tried to ",
        ),
        ("raise ValueError('no key')", "", "it raised ValueError: no key"),
        ("input('name? ')", "", "it raised EOFError"),
    ],
)
def test_importing_does_nothing(tmp_path: Path, ending: str, imports: str, what: str):
    """In a process of its own, however the module looks here."""
    file = tmp_path / "a_tool_of_its_own.py"
    file.write_text(MODULE.format(imports=imports, ending=ending), encoding="utf-8")
    found = import_of(Home("a_tool_of_its_own", "tool", str(file)))

    assert found.startswith(f"importing a_tool_of_its_own: {what}" if what else "")
    assert bool(found) == bool(what)


def import_of(home: Home) -> str:
    """What the law says of a module that was never imported here."""
    from dataclasses import replace

    from autogen_harness.contracts.registry import LAWS

    contract = replace(tool_contract(lambda: "{}", schema=parameters()).contract, home=home)
    with World(contract) as world:
        law = next(one for one in LAWS if one.id == "importing-does-nothing")
        return next((one.what for one in law.check(world)), "")


def test_a_chat_at_import_is_told(tmp_path: Path):
    """It is stopped before the first message."""
    pytest.importorskip("autogen")
    file = tmp_path / "chatting.py"
    file.write_text(
        "import autogen\n"
        "user = autogen.UserProxyAgent('user', code_execution_config=False, human_input_mode='NEVER')\n"
        "user.initiate_chat(autogen.ConversableAgent('other', llm_config=False), message='Hello')\n"
        "def tool():\n    return '{}'\n",
        encoding="utf-8",
    )

    assert import_of(Home("chatting", "tool", str(file))).startswith("importing chatting: it starts a chat, at ")
