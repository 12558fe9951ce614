"""All benches."""

from __future__ import annotations

from defects.benches import (
    asynchronous,
    chains,
    databases,
    error_handled,
    files,
    leads,
    nested,
    pipelines,
    searching,
    synchronous,
    webhooks,
    wiring,
)

_GROUPS = (
    *(wiring, synchronous, searching, asynchronous, databases, pipelines, webhooks),
    *(leads, chains, error_handled, files, nested),
)

BENCHES = tuple(bench for group in _GROUPS for bench in group.BENCHES)
OUT_OF_REACH = tuple(one for group in _GROUPS for one in group.OUT_OF_REACH)
