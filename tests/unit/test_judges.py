"""Which index of advisories a board asks."""

from __future__ import annotations

from pathlib import Path

import pytest

from callboard.advisories.place import VARIABLE
from callboard.config import load
from callboard.errors import AdvisoryIndexError
from callboard.wiring.packages import open_judge


def test_the_index_is_the_one_that_the_configuration_was_read_with(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A board that leaves the environment out, as the demo does, takes no other board's index from it."""
    monkeypatch.setenv(VARIABLE, str(tmp_path / "other.idx"))
    file = tmp_path / "callboard.toml"
    file.write_text("")
    assert "callboard" in open_judge(load(file, environ={})).mark
    with pytest.raises(AdvisoryIndexError):
        open_judge(load(file))
