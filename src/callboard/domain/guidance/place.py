"""Which manifest a source's own words for a place mean, by the name of the file alone. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from callboard.domain.guidance.managers import YARN, Use
from callboard.domain.packages.package import CRATES, GEMS, GO, MAVEN, NPM, PACKAGIST, PYPI

_FILES: Mapping[str, tuple[str, str]] = MappingProxyType({
    "package-lock.json": ("package-lock", NPM), "npm-shrinkwrap.json": ("package-lock", NPM),
    "yarn.lock": (YARN, NPM), "pnpm-lock.yaml": ("pnpm-lock", NPM), "uv.lock": ("uv", PYPI),
    "poetry.lock": ("poetry", PYPI), "pdm.lock": ("pdm", PYPI), "pylock.toml": ("pylock", PYPI),
    "Pipfile.lock": ("pipfile", PYPI), "go.mod": ("go", GO), "go.sum": ("go", GO), "Cargo.lock": ("cargo", CRATES),
    "Gemfile.lock": ("gemfile", GEMS), "gems.locked": ("gemfile", GEMS), "composer.lock": ("composer", PACKAGIST),
    "pom.xml": ("", MAVEN),
})  # fmt: skip
"""Format and ecosystem."""
_REQUIREMENTS = re.compile(r"requirements[^/]*\.txt|[^/]*requirements\.txt")


def use_at(location: object, package: object, version: object) -> Use | None:
    """The use that a source tells of. None: it names no manifest, or no package."""
    if not isinstance(location, str) or not isinstance(package, str) or not package:
        return None
    path = location.strip().lstrip("/").partition(":")[0].partition(", ")[0]
    name = path.rpartition("/")[2]
    found = ("requirements", PYPI) if _REQUIREMENTS.fullmatch(name) else _FILES.get(name)
    if found is None:
        return None
    installed = version if isinstance(version, str) else "what is there"
    return Use(path=path, format=found[0], ecosystem=found[1], name=package, version=installed)
