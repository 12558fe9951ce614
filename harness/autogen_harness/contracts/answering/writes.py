"""Requests that change something: sent again, how often does the server carry them out?"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from autogen_harness.contracts.answering.upstream import SAFE_TO_REPEAT, Plan, lost_reply

if TYPE_CHECKING:
    from collections.abc import Mapping

    from autogen_harness.contracts.answering.upstream import Answer
    from autogen_harness.contracts.calling.world import World
    from autogen_harness.contracts.hints import Hints
    from autogen_harness.model import HttpRequest

KEY = "Idempotency-Key"
"""The header of draft-ietf-httpapi-idempotency-key-header, by which servers know a repeated write."""


def calls(world: World) -> list[Mapping[str, object]]:
    """Arguments of calls that write: the ordinary one, and it with each such method that a parameter offers."""
    offered = [
        {**world.ordinary, name: method}
        for name, schema in world.contract.properties.items()
        for method in (schema.get("enum", ()) if isinstance(schema, dict) else ())
        if isinstance(method, str) and method.upper() in ("POST", "PATCH")
    ]
    return [world.ordinary, *(call for call in offered if call != world.ordinary)]


def lost_once(calm: Plan) -> Plan:
    """The server does what it is asked to every time; of the first time nobody hears."""

    def give(request: HttpRequest, attempt: int) -> Answer:
        return lost_reply(request) if attempt == 0 else calm.give(request, attempt)

    return Plan("the reply is lost, once, then ok", give, calm.status)


def written(requests: Sequence[HttpRequest]) -> list[HttpRequest]:
    """The requests that must not be carried out twice."""
    return [request for request in requests if request.method.upper() not in SAFE_TO_REPEAT]


def carried_out(requests: Sequence[HttpRequest], hints: Hints) -> int:
    """How often a server does that was asked all of this: equal keys are one write, and what has no key is one each time."""
    keys = [key_of(request, hints) for request in requests]
    return len({key for key in keys if key}) + keys.count("")


def key_of(request: HttpRequest, hints: Hints) -> str:
    """The key of a write, from its headers, the fields of its JSON body, or its query; "" where there is none."""
    name = hints.idempotency_key or KEY
    for header, value in request.headers:
        if header.lower() == name.lower() and value:
            return value
    try:
        body = json.loads(request.body)
    except ValueError:
        body = None
    if isinstance(body, dict) and body.get(name):
        return str(body[name])
    return "".join(parse_qs(urlsplit(request.url).query).get(name, ()))
