"""Every page against the rules of WCAG 2.2 AA that a program can check, light and dark; and what a team's page is on paper.

The checker is axe-core from npm (`tests/browser`). It comes in by the test driver, so the pages keep their own policy.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Literal
from urllib.parse import quote

import pytest
from playwright.sync_api import Page

from callboard.domain.access import AT_THE_LAPTOP
from callboard.domain.component import Entity, EntityRef
from callboard.usecases.packages import manifests
from tests.support.bills import bill, reading
from tests.support.browser import REPOSITORY, OpenPage
from tests.support.catalogs import MadeUpCatalog
from tests.web import conftest
from tests.web.conftest import SCRIPT, Door, enter

pytestmark = pytest.mark.slow

AXE = REPOSITORY / "tests" / "browser" / "node_modules" / "axe-core" / "axe.min.js"
RUN = "([within, tags]) => axe.run({include: [within]}, {runOnly: {type: 'tag', values: tags}})"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]

PAGES = {
    "do now": "/",
    "do now of a team": "/?q=owner:checkout",
    "findings": "/findings",
    "findings of any state": "/findings?q=state:any",
    "findings grouped": "/findings?q=is:open+group:fix",
    "findings, none matches": "/findings?q=is:open+component:nobody",
    "query error": "/findings?q=sev:high",
    "finding": "/findings/{hostile}",
    "finding, due": "/findings/{due-soon}",
    "finding, fixed": "/findings/{done}",
    "components": "/components",
    "component": "/components/component/default/checkout-api",
    "component, not mapped": "/components/component/default/fraud-score",
    "component, dangling": "/components/component/default/mistyped",
    "component, clean": "/components/component/default/ledger-batch",
    "team": "/teams/group/default/checkout",
    "system": "/systems/default/shop",
    "domain": "/domains/default/retail",
    "rule": "/rules?id=rule-1",
    "rule, hostile": f"/rules?id={quote(SCRIPT)}",
    "cve": "/cves/CVE-2021-44228",
    "resource": "/resources?id=rx",
    "project": "/projects?id=pay",
    "project, nobody's": "/projects?id=nobody",
    "ownership": "/ownership",
    "ownership by project": "/ownership?by=project",
    "unmapped": "/ownership/unmapped",
    "conflicts": "/ownership/conflicts",
    "alignment": "/ownership/alignment",
    "map": "/ownership/map",
    "map by account": "/ownership/map?by=account",
    "rule sets": "/ownership/rules",
    "plan": "/ownership/plan",
    "draft": "/ownership/plan?resource=rx&component=component:default/storefront",
    "changes": "/ownership/changes",
    "signals": "/ownership/signals?kind=claim-contested",
    "whose": "/ownership/of?finding={hostile}",
    "whose, nobody's": "/ownership/of?id=r200",
    "who uses": "/packages?package=lodash",
    "packages": "/components/component/default/checkout-api/packages",
    "packages, not known": "/components/component/default/mistyped/packages",
    "sbom coverage": "/packages/coverage",
    "progress": "/progress?by=team",
    "came-and-went": "/progress/flow",
    "open-on-a-day": "/progress/open?by=team",
    "due-dates": "/progress/due",
    "use": "/progress/use",
    "channels": "/progress/channels",
    "week": "/teams/group/default/checkout/week",
    "sources": "/sources",
    "search without result": "/search?q=nothing-is-called-so",
    "not found": "/nowhere",
}
"""What each page is called here, and its address; a finding stands by its id at the source."""

OPENED = (
    "do now",
    "findings",
    "findings grouped",
    "query error",
    "components",
    "team",
    "ownership",
    "alignment",
    "map",
    "whose",
)
"""Pages with menus, help or tables that are shut at first."""


class WithADomain(MadeUpCatalog):
    """The catalog of the other tests, with a domain above its system."""

    def __init__(self) -> None:
        super().__init__()
        system, domain = EntityRef("system:default/shop"), EntityRef("domain:default/retail")
        self.put(
            Entity(ref=system, kind="system", name="shop", system=domain, description="What customers buy in."),
            Entity(ref=domain, kind="domain", name="retail"),
        )


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    """The board of the other tests, with that catalog."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(conftest, "MadeUpCatalog", WithADomain)
        with conftest.opened(tmp_path_factory.mktemp("shop") / "callboard.db", filled=True) as door:
            now, name = door.clock.now(), "a-package-with-a-name-of-the-length-that-generators-make"
            read = reading(bill(f"{name}@1.0.0 -> lodash@4.17.20", "lodash@3.0.0", f"{SCRIPT}@1.0.0", at=now), now)
            checkout = EntityRef("component:default/checkout-api")
            manifests.deliver(door.store, AT_THE_LAPTOP, checkout, "sbom", read, clock=door.clock)
            yield door


def _address(door: Door, path: str) -> str:
    return door.url + re.sub(r"\{([\w-]+)\}", lambda match: str(door.finding_id(match[1])), path)


def _violations(page: Page, within: str = "html") -> list[str]:
    """What axe has to say, one line a rule, with the first places."""
    page.evaluate(AXE.read_text())
    found: dict[str, Any] = page.evaluate(RUN, [within, TAGS])
    return [
        f"{each['id']} ({each['impact']}): "
        + " | ".join(
            f"{node['html'][:160]} {[one['message'] for one in node['any'] + node['all'] + node['none']][:2]}"
            for node in each["nodes"][:3]
        )
        for each in found["violations"]
    ]


@pytest.mark.parametrize(
    ("scheme", "width", "is_open"),
    [("light", 1280, False), ("light", 360, False), ("dark", 1280, False), ("dark", 360, False), ("dark", 1280, True)],
)
def test_no_page_breaks_a_rule(
    shop: Door, open_page: OpenPage, *, scheme: Literal["light", "dark"], width: int, is_open: bool
) -> None:
    """Acceptance test 7: light, dark and narrow in both, and with every menu and answer opened on the pages that have some."""
    page = enter(open_page(color_scheme=scheme, width=width), shop)
    told: list[str] = []
    for name, path in PAGES.items():
        page.goto(_address(shop, path))
        if is_open:
            if name not in OPENED:
                continue
            page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
        # What an open menu lies over is judged without it.
        told += [f"{name}: {line}" for line in _violations(page, "details" if is_open else "html")]
    assert not told, "\n".join(told)


def test_a_team_is_one_sheet_of_paper(shop: Door, open_page: OpenPage) -> None:
    """A4, with what to do first and the components, without what only works on a screen."""
    page = enter(open_page(), shop)
    page.goto(_address(shop, PAGES["team"]))
    page.emulate_media(media="print", color_scheme="dark")
    for gone in (".bar", ".foot", ".work .why", ".work .chips", "details"):
        assert page.locator(gone).first.is_hidden(), gone
    for kept in ("h1", ".work h3", ".three", ".progress svg", "#components", "table.reflow"):
        assert page.locator(kept).first.is_visible(), kept
    sheets = re.findall(rb"/Type\s*/Page\b", page.pdf(prefer_css_page_size=True))
    assert len(sheets) == 1
