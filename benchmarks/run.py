"""What the harness costs, beside its peers and beside the limit, in one run: `make bench`. Cassettes: `make bench-http`.

Every figure is the median of interleaved rounds, in this process, and what counts is the ratio: machines differ and are busy.
"""

from __future__ import annotations

import io
import logging
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import redirect_stdout
from pathlib import Path

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
    rows: list[Row] = [
        ("AutoGen's register_model_client", lambda: own_client(20)),
        ("a script of the harness", lambda: scripted(20)),
    ]
    table("one turn of a chat with a tool call, 20 turns, CPU time", rows, "us", 1e6)
    rows = [
        ("pytest without the plugin", lambda: session("-p", "no:autogen_harness")),
        ("pytest with the plugin, unused", session),
    ]
    table("a session of one empty test, real time", rows, "ms", 1e3)


if __name__ == "__main__":
    main()
