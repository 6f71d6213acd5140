"""However a log is cut, and cut again, the rest proves itself; whatever is touched behind the cut is seen."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from callboard.domain.audit import CUT, START, Cut, Entry, breaks, cut_of, link
from callboard.domain.instant import DAY, Instant
from callboard.domain.retention import months

Chain = list[tuple[Entry, bytes]]


def append(chain: Chain, action: str, at: int, detail: tuple[tuple[str, str], ...] = ()) -> None:
    """One more entry."""
    seq, before = (chain[-1][0].seq, chain[-1][1]) if chain else (0, START)
    entry = Entry(seq=seq + 1, at=Instant(at), actor="a", action=action, subject="s", detail=detail)
    chain.append((entry, link(entry, before)))


def cut(chain: Chain, count: int, at: int) -> Cut:
    """The first so many go, and an entry says so."""
    last, digest = chain[count - 1]
    gone = Cut(through=last.seq, hash=digest, last_at=last.at, at=Instant(at))
    append(chain, CUT, at, tuple(sorted(gone.detail().items())))
    del chain[:count]
    return gone


@st.composite
def cut_chains(draw: st.DrawFn) -> tuple[Chain, Cut | None]:
    """A log that lived for a while."""
    chain: Chain = []
    gone: Cut | None = None
    for day, share in enumerate(draw(st.lists(st.none() | st.floats(0, 1), max_size=30))):
        if share is None or not chain:
            append(chain, "test.word", day * DAY)
        elif count := round(share * len(chain)):
            gone = cut(chain, count, day * DAY)
    return chain, gone


@given(cut_chains())
def test_the_rest_proves_itself(made: tuple[Chain, Cut | None]) -> None:
    """From the hash on that the newest word about a cut holds, and from no other place."""
    chain, gone = made
    assert list(breaks(chain, gone)) == []
    told = [found for entry, _ in chain if (found := cut_of(entry)) is not None]
    assert (told[-1] if told else None) == gone
    if gone is not None:
        assert list(breaks(chain)) != []


@given(cut_chains(), st.data())
def test_what_is_touched_is_seen(made: tuple[Chain, Cut | None], data: st.DataObject) -> None:
    """An entry changed or taken out, anywhere but at the end, where a hash that is kept elsewhere is for."""
    chain, gone = made
    if len(chain) < 2:
        return
    place = data.draw(st.integers(0, len(chain) - 2))
    entry, digest = chain[place]
    changed = Entry(
        seq=entry.seq, at=entry.at, actor="b", action=entry.action, subject=entry.subject, detail=entry.detail
    )
    assert list(breaks([*chain[:place], (changed, digest), *chain[place + 1 :]], gone)) != []
    assert list(breaks([*chain[:place], *chain[place + 1 :]], gone)) != []


@given(st.integers(1, 240))
def test_months_grow_evenly(n: int) -> None:
    """Whole days, a year of them 365, thirteen 396."""
    assert months(n) % DAY == 0
    assert 30 * n * DAY <= months(n) <= 31 * n * DAY
    assert (months(12), months(13)) == (365 * DAY, 396 * DAY)
