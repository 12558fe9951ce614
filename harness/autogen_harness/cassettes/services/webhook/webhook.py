"""``harness.http.webhook``: what a test says to the receiver, and asks of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from autogen_harness.cassettes.services.webhook import answers
from autogen_harness.cassettes.services.webhook.expecting import Expectations
from autogen_harness.cassettes.services.webhook.identity import Identity
from autogen_harness.cassettes.services.webhook.receiver import Receiver
from autogen_harness.cassettes.services.webhook.signatures import TOLERANCE, Signature
from autogen_harness.cassettes.services.webhook.trouble import Trouble, failure
from autogen_harness.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from autogen_harness.cassettes.cassette import Times
    from autogen_harness.cassettes.services.webhook.answers import Answer
    from autogen_harness.cassettes.services.webhook.delivery import WebhookDelivery
    from autogen_harness.ledger import Entry
    from autogen_harness.model import Finding, HttpReply


class Webhook(Expectations):
    """A receiver on this machine, which listens when it is first used; or, from :meth:`at`, one address of it.

    An address without settings of its own has those of the receiver. Addresses called ``slack``, ``discord`` and ``github``
    answer as these services do; the others answer 200 and ``{}``.

    Args:
        record: where deliveries are reported.
        now: the wall time in seconds since 1970, as the code under test sees it.
        roots: folders of the user's own cassettes, for :meth:`answers`.
    """

    def __init__(self, record: Callable[[Entry], None], now: Callable[[], float], roots: Sequence[Path] = ()) -> None:
        self._record, self._now, self._roots = record, now, tuple(roots)
        self._receiver: Receiver | None = None
        self._addresses: dict[str, Webhook] = {}
        self._parent: Webhook | None = None
        self.name, self._path = "webhook", ""
        self._forget()

    def _forget(self) -> None:
        self._answer: Answer | None = None
        self._signature: Signature | None = None
        self._identity: Identity | None = None
        self._troubles: list[Trouble] = []

    # -- addresses -------------------------------------------------------------------------------------------------------

    @property
    def url(self) -> str:
        """Where to deliver, as in ``http://127.0.0.1:51234/``; any path below is received as well."""
        return self._listening().url + (self._path or "/")

    def at(self, name: str) -> Webhook:
        """The address ``/name``, with settings and deliveries of its own.

        Raises:
            UsageError: it cannot be a path.
        """
        if self._parent is not None:
            return self._parent.at(name)
        if not isinstance(name, str) or not name.strip("/") or any(sign in name for sign in "?# "):
            raise UsageError(f'at({name!r}): write the path of an address, such as "slack" or "orders/created"')
        name = name.strip("/")
        if name not in self._addresses:
            one = self._addresses[name] = Webhook(self._record, self._now, self._roots)
            one._parent, one.name, one._path = self, f"webhook/{name}", f"/{name}"
            if name in answers.STYLES:
                one.answers(name)
        return self._addresses[name]

    def url_for(self, name: str) -> str:
        """The URL of :meth:`at`; ``url_for("slack")`` answers as Slack does."""
        return self.at(name).url

    # -- settings --------------------------------------------------------------------------------------------------------

    def answers(
        self,
        what: str | HttpReply | Callable[[WebhookDelivery], HttpReply] | None = None,
        *,
        status: int = 200,
        json: Any = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        """What deliveries get that are accepted; duplicates get it too.

        Args:
            what: the name of a cassette whose reply it is (``"slack"``, ``"discord"``, ``"github"``, ``"created"``,
                ``"slack-rollup-error"``, ``"mine/thanks"``); a reply; or a function from a delivery to a reply.
            status: instead of ``what``: the status,
            json: the body, none by default,
            headers: and further headers.

        Raises:
            UsageError: there is no such cassette or status.
        """
        if isinstance(what, str):
            self._answer = answers.named(what, self._roots)
        else:
            self._answer = what or answers.made(status, json, headers or {})

    def secret(self, secret: str, *, style: str = "github", tolerance: float = TOLERANCE) -> None:
        """Verify the signature of each delivery, and answer 401 where it does not fit.

        Args:
            secret: the shared secret; for Standard Webhooks with its ``whsec_``.
            style: ``"github"``, ``"slack"``, ``"stripe"`` or ``"standard-webhooks"``.
            tolerance: seconds that a signed time may differ from the wall time, the frozen one where it is frozen.

        Raises:
            UsageError: there is no such style, or the secret cannot be one.
        """
        self._signature = Signature(secret, style, tolerance)

    def deduplicates(self, *, header: str | None = None, field: str | None = None) -> None:
        """Where the id of a delivery stands: by default in ``Idempotency-Key``, ``webhook-id`` or ``X-GitHub-Delivery``.

        Args:
            header: the name of a header.
            field: a field of the JSON body, such as ``"event.id"``.

        Raises:
            UsageError: not one of both.
        """
        self._identity = Identity.of(header, field)

    def fails(
        self,
        *,
        times: Times = 1,
        status: int = 503,
        retry_after: float | str | None = None,
        body: str | bytes | None = None,
    ) -> None:
        """The next deliveries are refused. What is planned here and never met is the finding ``http-unplayed``.

        Args:
            times: how many, or ``"any"`` for all of them from now on.
            status: from 400 on.
            retry_after: seconds, or an HTTP date.
            body: by default the words of the status.

        Raises:
            UsageError: there is no such status, or number of times.
        """
        self._troubles.append(Trouble(failure(status, retry_after, body), times, f"fails(status={status})"))

    def drops(self, *, times: Times = 1) -> None:
        """The next deliveries are accepted, and the connection is closed without an answer: the sender cannot know.

        Raises:
            UsageError: no such number of times.
        """
        self._troubles.append(Trouble(None, times, "drops()"))

    # -- what came -------------------------------------------------------------------------------------------------------

    @property
    def deliveries(self) -> tuple[WebhookDelivery, ...]:
        """Everything that came here, in the order of arrival, whatever came of it."""
        found = self._root._receiver.deliveries if self._root._receiver else ()
        return found if self._parent is None else tuple(one for one in found if self._root.address(one.path) is self)

    def leftovers(self) -> list[Finding]:
        """One ``http-unplayed`` finding for each failure that was planned and not met."""
        mine = [trouble.unmet(self.name) for trouble in self._troubles if trouble.missing]
        return [*mine, *(found for one in self._addresses.values() for found in one.leftovers())]

    # -- for the player --------------------------------------------------------------------------------------------------

    @property
    def _root(self) -> Webhook:
        return self._parent or self

    def _listening(self) -> Receiver:
        root = self._root
        if root._receiver is None:
            root._receiver = Receiver(self._record, root.address)
        return root._receiver

    def address(self, path: str) -> Webhook:
        """Who decides on deliveries to a path: the longest address that it begins with, else the receiver."""
        fitting = [one for one in self._addresses.values() if f"{path}/".startswith(f"{one._path}/")]
        return max(fitting, key=lambda one: len(one._path), default=self)

    def judge(self, came: WebhookDelivery, before: Sequence[WebhookDelivery]) -> tuple[WebhookDelivery, Answer | None]:
        """See :class:`~autogen_harness.cassettes.services.webhook.receiver.Address`."""
        trouble = next((one for place in (self, self._root) for one in place._troubles if one.due), None)
        if trouble is not None:
            trouble.met += 1
            if trouble.reply is not None:
                return came, trouble.reply
        signature = self._signature or self._root._signature
        if signature is not None:
            reason = signature.problem(came, self._now())
            came = replace(came, verified=not reason, reason=reason)
        if came.verified is False:
            return came, None if trouble else answers.refusal(came.reason)
        identity = self._identity or self._root._identity or Identity()
        mine = [one for one in before if self._root.address(one.path) is self]
        came = replace(came, accepted=True, duplicate_of=identity.first(came, mine))
        return came, None if trouble else self._answer or self._root._answer or answers.PLAIN

    def reset(self) -> None:
        """Nothing came, and nothing is set; the receiver keeps listening at the same port."""
        self._forget()
        self._addresses.clear()
        if self._receiver is not None:
            self._receiver.clear()

    def close(self) -> None:
        """Stop listening. Harmless where it does not."""
        if self._receiver is not None:
            self._receiver.stop()
