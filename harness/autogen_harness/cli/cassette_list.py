"""The command ``cassette ls``."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from autogen_harness.cassettes.files.inventory import Kept

_EPILOG = """\
exit code: 0 clean, 1 a cassette cannot be played, nothing fits, or --unused-in found one, 2 could not judge"""


def add_listing(actions: Any) -> None:
    """Add the command to those about cassettes."""
    listing = actions.add_parser("ls", help="list the cassettes that harness.http.play(...) knows", epilog=_EPILOG)
    listing.add_argument(
        "pattern", nargs="?", default="", help="only those whose name or description contains this text, such as yahoo or 404"
    )
    listing.add_argument("--composed", action="store_true", help="only those that hold something composed by hand")
    listing.add_argument("--older-than", type=float, metavar="DAYS", help="only recordings of more than so many days")
    listing.add_argument(
        "--unused-in",
        action="append",
        type=Path,
        metavar="FOLDER",
        help="only your own that no Python file of this folder of tests names; once for each folder that has tests",
    )
    listing.add_argument("--json", action="store_true", help="print JSON, for other programs")
    listing.add_argument("--dir", help="folder of your own cassettes (default: the project's, else tests/cassettes)")
    listing.set_defaults(run=_list)


def _list(arguments: argparse.Namespace) -> int:
    from autogen_harness.cassettes.files.inventory import inventory
    from autogen_harness.cli.folders import roots

    every, problems = inventory(roots(arguments.dir))
    for problem in problems:
        print(f"cannot be played: {problem}", file=sys.stderr)
    found = [one for one in every if all(keeps(one) for keeps in _filters(arguments))]
    print(_as_json(found) if arguments.json else _as_text(found), end="")
    if arguments.unused_in is not None:
        return 1 if found or problems else 0
    if not found:
        print(f"no cassette {_sought(arguments)}", file=sys.stderr)
    return 1 if problems or not found else 0


def _filters(arguments: argparse.Namespace) -> list[Callable[[Kept], bool]]:
    from autogen_harness.cassettes.files.mentions import mentions

    word = arguments.pattern.lower()
    kept: list[Callable[[Kept], bool]] = [lambda one: word in f"{one.listed.name} {one.listed.about}".lower()]
    if arguments.composed:
        kept.append(lambda one: one.composed > 0)
    if arguments.older_than is not None:
        kept.append(lambda one: one.days is not None and one.days > arguments.older_than)
    if arguments.unused_in is not None:
        spoken = mentions(*arguments.unused_in)
        kept.append(lambda one: not one.listed.shipped and not spoken.of(one.listed.name))
    return kept


def _sought(arguments: argparse.Namespace) -> str:
    if arguments.composed or arguments.older_than is not None:
        return "is as asked for"
    return f"says {arguments.pattern!r} in its name or its description"


def _as_text(found: list[Kept]) -> str:
    """A line each: name, provenance with age, number of interactions, description, and the file where it is the user's own."""
    rows = [(one.listed.name, one.told, str(one.interactions)) for one in found]
    name, told, count = (max(map(len, column)) for column in zip(*rows, strict=True)) if rows else (0, 0, 0)
    return "".join(
        f"{row[0]:<{name}}  {row[1]:<{told}}  {row[2]:>{count}}  {_about(one)}\n" for row, one in zip(rows, found, strict=True)
    )


def _about(one: Kept) -> str:
    return one.listed.about + ("" if one.listed.shipped else f" [{one.listed.path}]")


def _as_json(found: list[Kept]) -> str:
    return json.dumps([one.plain() for one in found], indent=2, ensure_ascii=False) + "\n"
