"""`package.json`: what a project of the npm world asks for."""

from __future__ import annotations

from typing import Any

import msgspec

from callboard.domain.packages.lock import Need
from callboard.errors import MalformedManifestError
from callboard.formats.json import read_json

_SECTIONS = (
    ("dependencies", Need.PRODUCTION),
    ("optionalDependencies", Need.OPTIONAL),
    ("peerDependencies", Need.PEER),
    ("devDependencies", Need.DEVELOPMENT),
)


class PackageJson(msgspec.Struct, frozen=True):
    """What it asks for, and how it bends the rules."""

    name: str
    version: str
    asked: dict[str, tuple[str, Need]]
    """Name → range and need. What is listed twice is needed in the stronger way, but an optional one stays optional."""
    resolutions: dict[str, str]
    """Versions that replace what others ask for (Yarn)."""
    package_manager: str = ""

    def need(self, name: str) -> Need:
        """How the project needs that name; production where it does not say."""
        return self.asked.get(name, ("", Need.PRODUCTION))[1]


def read_package_json(path: str, raw: bytes) -> PackageJson:
    """Reads the file. Raises MalformedManifestError; fields of another shape are passed over."""
    value = read_json(path, raw)
    if not isinstance(value, dict):
        raise MalformedManifestError("expected a JSON object", path=path, line=1)
    asked: dict[str, tuple[str, Need]] = {}
    for section, need in _SECTIONS:
        for name, wanted in _texts(value.get(section)).items():
            # npm takes an optional dependency out of the others.
            if name not in asked or section == "optionalDependencies":
                asked[name] = (wanted, need)
    return PackageJson(
        name=_text(value.get("name")),
        version=_text(value.get("version")),
        asked=asked,
        resolutions=_texts(value.get("resolutions")),
        package_manager=_text(value.get("packageManager")),
    )


def _text(value: Any) -> str:  # noqa: ANN401  whatever the file holds
    return value if isinstance(value, str) else ""


def _texts(value: Any) -> dict[str, str]:  # noqa: ANN401  whatever the file holds
    return {k: v for k, v in value.items() if isinstance(v, str)} if isinstance(value, dict) else {}
