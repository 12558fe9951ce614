"""Agents made before any harness is active, in a pytest session: their real clients are built only when they are used.

AutoGen builds a provider's client for every agent and every tool that is registered, which wants an API key and the SDK.
A test module that makes its agents at import has neither. So the client is stored as a promise; a harness never redeems it,
and a test without a harness gets the real client at its first use. Switched off by ``harness_defer_clients = false``.
"""

from __future__ import annotations

import copy
from functools import partial, wraps
from typing import TYPE_CHECKING, Any

from autogen_harness.imports import when_imported

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

NO_HARNESS = (
    "autogen-harness: a real client is wanted here, since this test does not use the `harness` fixture, or records a script"
)

OPENAI_MAKER, AZURE_MAKER = "_openai_client_from_config", "_azure_openai_client_from_config"
"""The functions in which ``autogen_ext`` makes the SDK's clients."""


def defer_clients(wanted: Callable[[], bool]) -> Callable[[], None]:
    """Defer the clients of every generation, now or when it is imported; the function returned stops that.

    ``wanted`` is asked then, so that a session without AutoGen does not read its settings.
    """
    undo: list[Callable[[], None]] = []

    def swap(owner: Any, name: str, wrap: Callable[[Any], Any]) -> None:
        if wanted():
            original = getattr(owner, name)
            setattr(owner, name, wrap(original))
            undo.append(lambda: setattr(owner, name, original))

    def classic(module: ModuleType) -> None:
        swap(module.OpenAIWrapper, "_register_default_client", deferring)

    def agentchat(module: ModuleType) -> None:
        swap(module, OPENAI_MAKER, deferring_sdk)
        swap(module, AZURE_MAKER, deferring_sdk)

    undo += [
        when_imported("autogen.oai.client", classic),
        when_imported("autogen_ext.models.openai._openai_client", agentchat),
    ]

    def stop() -> None:
        while undo:
            undo.pop()()

    return stop


def deferring(original: Callable[..., Any]) -> Callable[..., Any]:
    """``OpenAIWrapper._register_default_client`` that stores promises; ``original`` redeems them."""

    @wraps(original)
    def register(wrapper: Any, config: dict[str, Any], openai_config: dict[str, Any]) -> None:
        if (
            config.get("model_client_cls") is not None
        ):  # the user's own client: AutoGen's placeholder for it is a promise already
            original(wrapper, config, openai_config)
        else:
            # .items() and not dict(...): from 0.9 on a config gives its URL and its key as plain text only there
            build = partial(_registered, original, wrapper, dict(config.items()), dict(openai_config.items()))
            wrapper._clients.append(DeferredClient(build))

    return register


def _registered(original: Callable[..., Any], wrapper: Any, config: dict[str, Any], openai_config: dict[str, Any]) -> Any:
    twin = copy.copy(wrapper)
    twin._clients = []
    original(twin, config, openai_config)
    return twin._clients[0]


def deferring_sdk(original: Callable[..., Any]) -> Callable[..., Any]:
    """A function that makes a client of the SDK from its configuration, and gives a promise; ``original`` redeems it."""

    @wraps(original)
    def make(config: Any) -> Any:
        return DeferredSdk(partial(original, config))

    return make


class DeferredClient:
    """Stands for a client that is built when the first attribute of it is asked for."""

    def __init__(self, build: Callable[[], Any]) -> None:
        self.__dict__["_promise"] = build

    def _build(self) -> Any:
        try:
            return self.__dict__["_promise"]()
        except Exception as error:
            notes = [*getattr(error, "__notes__", ()), NO_HARNESS]
            error.__notes__ = notes  # add_note is there from 3.11 on; pytest shows both
            raise

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        real = self.__dict__.get("_real") or self.__dict__.setdefault("_real", self._build())
        return getattr(real, name)


class DeferredSdk(DeferredClient):
    """The same, of a client that can be closed: there is nothing to close if it was never built."""

    async def close(self) -> None:
        """Close the real client, if there is one."""
        if "_real" in self.__dict__:
            await self.__dict__["_real"].close()
