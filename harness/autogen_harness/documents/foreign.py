"""Files of other programs: read leniently where their writers are, refused as strictly as our own, each error at its place."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from autogen_harness import toml
from autogen_harness.documents import refuse
from autogen_harness.documents.json_places import places_in as places_in_json
from autogen_harness.documents.places import Places, Problem
from autogen_harness.documents.toml_places import places_in as places_in_toml
from autogen_harness.errors import DocumentError

_TOML_PLACE = re.compile(r" \(at line (\d+), column (\d+)\)")


@dataclass(frozen=True, slots=True)
class Foreign:
    """A text that was read: its value, and how to find where the parts of it stand."""

    path: str
    text: str
    value: Any
    places: Callable[[str], Places]

    def refuse(self, problems: Iterable[Problem]) -> NoReturn:
        """Raise one :class:`DocumentError` for all problems of the text."""
        refuse(self.path, self.text, problems, places=self.places(self.text))


def parse(text: str, path: str) -> Foreign:
    """The value of a text, read as the suffix of its file says: YAML, TOML, else JSON.

    Raises:
        DocumentError: it cannot be read; with line and column.
    """
    text = text.removeprefix("\ufeff")
    return _PARSERS.get(Path(path).suffix.lower(), _json)(text, path)


def write_yaml(value: Any) -> str:
    """Plain data and bytes as YAML for other programs; :func:`parse` reads it."""
    from autogen_harness.documents import foreign_yaml

    return foreign_yaml.write(value)


def _json(text: str, path: str) -> Foreign:
    try:
        return Foreign(path, text, json.loads(text), places_in_json)
    except json.JSONDecodeError as error:
        _refuse_at(error.pos, path, text, f"not JSON: {error.msg}")
    except (ValueError, RecursionError) as error:
        raise DocumentError(path, f"not JSON that can be used: {error}") from None


def _yaml(text: str, path: str) -> Foreign:
    import yaml

    from autogen_harness.documents import foreign_yaml

    try:
        return Foreign(path, text, foreign_yaml.parse(text), foreign_yaml.places_in)
    except foreign_yaml.Refused as error:
        _refuse_at(error.at, path, text, error.problem, error.hint)
    except yaml.MarkedYAMLError as error:
        _refuse_at(error.problem_mark.index if error.problem_mark else 0, path, text, f"not YAML: {error.problem}")
    except (yaml.YAMLError, RecursionError) as error:
        raise DocumentError(path, f"not YAML that can be used: {error}") from None


def _toml(text: str, path: str) -> Foreign:
    try:
        return Foreign(path, text, toml.loads(text), places_in_toml)
    except (ValueError, RecursionError) as error:
        problem = f"not TOML: {error}"
        place = _TOML_PLACE.search(problem)
        if place is None:
            raise DocumentError(path, problem) from None
        before = text.split("\n")[: int(place[1]) - 1]
        _refuse_at(sum(len(line) + 1 for line in before) + int(place[2]) - 1, path, text, problem.replace(place[0], ""))


_PARSERS: Mapping[str, Callable[[str, str], Foreign]] = {".yaml": _yaml, ".yml": _yaml, ".toml": _toml}


def _refuse_at(offset: int, path: str, text: str, problem: str, hint: str = "") -> NoReturn:
    refuse(path, text, [Problem((), problem, hint)], places=Places({(): offset}, {}, []))
