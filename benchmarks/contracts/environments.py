"""Two environments under .venvs: the second has an older hypothesis, for the sake of one peer."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
OURS = f"{ROOT}[examples,classic]"

PEERS = {
    "bench-contracts": ("schemathesis==4.32.5", "hypothesis==6.170.17", "pyautogen[openai]==0.9.0"),
    "bench-contracts-mcp": ("mcp-toolproof==0.3.1", "mcp==2.3.0", "hypothesis==6.170.9"),
}
"""mcp-toolproof draws with hypothesis-jsonschema 0.23.1, which no hypothesis after 6.170.9 works with. The hand-written tests
make agents, which want openai; no request reaches it."""


def python(name: str) -> Path:
    """The interpreter of an environment, made anew when its list changes."""
    venv = ROOT / ".venvs" / name
    stamp, interpreter = venv / "made-for", venv / "bin" / "python"
    mark = hashlib.sha256("\n".join([*PEERS[name], (ROOT / "pyproject.toml").read_text(encoding="utf-8")]).encode()).hexdigest()
    if not stamp.is_file() or stamp.read_text(encoding="utf-8") != mark:
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(venv)], check=True)
        pip = [str(interpreter), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, *PEERS[name], "--editable", OURS], check=True)
        stamp.write_text(mark, encoding="utf-8")
    return interpreter
