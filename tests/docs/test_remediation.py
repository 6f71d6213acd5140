"""The page about remediation leaves out no part of it, and claims nothing without a test."""

from __future__ import annotations

import re
from pathlib import Path

PAGE = (Path(__file__).parents[2] / "docs" / "assurance" / "remediation.md").read_text(encoding="utf-8")
PARTS = (
    "Decisions", "Guidance", "Writing to Wiz", "Tickets", "Messages", "Campaigns", "Noise", "What is seen and followed",
    "Assistants and scripts",
)  # fmt: skip


def test_every_part_is_there() -> None:
    """In the order in which people meet them."""
    assert tuple(re.findall(r"^## (.+)$", PAGE, re.MULTILINE)) == PARTS


def test_every_line_names_a_test() -> None:
    """Nothing stands without one; that they exist is checked with the other pages."""
    rows = [
        line for line in PAGE.splitlines() if line.startswith("| ") and not line.startswith(("| ---", "| What holds"))
    ]
    assert len(rows) > len(PARTS)
    assert [row for row in rows if not re.search(r"`test_\w+`", row.strip("|").rpartition("|")[2])] == []
