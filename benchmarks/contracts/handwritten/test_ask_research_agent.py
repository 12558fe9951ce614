"""A question, handed to agents."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

QUESTION = "What does NVIDIA make?"


@pytest.fixture
def chat(monkeypatch: pytest.MonkeyPatch) -> Callable[[Any], None]:
    """Makes the inner chat end with a text, or raise."""
    import autogen

    monkeypatch.setenv("OPENAI_API_KEY", "none")

    def ends(with_what: Any) -> None:
        def initiate_chat(*_: Any, **__: Any) -> Any:
            if isinstance(with_what, Exception):
                raise with_what
            said = [{"role": "user", "content": QUESTION}, {"role": "assistant", "content": with_what}]
            return autogen.ChatResult(chat_history=said)

        monkeypatch.setattr(autogen.ConversableAgent, "initiate_chat", initiate_chat)

    return ends


def test_the_last_word_is_the_answer(answer: Any, chat: Any) -> None:
    chat("Chips. TERMINATE")
    assert answer(question=QUESTION)["answer"] == "Chips."


def test_no_answer(answer: Any, chat: Any) -> None:
    chat("TERMINATE")
    assert answer(question=QUESTION)["error"]


def test_a_chat_that_breaks(answer: Any, chat: Any) -> None:
    chat(ConnectionError("gone"))
    assert answer(question=QUESTION)["error"]


def test_a_question_that_is_no_text(answer: Any) -> None:
    assert "question" in answer(question=5)["error"]


def test_no_question(answer: Any) -> None:
    assert "question" in answer()["error"]
