"""The path through the plugin that both frontend systems have to offer, as steps: `tests/portal/test_*.py` walk it."""

from __future__ import annotations

import re
import time
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

from playwright.sync_api import Locator, Page, expect

from tests.portal.conftest import Reader
from tests.support.browser import PATIENCE_MS
from tools.portal import Stage

FIGURES = ("critical", "high")

# Read at once: the table may be drawn anew between one cell and the next.
TABLE = """() => {
  const words = each => each.innerText.trim();
  const rows = [...document.querySelectorAll('tbody tr')].flatMap(row => {
    const link = row.querySelector("a[href*='/catalog/default/component/']");
    return link ? [[link.getAttribute('href'), [...row.querySelectorAll('td')].map(words)]] : [];
  });
  return [[...document.querySelectorAll('thead th')].map(words), rows];
}"""


def until_matched(stage: Stage, user: str) -> None:
    """Until what the pipeline handed in has been matched with advisories, which is within a minute."""
    end = time.monotonic() + PATIENCE_MS / 1_000
    while not stage.api(user, "findings?q=kind:malicious-package")["total"]:
        assert time.monotonic() < end
        time.sleep(0.5)


def exact(instant: str) -> str:
    """An instant of the API as the plugin writes it."""
    at = datetime.fromisoformat(instant).astimezone(UTC)
    return f"{at.day} {at:%b} {at.year} {at:%H:%M} UTC"


def findings(reader: Reader, query: str) -> Any:  # noqa: ANN401
    """What the API answers this reader's question."""
    return reader.stage.api(reader.user, f"findings?q={quote(query)}&limit=200")


def table_rows(reader: Reader, page: Page) -> dict[str, dict[str, str]]:
    """The catalog's table, once no figure is waited for: by entity reference, each column's text."""
    expect(page.locator("tbody a[href*='/catalog/default/component/']").first).to_be_visible()
    expect(page.locator("tbody [class*=Skeleton]")).to_have_count(0)
    titles, rows = page.evaluate(TABLE)
    names = [each.casefold() for each in titles]
    return {
        f"component:default/{href.rpartition('/')[2]}": dict(zip(names, cells, strict=True)) for href, cells in rows
    }


def check_table(reader: Reader, page: Page, *, requests: int = 1) -> None:
    """Each row tells what the API tells of it; no row was asked for twice, and all of them in so many requests at most."""
    rows = table_rows(reader, page)
    assert rows
    asked = reader.questions("components")
    refs = [ref for each in asked for ref in parse_qs(urlsplit(each).query)["ref"]]
    assert len(refs) == len(set(refs))
    assert set(rows) <= set(refs)
    assert len(asked) <= requests, asked
    query = "&".join(f"ref={quote(ref)}" for ref in rows)
    told = {each["ref"]: each for each in reader.stage.api(reader.user, f"components?{query}&limit=200")["components"]}
    for ref, cells in rows.items():
        if ref not in told:
            assert cells["critical"].startswith("not yours"), (ref, cells)
            assert not any(character.isdigit() for character in cells["high"] + cells["overdue"])
        elif told[ref]["mapping"] == "none" and not told[ref]["open"]["total"]:
            assert cells["critical"].startswith("not mapped"), (ref, cells)
        else:
            shown = (*(cells[each] for each in FIGURES), cells["overdue"])
            wanted = (*(told[ref]["open"][each] for each in FIGURES), told[ref]["overdue"])
            assert shown == tuple(f"{n:,}" for n in wanted), ref


def check_card(reader: Reader, name: str) -> None:
    """The card of a component tells what the API tells, in one request."""
    page = reader.open(f"/catalog/default/component/{name}")
    strip = page.get_by_role("list", name="Open findings by severity").first
    expect(strip).to_be_visible()
    page.wait_for_load_state("networkidle")
    assert reader.asked == [f"GET components/component/default/{name}"]
    counts = reader.stage.api(reader.user, f"components/component/default/{name}")["component"]["open"]
    for severity in ("critical", "high", "medium", "low"):
        item = strip.get_by_role("listitem").filter(has=page.get_by_role("img", name=severity, exact=True))
        assert item.inner_text().split()[-1] == f"{counts[severity]:,}", severity


def search(reader: Reader, tab: str, text: str) -> Page:
    """Type something into the search of a component's tab."""
    page = reader.open(f"{tab}?view=findings")
    box = page.get_by_role("searchbox", name="Find findings")
    box.fill(text)
    expect(box).to_have_value(text)
    page.get_by_role("button", name="Find", exact=True).click()
    expect(page).to_have_url(re.compile(r"[?&]q="))
    return page


def check_search(reader: Reader, tab: str, text: str) -> None:
    """A search finds as much as the API finds for this reader, and at least something."""
    total = findings(reader, text)["total"]
    assert total > 0, text
    page = search(reader, tab, text)
    word = f"{total:,} finding{'' if total == 1 else 's'}"
    expect(page.get_by_role("status").filter(has_text=re.compile(f"^{word}"))).to_be_visible()


def open_finding(reader: Reader, tab: str, id_: int) -> Locator:
    """A finding's drawer, by its address."""
    page = reader.open(f"{tab}?view=findings&finding={id_}")
    drawer = page.get_by_role("dialog")
    expect(drawer.get_by_text("First detected")).to_be_visible()
    return drawer


def check_finding(reader: Reader, tab: str, finding: dict[str, Any]) -> None:
    """Status, first and last detection are the API's, and the deep link leads to that very issue of the source."""
    drawer = open_finding(reader, tab, finding["id"])
    facts = dict(
        zip(
            (each.strip() for each in drawer.locator("dt").all_inner_texts()),
            (each.strip() for each in drawer.locator("dd").all_inner_texts()),
            strict=True,
        )
    )
    assert facts["Status"].split(",")[0] == finding["state"].replace("_", " ").replace("-", " ")
    assert exact(finding["first_detected_at"]) in facts["First detected"]
    last = finding["last_detected_at"]
    assert (exact(last) if last else "not told by the source") in facts["Last detected"]
    assert facts["Id at the source"] == finding["external_id"]
    with reader.page.context.expect_page() as opened:
        drawer.get_by_role("link", name=re.compile("^Open in Wiz")).click()
    theirs = opened.value
    expect(theirs.get_by_text(finding["external_id"]).first).to_be_visible()
    expect(theirs.locator("body")).to_contain_text(finding["rule"]["name"])
    assert theirs.url.startswith(reader.stage.wiz["base_url"])
    theirs.close()
