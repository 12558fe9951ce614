"""What the commands ``check`` and ``script`` do with script files."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from autogen_harness.adapters.offers import Offer
    from autogen_harness.checking import Checked


def add_commands(commands: Any) -> None:
    """Add the command ``script`` to those of the parser."""
    script = commands.add_parser("script", help="list script files, print what editors need to know of them")
    actions = script.add_subparsers(title="actions", metavar="ACTION", required=True)
    listing = actions.add_parser("ls", help="list the scripts of the project and those that the harness ships")
    listing.set_defaults(run=_list)
    schema = actions.add_parser("schema", help="print the JSON Schema of script files")
    schema.set_defaults(run=_print_schema)


def _print_schema(_arguments: argparse.Namespace) -> int:
    from autogen_harness.scripts.schema import text

    print(text(), end="")
    return 0


def _list(_arguments: argparse.Namespace) -> int:
    from autogen_harness.scripts.store import listing
    from autogen_harness.settings_search import find_project

    root, settings = find_project(Path.cwd())
    named = listing((root / settings.scripts,))
    width = max((len(name) for name, _ in named), default=0)
    codes = [_list_one(f"{name:<{width}}", path) for name, path in named]
    return max(codes, default=0)


def _list_one(name: str, path: Path) -> int:
    """Print one line; 1 where the file is no script."""
    from autogen_harness.errors import DocumentError
    from autogen_harness.scripts import load

    try:
        script = load(path)
    except DocumentError as error:
        print(f"{name}  cannot be played: {error.brief}", file=sys.stderr)
        return 1
    print(f"{name}  {script.about or _counted(len(script.turns), 'turn')}")
    return 0


def check(names: Sequence[str], against: Sequence[str]) -> int:
    """Check script files, alone or against the agents of targets; returns the exit code."""
    from autogen_harness import checking

    paths = [find(name) for name in names]
    offers = checking.offers_in(against) if against else None
    checked = [checking.check(path, offers) for path in paths]
    for one in checked:
        _show(one)
    if offers is not None:
        print(f"held against {'; '.join(map(_told, offers))}")
    return 1 if any(one.errors for one in checked) else 0


def find(name: str) -> Path:
    """The script file that a path or a name means: as it stands, else as ``harness.llm.load`` finds it.

    Raises:
        UsageError: there is no such file.
    """
    from autogen_harness.scripts import store
    from autogen_harness.settings_search import find_project

    if Path(name).is_file():
        return Path(name)
    root, settings = find_project(Path.cwd())
    return store.find(name, (Path.cwd(), root / settings.scripts))


def _show(checked: Checked) -> None:
    """One file: what is wrong with it, in the order in which it stands there; else that nothing is."""
    if checked.script is None:
        print(checked.errors[0])  # the first carries the others
    elif checked.errors:
        print("\n".join(_rows(checked.errors)))
    else:
        print(f"{checked.path}: {_counted(checked.turns, 'turn')}, nothing wrong")
        return
    print(f"{checked.path}: {_counted(len(checked.errors), 'problem')}")


def _rows(errors: Sequence[Any]) -> list[str]:
    places = [f"{error.path}:{error.line}:{error.column}" for error in errors]
    width = max(map(len, places))
    rows = []
    for place, error in zip(places, errors, strict=True):
        rows.append(f"{place:<{width}}  {error.problem}")
        rows += [f"{'':<{width}}  {error.hint}"] if error.hint else []
    return rows


def _counted(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _told(offer: Offer) -> str:
    """An agent in a few words: what it offers its model, and what it executes."""
    from autogen_harness.scripts.holding import tools_of

    offered = f"offers {', '.join(tools_of(offer)) or 'no tool'}" if offer.has_model else "has no model"
    return f"{offer.agent} ({offered}; executes {', '.join(sorted(offer.executes)) or 'nothing'})"
