"""Real AutoGen agents for the tests of this folder. AutoGen is imported once, here, where its own warnings are let by."""

from __future__ import annotations

import warnings
from importlib.util import find_spec

import pytest

if find_spec("autogen") is None:
    collect_ignore_glob = ["test_classic*"]
else:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # importing AutoGen warns of flaml, pydantic and its own deprecations
        import autogen
        import autogen.coding


class Cast:
    """Makes agents as a user would: with a config that names no key, and tools registered by AutoGen's own methods."""

    def __init__(self):
        self.config = {"config_list": [{"model": "gpt-4o"}]}

    def user(self, name="user", tools=(), **options):
        options = {
            "human_input_mode": "NEVER",
            "code_execution_config": False,
            "is_termination_msg": _says_terminate,
            **options,
        }
        user = autogen.UserProxyAgent(name, **options)
        for tool in tools:
            user.register_for_execution(name=tool.__name__)(tool)
        return user

    def assistant(self, name="assistant", tools=(), **options):
        assistant = autogen.AssistantAgent(
            name, **{"llm_config": self.config, "is_termination_msg": _says_terminate, **options}
        )
        for tool in tools:
            assistant.register_for_llm(name=tool.__name__, description=tool.__doc__ or tool.__name__)(tool)
        return assistant

    def pair(self, *tools, **options):
        """A user that executes ``tools`` and an assistant that knows them."""
        return self.user(tools=tools, **options), self.assistant(tools=tools)

    def group(self, user, *agents, **options):
        chat = autogen.GroupChat([user, *agents], [], **{"max_round": 8, **options})
        return autogen.GroupChatManager(chat, llm_config=self.config, is_termination_msg=_says_terminate)


def _says_terminate(message):
    return "TERMINATE" in (message.get("content") or "")


@pytest.fixture
def cast(monkeypatch):
    """Agents that are made with no key in the environment."""
    for name in ("OPENAI_API_KEY", "ANTHROPIC_API_KEY", "AZURE_OPENAI_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    return Cast()
