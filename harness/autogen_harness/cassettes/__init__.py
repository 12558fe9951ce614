"""Recorded HTTP, played back to HTTP clients, recorded from them, and kept in files.

Public names are imported when they are first used, so that ``import autogen_harness.cassettes`` costs nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from autogen_harness.imports import lazy_names

if TYPE_CHECKING:
    from autogen_harness.cassettes.backends.aioresponses_bridge import into_aioresponses
    from autogen_harness.cassettes.backends.responses_bridge import into_responses
    from autogen_harness.cassettes.cassette import Cassette, Interaction, Match
    from autogen_harness.cassettes.failing.faults import Fault, fault
    from autogen_harness.cassettes.files.formats import dump, load, save
    from autogen_harness.cassettes.files.store import listing
    from autogen_harness.cassettes.player import Player
    from autogen_harness.cassettes.services.webhook.delivery import WebhookDelivery

__all__ = [
    "Cassette",
    "Fault",
    "Interaction",
    "Match",
    "Player",
    "WebhookDelivery",
    "dump",
    "fault",
    "into_aioresponses",
    "into_responses",
    "listing",
    "load",
    "save",
]

_HOMES = {
    "Cassette": "cassette",
    "Fault": "failing.faults",
    "Interaction": "cassette",
    "Match": "cassette",
    "Player": "player",
    "WebhookDelivery": "services.webhook.delivery",
    "dump": "files.formats",
    "fault": "failing.faults",
    "into_aioresponses": "backends.aioresponses_bridge",
    "into_responses": "backends.responses_bridge",
    "listing": "files.store",
    "load": "files.formats",
    "save": "files.formats",
}

__getattr__ = lazy_names(__name__, _HOMES)
