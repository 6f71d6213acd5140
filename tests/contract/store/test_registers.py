"""Risk registers are kept and found again on both databases; catalog and bills say what stands behind a portal, and beside."""

from __future__ import annotations

import msgspec
import pytest

from callboard.domain.access import AT_THE_LAPTOP, Depth, Everything, Readers, Right, Viewer
from callboard.domain.component import EntityRef
from callboard.domain.instant import Instant
from callboard.domain.posture import Place
from callboard.domain.risk.register import Estate, Evidence, Register, Risk
from callboard.domain.risk.scale import FORMULA, between, known
from callboard.domain.risk.weakness import Users
from callboard.errors import NotAllowedError
from callboard.store.packages import registers
from callboard.store.people import audit
from callboard.usecases.packages import keep_register, manifests
from tests.support.bills import bill, reading
from tests.support.catalogs import component, group
from tests.support.stages import Stage

CART, BANK = EntityRef("component:default/cart"), EntityRef("component:default/bank")
LEFT, RIGHT, NONE = "pkg:npm/left@1.0.0", "pkg:npm/right@2.0.0", "pkg:npm/nobody@1.0.0"
RISK = Risk(
    key="check:guests",
    area="settings",
    title="Guests may sign in",
    likelihood=known(4, "critical severity"),
    exposure=known(5, "whoever reaches the portal"),
    blast=between(2, 5, "nobody told"),
    action="Remove the provider.",
    evidence=(Evidence(said="auth.providers.guest: so", place=Place("app-config.yaml", 3)),),
)


def register(at: int, portal: str = "stage", *risks: Risk) -> Register:
    """A register of a moment."""
    return Register(
        portal=portal, at=Instant(at), files=("app-config.yaml",), production=True, estate=Estate(), risks=risks
    )


def deliver(stage: Stage, ref: EntityRef, *ways: str) -> None:
    """Hand in a bill."""
    now = stage.clock.advance(3_600)
    manifests.deliver(stage.store, AT_THE_LAPTOP, ref, "sbom", reading(bill(*ways, at=now), now), clock=stage.clock)


def test_the_newest_of_each_portal_is_shown_and_keeping_is_in_the_log(stage: Stage) -> None:
    """As it was kept, whole; the older ones stay behind it."""
    for each in (register(1), register(3, "stage", RISK), register(2, "other")):
        keep_register.keep(stage.store, AT_THE_LAPTOP, each)
    newest = keep_register.newest(stage.store, AT_THE_LAPTOP)
    assert newest.register == register(3, "stage", RISK)
    assert [(each.portal, each.at) for each in newest.portals] == [("other", 2), ("stage", 3)]
    assert keep_register.newest(stage.store, AT_THE_LAPTOP, "other").register == register(2, "other")
    assert keep_register.newest(stage.store, AT_THE_LAPTOP, "nobody").register is None
    with stage.store.read() as conn:
        noted = [entry for entry, _ in audit.chain(conn) if entry.action == "portal.register"]
    assert [(each.subject, each.detail) for each in noted][1] == ("portal:stage", (("risks", "1"),))


def test_one_of_another_formula_is_not_read(stage: Stage) -> None:
    """Its numbers mean something else."""
    keep_register.keep(stage.store, AT_THE_LAPTOP, register(1))
    with stage.store.read() as conn:
        assert registers.newest(conn, formula=FORMULA + 1) is None
        assert registers.newest(conn, formula=FORMULA) == register(1)


def test_old_ones_go(stage: Stage) -> None:
    """Of each portal the newest are kept."""
    with stage.store.write() as conn:
        registers.save(conn, register(5, "other"))
        for at in range(registers.KEPT + 3):
            registers.save(conn, register(at))
    with stage.store.read() as conn:
        found = registers.portals(conn)
        assert [(each.portal, each.at) for each in found] == [("other", 5), ("stage", registers.KEPT + 2)]
        assert registers.newest(conn, "other", formula=FORMULA) == register(5, "other")


def test_only_who_sees_all_or_looks_after_it_sees_what_can_be_abused(stage: Stage) -> None:
    """Teams, viewers to a lesser depth and programs without the right are refused, for reading and for writing."""
    few = Viewer("ann", Readers(frozenset({EntityRef("group:default/red")}), Depth.WORK), ())
    shallow = Viewer("token:x", Everything("token", deepest=Depth.WORK), None)
    admin = Viewer("ada", Readers(frozenset(), Depth.WORK), (), rights=frozenset({Right.ADMINISTER}))
    for each in (few, shallow):
        with pytest.raises(NotAllowedError):
            keep_register.newest(stage.store, each)
        with pytest.raises(NotAllowedError):
            keep_register.keep(stage.store, each, register(1))
        with pytest.raises(NotAllowedError):
            keep_register.behind(stage.store, each, [])
    assert keep_register.newest(stage.store, admin).register is None
    assert keep_register.newest(stage.store, Viewer("sam", Everything("security"), ())).portals == ()


def test_what_stands_behind_it_is_what_the_catalog_holds(stage: Stage) -> None:
    """Unknown before it was read; then components and who owns them, without what is gone."""
    assert keep_register.behind(stage.store, AT_THE_LAPTOP, []).estate == Estate()
    stage.catalog.put(group("red"))
    stage.catalog.put(group("blue"))
    for name, owner in (("cart", "red"), ("till", "red"), ("bank", "blue")):
        stage.catalog.put(component(name, owner))
    stage.read_catalog()
    assert keep_register.behind(stage.store, AT_THE_LAPTOP, []).estate == Estate(components=3, teams=2)


def test_who_else_has_a_package_is_told_by_bills_and_never_guessed(stage: Stage) -> None:
    """Not evaluated before the first bill; afterwards counted, without the portal itself, and without what has gone."""
    stage.catalog.put(group("red"))
    stage.catalog.put(component("cart", "red"))
    stage.catalog.put(component("bank", "red"))
    stage.read_catalog()
    asked = [LEFT, RIGHT, NONE]
    assert keep_register.behind(stage.store, AT_THE_LAPTOP, asked).users is None
    deliver(stage, CART, "left@1.0.0", "right@2.0.0")
    deliver(stage, BANK, "left@1.0.0")
    found = keep_register.behind(stage.store, AT_THE_LAPTOP, asked).users
    assert found == {
        LEFT: Users(components=2, teams=1), RIGHT: Users(components=1, teams=1), NONE: Users(components=0, teams=0),
    }  # fmt: skip
    own = keep_register.behind(stage.store, AT_THE_LAPTOP, asked, own=CART).users
    assert own == {
        LEFT: Users(components=1, teams=1), RIGHT: Users(components=0, teams=0), NONE: Users(components=0, teams=0),
    }  # fmt: skip
    deliver(stage, BANK, "right@2.0.0")
    later = keep_register.behind(stage.store, AT_THE_LAPTOP, asked, own=CART).users
    assert later is not None
    assert (later[LEFT].components, later[RIGHT].components) == (0, 1)


def test_a_register_is_the_same_after_it_was_packed() -> None:
    """Nothing of it is lost on the way through the database."""
    whole = register(7, "stage", RISK)
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(whole), type=Register) == whole
