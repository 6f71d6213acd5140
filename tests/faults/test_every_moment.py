"""Whatever writes is killed at its writes, one after the other, until it passes untouched; and nothing is lost.

After each the invariants of `tests.support.invariants` are checked, and what was begun is ended and compared with what
nobody disturbed.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.disturbed import disturb

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


@pytest.mark.fault("F1", "F2")
@pytest.mark.parametrize(("act", "stride"), [("first", 5), ("second", 5), ("catalog", 1)])
def test_killed_at_the_writes_of_a_sync(act: str, stride: int, tmp_path: Path) -> None:
    """A first sync and a second one of a world that has changed, at one write in five; a catalog with another owner, at each."""
    told = disturb(tmp_path, "kill", act, stride=stride)[act]
    assert told["disturbed"] * stride >= told["moments"] > 40


@pytest.mark.fault("F1", "F21")
def test_killed_at_every_write_of_what_a_person_says(tmp_path: Path) -> None:
    """Who got no answer says it again under the same key: it stands once."""
    told = disturb(tmp_path, "kill", "decide")["decide"]
    assert told["disturbed"] == told["moments"] > 40


@pytest.mark.fault("F26")
def test_killed_at_every_write_of_a_migration(tmp_path: Path) -> None:
    """From a schema of thirteen steps ago: begun again, it ends with the same board."""
    told = disturb(tmp_path, "kill", "migrate")["migrate"]
    assert told["disturbed"] == told["moments"] > 40
