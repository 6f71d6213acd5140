"""Evidence: everything that is known about whose things are, compiled, and the candidates that it gives for a subject.

Every rule, claim, vocabulary and default is found by the name or word that it is about, so that the cost of a decision
does not grow with how many there are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet

import msgspec

from callboard.domain.alias import (
    IMAGE_SOURCE,
    KUBERNETES_CLUSTER,
    KUBERNETES_ID,
    REPOSITORY,
    REPOSITORY_PATH,
    WIZ_ASSET,
    WIZ_EXTERNAL,
    WIZ_PROJECT,
    WIZ_REPOSITORY,
)
from callboard.domain.claims import CLAIMING_KINDS, Claim, Claims, canonical
from callboard.domain.component import Entity, EntityRef
from callboard.domain.glob import matches
from callboard.domain.instant import Instant
from callboard.domain.mapping import Default, Form, RuleSet, Vocabulary, as_written, in_force, plain, spelled
from callboard.domain.ownership import (
    BY_PERSON,
    LAST_ROUTED_TIER,
    LEAF_PROJECT,
    RESOURCE,
    Candidate,
    Ownership,
    Reason,
    Subject,
    Tier,
    Word,
    decide,
)
from callboard.domain.repository import IN_REPOSITORY
from callboard.domain.rule_index import RuleIndex, is_in_kubernetes
from callboard.domain.term import SERVICE

RULE = "rule"
"""Form of a candidate that a mapping rule gives; its value is the rule's id."""
DECISION = "decision"
"""Form of a candidate that a person's word gives."""

START = Instant(0)
"""Before everything: nothing has ended."""

_NAMES_RESOURCE = frozenset({WIZ_ASSET, WIZ_EXTERNAL, WIZ_REPOSITORY})
_KIND_FIT = {"component": 3, "resource": 2, "api": 2, "system": 1}
"""Which entity a word means more closely where it could mean several."""
_DEFAULT_FIT = {Form.PROJECT: 3, Form.ACCOUNT: 2, Form.SOURCE: 1}


class Evidence(msgspec.Struct, frozen=True):
    """What the catalog and the operator say, found by what it is about."""

    claims: Claims
    owners: Mapping[EntityRef, EntityRef | None]
    """The entities that may own findings, with their owners."""
    names: Mapping[str, tuple[EntityRef, ...]]
    """Entities by their name, and by their reference, as vocabularies compare them."""
    trusted: frozenset[EntityRef]
    """Entities read from a location that only the right people can write: their annotations open what is sensitive."""
    locations: tuple[str, ...]
    """The trusted locations."""
    rules: RuleIndex
    words: Mapping[str, tuple[Vocabulary, ...]]
    """Vocabularies by their key."""
    defaults: Mapping[Form, Mapping[str, tuple[Default, ...]]]
    """Defaults by their form and value."""

    @classmethod
    def of(
        cls, entities: Iterable[Entity], sets: Iterable[RuleSet] = (), *, at: Instant = START,
        locations: Sequence[str] = (),
    ) -> Evidence:  # fmt: skip
        """Everything these entities and rule sets say. What ended before `at` says nothing any more."""
        entities = tuple(entities)
        claiming = {each.ref: each for each in entities if each.kind in CLAIMING_KINDS}
        names: dict[str, set[EntityRef]] = {}
        for each in claiming.values():
            for name in _names(each):
                names.setdefault(name, set()).add(each.ref)
        rules, words, defaults = _compiled(sets, at)
        return cls(
            claims=Claims.of(entities),
            owners={ref: each.owner for ref, each in claiming.items()},
            names={name: tuple(sorted(refs)) for name, refs in names.items()},
            trusted=frozenset(ref for ref, each in claiming.items() if is_trusted(each, locations)),
            locations=tuple(locations),
            rules=rules,
            words=words,
            defaults=defaults,
        )

    def under(self, sets: Iterable[RuleSet], *, at: Instant) -> Evidence:
        """The evidence of the same catalog under other rule sets."""
        rules, words, defaults = _compiled(sets, at)
        return msgspec.structs.replace(self, rules=rules, words=words, defaults=defaults)

    def after(self, before: Iterable[Entity], changed: Iterable[Entity]) -> Evidence:
        """The evidence once the entities `before` are gone and those `changed` have come: the same as of all anew."""
        old, new = tuple(before), tuple(changed)
        owners, names, trusted = dict(self.owners), dict(self.names), set(self.trusted)
        for each in old:
            owners.pop(each.ref, None)
            trusted.discard(each.ref)
            for name in _names(each):
                left = tuple(ref for ref in names.get(name, ()) if ref != each.ref)
                names[name] = left
                if not left:
                    del names[name]
        for each in new:
            if each.kind in CLAIMING_KINDS:
                owners[each.ref] = each.owner
                for name in _names(each):
                    names[name] = tuple(sorted({*names.get(name, ()), each.ref}))
                if is_trusted(each, self.locations):
                    trusted.add(each.ref)
        return msgspec.structs.replace(
            self, claims=self.claims.after(old, new), owners=owners, names=names, trusted=frozenset(trusted)
        )


def _compiled(
    sets: Iterable[RuleSet], at: Instant
) -> tuple[RuleIndex, dict[str, tuple[Vocabulary, ...]], dict[Form, dict[str, tuple[Default, ...]]]]:
    """What is left of rule sets at a moment, found by what it is about."""
    active = sorted((in_force(each, at) for each in sets), key=lambda each: each.name)
    words: dict[str, list[Vocabulary]] = {}
    defaults: dict[Form, dict[str, list[Default]]] = {}
    for each in active:
        for vocabulary in each.vocabularies:
            words.setdefault(plain(vocabulary.key), []).append(vocabulary)
        for default in each.defaults:
            of_form = defaults.setdefault(default.form, {})
            of_form.setdefault(spelled(default.form, default.value), []).append(default)
    return (
        RuleIndex(active),
        {key: tuple(found) for key, found in words.items()},
        {form: {value: tuple(found) for value, found in many.items()} for form, many in defaults.items()},
    )


def _names(entity: Entity) -> tuple[str, ...]:
    return (plain(entity.name), plain(entity.ref))


def is_trusted(entity: Entity, locations: Iterable[str]) -> bool:
    """Whether the catalog read the entity from a location that the operator trusts."""
    location = entity.location
    return location is not None and any(matches(each, location) for each in locations)


def own(subject: Subject, evidence: Evidence, more: Iterable[Candidate] = ()) -> Ownership:
    """Whose `subject` is, as far as the evidence tells. The same for the same input in any order.

    `more` are suggestions that were found elsewhere: of them only the tiers that route nothing count.
    """
    found = [*_of_claims(subject, evidence), *_of_rules(subject, evidence), *_of_words(subject, evidence)]
    found += _of_services(subject, evidence)
    if evidence.defaults:
        found += _of_defaults(subject, evidence)
    found += (each for each in more if each.tier > LAST_ROUTED_TIER)
    if subject.said:
        found = _as_people_say(found, subject, evidence)
    return decide(found, otherwise=_unmapped_reason(subject, evidence.claims))


def _of_claims(subject: Subject, evidence: Evidence) -> list[Candidate]:
    """Every annotation that claims one of the subject's names, with how closely it fits."""
    found: list[Candidate] = []
    claimed, trusted = evidence.claims.by_key, evidence.trusted
    for form, value in subject.aliases:
        if form == REPOSITORY_PATH:
            continue
        name = canonical(form, value)
        if form in (REPOSITORY, IMAGE_SOURCE):
            if of_name := claimed.get((REPOSITORY, name)):
                found += _of_repository(
                    of_name, evidence.claims.folders.get(name, {}), _paths_of(name, subject), trusted
                )
            continue
        for claim in claimed.get((form, name), ()):
            fit = _fit(claim, subject)
            if fit is not None:
                found.append(_claimed(claim, fit, trusted))
    for project in subject.projects or ():
        for claim in claimed.get((WIZ_PROJECT, canonical(WIZ_PROJECT, project.external_id)), ()):
            fit = min(project.nesting_level, LEAF_PROJECT - 1) if project.is_folder else LEAF_PROJECT
            found.append(_claimed(claim, fit, trusted))
    return found


def _of_repository(
    claims: Sequence[Claim], folders: Mapping[str, Sequence[Claim]], paths: Sequence[str], trusted: frozenset[EntityRef]
) -> list[Candidate]:
    """The claims on one repository that mean one of these places in it, the deepest folder the closest.

    Claims are found by the repository alone, so that a component that comes or goes touches every subject in its
    repository and no other. Where no claim means any of the places, or none is known, all of them count alike: nobody
    says that this part of the repository is somebody else's, so it stays with those who share the repository. Weaker
    evidence does not tell them apart: else a claim on somebody else's repository would open the way for a tag.
    """
    found: dict[Claim, int] = {}
    for path in paths:
        for folder in _folders(path):
            for claim in folders.get(folder, ()):
                found[claim] = folder.count("/") + 1 if folder else 0
    if found:
        return [_claimed(claim, fit, trusted) for claim, fit in found.items()]
    return [_claimed(claim, 0, trusted) for claim in claims]


def _folders(path: str) -> Iterator[str]:
    """The whole repository, every folder on the way, and the place itself."""
    yield ""
    at = path.find("/")
    while at > 0:
        yield path[:at]
        at = path.find("/", at + 1)
    yield path


def _paths_of(repository: str, subject: Subject) -> list[str]:
    return paths_in(repository, [value for form, value in subject.aliases if form == REPOSITORY_PATH])


def paths_in(repository: str, aliases: Iterable[str]) -> list[str]:
    """The places in this repository that names of form `REPOSITORY_PATH` tell."""
    found = []
    for value in aliases:
        inside, _, path = canonical(REPOSITORY_PATH, value).partition(IN_REPOSITORY)
        if inside == repository:
            found.append(path)
    return found


def may_be_meant(paths: Sequence[str], fresh: AbstractSet[str], former: Mapping[str, object]) -> bool:
    """Whether new claims on folders of a repository can change whose a subject at these places in it is.

    They do where they mean one of the places, and where no former claim meant any of them, so that all counted alike.
    """
    ways = [folder for path in paths for folder in _folders(path)]
    return not any(folder in former for folder in ways) or not fresh.isdisjoint(ways)


def _claimed(claim: Claim, fit: int, trusted: frozenset[EntityRef]) -> Candidate:
    return Candidate(
        claim.entity_ref, claim.tier, claim.form, claim.value, claim.annotation, fit, claim.owner,
        claim.tier == Tier.NAMED and claim.entity_ref in trusted,
    )  # fmt: skip


def _fit(claim: Claim, subject: Subject) -> int | None:
    """The specificity of a claim on one of the subject's aliases. None: it means another cluster.

    The label that Backstage knows a component's objects by says as much as a label with a declared vocabulary, so that two
    of them which differ are a conflict. A namespace says less.
    """
    if claim.form in _NAMES_RESOURCE:
        return RESOURCE
    if claim.form == WIZ_PROJECT:
        return LEAF_PROJECT
    if claim.cluster:
        clusters = [canonical(form, value) for form, value in subject.aliases if form == KUBERNETES_CLUSTER]
        if claim.cluster not in clusters:
            return None
    if claim.form == KUBERNETES_ID:
        return _KIND_FIT["component"]
    return 1 if claim.cluster else 0


def _of_rules(subject: Subject, evidence: Evidence) -> Iterator[Candidate]:
    """What approved rules say. An owner that is not in the catalog is nobody."""
    for rule in evidence.rules.matching(subject):
        for ref in rule.owners:
            if ref in evidence.owners:
                yield Candidate(
                    ref, Tier.RULE, RULE, rule.id, "mapping rule", rule.fit, evidence.owners[ref], rule=rule.id
                )


def _of_words(subject: Subject, evidence: Evidence) -> Iterator[Candidate]:
    """What tags and labels with a declared vocabulary name."""
    if not evidence.words or not subject.tags:
        return
    in_cluster: bool | None = None
    for key, value in subject.tags:
        name = plain(key)
        for vocabulary in evidence.words.get(name, ()):
            if vocabulary.form is Form.LABEL:
                in_cluster = is_in_kubernetes(subject) if in_cluster is None else in_cluster
                if not in_cluster:
                    continue
            tier = Tier.TAG if vocabulary.form is Form.TAG else Tier.LABEL
            word = plain(value)
            for ref in _named(vocabulary, word, evidence):
                yield Candidate(
                    ref, tier, vocabulary.form, f"{name}={word}", f"{vocabulary.form} {key}",
                    _KIND_FIT.get(ref.partition(":")[0], 0), evidence.owners[ref], vocabulary.trust is not None,
                )  # fmt: skip


def _named(vocabulary: Vocabulary, word: str, evidence: Evidence) -> list[EntityRef]:
    """The entities that a value of a vocabulary names."""
    meant = [ref for value, ref in vocabulary.values if plain(value) == word]
    if not meant:
        meant = [ref for ref in evidence.names.get(word, ()) if ref.partition(":")[0] in vocabulary.kinds]
    return [ref for ref in meant if ref in evidence.owners]


def _of_services(subject: Subject, evidence: Evidence) -> Iterator[Candidate]:
    """What application services name: strong where the source has them from the portal, else only a hint."""
    for service in subject.services:
        for ref in evidence.names.get(plain(service.name), ()):
            tier = Tier.REPOSITORY if service.from_catalog else Tier.ACTIVITY
            where = "application service from the catalog" if service.from_catalog else "application service"
            yield Candidate(
                ref, tier, SERVICE, plain(service.name), where, _KIND_FIT.get(ref.partition(":")[0], 0),
                evidence.owners[ref],
            )  # fmt: skip


def _of_defaults(subject: Subject, evidence: Evidence) -> Iterator[Candidate]:
    """Whose the account, the project or the source is by default."""
    for form, declared in evidence.defaults.items():
        for value in _PLACES[form](subject):
            for default in declared.get(value, ()):
                if default.owner in evidence.owners:
                    yield Candidate(
                        default.owner, Tier.DEFAULT, form, value, f"default of the {form}", _DEFAULT_FIT[form],
                        evidence.owners[default.owner], default.trust is not None,
                    )  # fmt: skip


_PLACES: Mapping[Form, Callable[[Subject], Iterable[str]]] = {
    Form.ACCOUNT: lambda subject: map(plain, subject.accounts),
    Form.PROJECT: lambda subject: (as_written(each.external_id) for each in subject.projects or ()),
    Form.SOURCE: lambda subject: (subject.source,),
}
"""What a default can be declared for, in the spelling that it is compared in."""


def _as_people_say(found: list[Candidate], subject: Subject, evidence: Evidence) -> list[Candidate]:
    """The candidates with people's words: a confirmation is one more, "not ours" takes an entity out."""
    denied: dict[EntityRef, str] = {}
    for said in subject.said:
        if said.word is Word.CONFIRM and said.entity in evidence.owners:
            owner = evidence.owners[said.entity]
            found.append(Candidate(said.entity, Tier.RULE, DECISION, said.by, "confirmed by", BY_PERSON, owner))
        elif said.word is Word.NOT_OURS:
            denied[said.entity] = f"{said.by} said that it is not theirs"
    return [
        msgspec.structs.replace(each, dropped=denied[each.entity]) if each.entity in denied else each for each in found
    ]


def _unmapped_reason(subject: Subject, claims: Claims) -> Reason:
    if not claims.entities:
        return Reason.CATALOG_EMPTY
    if subject.projects is None:
        return Reason.NOT_NAMED
    return Reason.UNCLAIMED_PROJECT if subject.projects else Reason.NO_PROJECT
