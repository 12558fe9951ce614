"""The server of aimock, as its fixture starts it, and a client of it in strict mode."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import asking
from aimock_pytest import AIMockServer, NodeManager

# The pytest package would fetch a version of its own choice; this is the one that run.py installed from npm.
PACKAGE = Path(sys.prefix, "node", "node_modules", "@copilotkit", "aimock")
os.environ["AIMOCK_CLI_PATH"] = str(PACKAGE / "dist" / "cli.js")

STRICT = {"X-AIMock-Strict": "true"}
ANYTHING: dict[str, Any] = {"userMessage": "add"}


@contextmanager
def aimock(**options: Any) -> Iterator[tuple[Any, Any]]:
    """What the fixture ``aimock`` gives to a test, and a client of it in strict mode."""
    server = AIMockServer(NodeManager())
    server.start()
    try:
        yield server, asking.client(f"{server.base_url}/v1", **{"default_headers": STRICT, **options})
    finally:
        server.stop()


def answering(double: Any, *responses: dict[str, Any], **options: Any) -> None:
    """Script these responses in order, as its documentation says: by ``sequenceIndex``."""
    for number, response in enumerate(responses):
        double.add_fixture(ANYTHING, response, sequenceIndex=number, **options)
