"""The same program against a real server and against cassettes: no difference that a program could see."""

from __future__ import annotations

import re

import pytest
import requests


def described(error):
    """An exception by its type, the types inside it, and its text without addresses and times."""
    inner = [type(part).__name__ for part in error.args]
    reason = getattr(error.args[0] if error.args else None, "reason", None)
    return type(error).__name__, inner, type(reason).__name__, re.sub(r"object at 0x\w+|<.*?>", "", str(error))


def seen(ask):
    """What a program gets to see of an answer."""
    try:
        return ask()
    except requests.RequestException as error:
        return described(error)


def session():
    made = requests.Session()
    made.trust_env = False
    return made


def after(url):
    """What a session knows after the request."""
    one = session()
    one.get(url)
    return sorted(one.cookies.get_dict().items())


def hooked(url):
    statuses = []
    session().get(url, hooks={"response": lambda answer, **_: statuses.append(answer.status_code)})
    return statuses


def redirected(answer):
    return (
        [one.status_code for one in answer.history],
        answer.url.rpartition("/")[2],
        answer.request.method,
        answer.request.body,
    )


def of(path, look, method="GET"):
    """Ask for a path and look at the answer."""
    return lambda url: look(session().request(method, url + path, allow_redirects=True))


PROBES = {
    "status line": of("/teapot", lambda a: (a.status_code, a.reason, a.ok, a.url)),
    "headers": lambda u: list(session().get(u + "/json").headers.items()),
    "json and text": of("/json", lambda a: (a.json(), a.text, a.encoding, a.content)),
    "another content type": lambda u: session().get(u + "/script").json(),
    "no json": lambda u: session().get(u + "/page").json(),
    "latin-1": of("/latin", lambda a: (a.encoding, a.text)),
    "raise_for_status": lambda u: session().get(u + "/error").raise_for_status(),
    "retry-after": lambda u: session().get(u + "/error").headers["retry-after"],
    "no content": of("/empty", lambda a: (a.status_code, a.content, list(a.headers.items()))),
    "head": of("/bin", lambda a: (a.content, a.headers["content-length"]), "HEAD"),
    "head of gzip": of("/gzip", lambda a: (a.content, dict(a.headers)), "HEAD"),
    "binary": lambda u: session().get(u + "/bin").content,
    "big": lambda u: len(session().get(u + "/big").content),
    "gzip": of("/gzip", lambda a: (a.json(), dict(a.headers))),
    "raw gzip": lambda u: session().get(u + "/gzip", stream=True).raw.read(),
    "chunked": of("/chunks", lambda a: (a.text, dict(a.headers))),
    "lines of a stream": lambda u: list(session().get(u + "/chunks", stream=True).iter_lines()),
    "pieces of a stream": lambda u: [len(piece) for piece in session().get(u + "/bin", stream=True).iter_content(400)],
    "raw read": lambda u: session().get(u + "/bin", stream=True).raw.read(10),
    "cookies of an answer": lambda u: sorted(session().get(u + "/cookies").cookies.get_dict().items()),
    "cookies of a session": lambda u: after(u + "/cookies"),
    "cookie of a redirect": lambda u: after(u + "/found"),
    "repeated header": lambda u: session().get(u + "/cookies").headers["x-m"],
    "redirect": lambda u: redirected(session().get(u + "/found")),
    "redirect of a post": lambda u: redirected(session().post(u + "/found", json={"a": 1})),
    "redirect that keeps the post": lambda u: redirected(session().post(u + "/again", json={"a": 1})),
    "redirect of an iterator": lambda u: session().post(u + "/found", data=iter([b"a", b"b"])).status_code,
    "redirect not followed": lambda u: session().get(u + "/found", allow_redirects=False).headers["location"],
    "redirect in a circle": lambda u: session().get(u + "/loop"),
    "redirect without a place": lambda u: session().get(u + "/nowhere").status_code,
    "hook": lambda u: hooked(u + "/json"),
    "request kept": lambda u: session().post(u + "/json", json={"a": 1}, headers={"X-B": "2"}).request.body,
    "read timeout": lambda u: session().get(u + "/silent", timeout=0.15),
    "read timeout of a pair": lambda u: session().get(u + "/silent", timeout=(3, 0.15)),
    "reset": lambda u: session().get(u + "/reset"),
    "cut": lambda u: session().get(u + "/cut").content,
    "cut while streaming": lambda u: list(session().get(u + "/cut", stream=True).iter_content(2)),
}


@pytest.fixture(scope="module")
def live(origin):
    """What the real server shows."""
    return {name: seen(lambda probe=probe: probe(origin.url)) for name, probe in PROBES.items()}


@pytest.mark.parametrize("name", PROBES)
def test_requests_sees_what_it_sees_live(name, live, replayed, origin):
    """Values, and exceptions by type and text, are those of the real server."""
    assert seen(lambda: PROBES[name](origin.url)) == live[name]
    assert replayed.ledger.findings == []


def test_requests_waits_for_a_connection_as_it_does_live(origin, request):
    """A server that never accepts is a connect timeout, of a pair as of a number."""
    origin.stuff()
    outcomes = [seen(lambda: session().get(origin.deaf + "/", timeout=(0.15, 9)))]
    request.getfixturevalue("replayed")
    outcomes.append(seen(lambda: session().get(origin.deaf + "/", timeout=(0.15, 9))))
    assert outcomes[0][0] == "ConnectTimeout"
    assert outcomes[1] == outcomes[0]
