"""Where packages are published: asked about releases and names, and only where the operator names one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from callboard.domain.packages.package import NPM, PYPI
from callboard.registries.config import RegistryConfig

if TYPE_CHECKING:
    from callboard.net import Net
    from callboard.ports import Registry


class RegistrySpec(msgspec.Struct, frozen=True, kw_only=True):
    """A kind of registry, before any is configured."""

    kind: str
    """The word in the configuration."""
    title: str
    """For people."""
    ecosystem: str
    config: type[RegistryConfig]
    """What the operator's file must hold, with a docstring under each field."""


REGISTRIES = {
    spec.kind: spec
    for spec in (
        RegistrySpec(kind="npm", title="npm", ecosystem=NPM, config=RegistryConfig),
        RegistrySpec(kind="pypi", title="Python packages", ecosystem=PYPI, config=RegistryConfig),
    )
}
"""Every kind by its word."""


def open_registry(kind: str, config: RegistryConfig, net: Net) -> Registry:
    """The registry of a configuration. Opening asks nothing yet."""
    from callboard.registries.asking import AskedRegistry

    return AskedRegistry(REGISTRIES[kind].ecosystem, config, net)
