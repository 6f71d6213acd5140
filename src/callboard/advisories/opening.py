"""Which index answers: one rule for every command that asks."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from pathlib import Path

from callboard.advisories.index import Index
from callboard.advisories.place import VARIABLE, find_index


def open_index(named: Path | None, config: Path | None, environ: Mapping[str, str] = os.environ) -> Index:
    """The index that is named, else the configured one, else what came with Callboard.

    Raises AdvisoryIndexError where the file cannot be used, or where somebody named one that is not there: whoever names a
    file means that one.
    """
    path = named or find_index(config, environ)
    if named is None and not environ.get(VARIABLE) and not path.exists():
        from callboard.advisories.updating import own_index
        from callboard.domain.instant import Instant

        return own_index(Instant(time.time_ns() // 1_000))
    return Index.open(path)
