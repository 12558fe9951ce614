"""The network guard: an attempt to reach another machine is recorded and refused."""

from __future__ import annotations

from autogen_harness.network.guard import NetworkGuard as NetworkGuard
