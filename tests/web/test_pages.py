"""The pages' words, links and escaping."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urljoin

import httpx
import pytest

from tests.web.conftest import SCRIPT, Door

PAGES = (
    "/",
    "/?q=owner:checkout",
    "/components",
    "/components?sort=name&severity=critical",
    "/components/component/default/checkout-api",
    "/components/component/default/fraud-score",
    "/components/component/default/mistyped",
    "/components/component/default/ledger-batch",
    "/findings",
    "/findings?q=-is:unmapped&limit=5",
    "/findings?q=is:open+is:unmapped",
    "/findings?q=is:open+group:fix",
    "/findings?q=is:open+group:owner",
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
    assert html.count("<th role") + html.count("<th scope") == len(re.findall(r"<th[ >]", html))
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
    assert covered == "/findings?q=is:open+-is:unmapped+sort:do-now"
    worst = next(url for text, url in links.items() if "critical and high" in text)
    assert worst == "/findings?q=is:open+-is:unmapped+severity:critical,high+sort:do-now"


def test_every_count_of_a_strip_opens_its_rows(door: Door, reader: httpx.Client) -> None:
    """And no count of nought is a link."""
    html = reader.get("/components").text
    strips = re.findall(r'<a class="[chmuli]" href="([^"]+)">.*?</b>([\d,]+)<', html)
    assert len(strips) > 5
    for url, count in strips:
        unit = "finding" if count == "1" else "findings"
        assert f"<h1>{count} open {unit}</h1>" in reader.get(url.replace("&amp;", "&")).text


def test_all_own_links_lead_somewhere(door: Door, reader: httpx.Client) -> None:
    """From the first page and the components, two steps deep. A row's answer may be a file; nothing is a mistake."""
    seen: set[str] = set()
    edge = {"/", "/components"}
    for _ in range(2):
        found: set[str] = set()
        for path in sorted(edge - seen):
            seen.add(path)
            answer = reader.get(path)
            assert answer.status_code == 200, path
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
        ("/findings?severity=high", ["There is no parameter", "Write it into the query"]),
        ("/findings/999999", ["There is no such thing, or you may not see it"]),
        ("/nowhere", ["There is no such thing, or you may not see it"]),
        ("/components/component/default/nobody", ["There is no such thing, or you may not see it"]),
    ],
)
def test_states_have_their_words(reader: httpx.Client, path: str, words: list[str]) -> None:
    """Unmapped, dangling, clean, filtered to nothing, refused, unknown."""
    html = reader.get(path).text.replace("<wbr>", "").lower()
    for word in words:
        assert word.lower() in html


def test_an_overdue_finding_is_late_and_a_due_one_is_not(door: Door, reader: httpx.Client) -> None:
    """Red is for late only."""
    assert re.search(r'class="chip late">.*3 d late', reader.get(_address(door, "/findings/{hostile}")).text)
    found = re.search(r'href="(/findings/\d+)"', reader.get("/findings?q=is:open+-is:overdue+has:due").text)
    assert found is not None
    html = reader.get(found[1]).text
    assert re.search(r"due in \d+ d", html)
    assert not re.search(r'class="[^"]*\blate\b', html)


def test_dates_say_when_exactly(door: Door, reader: httpx.Client) -> None:
    """Relative for people, UTC on hover, and the source's own date."""
    html = reader.get(_address(door, "/findings/{due-soon}")).text
    assert '<time datetime="2025-12-29T08:00:00Z" title="29 Dec 2025 08:00:00 UTC">63 d ago</time>' in html


def test_paging_goes_through_the_whole_list(reader: httpx.Client) -> None:
    """Each finding once, by the links on the pages."""
    path, seen = "/findings?q=is:open&limit=9", []
    while path:
        html = reader.get(path).text
        seen += re.findall(r'<a class="open" href="/findings/(\d+)"', html)
        following = re.search(r'rel="next" href="([^"]+)"', html)
        path = following[1].replace("&amp;", "&") if following else ""
    total = int(re.search(r"<h1>(\d+) open", reader.get("/findings").text)[1])  # type: ignore[index]
    assert len(seen) == len(set(seen)) == total


def test_the_first_page_puts_what_to_do_first(door: Door, reader: httpx.Client) -> None:
    """Three numbers, at most ten pieces of work in their order, progress and the worst components; each number opens its rows."""
    html = reader.get("/").text
    assert html.count("data-row") <= 10
    rows = re.findall(r"<li data-row.*?</li>", html, re.DOTALL)
    assert "First because: " in rows[0]
    assert re.search(r'class="late"><time[^>]*>\d+ d late', rows[0])
    assert "Here because: " in rows[1]
    for text in ("Are we getting better?", "Kaplan–Meier", "n = ", "Worst components", "Wiz synced"):
        assert text in html
    assert re.search(
        r'<svg class="flow"[^>]* role="img" aria-label="Per week, the present one last. Opened: [\d, ]+\.', html
    )
    assert re.search(r'<svg [^>]*aria-label="open: [\d, ]+; (falling|rising|as many as at the start)"', html)
    numbers = re.findall(r'<a href="([^"]+)"><b[^>]*>([\d,]+)</b>', html)
    assert len(numbers) == 3 or "this is your first visit" in html
    for url, count in numbers:
        assert f"<h1>{count} open finding" in reader.get(url.replace("&amp;", "&")).text
    for url, count in re.findall(r'class="fix">.*?<a href="([^"]+)">([\d,]+) finding', html):
        assert f"<h1>{count} open finding" in reader.get(url.replace("&amp;", "&")).text


def test_the_first_page_of_a_team(reader: httpx.Client) -> None:
    """The reader chooses whose work it is; the query is in the box and nothing else can narrow the page."""
    html = reader.get("/").text
    url = re.search(r'<a href="(/do-now\?q=owner:checkout[^"]*)"', html)
    assert url is not None
    team = reader.get(url[1].replace("&amp;", "&")).text
    assert 'value="is:open -is:flapping owner:checkout sort:do-now"' in team
    assert 'href="/teams/group/default/checkout"' in team
    assert "owned by" not in team
    assert reader.get("/?q=severity:high").status_code == 400


@pytest.mark.parametrize(
    ("query", "message", "suggestion"),
    [
        ("sev:high is:open", "Unknown filter", "is:open severity:high sort:do-now"),
        ("is:open -severity:hihg", "does not know", "is:open -severity:high sort:do-now"),
        ("is:open kev:yes log4j", "Unknown filter", "is:kev is:open log4j sort:do-now"),
        ("is:opne log4j", "does not know", "is:open log4j sort:do-now"),
        ("owner:@me", "without signing in by name", None),
        ("first:>=someday", "cannot read", None),
    ],
)
def test_a_query_that_cannot_be_read_lists_nothing(
    reader: httpx.Client, query: str, message: str, suggestion: str | None
) -> None:
    """The text stays in the box, the mistake is named, and what was meant is one click away."""
    answer = reader.get("/findings", params={"q": query})
    assert answer.status_code == 400
    assert f'value="{query.replace(">", "&gt;")}"' in answer.text
    assert message.lower() in answer.text.lower()
    assert "data-row" not in answer.text
    assert "How to ask" in answer.text
    meant = re.search(r'Did you mean <a href="([^"]+)"><code>([^<]+)</code></a>', answer.text)
    assert (None if meant is None else meant[2]) == suggestion
    if meant is not None:
        assert reader.get(meant[1].replace("&amp;", "&")).status_code == 200


def test_menus_narrow_and_their_counts_are_true(reader: httpx.Client) -> None:
    """Every choice with a count leads to a list of just so many."""
    html = reader.get("/findings").text
    choices = re.findall(r'<li><a href="([^"]+)"><span>([^<]+)</span><small>([\d,]+)</small>', html)
    assert {"critical", "vulnerability", "checkout-api", "wiz-main"} & {words for _, words, _ in choices}
    for url, words, count in choices:
        assert re.search(rf"<h1>{count} open findings?</h1>", reader.get(url.replace("&amp;", "&")).text), words
    assert 'value="is:open sort:do-now"' in html


def test_groups_add_up(reader: httpx.Client) -> None:
    """Every group leads to its rows, and together they are the list."""
    total = int(re.search(r"<h1>(\d+) open", reader.get("/findings").text)[1])  # type: ignore[index]
    for by in ("fix", "rule", "resource", "cve", "component", "owner"):
        html = reader.get(f"/findings?q=is:open+group:{by}&limit=100").text
        counts = re.findall(r'class="fix">.*?<a href="([^"]+)">([\d,]+) finding', html)
        assert sum(int(count) for _, count in counts) == total, by
        assert "one fix closes" not in html or by == "fix"


def test_a_view_is_listed_and_its_files_are_offered(door: Door, reader: httpx.Client) -> None:
    """A saved query in the menu; the same rows as CSV and JSON."""
    saved = reader.post("/api/v1/views", json={"name": "Bad <ones>", "query": "severity:critical is:open"})
    assert saved.status_code == 201
    html = reader.get("/findings?q=severity:critical").text
    assert "<bdi>Bad &lt;ones&gt;</bdi>" in html
    assert 'href="/findings?q=is:open+severity:critical+sort:do-now"' in html
    for kind in ("csv", "json"):
        url = re.search(rf'href="(/api/v1/findings\.{kind}[^"]+)"', html)
        assert url is not None
        assert reader.get(url[1].replace("&amp;", "&")).status_code == 200
    assert reader.delete(f"/api/v1/views/{saved.json()['id']}").status_code == 204


def test_why_it_is_due_is_said(door: Door, reader: httpx.Client) -> None:
    """The source's own date, or the policy's days; the band; and what nobody told."""
    html = reader.get(_address(door, "/findings/{due-soon}")).text
    assert "30 days from when it was first detected, for high severity." in html
    assert "The date is Wiz’s own." in reader.get(_address(door, "/findings/{hostile}")).text
    assert re.search(r"<dt>Band</dt><dd>\d of 9: ", html)
    assert "Not known: whether the internet reaches it" in html
    assert 'data-broken="/api/v1/findings/' in html


def test_an_empty_board_says_what_to_do(empty_door: Door) -> None:
    """Nothing configured, nothing read: no number is shown as nought."""
    with empty_door.signed_in() as reader:
        for path in ("/components", "/findings", "/sources"):
            html = reader.get(path).text
            assert "callboard init" in html
        for path in ("/", "/findings", "/findings?q=group:fix"):
            assert "Not known yet" in reader.get(path).text


@pytest.mark.attack("A31")
def test_static_files_are_ours_only(door: Door) -> None:
    """Few files, small, kept for ever when asked for by their hash; nothing else can be named."""
    with door.client() as client:
        html = client.get("/components").text
        for url in re.findall(r'(?:href|src)="(/static/[^"]+)"', html):
            answer = client.get(url)
            assert "immutable" in answer.headers["cache-control"]
            assert len(answer.content) < 20_000
        for name in ("../app.py", "%2e%2e%2fapp.py", "app.py", "look.css%00"):
            # What climbs out of the folder is an address like any other that leads nowhere: it asks who is there.
            assert client.get(f"/static/{name}").status_code == (401 if name == "../app.py" else 404)
