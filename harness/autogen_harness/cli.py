"""The command ``autogen-harness``: parses, calls one public function, prints, and returns the exit code.

Exit codes: 0 clean, 1 findings, 2 could not judge.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

from autogen_harness.errors import HarnessError


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command with ``argv``, or with the process's own arguments; returns the exit code."""
    arguments = _parser().parse_args(argv)
    try:
        code: int = arguments.run(arguments)
    except HarnessError as error:
        print(f"autogen-harness: {error}", file=sys.stderr)
        return 2
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        "autogen-harness", description="Deterministic, offline tests of AutoGen agents and their tools."
    )
    parser.add_argument("--version", action="version", version=f"autogen-harness {version('autogen-harness')}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    cassette = commands.add_parser("cassette", help="look at cassettes")
    actions = cassette.add_subparsers(title="actions", metavar="ACTION", required=True)
    listing = actions.add_parser("ls", help="list the cassettes that harness.http.play(...) knows")
    listing.add_argument(
        "pattern", nargs="?", default="", help="only those whose name or description contains this text, such as yahoo or 404"
    )
    listing.add_argument("--dir", default="tests/cassettes", help="your own cassettes (default: %(default)s)")
    listing.set_defaults(run=_list_cassettes)
    return parser


def _list_cassettes(arguments: argparse.Namespace) -> int:
    from autogen_harness.cassettes import listing

    found = [one for one in listing([Path(arguments.dir)]) if arguments.pattern.lower() in f"{one.name} {one.about}".lower()]
    if not found:
        print(f"no cassette says {arguments.pattern!r} in its name or its description", file=sys.stderr)
        return 1
    width = max(len(one.name) for one in found)
    for one in found:
        print(f"{one.name:<{width}}  {one.about}{'' if one.shipped else f' [{one.path}]'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
