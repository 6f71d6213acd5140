"""Policies in revisions: planned before they are applied, in force at once, taken back, never wider by mistake."""

from __future__ import annotations

import msgspec
import pytest

from callboard.domain import policy
from callboard.domain.access import AT_THE_LAPTOP, Depth, Readers, Right, Rules, Viewer
from callboard.domain.component import Entity, EntityRef
from callboard.domain.due import end_of_day
from callboard.domain.policy import Due, PolicyKind, Roles
from callboard.errors import ConflictError, MappingRefusedError, NotAllowedError
from callboard.store.people import audit
from callboard.usecases import plan_policy
from callboard.usecases.plan_policy import Applied, Configured
from tests.support.catalogs import component, group
from tests.support.dumps import differences, dump
from tests.support.stages import Stage

SECURITY, ADMINS = "group:default/security", "group:default/admins"
CONFIGURED = Configured(roles=Roles(security=(SECURITY,), administrators=(ADMINS,)))
ADMIN = Viewer("ada", Readers(frozenset(), Depth.WORK), (), "user:default/ada", frozenset({Right.ADMINISTER}))
RED = EntityRef("user:default/ann")


@pytest.fixture
def company(stage: Stage) -> Stage:
    """A team with six findings, four of nobody; security and administrators."""
    people = {"red": "ann", "security": "sam", "admins": "ada"}
    for name, member in people.items():
        stage.catalog.put(group(name, members=[member]))
        stage.catalog.put(Entity(ref=EntityRef(f"user:default/{member}"), kind="user", name=member))
    stage.catalog.put(component("shop", "red", projects=["p1"]))
    stage.world.fill(6, projects=("p1",), severity="critical")
    stage.world.fill(4, start=10, severity="critical")
    stage.sync()
    stage.read_catalog()
    return stage


def apply(stage: Stage, body: policy.Body, viewer: Viewer = AT_THE_LAPTOP, **options: object) -> Applied:
    """Put it in force."""
    stage.clock.advance(1)
    try:
        return plan_policy.apply_policy(
            stage.store,
            viewer,
            body,
            CONFIGURED,
            clock=stage.clock,
            reason="test",
            **options,  # type: ignore[arg-type]
        )
    finally:
        stage.check()


def rules(stage: Stage) -> Rules:
    """Who is what, now."""
    return plan_policy.rules_in_force(stage.store, CONFIGURED.roles.rules(portal_decides=True))


def test_a_plan_says_who_would_see_what_and_writes_nothing(company: Stage) -> None:
    """Ann, who owns six of ten, would see four more; everybody would see the work of what has a component."""
    before = dump(company.store)
    draft = Roles(organisation_sees="work", security=(SECURITY, "group:default/red"), administrators=(ADMINS,))
    found = plan_policy.plan_policy(company.store, AT_THE_LAPTOP, draft, CONFIGURED, clock=company.clock)
    assert [(each.person, each.gains, each.sees_more) for each in found.people] == [(RED, ("security",), 4)]
    assert (found.everybody, found.opened, found.revision) == (3, 6, 0)
    assert [each.field for each in found.changes] == ["organisation_sees", "security"]
    assert len(found.asks) == 2
    assert differences(before, dump(company.store)) == ""


def test_whoever_becomes_security_is_asked_about_among_however_many(company: Stage) -> None:
    """Not only those who are named in the plan, which are the first fifty."""
    many = [f"a{n:02}" for n in range(55)]
    company.catalog.put(group("many", members=many))
    for name in many:
        company.catalog.put(Entity(ref=EntityRef(f"user:default/{name}"), kind="user", name=name))
    company.read_catalog()
    draft = Roles(security=(SECURITY, "group:default/red"), administrators=(ADMINS, "group:default/many"))
    done = apply(company, draft)
    assert (len(done.plan.people), done.plan.people_count) == (50, 56)
    assert done.plan.asks == ("1 person would see every finding, to the full depth.",)
    assert (done.state, rules(company).security) == ("held", frozenset({EntityRef(SECURITY)}))


def test_what_opens_much_waits_for_a_person(company: Stage) -> None:
    """Applied with agreement, in force, in the log, and taken back to the configuration."""
    draft = Roles(organisation_sees="counts", security=(SECURITY,), administrators=(ADMINS,))
    assert apply(company, draft).state == "held"
    assert rules(company).organisation_sees is None
    done = apply(company, draft, agreed=True)
    assert (done.state, done.revision) == ("applied", 1)
    assert rules(company) == Rules(
        organisation_sees=Depth.COUNTS, security=frozenset({EntityRef(SECURITY)}),
        administrators=frozenset({EntityRef(ADMINS)}), portal_decides=True,
    )  # fmt: skip
    assert apply(company, draft, agreed=True).state == "unchanged"
    assert apply(company, draft, remove=True).revision == 2
    assert rules(company).organisation_sees is None
    assert apply(company, draft, remove=True).state == "unchanged"
    with company.store.read() as conn:
        noted = [each for each, _ in audit.chain(conn) if each.action.startswith("policy.")]
    assert [(each.action, each.subject) for each in noted] == [
        ("policy.apply", "policy:roles"), ("policy.remove", "policy:roles"),
    ]  # fmt: skip
    assert dict(noted[0].detail)["organisation_sees"] == "nothing → counts"


def test_nobody_opens_more_to_others_than_they_see(company: Stage) -> None:
    """Who only administers cannot make anybody security, nor open anything to everybody; the rest they can."""
    for draft in (
        Roles(organisation_sees="counts", security=(SECURITY,), administrators=(ADMINS,)),
        Roles(security=(SECURITY, ADMINS), administrators=(ADMINS,)),
    ):
        with pytest.raises(NotAllowedError, match="opens more"):
            apply(company, draft, ADMIN, agreed=True)
    assert rules(company) == CONFIGURED.roles.rules(portal_decides=True)
    narrower = Roles(administrators=(ADMINS,))
    assert apply(company, narrower, ADMIN).state == "applied"
    assert rules(company).security == frozenset()
    with pytest.raises(NotAllowedError):  # taking back would open it again
        apply(company, narrower, ADMIN, remove=True, agreed=True)
    for right in set(Right) - {Right.ADMINISTER}:
        with pytest.raises(NotAllowedError):
            apply(company, narrower, msgspec.structs.replace(AT_THE_LAPTOP, rights=frozenset({right})))


def test_a_draft_from_an_older_revision_and_a_wrong_one_change_nothing(company: Stage) -> None:
    """The one is a conflict, the other is refused with its sentence."""
    apply(company, Roles(administrators=(ADMINS,)))
    with pytest.raises(ConflictError, match="revision 1, not 0"):
        apply(company, Roles(administrators=(ADMINS, "group:default/red")), expected=0)
    with pytest.raises(MappingRefusedError, match="Nobody would be left"):
        apply(company, Roles())
    assert rules(company).administrators == frozenset({EntityRef(ADMINS)})


def test_a_policy_that_is_kept_in_a_file_changes_only_there(company: Stage) -> None:
    """Anything else is answered with a patch."""
    body = Roles(administrators=(ADMINS,))
    assert apply(company, body, origin="policies/roles.yaml").state == "applied"
    other = Roles(administrators=(ADMINS, "group:default/red"))
    done = apply(company, other)
    assert (done.state, rules(company).administrators) == ("patch", frozenset({EntityRef(ADMINS)}))
    assert done.plan.patch is not None
    assert "+- group:default/red" in done.plan.patch
    assert apply(company, other, origin="policies/roles.yaml").state == "applied"


def test_dates_follow_the_policy_that_is_laid_down(company: Stage) -> None:
    """What the plan says is what happens, for what is there and for what comes; and back again."""
    before = {id_: row.due_at for id_, row in company.rows().items()}
    draft = Due(days={"critical": 3})
    found = plan_policy.plan_policy(company.store, AT_THE_LAPTOP, draft, CONFIGURED, clock=company.clock).dates
    assert found is not None
    assert (found.open, found.moved, found.earlier, found.later) == (10, 10, 10, 0)
    assert {each.id for each in found.examples} <= {row.id for row in company.rows().values()}
    nobody = plan_policy.plan_policy(company.store, ADMIN, draft, CONFIGURED, clock=company.clock).dates
    assert nobody is not None
    assert (nobody.moved, nobody.examples) == (10, ())  # numbers for who administers, and no finding
    assert apply(company, draft, agreed=True).state == "applied"
    after = {id_: row.due_at for id_, row in company.rows().items()}
    moved = {each.id: each.new for each in found.examples}
    assert all(row.due_at == moved[row.id] for row in company.rows().values() if row.id in moved)
    assert all(
        new is not None and old is not None and new < old
        for new, old in zip(after.values(), before.values(), strict=True)
    )
    company.world.fill(1, start=30, severity="critical")
    company.sync()
    assert plan_policy.due_in_force(company.store).fingerprint == draft.limits().fingerprint
    assert company.row("f0030").due_at == end_of_day(company.row("f0030").first_detected_at, 3)
    assert apply(company, draft, remove=True).state == "applied"
    assert {id_: row.due_at for id_, row in company.rows().items() if id_ in before} == before
    assert {each.kind for each in plan_policy.standing(company.store, AT_THE_LAPTOP, CONFIGURED)} == set(PolicyKind)
