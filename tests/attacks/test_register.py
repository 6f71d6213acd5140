"""`docs/assurance/attacks.md` says which attack is tried by which test, and which is not and why."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "assurance" / "attacks.md"
HERE = Path(__file__).parent


def named_in(folder: Path) -> set[str]:
    """Every test of a folder by its name."""
    found = (
        re.findall(r"^(?:async )?def (test_\w+)", file.read_text(), re.MULTILINE) for file in folder.rglob("test_*.py")
    )
    return {name for names in found for name in names}


def rows() -> list[list[str]]:
    """The rows of the page's tables, cell by cell."""
    lines = [line for line in PAGE.read_text().splitlines() if re.match(r"\| A\d+ ", line)]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def test_every_attack_has_a_line_and_one_only() -> None:
    """From A1 to A34."""
    assert sorted(int(row[0][1:]) for row in rows()) == list(range(1, 35))


def test_every_test_that_is_named_exists_where_it_is_said_to_be() -> None:
    """In this folder for the first column of tests, anywhere for the second."""
    here, anywhere = named_in(HERE), named_in(ROOT / "tests")
    for row in rows():
        for column, known in ((2, here if len(row) == 4 else anywhere), (3, anywhere)):
            for name in re.findall(r"`(test_\w+)`", row[column] if column < len(row) else ""):
                assert name in known, (row[0], name)


def test_every_attack_is_tried_or_has_a_reason() -> None:
    """By a test here or elsewhere, or by a sentence."""
    for row in rows():
        assert "`test_" in "".join(row[2:]) or len(row[2]) > 10, row[0]


def test_every_test_that_bears_a_number_stands_in_its_line() -> None:
    """So that the page is as long as what is tried."""
    lines = {row[0].lower(): " ".join(row[2:]) for row in rows()}
    for name in named_in(HERE):
        if number := re.match(r"test_(a\d+)_", name):
            assert f"`{name}`" in lines[number[1]], name
