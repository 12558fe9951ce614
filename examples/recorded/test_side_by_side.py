"""Several at a time: two agents with a cassette each, and a process that the test starts."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path

import requests

from autogen_harness import Harness

WORKER = Path(__file__).with_name("print_label.py")


def label(job: str) -> str:
    """What the service says of a job."""
    return str(requests.get(f"https://parcels.example.com/v1/labels/{job}", timeout=5).json()["label"])


def test_two_agents_at_a_time_never_mix(harness: Harness) -> None:
    """Both ask for the same address, in threads; each gets what is played in its own scope."""

    async def desk(cassette: str) -> str:
        with harness.http.scope():
            harness.http.play(cassette)
            await asyncio.sleep(1)  # the other one plays its cassette meanwhile
            return await asyncio.to_thread(label, "j-7")

    async def both() -> list[str]:
        return list(await asyncio.gather(desk("parcels/printed"), desk("parcels/printed-elsewhere")))

    assert asyncio.run(both()) == ["https://parcels.example.com/l/7.pdf", "https://elsewhere.example.com/l/7.pdf"]


def test_a_worker_process_is_answered_too(harness: Harness) -> None:
    """A plain program, started as ever: what it asks for is played, and counted as played here."""
    harness.http.play("parcels/printed")
    with harness.http.workers():
        done = subprocess.run([sys.executable, WORKER, "j-7"], capture_output=True, text=True, check=True)  # noqa: S603 - this file's neighbour

    assert done.stdout == "https://parcels.example.com/l/7.pdf\n"
