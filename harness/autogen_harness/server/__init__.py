"""The scripted model over a socket: for other processes and other languages, from the same scripts and by the same rules."""

from __future__ import annotations

from autogen_harness.server.attempts import Attempt
from autogen_harness.server.endpoint import Endpoint
from autogen_harness.server.script_run import ScriptRun
from autogen_harness.server.script_server import ScriptServer

__all__ = ["Attempt", "Endpoint", "ScriptRun", "ScriptServer"]
