"""Agents made before any harness is active, in a pytest session: their real clients are built only when they are used.

AutoGen builds a provider's client for every agent and every tool that is registered, which wants an API key and the SDK.
A test module that makes its agents at import has neither. So the client is stored as a promise; a harness never redeems it,
and a test without a harness gets the real client at its first use. Switched off by ``harness_defer_clients = false``.
"""

from __future__ import annotations

import copy
from functools import wraps
from typing import TYPE_CHECKING, Any

from autogen_harness.imports import when_imported

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

SHOWN_BY = "autogen.oai.client"
NO_HARNESS = "autogen-harness: a real client is wanted here, since this test does not use the `harness` fixture"


def defer_clients(wanted: Callable[[], bool]) -> Callable[[], None]:
    """Defer the clients of classic AutoGen, now or when it is imported; the function returned stops that.

    ``wanted`` is asked then, so that a session without AutoGen does not read its settings.
    """
    undo: list[Callable[[], None]] = []

    def patch(module: ModuleType) -> None:
        if not wanted():
            return
        wrapper = module.OpenAIWrapper
        original = wrapper._register_default_client
        wrapper._register_default_client = deferring(original)
        undo.append(lambda: setattr(wrapper, "_register_default_client", original))

    forget = when_imported(SHOWN_BY, patch)

    def stop() -> None:
        forget()
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
            wrapper._clients.append(DeferredClient(original, wrapper, dict(config), dict(openai_config)))

    return register


class DeferredClient:
    """Stands for a client that is built when the first attribute of it is asked for."""

    def __init__(self, build: Callable[..., Any], wrapper: Any, config: dict[str, Any], openai_config: dict[str, Any]) -> None:
        self.__dict__["_deferred"] = (build, wrapper, config, openai_config)

    def _build(self) -> Any:
        build, wrapper, config, openai_config = self.__dict__["_deferred"]
        twin = copy.copy(wrapper)
        twin._clients = []
        try:
            build(twin, config, openai_config)
        except Exception as error:
            error.__notes__ = [
                *getattr(error, "__notes__", ()),
                NO_HARNESS,
            ]  # add_note is there from 3.11 on; pytest shows both
            raise
        return twin._clients[0]

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        real = self.__dict__.get("_real") or self.__dict__.setdefault("_real", self._build())
        return getattr(real, name)
