"""Which deliveries are the same: those with the same id."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from autogen_harness.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from autogen_harness.cassettes.services.webhook.delivery import WebhookDelivery

HEADERS = ("Idempotency-Key", "webhook-id", "X-GitHub-Delivery")
"""Where senders put the id of a delivery, so that it stays the same when they try again."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Where an id stands: in one of ``headers``, or in the ``field`` of the JSON body."""

    headers: tuple[str, ...] = HEADERS
    field: tuple[str, ...] = ()

    @classmethod
    def of(cls, header: str | None, field: str | None) -> Identity:
        """From what a test wrote.

        Raises:
            UsageError: not one of both.
        """
        if (header is None) == (field is None):
            raise UsageError('deduplicates(): write header="Idempotency-Key", or field="event.id"')
        return cls(() if header is None else (header,), tuple((field or "").split(".")) if field else ())

    def first(self, came: WebhookDelivery, before: Iterable[WebhookDelivery]) -> int | None:
        """The number of the accepted delivery that had this id before; None where there is none, or no id."""
        mine = self._ident(came)
        if mine is None:
            return None
        return next((one.number for one in before if one.accepted and self._ident(one) == mine), None)

    def _ident(self, one: WebhookDelivery) -> Any:
        if not self.field:
            return next((value for name in self.headers if (value := one.header(name))), None)
        found: Any = one.json
        for name in self.field:
            found = found.get(name) if isinstance(found, Mapping) else None
        return found
