"""Laws of access: nobody sees more by asking deeper, by losing a group, or by what the organisation opens to act on."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from callboard.domain.access import (
    LAPTOP,
    RIGHTS,
    SENSITIVE,
    SENSITIVE_OF_SECRETS,
    SYNC,
    Depth,
    Everything,
    Grant,
    Nothing,
    Readers,
    Right,
    Role,
    Rules,
    Viewer,
    Visibility,
    deepest,
    groups_told,
    own_alone,
    reaching,
    roles_of,
    viewer_of,
    viewer_of_token,
    withhold,
)
from callboard.domain.component import EntityRef
from callboard.domain.finding import Detail, Kind, Note
from callboard.domain.person import Person
from callboard.errors import NotAllowedError

GROUPS = tuple(EntityRef(f"group:default/{name}") for name in ("a", "b", "c", "security", "admins"))
groups = st.lists(st.sampled_from(GROUPS), unique=True).map(tuple)
depths = st.sampled_from(Depth)
readers = st.builds(
    Readers, owners=groups.map(frozenset), depth=depths, deepest=depths, others=st.one_of(st.none(), depths),
    by_portal=st.booleans(), sight=st.one_of(st.none(), st.integers(1, 9)),
)  # fmt: skip
sights: st.SearchStrategy[Visibility] = st.one_of(
    st.just(Nothing()), st.builds(Everything, st.just("x"), deepest=depths), readers
)
rules = st.builds(
    Rules, organisation_sees=st.sampled_from([None, Depth.COUNTS, Depth.WORK]), portal_decides=st.booleans(),
    security=st.just(frozenset({GROUPS[3]})), administrators=st.just(frozenset({GROUPS[4]})),
)  # fmt: skip
ME = EntityRef("user:default/me")


@given(sights, depths)
def test_asking_deeper_gives_the_same_sight_or_none(visibility: Visibility, depth: Depth) -> None:
    """Only the question changes; who may not go so deep sees nothing at that depth."""
    asked = reaching(visibility, depth)
    if deepest(visibility) is None or depth > (deepest(visibility) or 0):
        assert asked == Nothing()
    elif isinstance(visibility, Readers):
        assert asked == msgspec.structs.replace(visibility, depth=depth)
    else:
        assert asked == visibility


@given(sights)
def test_what_is_ones_own_is_part_of_what_one_sees(visibility: Visibility) -> None:
    """Acting reaches as far as sight without what is open to everybody, and never further."""
    own = own_alone(visibility)
    assert own_alone(own) == own
    if isinstance(visibility, Readers):
        assert own == msgspec.structs.replace(visibility, others=None)
    else:
        assert own == visibility


@given(groups, rules, st.booleans(), st.one_of(st.none(), st.integers(1, 9)))
def test_a_person_sees_by_groups_and_roles(
    mine: tuple[EntityRef, ...],
    ruled: Rules,
    owns: bool,  # noqa: FBT001
    sight: int | None,
) -> None:
    """Security sees everything; everybody else own things and what is open, whatever else they are."""
    person = Person(ref=ME, groups=mine)
    viewer = viewer_of(person, ruled, key="k", owns=owns, sight=sight)
    assert viewer.owners == (ME, *mine)
    assert viewer.actor == ME
    if GROUPS[3] in mine:
        assert viewer.visibility == Everything("security")
    else:
        assert isinstance(viewer.visibility, Readers)
        assert viewer.visibility.owners == {ME, *mine}
        assert viewer.visibility.others is ruled.organisation_sees
        assert viewer.visibility.depth is Depth.WORK
        assert viewer.visibility.sight == (sight if ruled.portal_decides else None)
        assert viewer.visibility.by_portal is ruled.portal_decides
    assert viewer.rights == frozenset(right for role in viewer.roles for right in RIGHTS[role])
    assert viewer.roles == roles_of(person, ruled, owns=owns)


@given(groups, rules, st.booleans())
def test_losing_a_group_never_adds_anything(mine: tuple[EntityRef, ...], ruled: Rules, owns: bool) -> None:  # noqa: FBT001
    """Neither a role, nor a right, nor an owner."""
    before = viewer_of(Person(ref=ME, groups=mine), ruled, key="k", owns=owns)
    for group in mine:
        rest = tuple(each for each in mine if each != group)
        after = viewer_of(Person(ref=ME, groups=rest), ruled, key="k", owns=owns)
        assert set(after.roles) <= set(before.roles)
        assert after.rights <= before.rights
        assert set(after.owners or ()) < set(before.owners or ())


@given(st.one_of(st.none(), groups), groups)
def test_groups_are_those_that_both_name(told: tuple[EntityRef, ...] | None, member: tuple[EntityRef, ...]) -> None:
    """The portal alone, or the catalog alone, puts nobody into a group."""
    found = set(groups_told(told, member))
    assert found <= set(member)
    assert told is None or found <= set(told)
    assert found == (set(member) if told is None else set(told) & set(member))


@given(
    st.sampled_from([Grant(everything=True), Grant(owners=GROUPS[:1]), Grant(component=EntityRef("component:default/x"))]),
    depths, st.sets(st.sampled_from(Right)),
)  # fmt: skip
def test_a_program_sees_what_its_token_says(grant: Grant, depth: Depth, rights: set[Right]) -> None:
    """Never what is open to people, never deeper than it was made for, and it may do what it was made to."""
    viewer = viewer_of_token("x", msgspec.structs.replace(grant, deepest=depth, rights=tuple(rights)))
    assert deepest(viewer.visibility) is depth
    assert viewer.rights == rights
    assert viewer.roles == (Role.MACHINE,)
    assert own_alone(viewer.visibility) == viewer.visibility
    assert reaching(viewer.visibility, Depth.SENSITIVE) == Nothing() or depth is Depth.SENSITIVE


@given(st.sampled_from(Kind), st.booleans())
def test_what_is_sensitive_is_withheld_in_words(kind: Kind, told: bool) -> None:  # noqa: FBT001
    """All of it or none; what is left is what it was, and each thing that is missing is named."""
    detail = Detail(
        description="d",
        remediation="r",
        location="l",
        evidence=(("k", "secret"),),
        notes=(Note(text="secret"),),
        score=9.8,
    )
    found, withheld = withhold(detail, kind, sensitive=told)
    if told:
        assert (found, withheld) == (detail, ())
        return
    hidden = {**SENSITIVE, **(SENSITIVE_OF_SECRETS if kind is Kind.SECRET else {})}
    assert set(withheld) == set(hidden.values())
    assert "secret" not in msgspec.json.encode(found).decode()
    for field in Detail.__struct_fields__:
        if field not in hidden:
            assert getattr(found, field) == getattr(detail, field)


def test_nothing_is_named_that_is_not_there() -> None:
    """A finding without evidence withholds none."""
    assert withhold(Detail(description="d"), Kind.ISSUE, sensitive=False) == (Detail(description="d"), ())


def test_every_sensitive_field_is_one_of_a_finding() -> None:
    """So that a field that is renamed does not come out."""
    assert set(SENSITIVE) | set(SENSITIVE_OF_SECRETS) <= set(Detail.__struct_fields__)


def test_a_right_is_needed_to_act() -> None:
    """And its absence is told with who can grant it."""
    viewer = Viewer("k", LAPTOP, None)
    for right in Right:
        with pytest.raises(NotAllowedError) as refused:
            viewer.require(right)
        assert refused.value.hint
    assert deepest(SYNC) is Depth.SENSITIVE
