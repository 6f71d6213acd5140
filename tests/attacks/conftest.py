"""One company behind one open door, for everything that tries to get more than it may."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.named import NamedDoor, named_door


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NamedDoor]:
    """An open door to which people come by name."""
    with named_door(tmp_path_factory.mktemp("attacks") / "callboard.db") as found:
        yield found


@pytest.fixture
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NamedDoor]:
    """The same for a test that changes the company, the clock, or the portal."""
    with named_door(tmp_path_factory.mktemp("fresh") / "callboard.db") as found:
        yield found
