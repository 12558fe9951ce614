"""A tool that reads a text file, tried again where the disk is slow."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

from defects.importable import made
from defects.workbench import Bench, Defect, OutOfReach, contract

from autogen_harness.contracts.subject import Contract
from error_handled.retrying import resilient_tool
from error_handled.tool import READ_FILE_SAFE_SCHEMA
from toolbox.boundary import checked
from toolbox.envelope import ToolError, clip, success
from toolbox.files import inside, read_bytes

MOST_BYTES = 1_000_000
MOST_CHARACTERS = 10_000


class Speechless(ConnectionError):
    """An error whose text cannot be had."""

    def __str__(self) -> str:
        raise RuntimeError("no text")


def spoken(tool: Callable[..., str]) -> Callable[..., str]:
    """Answer with the text of whatever the tool raises."""

    @wraps(tool)
    def call(*args: Any, **kwargs: Any) -> str:
        try:
            return tool(*args, **kwargs)
        except Exception as error:  # noqa: BLE001  # this is the defect
            return json.dumps({"error": f"{type(error).__name__}: {error}"})

    return call


def schema(bugs: frozenset[str]) -> dict[str, Any]:
    """What the model sees."""
    parameters = READ_FILE_SAFE_SCHEMA["parameters"]
    hidden = {"encoding"} if "X5" in bugs else set()
    properties = {name: one for name, one in parameters["properties"].items() if name not in hidden}
    return {**READ_FILE_SAFE_SCHEMA, "parameters": {**parameters, "properties": properties}}


def tool(bugs: frozenset[str]) -> Callable[..., str]:
    """The decorated tool."""

    def read_file_safe(file_path: str, encoding: str = "utf-8") -> str:
        path = Path(file_path) if "E18" in bugs else inside(Path.cwd(), file_path)
        raw = path.read_bytes() if "E19" in bugs else read_bytes(path, MOST_BYTES)
        try:
            text = raw.decode(encoding)
        except UnicodeError:
            raise ToolError(f"the file is not text in {encoding}") from None
        content, cut = (text, False) if "E21" in bugs else clip(text, MOST_CHARACTERS)
        return success(path=file_path, content=content, size_bytes=len(raw), truncated=cut)

    def read_anything(file_path: Any, encoding: str = "utf-8") -> str:
        if file_path is not True:
            return read_file_safe(str(file_path), encoding)
        with open(file_path, encoding=encoding) as file:  # noqa: PTH123  # True is a file descriptor: 1
            return success(path="?", content=file.read(), size_bytes=0, truncated=False)

    if "E20" in bugs:
        read_anything.__name__ = read_file_safe.__name__
        return resilient_tool(max_attempts=2)(read_anything)
    careful = spoken if "E23" in bugs else resilient_tool(max_attempts=2)
    return checked(schema(bugs))(careful(read_file_safe))


DEFECTS = (
    Defect("E18", "/proc/self/environ is read", "reads-stay-inside", "and it opened"),
    Defect("E19", "a pipe is read, and never ends", "dangerous-paths-do-not-hang", "had not come back"),
    Defect("E20", "file_path=true: standard output is closed", "the-process-survives", "standard output cannot be used"),
    Defect("E21", "10 MB of control characters: a result of 60 MB", "results-stay-small", "20,000 are allowed"),
    Defect("E23", "an error whose text cannot be had leaves the tool", "every-valid-call-returns-json", "RuntimeError"),
    Defect("X5", "encoding is not advertised, and can be set", "schema-and-signature-agree", "'encoding'"),
)
TOOLS = made(tool, globals(), [defect.id for defect in DEFECTS])


def files(bugs: frozenset[str]) -> Contract:
    """A file of the working folder."""
    return contract(
        TOOLS[bugs],
        schema(bugs),
        pattern="error-handled",
        collaborators={f"{__name__}.read_bytes": [TimeoutError("the disk is slow"), Speechless()]},
        max_attempts=2,
        backoff=lambda retry: 2.0**retry,
        side_effects="read",
        output_schema=("path", "content", "size_bytes"),
    )


BENCHES = (Bench("read_file_safe", files, DEFECTS),)
OUT_OF_REACH = (
    OutOfReach(
        "E22",
        "é, CRLF or a byte order mark: size_bytes counts characters, and newlines are rewritten",
        "what a field of a result means is known to its author only; an ordinary test with such a file says it",
    ),
)
