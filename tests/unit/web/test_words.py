"""Numbers, ages and banners in words."""

from __future__ import annotations

import pytest

from callboard.domain.health import SourceHealth
from callboard.domain.instant import DAY, HOUR, MINUTE, Instant, from_text
from callboard.web import freshness, words

NOW = from_text("2026-11-22T23:30:00Z")


@pytest.mark.parametrize(
    ("part", "whole", "told"),
    [
        (0, 0, None),
        (0, 9, "0 %"),
        (1, 1000, "under 1 %"),
        (999, 1000, "99 %"),
        (1000, 1000, "100 %"),
        (91, 100, "91 %"),
    ],
)
def test_shares_never_round_to_all_or_nothing(part: int, whole: int, told: str | None) -> None:
    """100 only for all, 0 only for none, no number for no whole."""
    assert words.share(part, whole) == told


@pytest.mark.parametrize(
    ("length", "told"),
    [
        (0, "under 1 min"),
        (MINUTE, "1 min"),
        (59 * MINUTE, "59 min"),
        (HOUR, "1 h"),
        (27 * HOUR, "27 h"),
        (2 * DAY, "2 d"),
        (803 * DAY, "2 y"),
    ],
)
def test_ages(length: int, told: str) -> None:
    """In the largest fitting unit, rounded down."""
    assert words.age(length) == told


def test_dates_in_the_future_are_said_to_be() -> None:
    """A source's clock may be wrong; a finding is never minus three days old."""
    assert words.ago(Instant(NOW + 3 * DAY), NOW) == "in 3 d"


def test_exact_dates_keep_their_fraction() -> None:
    """To the microsecond, as the source told it."""
    assert words.exact(from_text("2026-03-25T05:46:26.681576Z")) == "25 Mar 2026 05:46:26.681576 UTC"
    assert words.exact(from_text("2026-03-25T05:46:26Z")) == "25 Mar 2026 05:46:26 UTC"


def _health(**fields: object) -> SourceHealth:
    whole: dict[str, object] = {
        "name": "main", "kind": "wiz", "last_full_at": Instant(NOW - 3 * HOUR), "last_run_at": Instant(NOW - 12 * MINUTE),
        "last_run_state": "applied", "reason": None, "held_run": None, "stale": False, "syncing": False, "rejected": 0, "out_of_scope": 0,
        "findings": 7,
    }  # fmt: skip
    return SourceHealth(**(whole | fields))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("fields", "late", "told"),
    [
        ({"stale": True, "last_run_at": Instant(NOW - 27 * HOUR), "reason": "token refused"}, True,
         ["27 h old", "Token refused.", "from 21 Nov 2026 20:30 UTC"]),
        ({"last_run_state": "partial", "reason": "Wiz answered 8 of 11 pages"}, False,
         ["only in part", "8 of 11 pages.", "not counted as fixed until a full sync"]),
        ({"last_run_state": "refused", "reason": "the secret is wrong", "stale": True}, True,
         ["lets us read nothing", "The secret is wrong.", "callboard doctor", "Numbers below are from"]),
        ({"last_run_state": "refused", "reason": "the secret is wrong"}, False, ["lets us read nothing"]),
        ({"last_run_state": "refused", "last_full_at": None, "last_run_at": None, "stale": True}, True,
         ["lets us read nothing. Run callboard doctor."]),
        ({"last_run_state": "held", "stale": True}, True, ["held until a person"]),
        ({"last_full_at": None, "last_run_at": None, "syncing": True, "stale": True}, False, ["first sync", "still grow"]),
        ({"last_full_at": None, "last_run_at": None, "stale": True, "findings": 0}, False, ["has not been read yet"]),
        ({"last_full_at": None, "last_run_at": None, "stale": True}, False, ["never been read completely", "from a file"]),
        ({"last_full_at": None, "stale": True}, False, ["never been read completely", "what is missing means nothing"]),
    ],
)  # fmt: skip
def test_every_bad_state_has_a_banner(fields: dict[str, object], late: bool, told: list[str]) -> None:  # noqa: FBT001
    """One each, and red only for late."""
    (banner,) = freshness.banners([_health(**fields)], NOW)
    assert banner.late is late
    for word in told:
        assert word in f"{banner.head} {banner.text}"


def test_two_tenants_are_told_apart() -> None:
    """By their names, which one alone does not need."""
    unread = {"last_full_at": None, "last_run_at": None, "findings": 0}
    (one, other) = freshness.banners([_health(**unread), _health(name="second", **unread)], NOW)
    assert (one.head, other.head) == ("Wiz (main) has not been read yet.", "Wiz (second) has not been read yet.")


def test_numbers_that_were_never_read_are_of_no_day() -> None:
    """A run that read nothing before the account was refused gave no numbers."""
    refused = _health(last_run_state="refused", last_full_at=None, findings=0)
    (banner,) = freshness.banners([refused], NOW)
    assert "Numbers" not in banner.text


def test_a_good_state_has_none() -> None:
    """Nothing to say, nothing said."""
    assert freshness.banners([_health()], NOW) == ()
    assert len(freshness.banners([], NOW)) == 1


def test_one_source_that_was_never_read_makes_the_whole_unseen() -> None:
    """The least fresh decides."""
    assert freshness.seen([]) is None
    found = freshness.seen([_health(), _health(last_run_at=None, stale=True)])
    assert found == freshness.Seen(at=None, stale=True)


@pytest.mark.parametrize(
    ("tier", "source", "told"),
    [
        (2, "packages", "bill of materials"),
        (2, "wiz", "annotation"),
        (1, "packages", "approved rule"),
        (6, "wiz", "account default"),
        (None, "packages", "whose?"),
    ],
)
def test_packages_are_a_components_by_what_was_read_of_it(tier: int | None, source: str, told: str) -> None:
    """No annotation says so; where a rule does, that is told."""
    assert words.evidence(tier, source) == told
