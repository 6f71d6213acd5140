"""The page that lists what was tried, made from what a run of the tests saw."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

import msgspec

from tests.support.assurance.lines import ATTACKS, FAULTS, KINDS

HEAD = """# What was tried

This page is written by the tests (`make assurance`); editing it by hand is noticed.
Each test says by a mark which fault, attack, way in or simulation it tries, and a line without a test fails `make test`.
[How it is tested](assurance/index.md) says what the tests are like; a test's docstring is the sentence that should be true.
The number after a test is in how many cases it ran, where there is more than one: databases, moments, inputs.
"""

TITLES = {
    "fault": ("Faults", "What goes wrong, and what has to come of it."),
    "attack": ("Attacks", "What somebody could try to see or to change more than they may."),
    "fuzz": (
        "What is fed with what nobody would send",
        "Readers and ways in; any input is read or refused with its place.",
    ),
    "seeds": ("Simulations", "Lives of a board, each drawn from a number that lives it again."),
}
FIRST = {"fault": "Fault", "attack": "Attack", "fuzz": "Target", "seeds": "Simulation"}


class Tally(msgspec.Struct):
    """How the cases of one test ended."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0
    count: int = 0
    """Of seeds, where the mark tells it."""

    @property
    def cases(self) -> int:
        """All of them."""
        return self.passed + self.failed + self.skipped


Results = Mapping[tuple[str, str], Mapping[str, Tally]]
"""(kind, name) → test → how its cases ended."""


def write(results: Results, *, day: str | None, version: str, machine: str) -> str:
    """The whole page. Without a day nothing was run."""
    told = "Not run since the names changed." if day is None else f"Run on {day} with Callboard {version}: {machine}."
    parts = [HEAD, f"{told}\n", _summary(results)]
    for kind in KINDS:
        title, sentence = TITLES[kind]
        parts.append(f"## {title}\n\n{sentence}\n\n" + "\n".join(_table(kind, results)) + "\n")
    return "\n".join(parts)


def names_on(page: str) -> set[tuple[str, str, str]]:
    """(kind, name, test) of every test that a page lists."""
    found = set()
    kind = ""
    kinds = {title: each for each, (title, _) in TITLES.items()}
    for line in page.splitlines():
        if line.startswith("## "):
            kind = kinds.get(line[3:], "")
        elif kind and line.startswith("| ") and (cells := [cell.strip() for cell in line.strip("|").split("|")]):
            found |= {(kind, cells[0].strip("`"), test) for test in re.findall(r"`(test_\w+)`", cells[-2])}
    return found


def _summary(results: Results) -> str:
    lines = ["| | Lines | Tests | Cases | Failed | Skipped |", "| --- | ---: | ---: | ---: | ---: | ---: |"]
    for kind in KINDS:
        tallies = [
            (test, tally) for (each, _), tests in results.items() if each == kind for test, tally in tests.items()
        ]
        # A test that stands in two lines is counted once.
        once = dict(tallies).values()
        lines.append(
            f"| {TITLES[kind][0]} | {sum(each == kind for each, _ in results)} | {len(once)} "
            f"| {sum(each.cases for each in once)} | {sum(each.failed for each in once)} "
            f"| {sum(each.skipped for each in once)} |"
        )
    return "\n".join(lines) + "\n"


def _table(kind: str, results: Results) -> list[str]:
    sentences = {"fault": FAULTS, "attack": ATTACKS}.get(kind)
    if sentences is not None:
        lines = [f"| No. | {FIRST[kind]} | Tests | Result |", "| --- | --- | --- | --- |"]
        for name, sentence in sentences.items():
            tests = results.get((kind, name), {})
            lines.append(f"| {name} | {sentence} | {_tests(tests)} | {_result(tests.values())} |")
        return lines
    head = [FIRST[kind], "Seeds", "Tests", "Result"] if kind == "seeds" else [FIRST[kind], "Tests", "Result"]
    lines = [f"| {' | '.join(head)} |", f"| {' | '.join(['---'] * len(head))} |"]
    for name in sorted(name for each, name in results if each == kind):
        tests = results[(kind, name)]
        seeds = [f"{max(each.count for each in tests.values()):,}"] if kind == "seeds" else []
        lines.append(f"| {' | '.join([f'`{name}`', *seeds, _tests(tests), _result(tests.values())])} |")
    return lines


def _tests(tests: Mapping[str, Tally]) -> str:
    return ", ".join(f"`{name}`{f' ({each.cases})' if each.cases > 1 else ''}" for name, each in sorted(tests.items()))


def _result(tallies: Iterable[Tally]) -> str:
    tallies = list(tallies)
    failed, skipped = sum(each.failed for each in tallies), sum(each.skipped for each in tallies)
    if failed:
        return f"{failed} failed"
    if not any(each.passed for each in tallies):
        return "not run" if not skipped else "skipped"
    return "passed" + (f", {skipped} skipped" if skipped else "")
