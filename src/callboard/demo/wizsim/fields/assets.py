"""Answers of a resource seen as a vulnerable asset."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from callboard.demo.company.ids import entity_id, hex_name, spread
from callboard.demo.wizsim.fields.issues import Fields

_BASE: Final[dict[str, Callable[..., Any]]] = {
    "id": lambda r, _t: r.id,
    "type": lambda r, _t: r.asset_type or "VIRTUAL_MACHINE",
    "name": lambda r, _t: r.name,
    "providerUniqueId": lambda r, _t: r.provider_id,
    "externalId": lambda r, _t: r.external_id,
    "region": lambda r, _t: r.region,
    "cloudPlatform": lambda r, _t: r.platform,
    "cloudProviderURL": lambda r, _t: r.url,
    "nativeType": lambda r, _t: r.native_type,
    "status": lambda r, _t: r.status,
    "subscriptionId": lambda r, _t: r.account.id if r.account else None,
    "subscriptionName": lambda r, _t: r.account.name if r.account else None,
    "subscriptionExternalId": lambda r, _t: r.account.external_id if r.account else None,
    "resourceGroupExternalId": lambda r, _t: r.resource_group or None,
    "tags": lambda r, _t: r.tags,
    "hasLimitedInternetExposure": lambda r, _t: r.internet,
    "hasWideInternetExposure": lambda r, _t: r.internet and r.index % 2 == 0,
    "isAccessibleFromVPN": lambda _r, _t: False,
    "isAccessibleFromOtherVnets": lambda r, _t: r.index % 10 == 0,
    "isAccessibleFromOtherSubscriptions": lambda _r, _t: False,
    "isUsedOnPrem": lambda _r, _t: None,
    "graphEntity": lambda r, _t: r,
    "scanSource": lambda _r, _t: None,
    "operatingSystemDistribution": lambda _r, _t: None,
}

_ADDRESS: Final = "10.{}.{}.{}"


ASSET_FIELDS: Final[Fields] = {
    **dict.fromkeys(
        (
            "VulnerableAssetArtifact",
            "VulnerableAssetCommon",
            "VulnerableAssetEndpoint",
            "VulnerableAssetIde",
            "VulnerableAssetPaaSResource",
            "VulnerableAssetVirtualMachineImage",
        ),
        _BASE,
    ),
    "VulnerableAssetDevice": {**_BASE, "operatingSystem": lambda _r, _t: "Linux"},
    "VulnerableAssetNetworkAddress": {
        **_BASE,
        "address": lambda r, _t: r.name,
        "addressType": lambda _r, _t: "IPV4",
    },
    "VulnerableAssetRepository": _BASE,
    "VulnerableAssetVirtualMachine": {
        **_BASE,
        "operatingSystem": lambda _r, _t: "Linux",
        "ipAddresses": lambda r, _t: [_ADDRESS.format(r.index % 200, r.index // 200 % 250, r.index % 250)],
        "imageId": lambda _r, _t: None,
        "imageName": lambda _r, _t: None,
        "imageExternalId": lambda _r, _t: None,
        "imageNativeType": lambda _r, _t: None,
        "imageProviderUniqueId": lambda _r, _t: None,
        "computeInstanceGroup": lambda _r, _t: None,
    },
    "VulnerableAssetServerless": {**_BASE, "runtime": lambda r, _t: ("python3.9", "nodejs18.x", "java11")[r.index % 3]},
    "VulnerableAssetContainerImage": {
        **_BASE,
        "imageId": lambda r, t: f"sha256:{hex_name(t.world.seed, r.name, length=64)}",
        "imageTags": lambda r, _t: [f"1.{spread(r.index, 3) % 40}.{r.index % 10}", "latest"],
        "tagReferences": lambda _r, _t: None,
        "isPublic": lambda _r, _t: False,
        "baseContainerImage": lambda _r, _t: None,
        "layerMetadata": lambda _r, _t: None,
        "registry": lambda _r, _t: None,
        "repository": lambda _r, _t: None,
        "executionControllers": lambda _r, _t: None,
    },
    "VulnerableAssetContainer": {
        **_BASE,
        # Capital letters as in the real schema (wiz-api.md section 5).
        "ImageExternalId": lambda r, _t: r.image or None,
        "VmExternalId": lambda r, t: f"i-{hex_name(t.world.seed, 'node', r.index % 40)}",
        "ServerlessContainer": lambda _r, _t: False,
        "PodNamespace": lambda r, _t: r.namespace,
        "PodName": lambda r, t: f"{r.name}-{hex_name(t.world.seed, 'pod', r.index, length=5)}",
        "NodeName": lambda r, _t: f"node-{r.index % 40}",
        "executionControllers": lambda _r, _t: None,
    },
    "VulnerableAssetRepositoryBranch": {
        **_BASE,
        "repositoryId": lambda r, _t: r.repository.id if r.repository else None,
        "repositoryExternalId": lambda r, _t: r.repository.slug if r.repository else None,
        "repositoryName": lambda r, _t: r.repository.name if r.repository else None,
    },
}


def group_id(seed: int, name: str) -> str:
    """The Wiz id of a resource group."""
    return entity_id(seed, "group", name)
