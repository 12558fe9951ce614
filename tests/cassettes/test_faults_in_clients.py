"""Every fault through every client: what a program meets is what the same event on a real connection ends in."""

from __future__ import annotations

import asyncio

import aiohttp
import pytest
import requests

from autogen_harness.cassettes import Player, fault
from autogen_harness.clock import VirtualClock
from autogen_harness.ledger import Ledger
from autogen_harness.model import HttpReply

URL = "https://a.test/"
REPLY = HttpReply(200, "OK", (("Content-Type", "application/json"),), b'{"a": "0123456789"}')


def by_requests():
    answer = requests.post(URL, timeout=(3, 5))
    return answer.status_code, len(answer.content)


def by_aiohttp():
    async def ask():
        limits = aiohttp.ClientTimeout(total=60, connect=3, sock_read=5)
        async with aiohttp.ClientSession(timeout=limits) as session, session.post(URL) as answer:
            return answer.status, len(await answer.read())

    return asyncio.run(ask())


def seen(ask):
    try:
        return ask()
    except (requests.RequestException, aiohttp.ClientError, asyncio.TimeoutError) as error:
        return type(error).__name__


def newer(name, older):
    """aiohttp 3.10 gave some errors classes of their own."""
    return name if hasattr(aiohttp, name) else older


DNS = newer("ClientConnectorDNSError", "ClientConnectorError")
CONNECT, READ = (newer(name, "ServerTimeoutError") for name in ("ConnectionTimeoutError", "SocketTimeoutError"))
MET = [
    (fault.connection_refused(), "ConnectionError", "ClientConnectorError", 0),
    (fault.dns_failure(), "ConnectionError", DNS, 0),
    (fault.tls_failure(), "SSLError", "ClientConnectorCertificateError", 0),
    (fault.timeout("connect"), "ConnectTimeout", CONNECT, 3),
    (fault.timeout(), "ReadTimeout", READ, 5),
    (fault.connection_reset(), "ConnectionError", "ClientOSError", 0),
    (fault.connection_reset(7), "ChunkedEncodingError", "ClientPayloadError", 0),
    (fault.connection_closed(), "ConnectionError", "ServerDisconnectedError", 0),
    (fault.lost_reply(), "ConnectionError", "ServerDisconnectedError", 0),
    (fault.truncated(7), "ChunkedEncodingError", "ClientPayloadError", 0),
    (fault.stalled(7), "ConnectionError", READ, 5),
    (fault.slow(2), (200, 19), (200, 19), 2),
    (fault.content_type("text/html"), (200, 19), (200, 19), 0),
    (fault.malformed_json(), (200, 9), (200, 9), 0),
    (fault.stale(), (200, 19), (200, 19), 0),
    (fault.status(503, retry_after=3, as_date=True), (503, 19), (503, 19), 0),
    (fault.recorded(), (200, 19), (200, 19), 0),
]


@pytest.mark.parametrize("row", MET, ids=lambda row: str(row[0]))
def test_each_client_meets_its_own_exception_and_waits_in_virtual_time(opened, interaction, row):
    """Its own class for each way in which a connection fails, after what it declared to wait."""
    met, requests_sees, aiohttp_sees, seconds = row
    opened.keep("c", interaction("POST", URL, reply=REPLY))
    opened.player.play("c", fault=met, times=2)
    assert [seen(by_requests), opened.clock.elapsed] == [requests_sees, seconds]
    assert [seen(by_aiohttp), opened.clock.elapsed] == [aiohttp_sees, 2 * seconds]
    assert opened.player.leftovers() == opened.ledger.findings == []


@pytest.mark.parametrize("met", [met for met, *_ in MET], ids=str)
@pytest.mark.parametrize("ask", [by_requests, by_aiohttp])
def test_mock_libraries_meet_every_fault_too(tmp_path, interaction, ask, met):
    """As well as they can: an error of their client's own family, or the reply; never an error of ours."""
    ledger, clock = Ledger(), VirtualClock()
    player = Player(ledger.record, clock, [tmp_path], backends=("responses", "aioresponses"))
    player.queue("c", interaction("POST", URL, reply=REPLY), fault=met)
    with clock:
        player.open()
        found = seen(ask)
        player.close()
    assert found in [(status, length) for status in (200, 503) for length in (9, 19)] or isinstance(found, str)
    assert player.leftovers() == ledger.findings == []
