"""What a tool answers with: a document of the API, or how the board says no."""

from __future__ import annotations

from collections.abc import Awaitable

import msgspec
from mcp.types import CallToolResult, TextContent

from callboard.errors import CallboardError
from callboard.mcp.board import Told


async def answered(asked: Awaitable[Told]) -> CallToolResult:
    """The answer as text and as a document; an error of ours as the API told it, with what can be done about it."""
    try:
        told = await asked
    except CallboardError as error:
        words = error.message if error.hint is None else f"{error.message}\n{error.hint}"
        return CallToolResult(content=[TextContent(type="text", text=words)], isError=True)
    text = msgspec.json.encode(told).decode()
    return CallToolResult(content=[TextContent(type="text", text=text)], structuredContent=told)
