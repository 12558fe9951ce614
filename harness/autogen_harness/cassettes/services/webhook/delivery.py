"""One delivery, as it came in and what the receiver made of it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

from autogen_harness.frozen import freeze

if TYPE_CHECKING:
    from collections.abc import Mapping

    from autogen_harness.model import Headers


@dataclass(frozen=True, slots=True)
class WebhookDelivery:
    """A request that the receiver got.

    Attributes:
        number: counted from 1, in the order of arrival at all addresses.
        method: as sent.
        target: path and query, as sent.
        headers: in the order of the wire, repeats kept.
        body: the bytes, without the coding of the transfer.
        verified: does the signature fit? None where the receiver has no secret.
        reason: why it does not.
        duplicate_of: the number of the delivery that brought the same id before, and was accepted.
        accepted: the receiver took it: it was not refused, even if the answer was lost.
        answered: the status; ``"dropped"`` where the connection was closed without an answer; "" while it is answered.
    """

    number: int
    method: str
    target: str
    headers: Headers = ()
    body: bytes = b""
    verified: bool | None = None
    reason: str = ""
    duplicate_of: int | None = None
    accepted: bool = False
    answered: str = ""

    @property
    def path(self) -> str:
        """The path, without the query."""
        return urlsplit(self.target).path

    @property
    def query(self) -> Mapping[str, str]:
        """The query; of a name that is repeated, the last value."""
        return dict(parse_qsl(urlsplit(self.target).query, keep_blank_values=True))

    @property
    def form(self) -> Mapping[str, str]:
        """The body as a form; empty where it is none."""
        if "x-www-form-urlencoded" not in (self.header("content-type") or ""):
            return {}
        return dict(parse_qsl(self.body.decode("utf-8", "replace"), keep_blank_values=True))

    @property
    def json(self) -> Any:
        """The body as JSON, which cannot be changed; of a form, its field ``payload``, as Slack reads it.

        None where it is none.
        """
        text = self.form.get("payload", "") if self.form else self.body
        try:
            return freeze(json.loads(text))
        except ValueError:
            return None

    def header(self, name: str) -> str | None:
        """The first header of this name, in any case; None where there is none."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)

    def __str__(self) -> str:
        """In one line, with what came of it."""
        text = " ".join(self.body.decode("utf-8", "replace").split())
        shown = f" {text if len(text) <= 80 else f'{text[:79]}…'}" if text else ""
        return f"{self.method} {self.target}{shown} -> {self.outcome}"

    @property
    def outcome(self) -> str:
        """What came of it, in a few words."""
        again = f", duplicate of {self.duplicate_of}" if self.duplicate_of else ""
        return f"{self.answered}{again}" + (f", {self.reason}" if self.reason else "")
