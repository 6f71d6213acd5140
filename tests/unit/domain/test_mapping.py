"""Rule sets on small worlds: what matches, what wins, what is wrong, and how they are written."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest

from callboard.domain.access import Depth
from callboard.domain.alias import KUBERNETES_NAMESPACE, REPOSITORY, REPOSITORY_PATH, WIZ_ASSET, WIZ_EXTERNAL
from callboard.domain.component import Entity, EntityRef
from callboard.domain.finding import Service
from callboard.domain.glob import matches
from callboard.domain.instant import DAY, Instant
from callboard.domain.ownership import mapping_text
from callboard.domain.ownership.evidence import Evidence
from callboard.domain.ownership.judging import own
from callboard.domain.ownership.mapping import RuleSet, changes, in_force, problems, stamped
from callboard.domain.ownership.verdict import Reason, Said, Subject, SubjectProject, Tier, Verdict, Word

A, B, C = (EntityRef(f"component:default/{name}") for name in "abc")
NOW = Instant(1_790_000_000_000_000)


def component(name: str, owner: str | None = None, location: str | None = None, **annotations: str) -> Entity:
    """A component; its owner is named like it."""
    return Entity(
        ref=EntityRef(f"component:default/{name}"), kind="component", name=name, location=location,
        owner=EntityRef(f"group:default/{owner or name}"),
        annotations=tuple((key.replace("_", "/"), value) for key, value in annotations.items()),
    )  # fmt: skip


CATALOG = [component("a"), component("b"), component("c")]


def read(**parts: Any) -> RuleSet:
    """A set as a person writes it; reasons are filled in."""
    for entries in parts.values():
        for n, entry in enumerate(entries):
            entry.setdefault("reason", "so")
            if "match" in entry:
                entry.setdefault("name", f"r{n}")
    return mapping_text.read({"name": "main", **parts})


def rule(owner: str | list[str], **match: Any) -> dict[str, Any]:
    """One rule."""
    return {"match": match, "owners": [owner] if isinstance(owner, str) else owner}


def routes(subject: Subject, *rules: dict[str, Any]) -> tuple[EntityRef, ...]:
    """Whose it is under these rules alone."""
    return own(subject, Evidence.of(CATALOG, [read(rules=list(rules))])).routes


THING = Subject(
    ((WIZ_ASSET, "x1"), (WIZ_EXTERNAL, "arn:aws:s3:::receipts-prod"), (REPOSITORY, "github.com/acme/mono"),
     (REPOSITORY_PATH, "github.com/acme/mono//services/pay/go.mod")),
    (SubjectProject("p1"),), "main", ("BUCKET", "s3"), ("123", "prod-eu"), "receipts",
    (("Service", "Payments-API"), ("env", "prod")),
)  # fmt: skip


@pytest.mark.parametrize(
    "match",
    [
        {"resource": "x1"},
        {"resource": "arn:aws:s3:::receipts-*"},
        {"resource": "*-prod"},
        {"resource": "*s3:::rec*"},
        {"resource": "receipts"},
        {"path": "GitHub.com/Acme/mono"},
        {"path": "github.com/acme/mono//services"},
        {"path": "github.com/acme/mono//services/pay/"},
        {"tag": "service=payments-api"},
        {"tag": " SERVICE = Payments-API "},
        {"tag": "env"},
        {"tag": "service=pay*"},
        {"project": "p1"},
        {"account": "123"},
        {"account": "PROD-EU"},
        {"type": "bucket"},
        {"source": "main"},
        {"source": "main", "type": ["subnet", "bucket"], "tag": "env=prod"},
    ],
)
def test_each_form_matches_what_it_is_about(match: dict[str, Any]) -> None:
    """By one of its values, in the spelling of its form; several forms have to hold together."""
    assert routes(THING, rule("a", **match)) == (A,)


@pytest.mark.parametrize(
    "match",
    [
        {"resource": "X1"},  # ids keep their letter case
        {"resource": "receipt"},
        {"resource": "s3*"},  # patterns are anchored
        {"path": "github.com/acme/mono//services/payments"},
        {"path": "github.com/acme/mono//service"},
        {"tag": "service=p\u0430yments-api"},  # a Cyrillic letter
        {"tag": "service=payments"},
        {"label": "service=payments-api"},  # it is no object in Kubernetes
        {"type": "bucket", "tag": "env=test"},
        {"account": "12"},
    ],
)
def test_nothing_else_matches(match: dict[str, Any]) -> None:
    """Neither part of a name, nor a look-alike, nor one form of two."""
    assert routes(THING, rule("a", **match)) == ()


def test_composed_and_decomposed_letters_are_the_same() -> None:
    """Unicode NFC on both sides."""
    subject = Subject((), tags=(("service", "caf\u0065\u0301"),))
    assert routes(subject, rule("a", tag="service=caf\u00e9")) == (A,)


def test_labels_are_the_tags_of_objects_in_kubernetes() -> None:
    """An object with a namespace."""
    subject = Subject(((KUBERNETES_NAMESPACE, "pay"),), tags=(("app.kubernetes.io/name", "pay"),))
    assert routes(subject, rule("a", label="app.kubernetes.io/name=pay")) == (A,)


def test_the_rule_that_says_more_wins() -> None:
    """A resource before a path before tags before an account before a type; two conditions before one."""
    chain = [
        {"resource": "x1"},
        {"resource": "arn:aws:s3:::rec*"},
        {"path": "github.com/acme/mono//services/pay"},
        {"path": "github.com/acme/mono"},
        {"tag": "env=prod", "account": "123"},
        {"tag": "env=prod"},
        {"tag": "env"},
        {"account": "123"},
        {"type": "bucket"},
        {"source": "main"},
    ]
    for stronger, weaker in pairwise(chain):
        assert routes(THING, rule("b", **weaker), rule("a", **stronger)) == (A,), (stronger, weaker)


def test_one_rule_may_share_and_two_rules_contradict() -> None:
    """Named together they share, and each sees all of it; named by two rules nobody sees it."""
    shared = own(THING, Evidence.of(CATALOG, [read(rules=[rule(["a", "b"], resource="x1")])]))
    assert shared.readers == ((A, Depth.SENSITIVE), (B, Depth.SENSITIVE))
    torn = own(THING, Evidence.of(CATALOG, [read(rules=[rule("a", resource="x1"), rule("b", resource="receipts")])]))
    assert (torn.verdict, torn.routes, torn.readers) == (Verdict.CONFLICT, (A, B), ())


def test_a_rule_for_somebody_who_is_gone_says_nothing() -> None:
    """An owner that left the catalog is nobody."""
    found = own(THING, Evidence.of([component("b")], [read(rules=[rule(["a", "b"], resource="x1")])]))
    assert found.routes == (B,)


class TestVocabularies:
    """Tags whose values name entities."""

    def test_a_tag_names_a_component_and_shows_its_work(self) -> None:
        """Whatever its letter case; never what is sensitive."""
        subject = Subject((), tags=(("Service", " A "),))
        found = own(subject, Evidence.of(CATALOG, [read(vocabularies=[{"tag": "service"}])]))
        assert (found.readers, found.tier) == (((A, Depth.WORK),), Tier.TAG)
        assert found.candidates[0].text == "tag Service: service=a"

    def test_trust_opens_what_is_sensitive_until_it_ends(self) -> None:
        """By who, why and until when; afterwards it shows work again."""
        trusted = {"reason": "only the pipeline", "until": "2026-12-31"}
        sets = [read(vocabularies=[{"tag": "service", "trusted": trusted}])]
        subject = Subject((), tags=(("service", "a"),))
        assert own(subject, Evidence.of(CATALOG, sets, at=NOW)).readers == ((A, Depth.SENSITIVE),)
        later = Instant(NOW + 400 * DAY)
        assert own(subject, Evidence.of(CATALOG, sets, at=later)).readers == ((A, Depth.WORK),)

    def test_a_value_may_mean_an_entity_of_another_name(self) -> None:
        """And then it does not mean the one of its own name."""
        words = read(vocabularies=[{"tag": "service", "values": {"a": "component:default/b", "pay": "c"}}])
        for value, meant in (("A", B), ("pay", C), ("c", C)):
            subject = Subject((), tags=(("service", value),))
            assert own(subject, Evidence.of(CATALOG, [words])).routes == (meant,)

    def test_two_keys_that_disagree_are_a_conflict(self) -> None:
        """A spoofed second tag takes sight away; it gives none."""
        subject = Subject((), tags=(("service", "a"), ("app", "b")))
        found = own(subject, Evidence.of(CATALOG, [read(vocabularies=[{"tag": "service"}, {"tag": "app"}])]))
        assert (found.verdict, found.readers) == (Verdict.CONFLICT, ())


class TestDefaults:
    """Accounts, projects and sources."""

    def test_a_default_is_for_what_nothing_better_names(self) -> None:
        """Any annotation, tag or rule comes before it; a project's before an account's."""
        sets = [read(defaults=[{"account": "prod-eu", "owner": "a"}, {"project": "p1", "owner": "b"}])]
        found = own(THING, Evidence.of(CATALOG, sets))
        assert (found.routes, found.tier) == ((B,), Tier.DEFAULT)
        sets = [
            *sets,
            mapping_text.read(
                {"name": "tags", "vocabularies": [{"tag": "env", "values": {"prod": "c"}, "reason": "x"}]}
            ),
        ]
        assert own(THING, Evidence.of(CATALOG, sets)).routes == (C,)


def test_services_from_the_catalog_are_strong_and_others_a_hint() -> None:
    """What the source imported from the portal routes; what it made up is shown."""
    strong = Subject((), services=(Service("a", from_catalog=True),))
    weak = Subject((), services=(Service("a"),))
    evidence = Evidence.of(CATALOG)
    assert (own(strong, evidence).routes, own(strong, evidence).tier) == ((A,), Tier.REPOSITORY)
    assert own(weak, evidence).verdict is Verdict.UNMAPPED
    assert own(weak, evidence).candidates[0].tier == Tier.ACTIVITY


def test_a_trusted_location_opens_what_is_sensitive() -> None:
    """An annotation that names the source's object, read from where only the right people write; no other evidence."""
    place = "url:https://github.com/acme/catalog/tree/main/a.yaml"
    entity = component("a", location=place, **{"wiz.io_project-id": "p1", "github.com_project-slug": "acme/mono"})
    for locations, depth in (((), Depth.WORK), (("url:https://github.com/acme/catalog/*",), Depth.SENSITIVE)):
        evidence = Evidence.of([entity], locations=locations)
        assert own(Subject((), (SubjectProject("p1"),)), evidence).readers == ((A, depth),)
        assert own(Subject(((REPOSITORY, "github.com/acme/mono"),)), evidence).readers == ((A, Depth.WORK),)


class TestPeople:
    """What was said about one resource."""

    def test_not_ours_takes_an_entity_out_and_the_next_comes(self) -> None:
        """With nobody left it is unmapped, with the reason."""
        sets = [read(rules=[rule("a", resource="x1")], defaults=[{"account": "123", "owner": "b"}])]
        said = (Said(Word.NOT_OURS, A, "user:default/ann"),)
        found = own(Subject(**subject_parts(THING, said)), Evidence.of(CATALOG, sets))
        assert found.routes == (B,)
        assert found.candidates[0].dropped == "user:default/ann said that it is not theirs"
        alone = own(
            Subject(**subject_parts(THING, said)), Evidence.of(CATALOG, [read(rules=[rule("a", resource="x1")])])
        )
        assert (alone.verdict, alone.reason) == (Verdict.UNMAPPED, Reason.DISOWNED)

    def test_a_confirmation_is_above_every_rule(self) -> None:
        """And an endorsement is no evidence."""
        sets = [read(rules=[rule("a", resource="x1")])]
        said = (Said(Word.CONFIRM, B, "laptop"), Said(Word.ENDORSE, C, "user:default/ann"))
        found = own(Subject(**subject_parts(THING, said)), Evidence.of(CATALOG, sets))
        assert found.readers == ((B, Depth.SENSITIVE),)
        assert {each.entity for each in found.candidates} == {A, B}


def subject_parts(subject: Subject, said: tuple[Said, ...]) -> dict[str, Any]:
    """The subject's fields, with words about it."""
    return {name: getattr(subject, name) for name in Subject.__struct_fields__} | {"said": said}


class TestProblems:
    """What has to be put right before a set is applied."""

    def wrong(self, draft: RuleSet, *others: RuleSet) -> str:
        """All problems, as one text."""
        catalog = {each.ref: each for each in CATALOG}
        group = Entity(ref=EntityRef("group:default/a"), kind="group", name="a")
        found = problems(draft, others, {**catalog, group.ref: group}, now=NOW)
        return "\n".join(f"{each.where}: {each.reason}" for each in found)

    @pytest.mark.parametrize(
        ("entry", "words"),
        [
            (rule("nowhere", resource="x"), "component:default/nowhere is not in the catalog."),
            (rule("group:default/a", resource="x"), "group:default/a is a group, which owns no findings itself."),
            (rule([], resource="x"), "It names no owner."),
            (rule("a"), "It matches everything."),
            (rule("a", resource="*"), "'*' is too wide for a resource."),
            (rule("a", resource="*ab*"), "'*ab*' is too wide for a resource."),
            ({**rule("a", resource="x"), "until": "2026-01-31"}, "It ended on 2026-01-31."),
        ],
    )
    def test_a_rule_that_cannot_work_is_refused(self, entry: dict[str, Any], words: str) -> None:
        """Each with a sentence that says what to do."""
        assert words in self.wrong(read(rules=[entry]))

    def test_trust_needs_a_reason_and_an_end_within_a_year(self) -> None:
        """It always ends."""
        for until, words in (("2020-01-01", "Trust in it ended on 2020-01-01."), ("2031-01-01", "more than a year")):
            draft = read(vocabularies=[{"tag": "service", "trusted": {"reason": "x", "until": until}}])
            assert words in self.wrong(draft)

    def test_two_that_match_the_same_and_differ_contradict(self) -> None:
        """In one set, and between two."""
        other = mapping_text.read({"name": "other", "rules": [{**rule("b", resource="x"), "name": "n", "reason": "y"}]})
        assert "other/n matches exactly the same" in self.wrong(read(rules=[rule("a", resource="x")]), other)
        twice = read(defaults=[{"account": "1", "owner": "a"}, {"account": "1", "owner": "b"}])
        assert "main/account:1 matches exactly the same" in self.wrong(twice)

    def test_a_good_set_has_none(self) -> None:
        """Nothing to say."""
        assert not self.wrong(read(rules=[rule("a", resource="*abc*")], vocabularies=[{"label": "app"}]))


class TestText:
    """Sets as people write them."""

    @pytest.mark.parametrize(
        ("parts", "words"),
        [
            (None, "Expected `object`, got `null`."),
            ({"rulez": []}, "unknown field `rulez`"),
            ({"rules": [{"name": "a", "match": {"colour": "red"}, "owners": [], "reason": "y"}]}, "Invalid enum value"),
            ({"rules": [{"name": "a", "match": {}, "owners": ["a b"], "reason": "y"}]}, "is not an entity reference"),
            ({"rules": [{"name": "a", "match": {}, "owners": [], "reason": "y", "until": "soon"}]}, "is no date."),
            ({"vocabularies": [{"reason": "y"}]}, "one of tag or label, and only one"),
            ({"name": "no spaces, please"}, "matching regex"),
        ],
    )
    def test_what_is_no_set_is_refused_with_its_place(self, parts: dict[str, Any] | None, words: str) -> None:
        """Every mistake in words."""
        document = None if parts is None else {"name": "x"} | parts
        with pytest.raises(mapping_text.UnreadableError) as refused:
            mapping_text.read(document)
        assert words in " ".join(each.reason for each in refused.value.problems)

    def test_written_and_read_again_it_is_the_same(self) -> None:
        """Who and when are not part of it."""
        draft = read(
            rules=[{**rule(["a", "b"], tag=["x=y", "z"], type="bucket"), "until": "2027-01-31"}],
            vocabularies=[{"tag": "service", "kinds": ["system"], "values": {"p": "a"}, "trusted": {"reason": "r", "until": "2027-01-01"}}],
            defaults=[{"account": "1", "owner": "c"}],
        )  # fmt: skip
        assert mapping_text.read(mapping_text.write(draft)) == draft
        kept = stamped(draft, None, by="ann", at=NOW)
        assert mapping_text.read(mapping_text.write(kept)) == draft
        assert not changes(kept, draft)

    def test_an_entry_that_stays_keeps_who_wrote_it(self) -> None:
        """Only what changed is somebody else's."""
        first = stamped(read(rules=[rule("a", resource="x"), rule("b", resource="y")]), None, by="ann", at=NOW)
        draft = read(rules=[rule("a", resource="x"), rule("c", resource="y"), rule("c", resource="z")])
        second = stamped(draft, first, by="bob", at=Instant(NOW + DAY))
        assert [each.by for each in second.rules] == ["ann", "bob", "bob"]
        found = changes(first, draft)
        assert (found.added, found.changed, found.removed) == (("r2",), ("r1",), ())

    def test_what_has_ended_is_not_in_force(self) -> None:
        """To the end of its day it holds."""
        draft = read(rules=[{**rule("a", resource="x"), "until": "2026-09-21"}])
        end = draft.rules[0].until
        assert end is not None
        assert in_force(draft, Instant(end - 1)).rules
        assert not in_force(draft, end).rules


@pytest.mark.parametrize(
    ("pattern", "text", "is_match"),
    [
        ("a*c", "abc", True), ("a*c", "ac", True), ("a*c", "acb", False), ("*", "", True), ("*b*", "abc", True),
        ("a*a", "a", False), ("ab*ba", "aba", False), ("*a*b", "ab", True), ("*a*b", "ba", False), ("a.c", "abc", False),
    ],
)  # fmt: skip
def test_patterns(pattern: str, text: str, is_match: bool) -> None:  # noqa: FBT001 - a table
    """`*` alone stands for something, and the whole has to match."""
    assert matches(pattern, text) is is_match
