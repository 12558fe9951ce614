"""Yahoo's chart endpoint, as ``docs/shipped-cassettes.md`` tells its shapes."""

from __future__ import annotations

from autogen_harness.cassettes.services.yahoo.service import Yahoo as Yahoo
