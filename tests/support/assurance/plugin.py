"""Collects what the marked tests tried and how it ended; `--assurance FILE` writes the page.

The names travel with each report, so that tests may run in several processes.
"""

from __future__ import annotations

import datetime as dt
import os
import platform
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

import callboard
from tests.support.assurance.lines import KINDS, LINES
from tests.support.assurance.page import Tally, write

PROPERTY = "tries"
Names = tuple[tuple[str, str, int], ...]
"""(kind, name, count of seeds) of one test."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """One option."""
    parser.addoption("--assurance", metavar="FILE", help="write what was tried, and how it ended, to this page")


def pytest_configure(config: pytest.Config) -> None:
    """Collect where reports arrive: not in the workers that run the tests. What is only listed has no results."""
    is_run = not hasattr(config, "workerinput") and not config.option.collectonly
    if (path := config.getoption("--assurance")) and is_run:
        config.pluginmanager.register(_Collector(Path(path)), "assurance-collector")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A mark that names no line is a mistake."""
    for item in items:
        for kind, name, _ in tries(item):
            if kind in LINES and name not in LINES[kind]:
                raise pytest.UsageError(f"{item.nodeid}: there is no {kind} {name!r}")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """Give the names along."""
    report = yield
    if names := tries(item):
        report.user_properties = [*report.user_properties, (PROPERTY, names)]  # type: ignore[attr-defined]
    return report


def tries(item: pytest.Item) -> Names:
    """What a test says that it tries."""
    found: list[tuple[str, str, int]] = []
    for kind in KINDS:
        for mark in item.iter_markers(kind):
            if kind == "seeds":
                name, count = mark.args[0], mark.kwargs.get("count") or mark.args[1]
                found.append((kind, name, count))
            else:
                found += [(kind, name, 0) for name in mark.args]
    return tuple(dict.fromkeys(found))


class _Collector:
    """One run."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._results: dict[tuple[str, str], dict[str, Tally]] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Count a case at its call, and whatever ended it before or after."""
        names = dict(report.user_properties).get(PROPERTY)
        if not isinstance(names, list | tuple) or not (report.when == "call" or report.outcome != "passed"):
            return
        test = report.nodeid.rpartition("::")[2].partition("[")[0]
        for kind, name, count in names:
            tally = self._results.setdefault((kind, name), {}).setdefault(test, Tally())
            tally.count = max(tally.count, count)
            setattr(tally, report.outcome, getattr(tally, report.outcome) + 1)

    def pytest_sessionfinish(self) -> None:
        """Write the page."""
        machine = (
            f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, PostgreSQL of the tests, "
            f"{platform.system()} on {os.cpu_count()} cores"
        )
        day = dt.datetime.now(dt.UTC).date().isoformat()
        page = write(self._results, day=day, version=callboard.__version__, machine=machine)
        self._path.write_text(page, encoding="utf-8")
