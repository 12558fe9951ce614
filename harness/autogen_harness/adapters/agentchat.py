"""AutoGen since 0.4 (``import autogen_agentchat``): who asks the model, and what becomes of the tools that it calls.

The model clients are held apart, since an agent takes whichever it is given: see :mod:`.agentchat_openai` and
:mod:`.agentchat_client`.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from autogen_harness.adapters import agentchat_people, agentchat_tools
from autogen_harness.adapters.agentchat_callers import running, selecting, speaking
from autogen_harness.imports import when_imported
from autogen_harness.patches import Patches

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import ModuleType

    from autogen_harness.adapters import Seams

SELECTOR = "autogen_agentchat.teams._group_chat._selector_group_chat"
MEMBERS = "autogen_agentchat.teams._group_chat._sequential_routed_agent"


def hold(seams: Seams) -> Callable[[], None]:
    """Put the harness into the agents and teams of ``autogen_agentchat``; the function returned takes it out again."""
    patches, base = Patches(), import_module("autogen_agentchat.agents").BaseChatAgent
    for agents in _speakers(base):
        patches.swap(agents, "on_messages_stream", speaking)
    patches.swap(base, "run", running)
    agentchat_tools.observe(patches, seams.ledger)
    agentchat_people.guard(patches, seams)

    def hold_members(module: ModuleType) -> None:
        patches.swap(module.SequentialRoutedAgent, "on_message_impl", running)

    def hold_selector(module: ModuleType) -> None:
        patches.swap(module.SelectorGroupChatManager, "_select_speaker", selecting)

    waiting = [when_imported(MEMBERS, hold_members), when_imported(SELECTOR, hold_selector)]

    def release() -> None:
        while waiting:
            waiting.pop()()
        patches.undo()

    return release


def _speakers(base: type) -> Iterator[type]:
    """Every class of agents that answers in its own way, the user's included."""
    kind: type
    if "on_messages_stream" in vars(base):
        yield base
    for kind in base.__subclasses__():
        yield from _speakers(kind)
