"""Keys that turn up where others read: in results, errors, logs and on standard output."""

from __future__ import annotations

import json
import logging
import os
from typing import Any

import pytest
import requests
from breaking import breach, parameters

from autogen_harness.contracts.calling.canaries import canary

LAW = "secrets-stay-out-of-results"
HOST = "https://query1.finance.yahoo.com"
UPSTREAM = {"upstream": "yahoo/chart-nvda"}
URL = {**UPSTREAM, "schema": parameters(url={"type": "string"})}
logger = logging.getLogger(__name__)


def fetching(tell: Any, key: Any = None) -> Any:
    """A tool that asks, with a key in the query where it has one, and tells of failures as ``tell`` does."""

    def tool(url: str = f"{HOST}/v8/finance/chart/NVDA") -> str:
        try:
            reply = requests.get(url, params={"apikey": key()} if key else None, timeout=5)
            reply.raise_for_status()
        except (requests.RequestException, ValueError) as error:
            return json.dumps({"error": tell(error)})
        return json.dumps({"status": reply.status_code})

    return tool


def quotes(error: Exception) -> str:
    return f"failed: {error}"


def names_the_type(error: Exception) -> str:
    return f"failed: {type(error).__name__}"


def logs(error: Exception) -> str:
    logger.warning("failed: %s", error)
    return names_the_type(error)


def logs_the_traceback(error: Exception) -> str:
    logger.error("failed", exc_info=error)
    return names_the_type(error)


def prints(error: Exception) -> str:
    print(error)  # noqa: T201  # the tool at fault
    return names_the_type(error)


@pytest.mark.parametrize(
    ("tell", "where"),
    [
        (quotes, "the result"),
        (logs, "the log"),
        (logs_the_traceback, "the log"),
        (prints, "what it prints"),
        (names_the_type, ""),
    ],
)
def test_a_key_of_the_tool_does_not_leave_it(tell: Any, where: str):
    """The text of a client's exception holds the whole URL, with the key that the tool put there."""
    tool = fetching(tell, key=lambda: os.environ.get("QUOTES_API_KEY", ""))
    found = breach(LAW, tool, schema=parameters(), **UPSTREAM)

    assert found == (f"the environment's QUOTES_API_KEY stands in {where}" if where else "")
    assert "QUOTES_API_KEY" not in os.environ


@pytest.mark.parametrize(("tell", "where"), [(quotes, "the result"), (logs, "the log"), (names_the_type, "")])
def test_a_secret_in_an_address_does_not_stand_in_an_error(tell: Any, where: str):
    """The model knows the address; whoever reads the error or the log need not."""
    found = breach(LAW, fetching(tell), **URL)

    assert found == (f"the password in the address stands in {where}" if where else "")


def test_the_whole_environment_is_no_result():
    """Whatever the variables are called."""
    assert breach(LAW, lambda: json.dumps(dict(os.environ)), schema=parameters()).startswith("the environment")


def test_what_is_set_already_is_put_back(monkeypatch: pytest.MonkeyPatch):
    """A real key is no canary, and is there again afterwards."""
    monkeypatch.setenv("SHOP_TOKEN", "real")
    seen: list[str] = []

    def tool() -> str:
        seen.append(os.environ["SHOP_TOKEN"])
        return json.dumps({"token": seen[-1]})

    assert breach(LAW, tool, schema=parameters()) == "the environment's SHOP_TOKEN stands in the result"
    assert seen[0] == "real"
    assert "real" not in seen[1:]
    assert os.environ["SHOP_TOKEN"] == "real"


def login(**given: str) -> str:
    return json.dumps({"error": f"no such user with {given}"})


@pytest.mark.parametrize(
    ("name", "said", "told"),
    [
        ("password", {}, True),
        ("apiKey", {}, True),
        ("access_token", {}, True),
        ("key", {}, False),  # of a table, as likely as not
        ("page_token", {}, False),
        ("keyword", {}, False),
        ("key", {"secrets": ["key"]}, True),
    ],
)
def test_arguments_whose_names_speak_of_a_secret(name: str, said: dict[str, Any], *, told: bool):
    """Or that the contract names."""
    found = breach(LAW, login, schema=parameters(**{name: {"type": "string"}}), **said)

    assert found == (f"{name} stands in the result" if told else "")


def test_an_answer_may_repeat_what_the_model_sent():
    """Only an error is read by others."""

    def tool(password: str) -> str:
        return json.dumps({"strength": len(password), "password": password})

    assert breach(LAW, tool, schema=parameters(password={"type": "string"})) == ""


def test_an_exception_is_a_result_too():
    """AutoGen sends its text to the model."""

    def tool(password: str) -> str:
        raise ValueError(f"wrong: {password}")

    assert breach(LAW, tool, schema=parameters(password={"type": "string"})) == "password stands in the exception"


def test_canaries_are_made_at_run_time():
    """Two are never one, and none is a word of this file."""
    assert len({canary() for _ in range(100)}) == 100
    assert canary().isalnum()
