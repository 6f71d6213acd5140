"""Answers of a resource seen as a vulnerable asset."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from callboard.demo.company.ids import entity_id, hex_name, spread
from callboard.demo.wizsim.fields.issues import Fields

_BASE: Final[dict[str, Callable[..., Any]]] = {
    "id": lambda r, t: r.id,
    "type": lambda r, t: r.asset_type or "VIRTUAL_MACHINE",
    "name": lambda r, t: r.name,
    "providerUniqueId": lambda r, t: r.provider_id,
    "externalId": lambda r, t: r.external_id,
    "region": lambda r, t: r.region,
    "cloudPlatform": lambda r, t: r.platform,
    "cloudProviderURL": lambda r, t: r.url,
    "nativeType": lambda r, t: r.native_type,
    "status": lambda r, t: r.status,
    "subscriptionId": lambda r, t: r.account.id if r.account else None,
    "subscriptionName": lambda r, t: r.account.name if r.account else None,
    "subscriptionExternalId": lambda r, t: r.account.external_id if r.account else None,
    "resourceGroupExternalId": lambda r, t: r.resource_group or None,
    "tags": lambda r, t: r.tags,
    "hasLimitedInternetExposure": lambda r, t: r.internet,
    "hasWideInternetExposure": lambda r, t: r.internet and r.index % 2 == 0,
    "isAccessibleFromVPN": lambda r, t: False,
    "isAccessibleFromOtherVnets": lambda r, t: r.index % 10 == 0,
    "isAccessibleFromOtherSubscriptions": lambda r, t: False,
    "isUsedOnPrem": lambda r, t: None,
    "graphEntity": lambda r, t: r,
    "scanSource": lambda r, t: None,
    "operatingSystemDistribution": lambda r, t: None,
}

_ADDRESS: Final = "10.{}.{}.{}"


def _image_name(name: str, seed: int) -> str:
    return f"{name}@sha256:{hex_name(seed, name, length=64)}"


ASSET_FIELDS: Final[Fields] = {
    "VulnerableAssetCommon": _BASE,
    "VulnerableAssetRepository": _BASE,
    "VulnerableAssetVirtualMachine": {
        **_BASE,
        "operatingSystem": lambda r, t: "Linux",
        "ipAddresses": lambda r, t: [_ADDRESS.format(r.index % 200, r.index // 200 % 250, r.index % 250)],
        "imageId": lambda r, t: None,
        "imageName": lambda r, t: None,
        "imageExternalId": lambda r, t: None,
        "imageNativeType": lambda r, t: None,
        "imageProviderUniqueId": lambda r, t: None,
        "computeInstanceGroup": lambda r, t: None,
    },
    "VulnerableAssetServerless": {**_BASE, "runtime": lambda r, t: ("python3.9", "nodejs18.x", "java11")[r.index % 3]},
    "VulnerableAssetContainerImage": {
        **_BASE,
        "imageId": lambda r, t: f"sha256:{hex_name(t.world.seed, r.name, length=64)}",
        "imageTags": lambda r, t: [f"1.{spread(r.index, 3) % 40}.{r.index % 10}", "latest"],
        "tagReferences": lambda r, t: None,
        "isPublic": lambda r, t: False,
        "baseContainerImage": lambda r, t: None,
        "layerMetadata": lambda r, t: None,
        "registry": lambda r, t: None,
        "repository": lambda r, t: None,
        "executionControllers": lambda r, t: None,
    },
    "VulnerableAssetContainer": {
        **_BASE,
        # Capital letters as in the real schema (wiz-api.md section 5).
        "ImageExternalId": lambda r, t: _image_name(r.name, t.world.seed),
        "VmExternalId": lambda r, t: f"i-{hex_name(t.world.seed, 'node', r.index % 40)}",
        "ServerlessContainer": lambda r, t: False,
        "PodNamespace": lambda r, t: r.namespace,
        "PodName": lambda r, t: f"{r.name}-{hex_name(t.world.seed, 'pod', r.index, length=5)}",
        "NodeName": lambda r, t: f"node-{r.index % 40}",
        "executionControllers": lambda r, t: None,
    },
    "VulnerableAssetRepositoryBranch": {
        **_BASE,
        "repositoryId": lambda r, t: r.repository.id if r.repository else None,
        "repositoryExternalId": lambda r, t: r.repository.slug if r.repository else None,
        "repositoryName": lambda r, t: r.repository.name if r.repository else None,
    },
}


def group_id(seed: int, name: str) -> str:
    """The Wiz id of a resource group."""
    return entity_id(seed, "group", name)
