"""Claims: what catalog entities say is theirs, read from their annotations.

Annotations are written by whoever can edit a catalog file, so a claim is a statement and not yet an answer;
`domain.ownership` weighs them. What each annotation means, and how strong it is, stands in the tables of this file.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Mapping

import msgspec

from callboard.domain.alias import (
    IMAGE_SOURCE,
    KUBERNETES_CLUSTER,
    KUBERNETES_ID,
    KUBERNETES_NAMESPACE,
    REPOSITORY,
    REPOSITORY_PATH,
    WIZ_ASSET,
    WIZ_EXTERNAL,
    WIZ_PROJECT,
    WIZ_REPOSITORY,
)
from callboard.domain.component import Entity, EntityRef
from callboard.domain.repository import IN_REPOSITORY, Place, place_of_location, slug_place

Key = tuple[str, str]
"""A name as (form, canonical value)."""

CLAIMING_KINDS = frozenset({"component", "resource", "api", "system"})
"""Kinds of entities that may own findings. Groups and users own through them; a domain is too wide to fix anything."""

_CASELESS = frozenset({REPOSITORY, WIZ_REPOSITORY, IMAGE_SOURCE})
"""Forms whose hosts compare names without letter case (GitHub and GitLab do)."""


def canonical(form: str, value: str) -> str:
    """The spelling of a name that is compared and stored: Unicode NFC, trimmed, repositories also in folded case.

    Look-alike letters stay different: NFC joins an `e` and its accent, never a Latin `a` and a Cyrillic one.
    Applying it twice changes nothing. Folders and files keep their letter case, which Git does.
    """
    value = value.strip()
    if form == REPOSITORY_PATH:
        repository, mark, path = value.partition(IN_REPOSITORY)
        return canonical(REPOSITORY, repository) + mark + unicodedata.normalize("NFC", path).strip()
    if value.isascii():
        return value.lower() if form in _CASELESS else value
    if form in _CASELESS:
        # Decomposing first makes folding reach every letter; see Unicode 16.0, 3.13.5, canonical caseless matching.
        value = unicodedata.normalize("NFD", value).casefold()
        value = unicodedata.normalize("NFD", value).casefold()
    return unicodedata.normalize("NFC", value).strip()


class Claim(msgspec.Struct, frozen=True, kw_only=True, order=True):
    """One entity's statement that one name is its own."""

    entity_ref: EntityRef
    owner: EntityRef | None
    """The entity's owner: two claims on one name contradict each other only when their owners differ."""
    form: str
    value: str
    """In canonical spelling."""
    tier: int
    """Strength, 1 the strongest: 2 names the source's own object, 3 the repository, 5 the Kubernetes namespace."""
    annotation: str
    """The annotation that says so."""
    path: str = ""
    """For a repository: the folder inside it that is meant, without slashes at its ends. Empty: all of it."""
    cluster: str = ""
    """For a Kubernetes name: the only cluster that is meant. Empty: any."""

    @property
    def key(self) -> Key:
        """The name that is claimed."""
        return self.form, self.value


class _Meaning(msgspec.Struct, frozen=True):
    """What one annotation claims."""

    form: str
    tier: int


LISTED = {
    "wiz.io/project-id": _Meaning(WIZ_PROJECT, 2),
    "wiz.io/asset-id": _Meaning(WIZ_ASSET, 2),
    "wiz.io/external-asset-id": _Meaning(WIZ_EXTERNAL, 2),
    "wiz.io/repository-external-id": _Meaning(WIZ_REPOSITORY, 2),
}
"""Annotations whose value is a comma list of names, each taken as it stands."""

SLUGS = {"github.com/project-slug": "github.com", "gitlab.com/project-slug": "gitlab.com"}
"""Annotations that name a repository by its slug, with the host that is meant when nothing else tells."""

SOURCE_LOCATION = "backstage.io/source-location"
MANAGED_BY = "backstage.io/managed-by-location"

_KUBERNETES = {
    "backstage.io/kubernetes-id": _Meaning(KUBERNETES_ID, 5),
    "backstage.io/kubernetes-namespace": _Meaning(KUBERNETES_NAMESPACE, 5),
}
_CLUSTER = "backstage.io/kubernetes-cluster"


def claims_of(entity: Entity) -> tuple[Claim, ...]:
    """What the annotations of one entity claim, sorted and each once. Unreadable annotations claim nothing."""
    if entity.kind not in CLAIMING_KINDS or not entity.annotations:
        return ()
    annotations = dict(entity.annotations)
    found: set[Claim] = set()
    for read in _READERS:
        found.update(read(entity, annotations))
    return tuple(sorted(found, key=_order))


def _order(claim: Claim) -> tuple[EntityRef, int, str, str, str, str, str, str]:
    return (
        claim.entity_ref,
        claim.tier,
        claim.form,
        claim.value,
        claim.annotation,
        claim.path,
        claim.cluster,
        claim.owner or "",
    )


def _listed(entity: Entity, annotations: Mapping[str, str]) -> Iterable[Claim]:
    for annotation, meaning in LISTED.items():
        for item in annotations.get(annotation, "").split(","):
            if value := canonical(meaning.form, item):
                yield _claim(entity, annotation, meaning, value)


def _repositories(entity: Entity, annotations: Mapping[str, str]) -> Iterable[Claim]:
    """Repositories by slug and by source location; each tells the other what it leaves out.

    The location knows the host (a slug is also used for a company's own GitHub) and the folder; the slug knows that the
    repository is meant at all.
    """
    meaning = _Meaning(REPOSITORY, 3)
    location = place_of_location(annotations.get(SOURCE_LOCATION, ""))
    named = bool(annotations.get("wiz.io/repository-external-id", "").strip())
    for annotation, host in SLUGS.items():
        slug = slug_place(annotations.get(annotation, ""), host)
        if slug is None:
            continue
        named = True
        if location is not None and _same_slug(location, slug):
            slug = location
        yield _claim(entity, annotation, meaning, canonical(REPOSITORY, slug.repository), path=slug.path)
    if location is None:
        return
    # Backstage fills in the source location from where it read the catalog file. When a slug names another repository,
    # that place is only where the descriptor is kept. Read in docs/features/software-catalog/well-known-annotations.md
    # of backstage/backstage, 2026-11.
    is_descriptor = location == place_of_location(annotations.get(MANAGED_BY, ""))
    if named and is_descriptor and not _named_by_slug(annotations, location):
        return
    # The APIs and systems that stand in a component's descriptor get the same filled-in location, and are not the code.
    if is_descriptor and entity.kind != "component":
        return
    yield _claim(entity, SOURCE_LOCATION, meaning, canonical(REPOSITORY, location.repository), path=location.path)


def _named_by_slug(annotations: Mapping[str, str], location: Place) -> bool:
    slugs = (slug_place(annotations.get(annotation, ""), host) for annotation, host in SLUGS.items())
    return any(slug is not None and _same_slug(location, slug) for slug in slugs)


def _same_slug(location: Place, slug: Place) -> bool:
    return canonical(REPOSITORY, location.slug) == canonical(REPOSITORY, slug.slug)


def _kubernetes(entity: Entity, annotations: Mapping[str, str]) -> Iterable[Claim]:
    cluster = canonical(KUBERNETES_CLUSTER, annotations.get(_CLUSTER, ""))
    for annotation, meaning in _KUBERNETES.items():
        if value := canonical(meaning.form, annotations.get(annotation, "")):
            yield _claim(entity, annotation, meaning, value, cluster=cluster)


_READERS: tuple[Callable[[Entity, Mapping[str, str]], Iterable[Claim]], ...] = (_listed, _repositories, _kubernetes)


def _claim(
    entity: Entity, annotation: str, meaning: _Meaning, value: str, *, path: str = "", cluster: str = ""
) -> Claim:
    return Claim(
        entity_ref=entity.ref,
        owner=entity.owner,
        form=meaning.form,
        value=value,
        tier=meaning.tier,
        annotation=annotation,
        path=path,
        cluster=cluster,
    )


class Claims(msgspec.Struct, frozen=True):
    """All claims of a catalog, found by the name they claim."""

    by_key: dict[Key, tuple[Claim, ...]]
    """In the same order for the same entities, whatever order they came in."""
    entities: int
    """How many entities were read. 0: no catalog has been read yet, so that nothing is known about any owner."""
    folders: dict[str, dict[str, tuple[Claim, ...]]] = {}
    """Claims on repositories, by repository and by the folder that is meant."""

    @classmethod
    def of(cls, entities: Iterable[Entity]) -> Claims:
        """The claims of these entities."""
        count = 0
        found: dict[Key, set[Claim]] = {}
        for entity in entities:
            count += 1
            for claim in claims_of(entity):
                found.setdefault(claim.key, set()).add(claim)
        by_key = {key: tuple(sorted(found[key], key=_order)) for key in sorted(found)}
        return cls(
            by_key, count, {name: _by_folder(many) for (form, name), many in by_key.items() if form == REPOSITORY}
        )

    def after(self, before: Iterable[Entity], changed: Iterable[Entity]) -> Claims:
        """The claims once the entities `before` are gone and those `changed` have come: the same as of all anew."""
        old, new = tuple(before), tuple(changed)
        found = dict(self.by_key)
        for claim in {claim for each in old for claim in claims_of(each)}:
            left = tuple(each for each in found.get(claim.key, ()) if each != claim)
            found[claim.key] = left
            if not left:
                del found[claim.key]
        for claim in {claim for each in new for claim in claims_of(each)}:
            found[claim.key] = tuple(sorted({*found.get(claim.key, ()), claim}, key=_order))
        folders = dict(self.folders)
        for form, name in {claim.key for each in (*old, *new) for claim in claims_of(each)}:
            if form == REPOSITORY:
                folders[name] = _by_folder(found.get((form, name), ()))
                if not folders[name]:
                    del folders[name]
        return Claims(found, self.entities - len(old) + len(new), folders)


def _by_folder(claims: Iterable[Claim]) -> dict[str, tuple[Claim, ...]]:
    found: dict[str, list[Claim]] = {}
    for claim in claims:
        found.setdefault(claim.path, []).append(claim)
    return {path: tuple(many) for path, many in found.items()}


def changed_keys(old: Claims, new: Claims) -> frozenset[Key]:
    """The names whose claims differ: only subjects with such a name, or in such a project, need a new decision.

    A claimant's new owner counts as a difference, since components contradict each other only when their owners differ.
    So the new owners and these decisions belong in one transaction. When one of the two has no entities at all, the
    reason of every unmapped subject changes as well: decide those again.
    """
    return frozenset(key for key in old.by_key.keys() | new.by_key.keys() if old.by_key.get(key) != new.by_key.get(key))
