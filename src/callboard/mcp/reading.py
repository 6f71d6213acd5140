"""Tools that read: what is mine, what there is, why it is so, and whose it is. None of them changes anything."""

from __future__ import annotations

from typing import Annotated

from mcp.server.fastmcp import FastMCP
from mcp.types import CallToolResult, ToolAnnotations
from pydantic import Field

from callboard.domain.query.spelling import spell_value
from callboard.mcp.answering import answered
from callboard.mcp.board import Board, Told

SHOWN = 20
"""Rows of a list where nothing else is asked for: an assistant reads all of them."""
MOST = 100
OPEN_OF_BUNDLE = 10
"""Findings of a bundle that its explanation names."""

Query = Annotated[
    str | None,
    Field(
        description="In the board's query language, such as 'is:open severity:critical owner:@me -env:test'; "
        "`query_language` explains it. Left out: everything open in sight."
    ),
]
Limit = Annotated[int, Field(ge=1, le=MOST, description="Rows at most.")]
Cursor = Annotated[str | None, Field(description="`next_cursor` of the page before.")]


def _reads(title: str) -> ToolAnnotations:
    return ToolAnnotations(title=title, readOnlyHint=True, idempotentHint=True, openWorldHint=False)


def offer_reading(server: FastMCP[None], board: Board) -> None:
    """Give the server every tool that reads."""

    @server.tool(annotations=_reads("Who am I"))
    async def who_am_i() -> CallToolResult:
        """Who the token stands for, what it sees, and what it may do."""
        return await answered(board.ask("/api/v1/me"))

    @server.tool(annotations=_reads("My work"))
    async def mine() -> CallToolResult:
        """What to do now: the most urgent pieces of work of whoever asks, each with its fix, and how much is overdue, due and new.

        Where the token stands for nobody in particular it is about everything in sight.
        """
        return await answered(board.ask("/api/v1/do-now"))

    @server.tool(annotations=_reads("Pieces of work"))
    async def list_work(query: Query = None, limit: Limit = SHOWN, cursor: Cursor = None) -> CallToolResult:
        """Open findings put together by what closes them: one row is one thing to do, with how many findings it closes."""
        return await answered(board.ask("/api/v1/bundles", {"q": query, "limit": limit, "cursor": cursor}))

    @server.tool(annotations=_reads("Findings"))
    async def list_findings(query: Query = None, limit: Limit = SHOWN, cursor: Cursor = None) -> CallToolResult:
        """Findings one by one. `total` is how many there are, whatever the page shows."""
        return await answered(board.ask("/api/v1/findings", {"q": query, "limit": limit, "cursor": cursor}))

    @server.tool(annotations=_reads("Explain a finding"))
    async def explain_finding(
        finding: Annotated[int, Field(ge=1, description="The number of the finding, `id` in lists.")],
    ) -> CallToolResult:
        """Everything about one finding: what is wrong, how to fix it, whose it is and by which evidence, and its history.

        `withheld` says in words what of it the token may not see. `seen` belongs into whatever is said about it next.
        """
        return await answered(board.ask(f"/api/v1/findings/{finding}"))

    @server.tool(annotations=_reads("Explain a piece of work"))
    async def explain_bundle(
        bundle: Annotated[str, Field(min_length=1, description="The key of the piece of work, `bundle` of a finding.")],
    ) -> CallToolResult:
        """One piece of work: its fix, its first findings, and one of them in full, with the source's guidance."""
        return await answered(_bundle(board, bundle))

    @server.tool(annotations=_reads("Explain an owner"))
    async def explain_ownership(
        resource: Annotated[str, Field(min_length=1, description="The id of a resource, `resource.id` of a finding.")],
    ) -> CallToolResult:
        """Why a resource is whose it is: every piece of evidence, what decided, and what people said about it."""
        return await answered(board.ask("/api/v1/ownership/explain", {"id": resource}))

    @server.tool(annotations=_reads("Campaigns"))
    async def list_campaigns() -> CallToolResult:
        """Findings that are to be gone by a day: who sees to each campaign, and how many are left. `campaign:3` in a query lists them."""
        return await answered(board.ask("/api/v1/campaigns"))

    @server.tool(annotations=_reads("The query language"))
    async def query_language() -> CallToolResult:
        """The keys and words of the query language, with an example of each."""
        return await answered(board.ask("/api/v1/query/help"))


async def _bundle(board: Board, key: str) -> Told:
    query = f"is:open bundle:{spell_value(key)}"
    rows = (await board.ask("/api/v1/bundles", {"q": query, "limit": 1}))["bundles"]
    page = await board.ask("/api/v1/findings", {"q": query, "limit": OPEN_OF_BUNDLE})
    example = await board.ask(f"/api/v1/findings/{rows[0]['example_id']}") if rows else None
    return {
        "bundle": rows[0] if rows else None,
        "findings": page["findings"],
        "total": page["total"],
        "example": example,
    }
