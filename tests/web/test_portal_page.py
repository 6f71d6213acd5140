"""The portal's own risks on their page and over the API, for those who may see what can be abused."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import msgspec
import pytest

from callboard.domain.access import AT_THE_LAPTOP
from callboard.domain.instant import DAY, Instant
from callboard.domain.risk.register import Risk
from callboard.domain.risk.scale import known
from callboard.usecases.packages import keep_register
from tests.support.named import NamedDoor, named_door
from tests.support.registers import RISKS, made_up_register


@pytest.fixture
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NamedDoor]:
    """An open door to a board without a register."""
    with named_door(tmp_path_factory.mktemp("portal") / "callboard.db") as found:
        yield found


def keep(door: NamedDoor, at: Instant, portal: str = "stage", risks: tuple[Risk, ...] = RISKS) -> None:
    """Keep a register, as the command does."""
    keep_register.keep(door.services.store, AT_THE_LAPTOP, made_up_register(at, portal, risks))


def told(client: httpx.Client, **params: str) -> str:
    """The page, without the places where a long word may break."""
    return client.get("/portal", params=params).text.replace("<wbr>", "")


def test_security_and_administrators_see_it_and_nobody_else_does(door: NamedDoor) -> None:
    """Not even that there is one: the link at the foot is theirs alone."""
    keep(door, door.clock.now())
    for name in ("sam", "ada"):
        with door.as_user(name) as client:
            page = client.get("/portal")
            assert (page.status_code, 'href="/portal"' in page.text) == (200, True)
            assert client.get("/api/v1/portal/risks").json()["worst"] == "critical"
    for name in ("bo", "ida", "nils"):
        with door.as_user(name) as client:
            assert client.get("/portal").status_code == 403
            assert client.get("/api/v1/portal/risks").status_code == 403
            assert 'href="/portal"' not in client.get("/").text


def test_lines_stand_in_their_order_with_reasons_and_evidence(door: NamedDoor) -> None:
    """What strangers wrote is text; a number of which not all is known shows both ends; what was not judged is told."""
    keep(door, door.clock.now())
    with door.as_user("sam") as client:
        text = told(client)
    assert text.index("evil 1.0.0 was made to harm") < text.index("Nothing slows attackers down")
    assert "&lt;b&gt;Steals&lt;/b&gt;" in text
    assert "<b>Steals" not in text
    assert "6 to 15" in text
    assert "1 thing could not be judged, and is not called good" in text
    assert "2 components of 2 teams stand behind it" in text
    assert "yarn.lock" in text
    assert "set nowhere" in text


def test_several_portals_are_chosen_by_name(door: NamedDoor) -> None:
    """The one that was judged last is shown; a name asks for another."""
    keep(door, Instant(door.clock.now() - DAY), "former", ())
    keep(door, door.clock.now())
    with door.as_user("ada") as client:
        assert "evil 1.0.0" in told(client)
        other = told(client, name="former")
        assert "No risk was found" in other
        answer = client.get("/api/v1/portal/risks", params={"name": "former"}).json()
        assert (answer["risks"], sorted(answer["portals"]), answer["old"]) == ([], ["former", "stage"], False)
        assert client.get("/api/v1/portal/risks", params={"name": "nobody"}).status_code == 404
        assert client.get("/portal", params={"nonsense": "1"}).status_code == 400


def test_nothing_judged_is_no_peace_and_an_old_register_says_so(door: NamedDoor) -> None:
    """Empty pages explain themselves; a week later nobody takes it for today's."""
    with door.as_user("ada") as client:
        assert "That is no sign that nothing is wrong" in client.get("/portal").text
        keep(door, Instant(door.clock.now() - 8 * DAY))
        assert "This is old." in client.get("/portal").text
        assert client.get("/api/v1/portal/risks").json()["old"] is True


def test_commands_stand_as_code_and_nothing_shows_its_ticks(door: NamedDoor) -> None:
    """On this page, where sentences tell commands, and on that of the portal against tickets."""
    told_ = "Go to a newer release with `backstage-cli versions:bump`: <i>core</i>."
    risk = msgspec.structs.replace(RISKS[1], action=told_, likelihood=known(1, "by `yarn audit`"))
    keep(door, door.clock.now(), risks=(risk,))
    with door.as_user("sam") as client:
        text = told(client)
        assert "<code>backstage-cli versions:bump</code>: &lt;i&gt;core&lt;/i&gt;." in text
        assert "<code>yarn audit</code>" in text
        channels = client.get("/progress/channels").raise_for_status().text
        assert "<code>callboard metrics rollout plan</code>" in channels
        for page in (text, channels):
            assert "`" not in page.partition("<main")[2]
