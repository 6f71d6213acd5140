"""The report on noise: the page and the API tell the same, of what is in sight, safe with hostile names."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from html import unescape
from pathlib import Path

import pytest

from callboard.domain.access import AT_THE_LAPTOP
from callboard.domain.decision import DecisionKind
from callboard.domain.instant import DAY, SECOND
from tests.contract.store.test_noise import PEOPLE, Tagged, complain, say
from tests.support.browser import OpenPage
from tests.support.catalogs import component, group
from tests.support.stages import Stage
from tests.web.conftest import SCRIPT, Door, enter, opened

SHOTS = os.environ.get("CALLBOARD_SHOTS")


def fill(stage: Stage) -> None:
    """A loud rule, and one with a name that is code."""
    stage.world = Tagged(stage.clock)
    stage.catalog.put(group("red", members=["ana"]), component("shop", "red", projects=["p1"]))
    for number in range(12):
        stage.world.add(
            f"t{number}",
            rule="loud",
            rule_name="Bucket allows public reads",
            resource=f"rt{number}",
            note="test",
            projects=("p1",),
        )
    for number in range(4):
        stage.world.add(
            f"p{number}",
            rule="loud",
            rule_name="Bucket allows public reads",
            resource=f"rp{number}",
            note="production",
            projects=("p1",),
        )
    for number in range(6):
        stage.world.add(f"q{number}", rule="quiet", rule_name=SCRIPT, resource=f"rq{number}", projects=("p1",))
    stage.sync()
    stage.read_catalog()
    complain(stage)
    say(stage, PEOPLE[1], DecisionKind.NOT_USEFUL, "q5")
    stage.clock.advance(DAY / SECOND)


@pytest.fixture(scope="module")
def board(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    """A board on which people have complained."""
    with opened(tmp_path_factory.mktemp("noise") / "callboard.db", filled=False) as door:
        stage = Stage(door.store)
        with ThreadPoolExecutor(1) as pool:
            pool.submit(fill, stage).result()
        door.clock.at = stage.clock.at
        yield door


def test_page_and_api_tell_the_same(board: Door) -> None:
    """The noisiest with its proposal, whose number is that of its list; few is few; nobody's name is told."""
    with board.bearer() as client:
        found = client.get("/api/v1/metrics/noise").raise_for_status().json()
        html = client.get("/progress/noise").raise_for_status().text
        table = list(csv.DictReader(io.StringIO(client.get("/api/v1/metrics/noise.csv").raise_for_status().text)))
        listed = client.get("/api/v1/findings", params={"q": found["noisiest"]["proposal"]["query"]}).json()
        assert client.get("/progress/noise", params={"from": "x"}).status_code == 400
    text = unescape(html).replace("<wbr>", "")
    assert [each["rule"] for each in found["rules"]] == [each["rule"] for each in table] == ["loud", "quiet"]
    assert found["noisiest"] == found["rules"][0]
    assert listed["total"] == found["noisiest"]["proposal"]["findings"] == 12
    assert "The noisiest rule: <bdi>Bucket allows public reads</bdi>" in text
    assert "71 % <small>10 of 14</small>" in text
    assert "5 of 6" in text
    assert SCRIPT not in html
    assert not any(name.named in html for name in PEOPLE)
    assert AT_THE_LAPTOP.named not in html


def test_a_period_without_a_word_says_so(board: Door) -> None:
    """And how such a word is said."""
    with board.bearer() as client:
        html = client.get("/progress/noise", params={"from": "2025-01-01", "to": "2025-01-31"}).text
    assert "Nothing was called not useful" in html


def test_it_looks_right(board: Door, open_page: OpenPage) -> None:
    """Wide and narrow."""
    for scheme, width in (("light", 1280), ("dark", 360)):
        page = open_page(color_scheme=scheme, width=width)  # type: ignore[arg-type]
        enter(page, board)
        page.goto(f"{board.url}/progress/noise")
        assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
        if SHOTS:
            page.screenshot(path=Path(SHOTS) / f"noise-{scheme}-{width}.png", full_page=True)
