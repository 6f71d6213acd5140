"""What waits, what conflicts and by which evidence: every number is the list behind it, and sight is kept, on both databases."""

from __future__ import annotations

import msgspec
import pytest

from callboard.domain.access import AT_THE_LAPTOP, Depth, Everything, Nothing, Readers, Right, Viewer
from callboard.domain.alias import WIZ_ASSET
from callboard.domain.component import EntityRef
from callboard.domain.finding import Observed, Project, Resource
from callboard.domain.ownership.coverage import Cut
from callboard.domain.ownership.mapping import Form
from callboard.domain.query import parse
from callboard.errors import NotFoundError
from callboard.usecases import ask, browse
from callboard.usecases.ownership import plan_mapping, propose_owner, report_ownership, speak_for
from callboard.usecases.ownership.list_conflicts import list_conflicts
from callboard.usecases.ownership.queue_unmapped import queue_unmapped
from tests.support.catalogs import component, group
from tests.support.stages import Stage
from tests.support.worlds import observed

PAYMENTS = EntityRef("component:default/payments-api")
TEAM = Viewer(
    "ana", Readers(frozenset({EntityRef("group:default/payments")}), Depth.WORK), (EntityRef("group:default/payments"),),
    "user:default/ana", frozenset({Right.DECIDE}),
)  # fmt: skip
NOBODY = Viewer("nobody", Nothing(), None)


def finding(stage: Stage, id_: str, resource: str, *projects: str, account: str = "1", name: str = "") -> Observed:
    """A finding on a resource, in projects and an account."""
    record = stage.world.add(id_, resource=resource)
    thing = Resource(
        external_id=resource, name=name or resource, type="BUCKET", aliases=((WIZ_ASSET, resource),), account_id=account,
        account_name=f"Account {account}",
    )  # fmt: skip
    of = tuple(Project(external_id=each, name=f"Project {each}") for each in projects)
    return msgspec.structs.replace(observed(record), resource=thing, projects=of)


@pytest.fixture
def shop(stage: Stage) -> Stage:
    """Two teams; one resource of each, one that both claim, and three of nobody in two places."""
    stage.catalog.put(
        component("payments-api", "payments", assets=["a1", "both"], projects=["p1"]),
        component("ledger", "ledger", assets=["l1", "both"]),
        group("payments", members=["ana"]),
        group("ledger", members=["ben"]),
    )
    stage.read_catalog()
    stage.import_records(
        finding(stage, "f1", "a1", "p1"),
        finding(stage, "f2", "l1", "p1"),
        finding(stage, "f3", "both"),
        finding(stage, "f4", "both"),
        finding(stage, "f5", "u1", "p2", name="prod-payments-api-01"),
        finding(stage, "f6", "u1", "p2", name="prod-payments-api-01"),
        finding(stage, "f7", "u2", "p2", account="2"),
        finding(stage, "f8", "u3", account="2"),
        whole=True,
    )
    return stage


def total(shop: Stage, query: str, viewer: Viewer = AT_THE_LAPTOP) -> int:
    """How many findings a query lists."""
    return ask.list_findings(shop.store, viewer, parse(query), now=shop.clock.now(), limit=1).total


def test_a_heap_is_what_its_query_lists(shop: Stage) -> None:
    """Largest first; a resource in a project and in an account stands in both."""
    queue = queue_unmapped(shop.store, AT_THE_LAPTOP, now=shop.clock.now())
    assert (queue.resources, queue.findings) == (3, 4)
    assert [(each.kind, each.title, each.findings, each.resources) for each in queue.heaps] == [
        ("project", "Project p2", 3, 2),
        ("account", "Account 2", 2, 2),
        ("account", "Account 1", 2, 1),
    ]
    assert all(total(shop, each.query) == each.findings for each in queue.heaps)
    assert queue.heaps[0].proposed[0].component == PAYMENTS
    assert queue.single[0].external_id == "u1"
    assert queue.suggested == 1


def test_what_was_given_back_comes_first(shop: Stage) -> None:
    """Before what is suggested and what has more findings, with the words that stand; who gave it back is not suggested for it."""
    security = Viewer("sam", Everything("security"), None, "user:default/sam", frozenset(Right))
    word = speak_for.not_ours(shop.store, security, "a1", PAYMENTS, clock=shop.clock, reason="It was sold.")
    queue = queue_unmapped(shop.store, AT_THE_LAPTOP, now=shop.clock.now())
    assert [(each.external_id, len(each.said)) for each in queue.single] == [("a1", 1), ("u1", 0), ("u2", 0), ("u3", 0)]
    (said,) = queue.single[0].said
    assert (said.id, said.actor, said.component, said.reason) == (
        word.id, "user:default/sam", PAYMENTS, "It was sold.",
    )  # fmt: skip
    assert (queue.resources, queue.said, queue.findings) == (4, 1, total(shop, "is:open is:unmapped"))
    assert PAYMENTS not in {each.component for each in queue.single[0].suggestions}
    speak_for.not_ours(shop.store, security, "u1", PAYMENTS, clock=shop.clock)
    queue = queue_unmapped(shop.store, AT_THE_LAPTOP, now=shop.clock.now())
    assert PAYMENTS not in {one.component for each in queue.single if each.said for one in each.suggestions}
    speak_for.undo(shop.store, security, word.id, clock=shop.clock)
    assert queue_unmapped(shop.store, AT_THE_LAPTOP, now=shop.clock.now()).said == 1


def test_what_nobody_owns_is_seen_by_nobody_of_a_team(shop: Stage) -> None:
    """The queue of a team is empty, and so is that of nobody."""
    for viewer in (TEAM, NOBODY):
        queue = queue_unmapped(shop.store, viewer, now=shop.clock.now())
        assert (queue.resources, queue.heaps, queue.single) == (0, (), ())


def test_a_conflict_names_those_that_one_may_know(shop: Stage) -> None:
    """Security sees both rivals with their evidence; nobody sees nothing."""
    found = list_conflicts(shop.store, AT_THE_LAPTOP)
    assert found.total == 1
    assert [each.open for each in found.resources] == [total(shop, "is:open is:conflict")] == [2]
    assert {each.component for each in found.resources[0].rivals} == {PAYMENTS, EntityRef("component:default/ledger")}
    assert {each.tier for each in found.resources[0].rivals} == {2}
    assert list_conflicts(shop.store, NOBODY).total == 0
    seen = list_conflicts(shop.store, TEAM)
    assert all(each.component == PAYMENTS for one in seen.resources for each in one.rivals)


@pytest.mark.parametrize("by", [None, Cut.SOURCE, Cut.ACCOUNT, Cut.PROJECT, Cut.SEVERITY])
def test_each_number_of_coverage_can_be_listed(shop: Stage, by: Cut | None) -> None:
    """All, by tier, in conflict, unmapped, suggested and disputed: each line's query and the word for it list so many."""
    report = report_ownership.report(shop.store, AT_THE_LAPTOP, clock=shop.clock, by=by)
    for row in (report.whole, *report.rows):
        assert row.query is not None
        shares = row.findings
        assert total(shop, row.query) == shares.all
        for tier, n in enumerate(shares.by_tier, 1):
            assert total(shop, f"{row.query} tier:{tier}") == n
        assert total(shop, f"{row.query} is:conflict") == shares.conflict
        assert total(shop, f"{row.query} is:unmapped") == shares.unmapped
        assert total(shop, f"{row.query} is:suggested") == shares.suggested
        assert total(shop, f"{row.query} is:disputed") == shares.disputed
    assert total(shop, "is:open tier:1..6") == report.whole.findings.mapped
    assert total(shop, "is:open -tier:1..6") == report.whole.findings.all - report.whole.findings.mapped


def test_a_row_tells_its_evidence_to_who_sees_it(shop: Stage) -> None:
    """The tier of a mapped finding; of one in conflict, of nobody, or out of sight there is none."""
    ids = {
        each: browse.finding_by_external_id(shop.store, AT_THE_LAPTOP.visibility, each)
        for each in ("f1", "f2", "f3", "f5")
    }
    told = browse.deep_links(shop.store, AT_THE_LAPTOP.visibility, ids.values())
    assert {name: told[id_].tier for name, id_ in ids.items()} == {"f1": 2, "f2": 2, "f3": None, "f5": None}
    mine = browse.deep_links(shop.store, TEAM.visibility, ids.values())
    assert ids["f2"] not in mine
    assert browse.deep_links(shop.store, NOBODY.visibility, ids.values()) == {}


def test_a_draft_moves_what_it_says(shop: Stage) -> None:
    """A rule for one resource, a default for an account; planned, the one moves what its resource holds."""
    draft = propose_owner.propose_owner(shop.store, AT_THE_LAPTOP, "u1", PAYMENTS, reason="Theirs.")
    plan = plan_mapping.plan_mapping(shop.store, AT_THE_LAPTOP, draft.rule_set, clock=shop.clock)
    assert (plan.problems, plan.moved_findings, draft.may_apply) == ((), 2, True)
    place = propose_owner.propose_for_place(
        shop.store, AT_THE_LAPTOP, Form.ACCOUNT.value, "2", PAYMENTS, reason="Theirs."
    )
    plan = plan_mapping.plan_mapping(shop.store, AT_THE_LAPTOP, place.rule_set, clock=shop.clock)
    assert (plan.problems, plan.moved_findings) == ((), 2)
    done = plan_mapping.apply_mapping(
        shop.store, AT_THE_LAPTOP, draft.rule_set, reason="", clock=shop.clock, agreed=True
    )  # fmt: skip
    again = propose_owner.propose_for_place(shop.store, AT_THE_LAPTOP, "account", "2", PAYMENTS)
    assert again.revision == done.revision == 1
    assert len(again.rule_set.entries) == 2
    theirs = propose_owner.propose_owner(shop.store, TEAM, "a1", PAYMENTS)
    assert (theirs.may_apply, theirs.revision, len(theirs.rule_set.entries)) == (False, 0, 1)
    with pytest.raises(NotFoundError):
        propose_owner.propose_owner(shop.store, TEAM, "l1", PAYMENTS)
    unknown, foreign = EntityRef("component:default/none"), EntityRef("component:default/ledger")
    drafts = [propose_owner.propose_owner(shop.store, TEAM, "a1", ref) for ref in (unknown, foreign)]
    assert [(each.may_apply, each.revision, len(each.rule_set.entries)) for each in drafts] == [(False, 0, 1)] * 2
    with pytest.raises(NotFoundError):
        propose_owner.propose_owner(shop.store, AT_THE_LAPTOP, "a1", unknown)


def test_an_answer_says_what_its_reader_may_say(shop: Stage) -> None:
    """Who maps may say all of it, a team what is routed to it, and only who said something or maps takes it back."""
    mapper = speak_for.explain(shop.store, AT_THE_LAPTOP, "both")
    assert mapper.may_map
    assert set(mapper.may_confirm) == set(mapper.may_deny) == {PAYMENTS, EntityRef("component:default/ledger")}
    ana = speak_for.explain(shop.store, TEAM, "a1")
    assert (ana.may_map, ana.may_confirm, ana.may_deny) == (False, (PAYMENTS,), (PAYMENTS,))
    looker = msgspec.structs.replace(TEAM, rights=frozenset())
    assert speak_for.explain(shop.store, looker, "a1").may_deny == ()
    said = speak_for.confirm(shop.store, TEAM, "a1", PAYMENTS, clock=shop.clock)
    assert speak_for.explain(shop.store, TEAM, "a1").may_undo == (said.id,)
    assert speak_for.explain(shop.store, looker, "a1").may_undo == ()
    assert speak_for.explain(shop.store, AT_THE_LAPTOP, "a1").may_undo == (said.id,)
