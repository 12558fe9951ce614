"""Faults, as a client of the openai package meets them: each question takes a client whose double is scripted already."""

from __future__ import annotations

from typing import Any

import openai
from asking import arguments_of, ask, read_json, said, text_of
from probing import Answer, error_of, holds, told


def spent_on_its_attempt(to: openai.OpenAI) -> Answer:
    """A 429, FIRST and SECOND are scripted; ``to`` asks again by itself once, or else this program does."""
    came: list[str] = []
    error = error_of(lambda: came.append(said(to)))
    while len(came) < 2:
        came.append(said(to))
    by = "by hand, as the package's own retry does not run" if error else "by the package"
    return holds(came == ["FIRST", "SECOND"], f"asked again {by}; the two requests got {came}")


def served_again(to: openai.OpenAI, *, stream: bool = True) -> Answer:
    """The reply FIRST breaks on its way, SECOND is scripted behind it; the same request is sent again."""
    broken = error_of(lambda: text_of(ask(to, tools=None, stream=True)) if stream else said(to))
    if broken is None:
        return Answer("error", "the delivery did not break")
    again = text_of(ask(to, tools=None, stream=True)) if stream else said(to)
    return holds(again == "FIRST", f"{told(broken)}; sent again: {again!r}")


def rate_limit(to: openai.OpenAI) -> Answer:
    """A 429 whose header Retry-After is 7."""
    error = error_of(lambda: said(to))
    header = error.response.headers.get("retry-after") if isinstance(error, openai.RateLimitError) else None
    return holds(header in {"7", "7.0"}, f"{told(error)}; retry-after: {header}")


def malformed_arguments(to: openai.OpenAI) -> Answer:
    """A call whose arguments are not JSON."""
    written = arguments_of(ask(to).choices[0])
    return holds(written and read_json(written) is None, f"arguments={written!r}")


def truncated_by_length(to: openai.OpenAI) -> Answer:
    """A call that is cut off, and says so."""
    choice = ask(to).choices[0]
    written = arguments_of(choice)
    cut = written and read_json(written) is None and choice.finish_reason == "length"
    return holds(cut, f"finish_reason={choice.finish_reason!r}, arguments={written!r}")


def refusal(to: openai.OpenAI) -> Answer:
    """A refusal has a field of its own."""
    message = ask(to, tools=None).choices[0].message
    return holds(message.refusal and not message.content, f"refusal={message.refusal!r}, content={message.content!r}")


def content_filter(to: openai.OpenAI) -> Answer:
    """The reply was stopped by the filter."""
    reason = ask(to, tools=None).choices[0].finish_reason
    return holds(reason == "content_filter", f"finish_reason={reason!r}")


def break_in_the_stream(to: openai.OpenAI) -> Answer:
    """Some pieces arrive, and then an error."""
    came: list[Any] = []

    def read() -> None:
        for chunk in ask(to, tools=None, stream=True):
            came.append(chunk)  # noqa: PERF402 - what came before the error is kept

    error = error_of(read)
    return holds(came and error, f"{len(came)} chunks, then {told(error)}")
