"""Modules of tools that the tests of surveys write into a project."""

from __future__ import annotations

SOUND = """
import json

import aiohttp
import requests

COUNT = {"type": "function", "function": {"name": "count", "description": "Counts.", "parameters": {
    "type": "object", "properties": {"text": {"type": "string", "description": "What.", "maxLength": 50}},
    "required": ["text"], "additionalProperties": False}}}
OTHERS = [
    {"name": "weather", "description": "The weather.", "parameters": {
        "type": "object", "properties": {"city": {"type": "string", "description": "Where.", "enum": ["Rome", "Oslo"]}},
        "required": ["city"], "additionalProperties": False}},
    {"name": "page", "description": "A page.", "parameters": {
        "type": "object", "properties": {"url": {"type": "string", "description": "Where."}},
        "required": ["url"], "additionalProperties": False}},
]


def wrong(values, *names):
    for name in names:
        if not isinstance(values.get(name), str):
            return json.dumps({"error": f"argument {name} is missing or no text"})
    unknown = [name for name in values if name not in names]
    return json.dumps({"error": f"argument {unknown[0]} is unknown"}) if unknown else ""


def count(**given):
    if not wrong(given, "text") and len(given["text"]) > 50:
        return json.dumps({"error": "argument text is too long"})
    return wrong(given, "text") or json.dumps({"length": len(given["text"])})


def weather(**given):
    if not wrong(given, "city") and given["city"] not in ("Rome", "Oslo"):
        return json.dumps({"error": "argument city is neither Rome nor Oslo"})
    return wrong(given, "city") or fetch("https://weather.example.com/v1/" + given["city"])


def fetch(url):
    try:
        reply = requests.get(url, timeout=5)
    except (requests.RequestException, ValueError) as error:
        return json.dumps({"error": f"no answer: {type(error).__name__}"})
    status = reply.status_code
    return json.dumps({"status": status} if 200 <= status < 300 else {"error": f"status {status}"})


async def page(**given):
    if wrong(given, "url"):
        return wrong(given, "url")
    try:
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=5)) as session, session.get(given["url"]) as reply:
            status = reply.status
    except Exception as error:
        return json.dumps({"error": f"no answer: {type(error).__name__}"})
    return json.dumps({"status": status} if 200 <= status < 300 else {"error": f"status {status}"})
"""

BROKEN = '''
import json


def crash(text: str) -> str:
    """Counts."""
    return json.dumps({"length": 100 // (len(text) - 5)})


def strict(key: str) -> str:
    """Looks something up."""
    return json.dumps({"error": "no such thing"} if key != "known to nobody" else {"value": 1})
'''
