"""The peers, in an environment of their own under .venvs, and the pages that show what came of it."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PEERS = (
    "vcrpy==9.4.2",
    "cassetter==0.16.1",
    "betamax==0.9.0",
    "responses==0.26.3",
    "aioresponses==0.7.9",
    "requests>=2.34,<3",
    "aiohttp>=3.14,<4",
    "httpx>=0.28,<1",
    "httpx2>=2.16,<3",
)


def python() -> Path:
    """The interpreter of an environment with every peer, made anew when the list changes."""
    venv = ROOT / ".venvs" / "bench-http"
    stamp, interpreter = venv / "made-for", venv / "bin" / "python"
    mark = hashlib.sha256("\n".join([*PEERS, (ROOT / "pyproject.toml").read_text(encoding="utf-8")]).encode()).hexdigest()
    if not stamp.is_file() or stamp.read_text(encoding="utf-8") != mark:
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(venv)], check=True)
        pip = [str(interpreter), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, *PEERS, "--editable", f"{ROOT}[all]"], check=True)
        stamp.write_text(mark, encoding="utf-8")
    return interpreter


def put(page: str, mark: str, lines: Iterable[str]) -> None:
    """Put lines between their marks on a page of docs/."""
    path = ROOT / "docs" / page
    before, begin, rest = path.read_text(encoding="utf-8").partition(f"<!-- {mark}: begin -->\n")
    _, end, after = rest.partition(f"<!-- {mark}: end -->")
    path.write_text("".join([before, begin, "\n".join(lines), "\n", end, after]), encoding="utf-8")
