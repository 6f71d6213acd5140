"""People's words on whose a resource is: confirmed, endorsed, "not ours", and each taken back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from callboard.domain.access import AT_THE_LAPTOP, Depth, Readers, Right, Viewer
from callboard.domain.component import EntityRef
from callboard.domain.instant import DAY, SECOND
from callboard.domain.ownership.drift import SignalKind
from callboard.errors import NotAllowedError, NotFoundError
from callboard.store.ownership import signals
from callboard.store.people import audit
from callboard.usecases.ownership import speak_for, watch_ownership
from tests.support.catalogs import component, group
from tests.support.dumps import differences, dump
from tests.support.stages import Stage

SHOP, BANK = EntityRef("component:default/shop"), EntityRef("component:default/bank")
RED, BLUE = EntityRef("group:default/red"), EntityRef("group:default/blue")


def member(owner: EntityRef, *rights: Right, actor: str = "user:default/ann") -> Viewer:
    """Somebody in a team."""
    return Viewer(actor, Readers(frozenset({owner}), Depth.WORK), (owner,), actor, frozenset(rights or {Right.DECIDE}))


@pytest.fixture
def company(stage: Stage) -> Stage:
    """Two teams with a component each; six findings of the shop, four of the bank, two of nobody."""
    stage.catalog.put(group("red", members=["ann"]), group("blue", members=["bob"]))
    stage.catalog.put(component("shop", "red", projects=["p1"]), component("bank", "blue", projects=["p2"]))
    stage.world.fill(6, projects=("p1",))
    stage.world.fill(4, start=10, projects=("p2",))
    stage.world.fill(2, start=20)
    stage.sync()
    stage.read_catalog()
    return stage


def says(stage: Stage, act: Callable[..., speak_for.Said], viewer: Viewer, *about: Any) -> speak_for.Said:
    """Do it, a minute later."""
    stage.clock.advance(60)
    try:
        return act(stage.store, viewer, *about, clock=stage.clock)
    finally:
        stage.check()


def sees(stage: Stage, owner: EntityRef, depth: Depth = Depth.WORK) -> set[str]:
    """The findings in a team's sight."""
    return set(stage.rows(visibility=Readers(frozenset({owner}), depth)))


def test_a_confirmation_is_the_strongest_evidence(company: Stage) -> None:
    """It moves the findings, opens what is sensitive, is explained, logged, and can be taken back."""
    before = {name: rows for name, rows in dump(company.store).items() if name not in ("spell", "flow_cell")}
    said = says(company, speak_for.confirm, AT_THE_LAPTOP, "r1", BANK)
    assert (said.word, said.moved_findings) == ("confirm", 1)
    assert "f0001" in sees(company, BLUE, Depth.SENSITIVE)
    assert "f0001" not in sees(company, RED)
    told = speak_for.explain(company.store, AT_THE_LAPTOP, "r1")
    assert (told.components, told.tier, told.disputed) == ((BANK,), 1, True)
    assert [(each.component, each.won, each.text) for each in told.grounds] == [
        (BANK, True, "confirmed by: laptop"),
        (SHOP, False, "wiz.io/project-id: p1"),
    ]
    assert [(each.word, each.component, each.actor) for each in told.spoken] == [("confirm", BANK, "laptop")]
    says(company, speak_for.undo, AT_THE_LAPTOP, said.id)
    after = {name: rows for name, rows in dump(company.store).items() if name not in ("spell", "flow_cell")}
    assert after == before
    with company.store.read() as conn:
        assert [entry.action for entry, _ in audit.chain(conn)] == ["ownership.confirm", "ownership.undo"]


def test_a_team_that_confirms_its_own_only_endorses_it(company: Stage) -> None:
    """It is kept and shown, and nobody sees more."""
    before = dump(company.store)
    said = says(company, speak_for.confirm, member(RED), "r1", SHOP)
    assert (said.word, said.moved_findings) == ("endorse", 0)
    assert differences(before, dump(company.store)) == ""
    assert not sees(company, RED, Depth.SENSITIVE)
    told = speak_for.explain(company.store, member(RED), "r1")
    assert [(each.word, each.actor) for each in told.spoken] == [("endorse", "user:default/ann")]


def test_not_ours_ends_work_and_sight_at_once(company: Stage) -> None:
    """With nobody else it is unmapped, with a reason; who said it may take it back, though they see it no more."""
    said = says(company, speak_for.not_ours, member(RED), "r1", SHOP)
    assert said.moved_findings == 1
    assert "f0001" not in sees(company, RED)
    assert company.row("f0001").reason == "its owners said that it is not theirs"
    told = speak_for.explain(company.store, AT_THE_LAPTOP, "r1")
    assert told.grounds[0].dropped == "user:default/ann said that it is not theirs"
    with pytest.raises(NotFoundError):
        says(company, speak_for.undo, member(RED, actor="user:default/eve"), said.id)
    with pytest.raises(NotFoundError):
        says(company, speak_for.undo, member(BLUE, actor="user:default/bob"), said.id)
    says(company, speak_for.undo, member(RED), said.id)
    assert "f0001" in sees(company, RED)


def test_what_a_person_said_survives_every_sync_and_reading(company: Stage) -> None:
    """A sync that reads everything anew, and a catalog that changes, do not overwrite it."""
    says(company, speak_for.not_ours, member(RED), "r1", SHOP)
    says(company, speak_for.confirm, AT_THE_LAPTOP, "r2", BANK)
    company.world.parser_version = 2
    company.sync()
    company.catalog.put(component("shop", "red", projects=["p1", "p9"]))
    company.read_catalog()
    assert company.row("f0001").components == ()
    assert company.row("f0002").components == (BANK,)


def test_nobody_speaks_about_what_is_not_theirs(company: Stage) -> None:
    """Another team's resource is as unknown as one that is not there; a right that is missing is said."""
    for resource in ("r10", "nowhere"):
        for act in (speak_for.confirm, speak_for.not_ours):
            with pytest.raises(NotFoundError) as refused:
                says(company, act, member(RED), resource, SHOP)
            assert refused.value.message == NotFoundError().message
    for ref in (BANK, EntityRef("component:default/nowhere")):
        with pytest.raises(NotFoundError):
            says(company, speak_for.confirm, member(RED), "r1", ref)
    with pytest.raises(NotAllowedError):
        says(company, speak_for.not_ours, member(RED, Right.AUDIT), "r1", SHOP)


def test_three_times_not_ours_in_thirty_days_opens_a_review(company: Stage) -> None:
    """Against one piece of evidence, by different resources; older ones no longer count, and it opens once."""
    first = says(company, speak_for.not_ours, member(RED), "r1", SHOP)
    assert first.review is None
    company.clock.advance(31 * DAY // SECOND)
    assert says(company, speak_for.not_ours, member(RED), "r2", SHOP).review is None
    assert says(company, speak_for.not_ours, member(RED), "r3", SHOP).review is None
    assert says(company, speak_for.not_ours, member(RED), "r4", SHOP).review == f"{SHOP} wiz.io/project-id: p1"
    says(company, speak_for.not_ours, member(RED), "r5", SHOP)
    with company.store.read() as conn:
        (signal,) = signals.listed(conn, AT_THE_LAPTOP.visibility, kind=SignalKind.RULE_REVIEW)
    assert (signal.kind, signal.about, signal.n) == (SignalKind.RULE_REVIEW, f"{SHOP} wiz.io/project-id: p1", 4)


def test_a_review_counts_what_still_is_said(company: Stage) -> None:
    """It lists the resources that it counts; what is taken back counts no more, and it is over when too few are left."""
    said = [says(company, speak_for.not_ours, member(RED), f"r{n}", SHOP) for n in range(1, 5)]

    def review() -> tuple[int, int] | None:
        found = watch_ownership.listed(company.store, AT_THE_LAPTOP, kind=SignalKind.RULE_REVIEW)
        if not found:
            return None
        listed = watch_ownership.changed(company.store, AT_THE_LAPTOP, clock=company.clock, signal_id=found[0].id).found
        return found[0].n, listed.resources

    assert review() == (4, 4)
    company.clock.advance(60)
    speak_for.undo(company.store, AT_THE_LAPTOP, said[0].id, clock=company.clock)
    assert review() == (3, 3)
    says(company, speak_for.confirm, AT_THE_LAPTOP, "r2", SHOP)
    assert review() is None
    says(company, speak_for.not_ours, AT_THE_LAPTOP, "r5", SHOP)
    assert review() == (3, 3)
    (signal,) = watch_ownership.listed(company.store, AT_THE_LAPTOP, kind=SignalKind.RULE_REVIEW)
    watch_ownership.close(company.store, AT_THE_LAPTOP, signal.id, clock=company.clock)
    says(company, speak_for.not_ours, AT_THE_LAPTOP, "r0", SHOP)
    assert review() == (4, 4)


def test_a_review_that_was_looked_at_is_not_opened_by_taking_back(company: Stage) -> None:
    """Only one more word against the same evidence opens it again."""
    said = [says(company, speak_for.not_ours, member(RED), f"r{n}", SHOP) for n in range(1, 5)]
    (signal,) = watch_ownership.listed(company.store, AT_THE_LAPTOP, kind=SignalKind.RULE_REVIEW)
    watch_ownership.close(company.store, AT_THE_LAPTOP, signal.id, clock=company.clock)
    company.clock.advance(60)
    speak_for.undo(company.store, AT_THE_LAPTOP, said[0].id, clock=company.clock)
    assert watch_ownership.listed(company.store, AT_THE_LAPTOP, kind=SignalKind.RULE_REVIEW) == ()


def test_saying_it_twice_is_saying_it_once(company: Stage) -> None:
    """The same decision is answered again."""
    one = says(company, speak_for.confirm, member(RED), "r1", SHOP)
    assert says(company, speak_for.confirm, member(RED), "r1", SHOP).id == one.id
    assert says(company, speak_for.confirm, AT_THE_LAPTOP, "r1", SHOP).id != one.id
    assert [each.word for each in speak_for.explain(company.store, AT_THE_LAPTOP, "r1").spoken] == [
        "confirm",
        "endorse",
    ]
