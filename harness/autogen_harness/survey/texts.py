"""The words of the test file that ``autogen-harness init`` writes."""

from __future__ import annotations

import pprint
import textwrap
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from autogen_harness.survey.verdicts import Plan

WIDTH = 110
"""Of the lines that are written, without what they are indented by."""

ORDINARY = "the-ordinary-call-succeeds"
"""A law that nobody can check who does not know an ordinary call."""

CHAT = '''def first_chat(tool, schema):
    """An assistant that is offered one tool, and a user proxy that runs it."""
    offer = schema if "function" in schema else {"type": "function", "function": schema}
    assistant = AssistantAgent("assistant", llm_config={"config_list": [{"model": "gpt-4o"}], "tools": [offer]})
    user = UserProxyAgent(
        "user",
        human_input_mode="NEVER",
        code_execution_config=False,
        is_termination_msg=lambda message: "TERMINATE" in (message.get("content") or ""),
    )
    user.register_function({offer["function"]["name"]: tool})
    return user, assistant
'''.rstrip("\n")


def head(module: str, imports: Mapping[str, set[str]], *, chats: bool, waits: bool) -> str:
    """The docstring and the imports."""
    also = ", and a first chat with each" if chats else ""
    lines = [f"from {name} import {', '.join(sorted(names))}" for name, names in sorted(imports.items())]
    chat = ["from autogen import AssistantAgent, UserProxyAgent"] if chats else []
    return "\n".join(
        [
            f'"""What the tools of {module} owe{also}. Begun by `autogen-harness init`; it is yours now.',
            "",
            "Each contract is a test for every law. What only you know stands as a comment: take one in, and the laws that",
            "need it are checked.",
            '"""',
            "",
            *(["import asyncio", ""] if chats and waits else []),
            *sorted([*chat, "from autogen_harness.contracts import tool_contract", *lines]),
        ]
    )


def literal(name: str, entry: Any) -> str:
    """A schema that stands nowhere else."""
    return f"{name} = {pprint.pformat(entry, width=WIDTH, sort_dicts=False)}"


def contract(name: str, function: str, plan: Plan, schema: str, comments: Sequence[tuple[str, str]]) -> str:
    """The contract of one tool."""
    patterns = [*plan.patterns]
    pattern = repr(patterns[0]) if len(patterns) == 1 else repr(patterns)
    lines = [f"    {function},", f"    pattern={pattern},", f"    schema={schema},"]
    upstream = (*plan.upstream, *([name] if plan.strangers else []))
    lines += [f"    upstream={upstream!r},"] if upstream else []
    lines += [f"    callback={plan.callback!r},"] if plan.callback else []
    if plan.strangers:
        told = f"tests/cassettes/{name}.json has to say first what {', '.join(plan.strangers)} answers"
        lines += [f'    without={{"{ORDINARY}": "{told}"}},']
    elif plan.trouble:
        lines += [f"    # With these arguments it gives: {' '.join(plan.trouble.split())[:90]}"]
        lines += [f'    without={{"{ORDINARY}": "nobody has said yet what an ordinary call is"}},']
    lines += [f"    # example={dict(plan.arguments)!r},  # arguments of an ordinary call that succeeds"]
    lines += [line for hint, about in comments if hint != "example" for line in _hint(hint, about)]
    return "\n".join([f"test_{name} = tool_contract(", *lines, ")"])


def _hint(name: str, about: str) -> list[str]:
    """A hint to be taken in, and what it says, which stays a comment then."""
    first, *others = textwrap.wrap(f"{name}=...,  # {about}", WIDTH)
    return [f"    # {first}", *(f"    #     # {line}" for line in others)]


def left_out(names: Sequence[str]) -> str:
    """Tools that a test file cannot import."""
    return f"# Without a contract: {', '.join(names)}. A function makes them; give a contract what it returns."


def chat(name: str, function: str, schema: str, *, asks: bool, waits: bool) -> str:
    """The first chat with one tool."""
    play = [f'    harness.http.play("{name}")'] if asks else []
    where = f"tests/scripts/{name}.yaml" + (f", what the server says in tests/cassettes/{name}.json" if asks else "")
    start = f'initiate_chat(assistant, message="Use {name}.")'
    return "\n".join(
        [
            f"def test_a_model_calls_{name}(harness):",
            f'    """What the model says stands in {where}."""',
            *play,
            f'    harness.llm.load("{name}")',
            f"    user, assistant = first_chat({function}, {schema})",
            f"    asyncio.run(user.a_{start})" if waits else f"    user.{start}",
            f'    assert harness.transcript.tool_calls == ["{name}"]',
        ]
    )
