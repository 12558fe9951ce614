"""Cassettes on disk: the format, its readers and writers, where files lie and what is in them."""

from __future__ import annotations
