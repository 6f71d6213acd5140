"""The core path in portals of the oldest Backstage release that is supported, on both frontend systems."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.portal import path
from tests.portal.conftest import Sit
from tools.portal import APPS, BACKSTAGE, OLDEST, Stage, staged

pytestmark = pytest.mark.oldest

AMIR, PRIYA = "amir.silva", "priya.hansen"
CATALOG = {"app": "/", "app-legacy": "/catalog"}
TAB = "/catalog/default/component/storefront-web/callboard"


@pytest.fixture(scope="module", params=APPS)
def stage(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """A portal on that release."""
    with staged(tmp_path_factory.mktemp("oldest"), workspace=OLDEST, app=request.param) as found:
        yield found


def test_the_release_is_the_one_that_is_stated() -> None:
    """The pages for readers name both ends of the window, as they are tested."""
    said = (BACKSTAGE.parent / "docs" / "backstage.md").read_text()
    oldest, newest = (json.loads((each / "backstage.json").read_text())["version"] for each in (OLDEST, BACKSTAGE))
    assert f"with Backstage {oldest} and {newest}" in said


def test_a_portal_that_old_is_warned_of_by_name() -> None:
    """It is not refused: its lock says which of its packages have advisories, the proxy's own two among them."""

    def told(portal: Path) -> str:
        command = [sys.executable, "-m", "callboard", "assess", "--portal", str(portal), "--json"]
        said = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120).stdout
        return json.dumps([each["faults"] for each in json.loads(said)["checks"] if each["key"] == "known-advisories"])

    oldest, newest = told(OLDEST), told(BACKSTAGE)
    for advisory in ("CVE-2026-106456", "CVE-2026-106491"):
        assert advisory in oldest
        assert advisory not in newest


def test_two_teams_see_their_own_in_the_table(stage: Stage, sit: Sit) -> None:
    """Severity stands in the catalog's own table, for each reader what is theirs."""
    for user in (AMIR, PRIYA):
        reader = sit(stage, user)
        page = reader.read(f"{CATALOG[stage.app]}?filters[user]=all&filters[kind]=component")
        path.check_table(reader, page)


def test_card_search_finding_and_deep_link(stage: Stage, sit: Sit) -> None:
    """The card, a CVE, the facts of a finding, and the source's own page of it."""
    reader = sit(stage, AMIR)
    path.check_card(reader, "storefront-web")
    known = path.findings(reader, "component:storefront-web is:open kind:vulnerability")["findings"]
    path.check_search(reader, TAB, known[0]["rule"]["id"])
    path.check_finding(reader, TAB, known[0])


def test_page_widget_and_roll_up(stage: Stage, sit: Sit) -> None:
    """What to do now, on the page and on the home page; a team's numbers on the team's page."""
    reader = sit(stage, AMIR)
    first = stage.api(AMIR, "do-now")["bundles"][0]["title"]
    page = reader.open("/callboard")
    expect(page.get_by_text(first, exact=True).first).to_be_visible()
    page = reader.open("/home")
    if stage.app == "app":  # in that release a home page has no widgets by configuration: people add them
        page.get_by_role("button", name="Add widget").click()
        page.get_by_text("My security findings").first.click()
    expect(page.get_by_text(first, exact=True).first).to_be_visible()
    wanted = stage.api(AMIR, "rollups/group/default/shopfront")["numbers"]["open"]
    page = reader.open("/catalog/default/group/shopfront")
    expect(page.get_by_role("link", name=f"{wanted:,} open", exact=True).first).to_be_visible()
