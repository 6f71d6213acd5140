"""Writes to Wiz issues: one thing at a time, looked at before it is written, so that asking twice writes once.

Facts as of 2026-08 (Wiz's own tutorials, shipped clients, and the schema of a live tenant): `updateIssue` takes a `patch`, which
ignores null; REJECTED needs a `resolutionReason`; controls and configuration issues are resolved by a re-scan alone, so that
nothing here says RESOLVED; an assignee is an identity of the graph and no user; only the author of a note may delete it.
"""

# ruff: noqa: N815 - the structs carry Wiz's own field names
from __future__ import annotations

from typing import Any, TypeVar

import msgspec

from callboard.domain.due import today
from callboard.domain.finding import Kind, State
from callboard.domain.instant import Instant, to_text
from callboard.domain.remediation.write_back import Operation, Outcome, Wish, WriteState
from callboard.errors import SourceChangedError, SourceUnreachableError, UnreachableError
from callboard.sources.wiz.client import Client, SaidNoError
from callboard.sources.wiz.patience import TransientError
from callboard.sources.wiz.words import instant, state_of

T = TypeVar("T")

_LOOK = """\
query CallboardIssueBefore($id: ID!) {
  issue(id: $id) {
    id
    status
    resolutionReason
    dueAt
    assignee { id name }
    notes { id text }
    serviceTickets { id url }
  }
}
"""
_UPDATE = "mutation CallboardUpdate($input: UpdateIssueInput!) { updateIssue(input: $input) { issue { id } } }"
_UNASSIGN = """\
mutation CallboardUnassign($input: UpdateIssuesAssigneeInput!) { updateIssuesAssignee(input: $input) { successCount failCount } }
"""
_ADD_NOTE = (
    "mutation CallboardNote($input: CreateIssueNoteInput!) { createIssueNote(input: $input) { issueNote { id } } }"
)
_DROP_NOTE = "mutation CallboardDropNote($input: DeleteIssueNoteInput!) { deleteIssueNote(input: $input) { _stub } }"
_TICKET = """\
mutation CallboardTicket($input: AssociateServiceTicketInput!) { associateServiceTicket(input: $input) { serviceTicket { id } } }
"""
_PART = "mutation CallboardPart($id: ID!) { disassociateServiceTicket(serviceTicketId: $id) { _stub } }"

_REASONS = {
    "false-positive": "FALSE_POSITIVE",
    "not-used": "EXCEPTION",
    "mitigated": "EXCEPTION",
    "accepted-risk": "EXCEPTION",
    "duplicate": "WONT_FIX",
    "wont-fix-retiring": "WONT_FIX",
}
"""Wiz takes three reasons from people (2026-08); ours stands in the note beside."""
_FINDING_REASONS = {"false-positive": "FALSE_POSITIVE", "accepted-risk": "RISK_ACCEPTED"}
"""Findings take other reasons than issues, of which WONT_FIX is deprecated (2026-08)."""
_STATUS = {State.OPEN: "OPEN", State.IN_PROGRESS: "IN_PROGRESS", State.REJECTED: "REJECTED"}

_SAME = Outcome(state=WriteState.DONE)


class _Named(msgspec.Struct):
    id: str = ""
    name: str | None = None


class _Note(msgspec.Struct):
    id: str = ""
    text: str | None = None


class _Ticket(msgspec.Struct):
    id: str = ""
    url: str | None = None


class _Issue(msgspec.Struct):
    id: str = ""
    status: str = ""
    resolutionReason: str | None = None
    dueAt: str | None = None
    assignee: _Named | None = None
    notes: list[_Note] | None = None
    serviceTickets: list[_Ticket] | None = None

    @property
    def stands(self) -> str:
        """Where it stands, in Wiz's own words."""
        return f"{self.status} ({self.resolutionReason})" if self.resolutionReason else self.status


class _Looked(msgspec.Struct):
    issue: _Issue | None = None


class _Found(msgspec.Struct):
    found: _Issue | None = None


class _Names(msgspec.Struct, frozen=True):
    """What the schema calls one kind of finding."""

    query: str
    mutation: str
    payload: str


_FINDINGS = {
    Kind.VULNERABILITY: _Names("vulnerabilityFinding", "updateVulnerabilityFinding", "vulnerabilityFinding"),
    Kind.MISCONFIGURATION: _Names("configurationFinding", "updateCloudConfigurationFinding", "configurationFinding"),
}


class WizWriter:
    """Implements `ports.Writer` for one service account."""

    def __init__(self, client: Client) -> None:
        self._client = client

    async def write(self, kind: Kind, external_id: str, wish: Wish, /) -> Outcome:
        """Look, and write where what stands there is what was expected. Wiz's refusals come back in its own words."""
        try:
            if kind is Kind.ISSUE:
                return await self._write(external_id, wish)
            return await self._finding(_FINDINGS[kind], external_id, wish)
        except SaidNoError as error:
            return Outcome(state=WriteState.REFUSED, said=error.message)
        except (TransientError, UnreachableError) as error:
            raise SourceUnreachableError(error.message, hint=error.hint) from error

    async def _write(self, id_: str, wish: Wish) -> Outcome:
        found = (await self._ask(_LOOK, {"id": id_}, _Looked)).issue
        if found is None:
            return Outcome(state=WriteState.REFUSED, said="Resource not found")
        match wish.operation:
            case Operation.STATUS:
                return await self._status(found, wish)
            case Operation.ASSIGNEE:
                return await self._assignee(found, wish)
            case Operation.DUE:
                return await self._due(found, wish)
            case Operation.TICKET:
                return await self._ticket(found, wish)
            case Operation.NOTE:
                return await self._note(found, wish)

    async def _finding(self, names: _Names, id_: str, wish: Wish) -> Outcome:
        """The status of what is no issue: the note stands in the same call, so that it is written once."""
        look = f"query CallboardBefore($id: ID!) {{ found: {names.query}(id: $id) {{ id status resolutionReason }} }}"
        found = (await self._ask(look, {"id": id_}, _Found)).found
        if found is None:
            return Outcome(state=WriteState.REFUSED, said="Resource not found")
        wanted = _STATUS[wish.status or State.OPEN]
        reason = _FINDING_REASONS.get(wish.reason or "", "EXCEPTION") if wanted == "REJECTED" else None
        if found.status == wanted and found.resolutionReason == (reason or found.resolutionReason):
            return _SAME
        if found.status != wanted and state_of(found.status, None, []).word not in wish.over:
            return Outcome(state=WriteState.CONFLICT, said=found.stands)
        patch: dict[str, Any] = {"status": wanted}
        if reason is not None:
            patch |= {"resolutionReason": reason, "note": wish.note}
            if wish.until_at is not None:
                patch["rejectionExpiredAt"] = to_text(wish.until_at)
        write = (
            f"mutation CallboardStatus($input: UpdateFindingInput!) {{ {names.mutation}(input: $input) "
            f"{{ {names.payload} {{ id }} }} }}"
        )
        await self._ask(write, {"input": {"id": id_, "patch": patch}}, dict[str, Any])
        return _SAME

    async def _status(self, issue: _Issue, wish: Wish) -> Outcome:
        wanted = _STATUS[wish.status or State.OPEN]
        patch: dict[str, Any] = {"status": wanted}
        if wanted == "REJECTED":
            patch["resolutionReason"] = _REASONS.get(wish.reason or "", "EXCEPTION")
            patch["resolutionNote"] = wish.note
            if wish.until_at is not None:
                patch["rejectionExpiredAt"] = to_text(wish.until_at)
        if issue.status == wanted and issue.resolutionReason == patch.get("resolutionReason", issue.resolutionReason):
            return _SAME
        if issue.status != wanted and state_of(issue.status, None, []).word not in wish.over:
            return Outcome(state=WriteState.CONFLICT, said=issue.stands)
        await self._update(issue, patch=patch)
        return _SAME

    async def _assignee(self, issue: _Issue, wish: Wish) -> Outcome:
        present = None if issue.assignee is None else issue.assignee.id
        if present == wish.assignee:
            return _SAME
        if present is not None and present not in wish.over:
            named = "" if issue.assignee is None else issue.assignee.name or issue.assignee.id
            return Outcome(state=WriteState.CONFLICT, said=f"assigned to {named}")
        if wish.assignee is None:
            await self._ask(_UNASSIGN, {"input": {"ids": [issue.id], "override": {"assignee": None}}}, dict[str, Any])
        else:
            await self._update(issue, patchStrict={"assignee": wish.assignee})
        return _SAME

    async def _due(self, issue: _Issue, wish: Wish) -> Outcome:
        if wish.due_at is None:
            return _SAME
        present = None if not issue.dueAt else instant(issue.dueAt)
        wanted = today(wish.due_at)
        if present is not None and today(present) == wanted:
            return _SAME
        if present is not None and str(today(present)) not in {str(today(Instant(int(each)))) for each in wish.over}:
            return Outcome(state=WriteState.CONFLICT, said=f"due {issue.dueAt}")
        await self._update(issue, patch={"dueAt": to_text(wanted)})
        return _SAME

    async def _note(self, issue: _Issue, wish: Wish) -> Outcome:
        ours = [note for note in issue.notes or () if note.text and note.text.rstrip().endswith(wish.mark)]
        if wish.removes:
            for note in ours:
                await self._ask(_DROP_NOTE, {"input": {"id": note.id}}, dict[str, Any])
        elif not ours:
            await self._ask(_ADD_NOTE, {"input": {"issueId": issue.id, "text": wish.note}}, dict[str, Any])
        return _SAME

    async def _ticket(self, issue: _Issue, wish: Wish) -> Outcome:
        there = [each for each in issue.serviceTickets or () if each.url == wish.ticket_url]
        if wish.removes:
            for each in there:
                await self._ask(_PART, {"id": each.id}, dict[str, Any])
            return _SAME
        if there:
            return _SAME
        given = {"issueId": issue.id, "ticketId": wish.ticket, "ticketUrl": wish.ticket_url}
        await self._ask(_TICKET, {"input": given}, dict[str, Any])
        return _SAME

    async def _update(self, issue: _Issue, **change: dict[str, Any]) -> None:
        await self._ask(_UPDATE, {"input": {"id": issue.id, **change}}, dict[str, Any])

    async def _ask(self, document: str, variables: dict[str, Any], shape: type[T]) -> T:
        """One call, made once: whether it is made again is for who keeps what is to be written."""
        raw = await self._client.once(document, variables)
        try:
            return msgspec.json.decode(raw, type=shape)
        except msgspec.ValidationError as error:
            raise SourceChangedError(f"Wiz's answer has another shape than expected: {error}.") from error
