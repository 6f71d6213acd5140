"""An index of all real records, made once."""

from __future__ import annotations

from pathlib import Path

import pytest

from callboard.advisories.index import Index
from callboard.advisories.reading import documents
from callboard.advisories.updating import updating
from callboard.domain.instant import Instant


@pytest.fixture(scope="session")
def whole(tmp_path_factory: pytest.TempPathFactory, shared_data: Path) -> Index:
    """46,277 records of the shared data, and those that come with Callboard."""
    path = tmp_path_factory.mktemp("index") / "advisories.idx"
    with updating(path, Instant(1_790_000_000_000_000)) as update:
        update.take(documents(shared_data / "osv" / "kev-2025-08.json.gz"), "kev")
        for file in sorted((shared_data / "osv").glob("*.jsonl.gz")):
            update.take(documents(file), file.name)
        report = update.finish(path)
    assert report.rejected == ()
    assert report.seen == 46_277
    return Index.open(path)
