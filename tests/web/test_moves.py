"""Numbers of a plan and of drift: each leads to the resources that it counts, and those to their findings."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import httpx
import pytest
from sqlalchemy import delete, select

from callboard.domain.reconcile import Safety
from callboard.store import schema
from callboard.store.ownership import picking
from callboard.usecases.ownership import watch_ownership
from tests.web.conftest import Door, opened
from tests.web.test_ownership_pages import total, words

RULES = """
name: by-tests
rules:
  - name: everything of nobody
    match: {project: nobody}
    owners: [component:default/storefront]
    reason: Tests say so.
  - name: what was the checkout's
    match: {project: pay}
    owners: [component:default/storefront, component:default/checkout-api]
    reason: They share it.
"""
HEAD = re.compile(r"([\d,]+) resources?, ([\d,]+) open findings?")


@pytest.fixture
def board(tmp_path: Path) -> Iterator[Door]:
    """A board of its own, which a test may change."""
    with opened(tmp_path / "callboard.db", filled=True) as found:
        yield found


def number(text: str) -> int:
    """As it is printed."""
    return int(text.strip("+\N{MINUS SIGN}").replace(",", ""))


def heads(html: str) -> tuple[int, int]:
    """How many resources, and how many open findings on them, a list says that it holds."""
    found = HEAD.search(words(html))
    assert found is not None
    return number(found[1]), number(found[2])


def lines(client: httpx.Client, html: str) -> tuple[int, int]:
    """How many resources are listed, and their findings by the links behind them."""
    rows = re.findall(r'<tr role="row"><th role="rowheader".*?</tr>', html, re.DOTALL)
    findings = 0
    for row in rows:
        for href, told in re.findall(r'href="(/findings\?[^"]+)">([\d,]+)<', row):
            assert total(client, unescape(href)) == number(told)
            findings += number(told)
    return len(rows), findings


def test_every_number_of_a_plan_lists_what_it_counts(board: Door) -> None:
    """Resources or findings, whose sight changes, what a rule matches: pressed, it lists just so many; nothing is written."""
    with board.signed_in() as client:
        plan = client.post("/ownership/preview", data={"document": RULES})
        pressed = re.findall(r'name="of" value="([^"]+)" type="submit">([^<]+)</button>', plan.text)
        kinds = {unescape(of).partition(":")[0] for of, _ in pressed}
        assert kinds >= {"moved", "shift", "gained", "gained-sensitive", "matched", "decided"}
        for of, told in pressed:
            shown = client.post("/ownership/moves", data={"document": RULES, "of": unescape(of)})
            assert shown.status_code == 200, of
            assert heads(shown.text) == lines(client, shown.text), of
            resources, findings = heads(shown.text)
            by_kind = {"moved": {resources, findings}, "shift": {resources, findings}, "gained": {findings}}
            by_kind |= {"lost": {findings}, "gained-sensitive": {findings}, "lost-sensitive": {findings}}
            assert number(told) in by_kind.get(of.partition(":")[0], {resources}), of
        assert "No rule set yet" in client.get("/ownership/rules").text


def test_the_api_lists_the_same(board: Door) -> None:
    """By the word that the plan gives for it."""
    document = {"name": "x", "rules": [{"name": "a", "match": {"project": "nobody"}, "reason": "Said.",
                "owners": ["component:default/storefront"]}]}  # fmt: skip
    with board.bearer() as api:
        plan = api.post("/api/v1/ownership/plan", json={"document": document}).json()
        (shift,) = plan["shifts"]
        found = api.post("/api/v1/ownership/plan/resources", json={"document": document, "of": shift["of"]}).json()
        assert (found["resources"], found["findings"]) == (shift["resources"], shift["findings"])
        assert {each["verdict"] for each in found["items"]} == {"mapped"}
        assert all(each["after"] == ["component:default/storefront"] for each in found["items"])
        for wrong in ("", "shift", "moved:x", "all", "gained:"):
            refused = api.post("/api/v1/ownership/plan/resources", json={"document": document, "of": wrong})
            assert refused.status_code == 400, wrong


def client_page(board: Door, skip: str) -> str:
    """The page of what the first rule matches, after so many."""
    with board.signed_in() as client:
        asked = {"document": RULES, "of": "matched:by-tests/what was the checkout's", "skip": skip}
        return client.post("/ownership/moves", data=asked).text


def test_a_long_list_goes_on(board: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is skipped is not lost: page after page they are all there, once."""
    monkeypatch.setattr(picking, "LINES", 3)
    document = {"name": "x", "rules": [{"name": "a", "match": {"project": ["nobody", "pay"]}, "reason": "Said.",
                "owners": ["component:default/storefront"]}]}  # fmt: skip
    seen: list[str] = []
    with board.bearer() as api:
        skip = 0
        while True:
            body = {"document": document, "of": "matched:x/a", "skip": skip}
            found = api.post("/api/v1/ownership/plan/resources", json=body).json()
            seen += [each["external_id"] for each in found["items"]]
            assert len(found["items"]) <= 3
            if found["next_skip"] is None:
                break
            skip = found["next_skip"]
        first = client_page(board, "0")
        assert 'name="skip" value="3"' in first
        assert 'value="0" type="submit">First' in client_page(board, "3")
    assert len(seen) == len(set(seen)) == found["resources"] > 3


def test_what_changed_hands_is_listed(board: Door) -> None:
    """The number on the first page, and that of each signal; somebody else's number leads nowhere."""
    with board.signed_in() as client:
        client.post("/ownership/apply", data={"document": RULES, "reason": "x", "agreed": "yes"})
        page = client.get("/ownership").text
        (told,) = re.findall(r'<a href="/ownership/changes">([\d,]+) resources?</a> changed hands', page)
        shown = client.get("/ownership/changes").text
        assert heads(shown) == lines(client, shown)
        assert heads(shown)[0] == number(told) > 0
        signals = re.findall(r'<a href="/ownership/changes\?signal=(\d+)">([\d,]+) resources?</a>', page)
        assert signals
        for id_, counted in signals:
            shown = client.get(f"/ownership/changes?signal={id_}").text
            assert heads(shown) == lines(client, shown)
            assert heads(shown)[0] == number(counted), id_
        assert client.get("/ownership/changes?signal=999999").status_code == 404
        kinds = set(re.findall(r"/ownership/signals\?kind=([a-z-]+)", page)) | {"resource-moved"}
        for kind in kinds:
            listed = client.get(f"/ownership/signals?kind={kind}")
            assert listed.text.count('action="/ownership/looked"') == number(
                words(listed.text).split(": ")[1].split()[0]
            )
        assert client.get("/ownership/signals?kind=nonsense").status_code == 400


def test_what_is_held_back_is_listed_and_let_go(board: Door) -> None:
    """Its number leads to the resources that wait; the button lets them go, once, and says so when others wait by now."""
    r = schema.resource.c
    with board.store.write() as conn:
        rows = conn.execute(select(r.id, r.holding_id).order_by(r.id)).all()
        to = rows[-1].holding_id
        waiting = [(row.id, to, 0) for row in rows if row.holding_id != to]
        board.store.dialect.insert(conn, schema.ownership_challenge, waiting)
    held = watch_ownership.watch(board.store, clock=board.clock, safety=Safety(min_findings=1)).held_back
    assert held == len(waiting) > 0
    with board.signed_in() as client:
        page = client.get("/ownership/signals?kind=held-back").text
        ((id_, counted),) = re.findall(r'<a href="/ownership/changes\?signal=(\d+)">([\d,]+) resources?</a>', page)
        assert number(counted) == held
        shown = client.get(f"/ownership/changes?signal={id_}").text
        assert heads(shown)[0] == held
        assert "Let them go" in page
        with board.store.write() as conn:
            conn.execute(
                delete(schema.ownership_challenge).where(schema.ownership_challenge.c.resource_id == waiting[0][0])
            )
        assert client.post("/ownership/let-go", data={"signal": id_}).status_code == 409
        watch_ownership.watch(board.store, clock=board.clock, safety=Safety(min_findings=1))
        assert client.post("/ownership/let-go", data={"signal": id_}).status_code in (200, 303)
        assert "Let them go" not in client.get("/ownership/signals?kind=held-back").text
        assert client.post("/ownership/let-go", data={"signal": id_}).status_code == 404
        assert watch_ownership.watch(board.store, clock=board.clock, safety=Safety(min_findings=1)).held_back == 0
