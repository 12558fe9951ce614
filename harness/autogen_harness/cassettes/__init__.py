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
    from autogen_harness.cassettes.faults import Fault, fault
    from autogen_harness.cassettes.formats import dump, load, save
    from autogen_harness.cassettes.player import Player
    from autogen_harness.cassettes.services.webhook.delivery import WebhookDelivery
    from autogen_harness.cassettes.store import listing

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
    "Fault": "faults",
    "Interaction": "cassette",
    "Match": "cassette",
    "Player": "player",
    "WebhookDelivery": "services.webhook.delivery",
    "dump": "formats",
    "fault": "faults",
    "into_aioresponses": "backends.aioresponses_bridge",
    "into_responses": "backends.responses_bridge",
    "listing": "store",
    "load": "formats",
    "save": "formats",
}

__getattr__ = lazy_names(__name__, _HOMES)
