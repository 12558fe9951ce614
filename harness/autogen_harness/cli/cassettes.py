"""The commands about cassettes; most have a module of their own."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from autogen_harness.cli import cassette_convert, cassette_drift, cassette_scan
from autogen_harness.cli.cassette_check import add_check, add_schema
from autogen_harness.cli.cassette_list import add_listing
from autogen_harness.cli.folders import roots


def add_commands(commands: Any) -> None:
    """Add the commands to those of the parser."""
    cassette = commands.add_parser("cassette", help="list, check, convert, compare and scan cassettes")
    actions = cassette.add_subparsers(title="actions", metavar="ACTION", required=True)
    others = (cassette_convert.add, cassette_drift.add_action, cassette_scan.add_action)
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
    from autogen_harness.cassettes.files.skeletons import begin

    name, path, text = begin(arguments.method, arguments.url, arguments.status, roots(arguments.dir, must_exist=False))
    print(text)
    print(f'save it as {path}, filled in; a test plays it with harness.http.play("{name}")', file=sys.stderr)
    return 0
