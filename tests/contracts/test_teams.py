"""What agents owe, whatever their tools do: a mistake in the wiring is red, the wiring of the examples is not."""

from __future__ import annotations

import datetime as dt
import importlib
import json
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from autogen_harness.contracts import registry, team_contract
from autogen_harness.contracts.calling.world import World
from autogen_harness.contracts.law import Breach
from autogen_harness.errors import UsageError

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # importing AutoGen warns of flaml, pydantic and its own deprecations
    autogen = pytest.importorskip("autogen")
pytest_plugins = ["pytester"]

HAS_RUN = hasattr(autogen.ConversableAgent, "run")
"""From 0.9 on: wrong names are dropped, and arguments of registered tools are validated."""

ROOT = Path(__file__).resolve().parents[2]
LAWS = {law.id: law for law in registry.TEAM_LAWS}
CONFIG = {"config_list": [{"model": "gpt-4o"}]}
THEIR_OWN = ("arguments-arrive-as-sent", "malformed-arguments-are-refused", "every-dispatch-path-agrees")
"""Laws that AutoGen itself breaks."""


def price(ticker: str, days: int = 1) -> str:
    """The price."""
    return json.dumps({"ticker": ticker, "days": days})


async def slow_price(ticker: str, days: int = 1) -> str:
    """The price, later."""
    return json.dumps({"ticker": ticker, "days": days})


def schema(name: str = "price", **more: Any) -> dict[str, Any]:
    properties = {"ticker": {"type": "string"}, "days": {"type": "integer", "examples": [3]}, **more}
    parameters = {"type": "object", "properties": properties, "required": ["ticker", "days"]}
    return {"name": name, "description": "The price.", "parameters": parameters}


def assistant(name: str, *schemas: dict[str, Any], **more: Any) -> Any:
    tools = [{"type": "function", "function": one} for one in schemas]
    return autogen.AssistantAgent(name, llm_config={**CONFIG, **({"tools": tools} if tools else {}), **more})


def user(name: str = "user", kind: Any = None, **functions: Any) -> Any:
    agent = (kind or autogen.UserProxyAgent)(name, human_input_mode="NEVER", code_execution_config=False)
    agent.register_function(functions)
    return agent


def pair() -> Any:
    return user(price=price), assistant("analyst", schema())


def breaches(law: str, make: Any, *, world: Any = None) -> list[Breach]:
    with World(team_contract(make).contract) as opened:
        return list(LAWS[law].check(opened))


EXAMPLES = ("synchronous", "asynchronous", "callback", "chained", "error_handled", "combined", "nested", "recorded")


@pytest.mark.parametrize("example", EXAMPLES)
@pytest.mark.parametrize("law", [law for law in LAWS if law not in THEIR_OWN])
def test_the_examples_are_wired_well(example: str, law: str):
    """Each pair of agents."""
    assert breaches(law, importlib.import_module(f"{example}.agents").build_agents) == []


@pytest.mark.parametrize("law", THEIR_OWN)
def test_what_autogen_does_itself_is_a_warning(law: str):
    """Tools whose agents are AutoGen's own classes are not to blame. 0.2 does the same by every way."""
    found = breaches(law, importlib.import_module("synchronous.agents").build_agents)

    agrees = law == "every-dispatch-path-agrees" and not HAS_RUN
    assert [breach.severity for breach in found] == ([] if agrees else ["warning"])
    assert [breach for breach in found if not breach.what.startswith("AutoGen's own doing: ")] == []


@pytest.mark.skipif(not HAS_RUN, reason="0.2 hands everything on")
def test_the_ways_to_register_a_bare_function_are_told_apart():
    """The stand-in takes what the function takes, and no more."""
    (found,) = breaches("every-dispatch-path-agrees", pair)

    assert "by function_map, execute_function it was refused: Error: got an unexpected keyword argument" in found.what
    assert "by register_for_execution, execute_function it reached the tool as {'ticker': 'example', 'days': 3}" in found.what


def misnamed() -> Any:
    return user(prices=price), assistant("analyst", schema())


def on_the_assistant() -> Any:
    helper = assistant("analyst", schema())
    helper.register_function({"price": price})
    return user(), helper


def alone() -> Any:
    return assistant("analyst", schema())


def twice() -> Any:
    return user(price=price), assistant("analyst", schema(), schema())


def in_two_lists() -> Any:
    return user(price=price), assistant("analyst", schema(), functions=[schema()])


def two_schemas() -> Any:
    return [user(price=price), assistant("analyst", schema()), assistant("broker", schema(currency={"type": "string"}))]


def legacy() -> Any:
    return user(price=price), assistant("analyst", functions=[schema()])


def asynchronous() -> Any:
    return user(price=slow_price), assistant("analyst", schema())


def in_a_group() -> Any:
    helper = assistant("analyst", schema())
    helper.register_function({"price": price})
    chat = autogen.GroupChat(agents=[helper, user()], messages=[])
    return autogen.GroupChatManager(chat, llm_config=CONFIG)


UNHEARD = "analyst offers its model price, and "
UNHELD = f"{UNHEARD}no agent that receives its calls has it: "
RED: list[tuple[str, Callable[[], Any], str]] = [
    ("what-is-advertised-is-registered", misnamed, f"{UNHELD}user has prices; did you mean 'prices'?"),
    (
        "what-is-advertised-is-registered",
        on_the_assistant,
        f"{UNHELD}user has no tools; analyst has it itself, and only proposes calls",
    ),
    ("what-is-advertised-is-registered", alone, f"{UNHEARD}there is no other agent to receive the call"),
    (
        "every-advertised-tool-can-run",
        on_the_assistant,
        "a call of price, which analyst offers its model: user answers 'Error: Function price not found.'",
    ),
    ("tool-names-are-unique", twice, "analyst offers price 2 times"),
    ("tool-names-are-unique", in_two_lists, "analyst offers price 2 times"),
]


@pytest.mark.parametrize(("law", "make", "says"), RED, ids=lambda value: getattr(value, "__name__", str(value)[:30]))
def test_a_mistake_in_the_wiring_is_red(law: str, make: Any, says: str):
    """And the breach names the agents, the tool, and what is near."""
    assert [breach.what for breach in breaches(law, make)] == [says]


@pytest.mark.parametrize("make", [pair, legacy, asynchronous, in_a_group])
@pytest.mark.parametrize("law", [law for law in LAWS if law not in THEIR_OWN])
def test_good_wiring_is_green(law: str, make: Any):
    """Tools, legacy functions, asynchronous tools, and groups in which the caller may execute what it called."""
    assert breaches(law, make) == []


def test_one_name_has_one_schema():
    """The difference is shown."""
    (found,) = breaches("one-schema-per-name", two_schemas)

    assert found.what.startswith("analyst and broker offer price with different parameters: ")
    assert "currency" in found.what


class Careless(autogen.UserProxyAgent):  # type: ignore[misc]  # AutoGen is untyped here
    """Executes calls in a way of its own: it strips texts, and takes anything for arguments."""

    def execute_function(self, func_call: dict[str, Any], *_: Any, **__: Any) -> tuple[bool, dict[str, Any]]:
        try:
            arguments = json.loads(func_call["arguments"])
        except (TypeError, ValueError):
            arguments = None
        arguments = arguments if isinstance(arguments, dict) else {"ticker": "?", "days": 1}
        clean = {name: value.strip("\\") if isinstance(value, str) else value for name, value in arguments.items()}
        return True, {"name": "price", "role": "function", "content": self._function_map[func_call["name"]](**clean)}


def careless() -> Any:
    return user(kind=Careless, price=price), assistant("analyst", schema())


@pytest.mark.parametrize(
    ("law", "says"),
    [
        ("arguments-arrive-as-sent", 'user, price: {"ticker":"C:\\\\","days":3} (compact) reached the tool as '),
        ("malformed-arguments-are-refused", "user, price: no arguments at all (None) reached the tool as "),
        ("every-dispatch-path-agrees", "user, price: an argument that is not a parameter: "),
    ],
)
def test_an_agent_that_executes_in_its_own_way_answers_for_it(law: str, says: str):
    """What is not AutoGen's own method is no excuse."""
    found = breaches(law, careless)

    assert found[0].severity == ""
    assert found[0].what.startswith(says)


class Sound(autogen.UserProxyAgent):  # type: ignore[misc]  # AutoGen is untyped here
    """As the fixes say: arguments are read before AutoGen reads them, and what is no object is refused."""

    def execute_function(self, func_call: dict[str, Any], *rest: Any, **more: Any) -> tuple[bool, dict[str, Any]]:
        call, refusal = self._read(func_call)
        return refusal or super().execute_function(call, *rest, **more)

    async def a_execute_function(self, func_call: dict[str, Any], *rest: Any, **more: Any) -> tuple[bool, dict[str, Any]]:
        call, refusal = self._read(func_call)
        return refusal or await super().a_execute_function(call, *rest, **more)

    def _read(self, func_call: dict[str, Any]) -> tuple[dict[str, Any], Any]:
        try:
            pairs = json.loads(func_call["arguments"], object_pairs_hook=_once, parse_constant=_no_constant)
            if isinstance(pairs, dict):
                return {**func_call, "arguments": json.dumps(pairs, separators=(",", ":"))}, None
        except (TypeError, ValueError):
            pass
        return func_call, (False, {"name": func_call["name"], "role": "function", "content": "Error: no JSON object"})


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(dict(pairs)) < len(pairs):
        raise ValueError("a name stands there twice")
    return dict(pairs)


def _no_constant(constant: str) -> None:
    raise ValueError(constant)


@pytest.mark.parametrize("law", ["arguments-arrive-as-sent", "malformed-arguments-are-refused"])
def test_the_way_out_of_autogen_s_own_doing_is_green(law: str):
    """An agent that reads the arguments itself keeps both laws."""
    assert breaches(law, lambda: (user(kind=Sound, price=price), assistant("analyst", schema()))) == []


SHARED: dict[str, Any] = {}


class Sharing(autogen.UserProxyAgent):  # type: ignore[misc]  # AutoGen is untyped here
    """Agents that keep their functions in one place."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self._function_map = SHARED

    def register_function(self, function_map: dict[str, Any], **_: Any) -> None:
        for name, function in function_map.items():
            SHARED.pop(name, None) if function is None else SHARED.update({name: function})


def sharing() -> Any:
    SHARED.clear()
    return [user("first", Sharing), user("second", Sharing)]


def test_agents_that_share_a_registry_are_found_by_the_shortest_sequence():
    """Two dictionaries would not do so."""
    (found,) = breaches("registries-follow-their-model", sharing)

    assert found.what == "after register harness_first on first: harness_first on second is 'function 0', not 'absent'"


def test_what_one_agent_registers_appears_with_no_other():
    """The second agent gets what the first registers."""
    assert [breach.what for breach in breaches("agents-do-not-share-state", sharing)] == [
        "a tool that first registers and offers appears with second",
        "a tool that second registers and offers appears with first",
    ]


def test_agents_that_are_there_already_are_not_changed():
    """Laws that register something want a function; the others take the agents as they are."""
    agents = pair()
    test: Any = team_contract(agents, name="desk")

    assert {one.law for one in test.not_checked} == {"registries-follow-their-model", "agents-do-not-share-state"}
    assert test.contract.name == "desk"
    for law in test.laws:
        with World(test.contract) as world:
            list(law.check(world))
    assert agents[0].function_map == {"price": price}


def test_agents_are_made_while_wall_time_runs():
    """A framework makes models of types such as datetime, which a frozen clock would replace."""
    types = set()

    def make() -> Any:
        types.add(dt.datetime.__name__)
        return pair()

    assert breaches("what-is-advertised-is-registered", make) == []
    assert types == {"datetime"}


def test_nothing_of_the_user_runs():
    """Calls meet a stand-in for the tool."""
    calls = []

    def counted(ticker: str, days: int) -> str:
        calls.append(ticker)
        return "{}"

    for law in LAWS:
        breaches(law, lambda: (user(price=counted), assistant("analyst", schema())))

    assert calls == []


def test_what_holds_no_agent_is_an_error():
    """A contract about nothing would be green."""
    with pytest.raises(UsageError, match="there is no agent in what list gives"):
        breaches("tool-names-are-unique", list)


def test_it_is_a_test_like_that_of_a_tool(pytester: pytest.Pytester):
    """One id a law, red or warned, with the reason and the way out."""
    pytester.makepyfile(
        f"""
        import sys
        sys.path.insert(0, {str(ROOT / "examples")!r})
        from mistakes.tool_on_wrong_agent import build_agents
        from autogen_harness.contracts import team_contract
        test_desk = team_contract(build_agents, without={{"every-dispatch-path-agrees": "one way is used"}})
        """
    )
    result = pytester.runpytest_subprocess("-p", "no:randomly", "-p", "no:cacheprovider")

    outcomes = result.parseoutcomes()
    assert (outcomes["passed"], outcomes["failed"]) == (6, 2)
    result.stdout.fnmatch_lines(
        [
            "what-is-advertised-is-registered: every tool that a model is offered is registered*",
            "*broken     analyst offers its model get_stock_price, and no agent that receives its calls has it*",
            "*fix        register it with the executing agent*",
        ]
    )
    result.stdout.fnmatch_lines(["*ContractWarning: arguments-arrive-as-sent: *", "*AutoGen's own doing: *"])
