"""Evidence of every sort: what holds for every catalog, every set of rules and every subject."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from callboard.domain import glob
from callboard.domain.alias import (
    KUBERNETES_ID,
    KUBERNETES_NAMESPACE,
    REPOSITORY,
    REPOSITORY_PATH,
    WIZ_ASSET,
    WIZ_EXTERNAL,
)
from callboard.domain.component import Entity, EntityRef
from callboard.domain.finding import Resource
from callboard.domain.ownership import mapping_text, rule_index
from callboard.domain.ownership.evidence import Evidence
from callboard.domain.ownership.facts import FACTS
from callboard.domain.ownership.judging import Judge, own
from callboard.domain.ownership.mapping import Form, Rule, RuleSet, Term, plain, spelled
from callboard.domain.ownership.rule_index import RuleIndex
from callboard.domain.ownership.rule_terms import terms_of_rule
from callboard.domain.ownership.subject import subject_of
from callboard.domain.ownership.verdict import (
    LAST_ROUTED_TIER,
    Candidate,
    Reason,
    Said,
    Subject,
    SubjectProject,
    Tier,
    Verdict,
    Word,
    decide,
    holding_key,
    must_win_again,
)
from callboard.domain.term import terms_of

T = TypeVar("T")

NAMES = ["a", "b", "c"]
REFS = [EntityRef(f"component:default/{name}") for name in NAMES]
IDS = ["x1", "x2", "thing-7"]
PROJECTS = [SubjectProject("p1"), SubjectProject("p2", is_folder=True, nesting_level=1)]
WORDS = ["a", "B", "pay", "caf\u00e9"]

entities = st.builds(
    lambda name, owner, project, folder: Entity(
        ref=EntityRef(f"component:default/{name}"), kind="component", name=name, owner=owner,
        annotations=(
            ("wiz.io/project-id", project),
            ("backstage.io/source-location", f"url:https://github.com/h/mono/tree/main/{folder}"),
        ),
    ),
    st.sampled_from(NAMES), st.sampled_from([None, "group:default/red", "group:default/blue"]),
    st.sampled_from(["", "p1", "p1,p2"]), st.sampled_from(["", "x", "x/y"]),
)  # fmt: skip
catalogs = st.lists(entities, max_size=3, unique_by=lambda each: each.ref)

MATCHES: dict[str, st.SearchStrategy[str]] = {
    "resource": st.sampled_from([*IDS, "thing-*", "*7", "*ing*", "x*1"]),
    "path": st.sampled_from(["github.com/h/mono", "github.com/h/mono//x"]),
    "tag": st.sampled_from(["service=a", "service=pay", "service", "service=*a*"]),
    "project": st.sampled_from(["p1", "p2", "p*"]),
    "account": st.sampled_from(["acc", "other"]),
    "type": st.sampled_from(["bucket", "vm"]),
}
rules = st.builds(
    lambda match, owners: {"match": match, "owners": owners, "reason": "x"},
    st.lists(st.sampled_from(sorted(MATCHES)), min_size=1, max_size=3, unique=True).flatmap(
        lambda forms: st.fixed_dictionaries({form: MATCHES[form] for form in forms})
    ),
    st.lists(st.sampled_from(REFS), min_size=1, max_size=2, unique=True),
)


def _set(rules: list[dict[str, Any]], words: bool, default: str | None) -> RuleSet:  # noqa: FBT001 - drawn
    return mapping_text.read(
        {
            "name": "main",
            "rules": [{"name": f"r{n}", **each} for n, each in enumerate(rules)],
            "vocabularies": [{"tag": "service", "values": {"pay": REFS[2]}, "reason": "x"}] if words else [],
            "defaults": [{"account": "acc", "owner": default, "reason": "x"}] if default else [],
        }
    )


sets = st.builds(_set, st.lists(rules, max_size=5), st.booleans(), st.sampled_from([None, *REFS]))
subjects = st.builds(
    Subject,
    st.lists(
        st.sampled_from([
            *((WIZ_ASSET, each) for each in IDS), (WIZ_EXTERNAL, "thing-7-a"), (REPOSITORY, "github.com/h/mono"),
            (REPOSITORY_PATH, "github.com/h/mono//x/y/f"),
        ]),
        max_size=4, unique=True,
    ).map(tuple),
    st.none() | st.lists(st.sampled_from(PROJECTS), unique=True).map(tuple),
    st.just("main"), st.sampled_from([("BUCKET",), ("VM", "x")]), st.sampled_from([(), ("ACC",), ("acc", "other")]),
    st.sampled_from(["", "thing-7"]),
    st.lists(st.tuples(st.sampled_from(["Service", "env"]), st.sampled_from(WORDS)), max_size=3, unique=True).map(tuple),
    st.just(()),
    st.lists(st.builds(Said, st.sampled_from(Word), st.sampled_from(REFS), st.just("ann")), max_size=2, unique=True).map(tuple),
)  # fmt: skip


@given(catalogs, sets, subjects, st.integers(1, 8))
def test_what_is_found_elsewhere_only_suggests(
    catalog: list[Entity], rule_set: RuleSet, subject: Subject, tier: int
) -> None:
    """Whatever tier it claims to be, it changes neither routes nor readers."""
    more = Candidate(
        REFS[0], tier, "activity", "ann", "code owner", 10**9, EntityRef("group:default/red"), trusted=True
    )
    evidence = Evidence.of(catalog, [rule_set])
    before, after = own(subject, evidence), own(subject, evidence, [more])
    assert (after.routes, after.readers, after.reason) == (before.routes, before.readers, before.reason)
    assert any(each.form == "activity" for each in after.candidates) is (tier > LAST_ROUTED_TIER)


@given(catalogs, sets, subjects, st.randoms(use_true_random=False))
def test_a_thousand_orders_give_one_answer(
    catalog: list[Entity], rule_set: RuleSet, subject: Subject, chance: random.Random
) -> None:
    """However entities, rules, names, tags and words are shuffled."""

    def shuffled(values: Sequence[T]) -> tuple[T, ...]:
        return tuple(chance.sample(list(values), len(values)))

    expected = own(subject, Evidence.of(catalog, [rule_set]))
    for _ in range(10):  # of a hundred examples each
        other = msgspec.structs.replace(
            subject, aliases=shuffled(subject.aliases), tags=shuffled(subject.tags), said=shuffled(subject.said),
            projects=None if subject.projects is None else shuffled(subject.projects),
        )  # fmt: skip
        mixed = msgspec.structs.replace(rule_set, rules=shuffled(rule_set.rules))
        assert own(other, Evidence.of(shuffled(catalog), [mixed])) == expected


@given(catalogs, catalogs, sets, subjects)
def test_evidence_brought_up_to_date_is_evidence_made_anew(
    old: list[Entity], new: list[Entity], rule_set: RuleSet, subject: Subject
) -> None:
    """Entities that came, changed and went, taken in one by one."""
    before, after = {each.ref: each for each in old}, {each.ref: each for each in new}
    differing = [ref for ref in {**before, **after} if before.get(ref) != after.get(ref)]
    updated = Evidence.of(old, [rule_set]).after(
        [before[ref] for ref in differing if ref in before], [after[ref] for ref in differing if ref in after]
    )
    assert own(subject, updated) == own(subject, Evidence.of(new, [rule_set]))


@given(sets, subjects)
def test_an_index_finds_what_trying_every_rule_finds(rule_set: RuleSet, subject: Subject) -> None:
    """Compiled rules match just what their words say."""
    found = {each.id for each in RuleIndex.of([rule_set]).matching(subject)}
    tried = set()
    for rule in rule_set.rules:
        alone = msgspec.structs.replace(rule_set, rules=(rule,))
        if all(_meets_plainly(term, subject) for term in alone.rules[0].terms):
            tried.add(f"main/{rule.name}")
    assert found == tried


def _meets_plainly(term: Term, subject: Subject) -> bool:
    facts = list(FACTS[term.form](subject))
    return any(glob.matches(value, fact) for value in term.values for fact in facts)


candidates = st.lists(
    st.builds(
        Candidate, st.sampled_from(REFS), st.integers(1, 8), st.just("f"), st.sampled_from(IDS), st.just("x"),
        st.integers(0, 2), st.sampled_from([None, EntityRef("group:default/r"), EntityRef("group:default/s")]),
        st.booleans(), st.sampled_from(["", "main/r1", "main/r2"]), st.sampled_from(["", "ann said so"]),
    ),
    max_size=8,
)  # fmt: skip


@given(candidates, st.sampled_from(REFS), st.sampled_from([Tier.ACTIVITY, Tier.NAME]))
def test_a_suggestion_never_changes_work_or_access(known: list[Candidate], entity: EntityRef, tier: Tier) -> None:
    """Weak evidence that is added changes neither routes nor readers."""
    more = Candidate(entity, tier, "name", "y", "similar name", 9, EntityRef("group:default/t"), trusted=True)
    before = decide(known, otherwise=Reason.NOT_NAMED)
    after = decide([*known, more], otherwise=Reason.NOT_NAMED)
    assert (after.routes, after.readers, after.verdict) == (before.routes, before.readers, before.verdict)


@given(candidates)
def test_a_conflict_or_a_word_against_it_never_grants_access(known: list[Candidate]) -> None:
    """Readers are routed, undropped, and of one owner or named together by one rule."""
    found = decide(known, otherwise=Reason.NOT_NAMED)
    if found.verdict is not Verdict.MAPPED:
        assert found.readers == ()
        return
    top = [each for each in found.candidates if each.tier == found.tier and not each.dropped]
    best = max(each.specificity for each in top)
    equal = [each for each in top if each.specificity == best]
    assert {ref for ref, _ in found.readers} == {each.entity for each in equal} == set(found.routes)
    if len(found.routes) > 1 and len({each.owner for each in equal}) > 1:
        assert all(each.rule for each in equal)
        for rule in {each.rule for each in equal}:
            assert {each.entity for each in equal if each.rule == rule} == set(found.routes)


@given(candidates, candidates)
def test_what_has_to_win_twice_is_weak_and_has_a_rival(old: list[Candidate], new: list[Candidate]) -> None:
    """Strong evidence, conflicts and owners without a claim are followed at once: no access outlives its evidence."""
    before, after = (decide(each, otherwise=Reason.NOT_NAMED) for each in (old, new))
    if must_win_again(after, before.verdict, before.routes):
        assert after.tier is not None
        assert Tier.TAG <= after.tier <= LAST_ROUTED_TIER
        assert {each.entity for each in new if not each.dropped} >= set(before.routes)
        assert after.verdict is before.verdict is Verdict.MAPPED


@given(st.text(max_size=20))
def test_plain_words_are_plain_already(text: str) -> None:
    """Applying it twice changes nothing, whatever the letters."""
    assert plain(plain(text)) == plain(text)
    for form in FACTS:
        assert spelled(form, spelled(form, text)) == spelled(form, text)


@given(st.text(alphabet="ab*", max_size=8), st.text(alphabet="ab", max_size=8))
def test_patterns_match_what_trying_every_way_matches(pattern: str, text: str) -> None:
    """The one walk finds a way where there is one."""

    def tried(pattern: str, text: str) -> bool:
        if not pattern:
            return not text
        if pattern[0] == "*":
            return any(tried(pattern[1:], text[at:]) for at in range(len(text) + 1))
        return bool(text) and text[0] == pattern[0] and tried(pattern[1:], text[1:])

    assert glob.matches(pattern, text) is tried(pattern, text)


SERVICE_TAG = {"name": "tags", "vocabularies": [{"tag": "service", "reason": "x"}]}


def test_forty_components_of_one_repository_are_told_apart_by_path() -> None:
    """Each file goes to its own, each shared folder to nobody's sight, whatever a tag says."""
    names = [f"s{n}" for n in range(40)]
    catalog = [
        Entity(
            ref=EntityRef(f"component:default/{name}"), kind="component", name=name, owner=EntityRef(f"group:default/{name}"),
            annotations=(
                ("github.com/project-slug", "h/mono"),
                ("backstage.io/source-location", f"url:https://github.com/h/mono/tree/main/services/{name}/"),
            ),
        )
        for name in names
    ]  # fmt: skip
    evidence = Evidence.of(catalog)
    repository = (REPOSITORY, "github.com/h/mono")
    for name in names:
        place = (REPOSITORY_PATH, f"github.com/h/mono//services/{name}/go.mod")
        found = own(Subject((repository, place)), evidence)
        assert found.routes == (f"component:default/{name}",)
    found = own(Subject((repository, (REPOSITORY_PATH, "github.com/h/mono//go.mod"))), evidence)
    assert (found.verdict, len(found.routes), found.readers) == (Verdict.CONFLICT, 40, ())
    tagged = Evidence.of(catalog, [mapping_text.read(SERVICE_TAG)])
    found = own(Subject((repository,), tags=(("service", "s7"),)), tagged)
    assert (found.verdict, found.readers) == (Verdict.CONFLICT, ())


def test_two_labels_that_name_different_components_are_a_conflict() -> None:
    """A chart that was copied with its label shows its findings to neither; a namespace says less than a label."""
    catalog = [
        Entity(
            ref=EntityRef(f"component:default/{name}"), kind="component", name=name, owner=EntityRef(f"group:default/{name}"),
            annotations=((f"backstage.io/kubernetes-{what}", name),),
        )
        for name, what in (("a", "id"), ("b", "namespace"), ("c", "id"))
    ]  # fmt: skip
    words = {"name": "w", "vocabularies": [{"label": "app.kubernetes.io/name", "reason": "x"}]}
    evidence = Evidence.of(catalog, [mapping_text.read(words)])
    names = ((KUBERNETES_ID, "a"), (KUBERNETES_NAMESPACE, "b"))
    assert own(Subject(names), evidence).routes == ("component:default/a",)
    found = own(Subject(names, tags=(("app.kubernetes.io/name", "c"),)), evidence)
    assert (found.verdict, found.readers) == (Verdict.CONFLICT, ())
    assert found.routes == ("component:default/a", "component:default/c")
    found = own(Subject(names, tags=(("app.kubernetes.io/name", "a"),)), evidence)
    assert (found.verdict, found.routes) == (Verdict.MAPPED, ("component:default/a",))


def test_the_work_does_not_grow_with_the_rules(monkeypatch: pytest.MonkeyPatch) -> None:
    """A thousand resources under five hundred rules compare hardly more than what matches."""
    document = {
        "name": "main",
        "rules": [
            {"name": f"r{n}", "match": match, "owners": [REFS[n % 3]], "reason": "x"}
            for n in range(100)
            for match in (
                {"tag": f"team=t{n}", "type": "vm"}, {"account": f"a{n}", "type": "vm"}, {"resource": f"thing-{n}-*"},
                {"resource": f"*-of-{n}-*", "source": "main"}, {"path": f"github.com/h/m//s{n}"},
            )
        ],
    }  # fmt: skip
    evidence = Evidence.of([], [mapping_text.read(document)])
    compared = 0

    def counted(compare: Callable[..., bool]) -> Callable[..., bool]:
        def counting(*told: Any) -> bool:
            nonlocal compared
            compared += 1
            return compare(*told)

        return counting

    monkeypatch.setattr(rule_index, "_is_met", counted(rule_index._is_met))
    monkeypatch.setattr(rule_index, "matches", counted(glob.matches))
    for n in range(1_000):
        subject = Subject(
            ((WIZ_ASSET, f"id{n}"),), (), "main", ("VM",), (f"a{n % 200}",), f"thing-{n}-x", (("team", f"t{n % 150}"),)
        )
        evidence.rules.matching(subject)
    assert 0 < compared < 3_000


def test_weak_and_strong_decisions_share_no_holding() -> None:
    """Sight is part of what a holding is."""
    weak = decide([Candidate(REFS[0], 4, "f", "v", "x", 0, None)], otherwise=Reason.NOT_NAMED)
    strong = decide([Candidate(REFS[0], 1, "f", "v", "x", 0, None)], otherwise=Reason.NOT_NAMED)
    assert holding_key(weak) != holding_key(strong)


@given(catalogs, sets, st.lists(subjects, min_size=2, max_size=5))
def test_a_judge_who_heard_others_says_the_same(catalog: list[Entity], rule_set: RuleSet, heard: list[Subject]) -> None:
    """What a word said of one subject is remembered, and never taken for what it says of another."""
    evidence = Evidence.of(catalog, [rule_set])
    judge = Judge(evidence)
    for subject in (*heard, *heard):
        assert judge.own(subject) == own(subject, evidence)


loose = st.text(alphabet="aB =\u212a\u00e9", max_size=6)


@given(
    st.lists(st.tuples(loose, loose), max_size=3), st.lists(loose, max_size=2),
    st.dictionaries(st.sampled_from(["tag", "account", "type"]), loose, min_size=1),
)  # fmt: skip
def test_whatever_a_rule_matches_has_one_of_its_terms(
    tags: list[tuple[str, str]], accounts: list[str], match: dict[str, str]
) -> None:
    """However keys, values and accounts are spelled."""
    resource = Resource(
        external_id="r", name="r", type="B", tags=tuple(tags), account_id=next(iter(accounts), None),
        account_name=accounts[1] if len(accounts) > 1 else None,
    )  # fmt: skip
    terms = tuple(Term(Form(form), (spelled(Form(form), text),)) for form, text in match.items())
    index = RuleIndex.of([RuleSet(name="s", rules=(Rule("r", terms, (REFS[0],), "x"),))])
    wanted = terms_of_rule(index.rules[0])
    if wanted and index.matching(subject_of(resource, (), (), source="s")):
        assert set(wanted) & set(terms_of(resource))
