"""What a process does as it starts: its HTTP clients and its network guard report to the test."""

from __future__ import annotations

import os

from autogen_harness.cassettes.doors import Doors
from autogen_harness.cassettes.workers import proxying
from autogen_harness.cassettes.workers.asking import ALLOWED, Address, AskingDesk
from autogen_harness.network import NetworkGuard


def join() -> None:
    """Ask the test whose address is in the environment; nothing where there is none. For ``sitecustomize``."""
    address = Address.of_environment()
    if address is None:
        return
    proxying.forget()
    guard = NetworkGuard(AskingDesk(address).record, ["localhost", *os.environ.get(ALLOWED, "").split()])
    guard.open()
    Doors(AskingDesk(address, guard.serves)).open()
