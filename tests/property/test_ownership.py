"""Ownership: what holds for every catalog and every subject."""

from __future__ import annotations

import random
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callboard.domain.alias import REPOSITORY, REPOSITORY_PATH, WIZ_ASSET, WIZ_PROJECT
from callboard.domain.component import Entity, EntityRef
from callboard.domain.ownership.claims import canonical, changed_keys
from callboard.domain.ownership.evidence import Evidence
from callboard.domain.ownership.groups import group_closure
from callboard.domain.ownership.judging import own
from callboard.domain.ownership.verdict import (
    LAST_ROUTED_TIER,
    Candidate,
    Reason,
    Subject,
    SubjectProject,
    Verdict,
    decide,
    holding_key,
)

NAMES = ["a", "b", "c", "d"]
IDS = ["1", "2", "3"]
owners = st.sampled_from([None, "group:default/red", "group:default/blue"])
id_lists = st.lists(st.sampled_from(IDS), max_size=3).map(",".join)

entities = st.builds(
    lambda name, owner, projects, assets, folder: Entity(
        ref=EntityRef(f"component:default/{name}"),
        kind="component",
        name=name,
        owner=owner,
        annotations=(
            ("wiz.io/project-id", projects),
            ("wiz.io/asset-id", assets),
            ("backstage.io/source-location", f"url:https://github.com/h/mono/tree/main/{folder}"),
        ),
    ),
    st.sampled_from(NAMES),
    owners,
    id_lists,
    id_lists,
    st.sampled_from(["", "x", "x/y", "z"]),
)
catalogs = st.lists(entities, max_size=6)

subjects = st.builds(
    Subject,
    st.lists(
        st.sampled_from(
            [
                *((WIZ_ASSET, each) for each in IDS),
                (REPOSITORY, "github.com/h/mono"),
                (REPOSITORY, "github.com/h/other"),
                *((REPOSITORY_PATH, f"GitHub.com/h/mono//{path}") for path in ("x/y/f", "z", "q")),
                (REPOSITORY_PATH, "github.com/h/other//x/y"),
            ]
        ),
        max_size=4,
    ).map(tuple),
    st.none()
    | st.lists(st.builds(SubjectProject, st.sampled_from(IDS), st.booleans(), st.integers(0, 3)), max_size=3).map(
        tuple
    ),
)

candidates = st.lists(
    st.builds(
        Candidate,
        st.sampled_from(NAMES).map(lambda name: EntityRef(f"component:default/{name}")),
        st.integers(1, 8),
        st.just("form"),
        st.sampled_from(IDS),
        st.just("rule"),
        st.integers(0, 2),
        owners,
    ),
    max_size=8,
)


@given(catalogs, subjects, st.randoms(use_true_random=False))
def test_order_does_not_matter(catalog: list[Entity], subject: Subject, chance: random.Random) -> None:
    """The same catalog and the same subject give the same decision, however they are shuffled."""
    shuffled = list(catalog)
    chance.shuffle(shuffled)
    aliases = list(subject.aliases)
    chance.shuffle(aliases)
    projects = None if subject.projects is None else tuple(chance.sample(subject.projects, len(subject.projects)))
    expected = own(subject, Evidence.of(catalog))
    found = own(Subject(tuple(aliases), projects), Evidence.of(shuffled))
    assert found == expected
    assert holding_key(found) == holding_key(expected)


@given(candidates)
def test_weaker_evidence_never_changes_who_wins(given_candidates: list[Candidate]) -> None:
    """Taking away all candidates below the winning tier leaves routes, readers and verdict as they were."""
    whole = decide(given_candidates, otherwise=Reason.NOT_NAMED)
    if whole.tier is None:
        assert all(each.tier > LAST_ROUTED_TIER for each in given_candidates)
        return
    kept = [each for each in given_candidates if each.tier <= whole.tier]
    assert holding_key(decide(kept, otherwise=Reason.NOT_NAMED)) == holding_key(whole)


@given(candidates)
def test_sight_needs_one_undivided_owner(given_candidates: list[Candidate]) -> None:
    """A conflict grants no reader, and readers are always among the routed."""
    decision = decide(given_candidates, otherwise=Reason.NOT_NAMED)
    assert {entity for entity, _ in decision.readers} <= set(decision.routes)
    if decision.verdict != Verdict.MAPPED:
        assert decision.readers == ()
    if len(decision.readers) > 1:
        top = [each for each in decision.candidates if each.tier == decision.tier and each.entity in decision.routes]
        best = max(each.specificity for each in top)
        assert len({each.owner for each in top if each.specificity == best}) == 1
    assert set(decision.candidates) == set(given_candidates)


@pytest.mark.attack("A10")
@given(catalogs, st.sampled_from(IDS))
def test_claiming_what_is_claimed_gains_nothing(catalog: list[Entity], wanted: str) -> None:
    """Annotation steal: naming a project that somebody else already claims shows its owner nothing."""
    newcomer = Entity(
        ref=EntityRef("component:default/newcomer"),
        kind="component",
        name="newcomer",
        owner=EntityRef("group:default/thieves"),
        annotations=(("wiz.io/project-id", wanted),),
    )
    subject = Subject((), (SubjectProject(wanted),))
    before = own(subject, Evidence.of(catalog))
    after = own(subject, Evidence.of([*catalog, newcomer]))
    if before.routes:
        assert after.verdict == Verdict.CONFLICT
        assert after.readers == ()
        assert set(after.routes) == {*before.routes, newcomer.ref}
    else:
        assert after.routes == (newcomer.ref,)


@given(catalogs, catalogs, subjects)
def test_untouched_subjects_need_no_new_decision(old: list[Entity], new: list[Entity], subject: Subject) -> None:
    """When none of a subject's names is among the changed ones, its decision is what it was."""
    before, after = Evidence.of(old), Evidence.of(new)
    names = {(form, canonical(form, value)) for form, value in subject.aliases}
    names |= {(WIZ_PROJECT, project.external_id) for project in subject.projects or ()}
    if bool(old) == bool(new) and not names & changed_keys(before.claims, after.claims):
        assert own(subject, before) == own(subject, after)


FOLDERS = st.lists(st.sampled_from(["x", "x/y", "x/y/z", "xy", "w"]), min_size=1, max_size=5, unique=True)


def in_mono(name: str, folder: str, repository: str = "mono") -> Entity:
    """A component of its own owner that says it is in a folder of the repository."""
    return Entity(
        ref=EntityRef(f"component:default/{name}"),
        kind="component",
        name=name,
        owner=EntityRef(f"group:default/{name}"),
        annotations=(("backstage.io/source-location", f"url:https://github.com/h/{repository}/tree/main/{folder}"),),
    )


@given(FOLDERS, st.sampled_from(["x/go.mod", "x/y/go.mod", "x/y/z/deep/go.mod", "xy/a", "elsewhere/a", "go.mod"]))
def test_the_longest_folder_wins_and_a_folder_that_is_nobodys_stays_a_conflict(folders: list[str], path: str) -> None:
    """Among components of one repository; where no folder holds the file, all of them share it as without a path."""
    claims = Evidence.of(in_mono(folder.replace("/", "-"), folder) for folder in folders)
    repository = (REPOSITORY, "github.com/h/mono")
    decision = own(Subject((repository, (REPOSITORY_PATH, f"github.com/h/mono//{path}"))), claims)
    holding = [folder for folder in folders if f"{path}/".startswith(f"{folder}/")]
    if holding:
        assert decision.routes == (f"component:default/{max(holding, key=len).replace('/', '-')}",)
        assert decision.verdict == Verdict.MAPPED
    else:
        assert decision == own(Subject((repository,)), claims)
        assert len(decision.routes) == len(folders)


@given(catalogs, subjects, st.sampled_from(["", "x", "x/y", "q"]))
def test_a_component_of_another_repository_changes_nothing(
    catalog: list[Entity], subject: Subject, folder: str
) -> None:
    """Even when its folder has the same name."""
    stranger = in_mono("stranger", folder, repository="strange")
    if catalog:
        assert own(subject, Evidence.of([*catalog, stranger])) == own(subject, Evidence.of(catalog))


@given(st.text(), st.sampled_from([REPOSITORY, REPOSITORY_PATH, WIZ_ASSET]))
def test_canonical_spelling_is_final(text: str, form: str) -> None:
    """Spelling it again changes nothing, and both ways of writing an accent are one."""
    once = canonical(form, text)
    assert canonical(form, once) == once
    assert canonical(form, unicodedata.normalize("NFD", text)) == canonical(form, unicodedata.normalize("NFC", text))


@given(st.dictionaries(st.sampled_from(NAMES), st.sampled_from([None, *NAMES, "gone"])))
def test_the_group_tree_ends_and_never_reaches_up(parents: dict[str, str | None]) -> None:
    """Whatever parents the groups name: each is above itself, and no two are above each other."""

    def ref(name: str) -> EntityRef:
        return EntityRef(f"group:default/{name}")

    groups = [
        Entity(ref=ref(name), kind="group", name=name, parent=ref(parent) if parent else None)
        for name, parent in parents.items()
    ]
    pairs = set(group_closure(groups))
    assert {(ref(name), ref(name)) for name in parents} <= pairs
    assert not any((below, above) in pairs for above, below in pairs if above != below)
    assert all((top, bottom) in pairs for top, middle in pairs for other, bottom in pairs if middle == other)
