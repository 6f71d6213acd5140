"""Where manifests lie in a repository: which paths name lockfiles, SBOMs, images, pipelines or infrastructure.

A name says only where to look. What a file holds is read by what knows its format.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Iterable

import msgspec


@enum.unique
class PlaceKind(enum.StrEnum):
    """What a file at such a place is. The words are stored: never change one."""

    LOCKFILE = "lockfile"
    """Which versions exactly are installed."""
    MANIFEST = "manifest"
    """What is asked for, without exact versions."""
    SBOM = "sbom"
    IMAGE = "image"
    """How a container image is built."""
    PIPELINE = "pipeline"
    """What a forge runs by itself."""
    INFRASTRUCTURE = "infrastructure"


class ManifestPlace(msgspec.Struct, frozen=True, kw_only=True, order=True):
    """One file worth reading."""

    path: str
    kind: PlaceKind
    ecosystem: str
    """For example "npm". For an SBOM its format, for a pipeline its forge."""


_NAMES: tuple[tuple[PlaceKind, str, tuple[str, ...]], ...] = (
    (
        PlaceKind.LOCKFILE,
        "npm",
        ("yarn.lock", "package-lock.json", "npm-shrinkwrap.json", "pnpm-lock.yaml", "bun.lock"),
    ),
    (
        PlaceKind.LOCKFILE,
        "pypi",
        ("uv.lock", "poetry.lock", "pdm.lock", "Pipfile.lock", "pylock.toml", "pylock.*.toml"),
    ),
    (PlaceKind.LOCKFILE, "golang", ("go.sum",)),
    (PlaceKind.LOCKFILE, "gem", ("Gemfile.lock", "gems.locked")),
    (PlaceKind.LOCKFILE, "cargo", ("Cargo.lock",)),
    (PlaceKind.LOCKFILE, "composer", ("composer.lock",)),
    (PlaceKind.LOCKFILE, "maven", ("gradle.lockfile", "buildscript-gradle.lockfile")),
    (PlaceKind.LOCKFILE, "nuget", ("packages.lock.json",)),
    (PlaceKind.LOCKFILE, "terraform", (".terraform.lock.hcl",)),
    (PlaceKind.MANIFEST, "npm", ("package.json",)),
    (PlaceKind.MANIFEST, "pypi", ("pyproject.toml", "Pipfile", "requirements*.txt", "requirements*.in")),
    (PlaceKind.MANIFEST, "golang", ("go.mod",)),
    (PlaceKind.MANIFEST, "gem", ("Gemfile", "*.gemspec")),
    (PlaceKind.MANIFEST, "cargo", ("Cargo.toml",)),
    (PlaceKind.MANIFEST, "composer", ("composer.json",)),
    (PlaceKind.MANIFEST, "maven", ("pom.xml", "build.gradle", "build.gradle.kts", "libs.versions.toml")),
    (PlaceKind.MANIFEST, "nuget", ("*.csproj", "*.fsproj", "*.vbproj", "Directory.Packages.props", "packages.config")),
    (PlaceKind.SBOM, "cyclonedx", ("bom.json", "bom.xml", "*.cdx.json", "*.cdx.xml", "*.bom.json", "*.bom.xml")),
    (PlaceKind.SBOM, "spdx", ("*.spdx", "*.spdx.json", "*.spdx.yaml", "*.spdx.yml", "*.spdx.rdf.xml")),
    (
        PlaceKind.IMAGE,
        "docker",
        ("Dockerfile", "Dockerfile.*", "*.Dockerfile", "*.dockerfile", "Containerfile", "Containerfile.*"),
    ),
    (
        PlaceKind.IMAGE,
        "compose",
        ("compose.yaml", "compose.yml", "docker-compose*.yaml", "docker-compose*.yml"),
    ),
    (PlaceKind.PIPELINE, "gitlab", (".gitlab-ci.yml", ".gitlab-ci.yaml")),
    (PlaceKind.PIPELINE, "github", ("action.yml", "action.yaml")),
    (PlaceKind.INFRASTRUCTURE, "terraform", ("*.tf", "*.tf.json")),
)

_WORKFLOWS = ".github/workflows/"
"""Only here, and only directly, does GitHub look for workflows."""

_FOREIGN = frozenset(
    {
        ".git",
        "node_modules",
        "bower_components",
        "vendor",
        "site-packages",
        ".venv",
        ".terraform",
        ".yarn",
        "__pycache__",
    }
)
"""Folders of other people's code: what lies there belongs to another repository."""

_STAR = re.escape("*")
_EXACT = {name: (kind, ecosystem) for kind, ecosystem, names in _NAMES for name in names if "*" not in name}
_PATTERNED = tuple((name, kind, ecosystem) for kind, ecosystem, names in _NAMES for name in names if "*" in name)
_ANY_PATTERN = re.compile("|".join(f"({re.escape(name).replace(_STAR, '.*')})" for name, _, _ in _PATTERNED), re.DOTALL)
"""One group for each pattern. A regular expression can be trusted here: these patterns are ours, with one star each."""


def place_of(path: str) -> ManifestPlace | None:
    """What a file at this path is by its name. None: nothing to read, or other people's code."""
    *folders, name = path.split("/")
    if path.startswith(_WORKFLOWS):
        is_workflow = len(folders) == 2 and name.endswith((".yml", ".yaml"))
        return ManifestPlace(path=path, kind=PlaceKind.PIPELINE, ecosystem="github") if is_workflow else None
    found = _EXACT.get(name)
    if found is None and (match := _ANY_PATTERN.fullmatch(name)) is not None and match.lastindex is not None:
        found = _PATTERNED[match.lastindex - 1][1:]
    if found is None or is_foreign(path):
        return None
    return ManifestPlace(path=path, kind=found[0], ecosystem=found[1])


def is_foreign(path: str) -> bool:
    """Whether a path leads through a folder of other people's code."""
    return not _FOREIGN.isdisjoint(path.split("/")[:-1])


def places(paths: Iterable[str]) -> tuple[ManifestPlace, ...]:
    """The places among some paths, sorted."""
    return tuple(sorted(found for path in paths if (found := place_of(path)) is not None))
