"""callboard demo: the whole road, with the look-alike and without an account."""

from __future__ import annotations

from typing import Any

import pytest

from tests.cli.conftest import Folder


@pytest.mark.slow
def test_the_same_seed_shows_the_same_company(folder: Folder) -> None:
    """Read twice, nothing changes; run twice, the same is found; a real board's configuration is left alone."""

    def once() -> dict[str, Any]:
        done: dict[str, Any] = folder.run("demo", "--once", "--size", "small", "--seed", "7", "--json").json
        return {**done, "seconds": None}

    first = once()
    assert first["findings"] > 300
    assert first["open"]["mapped"] > 0
    assert first["open"]["unmapped"] > 0
    assert first["second_sync"]["changes"] == 0
    assert first["by_state"]["snoozed"] > 0
    assert once() == first

    assert not (folder.path / "callboard.db").exists()


def test_a_team_reads_far_less_than_it_has(folder: Folder) -> None:
    """One row is one piece of work. The aims are ten findings a row and ten rows a team; the second is not quite reached."""
    told = folder.run("demo", "--once", "--json").json
    found = told["rows_per_team"]
    assert found["findings_per_row"] >= 10
    assert found["median_rows"] <= 12
    # And its people have said something about some of it.
    assert all(told["by_state"][word] >= 3 for word in ("snoozed", "dismissed", "accepted"))


@pytest.mark.slow
def test_its_campaign_has_a_course(folder: Folder) -> None:
    """It began before anything was said, so that its burndown shows what was set aside since then."""
    url = f"sqlite:///{folder.path / 'demo.db'}"
    folder.run("demo", "--once", "--size", "small", "--database", url)
    told = folder.run("campaigns", "show", "1", "--json", CALLBOARD_DATABASE_URL=url).json
    assert 0 < told["campaign"]["open"] < told["campaign"]["findings"]
    assert len(told["days"]) > 10
    assert told["days"][0]["open"] == told["campaign"]["findings"]
