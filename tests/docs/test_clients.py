"""The page about clients counts what is run, leaves nobody out, and shows each quirk."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

from tests.wizsim.documents import DOCUMENTS
from tests.wizsim.write_documents import WRITE_DOCUMENTS

ASSURANCE = Path(__file__).parents[2] / "docs" / "assurance"
PAGE = (ASSURANCE / "clients.md").read_text(encoding="utf-8")


def _rows(heading: str, page: str = PAGE) -> list[list[str]]:
    """The cells of the table below a heading, without its head."""
    section = page.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def test_the_page_counts_the_documents_of_every_client() -> None:
    """Those that are read and those that stand in a sequence, no more and no fewer."""
    told = {row[0].strip("`"): (int(row[2]), int(row[3])) for row in _rows("Clients")}
    reads, steps = (Counter(name.partition(",")[0] for name in documents) for documents in (DOCUMENTS, WRITE_DOCUMENTS))
    assert told == {client: (reads[client], steps[client]) for client in reads | steps}


def test_every_row_names_a_test() -> None:
    """No claim stands without one, but for the row that points at the other table."""
    rows = [*_rows("Clients"), *_rows("Other sources"), *_rows("Quirks")]
    bare = [row[0] for row in rows if not re.search(r"`test_\w+`", row[-1]) and row[-1] != "see there"]
    assert bare == []


def test_every_quirk_is_shown() -> None:
    """Each that the page of faults numbers, in the same order."""
    faults = (ASSURANCE / "faults.md").read_text(encoding="utf-8")
    numbers = re.findall(r"(?m)^\| (\d+) \|", faults)
    assert [row[0] for row in _rows("Quirks")] == numbers
