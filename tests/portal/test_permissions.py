"""A portal whose permission framework shows people only components of their own, and a Callboard that asks it."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.error import HTTPError
from urllib.parse import quote

import pytest
from playwright.sync_api import expect

from tests.portal import path
from tests.portal.conftest import Sit
from tools.portal import Stage, staged

pytestmark = pytest.mark.portal

AMIR, PRIYA = "amir.silva", "priya.hansen"


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """Numbers of findings are open to everybody here, as far as the portal lets them know of a component at all."""
    folder = tmp_path_factory.mktemp("permissions")
    with staged(folder, permissions=True, organisation_sees="counts") as found:
        yield found


def test_the_table_holds_ones_own_and_the_figures_are_there(stage: Stage, sit: Sit) -> None:
    """The portal filters its catalog; what it shows has its figures."""
    for user, own in ((AMIR, "component:default/storefront-web"), (PRIYA, "component:default/cart")):
        reader = sit(stage, user)
        page = reader.read("/?filters[user]=all&filters[kind]=component")
        path.check_table(reader, page)
        assert own in path.table_rows(reader, page)


def test_what_the_portal_hides_callboard_hides(stage: Stage, sit: Sit) -> None:
    """Of a component that the policy hides, not even numbers are told that are open to everybody otherwise."""
    refs = "&".join(f"ref={quote(f'component:default/{name}')}" for name in ("storefront-web", "cart"))
    seen = {
        user: {each["ref"] for each in stage.api(user, f"components?{refs}")["components"]} for user in (AMIR, PRIYA)
    }
    assert seen == {AMIR: {"component:default/storefront-web"}, PRIYA: {"component:default/cart"}}
    with pytest.raises(HTTPError, match="404"):
        stage.api(PRIYA, "components/component/default/storefront-web")
    reader = sit(stage, AMIR)
    path.check_card(reader, "storefront-web")


def test_ones_own_page_works(stage: Stage, sit: Sit) -> None:
    """What to do now is told under the policy as well."""
    reader = sit(stage, PRIYA)
    first = stage.api(PRIYA, "do-now")["bundles"][0]["title"]
    page = reader.open("/callboard")
    expect(page.get_by_text(first, exact=True).first).to_be_visible()
