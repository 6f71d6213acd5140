"""The order of versions in each ecosystem, one file per scheme: text in, bytes out that sort as the versions do."""

from __future__ import annotations

import functools
import importlib
from collections.abc import Callable, Mapping

__all__ = ["ORDERS", "Order", "order_of"]

Order = Callable[[str], bytes | None]
"""A version's key, or None for a text that is no version of the ecosystem."""

ORDERS: Mapping[str, str] = {
    "npm": "semver:semver_key",
    "crates.io": "semver:semver_key",
    "Go": "semver:semver_key",
    "Hex": "semver:semver_key",
    "Pub": "semver:pub_key",
    "PyPI": "pep440:pep440_key",
    "RubyGems": "gem:gem_key",
    "Packagist": "composer:composer_key",
    "Maven": "maven:maven_key",
    "NuGet": "nuget:nuget_key",
}
"""OSV's name of the ecosystem → where its order is, loaded when it is first asked for: most manifests need one.

What is not here is not evaluated, and never called clean.
"""


@functools.lru_cache(maxsize=256)
def order_of(ecosystem: str) -> Order | None:
    """The order of an ecosystem's versions. None: there is none here, so nothing about ranges can be said."""
    place = ORDERS.get(ecosystem.partition(":")[0])
    if place is None:
        return None
    module, _, name = place.partition(":")
    order: Order = getattr(importlib.import_module(f"{__name__}.{module}"), name)
    return order
