"""The demo's own company with its year lived, once: what the portal did, what its teams were told, and which rules are noise."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from itertools import chain

import pytest

from callboard.demo.company.decisions import viewers_of
from callboard.demo.company.ledger import FIXED, RESOLVED
from callboard.demo.company.messages import LAST, letters, send_the_past
from callboard.demo.company.noisy_rules import PLACE, Noisy
from callboard.demo.company.rollout import BEGAN, EVERY, FASTER, WAVES, begins, sooner
from callboard.demo.company.said_of_rules import places, say_of_rules
from callboard.demo.company.world import World, make_world
from callboard.demo.company.year import live_through
from callboard.domain.access import AT_THE_LAPTOP
from callboard.domain.board import FindingRow
from callboard.domain.component import EntityRef
from callboard.domain.decision import DecisionKind, Draft
from callboard.domain.instant import DAY, SECOND, Instant
from callboard.domain.query import OneOf, Query
from callboard.domain.remediation.engagement import Door, Engagement
from callboard.domain.remediation.message import MOST_LINES, Message, Part
from callboard.domain.remediation.question import read_period
from callboard.domain.remediation.rollout import drawn
from callboard.errors import ConflictError, NotFoundError
from callboard.ports import Check
from callboard.store import Store, deciders, open_store
from callboard.usecases import ask
from callboard.usecases.remediation import measure_flow
from callboard.usecases.remediation.find_noise import Report, find_noise
from callboard.usecases.remediation.make_past import have_said
from callboard.usecases.remediation.measure_channels import effect
from callboard.usecases.remediation.tell import standing
from tests.support.demo_years import MADE_AT, NOW, board

SEED = 1
"""The demo's own."""


@dataclass
class Room:
    """A channel that takes everything."""

    name: str = "room"
    messages: list[Message] = field(default_factory=list)

    async def send(self, message: Message, _address: str, /) -> None:
        """Keep it."""
        self.messages.append(message)

    def preview(self, message: Message, _address: str, /) -> str:
        """Its title."""
        return message.title

    async def check(self) -> tuple[Check, ...]:
        """Nothing to check."""
        return ()

    async def close(self) -> None:
        """Nothing to close."""


@pytest.fixture(scope="module")
def world() -> World:
    """As `callboard demo` makes it."""
    return make_world(seed=SEED, findings=4_000, now=MADE_AT, with_rollout=True, with_noise=True)


@pytest.fixture(scope="module")
def room() -> Room:
    """Where its messages went."""
    return Room()


@pytest.fixture(scope="module")
def lived(world: World, room: Room, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """Its board."""
    folder = tmp_path_factory.mktemp("demo")
    with closing(open_store(f"sqlite:///{folder / 'callboard.db'}")) as store:
        board(store, folder, world)
        assert world.rollout is not None
        assert world.noisy is not None
        live_through(store, seed=SEED, now=NOW, rollout=world.rollout)
        since = {team: at for team, at in world.rollout.starts.items() if at is not None}
        asyncio.run(send_the_past(store, room, world.organisation, since, now=NOW))
        say_of_rules(store, world.organisation, world.noisy, now=NOW)
        yield store


# What the portal did


def test_every_comparison_is_told(lived: Store) -> None:
    """None is refused: there are teams enough, and fixes. The lot is checked against its seed, as that of any company."""
    told = effect(lived, AT_THE_LAPTOP, Query(), read_period(None, None, now=NOW, usual=182), now=NOW)
    assert told.channels is not None
    assert [each.refusal for each in (*told.rolled, *told.channels.compared)] == [None] * 4
    for each in told.rolled:
        assert each.low is not None
        assert each.high is not None
        assert each.ratio is not None
        assert each.low < each.ratio < each.high
    assert told.plans == 1
    assert told.rollout is not None
    assert told.rollout.is_in_time
    assert len(told.rollout.waves) == WAVES


def test_the_order_is_that_of_the_seed_and_all_teams_have_it_by_now(world: World) -> None:
    """Whoever owns something is in it."""
    assert world.rollout is not None
    assert drawn(world.rollout.teams, world.rollout.seed) == world.rollout.teams
    since = begins(world.rollout)
    assert set(since) == {each.team.name for each in world.organisation.components}
    assert max(since.values()) == MADE_AT - (BEGAN - EVERY * (WAVES - 1)) * DAY // 1_000_000


def test_what_is_left_of_the_work_is_done_sooner() -> None:
    """What was done by then stays as it was; so does all, where nobody ever had it."""
    assert sooner(100, 300, 0) == 300
    assert sooner(100, 300, 300) == 300
    assert sooner(100, 300, 200) == 200 + int(100 / FASTER)
    assert sooner(100, 300, 50) == 100 + int(200 / FASTER)


# What its teams were told


def _since(world: World) -> dict[EntityRef, Instant]:
    assert world.rollout is not None
    return {team: at for team, at in world.rollout.starts.items() if at is not None}


def test_everything_was_sent_by_the_outbox(lived: Store, room: Room) -> None:
    """Nothing waits, nothing died, and each message arrived once, at its own time."""
    (kept,) = standing(lived)
    assert (kept.channel, kept.waiting, kept.dead) == ("room", 0, 0)
    assert kept.sent == len(room.messages) == len({each.key for each in room.messages})
    assert [each.at for each in room.messages] == sorted(each.at for each in room.messages)
    assert kept.last_sent_at == room.messages[-1].at < NOW - LAST
    assert {each.sort for each in room.messages} == {"digest", "at-once"}


def test_a_team_is_told_since_it_has_the_board(world: World, room: Room) -> None:
    """All of them are, and none before its day."""
    since = _since(world)
    assert {each.team for each in room.messages} == set(since)
    assert all(each.at >= since[each.team] for each in room.messages)


def test_a_message_tells_its_own_day(lived: Store, room: Room) -> None:
    """What it names was open then, new since a week or a day, or past its day; it is the team's own."""
    for message in room.messages[:: max(1, len(room.messages) // 12)]:
        rows = _rows(lived, message)
        assert len(rows) == len(message.named)
        for part in message.parts:
            assert part.count >= len(part.lines) == min(part.count, MOST_LINES if part.what != "closed" else 0)
            for line in part.lines:
                _is_true(message, part, rows[line.finding])


def _rows(store: Store, message: Message) -> dict[int, FindingRow]:
    query = Query((OneOf("id", tuple(map(str, message.named)) or ("0",)), OneOf("owner", (message.team,))))
    return {row.id: row for row in ask.list_findings(store, AT_THE_LAPTOP, query, now=NOW, limit=200).rows}


def _is_true(message: Message, part: Part, row: FindingRow) -> None:
    assert row.first_detected_at <= message.at
    assert row.fixed_at is None or row.fixed_at > message.at
    if part.what == "new":
        assert row.band <= 2
        assert message.at - row.first_detected_at <= (8 if message.sort == "digest" else 1) * DAY
    else:
        assert row.due_at is not None
        assert row.due_at < message.at


def test_the_same_company_is_told_the_same(lived: Store, world: World, room: Room) -> None:
    """Keys and words come from the seed."""
    again = letters(lived, room.name, world.organisation, _since(world), now=NOW)
    assert {each.message.key: each.message for each in again} == {each.key: each for each in room.messages}


def test_of_what_use_messages_are(lived: Store) -> None:
    """In the weeks that the page shows, findings were named, somebody came by links, and security looked as well."""
    told = measure_flow.use(lived, AT_THE_LAPTOP, Query(), read_period(None, None, now=NOW, usual=28), now=NOW)
    counts = [
        told.told(Engagement.NOTIFIED, Door.MESSAGE), told.told(Engagement.ARRIVED, Door.WEBHOOK),
        told.told(Engagement.SEEN, Door.PAGE), told.told(Engagement.SEEN_BY_SECURITY, Door.PAGE),
        told.told(Engagement.FOLLOWED, Door.PLUGIN),
    ]  # fmt: skip
    assert all(each is not None and each >= 5 for each in counts), counts


# Which rules are noise


@pytest.fixture(scope="module")
def noisy(world: World) -> Noisy:
    """Its two rules."""
    assert world.noisy is not None
    return world.noisy


@pytest.fixture(scope="module")
def report(lived: Store) -> Report:
    """As the page shows it, if nobody asks for other days."""
    return find_noise(lived, AT_THE_LAPTOP, read_period(None, None, now=NOW, usual=91), now=NOW)


def test_what_was_tuned_is_less_noisy_than_before(report: Report, noisy: Noisy) -> None:
    """Most of what was acted on was useless before, and little of it is since."""
    (tuned,) = (each for each in report.rules if each.rule.id == noisy.tuned.id)
    assert tuned.former is not None
    assert tuned.interval is not None
    assert tuned.former.share > 0.5
    assert tuned.interval.share < 0.2
    assert tuned.people is not None
    assert not tuned.is_noisy


def test_the_other_is_what_to_tune_next(report: Report, noisy: Noisy) -> None:
    """It is named, with where it is noise and what is open there."""
    assert report.noisiest is not None
    assert report.noisiest.rule.id == noisy.other.id
    assert report.noisiest.proposal is not None
    assert "env:development" in report.noisiest.proposal.query
    assert report.noisiest.proposal.findings > 0


def test_the_tuned_rule_finds_nothing_since_where_the_company_develops(world: World, noisy: Noisy) -> None:
    """What it had found there ended on its day, and nothing began later."""
    ledger, organisation = world.configurations, world.organisation
    ends = {
        (ledger.status[row], ledger.reason[row], ledger.resolved[row])
        for row, (cause, place) in enumerate(zip(ledger.cause, ledger.resource, strict=True))
        if organisation.rules[cause] is noisy.tuned and organisation.resources[place].environment == PLACE
    }
    assert ends == {(RESOLVED, FIXED, MADE_AT - 100 * DAY // SECOND)}


def test_a_company_may_be_too_small_for_noise() -> None:
    """Then no rule is changed."""
    plain, asked = (make_world(seed=1, findings=300, now=MADE_AT, with_noise=each) for each in (False, True))
    assert asked.noisy is None
    assert plain.configurations.resolved == asked.configurations.resolved


def test_whoever_says_something_may_say_it(lived: Store, world: World) -> None:
    """Of whatever rule: what is asked about is people's own, and not what several teams claim."""
    viewers = viewers_of(world.organisation)
    for rule in world.organisation.rules:
        for row, people in chain(*places(lived, rule, viewers, now=NOW)):
            assert people
            with lived.read() as conn:
                assert deciders.in_sight(conn, lived.dialect, viewers[people[0]].acting, (row.id,)), (
                    rule.name,
                    row.verdict,
                )


def test_what_was_said_then_is_judged_by_that_day(lived: Store) -> None:
    """Something may be called not useful that its source has closed since; nothing may be set aside so; nobody says it twice."""
    query = Query((OneOf("is", ("fixed",)), OneOf("severity", ("low",))))
    row = ask.list_findings(lived, AT_THE_LAPTOP, query, now=NOW, limit=1).rows[0]
    at = Instant(row.first_detected_at + 1)
    useless = Draft(kind=DecisionKind.NOT_USEFUL)
    have_said(lived, AT_THE_LAPTOP, useless, row.id, at=at)
    with pytest.raises(ConflictError):
        have_said(lived, AT_THE_LAPTOP, useless, row.id, at=at)
    with pytest.raises(ConflictError):
        have_said(lived, AT_THE_LAPTOP, Draft(kind=DecisionKind.TAKE), row.id, at=at)
    with pytest.raises(NotFoundError):
        have_said(lived, AT_THE_LAPTOP, useless, 2**40, at=at)
