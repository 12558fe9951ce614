"""Secrets that are known by their form, whoever they belong to."""

from __future__ import annotations

import base64
import binascii
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from autogen_harness.secrecy.placeholders import stand_in


def _joins_two(text: str) -> bool:
    """Base64 of ``user:password`` (RFC 7617): "basic information" has the letters of base64, too."""
    try:
        return ":" in base64.b64decode(text, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return False


@dataclass(frozen=True, slots=True)
class Form:
    """What a kind of secret looks like, and what else must hold of it."""

    pattern: re.Pattern[str]
    holds: Callable[[str], bool] = lambda _: True


def _form(pattern: str, holds: Callable[[str], bool] = lambda _: True) -> Form:
    return Form(re.compile(pattern, re.ASCII | re.DOTALL), holds)


FORMS: Mapping[str, Form] = {
    "private key": _form(r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)"),
    "bearer token": _form(r"(?i:(?<=\bauthorization: bearer )[\w~+/.=-]{8,}|(?<=\bbearer )(?=[\w~+/.=-]*[0-9])[\w~+/.=-]{8,})"),
    "basic credentials": _form(r"(?i:(?<=\bbasic ))[A-Za-z0-9+/]{8,}={0,2}", _joins_two),
    "OpenAI or Anthropic key": _form(r"\bsk-[\w-]{16,}"),
    "GitHub token": _form(r"\b(?:gh[pousr]_\w{20,}|github_pat_\w{20,})"),
    "GitLab token": _form(r"\bglpat-[\w-]{20,}"),
    "Slack token": _form(r"\b(?:xox[abeprs]|xapp)-[\w-]{10,}"),
    "Slack webhook": _form(r"(?<=\bhooks\.slack\.com/services/)T\w{8,}/B\w{8,}/\w{16,}"),
    "Discord webhook": _form(
        r"(?:(?<=\bdiscord\.com/api/webhooks/)|(?<=\bdiscordapp\.com/api/webhooks/))[0-9]{17,20}/[\w-]{60,}"
    ),
    "Telegram bot token": _form(r"\b(?:bot)?[0-9]{8,10}:[A-Za-z0-9_-]{35}\b"),
    "AWS key": _form(r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b"),
    "Google key": _form(r"\bAIza[\w-]{35}"),
    "Google OAuth token": _form(r"\bya29\.[\w-]{20,}"),
    "Stripe key": _form(r"\b(?:sk|rk)_(?:live|test)_\w{16,}|\bwhsec_\w{16,}"),
    "JSON web token": _form(r"\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*"),
    "password of a URL": _form(r"(?<=://)[^\s/:@\"'<>?#]+:[^\s/@\"'<>?#]+(?=@)"),
}


@dataclass(frozen=True, slots=True)
class Formed:
    """From ``start`` to ``end`` stands something of the form ``name``."""

    name: str
    start: int
    end: int


def find(text: str) -> Iterator[Formed]:
    """What has the form of a secret, form by form."""
    for name, form in FORMS.items():
        for found in _matches(form, text):
            yield Formed(name, *found.span())


def removed(text: str, write: Callable[[str], str] = str) -> tuple[str, Counter[str]]:
    """The text with placeholders for what has the form of a secret, spelled by ``write``, and how often each form was there."""
    times: Counter[str] = Counter()
    for name, form in FORMS.items():
        for found in reversed(list(_matches(form, text))):
            text = text[: found.start()] + write(stand_in(name)) + text[found.end() :]
            times[name] += 1
    return text, times


def _matches(form: Form, text: str) -> Iterator[re.Match[str]]:
    """Where the form is met; not by what ends in one character repeated, which is somebody's example."""
    for found in form.pattern.finditer(text):
        if len(set(found[0][-12:])) > 2 and form.holds(found[0]):
            yield found
