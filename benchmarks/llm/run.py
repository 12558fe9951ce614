"""Doubles of a model side by side, each asked the same questions by a program: `make bench-llm`.

    python benchmarks/llm/run.py          every double; writes results.json and the table in docs/llm.md
    python benchmarks/llm/run.py llmock   those whose name contains the word; prints only

Each double has an environment of its own under .venvs, made anew when its row changes. What cannot be installed is listed
with the reason.
"""

from __future__ import annotations

import argparse
import datetime as dt
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from page import lines_of, write
from questions import QUESTIONS

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
RESULTS = HERE / "results.json"
SECONDS = 300


@dataclass(frozen=True)
class Double:
    """One column: its name, its program, and what pip and npm install for it."""

    name: str
    probe: str
    requirements: tuple[str, ...]
    npm: str = ""


OPENAI = "openai>=3,<4"
DOUBLES = (
    Double("autogen-harness", "probe_harness.py", ("pyautogen>=0.9,<0.10", OPENAI, f"--editable={ROOT}[all]")),
    Double("openai-responses", "probe_openai_responses.py", ("openai-responses==0.13.1",)),
    Double("aimock", "probe_aimock.py", ("aimock-pytest==0.7.0", OPENAI), npm="@copilotkit/aimock@1.43.0"),
    Double("LLMock", "probe_llmock.py", ("llmock==0.2.2", OPENAI)),
    Double("pytest-mockllm", "probe_pytest_mockllm.py", ("pytest-mockllm==0.4.0", OPENAI, "anthropic")),
    Double("ag2.testing", "probe_ag2_testing.py", ("ag2[openai]==1.2.1",)),
    Double("Replay client", "probe_autogen_replay.py", ("autogen-ext[openai]==0.7.5", "autogen-agentchat==0.7.5")),
    Double("pydantic-ai", "probe_pydantic_ai.py", ("pydantic-ai-slim[openai]==2.68.0",)),
)


def main() -> int:
    parser = argparse.ArgumentParser(description="Ask every double of a model the same questions.")
    parser.add_argument("word", nargs="?", default="", help="only doubles whose name contains this; nothing is written")
    word = parser.parse_args().word.lower()
    asked = [double for double in DOUBLES if word in double.name.lower()]
    results = {"date": f"{dt.datetime.now(tz=dt.timezone.utc):%Y-%m-%d}", "doubles": [_asked(one) for one in asked]}
    print("\n".join(lines_of(results)))
    if word:
        for column in results["doubles"]:
            print(json.dumps(column, indent=2, ensure_ascii=False))
    else:
        RESULTS.write_text(json.dumps(results, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        write(results)
    return 0


def _asked(double: Double) -> dict[str, Any]:
    """A column: the answers and versions of one double, or why it is not installed."""
    print(f"{double.name} ...", file=sys.stderr, flush=True)
    venv = _venv(double)
    if isinstance(venv, str):
        return {"name": double.name, "not installed": venv}
    lines, broken = _lines(venv, double.probe)
    if not lines:
        return {"name": double.name, "not installed": f"its program does not start: {broken}"}
    answers = {line["question"]: {"verdict": line["verdict"], "evidence": line["evidence"]} for line in lines[1:]}
    missing = {"verdict": "error", "evidence": f"no answer: {broken}"}
    return {"name": double.name, **lines[0], "answers": {name: answers.get(name, missing) for name in QUESTIONS}}


def _lines(venv: Path, probe: str) -> tuple[list[dict[str, Any]], str]:
    """What a program printed, line by line, and why it printed no more."""
    command = [str(venv / "bin" / "python"), str(HERE / "probes" / probe)]
    options: dict[str, Any] = {"cwd": HERE, "env": {**os.environ, "PYTHONPATH": str(HERE)}, "timeout": SECONDS}
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, **options)
        printed, broken = done.stdout, done.stderr
    except subprocess.TimeoutExpired as late:
        printed, broken = _text(late.stdout), f"it did not end in {SECONDS} seconds"
    return [json.loads(_steady(line)) for line in printed.splitlines() if line.startswith("{")], _last_line(broken)


def _text(printed: str | bytes | None) -> str:
    """What was printed before the time was over, which subprocess gives as bytes."""
    return printed.decode() if isinstance(printed, bytes) else printed or ""


def _last_line(told: str) -> str:
    return _steady((told.strip().splitlines() or ["it said nothing"])[-1][:300])


def _steady(text: str) -> str:
    """Without what differs from run to run and from machine to machine."""
    text = text.replace(str(ROOT), ".").replace(str(Path.home()), "~")
    text = re.sub(r"127\.0\.0\.1:\d+", "127.0.0.1", text)
    return re.sub(r"\b(call|msg|pyd_ai|mock|chatcmpl)([-_])[\w-]{7,}", r"\1\2...", text)


def _venv(double: Double) -> Path | str:
    """The environment, made when its row is new; or why it could not be made."""
    mark = hashlib.sha256(repr(double).encode()).hexdigest()
    venv = ROOT / ".venvs" / f"llm-{double.name.lower().replace(' ', '-')}"
    stamp = venv / "made-for"
    if stamp.is_file() and stamp.read_text(encoding="utf-8") == mark:
        return venv
    shutil.rmtree(venv, ignore_errors=True)
    subprocess.run([sys.executable, "-m", "venv", str(venv)], check=True)
    installs = [[str(venv / "bin" / "python"), "-m", "pip", "install", "--quiet", "pytest", *double.requirements]]
    if double.npm:
        npm = shutil.which("npm")
        if npm is None:
            return "it needs Node.js and npm"
        (venv / "node").mkdir()
        installs.append([npm, "install", "--silent", "--no-audit", "--no-fund", "--prefix", str(venv / "node"), double.npm])
    for command in installs:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            return _last_line(done.stderr.strip() or done.stdout)
    stamp.write_text(mark, encoding="utf-8")
    return venv


if __name__ == "__main__":
    sys.exit(main())
