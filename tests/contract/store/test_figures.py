"""Every report of the made-up company's year, figure by figure as they were when this was written, on both databases.

However reports are counted, they tell the same. Where the company itself becomes another one, run the first test with
`CALLBOARD_WRITE_FIGURES=1`, and say in the commit why.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeAlias

import msgspec
import pytest

from callboard.demo.company.decisions import Moment
from callboard.domain.access import AT_THE_LAPTOP, Depth, Readers, Viewer
from callboard.domain.component import EntityRef
from callboard.domain.instant import DAY, Instant
from callboard.domain.query import Query, parse
from callboard.domain.remediation.question import By, Measure, Question, read_period
from callboard.store import Store
from callboard.usecases.remediation import measure, measure_flow, plan_rollout
from callboard.usecases.remediation.measure_channels import effect
from tests.support.demo_years import NOW, live

FILE = Path(__file__).with_name("figures.json")
FINDINGS = 1_200


def reports(store: Store, viewer: Viewer) -> Mapping[str, Callable[[], object]]:
    """Each by its name."""
    quarter, half, four = (read_period(None, None, now=NOW, usual=days) for days in (91, 182, 28))
    severe, all_ = parse("severity:critical,high"), Query()

    def times(by: By, what: Measure, query: Query = all_) -> Callable[[], object]:
        asked = Question(period=half, by=by, measure=what, query=query)
        return lambda: measure.times(store, viewer, asked, now=NOW)

    return {
        **{f"times by {by.value}": times(by, Measure.REMEDIATE) for by in (By.SEVERITY, By.KIND, By.TEAM)},
        **{f"until acted on, by {by.value}": times(by, Measure.INVESTIGATE) for by in (By.SEVERITY, By.TEAM)},
        "until acted on, severe by rule": times(By.RULE, Measure.INVESTIGATE, severe),
        "flow": lambda: measure_flow.flow(store, viewer, all_, quarter, now=NOW),
        "use": lambda: measure_flow.use(store, viewer, all_, four, now=NOW),
        "severe, use in half a year": lambda: measure_flow.use(store, viewer, severe, half, now=NOW),
        "the portal's effect": lambda: effect(store, viewer, all_, half, now=NOW),
        "the portal's effect on what is severe": lambda: effect(store, viewer, severe, half, now=NOW),
    }


Plain: TypeAlias = "dict[str, Plain] | list[Plain] | str | int | float | bool | None"


def told(value: object) -> Plain:
    """As JSON holds it, with as many digits as are the same however it is added up."""
    if isinstance(value, msgspec.Struct):
        return {name: told(getattr(value, name)) for name in value.__struct_fields__}
    if isinstance(value, float):
        return float(f"{value:.7g}")
    if isinstance(value, dict):
        return {str(key): told(each) for key, each in sorted(value.items(), key=lambda pair: str(pair[0]))}
    if isinstance(value, list | tuple):
        # Of a curve every seventh step: what is counted wrongly stays in it to its end.
        return [told(each) for each in (value[::7] if len(value) > 14 else value)]
    if value is None or isinstance(value, str | int):
        return value
    raise AssertionError(value)


def test_every_report_of_the_year_tells_what_it_told(store: Store, tmp_path: Path) -> None:
    """Of somebody who sees everything, and of somebody of two teams."""
    live(store, tmp_path, findings=FINDINGS)
    plan_rollout.draw(
        store, AT_THE_LAPTOP, waves=7, first=Instant((NOW // DAY - 160) * DAY), every=21, seed="figures",
        clock=Moment(Instant(NOW - 170 * DAY)),
    )  # fmt: skip
    teams = tuple(EntityRef(f"group:default/{name}") for name in ("checkout", "shopfront"))
    viewers = {"everything": AT_THE_LAPTOP, "two teams": Viewer("two", Readers(frozenset(teams), Depth.WORK), teams)}
    found = {
        f"{who}: {what}": told(ask()) for who, viewer in viewers.items() for what, ask in reports(store, viewer).items()
    }
    if os.environ.get("CALLBOARD_WRITE_FIGURES"):
        FILE.write_text(json.dumps(found, sort_keys=True) + "\n", encoding="utf-8")
    known = json.loads(FILE.read_text(encoding="utf-8"))
    assert found.keys() == known.keys()
    for name, figures in known.items():
        same(found[name], figures, name)


def same(found: Plain, known: Plain, where: str) -> None:
    """Equal, but for the last digits of what was computed."""
    if isinstance(known, dict):
        assert isinstance(found, dict), where
        assert found.keys() == known.keys(), where
        for key, each in known.items():
            same(found[key], each, f"{where}, {key}")
    elif isinstance(known, list):
        assert isinstance(found, list), where
        assert len(found) == len(known), where
        for number, each in enumerate(known):
            same(found[number], each, f"{where}, {number}")
    elif isinstance(known, float):
        assert found == pytest.approx(known, rel=1e-6, abs=1e-9), where
    else:
        assert found == known, where
