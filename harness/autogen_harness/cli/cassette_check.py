"""The commands ``cassette check`` and ``cassette schema``: what is wrong with cassettes, before a test plays them."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any


def add_check(actions: Any) -> None:
    """Add the command to those about cassettes."""
    check = actions.add_parser(
        "check",
        help="check cassettes: every interaction of them, also those of large ones",
        description="Find what is wrong with cassettes before a test plays them.",
        epilog="exit code: 0 clean, 1 something is wrong with a cassette, 2 could not judge",
    )
    check.add_argument(
        "cassettes",
        metavar="CASSETTE",
        nargs="*",
        help="a file, a folder, or a name as for harness.http.play (default: all of the project)",
    )
    check.add_argument("--dir", help="folder of your own cassettes (default: the project's, else tests/cassettes)")
    check.set_defaults(run=_check)


def add_schema(actions: Any) -> None:
    """Add the command that prints what editors need to know."""
    actions.add_parser("schema", help="print the JSON Schema of cassette files").set_defaults(run=_print_schema)


def _print_schema(_arguments: argparse.Namespace) -> int:
    from autogen_harness.cassettes.files.schema import text

    print(text(), end="")
    return 0


def _check(arguments: argparse.Namespace) -> int:
    from autogen_harness.cli.folders import roots

    folders = roots(arguments.dir)
    own = _own(folders)
    paths = [path for name in arguments.cassettes for path in _paths_of(name, folders)] if arguments.cassettes else own
    codes = [_check_one(path, folders) for path in paths]
    if not paths:
        print(f"there is no cassette in {' '.join(arguments.cassettes) or folders[0]}")
    return max(codes, default=0)


def _paths_of(name: str, folders: list[Path]) -> list[Path]:
    """The files that a path or a name means; of a folder all that are played by a name."""
    from autogen_harness.cassettes.failing import overlays

    if Path(name).is_dir():
        return _own([Path(name)])
    return [(None if Path(name).is_file() else overlays.find(name, folders)) or path_of(name, folders)]


def _own(folders: list[Path]) -> list[Path]:
    """The cassettes in folders of one's own, and the files of faults over them."""
    from autogen_harness.cassettes.files import store

    cassettes = [one.path for one in store.listing(folders) if not one.shipped]
    return [*cassettes, *sorted(store.fault_files(folders).values())]


def path_of(name: str, folders: list[Path]) -> Path:
    """The file that a path or a name means.

    Raises:
        UsageError: there is no such file.
    """
    from autogen_harness.cassettes.files import store

    return Path(name) if Path(name).is_file() else store.find(name, folders)


def _check_one(path: Path, folders: list[Path]) -> int:
    """Print what is wrong with a file, in the order in which it stands there; else that nothing is."""
    from autogen_harness.errors import DocumentError
    from autogen_harness.wording import counted

    try:
        holds = _holds(path, folders)
    except DocumentError as error:
        print(f"{error}\n{path}: {counted(1 + len(error.others), 'problem')}")
        return 1
    print(f"{path}: {holds}, nothing wrong")
    return 0


def _holds(path: Path, folders: list[Path]) -> str:
    """What is in a file, in a few words."""
    from autogen_harness.cassettes import load
    from autogen_harness.cassettes.failing import overlays
    from autogen_harness.cassettes.files import store
    from autogen_harness.wording import counted

    if path.name.endswith(store.FAULTS):
        return f"faults over {overlays.load(path, folders).over}"
    return counted(len(load(path).interactions), "interaction")
