"""Laws of tools that report: to a callback, or to a webhook."""

from __future__ import annotations
