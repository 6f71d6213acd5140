"""Whatever writes is killed at its writes, one after the other, until it passes untouched; and nothing is lost.

After each the invariants of `tests.support.invariants` are checked, and what was begun is ended and compared with what
nobody disturbed.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.disturbed import disturb
from tests.support.kernel import can_refuse
from tests.support.postgres import Postgres

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]
needs_filters = pytest.mark.skipif(not can_refuse(), reason="this kernel takes no filters")


@pytest.mark.fault("F1", "F2")
@pytest.mark.parametrize(("act", "stride"), [("first", 5), ("second", 5), ("catalog", 1)])
def test_killed_at_the_writes_of_a_sync(act: str, stride: int, tmp_path: Path) -> None:
    """A first sync and a second one of a world that has changed, at one write in five; a catalog with another owner, at each."""
    told = disturb(tmp_path, "kill", act, stride=stride)[act]
    assert told["disturbed"] * stride >= told["moments"] > 40


@pytest.mark.fault("F1", "F2")
@pytest.mark.parametrize(("act", "stride"), [("first", 9), ("second", 9), ("catalog", 4)])
def test_killed_at_the_writes_of_a_sync_on_postgresql(
    act: str, stride: int, postgres: Postgres, tmp_path: Path
) -> None:
    """The same where a server keeps the data: it rolls back what the dead process had begun."""
    told = disturb(tmp_path, "kill", act, stride=stride, server=postgres.address)[act]
    assert told["disturbed"] * stride >= told["moments"] > 20


@pytest.mark.fault("F1", "F5", "F25")
@pytest.mark.parametrize(("act", "stride"), [("first", 5), ("second", 3)])
def test_a_server_that_cuts_every_connection_at_the_commits_of_a_sync(
    act: str, stride: int, postgres: Postgres, tmp_path: Path
) -> None:
    """As when it fails over: the sync fails with a sentence and is not called good, and the next one ends it."""
    told = disturb(tmp_path, "cut", act, stride=stride, server=postgres.address)[act]
    assert told["disturbed"] * stride + stride >= told["moments"] > 5


@needs_filters
@pytest.mark.fault("F4", "F5")
@pytest.mark.parametrize(("how", "stride"), [("full", 5), ("broken", 5)])
def test_a_disk_that_fails_at_the_commits_of_a_sync(how: str, stride: int, tmp_path: Path) -> None:
    """No room, or errors, from one commit on: what was committed stays, and with a good disk it ends like an undisturbed one."""
    told = disturb(tmp_path, how, "first", "second", stride=stride)
    assert all(each["disturbed"] >= 1 for each in told.values()), told


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
