"""The thing affected, in the three shapes that Wiz gives it, and all the names it is known by. Pure."""

# ruff: noqa: N815 - the structs carry Wiz's own field names
from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import msgspec
from msgspec import UNSET, Raw, UnsetType

from callboard.domain import alias
from callboard.domain.finding import Resource
from callboard.domain.ownership.inherited import IMAGES
from callboard.domain.repository import place_of_location
from callboard.sources.wiz.code import folded, readable, repository_names, repository_of
from callboard.sources.wiz.lenient import ABSENT, Memo, Reader, loads
from callboard.sources.wiz.variants import Variants
from callboard.sources.wiz.words import LINE_CHARACTERS, Text, clean, filled

_MOST_TAGS = 200
_MOST_IMAGE_NAMES = 50

KUBERNETES_LABEL = "backstage.io/kubernetes-id"
"""Backstage's label on Kubernetes objects (its well-known annotations, 2026-11). No published Wiz payload shows whether
labels come as tags; under this key nothing else can be meant."""

SOURCE_LABEL = "org.opencontainers.image.source"
"""Where an image was built from (OCI image specification 1.1, "Pre-Defined Annotation Keys")."""

BASE_LABEL = "org.opencontainers.image.base.name"
"""The image that it was built on (OCI image specification 1.1, "Pre-Defined Annotation Keys")."""

Tags = tuple[tuple[str, str], ...]

_IMAGE = re.compile(
    r"(?P<name>[a-z0-9][a-z0-9.-]*(?::[0-9]{1,5})?(?:/[a-z0-9][a-z0-9._-]*)+)(?::[\w][\w.-]{0,127})?(?:@[\w:+.-]+)?",
    re.IGNORECASE,
)
"""A reference with a registry or a folder: an ARN, a path and a bare word are none."""


class Seen(msgspec.Struct, frozen=True):
    """A resource as one record mentions it."""

    resource: Resource | None
    """None: it has no id, so nothing can be said about it."""
    exposed: bool | None | UnsetType
    """Reachable from the internet. None: Wiz has not evaluated it. UNSET: it was not told."""
    drift: tuple[str, ...]
    family: str = ""
    """The operating system of a machine, in Wiz's word: `Linux` in a published report. Empty: not told."""


class _Subscription(msgspec.Struct, gc=False):
    name: Text = UNSET
    externalId: Text = UNSET


class _Entity(msgspec.Struct, gc=False):
    """The fields of `IssueEntitySnapshot`, of the vulnerable assets and of `ConfigurationFindingResource` together."""

    id: Text = UNSET
    name: Text = UNSET
    type: Text = UNSET
    nativeType: Text = UNSET
    status: Text = UNSET
    cloudPlatform: Text = UNSET
    cloudProviderURL: Text = UNSET
    providerId: Text = UNSET
    providerUniqueId: Text = UNSET
    externalId: Text = UNSET
    region: Text = UNSET
    subscriptionExternalId: Text = UNSET
    subscriptionName: Text = UNSET
    kubernetesClusterName: Text = UNSET
    kubernetesNamespaceName: Text = UNSET
    repositoryExternalId: Text = UNSET
    repositoryName: Text = UNSET
    # The capital letters are Wiz's (schema, 2026-08).
    ImageExternalId: Text = UNSET
    PodNamespace: Text = UNSET
    operatingSystem: Text = UNSET
    tagReferences: Raw = ABSENT
    hasWideInternetExposure: bool | None | UnsetType = UNSET
    hasLimitedInternetExposure: bool | None | UnsetType = UNSET
    isAccessibleFromInternet: bool | None | UnsetType = UNSET
    subscription: Raw = ABSENT
    projects: Raw = ABSENT
    """Of a configuration finding's resource, which is where its projects are."""
    tags: Raw = ABSENT


_ENTITIES = Reader(_Entity)
_SUBSCRIPTIONS = Reader(_Subscription)


def _seen(raw: Raw | bytes) -> tuple[Seen, Raw]:
    drift: list[str] = []
    entity = _ENTITIES.read(raw, drift, "resource.")
    resource_id = None if entity is None else filled(entity.id)
    if entity is None or resource_id is None:
        return Seen(None, UNSET, tuple(drift)), ABSENT
    account_id, account_name = filled(entity.subscriptionExternalId), filled(entity.subscriptionName)
    if entity.subscription is not ABSENT:
        subscription = _SUBSCRIPTIONS.read(entity.subscription, drift, "resource.subscription.")
        if subscription is not None:
            account_id = account_id or filled(subscription.externalId)
            account_name = account_name or filled(subscription.name)
    kind = filled(entity.type) or "UNKNOWN"
    ids = (filled(entity.repositoryExternalId), filled(entity.externalId), filled(entity.providerUniqueId))
    repository = repository_of(ids, kind, filled(entity.cloudProviderURL))
    tags = _tags(entity.tags, drift)
    resource = Resource(
        external_id=resource_id,
        name=filled(entity.name) or resource_id,
        type=kind,
        native_type=filled(entity.nativeType),
        platform=filled(entity.cloudPlatform),
        region=filled(entity.region),
        account_id=account_id,
        account_name=account_name,
        provider_id=filled(entity.providerUniqueId) or filled(entity.providerId) or filled(entity.externalId),
        repository=None if repository is None else readable(repository),
        status=filled(entity.status),
        url=filled(entity.cloudProviderURL),
        tags=tags,
        aliases=tuple(dict.fromkeys(_aliases(entity, kind, resource_id, repository, tags))),
    )
    return Seen(resource, _exposed(entity), tuple(drift), filled(entity.operatingSystem) or ""), entity.projects


seen = Memo(_seen)
"""The resource in an object, and the object's own `projects`, remembered by the bytes."""


def _targeted(resource: Resource, first: str | None, second: str | None) -> Resource:
    known = {value for form, value in resource.aliases if form == alias.WIZ_EXTERNAL}
    more = [(alias.WIZ_EXTERNAL, target) for target in dict.fromkeys((first, second)) if target and target not in known]
    return msgspec.structs.replace(resource, aliases=(*resource.aliases, *more)) if more else resource


with_targets = Variants(_targeted)
"""The resource, also known by the two target ids that a configuration finding carries beside it."""


def _aliases(
    entity: _Entity, kind: str, resource_id: str, repository: str | None, tags: Tags
) -> Iterable[tuple[str, str]]:
    yield alias.WIZ_ASSET, resource_id
    for text in (entity.externalId, entity.providerUniqueId, entity.providerId):
        if external := filled(text):
            yield alias.WIZ_EXTERNAL, external
    if external := filled(entity.repositoryExternalId):
        yield alias.WIZ_REPOSITORY, external
    if repository is not None:
        yield from repository_names(repository)
    for text in _image_texts(entity, kind):
        if (image := image_name(text)) is not None:
            yield alias.IMAGE, image
    for text in (entity.kubernetesNamespaceName, entity.PodNamespace):
        if namespace := filled(text):
            yield alias.KUBERNETES_NAMESPACE, namespace
    if cluster := filled(entity.kubernetesClusterName):
        yield alias.KUBERNETES_CLUSTER, cluster
    yield from label_names(tags)


def label_names(tags: Tags) -> Iterable[tuple[str, str]]:
    """Names that are written on a resource as a label or tag, each under its own key alone."""
    for key, text in tags:
        if key == KUBERNETES_LABEL and text:
            yield alias.KUBERNETES_ID, text
        elif key == SOURCE_LABEL and (place := place_of_location(f"url:{text}")) is not None:
            yield alias.IMAGE_SOURCE, folded(place.repository)
        elif key == BASE_LABEL and (base := image_name(text)) is not None:
            yield alias.IMAGE_BASE, base


def _image_texts(entity: _Entity, kind: str) -> Iterable[str]:
    if kind in IMAGES:
        if (references := _strings(entity.tagReferences)) is not None:
            yield from references[:_MOST_IMAGE_NAMES]
        for text in (entity.externalId, entity.providerUniqueId, entity.name):
            if named := filled(text):
                yield named
    if text := filled(entity.ImageExternalId):
        yield text


def image_name(text: str) -> str | None:
    """`registry/repository` of an image reference, without tag and digest. None: it names no registry or folder."""
    found = _IMAGE.fullmatch(text)
    return None if found is None or len(text) > LINE_CHARACTERS else found["name"].lower()


def _exposed(entity: _Entity) -> bool | None | UnsetType:
    told = [entity.hasWideInternetExposure, entity.hasLimitedInternetExposure, entity.isAccessibleFromInternet]
    if True in told:
        return True
    if False in told:
        return False
    return None if None in told else UNSET


def _strings(raw: Raw) -> list[str] | None:
    try:
        return msgspec.json.decode(raw, type=list[str])
    except (ValueError, RecursionError):
        return None


def _tags(raw: Raw, drift: list[str]) -> Tags:
    """Tags, which issues and vulnerabilities give as a map and configuration findings as a list of key and value."""
    if raw is ABSENT:
        return ()
    value = loads(raw)
    pairs: list[tuple[Any, Any]]
    match value:
        case None:
            return ()
        case dict():
            pairs = list(value.items())
        case list():
            pairs = [(item.get("key"), item.get("value")) for item in value if isinstance(item, dict)]
        case _:
            drift.append("resource.tags: another shape than expected")
            return ()
    tags = []
    for key, text in pairs[:_MOST_TAGS]:
        if not isinstance(key, str) or not isinstance(text, str | int | float | bool | None):
            drift.append("resource.tags: another shape than expected")
            continue
        words = "" if text is None else text if isinstance(text, str) else msgspec.json.encode(text).decode()
        tags.append((clean(key, 512, "resource.tags", drift), clean(words, LINE_CHARACTERS, "resource.tags", drift)))
    if len(pairs) > _MOST_TAGS:
        drift.append(f"resource.tags: only {_MOST_TAGS} kept")
    return tuple(tags)
