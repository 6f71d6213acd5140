"""What was known of a finding at the end of a period is the same, whatever becomes of it later."""

from __future__ import annotations

from typing import NamedTuple

from hypothesis import given
from hypothesis import strategies as st

from callboard.domain.compliance.life import Event, Life, Outcome, Recorded, life_of
from callboard.domain.finding import Kind, Severity, State
from callboard.domain.instant import DAY, HOUR, Instant, to_text
from callboard.domain.reconcile import EventKind

START = Instant(20_000 * DAY)


class Step(NamedTuple):
    """One thing that becomes of it, some hours after the last, dated up to so many hours earlier."""

    hours: int
    late: int
    what: str


CHANGES = (
    "fixed",
    "rejected",
    "gone",
    "snoozed",
    "dismissed",
    "accepted",
    "open",
    "in-progress",
    "severity",
    "due",
    "first",
)
STEPS = st.lists(
    st.builds(Step, st.integers(1, 60), st.integers(0, 20), st.sampled_from(CHANGES)), max_size=14
)  # fmt: skip


class Kept:
    """A finding as the store keeps it: a row that is overwritten, and events that are not."""

    def __init__(self) -> None:
        self.row = Recorded(
            1, "f", 1, Kind.ISSUE, State.OPEN, Severity.LOW, "t", "r", 1, START, Instant(START + HOUR), None
        )
        self.events: list[Event] = []
        self.now = Instant(START + HOUR)

    def take(self, step: Step) -> None:
        """What the store does with a change."""
        self.now = Instant(self.now + step.hours * HOUR)
        at = Instant(max(START, self.now - step.late * HOUR))
        row = self.row
        match step.what:
            case "severity":
                new = Severity.HIGH if row.severity is Severity.LOW else Severity.LOW
                self._note(EventKind.SEVERITY, at, row.severity.word, new.word)
                self.row = row._replace(severity=new)
            case "due":
                due = Instant(self.now + DAY)
                old = None if row.due_at is None else to_text(row.due_at)
                self._note(EventKind.DUE, at, old, to_text(due))
                self.row = row._replace(due_at=due)
            case "first":
                first = Instant(row.first_detected_at - HOUR)
                self._note(EventKind.FIRST_DETECTED, first, to_text(row.first_detected_at), to_text(first))
                self.row = row._replace(first_detected_at=first)
            case word:
                state = next(each for each in State if each.word == word)
                if state is row.state:
                    return
                opens = state.is_open and not row.state.is_open
                kind = EventKind.REOPENED if opens and not row.state.is_set_aside else EventKind.STATE
                kind = EventKind.RETURNED if opens and row.state.is_set_aside else kind
                self._note(kind, at, row.state.word, state.word)
                self.row = row._replace(state=state)

    def _note(self, kind: EventKind, at: Instant, old: str | None, new: str | None) -> None:
        self.events.append(Event(int(kind), at, self.now, old, new))

    def told(self, until: Instant, horizon: Instant | None) -> Life | None:
        """As evidence tells it."""
        return life_of(self.row, tuple(self.events), horizon=horizon, until=until)


@given(before=STEPS, after=STEPS, back=st.integers(0, 72))
def test_what_comes_later_changes_nothing(before: list[Step], after: list[Step], back: int) -> None:
    """Once the horizon is past, every later answer is the same; the horizon may lie behind the end of the period."""
    kept = Kept()
    for step in before:
        kept.take(step)
    horizon, until = kept.now, Instant(max(START, kept.now - back * HOUR))
    first = kept.told(until, horizon)
    for step in after:
        kept.take(step)
        assert kept.told(until, horizon) == first


@given(steps=STEPS)
def test_of_now_it_is_the_row(steps: list[Step]) -> None:
    """Nothing is taken back where nothing is late, and the last spell agrees with the state."""
    kept = Kept()
    for step in steps:
        kept.take(step)
    life = kept.told(kept.now, None)
    assert life is not None
    row = kept.row
    assert (life.state, life.severity, life.due_at) == (row.state, row.severity, row.due_at)
    stays_open = row.state.is_open or row.state is State.SNOOZED
    assert (life.spells[-1].ended_at is None) is stays_open
    assert life.opened_at == row.first_detected_at


@given(steps=STEPS)
def test_spells_follow_one_another(steps: list[Step]) -> None:
    """Each ends no sooner than it begins; only the last may go on; an outcome stands where an end does."""
    kept = Kept()
    for step in steps:
        kept.take(step)
    life = kept.told(kept.now, None)
    assert life is not None
    for place, spell in enumerate(life.spells):
        assert spell.opened_at <= spell.entered_at
        assert (spell.ended_at is None) is (spell.outcome is None)
        if spell.ended_at is None:
            assert place == len(life.spells) - 1
        else:
            assert spell.entered_at <= spell.ended_at
            assert isinstance(spell.outcome, Outcome)
