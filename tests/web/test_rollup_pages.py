"""Pages of components, teams, systems, rules, advisories, resources, projects and sources: words, links and escaping."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

import httpx
import pytest
from sqlalchemy import insert, select, update

from callboard.domain.access import AT_THE_LAPTOP
from callboard.domain.query import parse
from callboard.domain.run import RunState
from callboard.store import schema
from callboard.usecases import ask
from tests.web.conftest import SCRIPT, Door, opened

PAGES = (
    "/components",
    "/components/component/default/checkout-api",
    "/components/component/default/storefront",
    "/components/component/default/ledger-batch",
    "/teams/group/default/checkout",
    "/teams/group/default/ghosts",
    "/systems/default/shop",
    "/rules?id=rule-1",
    f"/rules?id={quote(SCRIPT)}",
    "/cves/CVE-2021-44228",
    "/resources?id=rx",
    "/resources?id=r1&source=wiz-main",
    "/projects?id=pay",
    "/projects?id=nobody",
    "/projects?id=quiet",
    "/sources",
)


@pytest.fixture
def reader(door: Door) -> Iterator[httpx.Client]:
    """A signed-in client."""
    with door.signed_in() as client:
        yield client


@pytest.mark.parametrize("path", PAGES)
def test_every_number_is_a_link_to_exactly_its_rows(door: Door, reader: httpx.Client, path: str) -> None:
    """Whatever a link to a list begins with, counted."""
    html = reader.get(path).text
    seen = 0
    for href, inner in re.findall(r'<a[^>]* href="(/findings\?[^"]+)"[^>]*>(.*?)</a>', html, re.DOTALL):
        told = re.sub(r"\s+", " ", unescape(re.sub(r"<(?!/?svg).*?>|<svg.*?</svg>", " ", inner))).strip()
        number = re.match(r"(?:[CHMLI?] )?([\d,]+)(?= |$)(?! (?:d|h|min|y)\b)(?! %)", told)
        text = parse_qs(urlsplit(unescape(href)).query)["q"][0]
        query = parse(text)
        assert query.canonical == text
        if number is not None and query.group is None:
            found = ask.list_findings(door.store, AT_THE_LAPTOP, query, now=door.clock.now(), limit=1).total
            assert found == int(number[1].replace(",", "")), (told, text)
            seen += 1
    assert seen or "checkout" not in path


@pytest.mark.parametrize("path", PAGES)
def test_a_page_stands_on_its_own(reader: httpx.Client, path: str) -> None:
    """One main heading, nothing inline, nothing hostile, nothing left unsaid."""
    answer = reader.get(path)
    html = answer.text
    assert answer.status_code == 200
    assert html.count("<h1") == 1
    assert not re.search(r"<style|<script(?! src=\"/static/)|<\w[^>]*\s(?:style|on\w+)=", html)
    assert SCRIPT not in html
    assert "\u202e" not in html
    assert not re.search(r"href=\"(?!/|#|https://)", html)
    assert "None" not in re.sub(r"None (is unmapped|of)", "", html)
    for table in re.findall(r"<table.*?</table>", html, re.DOTALL):
        assert 'scope="col"' in table


def test_own_links_lead_somewhere(reader: httpx.Client) -> None:
    """From each page, one step."""
    found: set[str] = set()
    for path in PAGES:
        hrefs = re.findall(r'href="(/[^"#]*)', reader.get(path).text)
        found |= {unescape(href) for href in hrefs if not href.startswith("/static")}
    assert len(found) > 60
    for path in sorted(found):
        assert reader.get(path).status_code == 200, path


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/components", ["8 weeks", "Overdue", "Checked", "We cannot tell which findings belong here", "Map it"]),
        ("/components/component/default/checkout-api", ["What to do first", "overdue", "Are we getting better?"]),
        ("/components/component/default/fraud-score", ["Not mapped", "That is not the same as having none"]),
        ("/components/component/default/mistyped", ["match nothing at any source", "no-such-thing"]),
        ("/components/component/default/ledger-batch", ["No open findings", "Last checked", "group has no members"]),
        ("/teams/group/default/checkout", ["no people in the catalog", "What to do first", "as of"]),
        ("/teams/group/default/ghosts", ["no people in the catalog", "No open findings"]),
        ("/systems/default/shop", ["not in the catalog", "system", "checkout-api"]),
        ("/rules?id=rule-1", ["Where it is open", "Turn it <strong>off</strong>", "From Wiz’s own guidance"]),
        ("/cves/CVE-2021-44228", ["None of ours, as far as is known", "what they do not scan is not known"]),
        (
            "/resources?id=rx",
            ["What to do here", 'checkout-api</bdi></a> <span class="quiet">by annotation', "Id at Wiz"],
        ),
        ("/projects?id=pay", ["business impact not told", "checkout-api", "none at the source"]),
        ("/projects?id=nobody", ["Claimed by no component", "wiz.io/project-id: nobody"]),
        ("/sources", ["full sync, applied", "Nobody has called a link broken", "callboard links check"]),
    ],
)
def test_states_have_their_words(reader: httpx.Client, path: str, words: list[str]) -> None:
    """Work, clean, unmapped, dangling, unknown, and what nobody told."""
    html = unescape(reader.get(path).text.replace("<wbr>", ""))
    for word in words:
        assert word in html


@pytest.mark.parametrize(
    "path",
    [
        "/components/component/default/nobody",
        "/teams/group/default/nobody",
        "/teams/component/default/checkout-api",
        "/systems/default/nothing",
        "/domains/default/nothing",
        "/rules?id=nothing",
        "/rules?id=rule-1&source=other",
        "/cves/not-an-advisory!",
        "/resources?id=nothing",
        "/projects?id=nothing",
    ],
)
def test_what_is_not_there_and_what_is_not_yours_look_alike(reader: httpx.Client, path: str) -> None:
    """One text for all."""
    answer = reader.get(path)
    assert answer.status_code == 404
    assert "There is no such thing, or you may not see it" in answer.text


@pytest.mark.parametrize("path", ["/rules", "/resources", "/projects", "/rules?id=a&id=b", "/sources?x=1"])
def test_odd_addresses_are_refused_with_a_reason(reader: httpx.Client, path: str) -> None:
    """The parameter is named."""
    assert reader.get(path).status_code == 400


def test_unsafe_links_of_resources_and_rules_are_not_shown(reader: httpx.Client) -> None:
    """A rule's address that is code, and guidance that links to it."""
    html = reader.get(f"/rules?id={quote(SCRIPT)}").text
    assert "The rule’s own page" not in html
    assert 'href="https://docs.example/off"' in html
    assert "evil.example" not in html


def test_an_empty_board_knows_nothing_and_says_so(empty_door: Door) -> None:
    """No nought where nobody looked."""
    with empty_door.signed_in() as reader:
        assert "Not known yet" in reader.get("/cves/CVE-2021-44228").text
        assert "No source yet" in reader.get("/sources").text
        assert "No component yet" in reader.get("/components").text


@pytest.fixture
def worn(tmp_path: Path) -> Iterator[Door]:
    """A board of which a run is held, a finding is out of scope, and two findings are shared."""
    with opened(tmp_path / "callboard.db", filled=True) as found:
        with found.store.write() as conn:
            last = conn.execute(select(schema.run).order_by(schema.run.c.id.desc())).mappings().first()
            assert last is not None
            conn.execute(insert(schema.run).values({**last, "id": last["id"] + 1, "state": RunState.HELD.value}))
            reason = "it would close 9 of 10 findings"
            conn.execute(update(schema.source).values(last_run_state="held", last_run_reason=reason))
            one = found.finding_id("due-soon")
            conn.execute(update(schema.finding).where(schema.finding.c.id == one).values(in_scope=False))
        yield found


def test_a_held_run_says_what_to_do_and_out_of_scope_is_counted_apart(worn: Door) -> None:
    """Number, command, reason; and the link lists just that finding."""
    with worn.signed_in() as reader:
        html = unescape(reader.get("/sources").text)
        with worn.store.read() as conn:
            run = conn.execute(select(schema.run.c.id).where(schema.run.c.state == "held")).scalar_one()
        assert f"Held: run {run} of" in html
        assert f"callboard sync --accept-held {run}" in html
        assert f"callboard sync --discard-held {run}" in html
        assert "it would close 9 of 10 findings" in html
        assert "full sync, held" in html
        url = re.search(r'<a href="([^"]+)">1 outside the present scope</a>', html)
        assert url is not None
        assert parse_qs(urlsplit(url[1]).query)["q"] == ["-is:in-scope is:open source:wiz-main sort:do-now"] or (
            "is:open -is:in-scope" in parse_qs(urlsplit(url[1]).query)["q"][0]
        )
        assert f"/findings/{worn.finding_id('due-soon')}" in reader.get(url[1]).text
        for path in ("/components", "/components/component/default/checkout-api", "/teams/group/default/checkout"):
            assert "held until a person has looked at it" in reader.get(path).text
