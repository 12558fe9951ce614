"""What an answer repeats of its request, and what marks it as one answer: the same in every run."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from autogen_harness.llm.usage.tokens import prompt_tokens

CREATED = 1_767_603_600
"""When every answer was made: 2026-01-05T09:00:00Z, where the virtual clock freezes. A real time would differ in every run."""

FINGERPRINT = "fp_autogen_harness"
"""``system_fingerprint``: the model behind an answer is the script."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """All of an answer that is not the reply itself.

    Attributes:
        ident: what its ids are made of, without the API's prefix.
        model: the model that was asked.
        prompt_tokens: how long the request is, estimated.
        legacy: the request offers ``functions``, so a call is a ``function_call``.
        include_usage: the request wants a last chunk with the usage.
    """

    ident: str
    model: str
    prompt_tokens: int = 0
    legacy: bool = False
    include_usage: bool = False

    @classmethod
    def of(cls, body: Mapping[str, Any], ident: str) -> Envelope:
        """The envelope of the answer to a request for a chat completion."""
        options = body.get("stream_options")
        return cls(
            ident,
            str(body.get("model") or "scripted"),
            prompt_tokens(body),
            legacy=bool(body.get("functions")) and not body.get("tools"),
            include_usage=isinstance(options, Mapping) and bool(options.get("include_usage")),
        )


def identity(*parts: object) -> str:
    """24 characters that are the same for the same ``parts``, as long as the API's own ids."""
    return hashlib.sha256("\0".join(map(str, parts)).encode()).hexdigest()[:24]
