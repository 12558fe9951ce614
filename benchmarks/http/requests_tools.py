"""One GET with ``requests`` from a cassette of many, by each tool. Each opens its cassette and hands out a session."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import requests
from corpus import ANSWERED, body, file_of, url
from requests.adapters import BaseAdapter

Opened = AbstractContextManager[requests.Session]


class _Nothing(BaseAdapter):
    """The floor: a transport that answers at once, with nothing looked up."""

    def send(self, request: requests.PreparedRequest, **_: object) -> requests.Response:  # type: ignore[override]  # no option matters
        reply = requests.Response()
        reply.status_code, reply._content, reply.request, reply.url = 200, b"{}", request, str(request.url)
        return reply

    def close(self) -> None:
        pass


def nothing() -> requests.Session:
    session = requests.Session()
    session.mount("https://", _Nothing())
    return session


@contextmanager
def _ours(folder: Path, count: int, kind: str = "ours", backend: tuple[str, ...] = ()) -> Iterator[requests.Session]:
    from autogen_harness import Harness
    from autogen_harness.settings import Settings

    path = file_of(folder, kind, count)
    with Harness(root=folder, settings=Settings(cassettes=".", backend=backend)) as harness:
        harness.http.play(path.name if kind == "ours-lines" else path.stem, optional=True)
        yield requests.Session()


def ours(folder: Path, count: int) -> Opened:
    return _ours(folder, count)


def ours_lines(folder: Path, count: int) -> Opened:
    return _ours(folder, count, "ours-lines")


def ours_at_the_adapter(folder: Path, count: int) -> Opened:
    return _ours(folder, count, backend=("adapter",))


def ours_on_responses(folder: Path, count: int) -> Opened:
    return _ours(folder, count, backend=("responses",))


@contextmanager
def vcrpy(folder: Path, count: int, kind: str = "yaml") -> Iterator[requests.Session]:
    import vcr

    path = file_of(folder, f"vcrpy-{kind}", count)
    with vcr.VCR(record_mode="none", serializer=kind).use_cassette(str(path)):
        yield requests.Session()


@contextmanager
def cassetter(folder: Path, count: int) -> Iterator[requests.Session]:
    """Below urllib3, as is its default: its hook above requests would answer the floor too."""
    import cassetter as library

    with library.use_cassette(str(file_of(folder, "cassetter", count)), record_mode="none", intercept=["urllib3"]):
        yield requests.Session()


@contextmanager
def responses(_: Path, count: int) -> Iterator[requests.Session]:
    import responses as library

    with library.RequestsMock(assert_all_requests_are_fired=False) as mocked:
        for number in range(count):
            mocked.add("GET", url(number), body=body(number), content_type=ANSWERED["content-type"])
        yield requests.Session()


@contextmanager
def betamax(folder: Path, count: int) -> Iterator[requests.Session]:
    from betamax import Betamax

    path, session = file_of(folder, "betamax", count), requests.Session()
    with Betamax(session, cassette_library_dir=str(folder)) as recorder:
        recorder.use_cassette(path.stem, record="none")
        yield session


TOOLS: dict[str, Callable[[Path, int], Opened]] = {
    "autogen-harness (default)": ours,
    "autogen-harness, .jsonl": ours_lines,
    "autogen-harness, backend=adapter": ours_at_the_adapter,
    "autogen-harness, backend=responses": ours_on_responses,
    "vcrpy": vcrpy,
    "cassetter (urllib3)": cassetter,
    "responses": responses,
    "betamax": betamax,
}
SCANS = {"vcrpy", "responses", "betamax"}
"""They look at every interaction in turn, so that only a few requests can be timed in a large cassette."""
