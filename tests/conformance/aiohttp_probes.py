"""What programs do with aiohttp, each as a function of the origin's URL. Knows nothing of who answers."""

from __future__ import annotations

import asyncio
import io
import socket
import warnings
from contextlib import suppress

import aiohttp
from aiohttp import ClientTimeout

SHORT = ClientTimeout(sock_read=0.15)
NOBODY = socket.create_server(("127.0.0.1", 0))
NOWHERE = f"http://127.0.0.1:{NOBODY.getsockname()[1]}"
NOBODY.close()


def within(ask, **session):
    """A probe that runs ``ask(session, url)`` in a session and a loop of its own."""

    async def run(url):
        async with aiohttp.ClientSession(**{name: make() for name, make in session.items()}) as one:
            return await asyncio.wait_for(ask(one, url), 20)

    return lambda url: asyncio.run(run(url))


def of(path, look, method="GET", session=None, **options):
    """A probe that looks at one answer; options that are functions are called for each request."""

    async def ask(one, url):
        made = {name: value() if callable(value) else value for name, value in options.items()}
        async with one.request(method, url + path, **made) as answer:
            seen = look(answer)
            return await seen if asyncio.iscoroutine(seen) else seen

    return within(ask, **(session or {}))


def line(answer):
    return answer.status, answer.reason, answer.ok, answer.method, answer.url.path_qs, str(answer.version)


async def content(answer):
    return answer.status, await answer.read()


async def chain(answer):
    history = [(one.status, one.url.path, one.method) for one in answer.history]
    return history, answer.url.path_qs, answer.method, answer.status, await answer.text()


def heads(answer):
    names = [pair for pair in answer.headers.items() if pair[0].lower() != "content-length" or pair[1] != "0"]
    return names, answer.raw_headers, answer.headers.getall("x-m", None), type(answer.headers).__name__


def kinds(answer):
    return answer.content_type, answer.charset, answer.get_encoding(), answer.content_disposition


async def decoded(answer):
    return await answer.json(), dict(answer.headers)


async def lines(answer):
    return [one async for one in answer.content]


async def joined(answer):
    return b"".join([piece async for piece in answer.content.iter_any()])


async def four_hundred(answer):
    return [len(piece) async for piece in answer.content.iter_chunked(400)], await answer.content.read()


async def by_hand(answer):
    first = await answer.content.readline(), await answer.content.read(3)
    exact = await answer.content.readexactly(2)
    return first, exact, await answer.content.readuntil(b"2"), await answer.content.read(), answer.content.at_eof()


async def too_few(answer):
    try:
        await answer.content.readexactly(10_000)
    except asyncio.IncompleteReadError as error:
        return error.partial, error.expected


async def many_ways(answer):
    return await answer.read(), await answer.text(), await answer.json(), answer.closed, answer.connection


async def released(answer):
    answer.release()
    return await answer.read()


async def closed(answer):
    answer.close()
    return await answer.read()


async def half_read(answer):
    return await answer.content.read(10)


def found_cookies(answer):
    return sorted((name, morsel.value, morsel["path"]) for name, morsel in answer.cookies.items())


def links(answer):
    return [(key, str(link["url"].path_qs)) for key, link in answer.links.items()]


async def info(answer):
    sent = answer.request_info
    names = sorted(name.lower() for name in sent.headers)
    return sent.method, sent.url.path_qs, sent.real_url.fragment, names, sent.headers.get("X-Sent")


async def loaded(answer):
    return await answer.json(loads=lambda text: ("read", type(text).__name__, len(text)))


async def any_type(answer):
    return await answer.json(content_type=None)


async def checks(answer):
    if answer.status >= 500:
        message = f"own check: {answer.status}"
        raise ValueError(message)


def raises(answer):
    answer.raise_for_status()


def unsafe():
    """A jar that takes cookies from an address, since the origin has no name."""
    return aiohttp.CookieJar(unsafe=True)


async def jar(one, url):
    await (await one.get(url + "/cookies")).read()
    async with one.get(url + "/whoami") as answer:
        return sorted((cookie.key, cookie.value) for cookie in one.cookie_jar), await answer.json()


async def jar_of_redirect(one, url):
    async with one.get(url + "/found") as answer:
        return answer.status, sorted(cookie.key for cookie in one.cookie_jar)


async def sequence(one, url):
    return [await (await one.get(url + "/seq")).json() for _ in range(3)]


async def together(one, url):
    async def ask(number):
        async with one.post(url + "/echo", json={"n": number}) as answer:
            return (await answer.json())["body"]

    return await asyncio.gather(*(ask(number) for number in range(20)))


async def one_connection(one, url):
    return [(await (await one.get(url + "/json")).read())[:5] for _ in range(3)], await together(one, url)


async def streamed():
    for piece in (b"one ", b"two ", b"three"):
        yield piece


def multipart():
    """A form as FormData makes it, but for its boundary, which would be drawn anew each time."""
    form = aiohttp.MultipartWriter("form-data", boundary="bound")
    form.append("1").set_content_disposition("form-data", name="a")
    form.append(io.BytesIO(b"file")).set_content_disposition("form-data", name="f", filename="f.txt")
    return form


async def base(one, _url):
    async with one.get("json", params={"z": "1"}) as answer:
        return answer.url.path_qs, await answer.text()


class Own(aiohttp.ClientResponse):
    """A response class of the user's."""


class OwnConnector(aiohttp.TCPConnector):
    """A connector of the user's, which connects as its parent does."""

    async def connect(self, *args, **options):
        return await super().connect(*args, **options)


def traced(path, **options):
    """Every event that a TraceConfig gets to see, with what it says."""
    names = ("request_start", "request_chunk_sent", "response_chunk_received", "request_end", "request_exception")
    names += ("request_redirect", "request_headers_sent", "connection_queued_start", "connection_create_start")
    names += ("connection_create_end",)

    def probe(url):
        seen = []
        config = aiohttp.TraceConfig()
        for name in names:

            async def note(_session, _context, told, name=name):
                chunk = getattr(told, "chunk", None)
                seen.append((name, chunk, type(getattr(told, "exception", None)).__name__))

            getattr(config, f"on_{name}").append(note)

        async def ask(one, url):
            with suppress(aiohttp.ClientError, asyncio.TimeoutError):
                async with one.request(options.get("method", "GET"), url + path, **options.get("sent", {})) as answer:
                    await answer.read()
            return seen

        connector = lambda: aiohttp.TCPConnector(force_close=True)  # noqa: E731 - else the second of two is kept from before
        return within(ask, trace_configs=lambda: [config], connector=connector)(url if path else NOWHERE)

    return probe


def through_middlewares(url):
    seen = []

    async def outer(request, handler):
        request.headers["X-Sent"] = "by middleware"
        answer = await handler(request)
        seen.append((answer.status, request.url.path))
        return answer

    async def again(request, handler):
        answer = await handler(request)
        return await handler(request) if answer.status == 503 else answer

    async def ask(one, url):
        async with one.get(url + "/flaky") as answer, one.get(url + "/echo") as echo:
            return answer.status, (await echo.json())["headers"]["x-sent"], seen

    if not hasattr(aiohttp, "ClientMiddlewareType"):
        return "this aiohttp has no middlewares"
    return within(ask, middlewares=lambda: [outer, again])(url)


async def slow_in_time(one, url):
    async with one.get(url + "/slow", timeout=ClientTimeout(total=5, sock_read=3)) as answer:
        return await answer.json()


async def refused(one, _url):
    async with one.get(NOWHERE) as answer:
        return answer.status


async def unknown_host(one, _url):
    async with one.get("http://no-such-host.invalid/") as answer:
        return answer.status


async def no_tls(one, url):
    async with one.get(url.replace("http:", "https:") + "/json") as answer:
        return answer.status


async def after_the_session(one, url):
    await one.close()
    return await one.get(url + "/json")


def sessions_of_two_loops(url):
    return [of("/json", content)(url) for _ in range(2)]


def basic():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return aiohttp.BasicAuth("user", "pass")


def with_auth(url):
    async def ask(one, url):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # newer versions want a header instead
            answer = await one.get(url + "/echo", auth=basic())
        return (await answer.json())["headers"]["authorization"]

    return within(ask)(url)


PROBES = {
    "status line": of("/teapot", line),
    "no reason": of("/no-reason", line),
    "a query of the URL and parameters": of("/json?b=2", line, params={"a": "x y", "c": "é"}),
    "a fragment": of("/json#part", info),
    "headers": of("/cookies", heads),
    "a header beyond ASCII": of("/utf8-header", heads),
    "kinds of content": of("/latin", kinds),
    "no kind of content": of("/no-type", kinds),
    "json": of("/json", lambda answer: answer.json()),
    "json as it was written": of("/odd-json", content),
    "json of another content type": of("/script", lambda answer: answer.json()),
    "json of any content type": of("/script", any_type),
    "json of html": of("/page", lambda answer: answer.json()),
    "html as json of any type": of("/page", any_type),
    "json read by the user": of("/json", loaded),
    "json of an empty body": of("/nothing", lambda answer: answer.json()),
    "json of no content": of("/empty", lambda answer: answer.json()),
    "a byte order mark": of("/bom", lambda answer: answer.json()),
    "text in latin-1": of("/latin", lambda answer: answer.text()),
    "read in every way": of("/json", many_ways),
    "read after release": of("/json", released),
    "read after close": of("/large", closed),
    "left half read": of("/large", half_read),
    "no content": of("/empty", content),
    "not modified": of("/unchanged", content),
    "head": of("/bin", content, "HEAD"),
    "length of a head": of("/bin", lambda answer: answer.headers["content-length"], "HEAD"),
    "head of chunks": of("/chunks", content, "HEAD"),
    "options": of("/echo", content, "OPTIONS"),
    "binary": of("/bin", content),
    "larger than a buffer": of("/large", content),
    "gzip": of("/gzip", decoded),
    "gzip left alone": of("/gzip", content, session={"auto_decompress": lambda: False}),
    "deflate": of("/deflate", content),
    "chunks": of("/chunks", content),
    "lines of chunks": of("/chunks", lines),
    "chunks as they come": of("/chunks", joined),
    "pieces of one size": of("/bin", four_hundred),
    "a stream read by hand": of("/chunks", by_hand),
    "more bytes wanted than come": of("/bin", too_few),
    "until the connection ends": of("/until-closed", content),
    "HTTP/1.0": of("/old", line),
    "the body of HTTP/1.0": of("/old", content),
    "cookies": of("/cookies", found_cookies),
    "the jar": within(jar, cookie_jar=unsafe),
    "the jar after a redirect": within(jar_of_redirect, cookie_jar=unsafe),
    "cookies of the request": of("/whoami", lambda answer: answer.json(), cookies={"k": "v"}),
    "links": of("/linked", links),
    "what was sent": of("/json", info, headers={"X-Sent": "1"}),
    "headers of the session": of("/echo", lambda answer: answer.json(), session={"headers": lambda: {"X-Sent": "s"}}),
    "a base": lambda url: within(base, base_url=lambda: url + "/")(url),
    "raise_for_status": of("/missing", raises),
    "raise_for_status of the request": of("/broken", content, raise_for_status=True),
    "raise_for_status of the session": of("/missing", content, session={"raise_for_status": lambda: True}),
    "raise_for_status that checks": of("/broken", content, raise_for_status=lambda: checks),
    "a redirect": of("/found", chain),
    "a redirect of a post": of("/moved", chain, "POST", json={"a": 1}),
    "a redirect to another method": of("/other", chain, "PUT", data=b"x"),
    "a redirect that keeps the post": of("/again", chain, "POST", json={"a": 1}),
    "a redirect of a head": of("/found", chain, "HEAD", allow_redirects=True),
    "a redirect not followed": of("/found", chain, allow_redirects=False),
    "a redirect in a circle": of("/loop", chain),
    "a redirect in a short circle": of("/loop", chain, max_redirects=2),
    "a redirect to nowhere": of("/nowhere", chain),
    "the same again": within(sequence),
    "twenty at once": within(together),
    "twenty over two connections": within(one_connection, connector=lambda: aiohttp.TCPConnector(limit=2)),
    "a connector that closes": of(
        "/echo", lambda answer: answer.json(), session={"connector": lambda: aiohttp.TCPConnector(force_close=True)}
    ),
    "a connector of one's own": of("/json", content, session={"connector": OwnConnector}),
    "a response class of one's own": of("/json", lambda answer: type(answer).__name__, session={"response_class": lambda: Own}),
    "two loops": sessions_of_two_loops,
    "json sent": of("/echo", lambda answer: answer.json(), "POST", json={"a": [1, "é"]}),
    "a form sent": of("/echo", lambda answer: answer.json(), "POST", data={"a": "1", "b": "é"}),
    "bytes sent": of("/echo", lambda answer: answer.json(), "PUT", data=b"\x00\xff"),
    "text sent": of("/echo", lambda answer: answer.json(), "PATCH", data="text"),
    "nothing sent": of("/echo", lambda answer: answer.json(), "POST"),
    "a file sent": of("/echo", lambda answer: answer.json(), "POST", data=lambda: io.BytesIO(b"file")),
    "a stream sent": of("/echo", lambda answer: answer.json(), "POST", data=streamed),
    "chunks sent": of("/echo", lambda answer: answer.json(), "POST", data=b"x" * 20, chunked=True),
    "multipart sent": of("/echo", lambda answer: answer.json(), "POST", data=multipart),
    "deflated when sent": of("/echo", lambda answer: answer.json(), "POST", data=b"x" * 200, compress="deflate"),
    "sent once it is wanted": of("/echo", lambda answer: answer.json(), "POST", data=b"wanted", expect100=True),
    "a delete with a body": of("/echo", lambda answer: answer.json(), "DELETE", json={"a": 1}),
    "credentials": with_auth,
    "traces": traced("/json"),
    "traces of a post": traced("/echo", method="POST", sent={"json": {"a": 1}}),
    "traces of a redirect": traced("/found"),
    "traces of chunks": traced("/chunks"),
    "traces of a break": traced("/reset", method="POST"),
    "traces of a refusal": traced(""),
    "middlewares": through_middlewares,
    "slow, in time": within(slow_in_time),
    "a read timeout": of("/silent", content, timeout=SHORT),
    "a total timeout": of("/silent", content, timeout=ClientTimeout(total=0.15)),
    "a timeout as a number": of("/silent", content, session={"timeout": lambda: ClientTimeout(0.15)}),
    "a read timeout of a post": of("/silent", content, "POST", json={"a": 1}, timeout=SHORT),
    "a read timeout of a stream": of("/silent", content, "POST", data=streamed, timeout=SHORT),
    "a read timeout within a body": of("/stalled", content, timeout=SHORT),
    "a total timeout within a body": of("/stalled", content, timeout=ClientTimeout(total=0.15)),
    "status of a stalled body": of("/stalled", line, timeout=SHORT),
    "reset": of("/reset", content),
    "reset of a post": of("/reset", content, "POST", json={"a": 1}),
    "reset of a stream": of("/reset", content, "POST", data=streamed),
    "reset once": of("/flaky-reset", content),
    "reset within a body": of("/reset-later", content),
    "closed": of("/closed", content, "POST"),
    "cut": of("/cut", content),
    "cut, but not read": of("/cut", line),
    "cut chunks": of("/cut-chunks", content),
    "no HTTP": of("/garbage", content),
    "refused": within(refused),
    "an unknown host": within(unknown_host),
    "no TLS where it is wanted": within(no_tls),
    "a closed session": within(after_the_session),
}
