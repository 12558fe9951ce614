"""The command ``check``: script files, or the tools that stand in a target."""

from __future__ import annotations

import argparse
import sys
import threading
from importlib.machinery import PathFinder
from pathlib import Path
from typing import Any

from autogen_harness.cli import scripts
from autogen_harness.cli.folders import roots
from autogen_harness.errors import UsageError
from autogen_harness.targets import ABOUT

_SCRIPTS = (".yaml", ".yml", ".json")
_FORMATS = ("table", "json", "junit", "github")

_EPILOG = f"""\
A SCRIPT is a path, or a name as for harness.llm.load. It is checked alone, or against the agents of --against TARGET.

{ABOUT} Its tools are what its agents execute, functions with a schema
beside them, registries of functions, else functions with type hints. What each owes is checked, as by a test that says
tool_contract(...), in processes at the same time. It is imported in the current folder, needs no key, and reaches no
network: what a tool asks is answered by the cassettes that are there for its hosts. What only its author knows is not
checked, and listed.

exit code: 0 clean, 1 something is wrong with a script, or a law is broken, 2 could not judge"""


def add_commands(commands: Any) -> None:
    """Add the command to those of the parser."""
    check = commands.add_parser(
        "check",
        help="check script files, or the tools of a module, a package, or agents: without a test",
        description="Find what is wrong with script files before a test plays them, or which laws a tool breaks.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    check.add_argument("what", metavar="SCRIPT|TARGET", nargs="+", help="script files, or where the tools are")
    check.add_argument(
        "--against",
        metavar="TARGET",
        action="append",
        default=[],
        help="of scripts: where the agents are; can be given several times",
    )
    check.add_argument("--format", choices=_FORMATS, default="table", help="of tools: how it is said (default: %(default)s)")
    check.add_argument("--output", metavar="FILE", help="of tools: write it there, and print the table")
    check.add_argument("--examples", type=_count, default=50, help="of tools: calls drawn for a law (default: %(default)s)")
    check.add_argument(
        "--timeout", type=_count, default=60, help="of tools: seconds that a law may take (default: %(default)s)"
    )
    check.add_argument("--coverage", action="store_true", help="of tools: say which branches were reached (needs coverage.py)")
    check.add_argument("--dir", help="of tools: folder of your own cassettes (default: the project's)")
    check.set_defaults(run=_check)


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        message = f"{text!r} is no number from 1"
        raise argparse.ArgumentTypeError(message)
    return int(text)


def _check(arguments: argparse.Namespace) -> int:
    files = [what for what in arguments.what if _is_script(what)]
    if arguments.against or len(files) == len(arguments.what):
        return scripts.check(arguments.what, arguments.against)
    if files:
        other = next(what for what in arguments.what if what not in files)
        message = f"{files[0]} is a script, and {other} is none: check one kind at a time"
        raise UsageError(message)
    return _check_tools(arguments)


def _is_script(what: str) -> bool:
    if what.endswith((*_SCRIPTS, ".py")) or ":" in what:
        return what.endswith(_SCRIPTS)
    try:
        scripts.find(what)
    except UsageError as error:
        if _is_module(what):
            return False
        message = f"{error}; and there is no module {what}"
        raise UsageError(message) from None
    return True


def _is_module(name: str) -> bool:
    here = str(Path.cwd())
    return PathFinder.find_spec(name.partition(".")[0], [here, *sys.path]) is not None


def _check_tools(arguments: argparse.Namespace) -> int:
    from autogen_harness import documents
    from autogen_harness.survey.examining import examine
    from autogen_harness.survey.views import VIEWS

    bar = _Bar()
    survey = examine(
        arguments.what,
        roots(arguments.dir, must_exist=False),
        examples=arguments.examples,
        patience=arguments.timeout,
        tell=bar.show,
        coverage=arguments.coverage,
    )
    bar.clear()
    view = VIEWS[arguments.format](survey)
    if arguments.output:
        documents.write(Path(arguments.output), view + "\n")
        view = VIEWS["table"](survey)
    print(view)
    return survey.code


class _Bar:
    """How far it is, on one line of a terminal; nowhere else."""

    _WIDTH = 40

    def __init__(self) -> None:
        self._lock = threading.Lock()

    def show(self, done: int, total: int) -> None:
        """Draw it again."""
        filled = self._WIDTH * done // max(total, 1)
        self._write(f"\r[{'#' * filled}{' ' * (self._WIDTH - filled)}] {done}/{total} laws")

    def clear(self) -> None:
        """Leave an empty line."""
        self._write(f"\r{'':<{self._WIDTH + 20}}\r")

    def _write(self, text: str) -> None:
        if sys.stderr.isatty():
            with self._lock:
                sys.stderr.write(text)
                sys.stderr.flush()
