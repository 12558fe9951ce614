"""Files that a model names: only regular ones, only under one folder, only so many bytes of them."""

from __future__ import annotations

import os
import stat
import tempfile
from pathlib import Path

from toolbox.envelope import ToolError


def inside(root: Path, name: str) -> Path:
    """The real path of ``name``, taken from ``root``. Raises ToolError where that leads out of ``root``, links followed."""
    if "\0" in name:
        raise ToolError("the path holds a NUL character")
    try:
        path = (root / name).resolve()
    except (OSError, RuntimeError):  # a loop of links
        raise ToolError("the path cannot be resolved") from None
    if not path.is_relative_to(root.resolve()):
        raise ToolError("the path leads out of the folder that this tool may use")
    return path


def read_bytes(path: Path, limit: int) -> bytes:
    """The content of a regular file of at most ``limit`` bytes, found by reading: a size on record may be wrong.

    Raises:
        ToolError: it is not a regular file, or longer.
        OSError: it cannot be opened or read.
    """
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))  # never wait for the writer of a pipe
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise ToolError("the path does not name a regular file")
        with open(descriptor, "rb", closefd=False) as file:
            content = file.read(limit + 1)
    finally:
        os.close(descriptor)
    if len(content) > limit:
        raise ToolError(f"the file is longer than {limit} bytes")
    return content


def write_text(path: Path, text: str) -> None:
    """Replace ``path`` by ``text`` in UTF-8, wholly or not at all. Raises OSError where that cannot be done."""
    descriptor, scratch = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:40]}.")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as file:
            file.write(text)
        Path(scratch).replace(path)
    except BaseException:
        Path(scratch).unlink()
        raise


def reason(error: OSError) -> str:
    """Why the system refused, without the path."""
    return error.strerror or type(error).__name__
