"""How a campaign stood, taken back from how it stands."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from callboard.domain.finding import State
from callboard.domain.instant import DAY, Instant
from callboard.domain.remediation.campaign import Lot, Move, Tally, burndown, lot, tally

STATES = [state.word for state in State]


def test_every_state_is_in_one_lot() -> None:
    """What is open stays open; what the source or a person set aside is no fix, and neither is what is gone."""
    lots = {state.word: lot(state) for state in State}
    assert {word for word, each in lots.items() if each is Lot.OPEN} == {"open", "in-progress", "unknown"}
    assert {word for word, each in lots.items() if each is Lot.ASIDE} == {
        "rejected",
        "snoozed",
        "dismissed",
        "accepted",
    }
    assert (lots["fixed"], lots["gone"]) == (Lot.FIXED, Lot.GONE)
    assert tally({int(State.OPEN): 2, int(State.GONE): 1, int(State.ACCEPTED): 3}) == Tally(open=2, gone=1, aside=3)


@given(
    lives=st.lists(
        st.lists(st.tuples(st.integers(0, 6), st.sampled_from(STATES)), max_size=6).map(
            lambda life: sorted(life, key=lambda step: step[0])
        ),
        max_size=8,
    )
)
def test_a_burndown_is_what_was_counted_each_day(lives: list[list[tuple[int, str]]]) -> None:
    """A model that counts at the end of each day gives the same points, whatever happened and in whatever order it is told."""
    moves: list[Move] = []
    now = dict.fromkeys(range(len(lives)), "open")
    daily: list[Tally] = []
    for day in range(7):
        for n, life in enumerate(lives):
            for at, word in life:
                if at == day:
                    moves.append(Move(day, now[n], word, 1))
                    now[n] = word
        counts: dict[int, int] = {}
        for word in now.values():
            state = int(State[word.upper().replace("-", "_")])
            counts[state] = counts.get(state, 0) + 1
        daily.append(tally(counts))
    found = burndown(daily[-1], reversed(moves), since=Instant(7), until=Instant(6 * DAY + 9))
    assert [point.tally for point in found] == daily
    assert [point.day for point in found] == [day * DAY for day in range(7)]
