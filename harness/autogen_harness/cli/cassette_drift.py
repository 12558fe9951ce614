"""The command ``cassette drift``."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from autogen_harness.cassettes import Cassette

_DESCRIPTION = """\
Compare two cassettes of the same requests, such as one that was recorded last year with one of today.
Drift of shape (fields, kinds of values, media types), status, and requests only one of them has may break
a program that works with the other; headers and values may not."""

_EPILOG = "exit code: 0 nothing that may break a program, 1 something that may, 2 could not compare"


def add_action(actions: Any) -> None:
    """Add the command to those about cassettes."""
    drift = actions.add_parser(
        "drift",
        help="compare two cassettes, and tell drift of shape, headers and values apart",
        description=_DESCRIPTION,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    drift.add_argument("before", metavar="A", help="a file, or a name as for harness.http.play")
    drift.add_argument("after", metavar="B", help="the same")
    drift.add_argument("--values", action="store_true", help="show which values differ, too")
    drift.add_argument("--dir", help="folder of your own cassettes (default: the project's, else tests/cassettes)")
    drift.set_defaults(run=_compare)


def _compare(arguments: argparse.Namespace) -> int:
    from autogen_harness.cassettes.recording.drift import compare_cassettes, render_drifts
    from autogen_harness.wording import counted

    before, after = (_cassette(name, arguments.dir) for name in (arguments.before, arguments.after))
    found = compare_cassettes(before, after)
    shown = [one for one in found if arguments.values or one.kind != "value"]
    if shown:
        print(render_drifts(shown, before=arguments.before, after=arguments.after))
    hidden = len(found) - len(shown)
    if hidden:
        print(f"{counted(hidden, 'value')} differ{'s' if hidden == 1 else ''}; --values shows which")
    breaking = sum(one.breaks for one in found)
    print(f"{counted(breaking, 'difference')} may break a program" if breaking else "nothing that may break a program")
    return 1 if breaking else 0


def _cassette(name: str, folder: str | None) -> Cassette:
    """The cassette in a file, or of a name.

    Raises:
        UsageError: there is no such file or name.
        DocumentError: it is no cassette.
    """
    from autogen_harness.cassettes import Cassette, load
    from autogen_harness.cassettes.files import store
    from autogen_harness.cli.folders import roots

    if Path(name).is_file():
        return load(Path(name))
    return Cassette([one for _, one in store.fetch(name, roots(folder))])
