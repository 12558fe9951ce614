"""The same interactions in the format of each tool: chart replies of about 0.7 kB, made up from their number."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

HOST = "https://query1.finance.yahoo.com"
ASKED = {"Accept": "*/*", "Accept-Encoding": "gzip, deflate", "Connection": "keep-alive", "User-Agent": "python-requests/2.34"}
ANSWERED = {
    "content-type": "application/json;charset=utf-8",
    "cache-control": "public, max-age=1",
    "date": "Mon, 02 Nov 2026 10:00:00 GMT",
    "server": "ATS",
    "age": "0",
    "vary": "Origin,Accept-Encoding",
}
AT = "2026-11-02T10:00:00+00:00"


def url(number: int) -> str:
    return f"{HOST}/v8/finance/chart/T{number:06d}?range=1mo&interval=1d"


def body(number: int) -> str:
    drawn = random.Random(number)
    names = ("open", "high", "low", "close")
    quote: dict[str, list[Any]] = {name: [round(100 + drawn.random() * 10, 2) for _ in range(6)] for name in names}
    quote["volume"] = [drawn.randrange(10**6, 10**8) for _ in range(6)]
    meta = {"symbol": f"T{number:06d}", "currency": "USD", "regularMarketPrice": quote["close"][-1], "timezone": "EST"}
    times = [1_700_000_000 + 86_400 * day for day in range(6)]
    return json.dumps(
        {"chart": {"result": [{"meta": meta, "timestamp": times, "indicators": {"quote": [quote]}}], "error": None}}
    )


def chosen(count: int, most: int) -> list[int]:
    """Numbers in an order that no scan likes, each once."""
    return random.Random(7).sample(range(count), min(count, most))


def file_of(folder: Path, kind: str, count: int) -> Path:
    """The cassette of ``count`` interactions in the format ``kind``, made once."""
    suffix, write = WRITERS[kind]
    path = folder / f"{kind}-{count}{suffix}"
    if not path.exists():
        write(path, count)
    return path


def _ours(path: Path, count: int) -> None:
    from autogen_harness.cassettes import Cassette, Interaction, save
    from autogen_harness.model import HttpReply, HttpRequest

    headers = tuple(ANSWERED.items())
    made = [
        Interaction(HttpRequest("GET", url(number)), HttpReply(200, "OK", headers, body(number).encode()), optional=True)
        for number in range(count)
    ]
    save(Cassette(tuple(made), "For the benchmark."), path)


def _vcrpy(count: int) -> dict[str, Any]:
    return {
        "version": 1,
        "interactions": [
            {
                "request": {"method": "GET", "uri": url(number), "body": None, "headers": _listed(ASKED)},
                "response": {
                    "status": {"code": 200, "message": "OK"},
                    "headers": _listed(ANSWERED),
                    "body": {"string": body(number)},
                },
            }
            for number in range(count)
        ],
    }


def _vcrpy_yaml(path: Path, count: int) -> None:
    import yaml

    path.write_text(yaml.dump(_vcrpy(count), Dumper=yaml.CDumper), encoding="utf-8")


def _vcrpy_json(path: Path, count: int) -> None:
    path.write_text(json.dumps(_vcrpy(count), indent=4), encoding="utf-8")


def _betamax(path: Path, count: int) -> None:
    made = [
        {
            "request": {
                "body": {"encoding": "utf-8", "string": ""},
                "headers": _listed(ASKED),
                "method": "GET",
                "uri": url(number),
            },
            "response": {
                "body": {"encoding": "utf-8", "string": body(number)},
                "headers": _listed(ANSWERED),
                "status": {"code": 200, "message": "OK"},
                "url": url(number),
            },
            "recorded_at": AT[:19],
        }
        for number in range(count)
    ]
    path.write_text(json.dumps({"recorded_with": "betamax/0.9.0", "http_interactions": made}), encoding="utf-8")


def _cassetter(path: Path, count: int) -> None:
    """TOML: its reader of YAML refuses more than some 4,000 of these."""
    lines = ["version = 1", ""]
    for number in range(count):
        lines += ["[[interactions]]", f'recorded_at = "{AT}"', "", "[interactions.request]", 'method = "GET"']
        lines += [f'uri = "{url(number)}"', 'body_type = "none"', "", "[interactions.request.headers]"]
        lines += [f'{name.lower()} = ["{value}"]' for name, value in ASKED.items()]
        lines += ["", "[interactions.response]", "status = 200", 'body_type = "json"', f"body_content = '{body(number)}'"]
        lines += ["", "[interactions.response.headers]", *(f'{name} = ["{value}"]' for name, value in ANSWERED.items()), ""]
    path.write_text("\n".join(lines), encoding="utf-8")


def _listed(headers: dict[str, str]) -> dict[str, list[str]]:
    return {name: [value] for name, value in headers.items()}


WRITERS = {
    "ours": (".json", _ours),
    "ours-lines": (".jsonl", _ours),
    "vcrpy-yaml": (".yaml", _vcrpy_yaml),
    "vcrpy-json": (".json", _vcrpy_json),
    "betamax": (".json", _betamax),
    "cassetter": (".toml", _cassetter),
}
