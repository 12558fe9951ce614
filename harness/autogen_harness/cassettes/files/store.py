"""Where cassettes lie: a name to its file. The user's folders come before the shipped one."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

from autogen_harness import library
from autogen_harness.cassettes import foreign
from autogen_harness.cassettes.files import formats
from autogen_harness.cassettes.files.lines import Lines
from autogen_harness.cassettes.recording.naming import is_failed
from autogen_harness.errors import DocumentError, UsageError
from autogen_harness.wording import counted

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from autogen_harness.cassettes.cassette import Cassette, Interaction


SUFFIXES = (*formats.SUFFIXES, *foreign.SUFFIXES)
"""How names of cassettes end, ours and others. Of two files with one name the first of these is meant."""

FAULTS = ".faults.yaml"
"""How the names of files end that say what goes wrong over a cassette."""

NONE = (".schema.json", FAULTS, ".faults.yml")
"""How the names of files end that stand beside cassettes, and are none."""


@dataclass(frozen=True, slots=True)
class Listed:
    """One cassette: its name, what it says of itself, its file, whether the harness ships it, and why it cannot be played."""

    name: str
    about: str
    path: Path
    shipped: bool
    problem: str = ""


def shipped() -> Path:
    """The folder of the cassettes that come with the harness."""
    return library.root() / "cassettes"


def fetch(name: str, roots: Sequence[Path] = ()) -> list[tuple[str, Interaction]]:
    """The interactions that a name means, each with the name of its own.

    ``name`` is ``folder/file``, with or without its ending, and ``folder/file#2`` for the second interaction alone.

    Raises:
        UsageError: there is no such cassette, or no such interaction in it.
        DocumentError: the file is not a cassette.
    """
    stem, number = _split(name)
    path = find(stem, roots)
    stem = stem.removesuffix(path.suffix)
    if number is None:
        return named(stem, formats.load(path))
    opened = formats.lines(path) if path.suffix == formats.LARGE else formats.load(path)
    count = len(opened.lines if isinstance(opened, Lines) else opened.interactions)
    if not 1 <= number <= count:
        message = f"cassette {stem!r} has {counted(count, 'interaction')}: write {stem}#1"
        raise UsageError(message + (f" to {stem}#{count}" if count > 1 else ""))
    one = opened.interaction(number - 1) if isinstance(opened, Lines) else opened.interactions[number - 1]
    return [(stem if count == 1 else f"{stem}#{number}", one)]


def lines(name: str, roots: Sequence[Path] = ()) -> Lines | None:
    """The large cassette that a name means, of which nothing is parsed yet; None where it means anything else.

    Raises:
        UsageError: there is no such cassette.
        DocumentError: the file is torn.
    """
    stem, number = _split(name)
    path = find(stem, roots)
    return formats.lines(path) if path.suffix == formats.LARGE and number is None else None


def whereabouts(name: str, roots: Sequence[Path] = ()) -> tuple[Path, int]:
    """The file of an interaction, and the number of it there.

    Raises:
        UsageError: there is no such cassette.
    """
    stem, number = _split(name)
    return find(stem, roots), number or 1


def is_name(stem: str) -> bool:
    """Can a cassette be called so?"""
    pieces = stem.split("/")
    return not ("" in pieces or ".." in pieces or "\\" in stem)


def exists(name: str, roots: Sequence[Path] = ()) -> bool:
    """Is there a cassette of this name, whatever is in it?"""
    try:
        whereabouts(name, roots)
    except UsageError:
        return False
    return True


def fault_files(roots: Sequence[Path]) -> dict[str, Path]:
    """The files of faults in the user's folders, by their names; see :mod:`~autogen_harness.cassettes.failing.overlays`."""
    found = [(root, path) for root in reversed(roots) for path in root.rglob(f"*{FAULTS}")]
    return {path.relative_to(root).as_posix().removesuffix(FAULTS): path for root, path in found}


def listing(roots: Sequence[Path] = ()) -> list[Listed]:
    """Every cassette by name; a user's file hides a shipped one of the same name. One that cannot be read says why."""
    return [_listed(name, path, shipped=ours) for name, (path, ours) in sorted(_files(roots).items())]


def _listed(name: str, path: Path, *, shipped: bool) -> Listed:
    try:
        opened = formats.lines(path) if path.suffix == formats.LARGE else formats.load(path)
        return Listed(name, opened.about, path, shipped)
    except DocumentError as error:
        return Listed(name, "", path, shipped, error.brief)


def every(roots: Sequence[Path], limit: int) -> tuple[list[tuple[str, Interaction]], list[DocumentError]]:
    """Interactions of at most ``limit`` cassettes, to find one that would have fitted; and what is wrong with the rest.

    Large cassettes are left out: it takes too long to read them for that.
    """
    found: list[tuple[str, Interaction]] = []
    broken: list[DocumentError] = []
    small = [(name, path) for name, (path, _) in sorted(_files(roots).items()) if path.suffix != formats.LARGE]
    for name, path in small[:limit]:
        try:
            found += named(name, formats.load(path))
        except DocumentError as error:
            broken.append(error)
    return found, broken


def named(stem: str, cassette: Cassette) -> list[tuple[str, Interaction]]:
    """The interactions of a cassette, each with the name of its own."""
    alone = len(cassette.interactions) == 1
    return [(stem if alone else f"{stem}#{number}", one) for number, one in enumerate(cassette.interactions, 1)]


def _split(name: str) -> tuple[str, int | None]:
    stem, hash_, number = name.partition("#")
    if hash_ and not number.isdecimal():
        message = f"cassette {name!r}: after # stands the number of an interaction, as in {stem}#2"
        raise UsageError(message)
    return stem, int(number) if hash_ else None


def find(stem: str, roots: Sequence[Path]) -> Path:
    """The file that a name means.

    Raises:
        UsageError: there is none.
    """
    for root in (*roots, shipped()):
        for path in _places(stem, root):
            if path.is_file() and not is_failed(path):
                return path
    raise UsageError(unknown(stem, roots))


def own_path(name: str, roots: Sequence[Path]) -> Path:
    """The user's file of a name: the one that is there, else one to be made in the first of ``roots``.

    Raises:
        UsageError: it cannot be a name.
    """
    places = [path for root in roots for path in _places(name, root)]
    return next((path for path in places if path.is_file()), places[0])


def is_there(name: str, roots: Sequence[Path]) -> bool:
    """Is there a cassette of this name, among the user's or the shipped ones?

    Raises:
        UsageError: it cannot be a name.
    """
    return any(path.is_file() for root in (*roots, shipped()) for path in _places(name, root))


def _places(stem: str, root: Path) -> list[Path]:
    """The files below a folder that a name may mean, the first before the others."""
    pieces = stem.split("/")
    if not is_name(stem):
        message = f"cassette {stem!r}: a name is folder/file below a cassette folder, as in yahoo/chart-nvda"
        raise UsageError(message)
    endings = ("",) if stem.endswith(SUFFIXES) else SUFFIXES
    return [root.joinpath(*pieces[:-1], f"{pieces[-1]}{suffix}") for suffix in endings]


def unknown(stem: str, roots: Sequence[Path]) -> str:
    """That there is no cassette of this name, with those that are called nearly so."""
    names = [*_files(roots), *fault_files(roots)]
    near = [*_below(stem, roots, names), *get_close_matches(stem, names, n=3, cutoff=0.5)][:3]
    near += [name for name in names if name.rpartition("/")[2] == stem.rpartition("/")[2] and name not in near][:3]
    text = f"there is no cassette {stem!r}"
    text += f"; did you mean {' or '.join(repr(name) for name in near)}?" if near else ""
    places = ", ".join(str(root) for root in (*roots, shipped()))
    return f"{text}\n  looked in {places}; `autogen-harness cassette ls` lists them all"


def _below(stem: str, roots: Sequence[Path], names: Collection[str]) -> list[str]:
    """The name of a file whose path somebody wrote in its place."""
    paths = [(Path(stem).resolve(), root.resolve()) for root in roots]
    found = [path.relative_to(root).as_posix() for path, root in paths if path.is_relative_to(root)]
    stems = [name.removesuffix(suffix) for name in found for suffix in ("", *SUFFIXES) if name.endswith(suffix)]
    return [name for name in dict.fromkeys(stems) if name in names]


def _files(roots: Sequence[Path]) -> dict[str, tuple[Path, bool]]:
    found: dict[str, tuple[Path, bool]] = {}
    for root, ours in [(shipped(), True), *((root, False) for root in reversed(roots))]:
        for suffix in reversed(SUFFIXES):  # the first of them wins, as when it is looked for
            for path in root.rglob(f"*{suffix}"):
                if not path.name.endswith(NONE) and not is_failed(path):
                    found[path.relative_to(root).with_suffix("").as_posix()] = path, ours
    return found
