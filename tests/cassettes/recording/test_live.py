"""From a real server through real clients into a file, and back with the server closed."""

from __future__ import annotations

import asyncio
import gc
import json
import ssl
import warnings
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest
from conformance.origin import Origin

from autogen_harness.cassettes import load
from autogen_harness.cassettes.recording.modes import Recording
from autogen_harness.errors import HarnessFailure
from autogen_harness.harness import Harness
from autogen_harness.model import HttpReply, HttpRequest
from autogen_harness.settings import Settings

requests = pytest.importorskip("requests")
aiohttp = pytest.importorskip("aiohttp")
brotli = pytest.importorskip("brotli")
trustme = pytest.importorskip("trustme")

MANY = 100


class AnyOrigin(Origin):
    """The origin of the battery, also over TLS, and with pages in brotli."""

    def __init__(self, tls=None):
        self._tls = tls
        super().__init__()
        self.url = self.url.replace("http:", "https:") if tls else self.url

    def _serve(self, connection):
        with suppress(OSError):
            super()._serve(self._tls.wrap_socket(connection, server_side=True) if self._tls else connection)

    def close(self):
        """Safe to call twice."""
        if not self._stop.is_set():
            super().close()

    def _brotli(self, connection, *_):
        body = brotli.compress(b'{"packed": true}')
        head = (
            f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Encoding: br\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        connection.sendall(head.encode() + body)
        return True

    def _lingering(self, connection, method, *_):
        self._json_page(connection, method, {})
        self._stop.wait(20)
        return False


@pytest.fixture(scope="module")
def authority():
    return trustme.CA()


@pytest.fixture(scope="module")
def trust(authority, tmp_path_factory):
    """The file with the certificate of the test's own authority."""
    path = tmp_path_factory.mktemp("trust") / "ca.pem"
    authority.cert_pem.write_to_path(path)
    return str(path)


@pytest.fixture(params=["http", "https"])
def origin(request, authority):
    context = None
    if request.param == "https":
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert("127.0.0.1").configure_cert(context)
    server = AnyOrigin(context)
    yield server
    server.close()


@pytest.fixture
def run(tmp_path):
    """Run a program in a test of its own, which records or plays, and is judged; returns what the program saw."""

    def run(program, mode=None, **settings):
        rules = Recording(own="it/live", forced=mode)
        allowed = Settings(allow_hosts=("127.0.0.1",), cassettes="kept", **settings)
        with Harness(settings=allowed, root=tmp_path, recording=rules) as harness:
            _ = harness.http
            return program()  # and the verdict is green

    return run


def seen_of(reply):
    return reply.status_code, reply.reason, list(reply.headers.items()), reply.content


PAGES = ["/json", "/odd-json", "/gzip", "/deflate", "/brotli", "/chunks", "/found", "/bin", "/large", "/empty", "/slow"]
BROKEN = ["/cut", "/reset", "/closed", "/stalled"]


def program_of_requests(origin, trust):
    """Pages, redirects with cookies, retries and failures, in one session."""

    def get(session, path):
        try:
            return seen_of(session.get(origin.url + path, timeout=0.6 if path == "/stalled" else 20, verify=trust))
        except requests.RequestException as error:
            return type(error).__name__

    def program():
        origin.reset()
        with requests.Session() as session:
            policy = requests.adapters.Retry(3, status_forcelist=[503], backoff_factor=0.01, respect_retry_after_header=False)
            session.mount(f"{origin.url}/flaky", requests.adapters.HTTPAdapter(max_retries=policy))
            told = session.post(f"{origin.url}/echo", json={"text": "caf\u00e9"}, timeout=5, verify=trust).json()
            paths = (*PAGES, "/flaky", *BROKEN, "/seq", "/seq")
            return {"/echo": told, **{f"{number} {path}": get(session, path) for number, path in enumerate(paths)}}

    return program


def differing(seen, live):
    """What a program saw that it does not see live."""
    return {name: (seen[name], live[name]) for name in live if seen[name] != live[name]}


def test_what_requests_sees_is_the_same_live_recorded_and_replayed(origin, trust, run, tmp_path):
    """Codings, chunks, redirects, slow and broken answers; each attempt of a retry is there, and nothing is sent twice."""
    program = program_of_requests(origin, trust)
    live = program()
    assert differing(run(program, "once"), live) == {}
    hits = list(origin.hits)
    origin.close()
    assert differing(run(program), live) == {}
    origin.hits[:] = hits
    made = load(tmp_path / "kept/it/live.json").interactions
    sent = [f"{one.request.method} /{one.request.url.split('/', 3)[3]}" for one in made]
    assert sent == hits
    assert sent.count("GET /flaky") == 3
    assert {one.recorded.host for one in made} == {"127.0.0.1"}
    assert all(one.timing.total >= one.timing.first_byte >= 0 for one in made)


def get_all_in_threads(origin, trust):
    def get(number):
        with requests.Session() as session:
            return session.get(f"{origin.url}/echo?n={number}", timeout=30, verify=trust).json()["target"]

    def program():
        with ThreadPoolExecutor(20) as pool:
            return list(pool.map(get, range(MANY)))

    return program


def get_all_in_tasks(origin, trust):
    async def gather():
        context = ssl.create_default_context(cafile=trust)
        connector = aiohttp.TCPConnector(ssl=context, limit=30)
        async with aiohttp.ClientSession(connector=connector, timeout=aiohttp.ClientTimeout(30)) as session:

            async def get(number):
                async with session.get(f"{origin.url}/echo?n={number}") as reply:
                    return (await reply.json())["target"]

            return await asyncio.gather(*map(get, range(MANY)))

    return lambda: asyncio.run(gather())


@pytest.mark.parametrize("make", [get_all_in_threads, get_all_in_tasks])
def test_a_hundred_requests_at_a_time_are_neither_lost_nor_crossed(origin, trust, run, tmp_path, make):
    """From threads and from tasks: each with its own answer, once, live as on replay."""
    expected = [f"/echo?n={number}" for number in range(MANY)]
    program = make(origin, trust)
    assert run(program, "all") == expected
    made = load(tmp_path / "kept/it/live.json").interactions
    assert sorted(one.request.url.removeprefix(origin.url) for one in made) == sorted(expected)
    assert all(json.loads(one.outcome.body)["target"] == one.request.url.removeprefix(origin.url) for one in made)
    origin.close()
    assert run(program) == expected


def test_nothing_stays_open_where_the_server_does_not_say_goodbye(origin, trust, run):
    """The loop may end with the answer: the real connection is closed by then, over TLS too."""

    async def get():
        connector = aiohttp.TCPConnector(ssl=ssl.create_default_context(cafile=trust))
        async with aiohttp.ClientSession(connector=connector) as session, session.get(f"{origin.url}/lingering") as reply:
            return await reply.json()

    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        assert run(lambda: asyncio.run(get()), "once") == {}
        gc.collect()
    assert [str(one.message) for one in told if issubclass(one.category, ResourceWarning)] == []


def test_a_host_that_is_not_allowed_is_refused_and_the_message_says_which_setting(run):
    """Recording opens nothing by itself; what was refused is not in the cassette, and the report says so."""

    def program():
        with suppress(Exception):
            requests.get("http://service.invalid/x", timeout=5)

    with pytest.raises(HarnessFailure) as failure:
        run(program, "once")
    assert {finding.rule for finding in failure.value.findings} == {"network-attempted"}
    assert "harness_allow_hosts = service.invalid" in str(failure.value)
    assert "recording: not recorded, because the sending was refused or cancelled: GET http://service.invalid/x" in str(
        failure.value
    )


@pytest.mark.parametrize("origin", ["http"], indirect=True)
def test_verify_meets_the_live_service_and_tells_drift(origin, trust, run, tmp_path):
    """Through a real client: the test of an unchanged service is green, that of a changed one is not."""

    def program():
        return requests.get(f"{origin.url}/json", timeout=5).json()

    run(program, "once")
    assert run(program, "verify") == {"a": "\u00e9", "price": 1.1}
    path = tmp_path / "kept/it/live.json"
    path.write_text(path.read_text(encoding="utf-8").replace('\\"price\\": 1.10', '\\"price\\": \\"1\\"'), encoding="utf-8")
    with pytest.raises(HarnessFailure, match=r"http-drifted(?s:.*)shape body.price") as failure:
        run(program, "verify")
    assert 'now "number"' in str(failure.value)


def test_the_watchdog_does_not_take_a_slow_service_for_a_hang(tmp_path):
    """What it looks at stands still while a request is on its way."""
    with Harness(root=tmp_path, recording=Recording(own="it/live", forced="once")) as harness:
        live = harness.http.answer(HttpRequest("GET", "http://service.invalid/"))
        harness.ledger._last -= 60
        assert harness.quiet_seconds() == 0
        live.came(HttpReply(200), 60, 60)
        harness.ledger._last -= 60
        assert harness.quiet_seconds() >= 60
