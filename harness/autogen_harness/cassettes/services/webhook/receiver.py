"""The server behind ``harness.http.webhook``: takes deliveries down, each before it is answered."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from threading import Lock
from typing import TYPE_CHECKING, Protocol

from autogen_harness.cassettes.services.webhook.delivery import WebhookDelivery
from autogen_harness.cassettes.services.webhook.handler import Handler
from autogen_harness.errors import told
from autogen_harness.model import Finding, HttpExchange, HttpReply, HttpRequest
from autogen_harness.network.listener import Listener

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from autogen_harness.cassettes.services.webhook.answers import Answer
    from autogen_harness.ledger import Entry
    from autogen_harness.model import Headers


class Address(Protocol):
    """What decides on the deliveries to one address."""

    name: str

    def judge(self, came: WebhookDelivery, before: Sequence[WebhookDelivery]) -> tuple[WebhookDelivery, Answer | None]:
        """The delivery with what is known of it, and what is answered: None closes the connection."""


class Receiver:
    """Listens on this machine from the start to :meth:`stop`. Safe from any thread.

    Args:
        record: takes a :class:`~autogen_harness.model.HttpExchange` for each delivery.
        address: of a path, who decides.
    """

    def __init__(self, record: Callable[[Entry], None], address: Callable[[str], Address]) -> None:
        self._record, self._address = record, address
        self._lock = Lock()
        self._deliveries: list[WebhookDelivery] = []
        self._listener = Listener("127.0.0.1", 0, partial(Handler, self._receive))
        self.url = f"http://127.0.0.1:{self._listener.server_address[1]}"
        self._listener.start()

    @property
    def deliveries(self) -> tuple[WebhookDelivery, ...]:
        """Everything that came, in the order of arrival."""
        return tuple(self._deliveries)

    def clear(self) -> None:
        """Forget what came."""
        with self._lock:
            self._deliveries.clear()

    def stop(self) -> None:
        """Stop listening, end all connections, wait for the threads. Safe to call twice."""
        self._listener.stop()

    def _receive(self, method: str, target: str, headers: Headers, body: bytes) -> HttpReply | None:
        with self._lock:
            came = WebhookDelivery(len(self._deliveries) + 1, method, target, headers, body)
            address = self._address(came.path)
            judged, answer = address.judge(came, self._deliveries)
            self._deliveries.append(judged)
        reply = self._called(judged, answer) if callable(answer) else answer
        done = replace(judged, answered="dropped" if reply is None else str(reply.status))
        if reply is not None and reply.status >= 400:
            done = replace(done, accepted=False)
        with self._lock:
            self._deliveries[:] = [done if one is judged else one for one in self._deliveries]
        self._record(HttpExchange(HttpRequest(method, self.url + target, headers, body), address.name, done.outcome))
        return reply

    def _called(self, judged: WebhookDelivery, answer: Callable[[WebhookDelivery], HttpReply]) -> HttpReply:
        """What the test's own function answers; its mistake is a finding, since a tool takes a 500 for the service's."""
        try:
            reply = answer(judged)
            if isinstance(reply, HttpReply):
                return reply
            what = f"returned {reply!r}, and not an HttpReply"
        except Exception as error:  # noqa: BLE001 - as the sentence above says
            what = f"raised {told(error)}"
        text = f"the function that answers webhook deliveries {what}"
        self._record(Finding("script-broken", text, "correct the function", 'harness.expect("script-broken")'))
        return HttpReply(500, "Internal Server Error", (("content-type", "text/plain"),), text.encode())
