"""Replies and failures as the API writes them: whole, as a stream, and as errors. Values only; nothing is sent here."""

from __future__ import annotations

from autogen_harness.llm.wire.chunks import chunks as chunks
from autogen_harness.llm.wire.completions import completion as completion
from autogen_harness.llm.wire.envelope import Envelope as Envelope
from autogen_harness.llm.wire.failures import Failure as Failure
from autogen_harness.llm.wire.failures import error_body as error_body
from autogen_harness.llm.wire.failures import failure as failure
