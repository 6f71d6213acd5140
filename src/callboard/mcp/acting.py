"""Tools that say something about findings. Each is one decision of the board, with the caller's rights and in the caller's name.

What takes work off the board, or takes back what a person said, is marked as destructive, so that an assistant asks first.
"""

from __future__ import annotations

from typing import Annotated, Literal

from mcp.server.fastmcp import FastMCP
from mcp.types import CallToolResult, ToolAnnotations
from pydantic import Field

from callboard.mcp.answering import answered
from callboard.mcp.board import Board

DECISIONS = "/api/v1/decisions"

Findings = Annotated[
    list[int] | None, Field(description="Numbers of findings. Give just one of `findings`, `bundle` and `query`.")
]
Bundle = Annotated[str | None, Field(description="The key of a piece of work: all its open findings.")]
Query = Annotated[str | None, Field(description="A query: all its findings, at most 10,000. Preview it first.")]
Note = Annotated[str, Field(description="Why, for whoever reads it later.")]
Preview = Annotated[bool, Field(description="Only tell what would be done.")]
Seen = Annotated[
    int | None,
    Field(description="`seen` of the finding as it was read: what others have said since is then not talked over."),
]
Until = Literal["1d", "7d", "30d", "fix", "worse"]
Reason = Literal["false-positive", "not-used", "mitigated", "duplicate", "wont-fix-retiring"]
Justification = Literal[
    "component-not-present",
    "vulnerable-code-not-present",
    "vulnerable-code-not-in-execute-path",
    "vulnerable-code-cannot-be-controlled-by-adversary",
    "inline-mitigations-already-exist",
]


def _adds(title: str) -> ToolAnnotations:
    return ToolAnnotations(
        title=title, readOnlyHint=False, destructiveHint=False, idempotentHint=True, openWorldHint=False
    )


def _takes_away(title: str) -> ToolAnnotations:
    return ToolAnnotations(
        title=title, readOnlyHint=False, destructiveHint=True, idempotentHint=True, openWorldHint=False
    )


def offer_acting(server: FastMCP[None], board: Board) -> None:
    """Give the server every tool that says something about findings."""
    _offer_work(server, board)
    _offer_setting_aside(server, board)

    @server.tool(annotations=_takes_away("Take back"))
    async def undo(
        decision: Annotated[int, Field(ge=1, description="The number of the decision, as it was answered.")],
    ) -> CallToolResult:
        """Take a decision back, for all findings that it stands for. What it had replaced stands again."""
        return await answered(board.say(f"{DECISIONS}/{decision}/undo", {}))


def _offer_work(server: FastMCP[None], board: Board) -> None:
    """What leaves a finding in the work."""

    @server.tool(annotations=_adds("Take"))
    async def take(
        *, findings: Findings = None, bundle: Bundle = None, query: Query = None, note: Note = "", seen: Seen = None,
        preview: Preview = False,
    ) -> CallToolResult:  # fmt: skip
        """Say that whoever asks works on it. What somebody else has taken stays theirs, and is told."""
        said = {"act": "take", "findings": findings, "bundle": bundle, "q": query}
        return await answered(board.say(DECISIONS, {**said, "note": note, "seen": seen, "preview": preview}))

    @server.tool(annotations=_adds("Comment"))
    async def comment(
        *, note: Annotated[str, Field(min_length=1, description="What is kept in the history.")], findings: Findings = None,
        bundle: Bundle = None, query: Query = None, preview: Preview = False,
    ) -> CallToolResult:  # fmt: skip
        """Keep a note in the history of findings."""
        said = {"act": "comment", "findings": findings, "bundle": bundle, "q": query}
        return await answered(board.say(DECISIONS, {**said, "note": note, "preview": preview}))

    @server.tool(annotations=_adds("Ask to accept a risk"))
    async def ask_to_accept(
        *, until: Annotated[str, Field(description="The last day of the risk, such as 2027-03-31, within a year.")],
        note: Annotated[str, Field(min_length=1, description="Why the risk should be accepted.")],
        findings: Findings = None, bundle: Bundle = None, query: Query = None, seen: Seen = None,
        preview: Preview = False,
    ) -> CallToolResult:  # fmt: skip
        """Ask that a risk be accepted. It stays open until somebody else, a person with the right to, agrees."""
        said = {"act": "ask", "findings": findings, "bundle": bundle, "q": query, "until": until}
        return await answered(board.say(DECISIONS, {**said, "note": note, "seen": seen, "preview": preview}))


def _offer_setting_aside(server: FastMCP[None], board: Board) -> None:
    """What takes a finding out of the work."""

    @server.tool(annotations=_takes_away("Snooze"))
    async def snooze(
        *, until: Annotated[Until, Field(description="Days, until there is a fix, or until it is worse.")] = "30d",
        findings: Findings = None, bundle: Bundle = None, query: Query = None, note: Note = "", seen: Seen = None,
        preview: Preview = False,
    ) -> CallToolResult:  # fmt: skip
        """Put findings off. They leave the work and come back by themselves, within a year."""
        said = {"act": "snooze", "findings": findings, "bundle": bundle, "q": query, "until": until}
        return await answered(board.say(DECISIONS, {**said, "note": note, "seen": seen, "preview": preview}))

    @server.tool(annotations=_takes_away("Dismiss"))
    async def dismiss(
        *, reason: Annotated[
            Reason,
            Field(
                description="Why nothing has to be done. not-used needs a justification, duplicate needs duplicate_of, "
                "wont-fix-retiring needs until."
            ),
        ],
        findings: Findings = None, bundle: Bundle = None, query: Query = None, note: Note = "",
        justification: Annotated[Justification | None, Field(description="With not-used: why it is not affected.")] = None,
        duplicate_of: Annotated[int | None, Field(description="With duplicate: the other finding.")] = None,
        until: Annotated[str | None, Field(description="A day such as 2027-01-31, at whose end it comes back.")] = None,
        seen: Seen = None, preview: Preview = False,
    ) -> CallToolResult:  # fmt: skip
        """Resolve findings without a fix, for a reason. What is really fixed is closed by its source at the next sync instead."""
        said = {"act": "dismiss", "findings": findings, "bundle": bundle, "q": query, "reason": reason, "note": note}
        more = {"justification": justification, "duplicate_of": duplicate_of, "until": until, "seen": seen}
        return await answered(board.say(DECISIONS, {**said, **more, "preview": preview}))
