"""Processes that a test starts, answered by the player of the test.

A process inside of ``with harness.http.workers():`` finds in its environment where to ask and a ``sitecustomize`` that makes it
ask. Its requests are then answered here, so that counts, order and misses are those of the test, whoever swallows them.
"""

from __future__ import annotations
