"""Run one battery with one tool, in a process of its own: prints one line of JSON. Called by fidelity.py.

    python fidelity_probe.py BATTERY TOOL

Each probe runs live, then while the tool records it, then on replay of that recording with the server gone.
"""

from __future__ import annotations

import json
import logging
import signal
import sys
import tempfile
import warnings
from collections.abc import Callable
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests"))

from conformance import running  # noqa: E402 - the batteries are tests of the project
from conformance.origin import Origin  # noqa: E402 - as above

LIMIT = 20
"""Seconds for one program."""

Opened = Callable[[str], AbstractContextManager[Any]]


def main() -> None:
    battery, tool = sys.argv[1:]
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    probes = {name: _limited(probe) for name, probe in _battery(battery).items()}
    seen = TOOLS[tool](probes, tempfile.mkdtemp(), battery)
    same = {phase: sum(seen[phase].get(name) == seen["live"][name] for name in probes) for phase in ("recording", "replay")}
    differ = [name for name in probes if seen["replay"].get(name) != seen["live"][name]]
    print("\n" + json.dumps({"probes": len(probes), **same, "differ": differ}))


def _limited(probe: Callable[[str], Any]) -> Callable[[str], Any]:
    """With some tools a program never ends."""

    def run(url: str) -> Any:
        signal.signal(signal.SIGALRM, _hung)
        signal.alarm(LIMIT)
        try:
            return probe(url)
        finally:
            signal.alarm(0)

    return run


def _hung(*_: object) -> None:
    message = f"it has not ended after {LIMIT} seconds"
    raise TimeoutError(message)


def _battery(name: str) -> dict[str, Callable[[str], Any]]:
    if name.startswith("httpx"):
        from conformance.httpx_probes import probes

        return probes(name)
    from importlib import import_module

    return import_module(f"conformance.{name}_probes").PROBES


def _ours(*backends: str, times: int = 1) -> Callable[..., dict[str, Any]]:
    """What programs see the last of so many ``times``: with some backends the first request to a place is another thing."""

    def run(probes: dict[str, Any], _folder: str, _battery: str) -> dict[str, Any]:
        seen: dict[str, Any] = {"live": {}, "recording": {}, "replay": {}}
        origin, tapes = Origin(), {}
        for name in probes:
            _live(seen, probes, origin, name)
            tapes[name] = running.Memory()
            with running.recording(tapes[name]):
                seen["recording"] |= running.run(probes, origin.url, only=name)
        origin.close()
        for name, tape in tapes.items():
            with running.replaying(tape.interactions * times, backends=backends):
                for _ in range(times):
                    seen["replay"] |= running.run(probes, origin.url, only=name)
        return seen

    return run


def _live(seen: dict[str, Any], probes: dict[str, Any], origin: Origin, name: str) -> None:
    origin.reset()
    seen["live"] |= running.run(probes, origin.url, only=name)
    origin.reset()


def _recorder(record: Callable[[str, str], Opened], replay: Callable[[str, str], Opened]) -> Callable[..., dict[str, Any]]:
    """A tool with one cassette file for each probe."""

    def run(probes: dict[str, Any], folder: str, battery: str) -> dict[str, Any]:
        seen: dict[str, Any] = {"live": {}, "recording": {}, "replay": {}}
        origin = Origin()
        places = {name: f"{folder}/{number}" for number, name in enumerate(probes)}
        for name, place in places.items():
            _live(seen, probes, origin, name)
            with _quietly(record(place, battery)):
                seen["recording"] |= running.run(probes, origin.url, only=name)
        origin.close()
        for name, place in places.items():
            with _quietly(replay(place, battery)):
                seen["replay"] |= running.run(probes, origin.url, only=name)
        return seen

    return run


@contextmanager
def _quietly(opened: AbstractContextManager[Any]) -> Any:
    """What a tool says of its own at the end is not what the program saw."""
    try:
        with opened:
            yield
    except Exception:  # noqa: BLE001 - as said
        return


def _vcrpy(mode: str) -> Callable[[str, str], Any]:
    def opened(place: str, _battery: str) -> Any:
        import vcr

        return vcr.VCR(record_mode=mode, match_on=("method", "uri", "body")).use_cassette(f"{place}.yaml")

    return opened


_HOOKS = {"requests": "urllib3", "urllib": "urllib3", "aiohttp": "aiohttp", "httpx": "httpx", "httpx2": "httpx2"}


def _cassetter(mode: str) -> Callable[[str, str], Any]:
    def opened(place: str, battery: str) -> Any:
        import cassetter

        if battery == "urllib":
            return nullcontext()
        options = {"match_on": ["method", "uri", "body"], "intercept": [_HOOKS[battery]]}
        return cassetter.use_cassette(f"{place}.toml", record_mode=mode, **options)

    return opened


TOOLS: dict[str, Callable[..., dict[str, Any]]] = {
    "autogen-harness": _ours(),
    "autogen-harness, backend=adapter": _ours("adapter"),
    "autogen-harness, backend=responses": _ours("responses"),
    "autogen-harness, backend=middleware": _ours("middleware", times=2),
    "autogen-harness, backend=aioresponses": _ours("aioresponses"),
    "vcrpy": _recorder(_vcrpy("once"), _vcrpy("none")),
    "cassetter": _recorder(_cassetter("once"), _cassetter("none")),
}

if __name__ == "__main__":
    main()
