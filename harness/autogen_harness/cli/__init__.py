"""The command ``autogen-harness``: parses, calls one public function, prints, and returns the exit code.

Exit codes: 0 clean, 1 findings, 2 could not judge.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version

from autogen_harness.cli import cassettes, check, init, record, scripts, serve
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
    parser.add_argument("--version", action=_Version, nargs=0, help="show the installed version and exit")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    cassettes.add_commands(commands)
    record.add_commands(commands)
    check.add_commands(commands)
    init.add_commands(commands)
    scripts.add_commands(commands)
    serve.add_commands(commands)
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


if __name__ == "__main__":
    sys.exit(main())
