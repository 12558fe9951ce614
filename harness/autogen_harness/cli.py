"""The command ``autogen-harness``: parses, calls one public function, prints, and returns the exit code.

Exit codes: 0 clean, 1 findings, 2 could not judge.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from autogen_harness import cli_scripts, cli_serve
from autogen_harness.errors import HarnessError, UsageError


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
    parser.add_argument("--version", action=_Version, nargs=0, help="show the installed version and exit")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    cassette = commands.add_parser("cassette", help="look at cassettes")
    actions = cassette.add_subparsers(title="actions", metavar="ACTION", required=True)
    listing = actions.add_parser("ls", help="list the cassettes that harness.http.play(...) knows")
    listing.add_argument(
        "pattern", nargs="?", default="", help="only those whose name or description contains this text, such as yahoo or 404"
    )
    listing.set_defaults(run=_list_cassettes)
    new = actions.add_parser("new", help="print the beginning of a cassette for one request, to be filled in and saved")
    new.add_argument("method", metavar="METHOD", help="such as GET")
    new.add_argument("url", metavar="URL", help="such as https://api.example.com/v1/things?page=1")
    new.add_argument("--status", type=int, default=200, help="what is answered (default: %(default)s)")
    new.set_defaults(run=_new_cassette)
    for action in (listing, new):
        action.add_argument("--dir", help="folder of your own cassettes (default: the project's, else tests/cassettes)")
    cli_scripts.add_commands(commands)
    cli_serve.add_commands(commands)
    return parser


class _Version(argparse.Action):
    """Looks the version up only when it is asked for: from a checkout that is not installed everything else works."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        try:
            installed = version("autogen-harness")
        except PackageNotFoundError:
            installed = "(not installed)"
        print(f"autogen-harness {installed}")
        parser.exit()


def _list_cassettes(arguments: argparse.Namespace) -> int:
    from autogen_harness.cassettes import listing

    every = listing(_roots(arguments.dir))
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


def _new_cassette(arguments: argparse.Namespace) -> int:
    from autogen_harness.cassettes.skeletons import begin

    name, path, text = begin(arguments.method, arguments.url, arguments.status, _roots(arguments.dir, must_exist=False))
    print(text)
    print(f'save it as {path}, filled in; a test plays it with harness.http.play("{name}")', file=sys.stderr)
    return 0


def _roots(folder: str | None, *, must_exist: bool = True) -> list[Path]:
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


if __name__ == "__main__":
    sys.exit(main())
