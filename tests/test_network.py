"""The network guard refuses and records every way out, and lets a test serve itself."""

from __future__ import annotations

import asyncio
import socket
import subprocess
import sys
import threading
from contextlib import closing, contextmanager, suppress

import pytest

from autogen_harness.errors import NetworkBlocked
from autogen_harness.harness import Harness
from autogen_harness.ledger import Ledger
from autogen_harness.network import NetworkGuard
from autogen_harness.network.guard import is_local
from autogen_harness.verdict import judge

FAR = ("192.0.2.1", 80)  # an address of documentation: nobody is there


@contextmanager
def guarded(*allow):
    """A guard that is on, and the ledger that it records in."""
    ledger = Ledger()
    guard = NetworkGuard(ledger.record, allow)
    guard.open()
    try:
        yield ledger
    finally:
        guard.close()


def tcp():
    return closing(socket.socket(socket.AF_INET, socket.SOCK_STREAM))


def udp():
    return closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))


def tried(ledger):
    return [(finding.fields["host"], finding.fields["port"], finding.fields["how"]) for finding in ledger.findings]


def sendmsg():
    with udp() as sock:
        sock.sendmsg([b"x"], [], 0, FAR)


def sendto(*flags):
    with udp() as sock:
        sock.sendto(b"x", *flags, FAR)


def connect(name, make=tcp):
    with make() as sock:
        getattr(sock, name)(FAR)


WAYS = {
    "connect": (lambda: connect("connect"), (*FAR, "connect")),
    "connect_ex": (lambda: connect("connect_ex"), (*FAR, "connect_ex")),
    "a datagram socket that only wants to know its own address": (lambda: connect("connect", udp), (*FAR, "connect")),
    "sendto": (sendto, (*FAR, "sendto")),
    "sendto with flags": (lambda: sendto(0), (*FAR, "sendto")),
    "sendmsg": (sendmsg, (*FAR, "sendmsg")),
    "create_connection": (lambda: socket.create_connection(("far.test", 443)), ("far.test", 443, "look up")),
    "getaddrinfo": (lambda: socket.getaddrinfo("far.test", 443), ("far.test", 443, "look up")),
    "getaddrinfo by bytes": (lambda: socket.getaddrinfo(b"far.test", 443), ("far.test", 443, "look up")),
    "gethostbyname": (lambda: socket.gethostbyname("far.test"), ("far.test", None, "look up")),
    "gethostbyname_ex": (lambda: socket.gethostbyname_ex("far.test"), ("far.test", None, "look up")),
    "a connection to a name": (lambda: socket.socket().connect(("far.test", 80)), ("far.test", 80, "connect")),
    "a name that only begins like this machine": (
        lambda: socket.getaddrinfo("localhost.test", 80),
        ("localhost.test", 80, "look up"),
    ),
}


@pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")
@pytest.mark.parametrize("way", WAYS)
def test_every_way_out_is_refused_and_recorded(way):
    """The error is not one of the network, so that nobody tries again; the finding says host and port."""
    leave, attempt = WAYS[way]
    with guarded() as ledger, pytest.raises(NetworkBlocked) as caught:
        leave()
    assert tried(ledger) == [attempt]
    assert not isinstance(caught.value, OSError)


def test_an_attempt_says_where_it_began():
    """The exception may be swallowed, so the finding names the user's own line."""
    with guarded() as ledger, suppress(NetworkBlocked):
        socket.create_connection(("far.test", 443))
    (finding,) = ledger.findings
    assert "something tried to look up far.test:443, at tests/test_network.py:" in finding.what
    assert "(test_an_attempt_says_where_it_began)" in finding.what
    assert finding.expect == 'harness.expect("network-attempted", host="far.test")'
    assert "harness_allow_hosts = far.test" in finding.fix


def test_attempts_of_other_threads_are_seen():
    """The guard is on the class, not on a thread."""
    with guarded() as ledger:
        thread = threading.Thread(target=_swallow, args=(lambda: connect("connect"),))
        thread.start()
        thread.join()
    assert tried(ledger) == [(*FAR, "connect")]


def _swallow(leave):
    with suppress(Exception):
        leave()


async def _sock_connect():
    with tcp() as sock:
        sock.setblocking(False)
        await asyncio.get_running_loop().sock_connect(sock, FAR)


ASYNC_WAYS = {
    "sock_connect": (_sock_connect, (*FAR, "connect")),
    "open_connection by address": (lambda: asyncio.open_connection(*FAR), (*FAR, "connect")),
    "open_connection by name": (lambda: asyncio.open_connection("far.test", 443), ("far.test", 443, "look up")),
    "getaddrinfo in a thread": (lambda: asyncio.get_running_loop().getaddrinfo("far.test", 1), ("far.test", 1, "look up")),
    "a datagram endpoint": (
        lambda: asyncio.get_running_loop().create_datagram_endpoint(asyncio.DatagramProtocol, remote_addr=FAR),
        (*FAR, "connect"),
    ),
}


@pytest.mark.parametrize("way", ASYNC_WAYS)
def test_event_loops_are_no_way_round(way):
    """Event loops resolve in a thread and connects without blocking: both pass the same class."""
    leave, attempt = ASYNC_WAYS[way]

    async def main():
        await leave()

    with guarded() as ledger, pytest.raises(NetworkBlocked):
        asyncio.run(main())
    assert tried(ledger) == [attempt]


def _requests():
    import requests

    requests.get("http://far.test/a", timeout=1)


def _requests_that_tries_again():
    import requests
    from requests.adapters import HTTPAdapter
    from urllib3.util import Retry

    with requests.Session() as session:
        session.mount("http://", HTTPAdapter(max_retries=Retry(total=3, backoff_factor=0)))
        session.get("http://far.test/a", timeout=1)


def _aiohttp():
    import aiohttp

    async def get():
        async with aiohttp.ClientSession() as session:
            await session.get("http://far.test/a")

    asyncio.run(get())


@pytest.mark.parametrize("get", [_requests, _requests_that_tries_again, _aiohttp])
def test_clients_hand_the_refusal_through(get):
    """None takes it for a fault of the network, so none retries it, and there is one attempt."""
    with guarded() as ledger, pytest.raises(NetworkBlocked):
        get()
    assert [attempt[0] for attempt in tried(ledger)] == ["far.test"]


def test_a_client_that_tries_again_makes_one_finding():
    """Equal attempts are one finding of the verdict that counts them, and one expectation meets it."""
    with guarded() as ledger:
        for _ in range(3):
            _swallow(lambda: connect("connect"))
        _swallow(lambda: socket.gethostbyname("far.test"))
    far, name = judge(ledger.findings, [])
    assert far.what.endswith(", 3 times")
    assert far.fields["times"] == 3
    assert name.fields["host"] == "far.test"


# -- what is allowed ---------------------------------------------------------------------------------------------------


def test_a_server_of_this_process_is_reached_whenever_it_was_started():
    """Before the guard or after, by address or by name; it may stop, and its port is then refused."""
    with socket.create_server(("127.0.0.1", 0)) as old, guarded() as ledger:
        with socket.create_server(("127.0.0.1", 0)) as new:
            for server in (old, new):
                socket.create_connection(server.getsockname()).close()
                socket.create_connection(("localhost", server.getsockname()[1])).close()
            port = new.getsockname()[1]
        assert not ledger.findings
        with pytest.raises(NetworkBlocked):
            socket.create_connection(("127.0.0.1", port))
    (finding,) = ledger.findings
    assert "serve that port in this process" in finding.fix


def test_a_server_on_every_interface_is_reached():
    """An address of all interfaces is this machine as well, for IPv4 in IPv6 too."""
    with guarded() as ledger, socket.create_server(("0.0.0.0", 0)) as server:
        socket.create_connection(("127.0.0.1", server.getsockname()[1])).close()
    assert not ledger.findings


def test_a_server_of_asyncio_is_reached():
    """A test may serve itself on the loop that it runs on."""

    async def main():
        server = await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", 0)
        async with server:
            reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
            assert await reader.read() == b""
            writer.close()

    with guarded() as ledger:
        asyncio.run(main())
    assert not ledger.findings


def test_datagrams_reach_a_socket_of_this_process_and_come_back():
    """Without connections, a port is served by being bound."""
    with guarded() as ledger, udp() as server, udp() as client:
        server.bind(("127.0.0.1", 0))
        client.sendto(b"ping", server.getsockname())
        data, sender = server.recvfrom(10)
        server.sendto(data, ("127.0.0.1", sender[1]))
        assert client.recv(10) == b"ping"
    assert not ledger.findings


SERVES = """
import socket
server = socket.create_server(("127.0.0.1", 0))
print(server.getsockname()[1], flush=True)
input()
"""


def test_a_server_of_another_process_is_refused_unless_loopback_is_allowed():
    """A database that happens to run on this machine is not part of the test, unless the test says so."""
    with subprocess.Popen([sys.executable, "-c", SERVES], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        address = ("127.0.0.1", int(other.stdout.readline()))
        with guarded() as ledger, pytest.raises(NetworkBlocked):
            socket.create_connection(address)
        assert tried(ledger) == [(*address, "connect")]
        for allowed in ("localhost", "127.0.0.1", "LOCALHOST."):
            with guarded(allowed) as ledger:
                socket.create_connection(address).close()
            assert not ledger.findings
        other.communicate("\n")


def test_pairs_and_unix_sockets_are_free(tmp_path):
    """They do not leave the machine."""
    with guarded() as ledger:
        for end in socket.socketpair():
            end.close()
        with closing(socket.socket(socket.AF_UNIX)) as server, closing(socket.socket(socket.AF_UNIX)) as client:
            server.bind(str(tmp_path / "s"))
            server.listen()
            client.connect(str(tmp_path / "s"))
    assert not ledger.findings


def test_looking_up_this_machine_or_an_address_is_free():
    """Nobody has to be asked for them; connecting is still looked at."""
    with guarded() as ledger:
        for host in ("localhost", "127.0.0.1", "::1", None, "192.0.2.1", socket.gethostname()):
            with suppress(socket.gaierror):
                socket.getaddrinfo(host, 80)
        socket.getfqdn("127.0.0.1")
    assert not ledger.findings


def test_an_allowed_name_allows_what_it_resolves_to(monkeypatch):
    """Clients connect to addresses: those that the allowed name was resolved to are allowed with it, and no others."""
    reached = []
    monkeypatch.setattr(socket, "getaddrinfo", lambda host, port, *_: [(2, 1, 6, "", ("192.0.2.7", port))])
    monkeypatch.setattr(socket.socket, "connect", lambda sock, address: reached.append(address), raising=False)
    with guarded("Good.test") as ledger:
        socket.create_connection(("good.test", 80)).close()
        with pytest.raises(NetworkBlocked):
            connect("connect")
    assert reached == [("192.0.2.7", 80)]
    assert tried(ledger) == [(*FAR, "connect")]


LOCAL = {
    "localhost": True,
    "api.localhost": True,
    "127.0.0.1": True,
    "127.9.9.9": True,
    "0.0.0.0": True,
    "::": True,
    "::1": True,
    "::ffff:127.0.0.1": True,
    "": True,
    "::ffff:8.8.8.8": False,
    "127.0.0.1.evil.test": False,
    "localhost.evil.test": False,
    "10.0.0.1": False,
    "8.8.8.8": False,
}


@pytest.mark.parametrize("host", LOCAL)
def test_this_machine_is_known_by_address_not_by_the_look_of_a_name(host):
    """A name that begins like a loopback address is not one."""
    assert LOCAL[host] == is_local(host)


def test_closing_leaves_no_trace():
    """Every attribute is the original, and a stand-in that somebody kept calls it."""
    names = ("connect", "connect_ex", "sendto", "sendmsg", "listen")
    before = [vars(socket.socket).get(name) for name in names], socket.getaddrinfo, socket.gethostbyname, socket.gethostbyaddr
    with guarded() as ledger:
        kept = socket.getaddrinfo
    assert before == (
        [vars(socket.socket).get(name) for name in names],
        socket.getaddrinfo,
        socket.gethostbyname,
        socket.gethostbyaddr,
    )
    assert kept("localhost", 80)
    with suppress(OSError):
        kept("far.invalid", 80)
    assert not ledger.findings


def test_a_swallowed_refusal_still_fails_the_test():
    """The verdict comes from the ledger."""
    harness = Harness()
    harness.open()
    try:
        _swallow(lambda: connect("connect"))
        with pytest.raises(AssertionError, match=r"network-attempted: something tried to connect 192\.0\.2\.1:80"):
            harness.judge()
    finally:
        harness.close()
