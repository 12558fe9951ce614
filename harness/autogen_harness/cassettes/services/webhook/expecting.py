"""What a test asserts of deliveries: ``harness.http.webhook.assert_delivered(...)``, with the nearest one where it fails."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from autogen_harness import wording
from autogen_harness.differences import ABSENT, Difference, compare, render
from autogen_harness.errors import HarnessError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from autogen_harness.cassettes.services.webhook.delivery import WebhookDelivery

MAX_SHOWN = 20
"""Deliveries shown before the list is cut."""

_ANY: Any = object()


class DeliveriesDiffer(HarnessError, AssertionError):
    """The deliveries are not as the test asserts.

    Attributes:
        deliveries: everything that came.
        marked: those of them that the assertion is about.
        nearest: the delivery that comes closest to what was asserted, where there is one.
        differences: where it differs.
    """

    __module__ = "autogen_harness"  # pytest begins its line of summary with it, and cuts that line at 80 columns

    def __init__(
        self,
        what: str,
        deliveries: Sequence[WebhookDelivery],
        marked: Sequence[WebhookDelivery] = (),
        nearest: WebhookDelivery | None = None,
        differences: Sequence[Difference] = (),
    ) -> None:
        self.deliveries, self.marked = tuple(deliveries), tuple(marked)
        self.nearest, self.differences = nearest, tuple(differences)
        super().__init__("\n".join([what, *self._shown()]))

    def _shown(self) -> list[str]:
        if not self.deliveries:
            return ["nothing was delivered"]
        lines = [f"{'>' if one in self.marked else ' '} {one.number:>2}. {one}" for one in self.deliveries]
        more = [f"    … and {len(lines) - MAX_SHOWN} more"] if len(lines) > MAX_SHOWN else []
        shown = ["what was delivered:", *lines[:MAX_SHOWN], *more]
        if self.nearest is not None and self.differences:
            shown += [f"closest is {self.nearest.number}:", render(self.differences, expected="wanted")]
        return shown


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a delivery must hold: fields of its JSON, all of a body, headers."""

    json: Any = _ANY
    body: bytes | None = None
    headers: Mapping[str, str] | None = None

    def differences(self, one: WebhookDelivery) -> list[Difference]:
        """Where a delivery is not as wanted; empty where it is."""
        found = [] if self.json is _ANY else _json(self.json, one.json)
        if self.body is not None and self.body != one.body:
            found.append(Difference("body", _text(self.body), _text(one.body)))
        for name, value in (self.headers or {}).items():
            given = one.header(name)
            found += compare(value, ABSENT if given is None else given, f"header {name}")
        return found

    def fitting(self, deliveries: Iterable[WebhookDelivery]) -> list[WebhookDelivery]:
        """Those that are as wanted."""
        return [one for one in deliveries if not self.differences(one)]


def _json(wanted: Any, given: Any) -> list[Difference]:
    """Of an object, the wanted fields alone; of anything else, all of it."""
    if isinstance(wanted, Mapping) and isinstance(given, Mapping):
        given = {key: given[key] for key in wanted if key in given}
    return compare(wanted, given, "json")


def _text(body: bytes) -> str:
    return body.decode("utf-8", "backslashreplace")


class Expectations:
    """Assertions on deliveries. What counts is what the receiver took, each delivery once: no refused ones, no duplicates."""

    @property
    def deliveries(self) -> tuple[WebhookDelivery, ...]:
        """Everything that came."""
        raise NotImplementedError

    @property
    def accepted(self) -> tuple[WebhookDelivery, ...]:
        """The deliveries that count."""
        return tuple(one for one in self.deliveries if one.accepted and one.duplicate_of is None)

    def assert_delivered(
        self,
        json: Any = _ANY,
        *,
        body: str | bytes | None = None,
        headers: Mapping[str, str] | None = None,
        times: int | None = None,
    ) -> None:
        """Assert that this was delivered, and accepted.

        Args:
            json: what the body says; of an object, these fields among others.
            body: all of the body instead, byte by byte.
            headers: these among others.
            times: how many deliveries fit, without duplicates; None for at least one.

        Raises:
            DeliveriesDiffer: it was not, or not so often; with the nearest delivery and where it differs.
            UsageError: ``times`` is no number from 1.
        """
        __tracebackhide__ = True
        if times is not None and (type(times) is not int or times < 1):
            hint = "write assert_not_delivered(...)" if times == 0 else "a number from 1"
            raise UsageError(f"assert_delivered(times={times!r}): {hint}")
        wanted, seen = Wanted(json, body.encode() if isinstance(body, str) else body, headers), self.deliveries
        fitting = wanted.fitting(self.accepted)
        if len(fitting) == times or (times is None and fitting):
            return
        said = f"it was delivered {wording.times(len(fitting))}" if fitting else "it was not delivered"
        said += f", not {wording.times(times)}" if fitting and times else ""
        others = [one for one in seen if one not in fitting]
        nearest = min(others, key=lambda one: len(wanted.differences(one)), default=None)
        raise DeliveriesDiffer(said, seen, fitting, nearest, wanted.differences(nearest) if nearest else ())

    def assert_not_delivered(
        self, json: Any = _ANY, *, body: str | bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> None:
        """Assert that nothing like this was accepted; without arguments, that nothing was.

        Args:
            json: as for :meth:`assert_delivered`.
            body: likewise.
            headers: likewise.

        Raises:
            DeliveriesDiffer: it was.
        """
        __tracebackhide__ = True
        wanted = Wanted(json, body.encode() if isinstance(body, str) else body, headers)
        fitting = wanted.fitting(self.accepted)
        if fitting:
            raise DeliveriesDiffer(f"it was delivered {wording.times(len(fitting))}", self.deliveries, fitting)
