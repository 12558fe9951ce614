"""Processes that a test starts, answered by the player of the test.

A process finds in its environment where to ask and a ``sitecustomize`` that makes it ask: anyway where ``subprocess`` or
asyncio starts it, else inside of ``with harness.http.workers():``. Its requests are then answered here, so that counts, order
and misses are those of the test, whoever swallows them.
"""

from __future__ import annotations
