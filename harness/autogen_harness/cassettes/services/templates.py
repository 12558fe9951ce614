"""The shipped cassettes as patterns: what a builder makes is one of them with other values in it.

So a shape is written down once, in the shipped file, with its headers and its tolerance.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timezone
from email.utils import formatdate, parsedate_to_datetime
from typing import TYPE_CHECKING, Any, Protocol, TypedDict, cast

from autogen_harness.cassettes.files import bodies, store
from autogen_harness.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from typing_extensions import NotRequired

    from autogen_harness.cassettes.cassette import Interaction, Match, Times
    from autogen_harness.cassettes.failing.plans import Faults
    from autogen_harness.model import HttpReply


class How(TypedDict):
    """How a built interaction is played: as in :meth:`~autogen_harness.cassettes.player.Player.play`."""

    times: NotRequired[Times]
    optional: NotRequired[bool]
    fault: NotRequired[Faults]


class Queue(Protocol):
    """What takes a built interaction: :meth:`~autogen_harness.cassettes.player.Player.queue`."""

    def __call__(
        self,
        name: str,
        interaction: Interaction,
        *,
        fault: Faults = None,
        optional: bool = False,
        times: Times | None = None,
        call: str = "",
    ) -> None:
        """Queue it."""


Now = Callable[[], "float | None"]
"""The frozen wall time in seconds since 1970; None where it is not frozen."""


def template(name: str) -> Interaction:
    """The interaction of a shipped cassette."""
    ((_, interaction),) = store.fetch(name)
    return interaction


def reply_of(interaction: Interaction) -> HttpReply:
    """The reply of a template, none of which is a failure."""
    return cast("HttpReply", interaction.outcome)


def data_of(interaction: Interaction) -> Any:
    """The JSON value that a template answers with; a new one each time."""
    return json.loads(reply_of(interaction).body)


def filled(
    interaction: Interaction, url: str, body: Any, headers: Mapping[str, str | None], match: Match | None = None
) -> Interaction:
    """A template with other values.

    Args:
        interaction: the template.
        url: at which it is asked for.
        body: bytes, or a value that is written as JSON without spaces.
        headers: values of headers by their names in lower case; one that the template has not is added, None is left alone.
        match: another tolerance than the template's.
    """
    reply = reply_of(interaction)
    raw = body if isinstance(body, bytes) else bodies.read_json(body, "compact")
    told = {name: value for name, value in headers.items() if value is not None}
    kept = [(name, told.pop(name.lower(), value)) for name, value in reply.headers]
    sized = [(name, str(len(raw)) if name.lower() == "content-length" else value) for name, value in (*kept, *told.items())]
    return replace(
        interaction,
        request=replace(interaction.request, url=url),
        outcome=replace(reply, headers=tuple(sized), body=raw),
        match=match or interaction.match,
    )


def date_of(interaction: Interaction) -> float:
    """When a template says that it was answered, in seconds since 1970."""
    return parsedate_to_datetime(dict(reply_of(interaction).headers)["date"]).timestamp()


def http_date(at: float) -> str:
    """A moment as HTTP writes it, as in ``Mon, 05 Jan 2026 09:00:00 GMT``."""
    return formatdate(at, usegmt=True)


def instant(at: datetime | float | None, now: Now) -> float | None:
    """When a reply is to be answered: as told, else now where time is frozen, else None, which stands for the template's date.

    Raises:
        UsageError: it is no time.
    """
    if at is None:
        return now()
    if isinstance(at, datetime):
        return (at if at.tzinfo else at.replace(tzinfo=timezone.utc)).timestamp()
    if isinstance(at, (int, float)) and not isinstance(at, bool):
        return float(at)
    raise UsageError(f"at={at!r}: write a datetime, or seconds since 1970")
