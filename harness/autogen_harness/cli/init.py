"""The command ``init``: the beginning of a test suite for the tools that stand in a target."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import Any

from autogen_harness.targets import ABOUT

_EPILOG = f"""\
{ABOUT}

Written are a test file with a contract for each tool, the hints that only you know as comments, and where AutoGen is
installed for each tool a first chat with its script and its cassette. Nothing that is there is written over.

exit code: 0 written, 2 could not"""


def add_commands(commands: Any) -> None:
    """Add the command to those of the parser."""
    init = commands.add_parser(
        "init",
        help="write a first test file for the tools of a module, a package, or agents",
        description="Begin the tests of tools: contracts, and a first chat with each.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    init.add_argument("target", metavar="TARGET", help="where the tools are")
    init.add_argument("--tests", metavar="FOLDER", default="tests", help="where the test file goes (default: %(default)s)")
    init.set_defaults(run=_init)


def _init(arguments: argparse.Namespace) -> int:
    from importlib.util import find_spec

    from autogen_harness.settings_search import find_project
    from autogen_harness.survey import starting
    from autogen_harness.survey.examining import begin

    root, settings = find_project(Path.cwd())
    folders = starting.Folders(Path(arguments.tests), root / settings.scripts, root / settings.cassettes)
    starts, hung = begin(arguments.target, [folders.cassettes], patience=60)
    made = starting.files(arguments.target, starts, folders, chats=find_spec("autogen") is not None)
    starting.write(made)
    for path in made:
        print(f"wrote {os.path.relpath(path)}")
    for one in hung:
        print(f"left out {one.tool}: {one.text}")
    print(f"run it: python -m pytest {next(iter(made))}")
    return 0
