"""All benches."""

from __future__ import annotations

from defects.benches import asynchronous, databases, error_handled, files, pipelines, searching, synchronous, webhooks

_GROUPS = (synchronous, searching, asynchronous, databases, pipelines, webhooks, error_handled, files)

BENCHES = tuple(bench for group in _GROUPS for bench in group.BENCHES)
OUT_OF_REACH = tuple(one for group in _GROUPS for one in group.OUT_OF_REACH)
