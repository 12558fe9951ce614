"""Script files held against a team of autogen-agentchat that was never run."""

from __future__ import annotations

import sys

import pytest

pytest.importorskip("autogen_agentchat", reason="autogen-agentchat is not installed here")

from autogen_harness.cli import main

TEAM = '''
from autogen_agentchat.agents import AssistantAgent, UserProxyAgent
from autogen_agentchat.teams import RoundRobinGroupChat
from autogen_ext.models.openai import OpenAIChatCompletionClient


async def get_price(ticker: str) -> str:
    """Price."""
    return ticker


def team():
    client = OpenAIChatCompletionClient(model="gpt-4o")
    analyst = AssistantAgent("analyst", client, tools=[get_price])
    boss = AssistantAgent("boss", client, handoffs=["analyst"])
    return RoundRobinGroupChat([analyst, boss, UserProxyAgent("human")])
'''
SCRIPT = """\
format: autogen-harness-script/1
turns:
  - call: get_price
    args: {tiker: NVDA}
  - say: a
    by: human
  - call: transfer_to_analyst
    by: boss
"""


def test_a_team_is_read_without_a_key_and_each_agent_runs_its_own_tools(tmp_path, monkeypatch, capsys):
    """Tools and handoffs are on offer; a person has no model."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [*sys.path])
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    (tmp_path / "some_team.py").write_text(TEAM, encoding="utf-8")
    (tmp_path / "s.yaml").write_text(SCRIPT, encoding="utf-8")

    assert main(["check", "s.yaml", "--against", "some_team:team"]) == 1
    shown = capsys.readouterr().out
    assert shown.splitlines()[:-1] == [
        "s.yaml:4:11  get_price: 'ticker' is a required property",
        "s.yaml:4:12  get_price: 'tiker' is no parameter of it",
        "             did you mean 'ticker'?",
        "s.yaml:6:9   human has no model, so it never asks for a turn",
        "s.yaml: 3 problems",
    ]
    assert "boss (offers transfer_to_analyst; executes transfer_to_analyst); human (has no model; executes nothing)" in shown
