"""`python -m tests.support.assurance`: the page with the names that marks tell now, and no results yet, in seconds."""

from __future__ import annotations

from pathlib import Path

import callboard
from tests.support.assurance.marks import marks_of
from tests.support.assurance.page import Tally, write

ROOT = Path(__file__).parents[3]


def main() -> None:
    """Write it. Names that the code makes are not on it until `make assurance`."""
    results: dict[tuple[str, str], dict[str, Tally]] = {}
    for mark in marks_of(ROOT / "tests"):
        if mark.name:
            results.setdefault((mark.kind, mark.name), {})[mark.test] = Tally()
    page = write(results, day=None, version=callboard.__version__, machine="")
    (ROOT / "docs" / "assurance.md").write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
