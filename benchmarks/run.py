"""What the harness costs, beside its peers and beside the limit, in one run: `make bench`.

Every figure is the median of interleaved rounds, in this process, and what counts is the ratio: machines differ and are busy.
"""

from __future__ import annotations

import io
import json
import logging
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import redirect_stdout
from pathlib import Path

import requests
import responses
from requests.adapters import BaseAdapter

from autogen_harness import Harness, call, say

Row = tuple[str, Callable[[], float]]
ROUNDS = 7


def table(title: str, rows: list[Row], unit: str, scale: float) -> None:
    """Interleave the rows, print their medians and the ratio of each to the first, which is the limit."""
    taken: dict[str, list[float]] = {name: [] for name, _ in rows}
    for _ in range(ROUNDS):
        for name, measure in rows:
            taken[name].append(measure())
    print(f"\n{title}")
    limit = statistics.median(taken[rows[0][0]])
    for name, values in taken.items():
        median = statistics.median(values)
        print(f"  {name:<46} {median * scale:>9.1f} {unit}   x {median / limit:.2f}")


# -- HTTP ----------------------------------------------------------------------------------------------------------------


class _Nothing(BaseAdapter):
    """The limit: a session whose transport answers at once."""

    def send(self, request: requests.PreparedRequest, **_: object) -> requests.Response:  # type: ignore[override]  # no option matters
        reply = requests.Response()
        reply.status_code, reply._content, reply.request, reply.url = 200, b"{}", request, str(request.url)
        return reply

    def close(self) -> None:
        pass


def _urls(count: int) -> list[str]:
    return [f"https://api.example.com/things/{number}?page=1" for number in range(count)]


def _timed(get: Callable[[str], object], urls: list[str], asked: int = 100) -> float:
    chosen = [urls[(number * 7919) % len(urls)] for number in range(asked)]
    begun = time.process_time()
    for url in chosen:
        get(url)
    return (time.process_time() - begun) / asked


def limit(urls: list[str]) -> float:
    with requests.Session() as session:
        session.mount("https://", _Nothing())
        return _timed(session.get, urls)


def plain_responses(urls: list[str]) -> float:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mocked, requests.Session() as session:
        for url in urls:
            mocked.get(url, json={})
        return _timed(session.get, urls)


def cassette(urls: list[str], folder: Path) -> float:
    reply = {"response": {"status": 200, "headers": [["content-type", "application/json"]], "body": {"text": "{}"}}}
    made = [
        {"request": {"method": "GET", "url": url}, "outcome": reply, "play": {"times": "any"}, "provenance": "composed"}
        for url in urls
    ]
    document = {"format": "autogen-harness-cassette/1", "about": "For the benchmark.", "interactions": made}
    (folder / "bench.json").write_text(json.dumps(document), encoding="utf-8")
    with Harness(root=folder.parents[1]) as harness, requests.Session() as session:
        harness.http.play("bench", optional=True)
        return _timed(session.get, urls)


# -- the model -----------------------------------------------------------------------------------------------------------


def _add(x: int) -> str:
    return str(x)


def _agents() -> tuple[object, object]:
    import autogen

    user = autogen.UserProxyAgent("user", human_input_mode="NEVER", code_execution_config=False, max_consecutive_auto_reply=99)
    tool = {"name": "add", "description": "Add.", "parameters": {"type": "object", "properties": {"x": {"type": "integer"}}}}
    settings = {"config_list": [{"model": "gpt-4o", "api_key": "sk-none", "model_client_cls": "_Fake"}], "functions": [tool]}
    user.register_function({"add": _add})
    return user, (autogen.AssistantAgent, settings)


class _Fake:
    """The peer: AutoGen's own way to bring a model client."""

    def __init__(self, config: dict[str, object], turns: list[dict[str, object]], **_: object) -> None:
        self._turns = turns

    def create(self, params: dict[str, object]) -> object:
        from types import SimpleNamespace

        return SimpleNamespace(model="fake", choices=[self._turns.pop(0)])

    def message_retrieval(self, response: object) -> list[object]:
        return response.choices  # type: ignore[attr-defined,no-any-return]  # made above

    def cost(self, response: object) -> float:
        return 0.0

    @staticmethod
    def get_usage(response: object) -> dict[str, object]:
        return {"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0, "cost": 0, "model": "fake"}


def own_client(turns: int) -> float:
    user, (kind, settings) = _agents()  # type: ignore[misc]  # built above
    assistant = kind("assistant", llm_config={**settings, "cache_seed": None})
    said = [{"content": None, "function_call": {"name": "add", "arguments": '{"x": 1}'}} for _ in range(turns)]
    assistant.register_model_client(_Fake, turns=[*said, "TERMINATE"])
    return _chat(user, assistant, turns)


def scripted(turns: int) -> float:
    user, (kind, settings) = _agents()  # type: ignore[misc]  # built above
    config = [{"model": "gpt-4o", "api_key": "sk-none"}]
    with Harness() as harness:
        assistant = kind("assistant", llm_config={**settings, "config_list": config})
        harness.llm.script(*(call("add", x=1) for _ in range(turns)), say("TERMINATE"))
        return _chat(user, assistant, turns)


def _chat(user: object, assistant: object, turns: int) -> float:
    with redirect_stdout(io.StringIO()):
        begun = time.process_time()
        user.initiate_chat(assistant, message="go", silent=True)  # type: ignore[attr-defined]  # an agent
        return (time.process_time() - begun) / turns


# -- the session ---------------------------------------------------------------------------------------------------------


def session(*options: str) -> float:
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "test_nothing.py").write_text("def test_nothing():\n    pass\n", encoding="utf-8")
        begun = time.perf_counter()
        subprocess.run([sys.executable, "-m", "pytest", "-q", *options], cwd=folder, capture_output=True, check=True)
        return time.perf_counter() - begun


def main() -> None:
    """Print all tables."""
    logging.disable()
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder, "tests", "cassettes")
        place.mkdir(parents=True)
        for count in (10, 1000):
            urls = _urls(count)
            rows: list[Row] = [
                ("a transport that answers at once (the limit)", lambda urls=urls: limit(urls)),  # type: ignore[misc]  # bound now
                ("responses", lambda urls=urls: plain_responses(urls)),  # type: ignore[misc]  # bound now
                ("a cassette on responses", lambda urls=urls: cassette(urls, place)),  # type: ignore[misc]  # bound now
            ]
            table(f"one GET with requests, {count} interactions, CPU time", rows, "us", 1e6)
    rows = [("AutoGen's register_model_client", lambda: own_client(20)), ("a script of the harness", lambda: scripted(20))]
    table("one turn of a chat with a tool call, 20 turns, CPU time", rows, "us", 1e6)
    rows = [
        ("pytest without the plugin", lambda: session("-p", "no:autogen_harness")),
        ("pytest with the plugin, unused", session),
    ]
    table("a session of one empty test, real time", rows, "ms", 1e3)


if __name__ == "__main__":
    main()
