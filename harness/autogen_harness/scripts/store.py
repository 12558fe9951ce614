"""Where script files lie: a name to its file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from pathlib import Path

from autogen_harness import library
from autogen_harness.errors import UsageError
from autogen_harness.llm.script.script_file import ScriptFile
from autogen_harness.scripts.reading import load

SUFFIXES = (".yaml", ".yml")


def shipped() -> Path:
    """The folder of the scripts that come with the harness."""
    return library.root() / "scripts"


def fetch(name: str, folders: Sequence[Path] = ()) -> ScriptFile:
    """The script that a name means.

    Args:
        name: the path of a file from one of the folders, ``.yaml`` or not; or an absolute one.
        folders: looked into in this order, before the scripts that the harness ships.

    Raises:
        UsageError: there is no such file.
        DocumentError: it is not a script.
    """
    return load(find(name, folders))


def find(name: str, folders: Sequence[Path] = ()) -> Path:
    """The file that a name means; see :func:`fetch`."""
    places = [folder / f"{name}{suffix}" for folder in (*folders, shipped()) for suffix in ("", *SUFFIXES)]
    found = next((place for place in places if place.is_file()), None)
    if found is None:
        raise UsageError(_unknown(name, folders))
    return found


def listing(folders: Sequence[Path] = ()) -> list[tuple[str, Path]]:
    """Every script below the folders and every one that is shipped, by name; an earlier folder hides a later one."""
    found = {name: path for folder in (shipped(), *reversed(folders)) for name, path in _below(folder)}
    return sorted(found.items())


def _below(folder: Path) -> Iterator[tuple[str, Path]]:
    for path in sorted(folder.rglob("*")):
        if path.suffix in SUFFIXES:
            yield path.relative_to(folder).with_suffix("").as_posix(), path


def _unknown(name: str, folders: Sequence[Path]) -> str:
    stem = name.removesuffix(".yaml").removesuffix(".yml")
    near = get_close_matches(stem, {known for folder in (*folders, shipped()) for known in _names(folder)}, n=3, cutoff=0.5)
    hint = f"; did you mean {' or '.join(repr(one) for one in near)}?" if near else ""
    return f"there is no script {name!r}{hint}\n  looked in {', '.join(str(folder) for folder in (*folders, shipped()))}"


def _names(folder: Path) -> Iterator[str]:
    """The files near a name that was mistyped; one level down at most, for the folder may be that of a whole project."""
    for pattern in ("*", "*/*"):
        for path in folder.glob(pattern):
            if path.suffix in SUFFIXES:
                yield path.relative_to(folder).with_suffix("").as_posix()
