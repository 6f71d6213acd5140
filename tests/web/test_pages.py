"""The pages' words, links and escaping."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urljoin

import httpx
import pytest

from tests.web.conftest import SCRIPT, Door

PAGES = (
    "/components",
    "/components?sort=name&severity=critical",
    "/components/component/default/checkout-api",
    "/components/component/default/fraud-score",
    "/components/component/default/mistyped",
    "/components/component/default/ledger-batch",
    "/findings",
    "/findings?state=any&limit=5",
    "/findings?mapped=false",
    "/findings?q=nothing-is-called-so",
    "/findings/{hostile}",
    "/findings/{due-soon}",
    "/findings/{done}",
    "/sources",
)


@pytest.fixture
def reader(door: Door) -> Iterator[httpx.Client]:
    """A signed-in client."""
    with door.signed_in() as client:
        yield client


def _address(door: Door, path: str) -> str:
    return re.sub(r"\{([\w-]+)\}", lambda match: str(door.finding_id(match[1])), path)


@pytest.mark.parametrize("path", PAGES)
def test_a_page_stands_on_its_own(door: Door, reader: httpx.Client, path: str) -> None:
    """Title, landmarks, one main heading; nothing inline, nothing from elsewhere, nothing left unsaid."""
    answer = reader.get(_address(door, path))
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    html = answer.text
    assert re.search(r"<title>[^<]+ · Callboard</title>", html)
    assert html.count("<h1") == 1
    for landmark in ("<header", "<main", "<footer", "<nav"):
        assert landmark in html
    assert "<th role" in html or "<table" not in html
    assert not re.search(
        r"<style|\sstyle=|<script(?! src=\"/static/)|\son\w+=|javascript:", html.replace("&lt;", "")
    ) or (
        "javascript:alert(1)" in html  # as text, where guidance is shown
    )
    assert not re.search(r"(?:src|href)=[\"']javascript:", html)
    assert not re.search(r"<(?:img|link|script|iframe)[^>]+(?:src|href)=\"(?:https?:)?//", html)
    assert "None" not in re.sub(r"None (is unmapped|of)", "", html)
    for link in re.findall(r"<a [^>]*target=\"_blank\"[^>]*>", html):
        assert 'rel="noopener noreferrer"' in link
        assert 'href="https://' in link


def test_hostile_text_is_text(door: Door, reader: httpx.Client) -> None:
    """In lists, on the finding's page, on the component's page, in attributes and in guidance."""
    finding = _address(door, "/findings/{hostile}")
    for path in ("/findings", finding, "/components/component/default/checkout-api"):
        html = reader.get(path).text
        assert SCRIPT not in html
        assert "<img src=x" not in html
        assert "\u202e" not in html
    html = reader.get(finding).text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html
    assert "⟨U+202E⟩" in html
    assert 'href="https://docs.example/off"' in html
    assert "evil.example" not in html
    assert not re.search(r"href=\"(?:javascript|data):", html)


def test_an_unsafe_source_link_is_a_disabled_button_with_its_reason(door: Door, reader: httpx.Client) -> None:
    """Not a link, and not silent."""
    html = reader.get(_address(door, "/findings/{hostile}")).text
    assert 'aria-disabled="true"' in html
    assert "no link that is safe" in html
    html = reader.get(_address(door, "/findings/{due-soon}")).text
    assert re.search(
        r'<a class="btn first" href="https://app.wiz.io/issues#due-soon" target="_blank" rel="noopener', html
    )


def test_every_number_of_the_lede_opens_its_rows(door: Door, reader: httpx.Client) -> None:
    """Coverage and unmapped."""
    html = reader.get("/components").text
    lede = html[html.index("<h1>") : html.index("<table")]
    links = {text: url.replace("&amp;", "&") for url, text in re.findall(r'<a href="([^"]+)">([^<]+)</a>', lede)}
    unmapped = next(text for text in links if "unmapped" in text)
    number = int(unmapped.split(" ")[0])
    assert f"<h1>{number} open findings</h1>" in reader.get(links[unmapped]).text
    covered = next(url for text, url in links.items() if "of open findings" in text)
    assert covered == "/findings?mapped=true"
    worst = next(url for text, url in links.items() if "critical and high" in text)
    assert worst == "/findings?mapped=true&severity=critical,high"


def test_every_count_of_a_strip_opens_its_rows(door: Door, reader: httpx.Client) -> None:
    """And no count of nought is a link."""
    html = reader.get("/components").text
    strips = re.findall(r'<a class="[chmuli]" href="([^"]+)">.*?</b>([\d,]+)<', html)
    assert len(strips) > 5
    for url, count in strips:
        unit = "finding" if count == "1" else "findings"
        assert f"<h1>{count} open {unit}</h1>" in reader.get(url.replace("&amp;", "&")).text


def test_all_own_links_lead_somewhere(door: Door, reader: httpx.Client) -> None:
    """From the components, two steps deep."""
    seen: set[str] = set()
    edge = {"/components"}
    for _ in range(2):
        found: set[str] = set()
        for path in sorted(edge - seen):
            seen.add(path)
            answer = reader.get(path)
            assert answer.status_code == (303 if path == "/" else 200), path
            if answer.headers["content-type"].startswith("text/html"):
                hrefs = re.findall(r'href="(/[^"#]*)', answer.text)
                found |= {urljoin("/", href.replace("&amp;", "&")) for href in hrefs}
        edge = {path for path in found if not path.startswith("/static")}
    assert len(seen) > 20


@pytest.mark.parametrize(
    ("path", "words"),
    [
        (
            "/components/component/default/fraud-score",
            ["We cannot tell which findings belong here", "wiz.io/project-id", "no owner in catalog"],
        ),
        ("/components/component/default/mistyped", ["match nothing at any source", "no-such-thing"]),
        ("/components/component/default/ledger-batch", ["No open findings", "Last checked", "group has no members"]),
        ("/components/component/default/checkout-api", ["What to do first", "closed", "wiz.io/project-id"]),
        ("/components?severity=info&owner=ghosts", ["No component matches", "without these filters"]),
        ("/findings?q=nothing-is-called-so", ["No finding matches", "open without these filters", "Clear filters"]),
        ("/findings?sev=high", ["There is no parameter", "Did you mean", "severity"]),
        ("/findings/999999", ["There is no such thing, or you may not see it"]),
        ("/nowhere", ["There is no such thing, or you may not see it"]),
        ("/components/component/default/nobody", ["There is no such thing, or you may not see it"]),
    ],
)
def test_states_have_their_words(reader: httpx.Client, path: str, words: list[str]) -> None:
    """Unmapped, dangling, clean, filtered to nothing, refused, unknown."""
    html = reader.get(path).text
    for word in words:
        assert word.lower() in html.lower()


def test_an_overdue_finding_is_late_and_a_due_one_is_not(door: Door, reader: httpx.Client) -> None:
    """Red is for late only."""
    assert re.search(r'class="chip late">.*3 d late', reader.get(_address(door, "/findings/{hostile}")).text)
    html = reader.get(_address(door, "/findings/{due-soon}")).text
    assert "due in 1 d" in html or "due in 47 h" in html
    assert not re.search(r'class="[^"]*\blate\b', html)


def test_dates_say_when_exactly(door: Door, reader: httpx.Client) -> None:
    """Relative for people, UTC on hover, and the source's own date."""
    html = reader.get(_address(door, "/findings/{due-soon}")).text
    assert '<time datetime="2025-12-29T08:00:00Z" title="29 Dec 2025 08:00:00 UTC">63 d ago</time>' in html


def test_paging_goes_through_the_whole_list(reader: httpx.Client) -> None:
    """Each finding once, by the links on the pages."""
    path, seen = "/findings?limit=9", []
    while path:
        html = reader.get(path).text
        seen += re.findall(r'<a class="open" href="/findings/(\d+)"', html)
        following = re.search(r'rel="next" href="([^"]+)"', html)
        path = following[1].replace("&amp;", "&") if following else ""
    total = int(re.search(r"<h1>(\d+) open", reader.get("/findings").text)[1])  # type: ignore[index]
    assert len(seen) == len(set(seen)) == total


def test_an_empty_board_says_what_to_do(empty_door: Door) -> None:
    """Nothing configured, nothing read: no number is shown as nought."""
    with empty_door.signed_in() as reader:
        for path in ("/components", "/findings", "/sources"):
            html = reader.get(path).text
            assert "callboard init" in html
        assert "Not known yet" in reader.get("/findings").text


def test_static_files_are_ours_only(door: Door) -> None:
    """Three files, small, kept for ever when asked for by their hash; nothing else can be named."""
    with door.client() as client:
        html = client.get("/components").text
        for url in re.findall(r'(?:href|src)="(/static/[^"]+)"', html):
            answer = client.get(url)
            assert "immutable" in answer.headers["cache-control"]
            assert len(answer.content) < 20_000
        for name in ("../app.py", "%2e%2e%2fapp.py", "app.py", "look.css%00"):
            assert client.get(f"/static/{name}").status_code == 404
