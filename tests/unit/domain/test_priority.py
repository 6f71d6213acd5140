# ruff: noqa: FBT001, FBT003 - yes, no and "nobody told" are answers here, not switches
"""Priority: the order of work packed into one number, and why a row stands where it stands."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from callboard.domain.due import Limit, Signals
from callboard.domain.finding import Kind, Severity
from callboard.domain.instant import DAY, Instant
from callboard.domain.priority import NOTHING_KNOWN, UNTOLD, blast_of, is_exposed, priority_of, signs, why

facts = st.tuples(st.integers(1, 9), st.sampled_from([True, False, None]), st.none() | st.floats(0, 1))


def number(band: int, known: bool | None, epss: float | None) -> int:
    """The priority of these facts."""
    signals = Signals(Kind.VULNERABILITY, Severity.LOW, known, epss=epss)
    return priority_of(Limit(days=None, band=band), signals)


@given(facts, facts)
def test_the_order_is_band_then_known_exploited_then_epss(one: tuple, other: tuple) -> None:  # type: ignore[type-arg]
    """Whatever the later facts are, the earlier ones decide; EPSS counts in thousandths."""

    def key(band: int, known: bool | None, epss: float | None) -> tuple[int, bool, float]:
        return band, known is not True, -signs(number(band, known, epss)).epss

    assert (number(*one) < number(*other)) == (key(*one) < key(*other))


@given(facts)
def test_what_was_packed_can_be_told(fact: tuple) -> None:  # type: ignore[type-arg]
    """Band and listing exactly, EPSS rounded up to thousandths."""
    band, known, epss = fact
    found = signs(number(*fact))
    assert (found.band, found.known_exploited) == (band, known is True)
    assert 0 <= found.epss - (epss or 0) < 0.001 + 1e-9


def test_nothing_known_decodes_to_nothing() -> None:
    """The default of a finding that nothing was told of."""
    found = signs(NOTHING_KNOWN)
    assert (found.known_exploited, found.epss) == (False, 0)


def test_exposure_survives_packing() -> None:
    """Yes, no and "nobody told" stay apart, and yes sorts first."""
    assert [is_exposed(blast_of(each)) for each in (True, None, False)] == [True, None, False]
    assert blast_of(True) < blast_of(None) < blast_of(False)


NOW = Instant(20_000 * DAY + DAY // 3)


def test_a_row_says_why_it_is_first() -> None:
    """Known exploited, exposed, late, one fix for many: the strongest reason first."""
    sentence = why(
        number=number(1, True, 0.43), severity=Severity.CRITICAL, blast=0, due_at=Instant(NOW - 3 * DAY),
        oldest_at=Instant(NOW - 40 * DAY), closes=14, components=3, now=NOW, first=True,
    )  # fmt: skip
    assert sentence == (
        "First because: known exploited, open to the internet, 3 days late, EPSS 0.43, critical severity, "
        "one fix closes 14 findings in 3 components, open for 40 days."
    )


def test_what_is_not_known_is_said() -> None:
    """No date, no severity and no exposure have their words."""
    sentence = why(
        number=NOTHING_KNOWN, severity=Severity.UNKNOWN, blast=UNTOLD, due_at=None, oldest_at=NOW, closes=1,
        components=1, now=NOW,
    )  # fmt: skip
    assert sentence == "Here because: severity unknown, no due date, exposure unknown."
