"""The same chat twice, in process and with the real SDK over a socket: the requests are the same."""

from __future__ import annotations

import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from importlib.util import find_spec

import autogen
import pytest

from autogen_harness import Harness, call, calls, say

pytestmark = pytest.mark.skipif(find_spec("openai") is None, reason="the openai package is not installed")


@contextmanager
def listening(answers, bodies):
    """A server that gives these messages, one after another, and keeps what it was sent; its base URL."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            bodies.append(json.loads(self.rfile.read(int(self.headers["content-length"]))))
            choice = {"index": 0, "finish_reason": "stop", "message": answers[len(bodies) - 1]}
            usage = {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}
            fields = {
                "id": "x",
                "object": "chat.completion",
                "created": 0,
                "model": "gpt-4o",
                "choices": [choice],
                "usage": usage,
            }
            text = json.dumps(fields).encode()
            self.send_response(200)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, *_):
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/v1"
        server.shutdown()
        thread.join()


def look_up(name: str, tags: list = (), more: dict | None = None) -> str:
    """Looks someone up."""
    return f"{name} is fine"


def talk(cast, url):
    """Tools, several at once, then a group whose manager asks who speaks next, with most that a config can say."""
    entry = {"model": "gpt-4o", "api_key": "sk-" + "x" * 48, "base_url": url, "extra_body": {"store": True}}
    config = {"config_list": [entry], "temperature": 0.3, "seed": 7, "timeout": 20, "cache_seed": None}
    user, analyst = cast.user(), cast.assistant("analyst", llm_config=config)
    autogen.register_function(look_up, caller=analyst, executor=user, description="Looks someone up")
    user.initiate_chat(analyst, message="go")
    writers = [cast.assistant(name, llm_config=config) for name in ("writer", "editor")]
    chat = autogen.GroupChat([user, *writers], [], max_round=3)
    user.initiate_chat(autogen.GroupChatManager(chat, llm_config=config), message="on")


def plain(value):
    return json.loads(json.dumps(value))


def test_what_is_judged_is_what_the_sdk_sends(cast):
    """Every request, to the last key: tools, names, temperature, and what AutoGen keeps for itself."""
    with Harness() as harness:
        both = calls(call("look_up", name="Ada"), call("look_up", name="Bob"))
        harness.llm.script(both, say("fine TERMINATE"), say("a text").by("writer"), say("a better one").by("editor"))
        talk(cast, "http://127.0.0.1:9/v1")
    judged, answers = (
        plain([request.body for request in harness.llm.requests]),
        plain([turn.answer for turn in harness.llm.turns]),
    )

    sent: list[dict] = []
    with listening(answers, sent) as url:
        talk(cast, url)

    assert len(sent) == 6
    assert [{"stream": False, **one} for one in judged] == [{"stream": False, **one} for one in sent]
