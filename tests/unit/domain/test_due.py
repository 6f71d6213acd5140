"""Due dates: the directive's sixteen rows, days by severity, and dates that never move later by themselves."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callboard.domain.due import (
    BOD_26_04,
    DEFAULT,
    NO_DATE,
    Policy,
    PolicyName,
    Signals,
    band_of,
    end_of_day,
    is_overdue,
    policy_due,
)
from callboard.domain.finding import Kind, Severity
from callboard.domain.instant import DAY, Instant

CISA = Policy(name=PolicyName.CISA_BOD_26_04)

# Known exploited, exposed, automatable, total impact: days, and whether traces have to be looked for.
ROWS = {
    "nnnp": (None, False), "nnnt": (None, False), "nnyp": (60, False), "nnyt": (60, False),
    "nynp": (60, False), "nynt": (14, False), "nyyp": (14, False), "nyyt": (3, False),
    "ynnp": (14, False), "ynnt": (14, False), "ynyp": (14, False), "ynyt": (3, True),
    "yynp": (14, False), "yynt": (3, True), "yyyp": (3, False), "yyyt": (3, True),
}  # fmt: skip


@pytest.mark.parametrize("row", ROWS)
def test_each_row_of_the_directive(row: str) -> None:
    """The table of CISA BOD 26-04, row by row, through the policy."""
    kev, exposed, automatable, impact = row
    signals = Signals(Kind.VULNERABILITY, Severity.LOW, kev == "y", exposed == "y", automatable == "y", impact == "t")
    limit = CISA.limit(signals)
    assert (limit.days, limit.forensics, limit.assumed) == (*ROWS[row], ())
    assert limit.band == band_of(limit.days)


def test_the_directive_has_sixteen_rows() -> None:
    """One for each combination of answers."""
    assert set(BOD_26_04) == set(itertools.product((False, True), repeat=4))


def test_what_nobody_told_is_taken_strictly_and_said() -> None:
    """Unknown exposure, automation and impact count as yes, in words; an unlisted vulnerability is not exploited."""
    limit = CISA.limit(Signals(Kind.VULNERABILITY, Severity.MEDIUM))
    assert limit.days == 3
    assert limit.assumed == ("exposed to the internet", "automatable", "total impact")


def test_the_directive_is_for_vulnerabilities() -> None:
    """Issues have days by severity under either policy."""
    signals = Signals(Kind.ISSUE, Severity.HIGH)
    assert CISA.limit(signals).days == DEFAULT.limit(signals).days == 30


@pytest.mark.parametrize(
    ("signals", "days"),
    [
        (Signals(Kind.ISSUE, Severity.CRITICAL), 15),
        (Signals(Kind.VULNERABILITY, Severity.LOW), 180),
        (Signals(Kind.VULNERABILITY, Severity.LOW, known_exploited=True), 14),
        (Signals(Kind.VULNERABILITY, Severity.INFO), None),
        (Signals(Kind.VULNERABILITY, Severity.INFO, known_exploited=True), 14),
        (Signals(Kind.SECRET, Severity.MEDIUM), 3),
        (Signals(Kind.MALICIOUS_PACKAGE, Severity.LOW), 1),
    ],
)
def test_days_by_severity_and_kind(signals: Signals, days: int | None) -> None:
    """The shortest of what severity, kind and being known exploited say."""
    assert DEFAULT.limit(signals).days == days


def test_unknown_severity_is_not_treated_as_low() -> None:
    """It has the days of a high one."""
    unknown, low = (DEFAULT.limit(Signals(Kind.ISSUE, severity)).days for severity in (Severity.UNKNOWN, Severity.LOW))
    assert unknown is not None
    assert low is not None
    assert unknown < low


def test_bands_follow_the_days() -> None:
    """A shorter limit never has a later band, and no date is the last one."""
    bands = [band_of(days) for days in range(1_000)]
    assert bands == sorted(bands)
    assert max(bands) < NO_DATE == band_of(None)


@given(st.integers(0, 4 * 10**15), st.integers(0, 3_650))
def test_a_due_day_lasts_to_its_end(at: int, days: int) -> None:
    """Not overdue on its day, overdue from the next day's first moment on."""
    due = end_of_day(Instant(at), days)
    assert due // DAY == at // DAY + days
    assert not is_overdue(due, due)
    assert is_overdue(due, Instant(due + 1))
    assert not is_overdue(None, due)


@given(st.integers(0, 10**15), st.sampled_from(list(Severity)), st.sampled_from(list(Kind)))
def test_a_policy_gives_what_its_limit_says(at: int, severity: Severity, kind: Kind) -> None:
    """The date is the opening's day and the limit's days."""
    signals = Signals(kind, severity)
    days = DEFAULT.limit(signals).days
    assert policy_due(DEFAULT, signals, opened_at=Instant(at)) == (
        None if days is None else end_of_day(Instant(at), days)
    )


def test_equal_policies_have_equal_fingerprints() -> None:
    """And a changed day changes it; what was answered so far does not."""
    one, other = Policy(), Policy()
    one.limit(Signals(Kind.ISSUE, Severity.LOW))
    assert one.fingerprint == other.fingerprint
    assert Policy(days={**DEFAULT.days, Severity.LOW: 90}).fingerprint != one.fingerprint
