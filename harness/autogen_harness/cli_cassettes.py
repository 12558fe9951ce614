"""The commands about cassettes: ``cassette ls`` and ``cassette new``."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from autogen_harness import cli_cassette_convert
from autogen_harness.errors import UsageError


def add_commands(commands: Any) -> None:
    """Add the commands to those of the parser."""
    cassette = commands.add_parser("cassette", help="look at cassettes")
    actions = cassette.add_subparsers(title="actions", metavar="ACTION", required=True)
    for add in (_add_listing, _add_new, cli_cassette_convert.add):
        add(actions)


def _add_listing(actions: Any) -> None:
    listing = actions.add_parser("ls", help="list the cassettes that harness.http.play(...) knows")
    listing.add_argument(
        "pattern", nargs="?", default="", help="only those whose name or description contains this text, such as yahoo or 404"
    )
    _add_folder(listing)
    listing.set_defaults(run=_list)


def _add_new(actions: Any) -> None:
    new = actions.add_parser("new", help="print the beginning of a cassette for one request, to be filled in and saved")
    new.add_argument("method", metavar="METHOD", help="such as GET")
    new.add_argument("url", metavar="URL", help="such as https://api.example.com/v1/things?page=1")
    new.add_argument("--status", type=int, default=200, help="what is answered (default: %(default)s)")
    _add_folder(new)
    new.set_defaults(run=_new)


def _add_folder(action: argparse.ArgumentParser) -> None:
    action.add_argument("--dir", help="folder of your own cassettes (default: the project's, else tests/cassettes)")


def _list(arguments: argparse.Namespace) -> int:
    from autogen_harness.cassettes import listing

    every = listing(roots(arguments.dir))
    broken = [one for one in every if one.problem]
    for one in broken:
        print(f"cannot be played: {one.problem}", file=sys.stderr)
    sound = (one for one in every if not one.problem)
    found = [one for one in sound if arguments.pattern.lower() in f"{one.name} {one.about}".lower()]
    if not found:
        print(f"no cassette says {arguments.pattern!r} in its name or its description", file=sys.stderr)
        return 1
    width = max(len(one.name) for one in found)
    for one in found:
        print(f"{one.name:<{width}}  {one.about}{'' if one.shipped else f' [{one.path}]'}")
    return 1 if broken else 0


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
