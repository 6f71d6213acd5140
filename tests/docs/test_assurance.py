"""`docs/assurance.md` lists what the marks of the tests say, and no line of the lists is without a test."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.assurance.lines import KINDS, LINES
from tests.support.assurance.marks import Mark, marks_of
from tests.support.assurance.page import Tally, names_on, write

ROOT = Path(__file__).parents[2]
UNTRIED: set[str] = set()
"""Lines that wait for their test."""


@pytest.fixture(scope="module")
def marks() -> list[Mark]:
    """Those of every test."""
    return marks_of(ROOT / "tests")


def test_the_lists_are_whole() -> None:
    """Thirty-five faults, thirty-four attacks."""
    assert list(LINES["fault"]) == [f"F{n}" for n in range(1, 36)]
    assert list(LINES["attack"]) == [f"A{n}" for n in range(1, 35)]


def test_every_fault_and_every_attack_is_tried(marks: list[Mark]) -> None:
    """By a test that says so, and no test names a line that is not there."""
    for kind, lines in LINES.items():
        tried = {mark.name for mark in marks if mark.kind == kind}
        assert set(lines) - tried - UNTRIED == set(), kind
        assert tried - set(lines) == set(), kind


def test_the_page_lists_what_the_marks_say(marks: list[Mark]) -> None:
    """`make assurance` writes it anew. Names that only a run can tell are not compared."""
    page = names_on((ROOT / "docs" / "assurance.md").read_text(encoding="utf-8"))
    made_up = {(mark.kind, mark.test) for mark in marks if not mark.name}
    told = {(mark.kind, mark.name, mark.test) for mark in marks if mark.name}
    assert sorted(told - page) == [], "make assurance writes it anew; python -m tests.support.assurance its names alone"
    assert sorted(each for each in page - told if (each[0], each[2]) not in made_up) == []


def test_the_command_says_its_page_in_one_word() -> None:
    """In two, pytest takes the page for a place to look for tests, finds no tests' set-up there, and knows no such option."""
    assert " --assurance=docs/assurance.md " in (ROOT / "Makefile").read_text(encoding="utf-8")


def test_a_page_gives_back_the_names_it_was_made_from() -> None:
    """In all four tables."""
    results = {
        (kind, name): {"test_one": Tally(passed=3, count=200), "test_two": Tally(failed=1)}
        for kind, name in zip(KINDS, ("F7", "A2", "yarn", "board"), strict=True)
    }
    page = write(results, day="2026-01-01", version="1", machine="here")
    assert names_on(page) == {(kind, name, test) for (kind, name), tests in results.items() for test in tests}
    assert "| F7 |" in page
    assert "| `board` | 200 | `test_one` (3), `test_two` | 1 failed |" in page


def test_marks_are_found_wherever_they_stand(tmp_path: Path) -> None:
    """On a test, on its module, on its class, on one of its parameters, and where the name is made."""
    (tmp_path / "test_a.py").write_text(
        "pytestmark = [pytest.mark.slow, pytest.mark.attack('A1')]\n"
        "@pytest.mark.fault('F1', 'F2')\nasync def test_on_it(): ...\n"
        "@pytest.mark.fuzz('yarn')\nclass TestAll:\n    def test_in_it(self): ...\n"
        "@pytest.mark.parametrize('x', [pytest.param(1, marks=pytest.mark.seeds('board', 200))])\ndef test_with(x): ...\n"
        "@pytest.mark.parametrize('x', [pytest.param(n, marks=pytest.mark.fuzz(n)) for n in N])\ndef test_made(x): ...\n"
        "EACH = [pytest.param(n, marks=pytest.mark.fuzz(n.name)) for n in N]\n"
        "@pytest.mark.parametrize('x', EACH)\ndef test_kept(x): ...\n"
        "def no_test(): ...\n"
    )
    found = {(mark.kind, mark.name, mark.test) for mark in marks_of(tmp_path)}
    assert found == {
        *(("attack", "A1", test) for test in ("test_on_it", "test_in_it", "test_with", "test_made", "test_kept")),
        ("fault", "F1", "test_on_it"), ("fault", "F2", "test_on_it"), ("fuzz", "yarn", "test_in_it"),
        ("seeds", "board", "test_with"), ("fuzz", "", "test_made"), ("fuzz", "", "test_kept"),
    }  # fmt: skip
