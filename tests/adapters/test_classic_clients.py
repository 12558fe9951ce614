"""The clients behind the agents: none is built in a harness, whichever provider is configured; AutoGen is left as it was."""

from __future__ import annotations

import sys
from importlib.util import find_spec

import autogen
import pytest
from autogen.agentchat.conversable_agent import ConversableAgent
from autogen.io.console import IOConsole
from autogen.oai.client import OpenAIWrapper

from autogen_harness import Harness, HarnessFailure, call, fail, result, say
from autogen_harness.adapters.deferral import DeferredClient

HAS_SDK = find_spec("openai") is not None

MODULE_LEVEL = autogen.AssistantAgent("early", llm_config={"config_list": [{"model": "gpt-4o"}]})
"""Made at import: before any test, fixture or harness, with no key and perhaps no SDK."""


def word() -> str:
    """A word."""
    return "late"


@pytest.fixture(scope="session")
def session_agent():
    return autogen.AssistantAgent("shared", llm_config={"config_list": [{"model": "gpt-4o"}]})


@pytest.fixture
def made_before_the_harness(request):
    agent = autogen.AssistantAgent("before", llm_config={"config_list": [{"model": "gpt-4o"}]})
    request.getfixturevalue("harness")
    return agent


@pytest.fixture
def anybody(request, made_before_the_harness, session_agent):
    return {"module": MODULE_LEVEL, "session": session_agent, "before": made_before_the_harness}


@pytest.mark.parametrize("scope", ["module", "session", "before"])
@pytest.mark.parametrize("round_", [1, 2])
def test_agents_made_anywhere_are_scripted_and_take_late_tools(harness, cast, anybody, scope, round_):
    """At module level, in a session fixture, before the harness: scripted in every test, also after a late registration."""
    agent, user = anybody[scope], cast.user(tools=[word])
    name = f"word_{scope}_{round_}"
    agent.register_for_llm(name=name, description="A word")(word)
    user.register_function({name: word})
    harness.llm.script(call(name), say(result(name), " TERMINATE"))
    assert "late TERMINATE" == user.initiate_chat(agent, message="go").chat_history[-1]["content"]


PROVIDERS = {
    "base-url": {"model": "llama", "base_url": "http://127.0.0.1:9/v1", "api_key": "none"},
    "azure": {
        "model": "gpt-4o",
        "api_type": "azure",
        "api_key": "k",
        "base_url": "https://x.openai.azure.com",
        "api_version": "2024-06-01",
    },
    "anthropic": {"model": "claude", "api_type": "anthropic", "api_key": "k"},
    "google": {"model": "gemini-pro", "api_type": "google", "api_key": "k"},
}


@pytest.mark.parametrize("config", PROVIDERS.values(), ids=PROVIDERS)
def test_every_provider_is_scripted_without_its_sdk(harness, cast, config):
    """No SDK of Anthropic or Google is installed here, no server listens: nothing asks for them."""
    user, assistant = cast.user(tools=[word]), cast.assistant(tools=[word], llm_config={"config_list": [config]})
    harness.llm.script(call("word"), say("done TERMINATE"))
    assert "done TERMINATE" == user.initiate_chat(assistant, message="go").chat_history[-1]["content"]
    assert config["model"] == harness.llm.requests[0].params["model"]


@pytest.mark.parametrize("fault", [fail(429, retry_after=2), fail(500), fail.timeout(), fail.connection_reset()], ids=str)
def test_a_failing_config_gives_way_to_the_next(harness, cast, fault):
    """AutoGen's fail-over, with the ``openai`` package (0.2 here) and without it (0.9 and 0.14 here)."""
    configs = [{"model": "first"}, {"model": "second"}, {"model": "third"}]
    user, assistant = cast.user(), cast.assistant(llm_config={"config_list": configs})
    harness.llm.script(fault, fault, say("TERMINATE"))
    user.initiate_chat(assistant, message="go")
    assert ["first", "second", "third"] == [request.params["model"] for request in harness.llm.requests]
    assert 3 == len(assistant.client._clients)


FAULTS = {
    "rate-limit": (fail(429, retry_after=2.5, code="slow_down", message="slow down"), "RateLimitError", 429),
    "server": (fail(503), "InternalServerError", 503),
    "auth": (fail(401), "AuthenticationError", 401),
    "teapot": (fail(418), "APIStatusError", 418),
    "reset": (fail.connection_reset(), "APIConnectionError", None),
}


@pytest.mark.parametrize(("fault", "kind", "status"), FAULTS.values(), ids=FAULTS)
def test_the_last_failing_config_raises_what_the_sdk_would(harness, cast, fault, kind, status):
    """The SDK's own class where it is installed, else the harness's, with the same fields."""
    user, assistant = cast.user(), cast.assistant()
    harness.llm.script(fault)
    with pytest.raises(Exception, match=r".") as caught:
        user.initiate_chat(assistant, message="go")
    assert (kind if HAS_SDK else "ModelFault") == type(caught.value).__name__
    assert status == getattr(caught.value, "status_code", None)
    assert fault.code == caught.value.code
    if HAS_SDK and fault.retry_after:
        assert "2.5" == caught.value.response.headers["retry-after"]


def test_the_last_timeout_is_a_timeout_error(harness, cast):
    """As AutoGen makes it of the SDK's."""
    user, assistant = cast.user(), cast.assistant()
    harness.llm.script(fail.timeout())
    with pytest.raises(TimeoutError):
        user.initiate_chat(assistant, message="go")


def test_a_content_filter_does_not_fail_over(harness, cast):
    """AutoGen hands this one error through at once."""
    user, assistant = cast.user(), cast.assistant(llm_config={"config_list": [{"model": "a"}, {"model": "b"}]})
    harness.llm.script(fail(400, code="content_filter"))
    with pytest.raises(Exception, match="400"):
        user.initiate_chat(assistant, message="go")


def short_enough(context, response):
    return len(response.choices[0].message.content) < 20


def test_a_filter_function_is_asked_for_each_config(harness):
    """``filter_func`` sees a response shaped like the SDK's, and a refused one lets the next config try; no agent is needed."""
    wrapper = OpenAIWrapper(config_list=[{"model": "first"}, {"model": "second"}])
    harness.llm.script(say("far too long an answer"), say("short"))
    response = wrapper.create(messages=[{"role": "user", "content": "hi"}], filter_func=short_enough)
    assert (1, True, "second") == (response.config_id, response.pass_filter, response.model)
    assert ["short"] == wrapper.extract_text_or_completion_object(response)
    assert ["(no agent)"] * 2 == [turn.agent for turn in harness.llm.turns]


@pytest.mark.parametrize("setting", [{}, {"cache_seed": 41}, {"cache_seed": None}], ids=str)
def test_no_cache_is_read_or_written(harness, cast, tmp_path, monkeypatch, setting):
    """0.2 caches by default: two equal chats would make one request, and leave ``.cache`` behind."""
    monkeypatch.chdir(tmp_path)
    for word_ in ("one", "two"):
        user, assistant = cast.user(), cast.assistant(llm_config={**cast.config, **setting})
        harness.llm.script(say(f"{word_} TERMINATE"))
        assert f"{word_} TERMINATE" == user.initiate_chat(assistant, message="go").chat_history[-1]["content"]
    assert [] == list(tmp_path.iterdir())


def test_a_cache_given_to_the_chat_is_not_used(harness, cast, tmp_path, monkeypatch):
    """``with Cache.disk() as cache``: the chat passes it down, the harness leaves it alone."""
    from autogen import Cache

    monkeypatch.chdir(tmp_path)
    user, assistant = cast.user(), cast.assistant()
    for word_ in ("one", "two"):
        with Cache.disk(cache_seed=1) as cache:
            harness.llm.script(say(f"{word_} TERMINATE"))
            outcome = user.initiate_chat(assistant, message="go", cache=cache)
        assert f"{word_} TERMINATE" == outcome.chat_history[-1]["content"]


SEAMS = [
    (OpenAIWrapper, "create"),
    (OpenAIWrapper, "_register_default_client"),
    (ConversableAgent, "execute_function"),
    (ConversableAgent, "a_execute_function"),
    (ConversableAgent, "execute_code_blocks"),
    (ConversableAgent, "_reflection_with_llm"),
    (IOConsole, "input"),
]


def test_autogen_is_the_same_object_for_object_after_a_harness():
    """Every attribute that a harness replaces comes back as it was."""
    before = [vars(owner)[name] for owner, name in SEAMS]
    with Harness():
        during = [vars(owner)[name] for owner, name in SEAMS]
    assert all(one is other for one, other in zip(before, [vars(owner)[name] for owner, name in SEAMS], strict=True))
    assert not any(one is other for one, other in zip(before, during, strict=True))


def test_no_client_is_built_in_a_harness_even_where_nothing_is_deferred(monkeypatch, cast):
    """Outside pytest, or with ``harness_defer_clients = false``: the harness itself keeps AutoGen from building one."""

    def build(*_):
        pytest.fail("a real client was built")

    monkeypatch.setattr(OpenAIWrapper, "_register_default_client", build)
    with Harness() as harness:
        user, assistant = cast.pair(word)
        harness.llm.script(call("word"), say("TERMINATE"))
        user.initiate_chat(assistant, message="go")


def test_without_a_harness_a_client_is_built_at_its_first_use(monkeypatch):
    """A promise until then; afterwards the real thing, or the provider's own complaint."""
    monkeypatch.setenv("OPENAI_API_KEY", "sk-" + "a" * 48)
    agent = autogen.AssistantAgent("plain", llm_config={"config_list": [{"model": "gpt-4o"}]})
    (client,) = agent.client._clients
    assert isinstance(client, DeferredClient)
    if HAS_SDK:
        assert "OpenAIClient" == type(client.create.__self__).__name__
        assert client.create.__self__ is client.cost.__self__
    else:
        with pytest.raises(ImportError, match="openai"):
            client.create  # noqa: B018 - asking for it is the use


def test_without_a_harness_a_missing_key_is_the_sdks_own_complaint(monkeypatch, tmp_path):
    """Deferral moves the error from construction to use, it does not hide it."""
    monkeypatch.chdir(tmp_path)  # 0.2 makes its .cache where it is used
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    agent = autogen.AssistantAgent("plain", llm_config={"config_list": [{"model": "gpt-4o"}]})
    with pytest.raises(Exception, match=r"OPENAI_API_KEY|api_key|openai"):
        agent.generate_reply(messages=[{"role": "user", "content": "hi"}])


def test_an_agent_made_and_used_in_a_harness_outlives_it(monkeypatch, cast):
    """Its client is still a promise, and is redeemed by AutoGen's own builder."""
    monkeypatch.setenv("OPENAI_API_KEY", "sk-" + "a" * 48)
    with Harness() as harness:
        agent = cast.assistant("survivor")
        harness.llm.script(say("TERMINATE"))
        cast.user().initiate_chat(agent, message="go")
    assert [DeferredClient] == [type(client) for client in agent.client._clients]
    if HAS_SDK:
        assert "OpenAIClient" == type(agent.client._clients[0].create.__self__).__name__
    else:
        with pytest.raises(ImportError, match="openai"):
            agent.client._clients[0].create  # noqa: B018 - asking for it is the use


def test_a_real_client_that_cannot_be_built_says_that_there_is_no_harness(monkeypatch):
    """The complaint of AutoGen or the SDK stays; what was forgotten is the fixture."""
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    agent = autogen.AssistantAgent("plain", llm_config={"config_list": [{"model": "gpt-4o"}]})
    with pytest.raises(Exception, match=r"api_key|openai") as caught:
        agent.client._clients[0].create  # noqa: B018 - asking for it is the use
    assert any("does not use the `harness` fixture" in note for note in getattr(caught.value, "__notes__", ()))


def test_a_client_of_ones_own_must_be_registered_as_ever(harness, cast):
    """A config with ``model_client_cls`` and no registered class: AutoGen's own refusal is real, also under the harness."""
    user = cast.user()
    assistant = cast.assistant(llm_config={"config_list": [{"model": "x", "model_client_cls": "Mine"}]})
    with pytest.raises(RuntimeError, match="not activated"):
        user.initiate_chat(assistant, message="go")


def test_a_request_is_kept_as_it_was_on_arrival(harness):
    """AutoGen, and whoever holds the list, goes on changing it."""
    wrapper = OpenAIWrapper(config_list=[{"model": "gpt-4o"}])
    messages = [{"role": "user", "content": [{"type": "text", "text": "before"}]}]
    harness.llm.script(say("x"))
    wrapper.create(messages=messages)
    messages[0]["content"][0]["text"] = "after"
    assert "before" == harness.llm.requests[0].messages[0]["content"][0]["text"]


def test_a_registered_client_of_ones_own_is_answered_from_the_script(harness, cast):
    """Under the harness the script speaks for every model, whoever would carry the request."""

    class Mine:
        def __init__(self, config, **kwargs):
            pass

        def create(self, params):
            raise AssertionError("the script answers")

        message_retrieval = cost = get_usage = create

    user = cast.user()
    assistant = cast.assistant(llm_config={"config_list": [{"model": "x", "model_client_cls": "Mine"}]})
    assistant.register_model_client(model_client_cls=Mine)
    harness.llm.script(say("TERMINATE"))
    user.initiate_chat(assistant, message="go")


def test_a_streamed_answer_arrives_whole(harness):
    """``stream=True`` changes how the provider sends, which nobody does here."""
    wrapper = OpenAIWrapper(config_list=[{"model": "gpt-4o"}])
    harness.llm.script(say("all of it"))
    response = wrapper.create(messages=[{"role": "user", "content": "hi"}], stream=True)
    assert ["all of it"] == wrapper.extract_text_or_completion_object(response)


def test_nothing_of_the_openai_package_is_loaded_where_it_is_absent():
    """0.9 and 0.14 run here without it: the harness brought none in."""
    assert HAS_SDK or "openai" not in sys.modules


def test_a_harness_outside_pytest_judges_at_its_end(cast):
    """``with Harness() as harness``: turns left over are raised at the end of the block."""
    with pytest.raises(HarnessFailure, match="turns-left"), Harness() as harness:
        harness.llm.script(say("never asked"))
