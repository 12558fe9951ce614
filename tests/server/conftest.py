"""Clients for the tests of this folder: the standard library's, which hides nothing."""

from __future__ import annotations

import http.client
import json
import threading
from urllib.parse import urlsplit

import pytest

from autogen_harness.server import ScriptServer

PRICE = {
    "type": "function",
    "function": {
        "name": "get_price",
        "parameters": {"type": "object", "properties": {"ticker": {"type": "string"}}, "required": ["ticker"]},
    },
}


class Answered:
    """Status, headers and body of an answer."""

    def __init__(self, response):
        self.status, self.headers = response.status, response.headers
        self.text = response.read().decode()

    @property
    def json(self):
        return json.loads(self.text)

    @property
    def message(self):
        return self.json["choices"][0]["message"]

    @property
    def events(self):
        """The data of each event, as it stands."""
        return [line.removeprefix("data: ") for line in self.text.splitlines() if line.startswith("data: ")]


class Client:
    """Asks one endpoint over one connection that is kept alive."""

    def __init__(self, endpoint, agent="", **headers):
        self.key = endpoint.key_of(agent) if agent else endpoint.key
        self.place, self.headers = urlsplit(endpoint.url), headers
        self.connection = http.client.HTTPConnection(self.place.hostname, self.place.port, timeout=10)

    def send(self, method, path, body=None, **headers):
        named = {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json", **self.headers, **headers}
        raw = body if body is None or isinstance(body, bytes) else json.dumps(body)
        self.connection.request(method, path, raw, named)
        return Answered(self.connection.getresponse())

    def chat(self, *messages, tools=(PRICE,), headers=None, **params):
        said = [{"role": "user", "content": one} if isinstance(one, str) else one for one in messages]
        body = {"model": "gpt-4o", "messages": said, **({"tools": [*tools]} if tools else {}), **params}
        return self.send("POST", "/v1/chat/completions", body, **(headers or {}))

    def close(self):
        self.connection.close()


@pytest.fixture
def server():
    """A server on a free port, and no thread of it after the test."""
    with ScriptServer() as server:
        yield server
    assert [thread.name for thread in threading.enumerate() if thread.name.startswith("autogen_harness server")] == []


@pytest.fixture
def client():
    """``client(endpoint, agent="planner")``; connections are closed after the test."""
    made = []

    def make(*args, **kwargs):
        made.append(Client(*args, **kwargs))
        return made[-1]

    yield make
    for one in made:
        one.close()
