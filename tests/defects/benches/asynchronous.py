"""A tool that fetches many pages at the same time."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from functools import wraps
from typing import Any

import aiohttp
from defects.importable import made
from defects.workbench import Bench, Defect, OutOfReach, contract

from asynchronous.tool import CONCURRENCY, PARALLEL_WEB_RESEARCH_SCHEMA, TIMEOUT
from autogen_harness.contracts.subject import Contract
from toolbox.boundary import checked
from toolbox.envelope import ToolError, clip, parse_json, success
from toolbox.web import Reply, decoded, failed_request, failed_status, received, refused, shown

PAGE = 1_000
"""Characters of one page that the model is shown."""

BY_COMMAS = frozenset({"A2", "A13"})


def schema(bugs: frozenset[str]) -> dict[str, Any]:
    """What the model sees: a list, or one text with commas; in A12, of anything."""
    parameters = PARALLEL_WEB_RESEARCH_SCHEMA["parameters"]
    urls = {**parameters["properties"]["urls"]}
    if bugs & BY_COMMAS:
        urls = {"type": "string", "description": "Addresses, separated by commas.", "minLength": 1}
    elif "A12" in bugs:
        urls["items"] = {"type": "string", "description": "An address."}
    return {**PARALLEL_WEB_RESEARCH_SCHEMA, "parameters": {**parameters, "properties": {"urls": urls}}}


async def page(session: aiohttp.ClientSession, url: str) -> Reply:
    """What the server said."""
    async with session.get(url, allow_redirects=False) as response:
        return await received(response)


def tool(bugs: frozenset[str]) -> Callable[..., Any]:
    """The decorated tool."""

    async def parallel_web_research(urls: Any) -> str:
        wanted = urls.split(",") if bugs & BY_COMMAS else urls
        distinct = list(dict.fromkeys(wanted))
        slots = asyncio.Semaphore(1_000 if bugs & {"A5", "A6"} else CONCURRENCY)
        pool = aiohttp.TCPConnector(limit=CONCURRENCY if "A5" in bugs else 1_000)
        async with aiohttp.ClientSession(connector=pool, timeout=aiohttp.ClientTimeout(total=TIMEOUT)) as session:
            work = (_fetch(bugs, session, slots, url) for url in distinct)
            fetched = await asyncio.gather(*work, return_exceptions=True)
        pages = {url: _page(bugs, url, outcome) for url, outcome in zip(distinct, fetched, strict=True)}
        results = [pages[url] for url in wanted]
        return json.dumps({"results": results}, indent=2) if "A8" in bugs else success(results=results)

    @wraps(parallel_web_research)
    def on_a_loop_of_its_own(urls: list[str]) -> Any:
        loop = asyncio.new_event_loop()
        try:
            return loop.run_until_complete(parallel_web_research(urls))
        finally:
            loop.close()

    @wraps(parallel_web_research)
    def handled(urls: list[str]) -> Any:
        try:
            return parallel_web_research(urls)
        except Exception as error:  # noqa: BLE001  # this is the defect: nothing has run yet
            return json.dumps({"error": repr(error)})

    if "A13" in bugs:  # whatever comes is taken for a text
        anything = {"type": "object", "properties": {"urls": {}}, "required": ["urls"]}
        return checked({"parameters": anything})(parallel_web_research)
    made_of = on_a_loop_of_its_own if "A1" in bugs else handled if "E10" in bugs else parallel_web_research
    made_of.__dict__.pop("__wrapped__", None)
    return checked(schema(bugs))(made_of)


async def _fetch(bugs: frozenset[str], session: aiohttp.ClientSession, slots: asyncio.Semaphore, url: str) -> Reply:
    if (problem := refused(url)) and not bugs & {"A11", "A12"}:
        raise ToolError(problem)
    async with slots:
        return await page(session, url)


def _page(bugs: frozenset[str], url: str, outcome: Reply | BaseException) -> dict[str, Any]:
    """The result for one URL from what its request came to."""
    if isinstance(outcome, ToolError):
        return {"url": shown(url), "error": str(outcome), "status": None, "retryable": False}
    if isinstance(outcome, Exception if "A4" in bugs else BaseException):
        return {"url": shown(url), **failed_request(outcome), **_worse(bugs, url, outcome)}
    if not outcome.ok and "A10" not in bugs:
        return {"url": shown(url), **failed_status(outcome.status, outcome.headers)}
    return {"url": shown(url), "status": outcome.status, **_data(bugs, outcome)}


def _worse(bugs: frozenset[str], url: str, error: BaseException) -> dict[str, Any]:
    if bugs & {"A3", "A12"}:
        return {"error": str(error) or ("" if "A3" in bugs else "timed out")}
    return {"error": f"{url}: {type(error).__name__}"} if "A11" in bugs else {}


def _data(bugs: frozenset[str], reply: Reply) -> dict[str, Any]:
    kind = reply.headers.get("content-type", "")
    if "A7" in bugs and "json" in kind:
        try:
            return {"data": parse_json(reply.body)}
        except ValueError:
            return {"data": {"text": clip(decoded(reply.body, kind), PAGE)[0]}, "truncated": True}
    if "A9" in bugs:
        return {"data": {"text": clip(decoded(reply.body, kind), PAGE)[0]}}
    return reply.data(8_000 if "A8" in bugs else PAGE)


DEFECTS = (
    Defect("A1", "called in a running loop: RuntimeError", "works-inside-a-running-loop", "it raised RuntimeError"),
    Defect("A2", "http://a/?ids=1,2: two addresses that do not exist", "items-survive-their-separator", "and not asked for"),
    Defect("A3", "a timeout: the error is an empty text", "errors-say-something", "no text"),
    Defect("A4", "one page is cancelled: all are lost", "every-valid-call-returns-json", "AttributeError"),
    Defect("A5", "the wait for the pool counts: pages fail in vain", "a-timeout-starts-with-its-item", "items failed"),
    Defect("A6", "150 pages: all asked for at once", "concurrency-stays-bounded", "open at the same time, 5 are allowed"),
    Defect("A7", "JSON of 5 MB: a result of 5 MB", "results-stay-small", "20,000 are allowed"),
    Defect("A8", "lists 900 deep: indented, 300 times as long", "results-stay-small", "bytes of the upstream became"),
    Defect("A9", "a text is cut, and the result does not say so", "results-stay-small", "does not say that more was cut off"),
    Defect("A10", "404: the error page is data", "failures-are-reported-as-errors", "does not say so"),
    Defect("A11", "a password in the address stands in the error", "secrets-stay-out-of-results", "in the address stands in"),
    Defect("A12", "file:///etc/passwd: the error is the address", "errors-say-something", "only repeats"),
    Defect("A13", "a list in place of a text: an exception", "forbidden-arguments-give-an-error", "raised AttributeError"),
    Defect("E10", "an `async def` in an ordinary wrapper: a coroutine", "never-a-coroutine", "returned a coroutine"),
)
TOOLS = made(tool, globals(), [defect.id for defect in DEFECTS])


def pages(bugs: frozenset[str]) -> Contract:
    """Several pages at once, each asked for once."""
    return contract(
        TOOLS[bugs],
        schema(bugs),
        pattern="async",
        upstream=("webhook/httpbin-echo", "yahoo/chart-nvda"),
        collaborators={f"{__name__}.page": [asyncio.CancelledError()]},
        timeout=TIMEOUT,
        concurrency=CONCURRENCY,
        distinct=True,
        side_effects="read",
        output_schema=("results",),
    )


BENCHES = (Bench("parallel_web_research", pages, DEFECTS),)
OUT_OF_REACH = (
    OutOfReach(
        "A15",
        "Ctrl-C while a loop of the tool's own runs: it is closed, and its tasks are not cancelled",
        "nothing of it shows afterwards: a loop that is closed runs no task on; and only tools that try again are interrupted",
    ),
)
