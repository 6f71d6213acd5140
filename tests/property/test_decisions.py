"""Decisions: whatever people and sources say in turn, neither changes what the other said, and undo restores."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from callboard.domain.decision import Decision, DecisionKind, Draft, Justification, Reason, Until, settled
from callboard.domain.finding import TOLD_STATES, State, shown
from callboard.domain.instant import DAY, Instant
from callboard.domain.reconcile import Actor, EventKind, first_sight, reconcile
from callboard.domain.standing import (
    ASIDE,
    ASKED,
    HANDS,
    Danger,
    Effect,
    Facts,
    Refusal,
    Standing,
    aside_of,
    judge,
    over,
)
from tests.property.test_reconcile import observations, stored_from

PEOPLE = ("user:default/ana", "user:default/bo", "user:default/cy")
NOW = Instant(20_000 * DAY)

people = st.sampled_from(PEOPLE)
drafts = st.one_of(
    st.builds(Draft, kind=st.sampled_from([DecisionKind.TAKE, DecisionKind.NOT_USEFUL])),
    st.builds(Draft, kind=st.just(DecisionKind.COMMENT), note=st.just("Looks odd.")),
    st.builds(Draft, kind=st.just(DecisionKind.ASSIGN), about=people),
    st.builds(Draft, kind=st.just(DecisionKind.SNOOZE), snooze=st.none() | st.sampled_from(Until)),
    st.builds(
        Draft,
        kind=st.just(DecisionKind.DISMISS),
        reason=st.sampled_from([Reason.FALSE_POSITIVE, Reason.MITIGATED]),
    ),
    st.builds(
        Draft, kind=st.just(DecisionKind.ASK), note=st.just("Too dear."), until_at=st.just(Instant(NOW + 90 * DAY))
    ),
)


class Board(RuleBasedStateMachine):
    """One finding, as its source tells it and as people speak of it."""

    def __init__(self) -> None:
        super().__init__()
        self.stored = None
        self.said: list[Decision] = []
        self.ended: dict[int, int] = {}
        """Decision → the one that ended it."""
        self.events: list[tuple[str, str]] = []

    # What is derived, as a store derives it

    def standing(self) -> Standing:
        """From all that was said and has not ended."""
        stands = tuple(each for each in self.said if each.id not in self.ended)
        replaced = {
            each.id: tuple(old for old in self.said if self.ended.get(old.id) == each.id) for each in stands
        }  # fmt: skip
        return Standing(stands, max((each.id for each in self.said), default=0), replaced)

    def say(self, draft: Draft, actor: str, seen: int | None = None) -> Effect | Refusal:
        """One thing more is said."""
        assert self.stored is not None
        facts = Facts(1, self.stored.state)
        found = judge(draft, self.standing(), facts, actor=actor, seen=seen)
        if isinstance(found, Refusal):
            return found
        id_ = len(self.said) + 1
        fields = {name: getattr(draft, name) for name in Draft.__struct_fields__}
        self.said.append(Decision(id=id_, actor=actor, at=NOW, **fields))
        self.ended |= dict.fromkeys(found.ends, id_)
        for revived in found.revives:
            del self.ended[revived]
        if draft.kind in (DecisionKind.UNDO, DecisionKind.RETURN):
            self.ended[id_] = id_
        before = self.state()
        self.stored = msgspec.structs.replace(self.stored, aside=found.state)
        if self.state() != before:
            self.events.append((before.word, self.state().word))
        return found

    def state(self) -> State:
        """Where it stands."""
        assert self.stored is not None
        return shown(self.stored.state, self.stored.aside)

    # What happens

    @rule(seen=observations())
    def sync(self, seen: object) -> None:
        """The source tells something; nothing that people said moves."""
        before = (tuple(self.said), dict(self.ended))
        if self.stored is None:
            verdict = first_sight(seen)  # type: ignore[arg-type]
            self.stored = stored_from(verdict)
            return
        old, aside = self.state(), self.stored.aside
        verdict = reconcile(self.stored, seen)  # type: ignore[arg-type]
        self.stored = stored_from(verdict)
        assert (tuple(self.said), self.ended) == before
        assert self.stored.aside is aside
        moves = [each for each in verdict.events if each.kind in (EventKind.STATE, EventKind.REOPENED)]
        assert all(each.actor is Actor.SOURCE for each in moves)
        assert [(each.old, each.new) for each in moves] == (
            [(old.word, self.state().word)] if old != self.state() else []
        )
        # What is set aside comes to light by the source's closing it alone, and not by its telling it again.
        if old.is_set_aside:
            assert self.state() is old or not self.state().is_open
        self.events += [(str(each.old), str(each.new)) for each in moves]

    @precondition(lambda self: self.stored is not None)
    @rule(draft=drafts, actor=people)
    def speak(self, draft: Draft, actor: str) -> None:
        """Somebody says something; the source's word is as it was."""
        told = self.stored.state  # type: ignore[attr-defined]
        before = self.standing()
        found = self.say(settled(draft, now=NOW), actor)
        assert self.stored is not None
        assert self.stored.state is told
        if found is Refusal.TAKEN:
            assert before.taken_by not in (None, actor)
        if isinstance(found, Refusal):
            assert self.standing() == before

    @precondition(lambda self: self.stored is not None and self.standing().asked is not None)
    @rule(actor=people)
    def agree(self, actor: str) -> None:
        """Somebody agrees that the risk is accepted: never who asked."""
        asked = self.standing().asked
        assert asked is not None
        found = self.say(Draft(kind=DecisionKind.ACCEPT, of=asked.id), actor)
        if isinstance(found, Effect):
            assert actor != asked.actor
            assert self.standing().asked is None

    @precondition(lambda self: self.stored is not None)
    @rule(draft=drafts, actor=people, other=people)
    def speak_and_take_back(self, draft: Draft, actor: str, other: str) -> None:
        """What is taken back at once leaves everything as it was, whoever takes it back."""
        before, aside = self.standing(), self.stored.aside  # type: ignore[attr-defined]
        found = self.say(settled(draft, now=NOW), actor)
        if isinstance(found, Refusal):
            return
        undone = self.say(Draft(kind=DecisionKind.UNDO, of=len(self.said)), other)
        if undone is Refusal.NOT_YOURS:
            assert actor != other
            return
        assert isinstance(undone, Effect)
        assert {each.id for each in self.standing().decisions} == {each.id for each in before.decisions}
        assert self.stored is not None
        assert self.stored.aside is aside
        assert self.standing().taken_by == before.taken_by

    @precondition(lambda self: self.stored is not None)
    @rule(number=st.integers(1, 12), actor=people, itself=st.booleans())
    def end(self, number: int, actor: str, itself: bool) -> None:  # noqa: FBT001 - drawn
        """A decision is taken back later, or ends by itself."""
        kind = DecisionKind.RETURN if itself else DecisionKind.UNDO
        standing = self.standing()
        found = self.say(Draft(kind=kind, of=number), actor)
        if standing.with_id(number) is None:
            assert found is Refusal.ENDED
        elif isinstance(found, Effect):
            assert self.standing().with_id(number) is None

    @precondition(lambda self: self.stored is not None and self.said)
    @rule(draft=drafts, actor=people)
    def speak_late(self, draft: Draft, actor: str) -> None:
        """Whoever has not seen the last word does not talk over it."""
        before = self.standing()
        found = self.say(settled(draft, now=NOW), actor, seen=before.newest - 1)
        if isinstance(found, Effect):
            assert draft.kind in (DecisionKind.TAKE, DecisionKind.COMMENT, DecisionKind.NOT_USEFUL)
            assert draft.kind is not DecisionKind.TAKE

    # What always holds

    @invariant()
    def one_of_a_kind_stands(self) -> None:
        """One does the work, one word keeps it from the work, one request waits."""
        for kinds in (HANDS, ASIDE, ASKED):
            assert sum(each.kind in kinds for each in self.standing().decisions) <= 1

    @invariant()
    def the_state_is_read_from_both(self) -> None:
        """From the source's word and the standing decision, and the events lead there."""
        if self.stored is None:
            return
        aside = self.standing().aside
        assert self.stored.aside is (None if aside is None else aside_of(aside.kind))
        assert self.stored.state in TOLD_STATES
        if self.stored.state.is_open and aside is not None:
            assert self.state().is_set_aside
            assert self.stored.fixed_at is None
        else:
            assert self.state() is self.stored.state
        for (_, new), (old, _) in zip(self.events, self.events[1:], strict=False):
            assert new == old


def test_sources_and_people_do_not_talk_over_each_other() -> None:
    """Any history of both."""
    run_state_machine_as_test(
        Board,
        settings=settings(
            max_examples=80, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )


dangers = st.builds(
    Danger,
    rank=st.integers(0, 5),
    priority=st.integers(1, 9).flatmap(
        lambda band: st.sampled_from([0, 1]).flatmap(
            lambda listed: st.sampled_from([0, 50, 99, 100, 900, 1_000]).map(
                lambda epss: band * (1 << 13) + listed * (1 << 11) + 1_000 - epss
            )
        )
    ),
    blast=st.integers(0, 2),
    reopened=st.integers(0, 3),
)


def snoozes() -> Iterator[Decision]:
    """One of each."""
    for snooze in Until:
        until = Instant(NOW + snooze.days * DAY)
        yield Decision(id=1, kind=DecisionKind.SNOOZE, actor="a", at=NOW, snooze=snooze, until_at=until)


@given(st.sampled_from(list(snoozes())), dangers, dangers, st.booleans(), st.integers(0, 400))
def test_a_snooze_ends_by_its_time_its_condition_or_a_return(
    snooze: Decision, before: Danger, now: Danger, has_fix: bool, days: int  # noqa: FBT001 - drawn
) -> None:  # fmt: skip
    """And by nothing else; none lasts longer than a year."""
    assert snooze.snooze is not None
    at = Instant(NOW + days * DAY)
    why = over(snooze, before, now, has_fix=has_fix, at=at)
    is_worse = (
        now.rank < before.rank
        or (now.priority % (1 << 13) < 1 << 11 <= before.priority % (1 << 13))
        or (now.priority % (1 << 11) <= 900 < before.priority % (1 << 11))
        or (now.blast == 0 != before.blast)
    )
    expected = (
        days >= snooze.snooze.days
        or now.reopened > before.reopened
        or (snooze.snooze is Until.FIX and has_fix)
        or (snooze.snooze is Until.WORSE and is_worse)
    )
    assert (why is not None) is expected
    if days >= 365:
        assert why is not None


@given(dangers, dangers, st.integers(0, 400))
def test_a_dismissal_ends_by_its_date_alone(before: Danger, now: Danger, days: int) -> None:
    """However often the source tells it again."""
    for until in (None, Instant(NOW + 30 * DAY)):
        dismissed = Decision(id=1, kind=DecisionKind.DISMISS, actor="a", at=NOW, reason=Reason.RETIRING, until_at=until)
        why = over(dismissed, before, now, has_fix=True, at=Instant(NOW + days * DAY))
        assert (why is not None) is (until is not None and days >= 30)


def test_justifications_are_those_of_the_standard() -> None:
    """OpenVEX 0.2.0 names five, with underscores."""
    assert {each.value.replace("-", "_") for each in Justification} == {
        "component_not_present", "vulnerable_code_not_present", "vulnerable_code_not_in_execute_path",
        "vulnerable_code_cannot_be_controlled_by_adversary", "inline_mitigations_already_exist",
    }  # fmt: skip
