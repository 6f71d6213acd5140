"""Two hundred read and thirty-two write at once, against real servers: nothing breaks, and nothing that was said is lost.

`python -m benchmarks.load` does the same for ten minutes, and tells what waits cost.
"""

from __future__ import annotations

import argparse
import json

import pytest

from benchmarks.load import is_well, measure

MOST_MEGABYTES = 600
"""That one server may hold."""


@pytest.mark.slow
@pytest.mark.fault("F20", "F21", "F33")
@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_two_hundred_read_and_thirty_two_write(database: str) -> None:
    """No error, no lost line, each decision in the history once, and memory is bounded."""
    given = argparse.Namespace(database=database, seconds=20.0, writers=32, readers=200, findings=400, pause=6.0)
    found = measure(given)
    assert is_well(found), json.dumps(found, indent=1)
    assert all(each["most"] < MOST_MEGABYTES for each in found["memory_megabytes"].values())
