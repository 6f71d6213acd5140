"""Ownership decided on small worlds that fit on a card."""

from __future__ import annotations

import unicodedata

import msgspec
import pytest

from callboard.domain.access import Depth
from callboard.domain.alias import (
    KUBERNETES_CLUSTER,
    KUBERNETES_ID,
    KUBERNETES_NAMESPACE,
    REPOSITORY,
    REPOSITORY_PATH,
    WIZ_ASSET,
    WIZ_REPOSITORY,
)
from callboard.domain.component import Entity, EntityRef
from callboard.domain.ownership.claims import Claim, Claims, Key, canonical, changed_keys, claims_of
from callboard.domain.ownership.evidence import Evidence
from callboard.domain.ownership.groups import empty_groups, group_closure, owner_problem
from callboard.domain.ownership.judging import own
from callboard.domain.ownership.verdict import Candidate, Reason, Subject, SubjectProject, Verdict, decide, holding_key


def component(name: str, *, owner: str | None = "red", kind: str = "component", **annotations: str) -> Entity:
    """A component whose annotations are written with `_` for `/` where the key allows no slash."""
    return Entity(
        ref=EntityRef(f"{kind}:default/{name}"),
        kind=kind,
        name=name,
        owner=EntityRef(f"group:default/{owner}") if owner else None,
        annotations=tuple(annotations.items()),
    )


def project(name: str, ids: str, owner: str | None = "red") -> Entity:
    """A component that claims Wiz projects."""
    return component(name, owner=owner, **{"wiz.io/project-id": ids})


def trusting(evidence: Evidence) -> Evidence:
    """The same, with component a read from a trusted location."""
    return msgspec.structs.replace(evidence, trusted=frozenset({EntityRef("component:default/a")}))


def group(name: str, parent: str | None = None, members: int = 0) -> Entity:
    """A group with so many members."""
    return Entity(
        ref=EntityRef(f"group:default/{name}"),
        kind="group",
        name=name,
        parent=EntityRef(f"group:default/{parent}") if parent else None,
        members=tuple(EntityRef(f"user:default/u{number}") for number in range(members)),
    )


A, B = EntityRef("component:default/a"), EntityRef("component:default/b")


class TestClaims:
    """What annotations claim."""

    def test_comma_lists_are_trimmed_and_each_name_counts_once(self) -> None:
        """A list may be written with spaces, empty places and repetitions."""
        found = claims_of(component("a", **{"wiz.io/asset-id": " one,two ,, one"}))
        assert [(claim.form, claim.value, claim.tier) for claim in found] == [
            (WIZ_ASSET, "one", 2),
            (WIZ_ASSET, "two", 2),
        ]
        assert {claim.annotation for claim in found} == {"wiz.io/asset-id"}

    def test_ids_keep_their_letter_case_and_repositories_do_not(self) -> None:
        """Wiz ids are exact; forges compare names without letter case."""
        assert canonical(WIZ_ASSET, " Ab-C ") == "Ab-C"
        assert canonical(REPOSITORY, "GitHub.com/Harbour/Web") == "github.com/harbour/web"
        assert canonical(WIZ_REPOSITORY, "GitHub.com##Harbour/Web") == "github.com##harbour/web"
        assert canonical(REPOSITORY, "github.com/Straße/x") == "github.com/strasse/x"

    @pytest.mark.parametrize("kind", ["group", "user", "domain", "template"])
    def test_entities_that_own_no_findings_claim_nothing(self, kind: str) -> None:
        """Groups and users own through components; a domain is too wide."""
        assert claims_of(component("a", kind=kind, **{"wiz.io/project-id": "p"})) == ()

    @pytest.mark.parametrize("kind", ["component", "resource", "api", "system"])
    def test_entities_that_own_findings_claim(self, kind: str) -> None:
        """A system or a catalog resource may carry the annotation as well."""
        assert len(claims_of(component("a", kind=kind, **{"wiz.io/project-id": "p"}))) == 1

    @pytest.mark.parametrize(
        ("location", "repository", "path"),
        [
            (
                "url:https://github.com/Harbour/monorepo/tree/main/services/a/",
                "github.com/harbour/monorepo",
                "services/a",
            ),
            ("url:https://github.com/harbour/web", "github.com/harbour/web", ""),
            ("url:https://github.com/harbour/web.git", "github.com/harbour/web", ""),
            ("url:https://github.com/harbour/web/blob/main/x/catalog-info.yaml", "github.com/harbour/web", "x"),
            ("url:https://gitlab.com/h/risk/fraud/-/tree/main/src/", "gitlab.com/h/risk/fraud", "src"),
            ("url:https://bitbucket.org/h/web/src/main/lib/", "bitbucket.org/h/web", "lib"),
            ("url:https://gitea.harbour.example/h/web/src/branch/main/lib", "gitea.harbour.example/h/web", "lib"),
            ("url:https://dev.azure.com/h/shop/_git/web?path=/lib/x", "dev.azure.com/h/shop/web", "lib/x"),
            ("url:https://github.com/harbour/src/tree/main/Caf%C3%A9/", "github.com/harbour/src", "Café"),
        ],
    )
    def test_source_locations_of_the_common_forges(self, location: str, repository: str, path: str) -> None:
        """Host, repository and folder are read from the browser's address."""
        (claim,) = claims_of(component("a", **{"backstage.io/source-location": location}))
        assert (claim.form, claim.value, claim.path, claim.tier) == (REPOSITORY, repository, path, 3)

    @pytest.mark.parametrize(
        "location",
        [
            "",
            "file:/srv/portal/a.yaml",
            "url:https://github.com/",
            "url:https://github.com/harbour",
            "url:https://github.com/harbour/..",
            "url:https://github.com/harbour/a%2Fb",
            "url:https://github.com/h/.git",
            "url:https://[",
            "url:ftp://github.com/h/w",
            "url:https://dev.azure.com/h/_git",
            "url:https://dev.azure.com/h/shop/_git/web?path=/../x",
        ],
    )
    def test_what_is_no_repository_claims_nothing(self, location: str) -> None:
        """A source location may be anything; only a repository counts."""
        assert claims_of(component("a", **{"backstage.io/source-location": location})) == ()

    @pytest.mark.parametrize(
        "slug", ["", "harbour", "harbour/a/b", "/a", "a/", "https://github.com/a/b", "a/..", "a/ b"]
    )
    def test_what_is_no_slug_claims_nothing(self, slug: str) -> None:
        """GitHub slugs have exactly two names."""
        assert claims_of(component("a", **{"github.com/project-slug": slug})) == ()

    def test_a_slug_takes_host_and_folder_from_the_source_location(self) -> None:
        """A company's own GitHub uses the same annotation."""
        found = claims_of(
            component(
                "a",
                **{
                    "github.com/project-slug": "Harbour/mono",
                    "backstage.io/source-location": "url:https://git.harbour.example/harbour/mono/tree/main/a/",
                },
            )
        )
        assert {(claim.value, claim.path) for claim in found} == {("git.harbour.example/harbour/mono", "a")}
        assert len(found) == 2

    def test_where_the_descriptor_lies_is_not_where_the_source_is(self) -> None:
        """With all catalog files in one repository, Backstage's own source location would claim it for all."""
        annotations = {
            "github.com/project-slug": "harbour/web",
            "backstage.io/managed-by-location": "url:https://github.com/harbour/catalog/blob/main/all/web.yaml",
            "backstage.io/source-location": "url:https://github.com/harbour/catalog/tree/main/all/",
        }
        assert [claim.value for claim in claims_of(component("a", **annotations))] == ["github.com/harbour/web"]
        del annotations["github.com/project-slug"]
        assert [claim.value for claim in claims_of(component("a", **annotations))] == ["github.com/harbour/catalog"]

    def test_only_touched_names_change(self) -> None:
        """A re-sync decides again only where something moved; a new owner counts."""
        old = Claims.of([project("a", "p, q"), project("b", "r")])
        assert changed_keys(old, Claims.of([project("b", "r"), project("a", "q,p")])) == frozenset()
        assert changed_keys(old, Claims.of([project("a", "p, s"), project("b", "r")])) == {
            ("wiz.project", "q"),
            ("wiz.project", "s"),
        }
        assert changed_keys(old, Claims.of([project("a", "p, q"), project("b", "r", "blue")])) == {("wiz.project", "r")}


LEAF = SubjectProject("leaf")
TOP = SubjectProject("top", is_folder=True, nesting_level=0)
MIDDLE = SubjectProject("middle", is_folder=True, nesting_level=1)


class TestOwn:
    """Which claim decides."""

    def test_one_claim_maps_and_its_owner_sees_the_work(self) -> None:
        """The evidence is kept in words that a person can check."""
        decision = own(Subject((), (LEAF,)), Evidence.of([project("a", "leaf")]))
        assert decision.verdict == Verdict.MAPPED
        assert decision.routes == (A,)
        assert decision.readers == ((A, Depth.WORK),)
        assert decision.tier == 2
        assert decision.reason is None
        assert [each.text for each in decision.candidates] == ["wiz.io/project-id: leaf"]
        assert not decision.disputed

    def test_a_trusted_location_gives_sight_of_what_is_sensitive(self) -> None:
        """Only for the annotation tier; a repository claim stays at work."""
        subject = Subject(((REPOSITORY, "github.com/h/w"),), (LEAF,))
        assert own(subject, trusting(Evidence.of([project("a", "leaf")]))).readers == ((A, Depth.SENSITIVE),)
        slug = Evidence.of([component("a", **{"github.com/project-slug": "h/w"})])
        assert own(subject, trusting(slug)).readers == ((A, Depth.WORK),)

    @pytest.mark.parametrize(
        ("projects", "winner"), [((LEAF, MIDDLE, TOP), "l"), ((MIDDLE, TOP), "m"), ((TOP,), "t"), ((TOP, MIDDLE), "m")]
    )
    def test_the_nearest_project_wins(self, projects: tuple[SubjectProject, ...], winner: str) -> None:
        """A leaf project before a folder, a deeper folder before a higher one."""
        claims = Evidence.of([project("l", "leaf", "one"), project("m", "middle", "two"), project("t", "top", "three")])
        decision = own(Subject((), projects), claims)
        assert decision.routes == (f"component:default/{winner}",)
        assert len(decision.candidates) == len(projects)

    @pytest.mark.parametrize("annotation", ["asset-id", "external-asset-id", "repository-external-id"])
    def test_the_resource_itself_before_its_project(self, annotation: str) -> None:
        """A claim on the resource is closer than one on a project that holds it; the other is kept, and disputes nothing."""
        form = {"asset-id": "wiz.asset", "external-asset-id": "wiz.external"}.get(annotation, "wiz.repository")
        claims = Evidence.of([project("a", "leaf"), component("b", owner="blue", **{f"wiz.io/{annotation}": "x1"})])
        decision = own(Subject(((form, "x1"),), (LEAF,)), claims)
        assert decision.routes == (B,)
        assert {each.entity for each in decision.candidates} == {A, B}
        assert not decision.disputed

    def test_two_owners_with_the_same_right_are_a_conflict(self) -> None:
        """Routed to both, read by neither."""
        decision = own(Subject((), (LEAF,)), Evidence.of([project("a", "leaf"), project("b", "leaf", "blue")]))
        assert decision.verdict == Verdict.CONFLICT
        assert decision.routes == (A, B)
        assert decision.readers == ()
        assert decision.reason == Reason.CONTRADICTION

    def test_components_of_one_owner_share(self) -> None:
        """A Wiz project usually holds several components of one team: nobody sees more by it."""
        decision = own(Subject((), (LEAF,)), Evidence.of([project("a", "leaf"), project("b", "leaf")]))
        assert decision.verdict == Verdict.MAPPED
        assert decision.readers == ((A, Depth.WORK), (B, Depth.WORK))

    def test_dropping_an_owner_hands_nothing_to_a_rival(self) -> None:
        """A claimant without owner still contradicts."""
        claims = Evidence.of([project("a", "leaf", None), project("b", "leaf", "blue")])
        assert own(Subject((), (LEAF,)), claims).readers == ()
        assert (
            own(Subject((), (LEAF,)), Evidence.of([project("a", "leaf", None), project("b", "leaf", None)])).readers
            == ()
        )

    def test_a_component_without_owner_is_still_routed(self) -> None:
        """The missing owner is the component's problem, shown there."""
        assert own(Subject((), (LEAF,)), Evidence.of([project("a", "leaf", None)])).routes == (A,)

    @pytest.mark.parametrize(
        ("path", "winners"),
        [
            ("services/a/src/x.py", ["a"]),
            ("services/ab/x.py", ["whole"]),
            ("README.md", ["whole"]),
            ("services/a", ["a"]),
            (None, ["a", "deep", "whole"]),
            ("services/a/deep/x", ["deep"]),
            ("Services/a/deep/x", ["whole"]),
        ],
    )
    def test_a_shared_repository_is_divided_by_folder(self, path: str | None, winners: list[str]) -> None:
        """The longest matching folder wins; without a path all claimants of the repository are in conflict."""
        at = "url:https://github.com/h/mono/tree/main/services/"
        claims = Evidence.of(
            [
                component("whole", owner="w", **{"github.com/project-slug": "H/mono"}),
                component(
                    "a", owner="x", **{"github.com/project-slug": "h/mono", "backstage.io/source-location": f"{at}a/"}
                ),
                component("deep", owner="y", **{"backstage.io/source-location": f"{at}a/deep/"}),
            ]
        )
        names = (
            (REPOSITORY, "GitHub.com/h/Mono"),
            *((REPOSITORY_PATH, f"github.com/H/mono//{path}") for _ in [0] if path),
        )
        decision = own(Subject(names), claims)
        assert [ref.partition("/")[2] for ref in decision.routes] == winners

    def test_forty_components_of_one_repository_map_by_folder(self) -> None:
        """A monorepo slug says little; its folders say all."""
        at = "url:https://github.com/h/mono/tree/main/"
        claims = Evidence.of(
            component(f"c{n}", owner=f"t{n}", **{"backstage.io/source-location": f"{at}c{n}/"}) for n in range(40)
        )
        for n in range(40):
            path = (REPOSITORY_PATH, f"github.com/h/mono//c{n}/go.mod")
            decision = own(Subject(((REPOSITORY, "github.com/h/mono"), path)), claims)
            assert decision.routes == (f"component:default/c{n}",)

    def test_a_folder_outside_of_all_claims_stays_with_those_who_share_the_repository(self) -> None:
        """One component keeps it; several contradict each other, as where no path is known."""
        at = "url:https://github.com/h/mono/tree/main/"
        one = component("a", **{"backstage.io/source-location": f"{at}a/"})
        other = component("b", owner="blue", **{"backstage.io/source-location": f"{at}b/"})
        subject = Subject(((REPOSITORY, "github.com/h/mono"), (REPOSITORY_PATH, "github.com/h/mono//go.mod")))
        assert own(subject, Evidence.of([one])).routes == (A,)
        decision = own(subject, Evidence.of([one, other]))
        assert (decision.verdict, decision.routes, decision.readers) == (Verdict.CONFLICT, (A, B), ())

    def test_a_path_alone_is_no_name(self) -> None:
        """It only tells which claims on the repository are meant."""
        claims = Evidence.of([component("a", **{"github.com/project-slug": "h/mono"})])
        assert own(Subject(((REPOSITORY_PATH, "github.com/h/mono//a"),)), claims).verdict == Verdict.UNMAPPED

    def test_the_label_of_a_kubernetes_object_maps_it(self) -> None:
        """Weak evidence: who writes the label sees the work on that object and no more."""
        claims = Evidence.of([component("a", **{"backstage.io/kubernetes-id": "pay"})])
        decision = own(Subject(((KUBERNETES_ID, "pay"),)), trusting(claims))
        assert (decision.tier, decision.readers) == (5, ((A, Depth.WORK),))

    def test_a_namespace_is_weak_evidence_and_may_be_bound_to_a_cluster(self) -> None:
        """The same namespace name in another cluster is another namespace."""
        annotations = {"backstage.io/kubernetes-namespace": "pay", "backstage.io/kubernetes-cluster": "prod"}
        claims = Evidence.of([component("a", **annotations)])
        namespace = (KUBERNETES_NAMESPACE, "pay")
        assert own(Subject((namespace, (KUBERNETES_CLUSTER, "prod"))), claims).tier == 5
        assert own(Subject((namespace, (KUBERNETES_CLUSTER, "test"))), claims).verdict == Verdict.UNMAPPED
        assert own(Subject((namespace,)), claims).verdict == Verdict.UNMAPPED
        del annotations["backstage.io/kubernetes-cluster"]
        assert own(Subject((namespace,)), Evidence.of([component("a", **annotations)])).routes == (A,)

    @pytest.mark.parametrize(
        ("subject", "entities", "reason", "words"),
        [
            (Subject((), (LEAF,)), [], Reason.CATALOG_EMPTY, "no catalog has been read yet"),
            (
                Subject((), (LEAF,)),
                [project("a", "other")],
                Reason.UNCLAIMED_PROJECT,
                "its project is claimed by nobody",
            ),
            (Subject((), ()), [group("g")], Reason.NO_PROJECT, "it is in no project, and no annotation names it"),
            (Subject(((WIZ_ASSET, "x"),)), [group("g")], Reason.NOT_NAMED, "no annotation names it"),
        ],
    )
    def test_unmapped_has_a_reason_in_plain_words(
        self, subject: Subject, entities: list[Entity], reason: Reason, words: str
    ) -> None:
        """Unmapped is not empty: it says what is missing."""
        decision = own(subject, Evidence.of(entities))
        assert (decision.verdict, decision.reason, decision.tier) == (Verdict.UNMAPPED, reason, None)
        assert (*decision.routes, *decision.readers, *decision.candidates) == ()
        assert reason.words == words

    def test_look_alikes_do_not_match_and_composed_forms_do(self) -> None:
        """A Cyrillic letter is another letter; an accent may be written in two ways."""
        claims = Evidence.of([project("a", "pay"), component("b", **{"github.com/project-slug": "h/caf\u00e9"})])
        assert own(Subject((), (SubjectProject("p\u0430y"),)), claims).verdict == Verdict.UNMAPPED
        decomposed = unicodedata.normalize("NFD", "github.com/h/caf\u00e9")
        assert own(Subject(((REPOSITORY, decomposed),)), claims).routes == (B,)

    def test_each_subject_costs_one_look_up_per_name(self) -> None:
        """However many claims the catalog holds: 100,000 subjects and 500 claims stay cheap."""

        class Counting(dict[Key, tuple[Claim, ...]]):
            looked = 0

            def get(self, *wanted: object) -> object:  # type: ignore[override]
                Counting.looked += 1
                return super().get(*wanted)  # type: ignore[call-overload]

        claims = Evidence.of(project(f"c{n}", f"p{n}") for n in range(500))
        counted = msgspec.structs.replace(claims, claims=Claims(Counting(claims.claims.by_key), claims.claims.entities))
        for n in range(1000):
            own(Subject(((WIZ_ASSET, f"x{n}"), (REPOSITORY, "r")), (SubjectProject(f"p{n}"),)), counted)
        assert Counting.looked == 3000


class TestDecide:
    """Candidates of any origin."""

    def candidate(self, name: str, tier: int, specificity: int = 0) -> Candidate:
        """Evidence without any story."""
        owner = EntityRef(f"group:default/{name}")
        return Candidate(EntityRef(f"component:default/{name}"), tier, "f", "v", "rule", specificity, owner)

    def test_suggestions_never_route(self) -> None:
        """Tiers 7 and 8 are shown and nothing else."""
        decision = decide([self.candidate("a", 7), self.candidate("b", 8)], otherwise=Reason.NOT_NAMED)
        assert decision.verdict == Verdict.UNMAPPED
        assert len(decision.candidates) == 2
        assert not decision.disputed

    def test_an_approved_rule_beats_all_and_shows_all(self) -> None:
        """Tier 1 gives sight of what is sensitive."""
        decision = decide([self.candidate("a", 2, 9), self.candidate("b", 1)], otherwise=Reason.NOT_NAMED)
        assert decision.readers == ((B, Depth.SENSITIVE),)
        assert decision.disputed

    @pytest.mark.parametrize(
        ("tier", "owner", "disputed"),
        [
            (1, "blue", False),
            (3, "blue", True),
            (5, "blue", True),
            (5, "red", False),
            (6, "blue", False),
            (7, "blue", False),
        ],
    )
    def test_only_a_better_founded_claim_of_another_owner_disputes(
        self, tier: int, owner: str, *, disputed: bool
    ) -> None:
        """Not one of the same owner, not a default, not a suggestion, and not a wider claim of the tier that decided."""
        winner = Candidate(A, 1, "f", "v", "rule", 9, EntityRef("group:default/red"))
        other = Candidate(B, tier, "f", "v", "rule", 0, EntityRef(f"group:default/{owner}"))
        assert decide([winner, other], otherwise=Reason.NOT_NAMED).disputed is disputed


class TestHolding:
    """What decisions have in common."""

    def test_the_key_says_who_and_why_and_not_by_which_evidence(self) -> None:
        """Two subjects with the same routes and readers share one holding."""
        claims = Evidence.of([project("a", "leaf,top"), project("b", "both", "blue"), project("c", "both")])
        one = own(Subject((), (LEAF,)), claims)
        assert holding_key(one) == holding_key(own(Subject((), (TOP,)), claims))
        assert holding_key(one) == '["mapped",null,["component:default/a"],[["component:default/a",2]]]'
        nobody = {holding_key(own(Subject((), projects), claims)) for projects in (None, (), (SubjectProject("x"),))}
        assert len(nobody) == 3
        assert holding_key(one) != holding_key(own(Subject((), (LEAF,)), trusting(claims)))


class TestGroups:
    """Who stands above whom, and whether an owner can act."""

    def pairs(self, *groups: Entity) -> set[str]:
        """Short names, without each group's pair with itself."""
        found = group_closure(groups)
        assert {each.ref for each in groups} == {above for above, below in found if above == below}
        assert list(found) == sorted(found)
        return {f"{above[14:]}>{below[14:]}" for above, below in found if above != below}

    def test_reading_reaches_all_the_way_down(self) -> None:
        """A grandparent stands above the grandchild."""
        assert self.pairs(group("c", "b"), group("b", "a"), group("a"), group("x", "gone")) == {"a>b", "b>c", "a>c"}

    def test_a_circle_gives_nothing(self) -> None:
        """Neither to its groups nor over what hangs below it."""
        circle = (group("a", "b"), group("b", "a"), group("c", "a"), group("d", "c"), group("self", "self"))
        assert self.pairs(*circle) == {"c>d"}

    def test_a_group_that_holds_teams_is_not_empty(self) -> None:
        """Somebody is in a group when somebody is in a group below it."""

        def made(name: str, parent: str | None = None, members: tuple[str, ...] = ()) -> Entity:
            return Entity(
                ref=EntityRef(f"group:default/{name}"), kind="group", name=name,
                parent=EntityRef(f"group:default/{parent}") if parent else None,
                members=tuple(EntityRef(f"user:default/{member}") for member in members),
            )  # fmt: skip

        groups = [
            made("all"), made("unit", "all"), made("team", "unit", ("ann",)), made("night", "all"), made("quiet", "night"),
        ]  # fmt: skip
        assert empty_groups(groups) == ("group:default/night", "group:default/quiet")
        assert empty_groups([*groups, project("a", "p")]) == empty_groups(reversed(groups))

    def test_only_groups_count(self) -> None:
        """Components have no place in the tree."""
        assert group_closure([project("a", "p")]) == ()

    def test_owner_problems_are_said_in_words(self) -> None:
        """A finding nobody can act on must not look like one that somebody owns."""
        user = Entity(ref=EntityRef("user:default/ana"), kind="user", name="ana")
        entities = {each.ref: each for each in (group("red", members=1), group("empty"), user, project("s", "x"))}
        assert owner_problem(project("a", "p", None), entities) == "no owner in catalog"
        assert owner_problem(project("a", "p", "gone"), entities) == "owner does not exist"
        assert owner_problem(project("a", "p", "empty"), entities) == "group has no members"
        assert owner_problem(project("a", "p", "red"), entities) is None
        by_user = Entity(ref=A, kind="component", name="a", owner=user.ref)
        assert owner_problem(by_user, entities) is None
        by_component = Entity(ref=A, kind="component", name="a", owner=EntityRef("component:default/s"))
        assert owner_problem(by_component, entities) == "owner is no group and no user"
