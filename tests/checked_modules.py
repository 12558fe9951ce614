"""Modules of tools that are checked without a test: sound, broken, lost, caching, made of agents."""

from __future__ import annotations

TOOLS = '''
"""Three tools: one that is sound, one that crashes on some text, one that asks Yahoo."""
import json
import requests

SCHEMA = {"name": "quote", "description": "A price.", "parameters": {
    "type": "object", "properties": {"ticker": {"type": "string", "description": "Such as NVDA.", "examples": ["NVDA"]}},
    "required": ["ticker"], "additionalProperties": False}}


def quote(ticker=None, **unknown):
    if unknown or not isinstance(ticker, str):
        return json.dumps({"error": f"{next(iter(unknown), 'ticker')} is not what it should be"})
    try:
        reply = requests.get("https://query1.finance.yahoo.com/v8/finance/chart/" + ticker, timeout=5)
        return json.dumps({"price": reply.json()["chart"]["result"][0]["meta"]["regularMarketPrice"]})
    except Exception as error:
        return json.dumps({"error": type(error).__name__})
'''

HINTED = '''
import json, os, time


def crash(text: str) -> str:
    """Counts."""
    return json.dumps({"length": 100 // (len(text) - 5)})


def hang(text: str) -> str:
    """Never ends where the text is long."""
    while len(text) > 1_000:
        pass
    return json.dumps({"text": text[:9]})


def leave(text: str) -> str:
    """Ends the process where there is no text."""
    if text is None:
        print("going", flush=True)
        os._exit(3)
    return json.dumps({"text": text[:9]})


def helper(thing):
    return thing
'''


CACHING = TOOLS.replace("SCHEMA =", "CACHE = {}\nSCHEMA =").replace(
    "    try:\n", "    if ticker in CACHE:\n        return CACHE[ticker]\n    CACHE[ticker] = '{}'\n    try:\n"
)

BRANCHING = '''
def count(text: str) -> str:
    """Counts."""
    if text == chr(0x1F986) * 3 + "never drawn":
        return "3"
    if not text:
        return "0"
    return "1"
'''

TEAM = """
from typing import Annotated
from autogen import ConversableAgent

assistant = ConversableAgent("a", llm_config={"config_list": [{"model": "m", "api_key": "k"}]})
user = ConversableAgent("u", llm_config=False, human_input_mode="NEVER")

def lookup(name: Annotated[str, "A name."]) -> dict:
    return {"name": name}

user.register_for_execution()(assistant.register_for_llm(description="Looks up.")(lookup))
"""

FILES = {
    "quotes": TOOLS,
    "hinted": HINTED,
    "caching": CACHING,
    "branching": BRANCHING,
    "team": TEAM,
    "empty": "x = 1\n",
    "shop/__init__": "from shop.tools import count\n",
    "shop/tools": 'def count(text: str) -> str:\n    """Counts."""\n    return "1"\n\nTOOLS = {"counter": count}\n',
    "shop/__main__": "raise SystemExit('ran')\n",
}
