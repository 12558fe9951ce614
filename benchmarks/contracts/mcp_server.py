"""A tool behind a server of MCP over stdio: `python mcp_server.py TOOL DEFECT`.

It is made of the SDK's own server, with the schema that the model sees; a tool that raises is told of in the SDK's words, and
arguments are left to the tool to check.
"""

from __future__ import annotations

import json
import os
import sys
from typing import Any

import anyio
import anyio.to_thread
import mcp_types as types
from hosted import Hosted, Told
from mcp.server import Server
from mcp.server.stdio import stdio_server
from subjects import contract, output_schema

TIMEOUT = 2.0
"""Seconds after which mcp-toolproof says that a call hangs."""


def server(tool: str, defect: str) -> Server[Any]:
    """The server of one tool."""
    made, hosted = contract(tool, defect), Hosted(tool, defect)
    output = output_schema(made)
    offered = types.Tool(name=made.name, description=made.name, input_schema=dict(made.schema), output_schema=output)

    async def list_tools(*_: Any) -> types.ListToolsResult:
        return types.ListToolsResult(tools=[offered])

    async def call_tool(_: Any, asked: types.CallToolRequestParams) -> types.CallToolResult:
        told = await anyio.to_thread.run_sync(hosted.call, asked.arguments or {})
        if told.cut_off:
            os._exit(1)  # the tool took its process, or the server's line to the client, with it
        if told.kind == "hang":
            await anyio.sleep(TIMEOUT * 2)
        return _result(made.name, told, structured=output is not None)

    return Server(made.name, on_list_tools=list_tools, on_call_tool=call_tool)


def _result(name: str, told: Told, *, structured: bool) -> types.CallToolResult:
    text = f"Error executing tool {name}" if told.kind in ("raised", "hang") else told.text
    fields = _object(text) if structured and told.kind == "answer" else None
    content = types.TextContent(type="text", text=text)
    return types.CallToolResult(content=[content], structured_content=fields, is_error=told.kind != "answer")


def _object(text: str) -> dict[str, Any] | None:
    try:
        value = json.loads(text)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None


async def main() -> None:
    """Serve until the client goes."""
    made = server(*sys.argv[1:])
    async with stdio_server() as (incoming, outgoing):
        await made.run(incoming, outgoing, made.create_initialization_options())


if __name__ == "__main__":
    anyio.run(main)
