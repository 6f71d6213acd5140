"""The plugin in a portal on the new frontend system: installed by nothing but its package and one proxy entry."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest
from playwright.sync_api import expect

from callboard.domain.remediation.engagement import Door, Engagement
from tests.portal import path
from tests.portal.conftest import Sit
from tests.support.browser import complaints
from tools.portal import Stage, staged

pytestmark = pytest.mark.portal

AMIR, LENA, PRIYA, MARA = "amir.silva", "lena.lopez", "priya.hansen", "mara.kaur"
"""Two of group:default/shopfront, one of group:default/checkout, and one of group:default/developer-experience: she owns the portal."""
LONG_ENOUGH_MS = 2_500
"""A row counts as seen after two seconds in sight."""
TAB = "/catalog/default/component/storefront-web/callboard"


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """A portal, a tenant's look-alike and a board that reads both."""
    with staged(tmp_path_factory.mktemp("new-system")) as found:
        yield found


def test_severity_stands_in_the_catalogs_own_table(stage: Stage, sit: Sit) -> None:
    """One request for one page of the table, one more for the next, and what is others' is a word and no number."""
    reader = sit(stage, AMIR)
    # It lists everything for a moment: what of that is one's own is asked for at once, the rest when it comes.
    path.check_table(reader, reader.read("/"), requests=2)
    page = reader.read("/?filters[user]=all&filters[kind]=component")
    path.check_table(reader, page)
    first = set(path.table_rows(reader, page))
    reader.asked.clear()
    page.get_by_role("button", name=re.compile("next page", re.IGNORECASE)).click()
    for ref in first:
        expect(page.locator(f"tbody a[href$='/component/{ref.rpartition('/')[2]}']")).to_have_count(0)
    page.wait_for_load_state("networkidle")
    assert not first & set(path.table_rows(reader, page))
    path.check_table(reader, page)


def test_two_people_of_two_teams_see_their_own(stage: Stage, sit: Sit) -> None:
    """The same address shows each what is theirs, and a stranger's component says nothing about its findings."""
    ours = {user: path.findings(sit(stage, user), "is:open")["total"] for user in (AMIR, PRIYA)}
    assert all(ours.values())
    for user, stranger in ((AMIR, "cart"), (PRIYA, "storefront-web")):
        reader = sit(stage, user)
        page = reader.open("/callboard")
        number = page.get_by_role("definition").first
        expect(number).to_have_text(f"{ours[user]:,}")
        page = reader.open(f"/catalog/default/component/{stranger}")
        expect(page.get_by_text("Nothing to show you").first).to_be_visible()
        assert page.get_by_role("list", name="Open findings by severity").count() == 0
        refused = [each for each in complaints(page) if "404" in each]
        assert refused
        complaints(page)[:] = [each for each in complaints(page) if "404" not in each]


def test_a_card_is_one_request_and_tells_what_the_api_tells(stage: Stage, sit: Sit) -> None:
    """Severity at a glance on a component's page."""
    path.check_card(sit(stage, AMIR), "storefront-web")


def test_search_finds_by_cve_rule_and_resource(stage: Stage, sit: Sit) -> None:
    """In the tab's one box, whatever somebody has at hand."""
    reader = sit(stage, AMIR)
    known = path.findings(reader, "is:open kind:vulnerability")["findings"]
    cve = next(each for each in known if each["rule"]["id"].startswith("CVE-"))
    rule = path.findings(reader, "is:open kind:misconfiguration")["findings"][0]
    resource = stage.api(AMIR, f"findings/{rule['id']}")["resource"]
    # The id that the cloud or forge knows it by is text to look for; the source's own is looked up as a term.
    for text in (cve["rule"]["id"], rule["rule"]["id"], resource["provider_id"], f"resource:{resource['id']}"):
        path.check_search(reader, TAB, text)


@pytest.mark.parametrize("kind", ["issue", "vulnerability", "misconfiguration"])
def test_a_finding_is_told_as_the_api_tells_it_and_leads_to_the_source(stage: Stage, sit: Sit, kind: str) -> None:
    """Status, first and last detection, and the click that lands on that very issue."""
    reader = sit(stage, AMIR)
    finding = path.findings(reader, f"is:open kind:{kind}")["findings"][0]
    path.check_finding(reader, TAB, finding)


@pytest.mark.parametrize("entity", ["group/default/shopfront", "system/default/storefront", "domain/default/commerce"])
def test_groups_systems_and_domains_are_rolled_up(stage: Stage, sit: Sit, entity: str) -> None:
    """The card counts what the API counts for this reader; the tab lists it."""
    reader = sit(stage, AMIR)
    kind, namespace, name = entity.split("/")
    wanted = stage.api(AMIR, f"rollups/{entity}")["numbers"]["open"]
    assert wanted > 0
    page = reader.open(f"/catalog/{namespace}/{kind}/{name}")
    expect(page.get_by_role("link", name=f"{wanted:,} open", exact=True).first).to_be_visible()
    page.wait_for_load_state("networkidle")
    assert reader.asked == [f"GET rollups/{entity}"]
    page = reader.open(f"/catalog/{namespace}/{kind}/{name}/callboard?view=findings")
    word = f"{wanted:,} finding{'' if wanted == 1 else 's'}"
    expect(page.get_by_role("status").filter(has_text=re.compile(f"^{word}"))).to_be_visible()


def test_the_page_and_the_widget_tell_what_to_do_now(stage: Stage, sit: Sit) -> None:
    """The sidebar leads to the page; the home page carries the widget; both begin with the API's first row."""
    reader = sit(stage, AMIR)
    first = stage.api(AMIR, "do-now")["bundles"][0]["title"]
    page = reader.open("/")
    page.get_by_role("link", name="Callboard").first.click()
    expect(page).to_have_url(re.compile("/callboard$"))
    expect(page.get_by_text(first, exact=True).first).to_be_visible()
    page = reader.open("/home")
    expect(page.get_by_text("My security findings")).to_be_visible()
    expect(page.get_by_text(first, exact=True).first).to_be_visible()


def test_who_uses_the_poisoned_release_is_told_to_who_may_know(stage: Stage, sit: Sit) -> None:
    """From the page's tab by a package's name, with the way and the place; a stranger is told of nobody, and of what is not known."""
    owner = sit(stage, MARA)
    page = owner.open("/callboard")
    page.get_by_role("navigation", name="Callboard").get_by_role("link", name="Who uses a package").click()
    box = page.get_by_role("searchbox", name="Package")
    box.fill("flatmap-stream@<1")
    expect(box).to_have_value("flatmap-stream@<1")
    page.get_by_role("button", name="Look").click()
    expect(page).to_have_url(re.compile(r"tab=who-uses&package=flatmap-stream"))
    row = page.get_by_role("table", name="Who uses it").get_by_role("row").nth(1)
    (told,) = stage.api(MARA, "who-uses?package=flatmap-stream%40%3C1")["uses"]
    assert told["component"] == "component:default/developer-portal"
    # The portal draws a name first, and its title as soon as it knows that.
    for words in (
        re.compile("developer.portal", re.IGNORECASE),
        re.compile("developer.experience", re.IGNORECASE),
        "0.1.1",
        "@acme/pager-tools 2.4.0 → event-stream 3.3.6",
        told["place"],
    ):
        expect(row).to_contain_text(words)
    assert re.match(r"package-lock\.json:\d+, by the bill sbom$", told["place"])
    row.get_by_role("link", name=re.compile("^developer.portal$", re.IGNORECASE)).click()
    expect(page).to_have_url(re.compile("/catalog/default/component/developer-portal"))
    path.until_matched(stage, MARA)
    page = owner.open("/catalog/default/component/developer-portal/callboard-packages")
    first = page.get_by_role("table", name="Packages, the worst first").get_by_role("row").nth(1)
    expect(first).to_contain_text("made to harm")
    page = sit(stage, AMIR).open("/callboard?tab=who-uses&package=flatmap-stream")
    expect(page.get_by_text(re.compile("^(Nobody, as far as is known|Not known)$"))).to_be_visible()
    assert page.get_by_text("developer-portal").count() == 0


def test_portal_safety_is_for_who_looks_after_it(stage: Stage, sit: Sit) -> None:
    """The poisoned release first, with what to do next and where it stands; a developer is told that it is not for everybody."""
    page = sit(stage, MARA).open("/callboard?tab=portal")
    risks = stage.api(MARA, "portal/risks")["risks"]
    lines = page.get_by_role("list", name="Risks, the gravest first").locator(":scope > li")
    expect(lines).to_have_count(len(risks))
    assert risks[0]["malicious"]
    for number, risk in enumerate(risks[:5]):
        expect(lines.nth(number)).to_contain_text(risk["title"])
        expect(lines.nth(number)).to_contain_text(risk["action"])
    lines.first.get_by_text(re.compile("^Why, and")).click()
    expect(lines.first.get_by_text(re.compile(r"package-lock\.json:\d+")).first).to_be_visible()
    page = sit(stage, AMIR).open("/callboard?tab=portal")
    expect(page.get_by_text("This is not for everybody.")).to_be_visible()
    assert page.get_by_role("list", name="Risks, the gravest first").count() == 0
    refused = [each for each in complaints(page) if "403" in each]
    assert refused
    complaints(page)[:] = [each for each in complaints(page) if "403" not in each]


def test_what_was_in_sight_is_counted_and_not_who_looked(stage: Stage, sit: Sit) -> None:
    """Rows of the tab's list, told through the proxy when the list goes away."""
    reader = sit(stage, PRIYA)
    page = reader.open("/catalog/default/component/tax-calculator/callboard?view=findings")
    expect(page.get_by_role("status").filter(has_text=re.compile(r"^\d+ findings"))).to_be_visible()
    page.wait_for_timeout(LONG_ENOUGH_MS)
    with page.expect_response(lambda answer: answer.url.endswith("/callboard/api/v1/seen")) as told:
        page.get_by_role("link", name="Callboard").first.click()
    assert told.value.status == 200
    seen = json.loads(told.value.request.post_data or "{}")["findings"]
    ours = {each["id"] for each in path.findings(reader, "is:open component:tax-calculator")["findings"]}
    assert len(seen) >= 5
    assert set(seen) <= ours
    # Reports tell of days that are over, so what is kept is looked at where it is kept.
    with closing(sqlite3.connect(f"file:{stage.folder / 'callboard.db'}?mode=ro", uri=True)) as conn:
        looks = "SELECT finding_id FROM engagement WHERE kind = ? AND door = ?"
        kept = {id_ for (id_,) in conn.execute(looks, (Engagement.SEEN, Door.PLUGIN))}
    assert set(seen) <= kept


def test_what_was_made_to_harm_is_the_first_thing_that_its_owner_sees(stage: Stage, sit: Sit) -> None:
    """On the page and the home page of who owns the portal."""
    reader = sit(stage, MARA)
    page = reader.open("/callboard")
    expect(page.locator("[data-row]").first).to_contain_text(re.compile("Remove (event|flatmap)-stream"))


def test_not_ours_is_known_to_the_command_line_and_can_be_taken_back(stage: Stage, sit: Sit) -> None:
    """What somebody says in the portal is a word of theirs, and the thing waits for an owner until it is taken back."""
    reader = sit(stage, AMIR)
    known = path.findings(reader, "component:storefront-web is:open kind:vulnerability")["findings"]
    finding = next(each for each in known if each["ownership"]["components"] == ["component:default/storefront-web"])
    resource = stage.api(AMIR, f"findings/{finding['id']}")["resource"]["id"]

    def unowned() -> set[str]:
        told = json.loads(stage.callboard("findings", "is:unmapped", f"resource:{resource}", "--json").stdout)
        return {each["external_id"] for each in told["findings"]}

    def queued() -> list[tuple[str, str, str]]:
        told = json.loads(stage.callboard("ownership", "queue", "--json").stdout)
        waits = [each for each in told["single"] if each["external_id"] == resource]
        return [(one["actor"], one["component"], one["reason"]) for each in waits for one in each["said"]]

    assert finding["external_id"] not in unowned()
    drawer = path.open_finding(reader, TAB, finding["id"])
    drawer.get_by_role("button", name="Not storefront-web's").click()
    drawer.get_by_label("Why it is not storefront-web's").fill("It was given to another team in spring.")
    drawer.get_by_role("button", name="Say so").click()
    expect(drawer.get_by_text(re.compile("Said that it is not storefront-web's"))).to_be_visible()
    assert finding["external_id"] in unowned()
    assert queued() == [
        (f"user:default/{AMIR}", "component:default/storefront-web", "It was given to another team in spring.")
    ]
    drawer.get_by_role("button", name="Undo").click()
    expect(drawer.get_by_text("Taken back.")).to_be_visible()
    assert finding["external_id"] not in unowned()
    assert queued() == []


def _told_of(stage: Stage, id_: int) -> tuple[str, str | None]:
    """The state of a finding and who has it, as the command line tells it."""
    found = json.loads(stage.callboard("finding", str(id_), "--json").stdout)["finding"]
    return found["state"], found["taken_by"]


def test_two_people_take_one_finding_at_once(stage: Stage, sit: Sit) -> None:
    """One in the portal, one by the API: one wins, the other is told who it was, the command line agrees, a sync changes nothing."""
    reader = sit(stage, AMIR)
    id_ = path.findings(reader, "component:storefront-web is:open")["findings"][0]["id"]
    drawer = path.open_finding(reader, TAB, id_)
    take = drawer.get_by_role("button", name="Take", exact=True)
    expect(take).to_be_enabled()
    draft = {"act": "take", "findings": [id_], "seen": 0}
    with ThreadPoolExecutor(1) as other:
        answered = other.submit(stage.say, LENA, draft)
        take.click()
        theirs = answered.result()
    quicker = drawer.get_by_text("Somebody else has taken it: user:default/lena.lopez.")
    expect(quicker.or_(drawer.get_by_text("1 finding taken.")).first).to_be_visible()
    winner = LENA if theirs.get("findings") == [id_] else AMIR
    if winner == LENA:
        expect(quicker).to_be_visible()
        drawer.get_by_role("button", name="Look again").click()
    else:
        assert theirs["detail"] == f"Somebody else has taken it: user:default/{AMIR}."
    expect(drawer.get_by_text(f"taken by {winner}", exact=True).first).to_be_visible()
    expect(take).to_have_count(0)
    assert _told_of(stage, id_) == ("open", f"user:default/{winner}")
    stage.callboard("sync")
    assert _told_of(stage, id_) == ("open", f"user:default/{winner}")
    # The other way round: who has it gives it back, the portal is first, and the API is told.
    drawer.get_by_role("button", name=f"Undo: taken by {winner}").click()
    expect(drawer.get_by_text("1 finding as before.")).to_be_visible()
    take.click()
    expect(drawer.get_by_text(f"taken by {AMIR}", exact=True).first).to_be_visible()
    assert stage.say(LENA, draft)["detail"] == f"Somebody else has taken it: user:default/{AMIR}."
    assert _told_of(stage, id_) == ("open", f"user:default/{AMIR}")
    drawer.get_by_role("button", name=f"Undo: taken by {AMIR}").click()
    expect(drawer.get_by_text("1 finding as before.")).to_be_visible()
    expect(take).to_be_visible()
    assert _told_of(stage, id_) == ("open", None)
    complaints(reader.page)[:] = [each for each in complaints(reader.page) if "409" not in each]


def test_take_snooze_and_undo_in_the_tab(stage: Stage, sit: Sit) -> None:
    """By keys: the row says who has it; what is put off leaves the list and comes back; the history knows all of it."""
    reader = sit(stage, AMIR)
    before = path.findings(reader, "component:storefront-web is:open")
    finding = before["findings"][0]
    page = reader.open(f"{TAB}?view=findings")
    row = page.locator(f"[role=row][data-key='{finding['id']}']")
    status = page.get_by_role("status")
    count = f"{before['total']:,} findings"
    expect(status.filter(has_text=re.compile(f"^{count}$"))).to_be_visible()
    expect(page.get_by_role("checkbox").first).to_be_visible()
    row.focus()
    expect(row).to_be_focused()
    page.keyboard.press("a")
    expect(status.filter(has_text="1 finding taken.")).to_be_visible()
    expect(row).to_contain_text(f"taken by {AMIR}")
    expect(row).to_be_focused()
    page.keyboard.press("h")
    form = page.get_by_role("form", name="Snooze")
    form.get_by_label("It comes back").click()
    page.get_by_role("option", name="until it is worse").click()
    form.get_by_role("button", name="Snooze").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(status.filter(has_text="1 finding snoozed.")).to_be_visible()
    expect(row).to_have_count(0)
    assert _told_of(stage, finding["id"]) == ("snoozed", f"user:default/{AMIR}")
    page.get_by_role("button", name="Undo", exact=True).click()
    expect(status.filter(has_text="Taken back.")).to_be_visible()
    expect(row).to_contain_text(f"taken by {AMIR}")
    expect(status.filter(has_text=re.compile(f"^{count}$"))).to_be_visible()
    drawer = path.open_finding(reader, TAB, finding["id"])
    history = drawer.get_by_role("list").last
    for words in (f"Taken back by {AMIR}", f"Snoozed by {AMIR} until it is worse", f"Taken by {AMIR}"):
        expect(history).to_contain_text(words)
    drawer.get_by_role("button", name=f"Undo: taken by {AMIR}").click()
    expect(drawer.get_by_text("1 finding as before.")).to_be_visible()
    assert _told_of(stage, finding["id"]) == ("open", None)


def test_a_service_that_is_gone_is_not_a_component_without_findings(stage: Stage, sit: Sit) -> None:
    """The card and the table say that they cannot know; once the service is back, they can."""
    reader = sit(stage, AMIR)
    stage.close_board()
    try:
        page = reader.open("/catalog/default/component/storefront-web")
        expect(page.get_by_role("alert").filter(has_text="Findings cannot be shown now")).to_be_visible()
        assert page.get_by_text("No open findings").count() == 0
        assert page.get_by_role("list", name="Open findings by severity").count() == 0
        table = reader.read("/")
        rows = path.table_rows(reader, table)
        assert {cells["critical"].split(".")[0].strip() for cells in rows.values()} == {"unknown"}
        page = reader.open("/catalog/default/component/storefront-web")
        expect(page.get_by_role("alert")).to_be_visible()
    finally:
        stage.open_board()
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_role("list", name="Open findings by severity").first).to_be_visible()
    complaints(page)[:] = [each for each in complaints(page) if "504" not in each]
