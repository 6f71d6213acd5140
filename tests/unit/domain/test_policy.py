"""Policies as people write them: read strictly, told in full, and what is wrong with them in sentences."""

from __future__ import annotations

import pytest

from callboard.domain import due, policy
from callboard.domain.access import Depth
from callboard.domain.component import Entity, EntityRef
from callboard.domain.finding import Severity
from callboard.domain.policy import Due, Roles
from tests.support.catalogs import component, group

SECURITY, ADMINS = "group:default/security", "group:default/admins"
WORLD: dict[EntityRef, Entity] = {
    each.ref: each
    for each in (
        group("security", members=["sam"]),
        group("admins", members=["ada"]),
        group("empty"),
        component("shop"),
    )
}


def test_what_is_written_is_what_is_read() -> None:
    """Every value is told, references in full, and reading it again gives the same."""
    roles = policy.read({"policy": "roles", "organisation_sees": "counts", "security": ["Security", SECURITY]})
    assert roles == Roles(organisation_sees="counts", security=(SECURITY,))
    for body in (roles, policy.read({"policy": "due", "days": {"critical": 7, "low": 0}})):
        assert policy.changes(policy.read(policy.write(body)), body) == ()


def test_days_that_are_left_out_are_the_usual_ones() -> None:
    """Nought means no date, as in the configuration."""
    found = policy.read({"policy": "due", "days": {"critical": 7, "low": 0}})
    assert isinstance(found, Due)
    limits = found.limits()
    assert (limits.days[Severity.CRITICAL], limits.days[Severity.LOW]) == (7, None)
    assert limits.days[Severity.HIGH] == due.DAYS[Severity.HIGH]
    assert Due().limits().fingerprint == due.DEFAULT.fingerprint


@pytest.mark.parametrize(
    ("document", "words"),
    [
        (None, "policy"),
        ([], "policy"),
        ({"organisation_sees": "work"}, "policy"),
        ({"policy": "rolls"}, "rolls"),
        ({"policy": "roles", "organisation_sees": "sensitive"}, "organisation_sees"),
        ({"policy": "roles", "security": "group:default/security"}, "security"),
        ({"policy": "roles", "security": ["a b"]}, "no entity reference|not an entity reference"),
        ({"policy": "roles", "admins": []}, "admins"),
        ({"policy": "due", "days": {"severe": 3}}, "days"),
        ({"policy": "due", "days": {"high": -1}}, "days"),
        ({"policy": "due", "by": "mood"}, "by"),
    ],
)
def test_what_is_no_policy_is_refused_with_a_sentence(document: object, words: str) -> None:
    """It names the place."""
    with pytest.raises(policy.UnreadableError, match=words):
        policy.read(document)


def test_nobody_is_shut_out_by_a_spelling_error() -> None:
    """Groups have to be there and to be groups, and somebody has to be left who may change it again."""
    now = Roles(security=(SECURITY,), administrators=(ADMINS,))
    assert policy.problems(now, Roles(), WORLD) == ()
    for groups, words in (
        (("group:default/adminz",), "not in the catalog"),
        (("component:default/shop",), "is a component"),
        ((), "Nobody would be left"),
        (("group:default/empty",), "Nobody would be left"),
    ):
        found = policy.problems(Roles(administrators=groups), now, WORLD)
        assert any(words in each.reason for each in found), groups
    assert policy.problems(Roles(), Roles(), WORLD) == ()  # nobody was one before


def test_what_opens_more_is_known() -> None:
    """A deeper look for everybody, or another group that sees everything; taking away opens nothing."""
    now = Roles(organisation_sees="counts", security=(SECURITY,))
    assert policy.widens(now, Roles(organisation_sees="work", security=(SECURITY,)))
    assert policy.widens(now, Roles(security=(SECURITY, ADMINS)))
    assert not policy.widens(now, Roles(administrators=(ADMINS,)))
    assert now.rules(portal_decides=True).organisation_sees is Depth.COUNTS
