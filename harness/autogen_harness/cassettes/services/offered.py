"""What a player offers besides files: each service is made when a test first speaks of it."""

from __future__ import annotations

import time
from functools import cached_property
from typing import TYPE_CHECKING

from autogen_harness.cassettes.files.ages import Ages

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from autogen_harness.cassettes.services.duckduckgo import DuckDuckGo
    from autogen_harness.cassettes.services.templates import Queue
    from autogen_harness.cassettes.services.webhook import Webhook
    from autogen_harness.cassettes.services.yahoo import Yahoo
    from autogen_harness.clock import VirtualClock
    from autogen_harness.ledger import Entry
    from autogen_harness.model import Finding


class Services:
    """The services of a player. A test that uses none of them does not load them.

    Attributes:
        max_age: days after which a recorded cassette that is played is noted as old; 0 for never.
    """

    max_age: float = 0.0
    queue: Queue
    _report: Callable[[Entry], None]
    _clock: VirtualClock
    _roots: tuple[Path, ...]

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

    @cached_property
    def webhook(self) -> Webhook:
        """A real receiver on this machine, which listens from the first use of its ``url`` on."""
        from autogen_harness.cassettes.services.webhook import Webhook

        return Webhook(self._report, self._now, self._roots)

    def _now(self) -> float:
        """Wall time as the code under test sees it: this package is exempt from the frozen one."""
        frozen = self._clock.wall
        return time.time() if frozen is None else frozen

    @cached_property
    def _ages(self) -> Ages:
        return Ages(self.max_age, self._report)

    def _unmet(self) -> list[Finding]:
        return self.webhook.leftovers() if "webhook" in vars(self) else []

    def _reset_services(self) -> None:
        self._ages.clear()
        if "webhook" in vars(self):
            self.webhook.reset()

    def _close_services(self) -> None:
        if "webhook" in vars(self):
            self.webhook.close()
