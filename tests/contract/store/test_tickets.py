"""Tickets on both databases, with look-alikes of GitHub and Jira on loopback: one for each piece of work, whatever gets lost."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest
from sqlalchemy import func, select

from callboard.channels.tracker_config import GithubTrackerConfig, JiraTrackerConfig
from callboard.channels.trackers import open_tracker
from callboard.domain.access import LAPTOP, Right
from callboard.domain.instant import DAY, HOUR, Instant, from_datetime
from callboard.domain.query import Query, parse
from callboard.domain.remediation.ticket import Place, TicketState
from callboard.errors import InvalidQueryError, NotAllowedError, NotFoundError
from callboard.net import Net
from callboard.store import schema, tickets
from callboard.usecases.remediation import file_ticket
from callboard.usecases.remediation.file_ticket import Filed
from callboard.usecases.remediation.keep_tickets import Asked, keep_tickets
from tests.contract.store.test_decisions import ANA, BO, member
from tests.support.catalogs import component, group
from tests.support.stages import Stage
from tests.support.trackers import EMAIL, TOKEN, Github, Jira, LookAlike, looking_alike

BOARD = "https://board.example"
Config = GithubTrackerConfig | JiraTrackerConfig


class Desk:
    """A board, a tracker, and short words for what happens between them."""

    def __init__(self, stage: Stage, tracker: LookAlike, config: Config) -> None:
        self.stage = stage
        self.tracker = tracker
        self.config = config

    @property
    def place(self) -> Place:
        """The tracker as people choose it."""
        return self.config.place

    def file(self, query: str, viewer: object = ANA) -> Filed:
        """Have a ticket made."""
        return file_ticket.file_ticket(self.stage.store, viewer, parse(query), self.place, clock=self.stage.clock)  # type: ignore[arg-type]

    def link(self, query: str, text: str, viewer: object = ANA) -> Filed:
        """Link one that is there."""
        return file_ticket.link_ticket(
            self.stage.store, viewer, parse(query), text, [self.place], clock=self.stage.clock  # type: ignore[arg-type]
        )  # fmt: skip

    def keep(self) -> Asked:
        """Ask the tracker what is due."""

        async def ask() -> Asked:
            async with Net(user_agent="test", allow_hosts=self.config.allow_hosts) as net:
                tracker = open_tracker(self.config, net, now=self.stage.clock.now)
                return await keep_tickets(
                    self.stage.store, {tracker.name: tracker}, board=BOARD, clock=self.stage.clock
                )  # fmt: skip

        return asyncio.run(ask())

    def rows(self, query: str) -> set[str]:
        """Ids of findings."""
        return set(self.stage.rows(query))


@pytest.fixture(params=["github", "jira"])
def desk(request: pytest.FixtureRequest, stage: Stage) -> Iterator[Desk]:
    """Two teams: a package with three findings at red and two at blue, and another rule at red."""
    stage.catalog.put(group("red", members=["ana"]), group("blue", members=["bo"]))
    stage.catalog.put(component("shop", "red", projects=["p1"]), component("bank", "blue", projects=["p2"]))
    package = {"kind": "vulnerability", "package": "log4j-core", "version": "2.14.0", "fixed_version": "2.17.1"}
    stage.world.fill(3, projects=("p1",), severity="critical", rule="CVE-2021-44228", **package)
    stage.world.fill(2, start=10, projects=("p2",), severity="critical", rule="CVE-2021-44228", **package)
    stage.world.fill(2, start=20, projects=("p1",), rule="open-door", rule_name="Door <b>open</b> @acme/all [~ana] `x`")
    stage.sync()
    stage.read_catalog()
    tracker: LookAlike = Github() if request.param == "github" else Jira()
    with looking_alike(tracker):
        config: Config
        if request.param == "github":
            config = GithubTrackerConfig(url=tracker.url, repository="Acme/security", token=TOKEN, allow_private=True)
        else:
            config = JiraTrackerConfig(url=tracker.url, project="SEC", email=EMAIL, token=TOKEN, allow_private=True)
        yield Desk(stage, tracker, config)


WORK = "bundle:package:log4j-core"


def test_one_ticket_for_one_piece_of_work(desk: Desk) -> None:
    """For a team's findings of a bundle, however often it is asked for; the findings say so everywhere."""
    done = desk.file(WORK)
    assert (done.findings, done.is_new) == (3, True)
    again = desk.file("id:f0001")
    assert (again.findings, again.is_new) == (0, False)
    assert again.ticket.id == done.ticket.id
    assert desk.keep().made == 1
    assert desk.keep() == Asked()
    assert len(desk.tracker.issues) == 1
    row = desk.stage.row("f0000")
    (ticket,) = row.filed
    assert row.tickets == 1
    assert ticket.state is TicketState.OPEN
    assert desk.rows("has:ticket") == {"f0000", "f0001", "f0002"}
    assert desk.rows(f"ticket:{ticket.key}") == {"f0000", "f0001", "f0002"}
    assert desk.rows(f"ticket:{desk.config.name}") == {"f0000", "f0001", "f0002"}
    assert desk.rows("no:ticket") == {"f0010", "f0011", "f0020", "f0021"}
    assert ("ticket", "person", None, f"ticket in {desk.config.name}") in desk.stage.history("f0000")


def test_another_team_has_a_ticket_of_its_own(desk: Desk) -> None:
    """Of the same package: one team's ticket is nothing that the other sees."""
    first, second = desk.file(WORK), desk.file(WORK, BO)
    assert (second.findings, second.is_new) == (2, True)
    assert second.ticket.id != first.ticket.id
    assert desk.keep().made == 2
    seen = [each.id for each, _ in file_ticket.list_tickets(desk.stage.store, BO)]
    assert seen == [second.ticket.id]
    with pytest.raises(NotFoundError):
        file_ticket.one_ticket(desk.stage.store, BO, first.ticket.id)


def test_what_comes_later_joins_the_ticket(desk: Desk) -> None:
    """When somebody asks for one again, there is one already."""
    done = desk.file(WORK)
    desk.keep()
    desk.stage.world.fill(
        1,
        start=5,
        projects=("p1",),
        kind="vulnerability",
        package="log4j-core",
        version="2.15.0",
        fixed_version="2.17.1",
    )
    desk.stage.sync()
    again = desk.file(WORK)
    assert (again.findings, again.is_new, again.ticket.id) == (1, False, done.ticket.id)
    assert desk.keep() == Asked()


def test_several_pieces_of_work_are_several_tickets(desk: Desk) -> None:
    """Nobody gets a ticket for everything at once."""
    with pytest.raises(InvalidQueryError, match="several"):
        desk.file("is:open")


@pytest.mark.attack("A2")
def test_who_may_not_act_files_nothing(desk: Desk) -> None:
    """Another team's findings are not there; without the right nobody files."""
    with pytest.raises(NotFoundError):
        desk.file("id:f0000", BO)
    with pytest.raises(NotAllowedError):
        desk.file(WORK, member("eva", rights=(Right.AUDIT,)))
    with pytest.raises(NotFoundError):
        desk.link("id:f0000", desk_key(desk, 1), BO)
    with desk.stage.store.read() as conn:
        assert conn.execute(select(func.count()).select_from(schema.ticket)).scalar_one() == 0


def test_an_answer_that_gets_lost_makes_no_second_ticket(desk: Desk) -> None:
    """The tracker made it and the answer did not arrive: the next attempt finds it."""
    desk.file(WORK)
    desk.tracker.loses_answers = 1
    assert desk.keep().failed == 1
    assert desk.stage.row("f0000").filed[0].error is not None
    assert desk.keep() == Asked()  # not before a minute has passed
    desk.stage.clock.advance(120)
    assert desk.keep().made == 1
    assert len(desk.tracker.issues) == 1
    ticket = desk.stage.row("f0000").filed[0]
    assert (ticket.state, ticket.error) == (TicketState.OPEN, None)
    assert ticket.key == desk_key(desk, 1)


def test_a_lost_answer_is_looked_for_also_when_a_person_asks_again(desk: Desk) -> None:
    """It was made, its answer got lost, and then the tracker refused: asked for anew, it is found and not made twice."""
    desk.file(WORK)
    desk.tracker.loses_answers = 1
    desk.keep()
    desk.tracker.faults = [(400, {}, '{"message": "Not now"}')]
    desk.stage.clock.advance(120)
    desk.keep()
    assert desk.stage.row("f0000").filed[0].state is TicketState.FAILED
    assert not desk.file(WORK).is_new
    assert desk.keep().made == 1
    assert len(desk.tracker.issues) == 1


def test_where_it_stands_is_read_back(desk: Desk) -> None:
    """With the tracker's own dates; asked only whether anything has changed, where the tracker can tell."""
    desk.file(WORK)
    desk.keep()
    ticket = desk.stage.row("f0000").filed[0]
    assert ticket.opened_at == from_datetime(desk.tracker.at)
    assert ticket.closed_at is None
    desk.stage.clock.advance(16 * 60)
    assert desk.keep() == Asked(read=1, unchanged=int(isinstance(desk.tracker, Github)))
    if isinstance(desk.tracker, Github):
        assert desk.tracker.asked[-1][2] == 304
        desk.tracker.close(1, "not_planned")
        status = "closed as not planned"
    else:
        assert isinstance(desk.tracker, Jira)
        desk.tracker.move("SEC-1", "In Review", "indeterminate")
        desk.stage.clock.advance(16 * 60)
        desk.keep()
        assert desk.stage.row("f0000").filed[0].told == "in review"
        desk.tracker.move("SEC-1", "Closed", "done")
        status = "closed"
    desk.stage.clock.advance(16 * 60)
    before = desk.stage.revision()
    assert desk.keep() == Asked(read=1)
    done = desk.stage.row("f0000").filed[0]
    assert (done.state, done.told) == (TicketState.DONE, status)
    assert done.closed_at == from_datetime(desk.tracker.at)
    assert done.opened_at == ticket.opened_at
    assert desk.stage.revision() > before
    assert desk.stage.row("f0000").state.is_open  # only its source says that it is fixed
    desk.stage.clock.advance(16 * 60)
    assert desk.keep() == Asked()  # what is done is asked about once a day
    with desk.stage.store.read() as conn:
        ids = [row.id for row in desk.stage.rows().values()]
        opened = tickets.first_opened(conn, desk.stage.store, ids)
    assert set(opened.values()) == {ticket.opened_at}
    assert len(opened) == 3


def test_after_one_is_done_there_can_be_another(desk: Desk) -> None:
    """The finding is still open, and somebody files it anew."""
    desk.file(WORK)
    desk.keep()
    close(desk)
    desk.stage.clock.advance(16 * 60)
    desk.keep()
    again = desk.file(WORK)
    assert again.is_new
    desk.keep()
    assert len(desk.tracker.issues) == 2
    assert len(desk.stage.row("f0000").filed) == 2


def test_one_that_is_there_can_be_linked(desk: Desk) -> None:
    """By its key or its address; it is read, and what is not there is told."""
    desk.file("bundle:rule:open-door")
    desk.keep()
    key = desk_key(desk, 1)
    done = desk.link("id:f0000", f" {desk.place.base}{address(desk, 1)} ")
    assert (done.findings, done.is_new) == (1, False)
    assert desk.link("id:f0001", key.lower() if isinstance(desk.tracker, Jira) else key).ticket.id == done.ticket.id
    other = desk.link("id:f0002", desk_key(desk, 99))
    assert other.is_new
    desk.keep()
    assert desk.stage.row("f0000").filed[0].state is TicketState.OPEN
    assert desk.stage.row("f0002").filed[0].state is TicketState.GONE
    assert desk.rows(f"ticket:{key}") == {"f0000", "f0001", "f0020", "f0021"}


@pytest.mark.parametrize("text", ["", "PAY 12", "https://evil.example/browse/SEC-1", "https://evil.example/acme/security/issues/1",
                                  "SEC-1; DROP", "../SEC-1", "javascript:alert(1)"])  # fmt: skip
def test_what_names_no_ticket_is_refused(desk: Desk, text: str) -> None:
    """Another host, another path, no key."""
    with pytest.raises(InvalidQueryError, match="names no ticket"):
        desk.link("id:f0000", text)


def test_a_link_can_be_taken_back(desk: Desk) -> None:
    """By who may act on the finding; the ticket stays where it is."""
    done = desk.file(WORK)
    desk.keep()
    with pytest.raises(NotFoundError):
        file_ticket.unlink_ticket(desk.stage.store, BO, done.ticket.id, parse(WORK), clock=desk.stage.clock)
    count = file_ticket.unlink_ticket(desk.stage.store, ANA, done.ticket.id, parse("id:f0000"), clock=desk.stage.clock)
    assert count == 1
    assert desk.stage.row("f0000").filed == ()
    assert len(desk.stage.row("f0001").filed) == 1
    assert desk.stage.history("f0000")[-1][:2] == ("ticket", "person")


def test_what_the_tracker_refuses_is_told_in_its_words(desk: Desk) -> None:
    """And tried anew when somebody asks again."""
    desk.file(WORK)
    text = '{"errorMessages": [], "errors": {"customfield_1": "Team is required."}, "message": "Team is required."}'
    desk.tracker.faults = [(400, {}, text)]
    assert desk.keep().failed == 1
    ticket = desk.stage.row("f0000").filed[0]
    assert ticket.state is TicketState.FAILED
    assert ticket.error is not None
    assert "Team is required." in ticket.error
    assert TOKEN not in ticket.error
    desk.stage.clock.at = Instant(desk.stage.clock.at + DAY)
    assert desk.keep() == Asked()
    assert not desk.file(WORK).is_new
    assert desk.keep().made == 1
    assert len(desk.tracker.issues) == 1


@pytest.mark.parametrize(
    ("status", "headers"),
    [(500, {}), (503, {"Retry-After": "300"}), (429, {"Retry-After": "300"}), (403, {"Retry-After": "300"})],
)
def test_what_may_pass_is_tried_again(desk: Desk, status: int, headers: dict[str, str]) -> None:
    """And no sooner than the tracker asks for."""
    desk.file(WORK)
    desk.tracker.faults = [(status, headers, "")]
    assert desk.keep().failed == 1
    if headers:
        desk.stage.clock.advance(299)
        assert desk.keep() == Asked()
    desk.stage.clock.advance(61)
    assert desk.keep().made == 1


def test_a_tracker_that_is_down_loses_nothing_that_is_known(desk: Desk) -> None:
    """Where a ticket stands stays as it was read last, with when that was."""
    desk.file(WORK)
    desk.keep()
    read_at = desk.stage.row("f0000").filed[0].read_at
    desk.tracker.faults = [(500, {}, "")] * 3
    for _ in range(3):
        desk.stage.clock.at = Instant(desk.stage.clock.at + HOUR)
        assert desk.keep().failed == 1
    ticket = desk.stage.row("f0000").filed[0]
    assert (ticket.state, ticket.read_at) == (TicketState.OPEN, read_at)
    assert ticket.error is not None


def test_a_ticket_says_what_to_do_and_nothing_else_does_anything(desk: Desk) -> None:
    """What a source said is text: it calls nobody, links nowhere, and quotes no evidence."""
    desk.file("bundle:rule:open-door")
    desk.file(WORK)
    desk.keep()
    told = [issue.get("body") or issue.get("description") for issue in desk.tracker.issues.values()]
    titles = [issue.get("title") or issue.get("summary") for issue in desk.tracker.issues.values()]
    door, log = told
    assert f"{BOARD}/findings?q=" in log
    assert "log4j" in titles[1]
    assert "critical" in titles[1]
    assert "3 findings" in log
    if isinstance(desk.tracker, Github):
        assert "`Door <b>open</b> @acme/all [~ana] 'x'`" in door
        assert desk.tracker.issues["1"]["labels"] == [{"name": "callboard"}]
    else:
        assert r"Door \<b\>open\</b\> \@acme/all \[\~ana\]" in door
    for text in told:
        assert "f0000" not in text
        assert "resource" not in text


@pytest.mark.attack("A1")
def test_nothing_is_seen_of_a_ticket_without_its_findings(desk: Desk) -> None:
    """Not in the list, not by a query; whoever sees everything sees it."""
    desk.file(WORK)
    desk.keep()
    key = desk_key(desk, 1)
    assert desk.stage.rows(f"ticket:{key}", BO.visibility) == {}
    assert file_ticket.list_tickets(desk.stage.store, BO) == ()
    ((ticket, count),) = file_ticket.list_tickets(desk.stage.store, ANA)
    assert (ticket.key, count) == (key, 3)
    assert len(desk.stage.rows(f"ticket:{key}", LAPTOP)) == 3


def desk_key(desk: Desk, number: int) -> str:
    """What the tracker calls its issue of this number."""
    return f"acme/security#{number}" if isinstance(desk.tracker, Github) else f"SEC-{number}"


def address(desk: Desk, number: int) -> str:
    """Its page."""
    return f"/acme/security/issues/{number}" if isinstance(desk.tracker, Github) else f"/browse/SEC-{number}"


def close(desk: Desk) -> None:
    """Somebody closes the first issue."""
    if isinstance(desk.tracker, Github):
        desk.tracker.close(1)
    elif isinstance(desk.tracker, Jira):
        desk.tracker.move("SEC-1", "Done", "done")


def test_a_key_is_found_in_what_people_paste() -> None:
    """Keys and addresses of this tracker, and of no other."""
    github = Place(name="g", kind="github", base="https://github.com", project="acme/security")
    jira = Place(name="j", kind="jira", base="https://acme.atlassian.net", project="SEC")
    found = file_ticket.key_in
    assert found("#12", github) == "acme/security#12"
    assert found("Acme/Shop#012", github) == "acme/shop#12"
    assert found("https://GitHub.com/acme/shop/issues/12", github) == "acme/shop#12"
    assert found("https://github.com/acme/shop/pull/12/", github) == "acme/shop#12"
    assert found("https://github.com/acme/shop/issues/12/../13", github) is None
    assert found("https://github.com.evil/acme/shop/issues/12", github) is None
    assert found("pay-12", jira) == "PAY-12"
    assert found("https://acme.atlassian.net/browse/PAY-12?focused=1", jira) == "PAY-12"
    assert found("https://acme.atlassian.net/issues/PAY-12", jira) is None
    assert isinstance(parse("ticket:PAY-12"), Query)
