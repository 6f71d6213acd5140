"""A package: name and version in an ecosystem, how it is matched, and its package URL."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import NewType

import msgspec

from callboard.domain.packages.purl import Purl, make_purl, read_purl
from callboard.errors import InvalidPurlError

PackageKey = NewType("PackageKey", tuple[str, str])
"""Ecosystem and normalised name: what advisories are looked up by. Never a whole package URL."""

NPM, PYPI, GO, CRATES, GEMS = "npm", "PyPI", "Go", "crates.io", "RubyGems"
PACKAGIST, MAVEN, NUGET, HEX, PUB = "Packagist", "Maven", "NuGet", "Hex", "Pub"
ACTIONS = "GitHub Actions"
DOCKER = "docker"
"""Images. As with everything that OSV has no name for, the type of the package URL stands in."""
TERRAFORM = "terraform"
"""Providers and modules of Terraform."""

_TYPES: Mapping[str, str] = {
    NPM: "npm",
    PYPI: "pypi",
    GO: "golang",
    CRATES: "cargo",
    GEMS: "gem",
    PACKAGIST: "composer",
    MAVEN: "maven",
    NUGET: "nuget",
    HEX: "hex",
    PUB: "pub",
    "Hackage": "hackage",
    "CRAN": "cran",
    "ConanCenter": "conan",
    "SwiftURL": "swift",
    "Julia": "julia",
    "Bitnami": "bitnami",
    "opam": "opam",
    # No registered type, but what GitHub's own exports write; pkg:github is any repository, which need not be an action.
    ACTIONS: "githubactions",
}
"""OSV's name of an ecosystem (schema 1.7.5, 2026-01) → the type in package URLs."""

_ECOSYSTEMS = {kind: ecosystem for ecosystem, kind in _TYPES.items()}
_DISTRIBUTIONS: Mapping[tuple[str, str | None], str] = {
    ("deb", "debian"): "Debian",
    ("deb", "ubuntu"): "Ubuntu",
    ("apk", "alpine"): "Alpine",
    ("apk", "wolfi"): "Wolfi",
    ("apk", "chainguard"): "Chainguard",
    ("rpm", "redhat"): "Red Hat",
    ("rpm", "rocky"): "Rocky Linux",
    ("rpm", "rocky-linux"): "Rocky Linux",
    ("rpm", "almalinux"): "AlmaLinux",
    ("rpm", "opensuse"): "openSUSE",
    ("rpm", "suse"): "SUSE",
}
_SLASHED = frozenset({GO, PACKAGIST, ACTIONS, "SwiftURL", DOCKER, TERRAFORM, HEX})
"""Where a name is a path whose last segment is the name of the package URL."""

_PEP503 = re.compile(r"[-_.]+")


def _pypi(name: str) -> str:
    return _PEP503.sub("-", name).lower()


_NORMALISE: Mapping[str, Callable[[str], str]] = {
    PYPI: _pypi,
    # Module paths tell case apart, but package URLs of type golang are lower case, so the case of a name is not known
    # to everybody. Paths that differ by nothing else are one repository on every large forge.
    GO: str.lower,
    PACKAGIST: str.lower,
    NUGET: str.lower,
    HEX: str.lower,
    PUB: str.lower,
    ACTIONS: str.lower,
}
"""Ecosystems in which several spellings name one package. In all others (npm among them) a name is exactly itself."""

_PLAIN = re.compile(r"(?:@[a-z0-9._~-]+/)?[A-Za-z0-9._~-]+ [A-Za-z0-9._~-]+")
"""An npm name and a version of which percent-encoding touches nothing but the @."""


class Package(msgspec.Struct, frozen=True, kw_only=True, gc=False, order=True):
    """A package in one version."""

    ecosystem: str
    """OSV's name, for example "npm" or "PyPI"; where OSV has none, the type of its package URL, for example "docker"."""
    name: str
    """As its registry spells it: npm with scope, Maven as group:artifact, Go as the module's path."""
    version: str
    """As the manifest has it, without "v" only where the ecosystem has none. Empty: not known."""
    qualifiers: tuple[tuple[str, str], ...] = ()
    """Of its package URL, sorted by key: what tells apart packages of one name and version."""
    subpath: str | None = None
    """Inside the package, for example the folder of an action."""

    @property
    def key(self) -> PackageKey:
        """What advisories are looked up by."""
        return package_key(self.ecosystem, self.name)

    @property
    def repository(self) -> str | None:
        """Where it comes from, if a package URL names a place of its own.

        Such a package may be another one than that of the same name at the ecosystem's usual registry: a match must say so.
        """
        return dict(self.qualifiers).get("repository_url") if self.qualifiers else None

    @property
    def purl(self) -> str:
        """The canonical package URL. Raises InvalidPurlError where there can be none, for example without a name."""
        if (
            self.ecosystem == NPM
            and not self.qualifiers
            and self.subpath is None
            and _PLAIN.fullmatch(f"{self.name} {self.version}")
        ):
            # Most packages by far, and 30 times as fast.
            return f"pkg:npm/{self.name.replace('@', '%40', 1)}@{self.version}"
        return str(self.purl_parts)

    @property
    def named(self) -> str:
        """The package URL, and where there can be none, what stands in for it: different for every other package."""
        try:
            return self.purl
        except InvalidPurlError:
            return f"{self.ecosystem}:{self.name}@{self.version}"

    @property
    def purl_parts(self) -> Purl:
        """The package URL in its parts. Raises InvalidPurlError."""
        namespace, name = _split(self.ecosystem, self.name)
        return make_purl(
            type=_type_of(self.ecosystem),
            namespace=namespace,
            name=name,
            version=self.version or None,
            qualifiers=dict(self.qualifiers),
            subpath=self.subpath,
        )


def package_key(ecosystem: str, name: str) -> PackageKey:
    """The key of a name in an ecosystem. A release of a distribution ("Debian:12") counts as its distribution."""
    ecosystem = ecosystem.partition(":")[0]
    normalise = _NORMALISE.get(ecosystem)
    return PackageKey((ecosystem, name if normalise is None else normalise(name)))


def package_of(purl: str | Purl) -> Package:
    """The package that a package URL names. Raises InvalidPurlError.

    Where the URL's rules fold case (PyPI, Go) the spelling of the registry cannot be told from it; the key is the same.
    """
    parts = read_purl(purl) if isinstance(purl, str) else purl
    ecosystem = _DISTRIBUTIONS.get((parts.type, parts.namespace)) or _ECOSYSTEMS.get(parts.type, parts.type)
    return Package(
        ecosystem=ecosystem,
        name=_join(ecosystem, parts.namespace, parts.name),
        version=parts.version or "",
        qualifiers=parts.qualifiers,
        subpath=parts.subpath,
    )


def _type_of(ecosystem: str) -> str:
    ecosystem = ecosystem.partition(":")[0]
    for (kind, _), name in _DISTRIBUTIONS.items():
        if name == ecosystem:
            return kind
    return _TYPES.get(ecosystem, ecosystem)


def _split(ecosystem: str, name: str) -> tuple[str | None, str]:
    """Namespace and name of the package URL."""
    if ecosystem == MAVEN:
        group, _, artifact = name.rpartition(":")
        return group or None, artifact
    if ecosystem in _SLASHED or (ecosystem == NPM and name.startswith("@")) or ecosystem not in _TYPES:
        namespace, _, last = name.rpartition("/")
        found = next((space for (_, space), each in _DISTRIBUTIONS.items() if each == ecosystem), None)
        return namespace or found, last
    return None, name


def _join(ecosystem: str, namespace: str | None, name: str) -> str:
    if namespace is None or ecosystem in _DISTRIBUTIONS.values():
        return name
    return f"{namespace}:{name}" if ecosystem == MAVEN else f"{namespace}/{name}"
