"""Import a tool's module in another process, and tell what that did besides.

Run as ``python -m autogen_harness.contracts.calling.importing`` with the module as JSON on its standard input.
"""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
from functools import cache, wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autogen_harness import origin
from autogen_harness.contracts.calling.again import module_of
from autogen_harness.contracts.subject import Home
from autogen_harness.errors import HarnessError
from autogen_harness.imports import when_imported
from autogen_harness.ledger import Ledger
from autogen_harness.network import NetworkGuard
from autogen_harness.patches import Patches

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

    from autogen_harness.contracts.calling.world import World

_MARK = "autogen-harness import: "
_PATIENCE = 120  # seconds of real time until a child that hangs is ended
_CHATS = ("autogen.agentchat.conversable_agent", ("initiate_chat", "a_initiate_chat"))


def what_it_does(world: World) -> list[str]:
    """What importing the tool's module does besides defining, in words.

    Raises:
        HarnessError: the other process ended without a word, or does not end.
    """
    home = world.contract.home
    assert home is not None  # noqa: S101  # the law is not checked otherwise
    return list(_in_another_process(home.module, home.file, tuple(str(world.home / entry) for entry in sys.path)))


@cache
def _in_another_process(module: str, file: str, path: tuple[str, ...]) -> tuple[str, ...]:
    """Once for each module: it may hold many tools."""
    order = json.dumps({"module": module, "file": file, "path": path})
    command = [sys.executable, "-m", "autogen_harness.contracts.calling.importing"]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[3])}
    try:
        done = subprocess.run(  # noqa: S603  # our own module, with the interpreter that runs this
            command, input=order, capture_output=True, encoding="utf-8", env=environment, timeout=_PATIENCE, check=False
        )
    except subprocess.TimeoutExpired:
        return (f"it does not end within {_PATIENCE} s",)
    for line in done.stdout.splitlines():
        if line.startswith(_MARK):
            return tuple(json.loads(line[len(_MARK) :]))
    message = f"another process could not import {module}:\n{done.stderr.strip()[-2000:]}"
    raise HarnessError(message)


def main() -> None:
    """Import the module that stands on the standard input, and print what it did on one line."""
    order = json.loads(sys.stdin.read())
    sys.path[:] = order["path"]
    ledger, done, patches = Ledger(), list[str](), Patches()
    guard = NetworkGuard(ledger.record)
    guard.open()
    _listen_to_logging(patches, done.append)
    module, names = _CHATS
    when_imported(module, lambda loaded: _refuse_chats(loaded, names, patches, done.append))
    try:
        module_of(Home(order["module"], "", order["file"]))
    except (Exception, SystemExit) as error:  # noqa: BLE001  # whatever a module raises is what we tell
        done.append(f"it raised {type(error).__name__}: {error}")
    told = [*(finding.what for finding in ledger.findings), *done]
    print("\n" + _MARK + json.dumps(told), flush=True)  # noqa: T201  # this is how the child reports
    os._exit(0)  # threads that the module left behind would keep the child


def _listen_to_logging(patches: Patches, tell: Callable[[str], None]) -> None:
    """Tell what the user's own code does to the root logger; libraries do as they like."""
    root = logging.getLogger()

    def telling(original: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(original)
        def call(*args: Any, **options: Any) -> Any:
            is_root = original.__name__ == "basicConfig" or args[:1] == (root,)
            if is_root and origin.is_users(sys._getframe(1).f_code):
                tell(f"it configures logging: {original.__name__}, at {origin.origin()}")
            return original(*args, **options)

        return call

    patches.swap(logging, "basicConfig", telling)
    for name in ("addHandler", "removeHandler", "setLevel"):
        patches.swap(logging.Logger, name, telling)


def _refuse_chats(module: ModuleType, names: tuple[str, ...], patches: Patches, tell: Callable[[str], None]) -> None:
    def refusing(original: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(original)
        def start(*_: Any, **__: Any) -> Any:
            tell(f"it starts a chat, at {origin.origin()}")
            message = "no chat is started while a module is imported"
            raise RuntimeError(message)

        return start

    for name in names:
        patches.swap(module.ConversableAgent, name, refusing)


if __name__ == "__main__":
    main()
