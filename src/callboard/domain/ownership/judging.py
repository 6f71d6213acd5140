"""Judging: the candidates that evidence gives for a subject, and whose it is therefore. Pure.

What one word says (a tag, an account, a project, a place in a repository) is the same for every subject that has it. So a
judge remembers it, up to a bound, and subjects that are told in the same words cost little.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from functools import lru_cache, partial

import msgspec

from callboard.domain.alias import (
    CATALOG_ENTITY,
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
from callboard.domain.component import EntityRef
from callboard.domain.ownership.claims import Claim, Claims, canonical
from callboard.domain.ownership.evidence import DECISION, RULE, Evidence
from callboard.domain.ownership.facts import is_in_kubernetes
from callboard.domain.ownership.mapping import Form, Vocabulary, as_written, plain
from callboard.domain.ownership.rule_index import Compiled
from callboard.domain.ownership.verdict import (
    BY_PERSON,
    LAST_ROUTED_TIER,
    LEAF_PROJECT,
    RESOURCE,
    Candidate,
    Ownership,
    Reason,
    Subject,
    SubjectProject,
    Tier,
    Word,
    decide,
)
from callboard.domain.repository import IN_REPOSITORY
from callboard.domain.term import SERVICE

REMEMBERED = 20_000
"""Words of one sort that a judge remembers at most; then those that were not heard for longest are forgotten."""

Candidates = tuple[Candidate, ...]

_NAMES_RESOURCE = frozenset({WIZ_ASSET, WIZ_EXTERNAL, WIZ_REPOSITORY})
_KIND_FIT = {"component": 3, "resource": 2, "api": 2, "system": 1}
"""Which entity a word means more closely where it could mean several."""
_DEFAULT_FIT = {Form.PROJECT: 3, Form.ACCOUNT: 2, Form.SOURCE: 1}


def own(subject: Subject, evidence: Evidence, more: Iterable[Candidate] = ()) -> Ownership:
    """Whose `subject` is, as far as the evidence tells. The same for the same input in any order.

    `more` are suggestions that were found elsewhere: of them only the tiers that route nothing count.
    """
    return Judge(evidence).own(subject, more)


class Judge:
    """Decides for many subjects by the same evidence."""

    def __init__(self, evidence: Evidence) -> None:
        self.evidence = evidence
        self._rules: dict[str, Candidates] = {}
        remembers = lru_cache(maxsize=REMEMBERED)
        self._tag = remembers(partial(_of_tag, evidence))
        self._place = remembers(partial(_of_place, evidence))
        self._project = remembers(partial(_of_project, evidence))
        self._account = remembers(partial(_of_account, evidence))
        self._source = remembers(partial(_of_source, evidence))

    def own(self, subject: Subject, more: Iterable[Candidate] = ()) -> Ownership:
        """Whose `subject` is: as the function of this name."""
        evidence = self.evidence
        found = self._named(subject)
        for project in subject.projects or ():
            found += self._project(project)
        for rule in evidence.rules.matching(subject):
            its = self._rules.get(rule.id)
            if its is None:
                its = self._rules[rule.id] = _of_rule(evidence, rule)
            found += its
        if evidence.words and subject.tags:
            self._hear_tags(subject, found)
        if subject.services:
            found += _of_services(subject, evidence)
        if evidence.defaults:
            for account in subject.accounts:
                found += self._account(account)
            found += self._source(subject.source)
        found += (each for each in more if each.tier > LAST_ROUTED_TIER)
        if subject.said:
            found = _as_people_say(found, subject, evidence)
        return decide(found, otherwise=_unmapped_reason(subject, evidence.claims))

    def _named(self, subject: Subject) -> list[Candidate]:
        """Every annotation that claims one of the subject's names, with how closely it fits."""
        found: list[Candidate] = []
        evidence = self.evidence
        claimed = evidence.claims.by_key
        for form, value in subject.aliases:
            if form == REPOSITORY_PATH:
                continue
            if form == CATALOG_ENTITY:
                found += _of_entity(evidence, EntityRef(value))
                continue
            name = canonical(form, value)
            if form in (REPOSITORY, IMAGE_SOURCE):
                if claimed.get((REPOSITORY, name)):
                    found += self._place(name, tuple(_paths_of(name, subject)))
                continue
            for claim in claimed.get((form, name), ()):
                fit = _fit(claim, subject)
                if fit is not None:
                    found.append(_claimed(claim, fit, evidence.trusted))
        return found

    def _hear_tags(self, subject: Subject, found: list[Candidate]) -> None:
        """Add what tags and labels with a declared vocabulary name."""
        words = self.evidence.words
        for key, value in subject.tags:
            if plain(key) in words:
                of_tag, of_label = self._tag(key, value)
                found += of_tag
                if of_label and is_in_kubernetes(subject):
                    found += of_label


def _of_entity(evidence: Evidence, ref: EntityRef) -> Candidates:
    """The entity that the subject is known to be a part of."""
    if ref not in evidence.owners:
        return ()
    return (Candidate(ref, Tier.NAMED, CATALOG_ENTITY, ref, "bill of materials", RESOURCE, evidence.owners[ref]),)


def _of_place(evidence: Evidence, repository: str, paths: Sequence[str]) -> Candidates:
    """The claims on one repository that mean one of these places in it, the deepest folder the closest.

    Claims are found by the repository alone, so that a component that comes or goes touches every subject in its
    repository and no other. Where no claim means any of the places, or none is known, all of them count alike: nobody
    says that this part of the repository is somebody else's, so it stays with those who share the repository. Weaker
    evidence does not tell them apart: else a claim on somebody else's repository would open the way for a tag.
    """
    folders, trusted = evidence.claims.folders.get(repository, {}), evidence.trusted
    found: dict[Claim, int] = {}
    for path in paths:
        for folder in _folders(path):
            for claim in folders.get(folder, ()):
                found[claim] = folder.count("/") + 1 if folder else 0
    if found:
        return tuple(_claimed(claim, fit, trusted) for claim, fit in found.items())
    return tuple(_claimed(claim, 0, trusted) for claim in evidence.claims.by_key.get((REPOSITORY, repository), ()))


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


def _of_project(evidence: Evidence, project: SubjectProject) -> Candidates:
    """What annotations on a project, and its default, say."""
    fit = min(project.nesting_level, LEAF_PROJECT - 1) if project.is_folder else LEAF_PROJECT
    claims = evidence.claims.by_key.get((WIZ_PROJECT, canonical(WIZ_PROJECT, project.external_id)), ())
    return (
        *(_claimed(claim, fit, evidence.trusted) for claim in claims),
        *_of_default(evidence, Form.PROJECT, as_written(project.external_id)),
    )


def _of_account(evidence: Evidence, account: str) -> Candidates:
    """What the default of an account says."""
    return tuple(_of_default(evidence, Form.ACCOUNT, plain(account)))


def _of_source(evidence: Evidence, source: str) -> Candidates:
    """What the default of a source says."""
    return tuple(_of_default(evidence, Form.SOURCE, source))


def _of_default(evidence: Evidence, form: Form, value: str) -> Iterator[Candidate]:
    """Whose what lies there is by default. `value` in the spelling that the form is compared in."""
    for default in evidence.defaults.get(form, {}).get(value, ()):
        if default.owner in evidence.owners:
            yield Candidate(
                default.owner, Tier.DEFAULT, form, value, f"default of the {form}", _DEFAULT_FIT[form],
                evidence.owners[default.owner], default.trust is not None,
            )  # fmt: skip


def _of_rule(evidence: Evidence, rule: Compiled) -> Candidates:
    """What an approved rule says of whatever it matches. An owner that is not in the catalog is nobody."""
    return tuple(
        Candidate(ref, Tier.RULE, RULE, rule.id, "mapping rule", rule.fit, evidence.owners[ref], rule=rule.id)
        for ref in rule.owners
        if ref in evidence.owners
    )


def _of_tag(evidence: Evidence, key: str, value: str) -> tuple[Candidates, Candidates]:
    """What a tag names by vocabularies of tags, and by those of labels, which count in a cluster only."""
    name, word = plain(key), plain(value)
    of_tag: list[Candidate] = []
    of_label: list[Candidate] = []
    for vocabulary in evidence.words.get(name, ()):
        is_tag = vocabulary.form is Form.TAG
        (of_tag if is_tag else of_label).extend(
            Candidate(
                ref, Tier.TAG if is_tag else Tier.LABEL, vocabulary.form, f"{name}={word}", f"{vocabulary.form} {key}",
                _kind_fit(ref), evidence.owners[ref], vocabulary.trust is not None,
            )
            for ref in _meant(vocabulary, word, evidence)
        )  # fmt: skip
    return tuple(of_tag), tuple(of_label)


def _meant(vocabulary: Vocabulary, word: str, evidence: Evidence) -> list[EntityRef]:
    """The entities that a value of a vocabulary names."""
    meant = [ref for value, ref in vocabulary.values if plain(value) == word]
    if not meant:
        meant = [ref for ref in evidence.names.get(word, ()) if ref.partition(":")[0] in vocabulary.kinds]
    return [ref for ref in meant if ref in evidence.owners]


def _kind_fit(ref: EntityRef) -> int:
    return _KIND_FIT.get(ref.partition(":")[0], 0)


def _of_services(subject: Subject, evidence: Evidence) -> Iterator[Candidate]:
    """What application services name: strong where the source has them from the portal, else only a hint."""
    for service in subject.services:
        for ref in evidence.names.get(plain(service.name), ()):
            tier = Tier.REPOSITORY if service.from_catalog else Tier.ACTIVITY
            where = "application service from the catalog" if service.from_catalog else "application service"
            yield Candidate(ref, tier, SERVICE, plain(service.name), where, _kind_fit(ref), evidence.owners[ref])


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
