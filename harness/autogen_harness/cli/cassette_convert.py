"""The command ``cassette convert``: other programs' cassettes to ours, and ours to theirs."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from autogen_harness.errors import UsageError
from autogen_harness.wording import counted

_EPILOG = """\
IN is a cassette of the harness, vcrpy (YAML, JSON), cassetter (YAML, TOML) or betamax (JSON), or a HAR file.
What of it cannot be read, such as WebSockets, is told and left out. What of a cassette of ours has no form in the
other format and would be missed on replay, such as a connection that fails, is told, and nothing is written.

exit code: 0 written, 1 something would be lost, 2 could not convert"""


def add(actions: Any) -> None:
    """Add the command to those about cassettes."""
    convert = actions.add_parser(
        "convert",
        help="turn a cassette of vcrpy, cassetter, betamax or HAR into ours, or ours into vcrpy's or HAR",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    convert.add_argument("source", metavar="IN", help="a file, or a name as for harness.http.play")
    convert.add_argument("target", metavar="OUT", type=Path, help="the file to write")
    convert.add_argument("--to", choices=("ours", "vcrpy", "har"), help="what to write (default: as the suffix of OUT says)")
    convert.add_argument("--dir", help="folder of your own cassettes (default: the project's, else tests/cassettes)")
    convert.add_argument("--lossy", action="store_true", help="write it although something is lost")
    convert.add_argument("--force", action="store_true", help="write over a file that is there")
    convert.set_defaults(run=_convert)


def _convert(arguments: argparse.Namespace) -> int:
    from autogen_harness.cassettes.foreign import converting
    from autogen_harness.cli.cassette_check import path_of
    from autogen_harness.cli.folders import roots

    to = converting.target(arguments.target, arguments.to)
    if arguments.target.exists() and not arguments.force:
        raise UsageError(f"{arguments.target} is there already: name another file, or add --force")
    converted = converting.convert(path_of(arguments.source, roots(arguments.dir)), to)
    for one in converted.left:
        print(f"left out: {one}", file=sys.stderr)
    for one in converted.lost:
        print(f"lost: {one}", file=sys.stderr)
    if converted.lost and not arguments.lossy:
        print(f"{arguments.target} was not written; add --lossy to write it without these", file=sys.stderr)
        return 1
    converted.save(arguments.target)
    print(f"{arguments.target}: {counted(converted.count, 'interaction')}")
    return 0
