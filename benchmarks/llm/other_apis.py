"""The same double, asked by another API than that of chat completions."""

from __future__ import annotations

import json
import urllib.request

import openai
from asking import TEXT
from probing import Answer, error_of, holds, told


def responses_api(to: openai.OpenAI) -> Answer:
    """The Responses API gives the scripted text ``one``."""
    came: list[str] = []
    error = error_of(lambda: came.append(to.responses.create(model="gpt-4o", input=TEXT).output_text))
    return holds(came == ["one"], f"output_text={came}, {told(error)}")


def anthropic(base_url: str) -> Answer:
    """A plain request of the messages API, without Anthropic's package."""
    body = {"model": "claude-sonnet-4-5", "max_tokens": 9, "messages": [{"role": "user", "content": TEXT}]}
    headers = {"content-type": "application/json", "x-api-key": "test", "anthropic-version": "2023-06-01"}
    request = urllib.request.Request(f"{base_url}/v1/messages", json.dumps(body).encode(), headers)
    try:
        with urllib.request.urlopen(request, timeout=10) as reply:
            came = json.load(reply)
    except OSError as error:
        return holds(False, told(error))
    return holds(came.get("type") == "message" and came.get("content"), came)
