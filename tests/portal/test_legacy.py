"""The same package in a portal on the legacy frontend system, from its second entry point."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.portal import path
from tests.portal.conftest import Sit
from tools.portal import Stage, staged

pytestmark = pytest.mark.portal

AMIR, PRIYA, MARA = "amir.silva", "priya.hansen", "mara.kaur"
TAB = "/catalog/default/component/storefront-web/callboard"


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """A portal whose pages are put together by hand, as its owner would."""
    with staged(tmp_path_factory.mktemp("legacy"), app="app-legacy") as found:
        yield found


def test_severity_stands_in_the_catalogs_own_table(stage: Stage, sit: Sit) -> None:
    """One request for a page of the table."""
    for user in (AMIR, PRIYA):
        reader = sit(stage, user)
        path.check_table(reader, reader.read("/catalog"))
        path.check_table(reader, reader.read("/catalog?filters[user]=all&filters[kind]=component"))


def test_card_search_finding_and_deep_link(stage: Stage, sit: Sit) -> None:
    """The core path: the card, a CVE, the facts of a finding, and the source's own page of it."""
    reader = sit(stage, AMIR)
    path.check_card(reader, "storefront-web")
    known = path.findings(reader, "component:storefront-web is:open kind:vulnerability")["findings"]
    path.check_search(reader, TAB, known[0]["rule"]["id"])
    path.check_finding(reader, TAB, known[0])


def test_page_widget_and_roll_up(stage: Stage, sit: Sit) -> None:
    """What to do now, on the page and on the home page; a team's numbers on the team's page."""
    reader = sit(stage, AMIR)
    first = stage.api(AMIR, "do-now")["bundles"][0]["title"]
    for address in ("/callboard", "/home"):
        page = reader.open(address)
        expect(page.get_by_text(first, exact=True).first).to_be_visible()
    wanted = stage.api(AMIR, "rollups/group/default/shopfront")["numbers"]["open"]
    page = reader.open("/catalog/default/group/shopfront")
    expect(page.get_by_role("link", name=f"{wanted:,} open", exact=True).first).to_be_visible()


def test_who_uses_packages_and_portal_safety(stage: Stage, sit: Sit) -> None:
    """The tabs of the page, and the tab of a component's packages, whose rows lead to who uses them."""
    path.until_matched(stage, MARA)
    reader = sit(stage, MARA)
    page = reader.open("/catalog/default/component/developer-portal/callboard-packages")
    table = page.get_by_role("table", name="Packages, the worst first")
    expect(table.get_by_role("row").nth(1)).to_contain_text("made to harm")
    table.get_by_role("link", name="event-stream", exact=True).click()
    uses = page.get_by_role("table", name="Who uses it")
    expect(uses.get_by_role("row").nth(1)).to_contain_text("@acme/pager-tools 2.4.0")
    page.get_by_role("navigation", name="Callboard").get_by_role("link", name="Portal safety").click()
    first = stage.api(MARA, "portal/risks")["risks"][0]["title"]
    expect(page.get_by_role("list", name="Risks, the gravest first")).to_contain_text(first)
