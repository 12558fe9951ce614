"""What programs do with http.client and urllib, each as a function of the origin's URL. Knows nothing of who answers."""

from __future__ import annotations

import http.client
import http.cookiejar
import json
import socket
import urllib.error
import urllib.parse
import urllib.request

with socket.create_server(("127.0.0.1", 0)) as _taken:
    NOBODY = f"http://127.0.0.1:{_taken.getsockname()[1]}"
SHORT = 0.15
NO_PROXY = urllib.request.ProxyHandler({})


def opener(*handlers):
    return urllib.request.build_opener(NO_PROXY, *handlers)


def of(path, look, data=None, *, headers=None, method=None, timeout=5):
    """A probe that looks at one answer of urllib."""

    def ask(url):
        request = urllib.request.Request(url + path, data() if callable(data) else data, headers or {}, method=method)
        with opener().open(request, timeout=timeout) as answer:
            return look(answer)

    return ask


def by_connection(path, look, method="GET", body=None, **options):
    """A probe that looks at one answer of http.client."""

    def ask(url):
        connection = http.client.HTTPConnection(urllib.parse.urlsplit(url).netloc, timeout=options.pop("timeout", 5))
        try:
            connection.request(method, path, body() if callable(body) else body, **options)
            return look(connection.getresponse())
        finally:
            connection.close()

    return ask


def whole(answer):
    return answer.status, answer.reason, answer.version, answer.getheaders(), answer.read(), answer.isclosed()


def refused(answer):
    try:
        answer()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.reason, error.headers.items(), error.read()
    return "it was not refused"


def reused(url):
    connection = http.client.HTTPConnection(urllib.parse.urlsplit(url).netloc, timeout=5)
    seen = []
    for path in ("/json", "/chunks", "/old", "/seq"):
        connection.request("GET", path)
        seen.append(connection.getresponse().read())
    connection.close()
    return seen


def hasty(url):
    connection = http.client.HTTPConnection(urllib.parse.urlsplit(url).netloc, timeout=5)
    connection.request("GET", "/json")
    try:
        connection.request("GET", "/json")
    finally:
        connection.close()


def cookies(url):
    jar = http.cookiejar.CookieJar()
    one = opener(urllib.request.HTTPCookieProcessor(jar))
    one.open(url + "/cookies", timeout=5).close()
    with one.open(url + "/whoami", timeout=5) as answer:
        return sorted(cookie.name for cookie in jar), json.load(answer)


PROBES = {
    "an answer": of("/json", lambda a: (a.status, a.msg, a.headers.items(), a.read(), a.url.rpartition("/")[2])),
    "lines": of("/chunks", list),
    "read in pieces": of("/bin", lambda a: [len(a.read(300)) for _ in range(5)]),
    "post": of("/echo", json.load, data=b"a=1"),
    "post of pieces": of("/echo", json.load, data=lambda: iter([b"a", b"b"]), method="POST"),
    "put with headers": of("/echo", json.load, b"x", headers={"X-Sent": "1"}, method="PUT"),
    "head": of("/bin", lambda a: (a.headers.items(), a.read()), method="HEAD"),
    "no content": of("/empty", lambda a: (a.status, a.read())),
    "gzip": of("/gzip", lambda a: (a.headers.items(), a.read())),
    "redirect": of("/found", lambda a: (a.url.rpartition("/")[2], a.read())),
    "redirect in a circle": of("/loop", lambda a: a.status),
    "refused": lambda url: refused(lambda: opener().open(url + "/missing", timeout=5)),
    "cookies": cookies,
    "silent": of("/silent", lambda a: a.read(), timeout=SHORT),
    "stalled": of("/stalled", lambda a: a.read(), timeout=SHORT),
    "reset": of("/reset", lambda a: a.read()),
    "reset in the body": of("/reset-later", lambda a: a.read()),
    "closed": of("/closed", lambda a: a.read()),
    "cut": of("/cut", lambda a: a.read()),
    "cut in a chunk": of("/cut-chunks", lambda a: a.read()),
    "no HTTP": of("/garbage", lambda a: a.read()),
    "nobody listens": lambda _: opener().open(NOBODY, timeout=5),
    "no such host": lambda _: opener().open("http://no-such-host.invalid/", timeout=5),
    "no TLS": lambda url: opener().open(url.replace("http:", "https:") + "/json", timeout=5),
    "client: an answer": by_connection("/json", whole),
    "client: chunks": by_connection("/chunks", whole),
    "client: until the end": by_connection("/until-closed", whole),
    "client: old version": by_connection("/old", whole),
    "client: header in utf-8": by_connection("/utf8-header", whole),
    "client: post": by_connection("/echo", whole, "POST", b"body"),
    "client: chunked post": by_connection("/echo", whole, "POST", lambda: iter([b"a", b"b"]), encode_chunked=True),
    "client: read into": by_connection("/json", lambda a: a.readinto(bytearray(7))),
    "client: reused": reused,
    "client: too hasty": hasty,
}
