"""Programs that are not Python and are started by a test: they ask through a proxy, which the test's player answers."""

from __future__ import annotations

import base64
import json
import shutil
import socket
import subprocess
import sys
import threading
from urllib.parse import urlsplit

import pytest
from conformance.origin import Origin

from autogen_harness import fault
from autogen_harness.cassettes import load
from autogen_harness.cassettes.recording.modes import Recording
from autogen_harness.harness import Harness
from autogen_harness.model import HttpExchange
from autogen_harness.settings import Settings

URL = "http://parcels.test/v1/labels"
LATER = "once something has come"
NAMES = ["http_proxy", "HTTPS_PROXY", "ALL_PROXY", "no_proxy"]


@pytest.fixture
def parcels(tmp_path):
    """A harness whose folder holds one cassette, of a service without TLS."""
    answers = [
        {"request": {"method": "GET", "url": URL}, "outcome": {"response": {"status": 200, "body": {"json": {"label": "é"}}}}},
        {
            "request": {"method": "POST", "url": URL, "body": {"json": {"to": "Rome"}}},
            "outcome": {"response": {"status": 201, "headers": [["Location", "/v1/labels/1"]]}},
        },
    ]
    (tmp_path / "parcels.json").write_text(json.dumps({"format": "autogen-harness-cassette/1", "interactions": answers}))
    with Harness(settings=Settings(cassettes=str(tmp_path))) as harness:
        yield harness


def environment(command=("env", "-0")):
    """What a program finds in its environment."""
    out = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return dict(line.partition("=")[::2] for line in out.split("\0") if line)


class Program:
    """What curl does, without curl: one request to the proxy of its environment."""

    def __init__(self):
        self.proxy = urlsplit(environment()["http_proxy"])

    def says(self, *pieces, user=None):
        word = base64.b64encode((user or f"{self.proxy.username}:{self.proxy.password}").encode()).decode()
        with socket.create_connection((self.proxy.hostname, self.proxy.port), timeout=20) as sock:
            told = b""
            for piece in pieces:
                if piece is LATER:
                    told += sock.recv(65536)
                else:
                    sock.sendall(piece.replace("PROXY", f"Proxy-Authorization: Basic {word}").encode())
            return (told + b"".join(iter(lambda: sock.recv(65536), b""))).decode()


def test_a_program_finds_a_proxy_and_python_does_not(harness):
    """Python asks in its own way, also where such a program starts it; servers of this machine are reached as ever."""
    _ = harness.http
    show = f"import os; print('\\0'.join(f'{{k}}={{os.environ.get(k)}}' for k in {NAMES}), end='')"
    found = environment()

    assert [found["http_proxy"]] * 3 == [found[name] for name in NAMES[:3]]
    assert "127.0.0.1" in found["no_proxy"]
    none = dict.fromkeys(NAMES, "None")
    assert [none, none] == [
        environment([sys.executable, "-c", show]),
        environment(["sh", "-c", f'{sys.executable} -c "{show}"']),
    ]


def test_what_a_program_asks_is_answered_by_the_test(parcels):
    """A GET, and a POST in chunks whose body is compared; each is in the ledger, without what is meant for proxies."""
    parcels.http.play("parcels")
    program = Program()
    got = program.says(f"GET {URL} HTTP/1.1\r\nHost: parcels.test\r\nPROXY\r\n\r\n")
    posted = program.says(
        f"POST {URL} HTTP/1.1\r\nHost: parcels.test\r\nPROXY\r\nContent-Type: application/json\r\n",
        "Transfer-Encoding: chunked\r\n\r\n",
        '6\r\n{"to":\r\n9\r\n "Rome" }\r\n0\r\n\r\n',
    )

    assert ("200", '{"label":"é"}') == (got.split()[1], got.rpartition("\r\n\r\n")[2])
    assert "HTTP/1.1 201" in posted
    assert "Location: /v1/labels/1" in posted
    sent = [name.lower() for one in parcels.ledger.of(HttpExchange) for name, _ in one.request.headers]
    assert not [name for name in sent if name.startswith("proxy")]


def test_what_no_cassette_answers_is_refused_and_found(parcels):
    """The program reads why, and the test is red whatever the program makes of it."""
    _ = parcels.http
    told = Program().says("GET http://nowhere.test/x HTTP/1.1\r\nPROXY\r\n\r\n")

    assert told.startswith("HTTP/1.1 502")
    assert "no cassette answers GET http://nowhere.test/x" in told
    parcels.expect("http-unmatched", host="nowhere.test")


def test_tls_is_refused_and_found(harness):
    """It ends in the program, so that nobody else can answer it."""
    _ = harness.http
    told = Program().says("CONNECT bank.test:443 HTTP/1.1\r\nPROXY\r\n\r\n")

    assert told.startswith("HTTP/1.1 502")
    harness.expect("network-attempted", host="bank.test", port=443)


def test_a_server_of_the_test_is_reached_through_the_tunnel(harness):
    """What may be reached may be: the bytes go both ways until one side ends."""
    server = socket.create_server(("127.0.0.1", 0))

    def echo():
        peer, _ = server.accept()
        with peer:
            peer.sendall(peer.recv(100).upper())

    thread = threading.Thread(target=echo)
    thread.start()
    _ = harness.http
    told = Program().says(f"CONNECT 127.0.0.1:{server.getsockname()[1]} HTTP/1.1\r\nPROXY\r\n\r\n", LATER, "hello")
    thread.join()
    server.close()
    assert told.endswith("established\r\n\r\nHELLO")


@pytest.mark.parametrize("user", ["0:guess", "-1:x", "99:x", "nonsense"])
def test_strangers_are_asked_who_they_are(parcels, user):
    """Another program of this machine gets no answer, and uses none up."""
    parcels.http.play("parcels#1")
    program = Program()
    assert program.says(f"GET {URL} HTTP/1.1\r\nPROXY\r\n\r\n", user=user).startswith("HTTP/1.1 407")
    assert program.says(f"GET {URL} HTTP/1.1\r\n\r\n").startswith("HTTP/1.1 407")
    parcels.expect("http-unplayed")


def test_programs_belong_to_the_scope_that_starts_them(parcels):
    """As processes of Python do."""
    with parcels.http.scope():
        parcels.http.play("parcels#1")
        inside = Program()
    outside = Program()

    assert outside.says(f"GET {URL} HTTP/1.1\r\nPROXY\r\n\r\n").startswith("HTTP/1.1 502")
    assert inside.says(f"GET {URL} HTTP/1.1\r\nPROXY\r\n\r\n").startswith("HTTP/1.1 200")
    parcels.expect("http-unmatched")


def test_faults_reach_a_program(parcels):
    """A reset is one, and a slow reply costs virtual seconds."""
    parcels.http.play("parcels#1", fault=fault.connection_reset())
    with pytest.raises(ConnectionResetError):
        Program().says(f"GET {URL} HTTP/1.1\r\nPROXY\r\n\r\n")

    parcels.http.play("parcels#1", fault=fault.slow(30))
    assert Program().says(f"GET {URL} HTTP/1.1\r\nPROXY\r\n\r\n").startswith("HTTP/1.1 200")
    assert 30 == parcels.clock.elapsed


def test_what_a_program_asks_is_recorded(tmp_path):
    """From a real server into the test's cassette, once the host may be reached."""
    origin = Origin()
    recording = Recording(own="it/program", forced="once")
    settings = Settings(cassettes=str(tmp_path), allow_hosts=("127.0.0.1",))
    with Harness(settings=settings, recording=recording) as harness:
        _ = harness.http
        told = Program().says(f"GET {origin.url}/json HTTP/1.1\r\nHost: x\r\nPROXY\r\n\r\n")
    origin.close()

    (kept,) = load(tmp_path / "it" / "program.json").interactions
    assert told.startswith("HTTP/1.1 200")
    assert f"{origin.url}/json" == kept.request.url


@pytest.mark.parametrize("program", ["curl", "wget"])
def test_real_programs_heed_the_proxy(parcels, program):
    """With what they send by themselves; two schemes."""
    if shutil.which(program) is None:
        pytest.skip(f"{program} is not installed")
    options = {"curl": ["-sS"], "wget": ["-q", "-O-", "--tries=1"]}[program]
    parcels.http.play("parcels#1")
    plain = subprocess.run([program, *options, URL], capture_output=True, text=True, check=False)
    subprocess.run([program, *options, "https://bank.test/"], capture_output=True, check=False)

    assert {"label": "é"} == json.loads(plain.stdout)
    parcels.expect("network-attempted", host="bank.test")
