"""The order of versions in each ecosystem, one file per scheme: text in, bytes out that sort as the versions do."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from callboard.domain.versions.composer import composer_key
from callboard.domain.versions.gem import gem_key
from callboard.domain.versions.maven import maven_key
from callboard.domain.versions.nuget import nuget_key
from callboard.domain.versions.pep440 import pep440_key
from callboard.domain.versions.semver import pub_key, semver_key

__all__ = ["ORDERS", "Order", "order_of"]

Order = Callable[[str], bytes | None]
"""A version's key, or None for a text that is no version of the ecosystem."""

ORDERS: Mapping[str, Order] = {
    "npm": semver_key,
    "crates.io": semver_key,
    "Go": semver_key,
    "Hex": semver_key,
    "Pub": pub_key,
    "PyPI": pep440_key,
    "RubyGems": gem_key,
    "Packagist": composer_key,
    "Maven": maven_key,
    "NuGet": nuget_key,
}
"""OSV's name of the ecosystem → its order. What is not here is not evaluated, and never called clean."""


def order_of(ecosystem: str) -> Order | None:
    """The order of an ecosystem's versions. None: there is none here, so nothing about ranges can be said."""
    return ORDERS.get(ecosystem.partition(":")[0])
