"""What a player offers besides files: each service is made when a test first speaks of it."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from autogen_harness.cassettes.services.duckduckgo import DuckDuckGo
    from autogen_harness.cassettes.services.templates import Queue
    from autogen_harness.cassettes.services.yahoo import Yahoo
    from autogen_harness.clock import VirtualClock


class Services:
    """The services of a player. A test that uses none of them does not load them."""

    queue: Queue
    _clock: VirtualClock

    @cached_property
    def yahoo(self) -> Yahoo:
        """Replies of Yahoo's chart endpoint."""
        from autogen_harness.cassettes.services.yahoo import Yahoo

        return Yahoo(self.queue, lambda: self._clock.wall)

    @cached_property
    def duckduckgo(self) -> DuckDuckGo:
        """Replies of DuckDuckGo's instant answers."""
        from autogen_harness.cassettes.services.duckduckgo import DuckDuckGo

        return DuckDuckGo(self.queue, lambda: self._clock.wall)
