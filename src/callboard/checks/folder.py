"""A portal in a folder: which files are its settings, what its packages ask for, what its plugins give to browsers.

Only files below the folder are read, links are not followed, and nothing is executed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import msgspec

from callboard.checks.check import Portal
from callboard.checks.code.schema import visible
from callboard.checks.code.source import Source, has_engine
from callboard.checks.configuration import merged
from callboard.checks.hosts import host_of
from callboard.domain.posture import Place
from callboard.domain.risk.side import ROLES, Side
from callboard.errors import PortalError

_MOST = 5_000_000
"""Bytes of one file."""
_PACKAGES = ("package.json", "packages/*/package.json", "plugins/*/package.json")
_PRODUCTION = "production"


def settings_files(folder: Path) -> list[Path]:
    """What a portal for others is started with: `app-config.yaml`, then `app-config.production.yaml`, where they are.

    Raises:
        PortalError: there is neither.
    """
    names = ("app-config.yaml", "app-config.production.yaml")
    found = [folder / name for name in names if (folder / name).is_file()]
    if not found:
        raise PortalError(f"{folder}: expected app-config.yaml, which every portal has in its folder")
    return found


def read_portal(
    folder: Path,
    files: Sequence[Path] = (),
    *,
    is_production: bool | None = None,
    locked: Mapping[str, tuple[str, ...]] | None = None,
) -> Portal:
    """What can be known of the portal in a folder.

    Args:
        folder: its root, where `package.json` and `app-config.yaml` lie.
        files: its settings, from the weakest to the strongest; none: those that lie in the folder.
        is_production: whether others use it; None: when the name of one of the files says so.
        locked: the versions of each package in its lock file; None: it has none that could be read.

    Raises:
        PortalError: a file cannot be read; the message names it.
    """
    chosen = list(files) or settings_files(folder)
    names = [_name(folder, each) for each in chosen]
    production = any(_PRODUCTION in Path(name).name for name in names) if is_production is None else is_production
    raw = [(name, _bytes(each)) for name, each in zip(names, chosen, strict=True)]
    return Portal(
        settings=merged(raw, is_production=production),
        packages=_asked_for(folder),
        shown_to_browsers=_shown(folder),
        unread_schemas=_unread_schemas(folder),
        locked=locked,
    )


def _name(folder: Path, file: Path) -> str:
    try:
        return file.relative_to(folder).as_posix()
    except ValueError:
        return file.name


def _bytes(file: Path) -> bytes:
    try:
        if file.stat().st_size > _MOST:
            raise PortalError(f"{file}: larger than {_MOST:,} bytes")
        return file.read_bytes()
    except OSError as error:
        raise PortalError(f"{file}: {error.strerror or error}") from None


_LOCKS = ("yarn.lock", "package-lock.json", "npm-shrinkwrap.json", "pnpm-lock.yaml")
_PIPELINES = (
    ".github/workflows/*.yml", ".github/workflows/*.yaml", ".github/actions/*/action.yml", "action.yml", "Dockerfile*",
    "*.Dockerfile", "packages/*/Dockerfile*", "*.tf", "terraform/*.tf", "infra/*.tf",
)  # fmt: skip
_MOST_FILES = 500
"""Pipeline files that are read at most; a repository with more is told."""


def manifest_files(folder: Path) -> list[Path]:
    """Its lock files, and the files that say what its pipelines run.

    Raises:
        PortalError: there are more than anybody writes by hand.
    """
    found = [folder / name for name in _LOCKS if (folder / name).is_file()]
    for pattern in _PIPELINES:
        found += (each for each in sorted(folder.glob(pattern)) if each.is_file() and not each.is_symlink())
    if len(found) > _MOST_FILES:
        raise PortalError(f"{folder}: {len(found)} files of pipelines, expected at most {_MOST_FILES}")
    return found


def package_files(folder: Path) -> list[Path]:
    """Its own package.json files, the root's first."""
    return [
        file
        for pattern in _PACKAGES
        for file in sorted(folder.glob(pattern))
        if file.is_file() and not file.is_symlink()
    ]


def read_file(folder: Path, file: Path) -> tuple[str, bytes]:
    """The name of a file below the folder, and what it holds. Raises PortalError."""
    return _name(folder, file), _bytes(file)


def registry_hosts(folder: Path) -> frozenset[str]:
    """Hosts that the package manager's own settings name. Raises PortalError."""
    found: set[str] = set()
    if (folder / ".npmrc").is_file():
        for line in _bytes(folder / ".npmrc").decode("utf-8", "replace").splitlines():
            key, _, value = line.partition("=")
            if key.strip() == "registry" or key.strip().endswith(":registry"):
                found.add(host_of(value.strip()) or "")
    if (folder / ".yarnrc.yml").is_file():
        settings = merged([(".yarnrc.yml", _bytes(folder / ".yarnrc.yml"))], is_production=False)
        for each in settings.root.below():
            if each.key == "npmRegistryServer" and each.text:
                found.add(host_of(each.text) or "")
    return frozenset(found - {""})


class _Backstage(msgspec.Struct):
    role: str | None = None


class _Package(msgspec.Struct):
    name: str | None = None
    backstage: _Backstage | None = None
    dependencies: dict[str, str] = {}
    config_schema: object = msgspec.field(default=None, name="configSchema")


def name_of(folder: Path) -> str | None:
    """What the portal's own package.json calls it; None: it does not say. Raises PortalError."""
    root = next((package for file, package, _ in _read_packages(folder) if file.parent == folder), None)
    return None if root is None else root.name or None


def sides_of(folder: Path) -> dict[str, Side]:
    """The folders of the packages that the portal is started from, and what each is. Raises PortalError."""
    found: dict[str, Side] = {}
    for file, package, _ in _read_packages(folder):
        role = None if package.backstage is None else package.backstage.role
        if role is not None and role in ROLES:
            found[file.parent.relative_to(folder).as_posix()] = ROLES[role]
    return found


def _read_packages(folder: Path) -> Iterator[tuple[Path, _Package, bytes]]:
    for file in package_files(folder):
        raw = _bytes(file)
        try:
            yield file, msgspec.json.decode(raw, type=_Package), raw
        except msgspec.MsgspecError as error:
            raise PortalError(f"{_name(folder, file)}: {error}") from None


def _asked_for(folder: Path) -> dict[str, Place] | None:
    found: dict[str, Place] = {}
    any_ = False
    for file, package, raw in _read_packages(folder):
        any_ = True
        for name in package.dependencies:
            line = raw[: max(0, raw.find(f'"{name}"'.encode()))].count(b"\n") + 1
            found.setdefault(name, Place(_name(folder, file), line))
    return found if any_ else None


def _shown(folder: Path) -> dict[str, Place] | None:
    """Paths that the schemas of the portal's own packages give to browsers, as far as they can be read."""
    found: dict[str, Place] = {}
    any_ = False
    for file, package, _ in _read_packages(folder):
        schema, where = package.config_schema, file
        if isinstance(schema, str):
            where = file.parent / schema
            if where.is_symlink() or not where.is_file():
                continue
            if where.suffix == ".ts":
                if has_engine():
                    any_ = True
                    source = Source(_name(folder, where), _bytes(where))
                    for shown, node in visible(source):
                        found.setdefault(shown, source.place(node))
                continue
            try:
                schema = msgspec.json.decode(_bytes(where))
            except msgspec.MsgspecError as error:
                raise PortalError(f"{_name(folder, where)}: {error}") from None
        if isinstance(schema, dict):
            any_ = True
            for path in _visible(schema, (), 0):
                found.setdefault(".".join(path), Place(_name(folder, where)))
    return found if any_ else None


def _unread_schemas(folder: Path) -> tuple[str, ...]:
    """Schemas written as types, where nothing is installed that reads them."""
    if has_engine():
        return ()
    return tuple(
        _name(folder, file.parent / package.config_schema)
        for file, package, _ in _read_packages(folder)
        if isinstance(package.config_schema, str) and package.config_schema.endswith(".ts")
    )


_DEEPEST = 30


def _visible(schema: dict[object, object], path: tuple[str, ...], depth: int) -> Iterator[tuple[str, ...]]:
    if "frontend" in (schema.get("visibility"), schema.get("deepVisibility")) and path:
        yield path
    properties = schema.get("properties")
    if isinstance(properties, dict) and depth < _DEEPEST:
        for key, value in properties.items():
            if isinstance(value, dict):
                yield from _visible(value, (*path, str(key)), depth + 1)
