"""The virtual clock: waits that take no real time, and a schedule that can be asserted exactly."""

from __future__ import annotations

from autogen_harness.clock.virtual import FROZEN_AT as FROZEN_AT
from autogen_harness.clock.virtual import VirtualClock as VirtualClock
