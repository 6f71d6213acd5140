"""Where components and their owners come from: a live Backstage portal, or catalog files."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from callboard.catalog.config import BackstageConfig, FileCatalogConfig
from callboard.domain.instant import Instant
from callboard.ports import Catalog, Directory

if TYPE_CHECKING:
    from callboard.net import Net

__all__ = ["CATALOGS", "BackstageConfig", "CatalogSpec", "FileCatalogConfig", "open_catalog", "open_directory"]


class CatalogSpec(msgspec.Struct, frozen=True, kw_only=True):
    """A kind of catalog, before any is configured."""

    kind: str
    """The word in the configuration."""
    title: str
    """For people."""
    config: type[msgspec.Struct]
    """What the operator's file must hold, with a docstring under each field."""


CATALOGS = {
    spec.kind: spec
    for spec in (
        CatalogSpec(kind="backstage", title="Backstage portal", config=BackstageConfig),
        CatalogSpec(kind="file", title="Catalog files", config=FileCatalogConfig),
    )
}
"""Every kind of catalog by its word."""


def _system_now() -> Instant:
    return Instant(time.time_ns() // 1_000)


def open_catalog(
    config: BackstageConfig | FileCatalogConfig,
    net: Net,
    *,
    folder: Path = Path(),
    now: Callable[[], Instant] = _system_now,
) -> Catalog:
    """The catalog that `config` describes. Nothing is read yet, except the signing key when there is one.

    `net` has to allow the config's `allow_hosts`; relative paths are relative to `folder`. Raises ConfigError.
    """
    # Late, since most commands open no catalog and HTTP and YAML are slow to import.
    if isinstance(config, FileCatalogConfig):
        from callboard.catalog.file import FileCatalog

        return FileCatalog(config, folder=folder)
    from callboard.catalog.backstage import BackstageCatalog

    return BackstageCatalog(config, net, folder=folder, now=now)


def open_directory(
    config: BackstageConfig | FileCatalogConfig, net: Net, *, folder: Path = Path(), now: Callable[[], Instant]
) -> Directory:
    """Who is in which group by the catalog that `config` describes, as `open_catalog` opens it. Raises ConfigError."""
    from callboard.catalog.people import FileDirectory, PortalDirectory

    if isinstance(config, FileCatalogConfig):
        return FileDirectory(config, now=now, folder=folder)
    return PortalDirectory(config, net, now=now, folder=folder)
