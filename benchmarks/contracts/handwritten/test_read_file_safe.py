"""Reading a file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.chdir(home)
    (home / "notes.txt").write_text("hello\n", encoding="utf-8")
    (tmp_path / "secret.txt").write_text("secret", encoding="utf-8")
    return home


def test_the_text_is_answered(answer: Any) -> None:
    read = answer(file_path="notes.txt")
    assert read["content"] == "hello\n"
    assert read["path"] == "notes.txt"
    assert read["size_bytes"] == 6
    assert read["truncated"] is False


def test_a_long_file_is_cut(answer: Any, folder: Path) -> None:
    (folder / "long.txt").write_text("x" * 50_000, encoding="utf-8")
    read = answer(file_path="long.txt")
    assert read["truncated"] is True
    assert len(read["content"]) < 50_000


def test_a_file_that_is_not_there(answer: Any) -> None:
    assert answer(file_path="other.txt")["error"]


def test_a_file_outside(answer: Any) -> None:
    assert "content" not in answer(file_path="../secret.txt")


def test_a_file_that_is_no_text(answer: Any, folder: Path) -> None:
    (folder / "picture.png").write_bytes(b"\x89PNG\xff\xfe")
    assert answer(file_path="picture.png")["error"]


def test_a_path_that_is_no_text(answer: Any) -> None:
    assert "file_path" in answer(file_path=5)["error"]


def test_no_path(answer: Any) -> None:
    assert "file_path" in answer()["error"]
