"""Compliance evidence over the API and on its pages: the same numbers, each with exactly its rows, for those who may."""

from __future__ import annotations

import csv
import hashlib
import io
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest

from callboard.domain.compliance.frameworks import FRAMEWORKS
from tests.support.browser import OpenPage, complaints
from tests.support.clocks import MORNING
from tests.support.named import NamedDoor, named_door
from tests.support.quarter import FIRST, LAST, play
from tests.support.stages import Stage
from tests.web.conftest import Door, enter, opened

DAYS = {"from": FIRST, "to": LAST}
SHOTS = os.environ.get("CALLBOARD_SHOTS")


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    """A board on which a quarter was played."""
    with opened(tmp_path_factory.mktemp("evidence") / "callboard.db", filled=False) as found:
        stage = Stage(found.store)
        with ThreadPoolExecutor(1) as pool:
            pool.submit(play, stage).result()
        found.clock.at = stage.clock.at
        yield found


def told(client: httpx.Client, path: str, **params: str) -> Any:  # noqa: ANN401
    """A JSON answer."""
    return client.get(path, params=params).raise_for_status().json()


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_every_number_is_as_long_as_its_list(door: Door, framework: str) -> None:
    """Over the API page by page, and as a table; the page shows the same numbers."""
    with door.bearer() as client:
        found = told(client, "/api/v1/evidence", framework=framework, **DAYS)
        html = client.get("/evidence", params={"framework": framework, **DAYS}).raise_for_status().text
        assert f"{found['complete_controls']} of {len(found['controls'])} controls complete" in html
        for figure in found["figures"]:
            assert figure["words"] in html
            rows: list[Any] = []
            start: int | None = 0
            while start is not None:
                page = told(client, "/api/v1/evidence/rows", number=figure["key"], start=str(start), limit="3", **DAYS)
                rows += page["rows"]
                start = page["next_start"]
            assert len(rows) == figure["rows"], figure["key"]
            table = client.get("/api/v1/evidence/rows.csv", params={"number": figure["key"], **DAYS}).text
            assert len(list(csv.reader(io.StringIO(table)))) == figure["rows"] + 1
            page = client.get("/evidence/rows", params={"number": figure["key"], **DAYS}).raise_for_status().text
            assert page.count('<tr role="row"><th') == min(figure["rows"], 100) + 1 or not figure["rows"]


def test_the_table_has_each_number_of_each_control(door: Door) -> None:
    """And a line for a control without any, which says why."""
    with door.bearer() as client:
        found = told(client, "/api/v1/evidence", framework="nist-csf-2", **DAYS)
        answer = client.get("/api/v1/evidence.csv", params={"framework": "nist-csf-2", **DAYS}).raise_for_status()
    assert answer.headers["content-disposition"].endswith('callboard-nist-csf-2-2026-04-01-2026-06-30.csv"')
    lines = list(csv.DictReader(io.StringIO(answer.text)))
    wanted = [(each["id"], key) for each in found["controls"] for key in each["figures"] or [""]]
    assert [(line["control"], line["number"]) for line in lines] == wanted
    assert {line["control_complete"] for line in lines if line["control"] == "ID.RA-01"} == {"complete"}
    silent = next(line for line in lines if line["control"] == "RS.AN-03")
    assert (silent["control_complete"], silent["why_not"]) == (
        "cannot tell", "Root causes and notes about traces of intruders are not recorded here.",
    )  # fmt: skip
    late = next(line for line in lines if line["number"] == "overdue")
    assert (late["value"], late["of"], late["from"], late["to"]) == ("4", "8", FIRST, LAST)


def test_the_hash_is_that_of_the_document(door: Door) -> None:
    """Whoever has the file can check it, without Callboard."""
    with door.bearer() as client:
        found = told(client, "/api/v1/evidence", framework="cis-8", **DAYS)
    stated = found.pop("sha256")
    del found["generated_at"], found["generator"]
    assert hashlib.sha256(msgspec.json.encode(found)).hexdigest() == stated


def test_a_period_that_goes_on_says_so(door: Door) -> None:
    """Left out, it is the last 13 weeks; nonsense is refused in words."""
    with door.bearer() as client:
        found = told(client, "/api/v1/evidence", framework="cis-8")
        assert (found["first_day"], found["last_day"], found["is_over"]) == ("2026-04-02", "2026-07-01", False)
        assert "This period is not over." in client.get("/evidence").text
        assert "This period is not over." not in client.get("/evidence", params=DAYS).text
        for wrong in (
            {"framework": "cis-9"}, {"from": "yesterday"}, {"from": "2026-05-01", "to": "2026-04-01"},
            {"from": "2027-01-01", "to": "2027-02-01"}, {"from": "2001-01-01"}, {"number": "open"},
        ):  # fmt: skip
            assert client.get("/evidence", params=wrong).status_code in (400, 404), wrong
        assert client.get("/evidence/rows", params={"number": "nothing"}).status_code == 404


def test_what_was_not_known_is_said_once_and_in_every_control(door: Door) -> None:
    """A quarter before the first reading: nothing is called complete, and nothing is called zero."""
    with door.bearer() as client:
        found = told(client, "/api/v1/evidence", framework="nist-csf-2", **{"from": "2025-10-01", "to": "2025-12-31"})
        html = client.get("/evidence", params={"from": "2025-10-01", "to": "2025-12-31"}).text
    assert found["complete_controls"] == 0 or all(
        not {"open", "fixed", "components"} & set(each["figures"]) for each in found["controls"] if each["complete"]
    )
    assert "No source had been read." in found["doubts"]
    assert html.count("No source had been read.") == 1
    assert html.count("cannot tell") > 20


@pytest.fixture(scope="module")
def named(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NamedDoor]:
    """A board to which people come by name."""
    with named_door(tmp_path_factory.mktemp("evidence-named") / "callboard.db") as found:
        yield found


def test_security_and_administrators_see_it_and_nobody_else(named: NamedDoor) -> None:
    """Not even that it is there: the link at the foot is theirs alone. Taking it is in the log."""
    paths = ("/evidence", "/evidence/rows?number=open", "/api/v1/evidence?framework=cis-8", "/api/v1/evidence.csv?framework=cis-8",
             "/api/v1/evidence/rows?number=open", "/api/v1/evidence/rows.csv?number=open")  # fmt: skip
    for name in ("bo", "ida", "cleo", "nils"):
        with named.as_user(name) as client:
            assert {client.get(path).status_code for path in paths} == {403}
            assert 'href="/evidence"' not in client.get("/").text
    for name in ("sam", "ada"):
        with named.as_user(name) as client:
            assert {client.get(path).status_code for path in paths} == {200}
            assert 'href="/evidence"' in client.get("/").text
    assert {(each.actor, each.subject) for each in named.audit("evidence.export")} == {
        (f"user:default/{name}", subject) for name in ("sam", "ada") for subject in ("framework:cis-8", "number:open")
    }


def test_who_sees_no_finding_gets_the_number_and_not_the_rows(named: NamedDoor) -> None:
    """What is withheld is counted and told; security gets all of it."""
    with named.as_user("sam") as sam, named.as_user("ada") as ada:
        whole, held = (told(each, "/api/v1/evidence/rows", number="open") for each in (sam, ada))
        html = ada.get("/evidence/rows", params={"number": "open"}).text
        file = ada.get("/api/v1/evidence/rows.csv", params={"number": "open"}).text
    assert whole["figure"]["value"] == held["figure"]["value"] == len(whole["rows"]) > 0
    assert (held["rows"], held["withheld"], held["next_start"]) == ([], len(whole["rows"]), None)
    assert "not in your sight" in html
    assert len(file.splitlines()) == 1
    names = {row["name"] for row in whole["rows"]}
    assert not any(name in html for name in names)


def test_it_looks_right(door: Door, open_page: OpenPage) -> None:
    """Light and dark, wide and narrow, on paper, and without a script."""
    assert door.clock.now() > MORNING
    addresses = (
        ("evidence", f"/evidence?from={FIRST}&to={LAST}"),
        ("evidence-open", "/evidence?framework=iso-27001-2022"),
        ("evidence-rows", f"/evidence/rows?number=open&from={FIRST}&to={LAST}"),
    )
    for scheme, width in (("light", 1280), ("dark", 1280), ("light", 360), ("dark", 360)):
        page = open_page(color_scheme=scheme, width=width, javascript=scheme == "light")  # type: ignore[arg-type]
        enter(page, door)
        for name, address in addresses:
            page.goto(door.url + address)
            wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            assert wide <= 0, (address, width)
            if SHOTS:
                page.screenshot(path=Path(SHOTS) / f"{name}-{scheme}-{width}.png", full_page=True)
        assert complaints(page) == []
    page.emulate_media(media="print")
    if SHOTS:
        page.set_viewport_size({"width": 794, "height": 1123})
        page.goto(door.url + addresses[0][1])
        page.screenshot(path=Path(SHOTS) / "evidence-print.png", full_page=True)
