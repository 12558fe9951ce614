"""The harness in other environments: other AutoGen lines, other Pythons, other plugins, each in a venv of its own.

    python tests/compat/run.py            every environment of the table, for which there is a Python here
    python tests/compat/run.py --short    one line for each neighbour, with the Python that runs this script
    python tests/compat/run.py ag2-0.14   those whose name contains the word

Prints a table; exits 1 if an environment is red. Environments are kept under .venvs and made anew when their row changes.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VENVS = ROOT / ".venvs"
TOOLS = ("hypothesis", "pytest-asyncio", "anyio", "aiosqlite", "pytest-randomly", "pytest-xdist", "pytest-timeout", "hatchling")
WHOLE = ("tests", "examples")
FRAMEWORK = ("tests/adapters", "tests/plugin", "tests/scripts/test_checking.py", "examples")
SOCKET = ("tests/adapters", "tests/wire", "tests/server")
# Of the contracts, the one that makes most calls: the others go the same ways.
SHOWN = ("examples/synchronous", "examples/asynchronous", "-k", "not not_checked or json")
BESIDE = ("tests/compat/beside.py", "tests/plugin", *SHOWN)
AGENTCHAT = ("autogen-agentchat>=0.7.5,<0.8", "autogen-ext[openai,anthropic,ollama]>=0.7.5,<0.8")
OLD_CLIENTS = ("requests==2.31.*", "urllib3==2.0.7", "aiohttp==3.9.5", "httpx==0.27.*", "httpx2")
NEW_CLIENTS = ("requests", "urllib3", "aiohttp", "httpx", "httpx2", "httplib2", "vcrpy")
RETRYING = ("tenacity", "stamina", "backoff")
CASSETTES = ("brotli", "trustme")
REPLAY = ("tests/cassettes", "tests/conformance", "tests/secrecy")
AIOHTTP = ("tests/cassettes", "tests/conformance", "-k", "aiohttp", "--ignore", "tests/cassettes/test_httpx_driver.py")
AGENTCHAT_PAGE = "tests/test_documentation.py::test_blocks_that_hold_a_test_pass[agentchat.md]"


@dataclass(frozen=True)
class Environment:
    """One row: what is installed beside the harness, and which tests must pass there."""

    name: str
    requirements: tuple[str, ...]
    tests: tuple[str, ...] = FRAMEWORK
    pythons: tuple[str, ...] = ("3.10", "3.11", "3.12", "3.13")


TABLE = (
    Environment("pyautogen-0.9", ("pyautogen>=0.9,<0.10",), WHOLE),
    Environment("ag2-0.14", ("ag2>=0.14,<1",)),
    Environment("pyautogen-0.2.35", ("pyautogen==0.2.35",), pythons=("3.10", "3.11", "3.12")),
    Environment("openai-2", ("pyautogen>=0.9,<0.10", "openai>=2,<3"), SOCKET, ("3.12",)),
    Environment("openai-3", ("pyautogen>=0.9,<0.10", "openai>=3,<4"), SOCKET, ("3.12",)),
    Environment("agentchat-0.7", AGENTCHAT, ("tests/agentchat", "tests/llm", "examples/agentchat", AGENTCHAT_PAGE)),
    Environment(
        "pytest-8.2",
        ("pyautogen>=0.9,<0.10", "pytest==8.2.*", "pytest-asyncio<1"),
        ("tests/plugin", "tests/adapters"),
        ("3.12",),
    ),
    # The oldest HTTP clients that cassettes are tried with, and the newest ones on each Python.
    Environment("old-clients", (*OLD_CLIENTS, *CASSETTES), REPLAY, ("3.10", "3.11")),
    Environment("new-clients", (*NEW_CLIENTS, *CASSETTES), REPLAY, ("3.10", "3.12", "3.13")),
    # Its parser and its client change from minor to minor.
    *(Environment(f"aiohttp-3.{minor}", (f"aiohttp==3.{minor}.*", *CASSETTES), AIOHTTP, ("3.12",)) for minor in range(10, 14)),
    Environment("retrying", (*RETRYING, "openai", "httpx", "urllib3"), ("tests/clock",)),
    Environment(
        "beside-recording", ("pyautogen>=0.9,<0.10", "pytest-recording", "respx", "pytest-socket"), BESIDE, ("3.11", "3.12")
    ),
    Environment(
        "beside-vcr", ("pyautogen>=0.9,<0.10", "pytest-vcr", "cassetter", "respx", "pytest-socket"), BESIDE, ("3.11", "3.12")
    ),
)
# The neighbours of the short form. What another AutoGen cannot change is left out there: contracts (pytest knows them by an
# attribute of theirs) of tools that ask no agent.
CHATS = ("tests/adapters", "examples", "-k", "not not_checked or nested or test_agents")
SHORT = {
    "ag2-0.14": CHATS,
    "pyautogen-0.2.35": CHATS,
    "agentchat-0.7": ("tests/agentchat", "examples/agentchat"),
    "beside-recording": BESIDE,
    "beside-vcr": BESIDE,
}


def main() -> int:
    arguments = _arguments()
    here = f"{sys.version_info.major}.{sys.version_info.minor}"
    results = []
    for environment in TABLE:
        if arguments.word not in environment.name or (arguments.short and environment.name not in SHORT):
            continue
        pythons = (here,) if arguments.short else environment.pythons
        for version in (version for version in pythons if version in environment.pythons or arguments.short):
            tests = SHORT[environment.name] if arguments.short else environment.tests
            results.append((environment.name, version, _run(environment, version, tests)))
            print(f"{results[-1][0]:<20} {version:<6} {results[-1][2]}", flush=True)
    print("\n" + "\n".join(f"{name:<20} {version:<6} {verdict}" for name, version, verdict in results))
    return 1 if any(verdict.startswith("RED") for *_, verdict in results) else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Run the tests in other environments.")
    parser.add_argument("word", nargs="?", default="", help="only environments whose name contains this")
    parser.add_argument("--short", action="store_true", help="one line for each neighbour, with this Python")
    return parser.parse_args()


def _run(environment: Environment, version: str, tests: tuple[str, ...]) -> str:
    if version not in environment.pythons:
        return f"not run: {environment.name} does not support Python {version}"
    python = _python(version)
    if python is None:
        return f"not run: there is no Python {version} here"
    venv = _venv(environment, version, python)
    if isinstance(venv, str):
        return venv
    command = [str(venv / "bin" / "python"), "-m", "pytest", "-q", "-n", "auto", "-p", "no:cacheprovider"]
    done = subprocess.run([*command, *tests], cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode == 0:
        return f"green: {done.stdout.strip().splitlines()[-1]}"
    print(done.stdout[-8000:], done.stderr[-4000:], sep="\n")
    return "RED"


def _venv(environment: Environment, version: str, python: str) -> Path | str:
    """The environment, made when its row is new; or why it could not be made."""
    wanted = [*environment.requirements, *TOOLS, f"{ROOT}[all]"]
    pyproject = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    mark = hashlib.sha256("\n".join([*wanted, pyproject]).encode()).hexdigest()
    venv = VENVS / f"{environment.name}-{version}"
    stamp = venv / "made-for"
    if stamp.is_file() and stamp.read_text(encoding="utf-8") == mark:
        return venv
    shutil.rmtree(venv, ignore_errors=True)
    subprocess.run([python, "-m", "venv", str(venv)], check=True)
    pip = [str(venv / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    done = subprocess.run(
        [*pip, *environment.requirements, *TOOLS, "--editable", f"{ROOT}[all]"], capture_output=True, text=True, check=False
    )
    if done.returncode:
        print(done.stderr[-3000:])
        return "RED: it cannot be installed"
    stamp.write_text(mark, encoding="utf-8")
    return venv


def _python(version: str) -> str | None:
    """A working interpreter: on the path, or among pyenv's, whose shims answer only for the version in use."""
    places = [shutil.which(f"python{version}"), sys.executable]
    places += sorted(
        map(str, Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")).glob(f"versions/{version}.*/bin/python"))
    )
    for place in filter(None, places):
        asked = subprocess.run(
            [place, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"], capture_output=True, text=True, check=False
        )
        if asked.returncode == 0 and asked.stdout.strip() == version:
            return place
    return None


if __name__ == "__main__":
    sys.exit(main())
