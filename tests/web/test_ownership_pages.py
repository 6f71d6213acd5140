"""Pages about ownership: what they tell to whom, what a person may say there, and that each number is its list."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from urllib.parse import urlencode

import httpx
import pytest

from callboard.domain.access import AT_THE_LAPTOP, Depth, Nothing, Readers, Right, Viewer
from callboard.domain.component import EntityRef
from callboard.errors import NotAllowedError, NotFoundError
from callboard.web.pages import mapping, ownership, queues, whose
from callboard.web.view import View
from tests.web.conftest import Door, opened

CHECKOUT = EntityRef("group:default/checkout")
RULES = """
name: by-tests
rules:
  - name: everything of nobody
    match: {project: nobody}
    owners: [component:default/storefront]
    reason: Tests say so.
"""
PAGES = ("/ownership", "/ownership?by=source", "/ownership?by=project", "/ownership?by=severity", "/ownership/unmapped",
         "/ownership/conflicts", "/ownership/map", "/ownership/map?by=account", "/ownership/map?by=unit")  # fmt: skip


@pytest.fixture
def board(tmp_path: Path) -> Iterator[Door]:
    """A board of its own, which a test may change."""
    with opened(tmp_path / "callboard.db", filled=True) as found:
        yield found


def team(*rights: Right, owners: tuple[EntityRef, ...] = (CHECKOUT,)) -> Viewer:
    """Somebody of one team."""
    visibility = Readers(owners=frozenset(owners), depth=Depth.WORK) if owners else Nothing()
    return Viewer("ana", visibility, owners, "user:default/ana", frozenset(rights))


def look(door: Door, viewer: Viewer, **query: str) -> View:
    """What a handler is given for somebody."""
    return View(
        services=door.services,
        viewer=viewer,
        now=door.clock.now(),
        path="/",
        query=tuple(query.items()),
        conditional=None,
    )


def form(**fields: str) -> bytes:
    """A form as a browser sends it."""
    return urlencode(fields).encode()


def words(html: str) -> str:
    """The text of a page's main part, white space single."""
    main = html[html.index("<main") : html.index("</main>")]
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", main)).split())


def total(client: httpx.Client, url: str) -> int:
    """How many findings a link to a list leads to."""
    answer = client.get("/api/v1" + url + "&limit=1")
    answer.raise_for_status()
    count: int = answer.json()["total"]
    return count


@pytest.mark.parametrize("path", PAGES)
def test_each_number_is_the_list_behind_it(door: Door, path: str) -> None:
    """Rule 6: every link to findings with a number in it leads to so many."""
    with door.signed_in() as client:
        html = client.get(path).text
        main = html[html.index("<main") : html.index("</main>")]
        counted = 0
        for href, inner in re.findall(r'<a[^>]* ?href="(/findings\?[^"]+)"[^>]*>(.*?)</a>', main, re.DOTALL):
            number = re.search(r"(\d[\d,]*)", re.sub(r"<[^>]+>", "", inner))
            if number:
                counted += 1
                assert total(client, unescape(href)) == int(number[1].replace(",", "")), href
    assert counted or "conflicts" in path or "unit" in path


def test_coverage_says_one_sentence_and_what_would_map_most(door: Door) -> None:
    """The sentence, the patch to copy, and the table by each cut."""
    with door.signed_in() as client:
        told = words(client.get("/ownership").text)
        report = client.get("/api/v1/ownership/report").json()
    assert report["sentence"] in told
    assert "8 findings" in told
    assert "wiz.io/project-id: nobody" in told
    assert "Nothing to look at" in told or "Rule reviews and drift" in told


def test_a_past_day_is_told_as_such(door: Door) -> None:
    """Its numbers have no list, since lists are of now."""
    with door.signed_in() as client:
        html = client.get("/ownership?on=2020-01-01").text
    assert "No finding is open." in html
    assert "As it was on" in html


def test_the_evidence_opens_with_what_may_be_said(board: Door) -> None:
    """Every candidate with tier, evidence, when and by whom; Confirm, Not ours, Propose owner."""
    finding = board.finding_id("due-soon")
    with board.signed_in() as client:
        row = client.get("/findings?q=resource:ry").text
        assert f'data-pop href="/ownership/of?finding={finding}"' in row
        assert "(annotation)" in row
        told = words(client.get(f"/ownership/of?finding={finding}").text)
    assert "checkout-api by annotation" in told
    assert "wiz.io/project-id: pay" in told
    assert "owner checkout" in told
    assert "Confirm : checkout-api, Machine ry" in told
    assert "Propose owner" in told


def test_what_is_said_can_be_taken_back(board: Door) -> None:
    """Confirm maps at once, Undo restores what was; both are in the log of the resource."""
    with board.signed_in() as client:
        fields = {
            "word": "confirm",
            "resource": "r200",
            "source": "wiz-main",
            "component": "component:default/storefront",
        }
        said = client.post("/ownership/say", data=fields)
        assert said.status_code == 200
        assert "Confirmed for everybody" in said.text
        assert "1 open finding moved at once" in words(said.text)
        there = words(client.get("/ownership/of?id=r200").text)
        assert "storefront by" in there
        assert "by laptop" in there
        decision = re.search(r'name="decision" value="(\d+)"', said.text)
        assert decision is not None
        undone = client.post(
            "/ownership/undo", data={"decision": decision[1], "resource": "r200", "source": "wiz-main"}
        )
        assert "Taken back" in undone.text
        after = words(client.get("/ownership/of?id=r200").text)
    assert "Nobody’s yet" in after
    assert "taken back" in after


def test_not_ours_lets_go(board: Door) -> None:
    """The team of a component gives it away, is told so, and does not see it any more."""
    ana = team(Right.DECIDE)
    shown = whose.show(look(board, ana, id="ry")).content
    assert "Not ours" in shown
    fields = form(word="not-ours", resource="ry", source="wiz-main", component="component:default/checkout-api")
    told = words(whose.say(look(board, ana), fields).content)
    assert "Noted as not theirs" in told
    assert "You do not see it any more" in told
    assert "Undo" in told
    with pytest.raises(NotFoundError):
        whose.show(look(board, ana, id="ry"))


def test_who_may_not_act_sees_why_and_no_button(door: Door) -> None:
    """Without the right to decide there is no "Not ours"; of another team's resource there is nothing at all."""
    shown = words(whose.show(look(door, team(), id="ry")).content)
    assert "Not ours" not in shown
    assert "Confirm : checkout-api" in shown  # the team may endorse what it is routed
    with pytest.raises(NotFoundError):
        whose.show(look(door, team(owners=(EntityRef("group:default/ghosts"),)), id="ry"))
    fields = form(word="not-ours", resource="ry", source="wiz-main", component="component:default/checkout-api")
    with pytest.raises(NotAllowedError):
        whose.say(look(door, team()), fields)


def test_a_team_sees_its_own_things_only(door: Door) -> None:
    """Coverage and rules are refused in words, the queue says why it is empty, trees hold the team's own numbers."""
    ana = team(Right.DECIDE)
    coverage = words(ownership.show(look(door, ana)).content)
    assert "Not yours to read" in coverage
    assert "unmapped, oldest" not in coverage
    assert "Not in your sight" in queues.unmapped(look(door, ana)).content
    assert "None that you see" in queues.conflicts(look(door, ana)).content
    assert "Not yours to read" in mapping.rules(look(door, ana)).content
    tree = queues.chart(look(door, ana)).content
    assert "No component" not in tree
    assert "ledger-batch" not in tree
    sides = words(queues.alignment(look(door, ana)).content)
    assert "Your own components only" in sides
    assert "Nobody’s" not in sides
    nobody = team(owners=())
    assert "0 open findings by domain" in words(queues.chart(look(door, nobody)).content)


def test_a_draft_goes_to_whoever_may_map(door: Door) -> None:
    """Propose owner gives a rule: to plan for who may map, to hand over for others, who see no button."""
    asked = {"resource": "ry", "component": "component:default/storefront", "reason": "Ours since March."}
    mine = mapping.plan(look(door, AT_THE_LAPTOP, **asked)).content
    assert "resource: ry" in mine
    assert "See what would move" in mine
    theirs = mapping.plan(look(door, team(Right.DECIDE), **asked)).content
    assert "resource: ry" in theirs
    assert "You may not apply it" in theirs
    assert "<textarea" not in theirs
    with pytest.raises(NotAllowedError):
        mapping.preview(look(door, team(Right.DECIDE)), form(document=RULES))
    with pytest.raises(NotAllowedError):
        mapping.apply(look(door, team(Right.DECIDE)), form(document=RULES, reason="x"))


def test_a_plan_is_looked_at_before_it_is_applied(board: Door) -> None:
    """What would move, with examples and access, writes nothing; applying makes a revision with its reason."""
    with board.signed_in() as client:
        seen = client.post("/ownership/preview", data={"document": RULES, "expected": "", "reason": "", "agreed": ""})
        told = words(seen.text)
        assert "8 open findings would move" in told
        assert "Access gained and lost" in told
        assert "checkout +8" in told
        assert "No rule set yet" in client.get("/ownership/rules").text
        held = client.post("/ownership/apply", data={"document": RULES, "expected": "0", "reason": "Agreed with them"})
        if "This is much" in held.text:
            held = client.post(
                "/ownership/apply",
                data={"document": RULES, "expected": "0", "reason": "Agreed with them", "agreed": "yes"},
            )
        assert "Applied as revision 1" in held.text
        rules = words(client.get("/ownership/rules?id=by-tests").text)
        assert "Revision 1" in rules
        assert "Agreed with them" in rules
        assert "everything of nobody" in rules
        stale = client.post("/ownership/apply", data={"document": RULES, "expected": "0", "reason": "again"})
        assert stale.status_code == 409
        assert "was changed meanwhile" in stale.text
        assert "Everything has an owner" not in client.get("/ownership/unmapped").text


@pytest.mark.parametrize(
    ("text", "words_"),
    [
        ("", "0 documents"),
        ("name: [", "line 2"),
        ("name: x\nrules: [{name: a}]", "owners"),
        ("name: x\nrules: [{name: a, match: {tag: b}, owners: [component:default/none], reason: c}]", "not in the catalog"),
        ("a: &a [1]\n" + "b: [" + "*a," * 6_000 + "]", "aliases"),
    ],
)  # fmt: skip
def test_a_text_that_is_no_rule_set_is_told_what_is_wrong(door: Door, text: str, words_: str) -> None:
    """The place and the reason, above the text as it was written; nothing is lost."""
    with door.signed_in() as client:
        answer = client.post("/ownership/preview", data={"document": text, "expected": "", "reason": "", "agreed": ""})
    assert answer.status_code in (200, 422)
    assert words_ in unescape(answer.text)
    assert 'role="alert"' in answer.text


def test_forms_are_read_strictly(door: Door) -> None:
    """Unknown, repeated and overlong fields are refused, and a form of another origin never comes in."""
    good = {"word": "confirm", "resource": "ry", "source": "wiz-main", "component": "component:default/storefront"}
    with door.signed_in() as client:
        for wrong in (
            {**good, "reason": "x" * 2_001}, {**good, "more": "x"}, {**good, "component": "no ref"}, {**good, "resource": ""},
        ):  # fmt: skip
            assert client.post("/ownership/say", data=wrong).status_code == 400
        twice = client.post("/ownership/say", content="word=confirm&word=not-ours")
        assert twice.status_code == 400
        foreign = client.post("/ownership/say", data=good, headers={"origin": "https://evil.example"})
        assert foreign.status_code == 403


def test_a_board_without_anything_says_so(empty_door: Door) -> None:
    """An empty queue before the first sync is not the same as nothing waiting."""
    with empty_door.signed_in() as client:
        assert "No finding is open." in client.get("/ownership").text
        assert "Not known yet" in client.get("/ownership/unmapped").text
        assert "Not known yet" in client.get("/ownership/conflicts").text
        assert "Nothing to compare yet" in client.get("/ownership/alignment").text
        assert "Not known yet" in client.get("/ownership/map").text
        assert "No rule set yet" in client.get("/ownership/rules").text


def test_the_api_answers_what_the_pages_tell(door: Door) -> None:
    """Queue, conflicts, alignment, tree and draft have an address each."""
    with door.bearer() as api:
        queue = api.get("/api/v1/ownership/unmapped").json()
        assert sum(each["open"] for each in queue["single"]) <= queue["findings"]
        for heap in queue["heaps"]:
            assert total(api, "/findings?" + urlencode({"q": heap["query"]})) == heap["findings"]
        assert api.get("/api/v1/ownership/conflicts").json()["total"] == 0
        assert {each["kind"] for each in api.get("/api/v1/ownership/alignment").json()["checked"]} >= {"no-project"}
        tree = api.get("/api/v1/ownership/tree?by=domain").json()
        assert tree["total"] == total(api, "/findings?q=is:open")
        assert api.get("/api/v1/ownership/tree?by=moon").status_code == 400
        draft = {"component": "component:default/storefront", "project": "nobody"}
        made = api.post("/api/v1/ownership/propose", json=draft).json()
        assert made["document"]["defaults"][0]["project"] == "nobody"
        planned = api.post("/api/v1/ownership/plan", json={"document": made["document"]}).json()
        assert planned["moved_findings"] == 8
        assert api.post("/api/v1/ownership/propose", json={**draft, "account": "1"}).status_code == 400
