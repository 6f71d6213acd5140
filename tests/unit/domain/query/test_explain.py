"""Queries in plain words."""

from __future__ import annotations

import pytest

from callboard.domain.query import explain, parse


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("severity:high,critical", "severity is critical or high"),
        ("severity:info,low,medium", "severity is medium, low or info"),
        ("-severity:low", "severity is not low"),
        ("status:in-progress", "status is in progress"),
        ("is:open,kev", "is open or known to be exploited"),
        ("-is:snoozed", "is not snoozed"),
        ("has:fix,cve", "has a known fix or a CVE"),
        ("-has:ticket", "does not have a ticket"),
        ("no:owner,due", "has no owner or due date"),
        ("-no:fix", "is not without known fix"),
        ("reason:not-named", "the mapping says that no annotation names it"),
        ("-reason:not-named", "the mapping does not say that no annotation names it"),
        ("owner:@me,payments,user:joe", "owner is you or a group of yours, payments or user:joe"),
        ("tag:team=payments", "tagged team=payments"),
        ("-tag:team", "not tagged team"),
        ("env:test", "environment is test"),
        ("age:>30d", "first detected more than 30 days ago"),
        ("age:>=1d", "first detected at least 1 day ago"),
        ("age:<36h", "first detected less than 36 hours ago"),
        ("-age:<=1h", "not first detected at most 1 hour ago"),
        ("age:30d..60d", "first detected between 30 days and 60 days ago"),
        ("age:30d", "first detected on the day 30 days ago"),
        ("first:>=-7d", "first detected in the last 7 days"),
        ("first:2026-09-01", "first detected on 1 September 2026"),
        ("first:>2026-09-01", "first detected after 1 September 2026"),
        ("first:>=2026-09-01", "first detected 1 September 2026 or later"),
        ("last:<-14d", "last detected before 14 days ago"),
        ("last:2026-09-01T10:00Z", "last detected at 1 September 2026 10:00:00 UTC"),
        ("due:<+7d", "due before 7 days from now"),
        ("due:<=today", "due today or earlier"),
        ("due:today", "due today"),
        ("due:+0d", "due today"),
        ("due:+7d", "due on the day 7 days from now"),
        ("due:>=-7d", "due 7 days ago or later"),
        ("due:+0d..+7d", "due between now and 7 days from now"),
        ("epss:>=0.1", "EPSS is at least 0.1"),
        ("-epss:>0.1", "EPSS is not more than 0.1"),
        ("cvss:7..8.9", "CVSS is from 7 to 8.9"),
        ("cvss:<7", "CVSS is less than 7"),
        ("band:<=2", "remediation band is at most 2"),
        ("band:3", "remediation band is 3"),
        ("log4j", 'mentions "log4j"'),
        ("-log4*", 'does not mention a word that begins with "log4"'),
        ('"log4j"', 'mentions the word "log4j"'),
        ('"two words"', 'mentions the words "two words"'),
    ],
)
def test_a_term_is_told_as_part_of_a_sentence(text: str, told: str) -> None:
    """For screen readers and for lists that nothing is in."""
    assert explain(parse(text)) == (told,)


def test_each_term_is_told_once_in_canonical_order() -> None:
    """Order and grouping are no terms: the page shows them elsewhere."""
    assert explain(parse("log4j severity:high is:open sort:due group:fix")) == (
        "is open",
        "severity is high",
        'mentions "log4j"',
    )
    assert explain(parse("")) == ()
