"""Which cassettes the Python files of a folder speak of. The files are parsed, and nothing of them is executed."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from autogen_harness.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_GAP = "\0"
"""Stands for what a text leaves open."""

_OPEN = re.compile(r"\{[^{}]*\}|%[sdr]")
_TELLING = 3
"""Letters that a text with gaps must hold to say which names it means: else it means every one."""

_LONGEST = 80
"""Characters of a test's name that go into the name of its cassette."""


@dataclass(slots=True)
class Mentions:
    """What was found: texts, texts with gaps as patterns, and tests as their module and name."""

    texts: set[str] = field(default_factory=set)
    patterns: set[str] = field(default_factory=set)
    tests: set[tuple[str, str]] = field(default_factory=set)

    def of(self, name: str) -> bool:
        """Is a cassette named, by its name or its file; or is it a test's own?"""
        if name in self.texts or any(text.endswith(f"/{name}") for text in self.texts):
            return True
        return any(re.fullmatch(pattern, name) for pattern in self.patterns) or self._own(name)

    def _own(self, name: str) -> bool:
        folder, _, last = name.rpartition("/")
        module = folder.rpartition("/")[2]
        return any(
            module == stem and (last == test or last.startswith((f"{test}-", f"{test[:_LONGEST]}-")))
            for stem, test in self.tests
        )

    def add(self, text: str) -> None:
        """A text that stands in a file."""
        plain = re.sub(r"#\d+$", "", text)
        plain = re.sub(r"\.jsonl?$", "", plain)
        gapped = _OPEN.sub(_GAP, plain)
        gapped = f"{gapped}{_GAP}" if gapped.endswith("/") else gapped  # something is put behind it
        if _GAP not in gapped:
            self.texts.add(plain)
        elif sum(map(str.isalnum, gapped)) >= _TELLING:
            self.patterns.add(".+".join(map(re.escape, gapped.split(_GAP))))


def mentions(*folders: Path) -> Mentions:
    """What the Python files below some folders, or some files, mention.

    Raises:
        UsageError: there is no such folder, or a file that Python cannot read: what it mentions nobody knows.
    """
    found = Mentions()
    for path in (path for folder in folders for path in _files(folder)):
        try:
            tree = ast.parse(path.read_bytes(), str(path))
        except (SyntaxError, ValueError) as error:
            raise UsageError(f"{path} cannot be read: {error}") from error
        for text in _texts(tree):
            found.add(text)
        found.tests |= {(path.stem, test) for test in _tests(tree, "")}
    return found


def _files(folder: Path) -> list[Path]:
    if not folder.exists():
        raise UsageError(f"there is no folder {folder}")
    return [folder] if folder.is_file() else sorted(folder.rglob("*.py"))


def _texts(tree: ast.AST) -> Iterator[str]:
    """Every text but docstrings, with gaps where a value goes."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.Constant):
            if isinstance(node.value, str) and not isinstance(tree, (ast.Expr, ast.JoinedStr)):
                yield node.value
            continue
        if isinstance(node, ast.JoinedStr):
            yield "".join(str(part.value) if isinstance(part, ast.Constant) else _GAP for part in node.values)
        yield from _texts(node)


def _tests(tree: ast.AST, lead: str) -> Iterator[str]:
    """Names of test functions, those of classes with the names of these."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node.name.startswith("test"):
            yield f"{lead}{node.name}"
        elif isinstance(node, ast.ClassDef):
            yield from _tests(node, f"{lead}{node.name}.")
