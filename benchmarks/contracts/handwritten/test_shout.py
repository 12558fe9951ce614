"""A text in capitals."""

from __future__ import annotations

from typing import Any


def test_capitals(answer: Any) -> None:
    assert answer(text="hello")["text"] == "HELLO"


def test_no_letters(answer: Any) -> None:
    assert answer(text="")["text"] == ""


def test_a_text_that_is_too_long(answer: Any) -> None:
    assert "text" in answer(text="x" * 201)["error"]


def test_what_is_no_text(answer: Any) -> None:
    assert "text" in answer(text=5)["error"]


def test_no_text(answer: Any) -> None:
    assert "text" in answer()["error"]
