"""The commands about cassettes, and which folder they mean."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from autogen_harness import cli_cassette_convert, cli_cassette_drift, cli_cassette_scan
from autogen_harness.cli_cassette_check import add_check, add_schema
from autogen_harness.cli_cassette_list import add_listing
from autogen_harness.errors import UsageError


def add_commands(commands: Any) -> None:
    """Add the commands to those of the parser."""
    cassette = commands.add_parser("cassette", help="look at cassettes")
    actions = cassette.add_subparsers(title="actions", metavar="ACTION", required=True)
    others = (cli_cassette_convert.add, cli_cassette_drift.add_action, cli_cassette_scan.add_action)
    for add in (add_listing, _add_new, add_check, add_schema, *others):
        add(actions)


def _add_new(actions: Any) -> None:
    new = actions.add_parser("new", help="print the beginning of a cassette for one request, to be filled in and saved")
    new.add_argument("method", metavar="METHOD", help="such as GET")
    new.add_argument("url", metavar="URL", help="such as https://api.example.com/v1/things?page=1")
    new.add_argument("--status", type=int, default=200, help="what is answered (default: %(default)s)")
    _add_folder(new)
    new.set_defaults(run=_new)


def _add_folder(action: argparse.ArgumentParser) -> None:
    action.add_argument("--dir", help="folder of your own cassettes (default: the project's, else tests/cassettes)")


def _new(arguments: argparse.Namespace) -> int:
    from autogen_harness.cassettes.skeletons import begin

    name, path, text = begin(arguments.method, arguments.url, arguments.status, roots(arguments.dir, must_exist=False))
    print(text)
    print(f'save it as {path}, filled in; a test plays it with harness.http.play("{name}")', file=sys.stderr)
    return 0


def roots(folder: str | None, *, must_exist: bool = True) -> list[Path]:
    """The user's folder: that of the command line, else that of the project around the current folder.

    Raises:
        UsageError: somebody named a folder that is not there, or the project's settings are wrong.
    """
    from autogen_harness.settings import Settings
    from autogen_harness.settings_search import find_project

    root, settings = find_project(Path.cwd())
    found = root / settings.cassettes if folder is None else Path(folder)
    if must_exist and not found.is_dir() and (folder is not None or settings.cassettes != Settings().cassettes):
        raise UsageError(f"there is no folder {found}" + (", which the settings name" if folder is None else ""))
    return [found]
