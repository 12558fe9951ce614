"""Agents and the modules that they are made in: what is offered, what can run, what an import does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from defects import noisy_module, quiet_module
from defects.workbench import Bench, Defect, OutOfReach, contract

from autogen_harness.contracts import hints, subject
from autogen_harness.contracts.subject import Contract
from synchronous.tool import GET_STOCK_PRICE_SCHEMA, get_stock_price


def agents(bugs: frozenset[str]) -> Callable[[], Any]:
    """Makes a user proxy that executes, and an assistant that is offered, one tool."""

    def build() -> Any:
        import autogen

        offered = [{"type": "function", "function": GET_STOCK_PRICE_SCHEMA}] * (2 if "X4" in bugs else 1)
        analyst = autogen.AssistantAgent("analyst", llm_config={"config_list": [{"model": "gpt-4o"}], "tools": offered})
        user = autogen.UserProxyAgent("user", human_input_mode="NEVER", code_execution_config=False)
        (analyst if "W1" in bugs else user).register_function({"get_stock_price": get_stock_price})
        return user, analyst

    return build


AUTOGEN_S_OWN = dict.fromkeys(
    ("arguments-arrive-as-sent", "malformed-arguments-are-refused", "every-dispatch-path-agrees"),
    "AutoGen's own classes break it, and the contract only warns",
)


def team(bugs: frozenset[str]) -> Contract:
    """Two agents and one tool."""
    return subject.team(agents(bugs), "desk", hints.Hints(without=AUTOGEN_S_OWN))


def imported(bugs: frozenset[str]) -> Contract:
    """A tool, and what importing its module does."""
    module = noisy_module if "W5" in bugs else quiet_module
    return contract(module.shout, module.SCHEMA)


BENCHES = (
    Bench(
        "desk",
        team,
        (
            Defect("W1", "the tool is registered with the assistant", "every-advertised-tool-can-run", "not found"),
            Defect("X4", "one name is offered twice", "tool-names-are-unique", "analyst offers get_stock_price 2 times"),
        ),
        "autogen",
    ),
    Bench(
        "shout",
        imported,
        (Defect("W5", "the import configures logging", "importing-does-nothing", "logging"),),
    ),
)
OUT_OF_REACH = (
    OutOfReach(
        "W6",
        "a tool is written, and neither offered nor registered",
        "a contract is about what its author names: a function that no agent knows is in nobody's contract",
    ),
)
