"""Real payloads are found where they are, and a test that needs them says so when they are not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support import shared_data

if TYPE_CHECKING:
    from pathlib import Path


def test_the_named_folder_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment decides where the payloads are."""
    monkeypatch.setenv("CALLBOARD_SHARED_DATA", str(tmp_path))
    assert shared_data.find() == tmp_path


def test_a_missing_folder_skips_with_a_reason(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The reason names the folder and the variable that can point elsewhere."""
    monkeypatch.setenv("CALLBOARD_SHARED_DATA", str(tmp_path / "nowhere"))
    with pytest.raises(pytest.skip.Exception, match=r"nowhere.*CALLBOARD_SHARED_DATA"):
        shared_data.find()
