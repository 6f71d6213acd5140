"""What is to be written at a source, on both databases: written down with the decision, taken up by one, ended once."""

from __future__ import annotations

import asyncio

import pytest

from callboard.domain.access import AT_THE_LAPTOP, Depth, Readers, Role, Viewer
from callboard.domain.component import EntityRef
from callboard.domain.decision import DecisionKind, Draft, Reason, Until
from callboard.domain.finding import Kind
from callboard.domain.instant import MINUTE, Instant
from callboard.domain.query import parse
from callboard.domain.remediation.ticket import Place, TicketDraft, Told
from callboard.domain.remediation.write_back import Operation, Outcome, Wish, WritePolicy, WriteState
from callboard.errors import NotAllowedError, SourceUnreachableError
from callboard.store.people import audit
from callboard.store.remediation import write_backs
from callboard.usecases.remediation import decide, file_ticket, write_back
from callboard.usecases.remediation.decide import Target
from callboard.usecases.remediation.keep_tickets import keep_tickets
from tests.contract.store.test_decisions import ANA, BO, DISMISS, SIA, TAKE, company
from tests.support.stages import Stage

__all__ = ["company"]
NOBODY = Viewer("nobody", Readers(frozenset({EntityRef("group:default/far")}), Depth.WORK), None)
ALL = WritePolicy(roles=dict.fromkeys(Operation, frozenset({Role.OWNER, Role.SECURITY})))


class Pretended:
    """A source that is written to, and says what the test tells it to."""

    def __init__(self, *answers: Outcome | None) -> None:
        self.answers = list(answers)
        """None: it cannot be reached. When there are no more, everything is done."""
        self.written: list[tuple[str, Wish]] = []

    async def write(self, _kind: Kind, external_id: str, wish: Wish, /) -> Outcome:
        """Write one thing."""
        self.written.append((external_id, wish))
        answer = self.answers.pop(0) if self.answers else Outcome(state=WriteState.DONE)
        if answer is None:
            raise SourceUnreachableError("no answer within 30 s")
        return answer


@pytest.fixture
def board(company: Stage) -> Stage:
    """A board whose source takes writes; some findings are issues."""
    company.store.write_policies = lambda: {"world": ALL}
    company.world.fill(4, start=40, projects=("p1",), kind="issue")
    company.sync()
    return company


def say(stage: Stage, name: str, draft: Draft, by: object = AT_THE_LAPTOP) -> int:
    """Say something about one finding."""
    target = Target(findings=(stage.row(name).id,))
    done = decide.decide(stage.store, by, draft, target, clock=stage.clock)  # type: ignore[arg-type]
    assert done.decision is not None
    return done.decision


def send(stage: Stage, writer: Pretended) -> write_back.Written:
    """Write what is due."""
    return asyncio.run(write_back.write_back(stage.store, "world", writer, clock=stage.clock))


def states(stage: Stage, name: str) -> list[str]:
    """What came of each write, the oldest first."""
    with stage.store.read() as conn:
        found = write_backs.of_finding(conn, stage.row(name).id)
    return [f"{each.words}: {each.state.word}" for each in reversed(found)]


def test_what_is_said_is_written_in_its_order(board: Stage) -> None:
    """One decision after the other about one finding; only about what a source takes writes; kept by every sync."""
    say(board, "f0040", TAKE)
    board.sync()
    say(board, "f0040", DISMISS)
    say(board, "f0000", TAKE)
    writer = Pretended()
    assert send(board, writer).done == 2 + 1  # status and day of the taking, status of the dismissal
    assert [(id_, wish.operation) for id_, wish in writer.written] == [
        ("f0040", Operation.STATUS), ("f0040", Operation.DUE), ("f0040", Operation.STATUS),
    ]  # fmt: skip
    assert send(board, writer) == write_back.Written()
    told = [entry for entry, _ in _audit(board) if entry.action == "finding.write-back"]
    assert [dict(entry.detail)["operation"] for entry in told] == ["status", "due", "status"]


def _audit(stage: Stage) -> list[tuple[audit.Entry, object]]:
    from callboard.usecases.people import audit_log

    return list(audit_log.entries(stage.store, AT_THE_LAPTOP))


def test_a_decision_that_is_not_made_asks_for_nothing(board: Stage) -> None:
    """Neither one that is only tried, nor one by somebody whose roles are not among those that may."""
    target = Target(findings=(board.row("f0040").id,))
    decide.decide(board.store, AT_THE_LAPTOP, TAKE, target, clock=board.clock, tried=True)
    assert states(board, "f0040") == []
    board.store.write_policies = lambda: {"world": WritePolicy(roles={Operation.STATUS: frozenset({Role.SECURITY})})}
    import msgspec

    owner = msgspec.structs.replace(ANA, roles=(Role.VIEWER, Role.OWNER))
    say(board, "f0040", TAKE, owner)
    assert states(board, "f0040") == []
    security = msgspec.structs.replace(SIA, roles=(Role.VIEWER, Role.SECURITY))
    say(board, "f0040", Draft(kind=DecisionKind.DISMISS, reason=Reason.MITIGATED), security)
    assert states(board, "f0040") == ["status rejected (mitigated): waiting"]


def test_a_hundred_findings_are_written_one_by_one(board: Stage) -> None:
    """One decision about a query; a conflict and a refusal stop none of the others."""
    query = parse("is:open kind:issue")
    count = len(board.rows("is:open kind:issue"))
    decide.decide(board.store, AT_THE_LAPTOP, DISMISS, Target(query=query), clock=board.clock)
    writer = Pretended(
        Outcome(state=WriteState.CONFLICT, said="RESOLVED (ISSUE_FIXED)"),
        Outcome(state=WriteState.REFUSED, said="access denied"),
    )
    report = send(board, writer)
    assert (report.conflicts, report.refused, report.done) == (1, 1, count - 2)
    bad = write_back.listed(board.store, AT_THE_LAPTOP)
    assert {(each.shown.state, each.shown.said) for each in bad} == {
        (WriteState.CONFLICT, "RESOLVED (ISSUE_FIXED)"), (WriteState.REFUSED, "access denied"),
    }  # fmt: skip
    assert len(write_back.listed(board.store, AT_THE_LAPTOP, every=True)) == count
    assert len(write_back.listed(board.store, BO)) == 2
    assert write_back.listed(board.store, NOBODY) == ()


def test_a_source_that_is_not_reached_is_waited_for(board: Stage) -> None:
    """Longer and longer; what was said meanwhile waits behind."""
    say(board, "f0040", DISMISS)
    writer = Pretended(None, None)
    assert send(board, writer).postponed == 1
    assert send(board, writer) == write_back.Written()
    board.clock.advance(60)
    assert send(board, writer).postponed == 1
    board.clock.advance(60)
    say(board, "f0040", Draft(kind=DecisionKind.COMMENT, note="x"))
    assert send(board, writer) == write_back.Written()
    board.clock.advance(60)
    assert send(board, writer).done == 2
    assert [wish.operation for _, wish in writer.written][-2:] == [Operation.STATUS, Operation.NOTE]


def test_a_sender_that_was_cut_off_ends_nothing_of_anothers(board: Stage) -> None:
    """Its lease ends, another takes the write up, and what the first one learns too late is not kept."""
    say(board, "f0040", DISMISS)
    with board.store.write() as conn:
        first = write_backs.take(conn, "world", now=board.clock.now(), lease=MINUTE)
        assert first is not None
        assert write_backs.take(conn, "world", now=board.clock.now(), lease=MINUTE) is None
    board.clock.advance(61)
    with board.store.write() as conn:
        second = write_backs.take(conn, "world", now=board.clock.now(), lease=MINUTE)
        assert second is not None
        assert second.id == first.id
        assert not write_backs.ended(conn, first, Outcome(state=WriteState.REFUSED), now=board.clock.now())
        assert write_backs.ended(conn, second, Outcome(state=WriteState.DONE), now=board.clock.now())
    assert states(board, "f0040") == ["status rejected (false positive): done"]


def test_what_ended_badly_is_tried_anew_by_who_looks_after_callboard(board: Stage) -> None:
    """Nobody else, and nothing else."""
    say(board, "f0040", DISMISS)
    send(board, Pretended(Outcome(state=WriteState.REFUSED, said="no")))
    (bad,) = write_back.listed(board.store, AT_THE_LAPTOP)
    with pytest.raises(NotAllowedError):
        write_back.again(board.store, ANA, [bad.shown.id], clock=board.clock)
    assert write_back.again(board.store, AT_THE_LAPTOP, [bad.shown.id, 999], clock=board.clock) == 1
    assert send(board, Pretended()).done == 1


def test_an_accepted_risk_that_ends_by_itself_opens_again(board: Stage) -> None:
    """Callboard itself takes back what was written, where anybody may have it written."""
    number = board.row("f0040").id
    until = board.clock.now() + 40 * 86_400 * 1_000_000
    asked = say(board, "f0040", Draft(kind=DecisionKind.ASK, until_at=until, note="until the move"), ANA)  # type: ignore[arg-type]
    accept = Draft(kind=DecisionKind.ACCEPT, of=asked)
    decide.decide(board.store, SIA, accept, Target(findings=(number,)), clock=board.clock)
    board.clock.advance(41 * 86_400)
    assert decide.bring_back(board.store, clock=board.clock) == 1
    assert states(board, "f0040") == ["status rejected (accepted risk): waiting", "status open: waiting"]


def test_what_is_put_off_is_not_written(board: Stage) -> None:
    """Snoozing is about the work here."""
    say(board, "f0040", Draft(kind=DecisionKind.SNOOZE, snooze=Until.WEEK))
    assert states(board, "f0040") == []


class Tracker:
    """A tracker that makes one ticket."""

    name = "jira"
    told = Told(
        key="OPS-7", url="https://tickets.example.com/OPS-7", status="Open", done=False, opened_at=None, closed_at=None
    )  # fmt: skip

    async def create(self, _draft: TicketDraft, /) -> Told:
        """It is made."""
        return self.told

    async def find(self, _marker: str, _since: Instant, /) -> Told | None:
        """There is none."""
        return None

    async def read(self, _key: str, _etag: str | None, /) -> Told | None:
        """As it was."""
        return None


def test_a_ticket_is_linked_once_its_tracker_has_named_it(board: Stage) -> None:
    """Until then it holds up nothing else; a second request links nothing twice; taken from a finding, it is parted there."""
    place = Place(name="jira", kind="jira", base="https://tickets.example.com", project="OPS")
    query = parse(f"id:{board.row('f0040').id}")
    for _ in range(2):
        filed = file_ticket.file_ticket(board.store, AT_THE_LAPTOP, query, place, clock=board.clock)
    say(board, "f0040", Draft(kind=DecisionKind.COMMENT, note="x"))
    writer = Pretended()
    assert send(board, writer).done == 1
    assert states(board, "f0040") == ["ticket: waiting", "a note: done"]
    asyncio.run(keep_tickets(board.store, {"jira": Tracker()}, board="", clock=board.clock))  # type: ignore[dict-item]
    assert send(board, writer).done == 1
    assert writer.written[-1][1].ticket_url == Tracker.told.url
    file_ticket.unlink_ticket(board.store, AT_THE_LAPTOP, filed.ticket.id, query, clock=board.clock)
    assert send(board, writer).done == 1
    assert writer.written[-1][1].removes
    assert states(board, "f0040") == ["ticket OPS-7: done", "a note: done", "ticket OPS-7 taken away: done"]
