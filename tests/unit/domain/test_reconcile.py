"""When a run is so surprising that a person decides."""

from __future__ import annotations

from typing import Any

import pytest

from callboard.domain.reconcile import Safety, surprise

SAFETY = Safety(close_share=0.2, new_share=0.2, owner_share=0.02, min_findings=20)


def judged(**fields: Any) -> str | None:
    """The verdict on a run of which only this is special."""
    usual: dict[str, Any] = {"open_before": 1000, "closing": 0, "new": 0, "safety": SAFETY}
    return surprise(**(usual | fields))


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"new": 5000},
        {"closing": 200},
        {"closing": 19, "open_before": 20},
        {"closing": 50, "open_before": 0},
        {"moved": 20, "findings": 1000},
        {"moved": 19, "findings": 19},
        {"moved": 20, "moved_by_projects": 20, "findings": 1000},
    ],
)
def test_what_is_no_surprise(fields: dict[str, Any]) -> None:
    """The limits themselves are none, and neither is what concerns few findings."""
    assert judged(**fields) is None


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"closing": 201}, "It would close 201 of 1000 open findings (20%)."),
        (
            {"closing": 201, "new": 201},
            "201 findings are new and 201 of 1000 open ones are gone: the source may have renamed its ids.",
        ),
        ({"moved": 21, "findings": 1000}, "It would give 21 of 1000 findings to another owner (2%)."),
        (
            {"moved": 30, "moved_by_projects": 25, "findings": 40},
            (
                "It would give 30 of 40 findings to another owner (75%), 25 of them because the source moved projects "
                "into or out of folders."
            ),
        ),
        (
            {"moved": 30, "moved_by_projects": 30, "findings": 40},
            (
                "It would give 30 of 40 findings to another owner (75%), because the source moved projects into or out "
                "of folders."
            ),
        ),
        ({"moved": 60, "findings": 40}, "It would give 40 of 40 findings to another owner (100%)."),
    ],
)
def test_what_is_a_surprise_is_said_in_words(fields: dict[str, Any], words: str) -> None:
    """With the numbers that a person needs to decide."""
    assert judged(**fields) == words
