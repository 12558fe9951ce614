"""mcp-toolproof: its static checks and its fuzzing, as it is set by default, on a server of MCP over stdio."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import anyio
import anyio.from_thread
from anyio.abc import BlockingPortal
from rows import Row
from toolproof import fuzz
from toolproof.checks import run_checks
from toolproof.client import McpServer
from toolproof.config import FuzzConfig, ServerConfig

WAY = "mcp-toolproof"
WAYS = (WAY,)
SERVER = Path(__file__).with_name("mcp_server.py")


def rows(tool: str, defect: str, seeds: list[int]) -> Iterator[Row]:
    """A row for each seed."""
    command = [sys.executable, str(SERVER), tool, defect]
    with (
        anyio.from_thread.start_blocking_portal() as portal,
        portal.wrap_async_context_manager(McpServer(ServerConfig(command=command))) as server,
    ):
        for seed in seeds:
            yield _row(portal, server, seed)


def _row(portal: BlockingPortal, server: McpServer, seed: int) -> Row:
    (tool,) = portal.call(server.list_tools)
    begin, red = time.perf_counter(), dict[str, int | None]()
    for problem in run_checks([tool]):
        if problem.severity == "error":
            red[f"check {problem.check}"] = 0
    result = portal.call(_fuzzed, server, tool, seed, red)
    return Row(WAY, seed, red, result.calls, time.perf_counter() - begin)


async def _fuzzed(server: McpServer, tool: Any, seed: int, red: dict[str, int | None]) -> fuzz.FuzzResult:
    def noting(self: Any, kind: str, mode: str, args: Any, detail: str) -> None:
        red.setdefault(f"{kind} {mode}", self.result.calls)
        record(self, kind, mode, args, detail)

    record = fuzz._ToolFuzzer.record
    fuzz._ToolFuzzer.record = noting
    try:
        result = await fuzz.fuzz_tool(server, tool, FuzzConfig(), seed)
    finally:
        fuzz._ToolFuzzer.record = record
    for finding in result.findings:  # a schema that is none is found without any call
        red.setdefault(f"{finding.kind} {finding.mode}", result.calls)
    if result.skipped:
        red["skipped"] = 0
    return result
