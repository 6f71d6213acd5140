"""Real payloads that are too large, or not ours, to live in the repository."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real payloads: `CALLBOARD_SHARED_DATA`, or `shared/data` beside the checkout; skips without it."""
    return find()


def find() -> Path:
    """The folder, or a skip of the test that asked."""
    named = os.environ.get("CALLBOARD_SHARED_DATA")
    folder = Path(named) if named else REPOSITORY.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip(f"no real payloads at {folder}: point CALLBOARD_SHARED_DATA at a copy to run this test")
    return folder
