"""What the server has at which path: each route is a function from a request to an answer, and touches no socket."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from autogen_harness.errors import ScriptBroken, ScriptExhausted
from autogen_harness.llm.replies import Reply
from autogen_harness.llm.turns.turn import Fail
from autogen_harness.llm.usage.tokens import prompt_tokens
from autogen_harness.llm.wire import Envelope, chunks, completion
from autogen_harness.llm.wire.models import model, models
from autogen_harness.llm.wire.response_events import events
from autogen_harness.llm.wire.response_requests import as_chat
from autogen_harness.llm.wire.responses import ResponseEnvelope, response
from autogen_harness.server.answers import INVALID, Answer, broken_off, event, failing, refusing, stream, whole
from autogen_harness.server.callers import Caller
from autogen_harness.server.endpoint import Endpoint

_BASE = r"^(?:/v1|/openai/v1|/openai/deployments/[^/]+)?"


@dataclass(frozen=True, slots=True)
class Received:
    """A request that came in for one script.

    Attributes:
        ident: what the ids of its answer are made of.
        again: the client tries an earlier one again.
    """

    path: str
    body: Mapping[str, Any]
    endpoint: Endpoint
    caller: Caller
    ident: str
    again: bool = False


Route = Callable[[Received], Answer]


def route(method: str, path: str) -> Route | None:
    """What answers ``method`` at ``path``; None where nothing does."""
    return next((how for wanted, pattern, how in ROUTES if wanted == method and re.match(pattern, path)), None)


def meant(path: str) -> str:
    """What was meant by a request that nothing answers, as a sentence: another method, or a path that is near."""
    methods = [method for method, pattern, _ in ROUTES if re.match(pattern, path)]
    near = difflib.get_close_matches(path.removeprefix("/v1/"), ["chat/completions", "responses", "models"], 1)
    if methods:
        return f"ask it by {methods[0]}"
    return f"did you mean /v1/{near[0]}?" if near else "a scripted model chats; script what needs more by a cassette"


def chat(received: Received) -> Answer:
    """``POST /v1/chat/completions``."""
    body = received.body
    reply = _answer(received, body)
    if isinstance(reply, Answer):
        return reply
    envelope = Envelope.of(body, received.ident)
    if body.get("stream"):
        made = stream([*map(event, chunks(reply, envelope)), event("[DONE]")])
    else:
        made = whole(completion(reply, envelope))
    return broken_off(made, reply.broken) if reply.broken else made


def respond(received: Received) -> Answer:
    """``POST /v1/responses``."""
    body, endpoint = received.body, received.endpoint
    previous = body.get("previous_response_id")
    before = endpoint.conversation(str(previous)) if previous else ()
    if before is None:
        return failing(_no_response(previous))
    asked = as_chat(body, before)
    reply = _answer(received, asked)
    if isinstance(reply, Answer):
        return reply
    envelope = ResponseEnvelope(received.ident, body, prompt_tokens(asked))
    without = 1 if body.get("instructions") else 0  # instructions hold for one response only
    endpoint.remember(f"resp_{envelope.ident}", [*asked["messages"][without:], reply.message()])
    if body.get("stream"):
        made = stream(event(one, one["type"]) for one in events(reply, envelope))
    else:
        made = whole(response(reply, envelope))
    return broken_off(made, reply.broken) if reply.broken else made


def list_models(_: Received) -> Answer:
    """``GET /v1/models``."""
    return whole(models())


def one_model(received: Received) -> Answer:
    """``GET /v1/models/<name>``."""
    name = received.path.rsplit("/", 1)[-1]
    found = model(name)
    return whole(found) if found else failing(_no_model(name))


ROUTES: tuple[tuple[str, str, Route], ...] = (
    ("POST", _BASE + r"/chat/completions$", chat),
    ("POST", _BASE + r"/responses$", respond),
    ("GET", _BASE + r"/models$", list_models),
    ("GET", _BASE + r"/models/[^/]+$", one_model),
)


def _no_response(ident: object) -> Fail:
    message = f"Previous response with id '{ident}' not found."
    return Fail("status", 400, message, "previous_response_not_found", param="previous_response_id", type=INVALID)


def _no_model(name: str) -> Fail:
    message = f"The model '{name}' does not exist or you do not have access to it."
    return Fail("status", 404, message, "model_not_found", param="model", type=INVALID)


def parsed(raw: bytes) -> Mapping[str, Any] | None:
    """The body, if it is a JSON object; empty for no body."""
    try:
        value = json.loads(raw or b"{}")
    except ValueError:
        return None
    return value if isinstance(value, Mapping) else None


def _answer(received: Received, body: Mapping[str, Any]) -> Reply | Answer:
    """The script's reply, or the answer that says why there is none."""
    try:
        reply = received.endpoint.answer(body, received.caller, again=received.again, dialect=_dialect(received.path))
    except ScriptExhausted as error:
        return refusing(422, f"autogen-harness: {error}", "script_exhausted", code="script_exhausted")
    except ScriptBroken as error:
        return refusing(422, f"autogen-harness: {error}", "script_broken", code="script_broken")
    return failing(reply) if isinstance(reply, Fail) else reply


def _dialect(path: str) -> str:
    """Azure names the model in the path."""
    return "azure" if path.startswith("/openai/deployments/") else ""
