"""Messages on both databases: from what happens, in its own transaction, to what leaves, at least once and with one key."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest
from sqlalchemy import func, select

from callboard.domain.component import EntityRef
from callboard.domain.decision import DecisionKind, Draft, Until
from callboard.domain.instant import DAY, HOUR, MINUTE, Instant
from callboard.domain.remediation.engagement import Door, Engagement, hour_of
from callboard.domain.remediation.message import LAST_WAIT, MOST_ATTEMPTS, Message, Route, Sort
from callboard.domain.retention import DEFAULT
from callboard.errors import ChannelRefusedError, ChannelUnreachableError, NotFoundError
from callboard.ports import Check
from callboard.store import schema
from callboard.store.remediation import outbox
from callboard.usecases import keep_records
from callboard.usecases.remediation import decide, tell
from callboard.usecases.remediation.decide import Target
from callboard.usecases.remediation.deliver import LEASE, Delivered, deliver
from tests.contract.store.test_decisions import ANA
from tests.support.catalogs import component, group
from tests.support.stages import Stage

RED, BLUE = EntityRef("group:default/red"), EntityRef("group:default/blue")
BOARD = "https://board.example"
EMPTY: frozenset[str] = frozenset()


class Place:
    """A channel that keeps what it was sent, or fails as it is told."""

    def __init__(self, name: str = "room") -> None:
        self.name = name
        self.got: list[tuple[str, Message]] = []
        self.fails: list[Exception] = []
        self.loses_answers = False

    async def send(self, message: Message, address: str, /) -> None:
        """Keep it."""
        error = self.fails.pop(0) if self.fails else None
        if error is None or self.loses_answers:
            self.got.append((address, message))
        if error is not None:
            raise error

    def preview(self, message: Message, address: str, /) -> str:
        """Its title."""
        return f"{address}: {message.title}"

    async def check(self) -> tuple[Check, ...]:
        """Nothing to say."""
        return ()

    async def close(self) -> None:
        """Nothing is open."""


def route(
    *teams: EntityRef,
    at_once: bool = True,
    weekday: int | None = None,
    addresses: tuple[str, ...] = ("",),
) -> Route:
    """The way to a place."""
    return Route(channel="room", teams=teams, at_once=at_once, weekday=weekday, hour=7, addresses=addresses)


class Post:
    """A place, the way to it, and what became of what was told."""

    def __init__(self, stage: Stage, way: Route) -> None:
        self.stage = stage
        self.route = way
        self.place = Place()

    def tell(self) -> None:
        """Write messages."""
        tell.tell(self.stage.store, [self.route], clock=self.stage.clock)

    def deliver(self) -> Delivered:
        """Send them."""
        return asyncio.run(deliver(self.stage.store, {"room": self.place}, board=BOARD, clock=self.stage.clock))

    def both(self) -> list[Message]:
        """Write and send; returns what arrived this time."""
        before = len(self.place.got)
        self.tell()
        self.deliver()
        return [message for _, message in self.place.got[before:]]


@pytest.fixture
def company(stage: Stage) -> Stage:
    """Two teams with a component each, some findings of long ago, and a channel somewhere."""
    stage.store.announces = True
    stage.catalog.put(group("red", members=["ana"]), group("blue"))
    stage.catalog.put(component("shop", "red", projects=["p1"]), component("bank", "blue", projects=["p2"]))
    stage.world.fill(6, projects=("p1",), severity="medium")
    stage.world.fill(4, start=10, projects=("p2",))
    stage.sync()
    stage.read_catalog()
    return stage


def parts(message: Message) -> dict[str, int]:
    """What a message counts."""
    return {part.what: part.count for part in message.parts}


def notices(stage: Stage) -> int:
    """How many things are noted."""
    with stage.store.read() as conn:
        return int(conn.execute(select(func.count()).select_from(schema.notice)).scalar_one())


def test_a_first_load_is_no_news(company: Stage) -> None:
    """Nobody is told about what was there before Callboard came."""
    post = Post(company, route())
    assert notices(company) == 0
    assert post.both() == []


@pytest.mark.attack("A1")
def test_what_is_new_and_urgent_is_told_to_whose_it_is(company: Stage) -> None:
    """And to nobody else: each team's message holds its own findings only."""
    post = Post(company, route())
    company.world.fill(2, start=20, projects=("p1",), severity="critical", rule_name="Open door")
    company.world.fill(1, start=30, projects=("p2",), severity="critical", rule_name="Old lock")
    company.world.fill(3, start=40, projects=("p2",), severity="low")
    company.sync()
    got = {message.team: message for message in post.both()}
    assert {team: parts(message) for team, message in got.items()} == {RED: {"new": 2}, BLUE: {"new": 1}}
    assert [line.title for part in got[RED].parts for line in part.lines] == ["Open door", "Open door"]
    assert [line.title for part in got[BLUE].parts for line in part.lines] == ["Old lock"]
    assert got[RED].open == 8
    assert post.both() == []
    # What a message that arrived names was told of; nothing says to whom.
    e = schema.engagement.c
    with company.store.read() as conn:
        told = conn.execute(select(e.finding_id, e.kind, e.door, e.hour)).all()
    named = {number for message in got.values() for number in message.named}
    hour = hour_of(company.clock.now())
    assert sorted(told) == sorted((number, int(Engagement.NOTIFIED), int(Door.MESSAGE), hour) for number in named)
    assert len(named) == 3


def test_a_link_lists_what_is_counted(company: Stage) -> None:
    """Every number equals the rows behind it."""
    post = Post(company, route(RED, weekday=2))
    company.world.fill(3, start=20, projects=("p1",), severity="critical")
    company.sync()
    post.tell()
    company.clock.at = Instant(company.clock.at + 8 * DAY)
    told = 0
    from urllib.parse import parse_qs, urlsplit

    for message in post.both():
        for part in message.parts:
            assert part.path is not None
            query = parse_qs(urlsplit(part.path).query)["q"][0]
            assert len(company.rows(query)) == part.count
            told += 1
        query = parse_qs(urlsplit(message.path).query)["q"][0]
        assert len(company.rows(query)) == message.open
    assert told


def test_what_became_worse_is_told(company: Stage) -> None:
    """Of a snoozed one nothing is said: it comes back by itself."""
    post = Post(company, route(RED))
    ids = [row.id for row in company.rows().values() if row.external_id == "f0000"]
    draft = Draft(kind=DecisionKind.SNOOZE, snooze=Until.WEEK)
    decide.decide(company.store, ANA, draft, Target(findings=tuple(ids)), clock=company.clock)
    for id_ in ("f0000", "f0001"):
        company.world.change(id_, severity="high")
    company.sync()
    (message,) = post.both()
    assert parts(message) == {"worse": 1}


@pytest.mark.fault("F30")
def test_what_comes_back_is_told_once_however_often(company: Stage) -> None:
    """A flapping one is told when it comes back, and no more while it flaps."""
    post = Post(company, route(RED))
    for _ in range(5):
        company.world.resolve("f0000")
        company.sync()
        company.world.reopen("f0000")
        company.sync()
    got = post.both()
    assert [parts(message) for message in got] in ([], [{"reopened": 1}])
    with company.store.read() as conn:
        assert conn.execute(select(func.count()).where(schema.notice.c.why == 4)).scalar_one() == 2


def test_what_is_overdue_is_told_the_day_after(company: Stage) -> None:
    """Once, and only what is still open."""
    post = Post(company, route(RED))
    assert post.both() == []
    company.clock.at = Instant(company.clock.at + 91 * DAY)
    (message,) = post.both()
    assert parts(message) == {"overdue": 6}
    assert message.parts[0].lines[0].due_at is not None
    company.clock.at = Instant(company.clock.at + DAY)
    assert post.both() == []


def test_a_held_run_tells_nothing(company: Stage) -> None:
    """What is rolled back was never noted; once a person agrees, it is told."""
    post = Post(company, route(RED))
    from callboard.domain.reconcile import Safety

    company.world.fill(30, start=100, projects=("p1",), severity="critical")
    company.world.remove(*(f"f{number:04}" for number in range(6)))
    report = company.sync(safety=Safety(min_findings=1))
    assert report.state.value == "held"
    assert notices(company) == 0
    company.accept(report.run)
    (message,) = post.both()
    assert parts(message) == {"new": 30}
    assert len(message.parts[0].lines) == 10


@pytest.mark.fault("F31")
def test_what_waits_becomes_one_message(company: Stage) -> None:
    """While a place is down, everything since then waits, and comes as one."""
    post = Post(company, route(RED))
    post.place.fails = [ChannelUnreachableError("down")] * 2
    for start in (20, 30, 40):
        company.world.fill(1, start=start, projects=("p1",), severity="critical")
        company.sync()
        assert post.both() == []
    company.clock.advance(86_400)
    got = [*post.both(), *post.both()]
    assert [parts(message) for message in got] == [{"new": 1}, {"new": 2}]


@pytest.mark.fault("F31")
@pytest.mark.attack("A30")
def test_a_repeat_has_the_same_key_and_the_same_words(company: Stage) -> None:
    """The answer got lost: it is sent again, and the receiver can tell."""
    post = Post(company, route(RED))
    post.place.loses_answers = True
    post.place.fails = [ChannelUnreachableError("no answer")]
    company.world.fill(1, start=20, projects=("p1",), severity="critical")
    company.sync()
    (first,) = post.both()
    assert post.both() == []  # not before a minute has passed
    company.world.resolve("f0020")
    company.sync()
    (second,) = post.both()
    assert second == first


@pytest.mark.fault("F31")
def test_what_is_refused_is_told_and_tried_anew_when_asked(company: Stage) -> None:
    """A dead message waits for a person."""
    post = Post(company, route(RED))
    post.place.fails = [ChannelRefusedError("no such room")]
    company.world.fill(1, start=20, projects=("p1",), severity="critical")
    company.sync()
    assert post.both() == []
    company.clock.advance(600_000)
    assert post.both() == []
    (kept,) = tell.standing(company.store)
    assert (kept.dead, kept.waiting, kept.error) == (1, 0, "no such room")
    assert tell.send_again(company.store, ANA, ["room"], clock=company.clock) == 1
    assert [parts(message) for message in post.both()] == [{"new": 1}]
    (kept,) = tell.standing(company.store)
    assert (kept.dead, kept.sent, kept.error) == (0, 1, None)


@pytest.mark.fault("F31")
def test_attempts_end(company: Stage) -> None:
    """What fails for days is dead."""
    post = Post(company, route(RED))
    post.place.fails = [ChannelUnreachableError("down")] * 100
    company.world.fill(1, start=20, projects=("p1",), severity="critical")
    company.sync()
    post.tell()
    for _ in range(MOST_ATTEMPTS + 3):
        post.deliver()
        company.clock.advance(LAST_WAIT / 1_000_000)
    assert 100 - len(post.place.fails) == MOST_ATTEMPTS
    assert tell.standing(company.store)[0].dead == 1


def test_patience_that_is_asked_for_is_kept(company: Stage) -> None:
    """Retry-After counts where it is longer than our own wait."""
    post = Post(company, route(RED))
    post.place.fails = [ChannelUnreachableError("slow down", seconds=300.0)]
    company.world.fill(1, start=20, projects=("p1",), severity="critical")
    company.sync()
    assert post.both() == []
    company.clock.advance(299)
    assert post.both() == []
    company.clock.advance(2)
    assert len(post.both()) == 1


@pytest.mark.fault("F19")
def test_a_sender_that_was_cut_off_ends_nothing_that_another_took_up(company: Stage) -> None:
    """Its lease is over: whoever took the message up since decides what became of it."""
    post = Post(company, route(RED))
    company.world.fill(1, start=20, projects=("p1",), severity="critical")
    company.sync()
    post.tell()
    first = tell.take(company.store, "room", board="", clock=company.clock, lease=LEASE)
    assert first is not None
    assert tell.take(company.store, "room", board="", clock=company.clock, lease=LEASE) is None
    company.clock.advance(LEASE / 1_000_000 + 1)
    second = tell.take(company.store, "room", board="", clock=company.clock, lease=LEASE)
    assert second is not None
    assert second[0].key == first[0].key
    assert second[1] == first[1]
    with company.store.write() as conn:
        outbox.failed(conn, first[0], "late", now=company.clock.now(), again_at=None)
    assert tell.standing(company.store)[0].dead == 0
    with company.store.write() as conn:
        outbox.sent(conn, second[0], now=company.clock.now())
    assert tell.standing(company.store)[0].sent == 1


def test_what_is_closed_before_it_is_sent_is_not_told(company: Stage) -> None:
    """And no empty message leaves."""
    post = Post(company, route(RED))
    company.world.fill(1, start=20, projects=("p1",), severity="critical")
    company.sync()
    post.tell()
    company.world.resolve("f0020")
    company.sync()
    assert post.deliver() == Delivered()
    assert post.place.got == []
    assert tell.standing(company.store)[0].waiting == 0


@pytest.mark.attack("A1")
def test_what_was_given_to_another_team_before_it_is_sent_is_not_told(company: Stage) -> None:
    """Who may see it is asked when it leaves."""
    post = Post(company, route(RED))
    company.world.fill(1, start=20, projects=("p1",), severity="critical")
    company.sync()
    post.tell()
    company.catalog.put(component("shop", "blue", projects=["p1"]))
    company.read_catalog(accept=True)
    post.deliver()
    assert post.place.got == []


def test_a_digest_tells_the_week(company: Stage) -> None:
    """What is new, worse, overdue, came back, and what was fixed; and what to do first."""
    post = Post(company, route(RED, BLUE, at_once=False, weekday=0))
    post.tell()  # the calendar begins
    assert post.deliver() == Delivered()
    company.clock.at = Instant(company.clock.at + 5 * DAY)
    company.world.fill(2, start=20, projects=("p1",), severity="critical")
    company.world.resolve("f0000")
    company.world.change("f0001", severity="high")
    company.sync()
    company.clock.at = Instant(company.clock.at + 2 * DAY)
    got = {message.team: message for message in post.both()}
    assert set(got) == {RED}  # nothing happened to blue
    assert parts(got[RED]) == {"new": 2, "worse": 1, "closed": 1}
    assert got[RED].work[0].severity == "critical"
    assert got[RED].sort == Sort.DIGEST.word
    assert post.both() == []
    company.clock.at = Instant(company.clock.at + 7 * DAY)
    assert post.both() == []  # an empty digest is not sent


def test_a_digest_that_was_late_is_one(company: Stage) -> None:
    """The service was down for a month: one digest tells of all of it."""
    post = Post(company, route(RED, at_once=False, weekday=0))
    post.tell()
    company.clock.at = Instant(company.clock.at + 3 * DAY)
    company.world.fill(2, start=20, projects=("p1",), severity="critical")
    company.sync()
    company.clock.at = Instant(company.clock.at + 12 * DAY)
    assert [parts(message) for message in post.both()] == [{"new": 2}]


def test_nobody_gets_two_mails_a_day(company: Stage) -> None:
    """What comes meanwhile waits for the next one."""
    post = Post(company, route(RED, addresses=("ana@example.com",)))
    got = []
    for start in (20, 30, 40):
        company.world.fill(1, start=start, projects=("p1",), severity="critical")
        company.sync()
        got.append([parts(message) for message in post.both()])
        company.clock.advance(3_600)
    assert got == [[{"new": 1}], [], []]
    company.clock.at = Instant(company.clock.at + 22 * HOUR)
    assert [parts(message) for message in post.both()] == [{"new": 2}]


def test_who_wants_no_messages_gets_none(company: Stage) -> None:
    """By the link in the mail, for this address alone; and again when asked."""
    post = Post(company, route(RED, addresses=("ana@example.com", "Bo <bo@example.com>")))
    token = tell.leave_token(company.store, "room", "ana@example.com")
    assert "ana" not in token
    assert tell.leave(company.store, token, clock=company.clock) == "room"
    assert tell.leave(company.store, token, clock=company.clock) == "room"
    company.world.fill(1, start=20, projects=("p1",), severity="critical")
    company.sync()
    post.both()
    assert [address for address, _ in post.place.got] == ["Bo <bo@example.com>"]
    assert post.place.got[0][1].unsubscribe is not None
    assert tell.come_back(company.store, ANA, "room", "ANA@example.com", clock=company.clock)
    company.clock.advance(86_400)
    company.world.fill(1, start=21, projects=("p1",), severity="critical")
    company.sync()
    post.both()
    assert [address for address, _ in post.place.got[1:]] == ["ana@example.com", "Bo <bo@example.com>"]


def test_who_leaves_while_a_message_waits_gets_it_no_more(company: Stage) -> None:
    """Neither one that was never tried nor one that is tried again."""
    post = Post(company, route(RED, addresses=("ana@example.com", "bo@example.com")))
    company.world.fill(1, start=20, projects=("p1",), severity="critical")
    company.sync()
    post.place.fails = [ChannelUnreachableError("down")] * 2
    post.both()
    for address in ("ana@example.com", "bo@example.com"):
        tell.leave(company.store, tell.leave_token(company.store, "room", address), clock=company.clock)
    post.place.fails = []
    company.clock.advance(3_600)
    assert post.both() == []
    assert tell.standing(company.store)[0].waiting == 0


@pytest.mark.parametrize(
    "spoil", [lambda text: text[:-2], lambda text: "A" + text[1:], lambda _: "", lambda _: "ä", lambda _: "=" * 5_000]
)
def test_a_link_that_is_not_ours_changes_nothing(company: Stage, spoil: Callable[[str], str]) -> None:
    """A damaged or invented one."""
    token = tell.leave_token(company.store, "room", "ana@example.com")
    with pytest.raises(NotFoundError):
        tell.leave(company.store, spoil(token), clock=company.clock)
    with company.store.read() as conn:
        assert conn.execute(select(schema.unsubscribed)).first() is None


def test_a_preview_changes_nothing(company: Stage) -> None:
    """It says what would be said, and to nobody."""
    company.world.fill(2, start=20, projects=("p1",), severity="critical")
    company.sync()
    options = {"since": Instant(company.clock.at - 7 * DAY), "board": BOARD, "clock": company.clock}
    found = tell.preview(company.store, route(RED), RED, sort=Sort.DIGEST, **options)
    assert found is not None
    assert parts(found)["new"] == 2
    with company.store.read() as conn:
        assert conn.execute(select(schema.outbox)).first() is None
    post = Post(company, route(RED))
    assert [parts(message) for message in post.both()] == [{"new": 2}]


def test_nothing_is_noted_without_a_channel(company: Stage) -> None:
    """Who sends nothing pays nothing."""
    company.store.announces = False
    company.world.fill(2, start=20, projects=("p1",), severity="critical")
    company.sync()
    assert notices(company) == 0


def test_what_is_old_is_forgotten(company: Stage) -> None:
    """Numbers go on from the last ones, so that nothing new is taken for told."""
    post = Post(company, route(RED))
    for start in (20, 30):
        company.world.fill(1, start=start, projects=("p1",), severity="critical")
        company.sync()
        assert len(post.both()) == 1
    company.clock.at = Instant(company.clock.at + 100 * DAY)
    done = keep_records.apply(company.store, DEFAULT, clock=company.clock)
    # Of the two that arrived the words, and not that they did.
    assert (done.rows["notices"], done.rows["words"], "messages" in done.rows) == (1, 2, False)
    with company.store.read() as conn:
        kept = conn.execute(select(schema.outbox.c.body, schema.outbox.c.address, schema.outbox.c.findings)).all()
    assert [(row.body, row.address) for row in kept] == [(None, "")] * 2
    assert all(bytes(row.findings) != b"[]" for row in kept)
    company.clock.at = Instant(company.clock.at + MINUTE)
    company.world.fill(1, start=40, projects=("p1",), severity="critical")
    company.sync()
    assert any(parts(message).get("new") == 1 for message in post.both())


def test_two_teams_and_a_digest_are_one_mail_a_day(company: Stage) -> None:
    """Whoever reads for two teams, or has what cannot wait on the day of the digest, gets the second mail a day later."""
    post = Post(company, route(RED, BLUE, addresses=("ana@example.com",)))
    company.world.fill(1, start=20, projects=("p1",), severity="critical")
    company.world.fill(1, start=30, projects=("p2",), severity="critical")
    company.sync()
    got = [[message.team for message in post.both()]]
    for hours in (1, 22, 2, 22, 3):
        company.clock.at = Instant(company.clock.at + hours * HOUR)
        got.append([message.team for message in post.both()])
    assert [len(teams) for teams in got] == [1, 0, 0, 1, 0, 0]
    assert {team for teams in got for team in teams} == {RED, BLUE}


def test_a_digest_and_what_cannot_wait_are_one_mail_a_day(company: Stage) -> None:
    """On the morning of the digest something new is found: one mail then, the other a day later."""
    post = Post(company, route(RED, addresses=("ana@example.com",), weekday=0))
    post.tell()
    company.clock.at = Instant(company.clock.at + 7 * DAY)
    company.world.fill(1, start=20, projects=("p1",), severity="critical")
    company.sync()
    got = [[message.sort for message in post.both()]]
    company.clock.at = Instant(company.clock.at + 23 * HOUR)
    got.append([message.sort for message in post.both()])
    company.clock.at = Instant(company.clock.at + 2 * HOUR)
    got.append([message.sort for message in post.both()])
    assert [len(sorts) for sorts in got] == [1, 0, 1]


def test_digests_that_wait_for_their_day_do_not_pile_up(company: Stage) -> None:
    """Ten teams of one reader are more than a week has days: each waits with one digest, which tells of everything since."""
    post = Post(company, route(RED, BLUE, addresses=("ana@example.com",), at_once=False, weekday=0))
    post.tell()
    post.place.fails = [ChannelRefusedError("full")]
    for start in (20, 30, 40):
        company.clock.at = Instant(company.clock.at + 7 * DAY)
        company.world.fill(1, start=start, projects=("p1",), severity="critical")
        company.sync()
        post.tell()
    with company.store.read() as conn:
        assert conn.execute(select(func.count()).select_from(schema.outbox)).scalar_one() == 2
    post.place.fails = []
    assert [parts(message) for message in post.both()] == [{"new": 3}]
