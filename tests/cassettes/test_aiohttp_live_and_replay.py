"""The same program against a real server and against cassettes: no difference that a program could see."""

from __future__ import annotations

import asyncio
import re

import aiohttp
import pytest
from aiohttp import ClientTimeout

SHORT = ClientTimeout(sock_read=0.15)


async def seen(probe, url, **session):
    """What a program gets to see of an answer."""
    async with aiohttp.ClientSession(**session) as one:
        try:
            return await probe(one, url)
        except (aiohttp.ClientError, asyncio.TimeoutError, ValueError) as error:
            return described(error)


def described(error):
    """An exception by its types, and its text where that is not aiohttp's own account of the parser."""
    text = "" if isinstance(error, aiohttp.ClientPayloadError) else re.sub(r"object at 0x\w+", "", str(error))
    return [kind.__name__ for kind in type(error).__mro__], getattr(error, "errno", None), getattr(error, "status", None), text


async def status(one, url):
    async with one.get(url + "/teapot") as answer:
        return answer.status, answer.reason, answer.ok, str(answer.url), answer.method, answer.version


async def headers(one, url):
    async with one.get(url + "/cookies") as answer:
        return list(answer.headers.items()), answer.raw_headers, answer.headers.getall("x-m"), type(answer.headers).__name__


async def gzip(one, url):
    async with one.get(url + "/gzip") as answer:
        return await answer.json(), dict(answer.headers)


async def chunked(one, url):
    async with one.get(url + "/chunks") as answer:
        return [line async for line in answer.content], dict(answer.headers)


async def text(one, url):
    async with one.get(url + "/latin") as answer:
        return await answer.text(), answer.charset, answer.content_type, answer.get_encoding()


async def twice(one, url):
    answer = await one.get(url + "/json")
    return await answer.read(), await answer.text(), await answer.json(), answer.closed


async def after_release(one, url):
    answer = await one.get(url + "/json")
    answer.release()
    return await answer.read()


async def pieces(one, url):
    async with one.get(url + "/bin") as answer:
        return b"".join([piece async for piece in answer.content.iter_chunked(400)]), await answer.content.read()


async def cookies(one, url):
    async with one.get(url + "/cookies") as answer:
        return sorted((name, morsel.value) for name, morsel in answer.cookies.items())


async def jar(_, url):
    """The jar is unsafe because the real server has no name, only an address."""
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as one:
        return await filled(one, url)


async def filled(one, url):
    await (await one.get(url + "/found")).read()
    return sorted(cookie.key for cookie in one.cookie_jar)


async def redirected(answer):
    return [one.status for one in answer.history], answer.url.path, answer.method, await answer.text()


async def checked(answer):
    if answer.status >= 500:
        message = f"own check: {answer.status}"
        raise ValueError(message)


def get(path, **options):
    async def probe(one, url):
        async with one.get(url + path, **options) as answer:
            return answer.status, await answer.read()

    return probe


def json_of(path, **options):
    async def probe(one, url):
        async with one.get(url + path) as answer:
            return await answer.json(**options)

    return probe


def redirect(method, path, **options):
    async def probe(one, url):
        async with one.request(method, url + path, **options) as answer:
            return await redirected(answer)

    return probe


async def head(one, url):
    async with one.head(url + "/bin") as answer:
        return await answer.read(), answer.headers["content-length"]


async def raises(one, url):
    async with one.get(url + "/error") as answer:
        answer.raise_for_status()


PROBES = {
    "status line": status,
    "headers": headers,
    "json": json_of("/json"),
    "json of another content type": json_of("/script"),
    "json of any content type": json_of("/script", content_type=None),
    "no json": json_of("/page"),
    "text": text,
    "read twice": twice,
    "read after release": after_release,
    "no content": get("/empty"),
    "json of no content": json_of("/empty"),
    "head": head,
    "binary": get("/bin"),
    "above the reader's limit": get("/big"),
    "gzip": gzip,
    "chunked": chunked,
    "pieces": pieces,
    "cookies": cookies,
    "jar": jar,
    "raise_for_status": raises,
    "raise_for_status of the request": get("/error", raise_for_status=True),
    "raise_for_status that is a function": get("/error", raise_for_status=checked),
    "redirect": redirect("GET", "/found"),
    "redirect of a post": redirect("POST", "/found", json={"a": 1}),
    "redirect that keeps the post": redirect("POST", "/again", json={"a": 1}),
    "redirect of a head": redirect("HEAD", "/found", allow_redirects=True),
    "redirect not followed": redirect("GET", "/found", allow_redirects=False),
    "redirect in a circle": redirect("GET", "/loop"),
    "redirect in a short circle": redirect("GET", "/loop", max_redirects=2),
    "redirect without a place": redirect("GET", "/nowhere"),
    "read timeout": get("/silent", timeout=SHORT),
    "total timeout": get("/silent", timeout=ClientTimeout(total=0.15)),
    "the shorter timeout": get("/silent", timeout=ClientTimeout(total=9, sock_read=0.15)),
    "reset": get("/reset"),
    "cut": get("/cut"),
}

SESSIONS = {
    "raise_for_status of the session": (get("/error"), {"raise_for_status": True}),
    "raise_for_status of the session, not of the request": (get("/error", raise_for_status=False), {"raise_for_status": True}),
    "timeout of the session": (get("/silent"), {"timeout": SHORT}),
}

ALL = {name: (probe, {}) for name, probe in PROBES.items()} | SESSIONS


@pytest.fixture(scope="module")
def live(origin):
    """What the real server shows."""
    return {name: asyncio.run(seen(probe, origin.url, **options)) for name, (probe, options) in ALL.items()}


@pytest.mark.parametrize("name", ALL)
def test_aiohttp_sees_what_it_sees_live(name, live, replayed, origin):
    """Values, and exceptions by their classes, are those of the real server."""
    probe, options = ALL[name]
    assert asyncio.run(seen(probe, origin.url, **options)) == live[name]
    assert replayed.ledger.findings == []


@pytest.mark.parametrize(
    "timeout", [ClientTimeout(sock_connect=0.15), ClientTimeout(connect=0.15), ClientTimeout(total=0.15)], ids=str
)
def test_aiohttp_waits_for_a_connection_as_it_does_live(timeout, origin, request):
    """Whichever limit strikes while it connects, the exception is the one of a real server that never accepts."""
    origin.stuff()
    outcomes = [asyncio.run(seen(get("/", timeout=timeout), origin.deaf))]
    request.getfixturevalue("replayed")
    outcomes.append(asyncio.run(seen(get("/", timeout=timeout), origin.deaf)))
    assert "TimeoutError" in outcomes[0][0]
    assert outcomes[1] == outcomes[0]
