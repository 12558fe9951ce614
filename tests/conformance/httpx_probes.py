"""What programs do with httpx and httpx2, each as a function of the origin's URL. Knows nothing of who answers.

A probe is written once, as a coroutine: with a synchronous client nothing in it really waits.
"""

from __future__ import annotations

import asyncio
import importlib
import socket
import ssl
from contextlib import asynccontextmanager

CONTEXT = ssl.create_default_context()
"""Made once: it reads every authority that there is."""

with socket.create_server(("127.0.0.1", 0)) as taken:
    NOWHERE = f"http://127.0.0.1:{taken.getsockname()[1]}"


class Client:
    """A client of either kind, with one surface."""

    def __init__(self, module, kind, options):
        self.module = importlib.import_module(module)
        self.waits = kind == "async"
        self.real = (self.module.AsyncClient if self.waits else self.module.Client)(verify=CONTEXT, **options)

    async def _done(self, value):
        return await value if self.waits else value

    async def ask(self, method, url, **options):
        return await self._done(self.real.request(method, url, **options))

    async def send(self, request, **options):
        return await self._done(self.real.send(request, **options))

    @asynccontextmanager
    async def stream(self, method, url, **options):
        answer = await self.send(self.real.build_request(method, url, **options), stream=True)
        try:
            yield answer
        finally:
            await self._done(answer.aclose() if self.waits else answer.close())

    async def read(self, answer):
        return await self._done(answer.aread() if self.waits else answer.read())

    async def every(self, answer, how, *args):
        if not self.waits:
            return list(getattr(answer, f"iter_{how}")(*args))
        return [piece async for piece in getattr(answer, f"aiter_{how}")(*args)]

    async def close(self):
        await self._done(self.real.aclose() if self.waits else self.real.close())


def _run(coroutine, waits):
    if waits:
        return asyncio.run(coroutine)
    try:
        coroutine.send(None)
    except StopIteration as done:
        return done.value


def probed(probe, module, kind, **options):
    """A function of a URL that runs a probe with a client of its own."""

    async def run(url):
        client = Client(module, kind, {name: make(url) if callable(make) else make for name, make in options.items()})
        try:
            return await probe(client, url)
        finally:
            await client.close()

    return lambda url: _run(run(url), kind == "async")


def of(path, look, method="GET", client=None, **options):
    """A probe that looks at one answer."""

    async def probe(one, url):
        return look(await one.ask(method, url + path, **options))

    return probe, client or {}


def streamed(path, how, *args, look=lambda pieces: pieces, **options):
    """A probe that reads a stream in one way."""

    async def probe(one, url):
        async with one.stream("GET", url + path, **options) as answer:
            return answer.status_code, look(await one.every(answer, how, *args))

    return probe, {}


def line(answer):
    shown = answer.status_code, answer.reason_phrase, answer.http_version, answer.is_success, answer.url.raw_path
    return shown, answer.elapsed.total_seconds() >= 0


def heads(answer):
    return answer.headers.multi_items(), answer.headers.raw, answer.headers.get_list("x-m")


def extensions(answer):
    return answer.extensions["http_version"], answer.extensions["reason_phrase"], sorted(answer.extensions)


def text(answer):
    return answer.text, answer.encoding, answer.charset_encoding, answer.content


def parsed(answer):
    return answer.json(), dict(answer.headers)


def echoed(answer):
    return answer.json()


def chain(answer):
    history = [(one.status_code, one.url.path, one.request.method) for one in answer.history]
    return history, answer.url.raw_path, answer.request.method, answer.text, answer.has_redirect_location


def next_one(answer):
    return answer.status_code, answer.is_redirect, answer.next_request and answer.next_request.url.path


def cookies(answer):
    return sorted(answer.cookies.items())


def raises(answer):
    return answer.raise_for_status()


async def jar(one, url):
    await one.ask("GET", url + "/cookies")
    return echoed(await one.ask("GET", url + "/whoami")), sorted(one.real.cookies.items())


async def sequence(one, url):
    return [(await one.ask("GET", url + "/seq")).json() for _ in range(3)]


async def closed_early(one, url):
    async with one.stream("GET", url + "/large") as answer:
        seen = answer.is_closed, answer.is_stream_consumed
    return seen, answer.is_closed


async def read_twice(one, url):
    async with one.stream("GET", url + "/json") as answer:
        first = await one.read(answer)
        return first, await one.read(answer), await one.every(answer, "bytes")


async def read_after_close(one, url):
    async with one.stream("GET", url + "/json") as answer:
        pass
    return await one.read(answer)


def with_hooks(module, kind):
    """The hooks of a client are of its kind."""

    def probe(url):
        seen = []

        async def awaited(told):
            seen.append((type(told).__name__, told.url.path, getattr(told, "status_code", None)))

        def called(told):
            _run(awaited(told), waits=False)

        hook = awaited if kind == "async" else called

        async def ask(one, url):
            await one.ask("GET", url + "/found", follow_redirects=True)
            return seen

        return probed(ask, module, kind, event_hooks={"request": [hook], "response": [hook]})(url)

    return probe


async def several_bodies(one, url):
    async def pieces():
        yield b"one "
        yield b"two"

    content = pieces() if one.waits else iter([b"one ", b"two"])
    return echoed(await one.ask("POST", url + "/echo", content=content))


async def in_time(one, url):
    return (await one.ask("GET", url + "/slow", timeout=5)).json()


async def based(one, _url):
    return line(await one.ask("GET", "/json"))


async def refused(one, _url):
    return (await one.ask("GET", NOWHERE)).status_code


async def requests_of_errors(one, url):
    try:
        await one.ask("GET", url + "/closed")
    except one.module.RemoteProtocolError as error:
        return error.request.method, error.request.url.path, str(error), type(error.__cause__).__name__


async def retried(one, _url):
    return (await one.ask("GET", NOWHERE)).status_code


async def unknown_host(one, _url):
    return (await one.ask("GET", "http://no-such-host.invalid/")).status_code


async def no_tls(one, url):
    return (await one.ask("GET", url.replace("http:", "https:") + "/json")).status_code


async def together(one, url):
    if not one.waits:
        return "there is only one at a time"
    answers = await asyncio.gather(*(one.ask("POST", url + "/echo", json={"n": number}) for number in range(20)))
    return [answer.json()["body"] for answer in answers]


async def traced(one, url):
    """Steps of the core, but for those of a pool."""
    seen = []

    async def awaited(name, _info):
        seen.append(name)

    def called(name, _info):
        seen.append(name)

    await one.ask("GET", url + "/json", extensions={"trace": awaited if one.waits else called})
    return [name for name in seen if not name.startswith("connection.close")]


SHARED = {
    "status line": of("/teapot", line),
    "no reason": of("/no-reason", line),
    "a query of the URL and parameters": of("/json", line, params={"a": "x y", "c": "é"}),
    "headers": of("/cookies", heads),
    "a header beyond ASCII": of("/utf8-header", heads),
    "extensions": of("/json", extensions),
    "json": of("/json", parsed),
    "json as it was written": of("/odd-json", text),
    "json of html": of("/page", echoed),
    "json of an empty body": of("/nothing", echoed),
    "a byte order mark": of("/bom", echoed),
    "text in latin-1": of("/latin", text),
    "no kind of content": of("/no-type", text),
    "no content": of("/empty", text),
    "not modified": of("/unchanged", text),
    "head": of("/bin", heads, "HEAD"),
    "options": of("/echo", echoed, "OPTIONS"),
    "binary": of("/bin", lambda answer: answer.content),
    "large": of("/large", lambda answer: answer.content),
    "gzip": of("/gzip", parsed),
    "deflate": of("/deflate", text),
    "chunks": of("/chunks", text),
    "until the connection ends": of("/until-closed", text),
    "HTTP/1.0": of("/old", line),
    "raw stream": streamed("/gzip", "raw", look=b"".join),
    "stream of bytes": streamed("/gzip", "bytes", look=b"".join),
    "pieces of one size": streamed("/bin", "bytes", 400, look=lambda pieces: [len(piece) for piece in pieces]),
    "lines": streamed("/chunks", "lines"),
    "stream of text": streamed("/latin", "text", look="".join),
    "closed early": (closed_early, {}),
    "read twice": (read_twice, {}),
    "read after close": (read_after_close, {}),
    "cookies": of("/cookies", cookies),
    "the jar": (jar, {}),
    "cookies of the client": of("/whoami", echoed, client={"cookies": {"k": "v"}}),
    "raise_for_status": of("/missing", raises),
    "raise_for_status of a redirect": of("/found", raises),
    "a redirect not followed": of("/found", next_one),
    "a redirect": of("/found", chain, follow_redirects=True),
    "a redirect of a post": of("/moved", chain, "POST", json={"a": 1}, follow_redirects=True),
    "a redirect that keeps the post": of("/again", chain, "POST", json={"a": 1}, follow_redirects=True),
    "a redirect in a circle": of("/loop", chain, follow_redirects=True),
    "a redirect to nowhere": of("/nowhere", chain, follow_redirects=True),
    "links": of("/linked", lambda answer: answer.links),
    "a base": (based, {"base_url": lambda url: url}),
    "headers of the client": of("/echo", echoed, client={"headers": {"X-Sent": "1"}}),
    "credentials": of("/echo", echoed, auth=("user", "pass")),
    "json sent": of("/echo", echoed, "POST", json={"a": [1, "é"]}),
    "a form sent": of("/echo", echoed, "POST", data={"a": "1", "b": "é"}),
    "bytes sent": of("/echo", echoed, "PUT", content=b"\x00\xff"),
    "nothing sent": of("/echo", echoed, "POST"),
    "a file sent": of(
        "/echo",
        echoed,
        "POST",
        files={"f": ("f.txt", b"file", "text/plain")},
        headers={"Content-Type": "multipart/form-data; boundary=bound"},
    ),
    "a stream sent": (several_bodies, {}),
    "the same again": (sequence, {}),
    "twenty at once": (together, {}),
    "steps of the core": (traced, {}),
    "slow, in time": (in_time, {}),
    "a read timeout": of("/silent", line, timeout=0.15),
    "a read timeout within a body": of("/stalled", line, timeout=0.15),
    "reset": of("/reset", line),
    "reset within a body": of("/reset-later", line),
    "closed": of("/closed", line),
    "the request of an error": (requests_of_errors, {}),
    "cut": of("/cut", line),
    "cut chunks": of("/cut-chunks", line),
    "no HTTP": of("/garbage", line),
    "refused": (refused, {}),
    "an unknown host": (unknown_host, {}),
    "no TLS where it is wanted": (no_tls, {}),
}


def probes(module):
    """The probes of a module, with clients of both kinds."""
    found = {}
    for kind in ("sync", "async"):
        for name, (probe, options) in SHARED.items():
            found[f"{kind}: {name}"] = probed(probe, module, kind, **options)
        found[f"{kind}: hooks"] = with_hooks(module, kind)
        found[f"{kind}: retries"] = retries(module, kind)
    return found


def retries(module, kind):
    """A transport that tries to connect again."""

    def probe(url):
        client = importlib.import_module(module)
        transport = (client.AsyncHTTPTransport if kind == "async" else client.HTTPTransport)(verify=CONTEXT, retries=1)
        return probed(retried, module, kind, transport=transport)(url)

    return probe
