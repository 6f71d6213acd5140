"""The disk fails while something writes: no room, only reading, errors, nothing of which is certain to be on it.

The kernel itself refuses (`tests.support.kernel`), from one commit on for good, or at one commit only; where a server keeps the
data, to the server (`tests.support.failing_disk`).
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.disturbed import disturb
from tests.support.failing_disk import FailingServer, can_ask
from tests.support.kernel import can_refuse

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

WRITERS = ("catalog", "decide")
needs_filters = pytest.mark.skipif(not can_refuse(), reason="this kernel takes no filters")
needs_asking = pytest.mark.skipif(not can_ask(), reason="this kernel does not ask others")


@pytest.fixture(scope="module")
def server() -> Iterator[FailingServer]:
    """A server whose disk can be told to fail."""
    made = FailingServer()
    try:
        made.start()
        yield made
    finally:
        made.stop()


@needs_filters
@pytest.mark.fault("F4")
@pytest.mark.parametrize("how", ["full", "readonly"])
def test_no_room_at_any_commit(how: str, tmp_path: Path) -> None:
    """What writes fails with a sentence, open readers read on, and with room again it ends like an undisturbed one."""
    told = disturb(tmp_path, how, *WRITERS)
    assert all(each["disturbed"] >= 1 for each in told.values()), told


@pytest.mark.fault("F4")
def test_a_quota_that_is_met_once(tmp_path: Path) -> None:
    """One commit meets it, and there is room for the next one: nothing of the first is left behind."""
    told = disturb(tmp_path, "quota", *WRITERS)
    assert any(each["disturbed"] for each in told.values()), told


@needs_filters
@pytest.mark.fault("F5")
@pytest.mark.parametrize("how", ["broken", "unsynced"])
def test_errors_of_the_disk_are_a_crash(how: str, tmp_path: Path) -> None:
    """At a write, or when everything has to be on the disk by now: it is not called good, and the board is before or after."""
    told = disturb(tmp_path, how, *WRITERS)
    assert sum(each["disturbed"] for each in told.values()) >= (1 if how == "unsynced" else 3), told


@needs_asking
@pytest.mark.fault("F4")
@pytest.mark.parametrize(
    ("how", "act", "stride"), [("full", "first", 11), ("full", "second", 11), ("quota", "first", 11)]
)
def test_no_room_for_tables_of_a_server(how: str, act: str, stride: int, server: FailingServer, tmp_path: Path) -> None:
    """What writes fails with a sentence, whoever reads goes on, and with room again it ends like an undisturbed one."""
    told = disturb(tmp_path, how, act, stride=stride, server=server.address)
    assert all(each["disturbed"] >= 1 for each in told.values()), told


@needs_asking
@pytest.mark.fault("F4")
@pytest.mark.parametrize(("how", "stride"), [("log full", 3), ("readonly", 3)])
def test_no_room_for_the_log_of_a_server(how: str, stride: int, server: FailingServer, tmp_path: Path) -> None:
    """The server gives itself up: no reading then, and once it is started with room, as before or after."""
    told = disturb(tmp_path, how, "second", "decide", stride=stride, server=server.address)
    assert all(each["disturbed"] >= 1 for each in told.values()), told


@needs_asking
@pytest.mark.fault("F5")
@pytest.mark.parametrize(("how", "stride"), [("broken", 3), ("unsynced", 3)])
def test_errors_of_the_disk_of_a_server_are_a_crash(
    how: str, stride: int, server: FailingServer, tmp_path: Path
) -> None:
    """At a write, or when everything has to be on the disk by now: nothing is called good that the server did not promise."""
    told = disturb(tmp_path, how, "first", "decide", stride=stride, server=server.address)
    assert all(each["disturbed"] >= 1 for each in told.values()), told
