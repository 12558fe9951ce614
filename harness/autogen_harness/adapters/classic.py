"""Classic AutoGen (``import autogen``): pyautogen 0.2 to 0.9 and ag2 up to 0.14.

Every model call of these versions goes through ``OpenAIWrapper.create``, which knows the calling agent, reaches the group
manager's internal speaker selector and survives tools that are registered late. So that method is patched on its class, and
calls the original with scripted clients: fail-over, filters, usage and logging are AutoGen's own.
"""

from __future__ import annotations

import copy
import threading
from collections.abc import Callable, Mapping
from contextlib import contextmanager
from functools import wraps
from importlib import import_module
from typing import TYPE_CHECKING, Any

from autogen_harness.adapters import classic_code, classic_streams, classic_tools
from autogen_harness.adapters.classic_recording import RecordingClient
from autogen_harness.adapters.classic_replies import ScriptedClient
from autogen_harness.adapters.classic_threads import chats_in_threads
from autogen_harness.adapters.classic_wire import dialect_of
from autogen_harness.adapters.deferral import deferring
from autogen_harness.errors import ModelFault
from autogen_harness.patches import Patches

if TYPE_CHECKING:
    from collections.abc import Iterator

    from autogen_harness.adapters import Seams
    from autogen_harness.model import Purpose

SELECTOR = "speaker_selection_agent"
"""The name that AutoGen gives to the agent which it makes to choose the next speaker of a group chat."""


def hold(seams: Seams) -> Callable[[], None]:
    """Put the harness into the seams of the imported ``autogen``; the function returned takes it out again."""
    agents = import_module("autogen.agentchat.conversable_agent").ConversableAgent
    wrapper = import_module("autogen.oai.client").OpenAIWrapper
    patches, summing = Patches(), _Summing()
    patches.swap(wrapper, "_register_default_client", deferring)  # in a harness no agent needs a key or a provider's SDK
    patches.swap(wrapper, "create", lambda original: _create(original, seams, summing))
    patches.swap(agents, "_reflection_with_llm", summing.watching)
    classic_streams.count_offline(patches)
    classic_tools.observe(agents, patches, seams.ledger)
    classic_code.guard(agents, patches, seams)
    _answer_humans(patches, seams)
    seams.await_chats(chats_in_threads())
    return patches.undo


class _Summing(threading.local):
    """Is this thread inside a summary? AutoGen asks for one in the thread that then calls the model."""

    active = False

    def watching(self, original: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(original)
        def reflection(*args: Any, **kwargs: Any) -> Any:
            self.active = True
            try:
                return original(*args, **kwargs)
            finally:
                self.active = False

        return reflection

    def purpose(self, agent: str) -> Purpose:
        return "selection" if agent == SELECTOR else "summary" if self.active else "reply"


def _create(original: Callable[..., Any], seams: Seams, summing: _Summing) -> Callable[..., Any]:
    @wraps(original)
    def create(wrapper: Any, **config: Any) -> Any:
        agent = getattr(config.get("agent"), "name", "") or "(no agent)"
        config = {**config, "cache": None, "cache_seed": None}
        with _held(wrapper, _clients_for(seams, agent, summing.purpose(agent))) as stand_in:
            return _with_failover(original, stand_in, config)

    return create


def _clients_for(seams: Seams, agent: str, purpose: Purpose) -> Callable[[Any, str], Any]:
    """What makes the stand-in of a real client, whose provider has a dialect: scripted, or recording the real one."""
    recorder = seams.llm.recorder
    if recorder is not None:
        return lambda real, _: RecordingClient(recorder, real, agent, purpose)
    return lambda _, dialect: ScriptedClient(seams, agent, purpose, dialect)


@contextmanager
def _held(wrapper: Any, make: Callable[[Any, str], Any]) -> Iterator[Any]:
    """A copy of ``wrapper`` with clients that ``make`` makes of the real ones, and no cache; what it counts is copied back.

    A copy, because two threads may use one wrapper at a time. Clients that AutoGen itself would refuse, because they are not
    registered yet, stay: the refusal is real.
    """
    stand_in = copy.copy(wrapper)
    stand_in._clients = [
        one if type(one).__name__ == "PlaceHolderClient" else make(one, dialect_of(config))
        for one, config in zip(wrapper._clients, wrapper._config_list, strict=True)
    ]
    stand_in._config_list = [_uncached(config) for config in wrapper._config_list]
    try:
        yield stand_in
    finally:
        own = {"_clients": wrapper._clients, "_config_list": wrapper._config_list}
        wrapper.__dict__.update({**stand_in.__dict__, **own})


def _uncached(config: Mapping[str, Any]) -> dict[str, Any]:
    # 0.2 caches by default, so the seed must be None and not merely absent.
    return {**{key: value for key, value in config.items() if key != "cache"}, "cache_seed": None}


def _with_failover(original: Callable[..., Any], stand_in: Any, config: dict[str, Any]) -> Any:
    """AutoGen tries the next config when the SDK's own error is raised; without the SDK, do the same for ours."""
    while True:
        try:
            return original(stand_in, **config)
        except ModelFault as fault:
            rest = [
                pair
                for pair in zip(stand_in._clients, stand_in._config_list, strict=True)
                if not getattr(pair[0], "failed", False)
            ]
            if not rest or fault.code == "content_filter":  # which AutoGen hands through as well
                raise
            stand_in._clients, stand_in._config_list = ([*column] for column in zip(*rest, strict=True))


def _answer_humans(patches: Patches, seams: Seams) -> None:
    """Script ``IOStream.input``, for the console and for the streams behind ``run()``."""
    patches.swap(import_module("autogen.io.console").IOConsole, "input", lambda original: _input(original, seams))
    try:
        streams = import_module("autogen.io.thread_io_stream")
    except ModuleNotFoundError:  # before run() existed
        return
    patches.swap(streams.ThreadIOStream, "input", lambda original: _input(original, seams))
    patches.swap(streams.AsyncThreadIOStream, "input", lambda original: _async_input(original, seams))


def _input(original: Callable[..., Any], seams: Seams) -> Callable[..., str]:
    @wraps(original)
    def answer(_stream: Any, prompt: str = "", **_options: Any) -> str:
        return seams.ask_human(prompt)

    return answer


def _async_input(original: Callable[..., Any], seams: Seams) -> Callable[..., Any]:
    @wraps(original)
    async def answer(_stream: Any, prompt: str = "", **_options: Any) -> str:
        return seams.ask_human(prompt)

    return answer
