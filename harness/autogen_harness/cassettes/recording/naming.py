"""How a test's own cassette is called: ``module/test``, in characters that every file system takes."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

FAILED = ".failed"
"""What stands between the name and the ending of a file that a failed test recorded."""

MAX_NAME = 80
"""Characters of a test's name that are kept."""


def own_name(module: Path, base: Path, test: Sequence[str]) -> str:
    """The name of a test's cassette.

    Args:
        module: the test's file.
        base: what names begin below: the folder that holds the folder of cassettes.
        test: the names of its classes, and its own with its parameters.

    Returns:
        such as ``test_quotes/test_price``, ``unit/test_quotes/TestIt.test_price-NVDA``. Where characters had to be replaced
        or cut, a digest keeps apart what would look the same.
    """
    folder = module.parent.relative_to(base).parts if module.is_relative_to(base) else ()
    return "/".join((*map(_safe, folder), _safe(module.stem), _safe(".".join(test))))


def _safe(name: str) -> str:
    """A part of a path. Of brackets around parameters only the first is kept, as a hyphen: nothing else looks like that."""
    plain = re.sub(r"\[(.*)\]$", r"-\1", name)
    kept = re.sub(r"[^\w.-]+", "-", plain, flags=re.ASCII)[:MAX_NAME]
    if kept == plain and not kept.endswith((FAILED, ".")) and not kept.startswith("."):
        return kept
    return f"{kept.strip('.-')}-{hashlib.sha256(name.encode('utf-8', 'surrogatepass')).hexdigest()[:8]}"


def failed(path: Path) -> Path:
    """Where a failed test keeps what it recorded for a file."""
    return path.with_name(f"{path.stem}{FAILED}{path.suffix}")


def is_failed(path: Path) -> bool:
    """Was this recorded by a failed test? Then it is for a person to look at, and no cassette to be played."""
    return path.stem.endswith(FAILED)
