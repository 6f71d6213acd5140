"""Package URLs: `pkg:type/namespace/name@version?qualifiers#subpath`, read and written in their canonical form.

The rules are those of the package-url specification and its type definitions as of 2026-11. The library for Python
(packageurl-python 0.17) fails 43 of the specification's 304 own tests, mostly on qualifiers, which is why this is ours.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Mapping
from urllib.parse import quote, unquote

import msgspec

from callboard.errors import InvalidPurlError

LONGEST = 4096
"""Characters. Longer ones are refused; real ones stay far under 500."""

_TYPE = re.compile(r"[a-z][a-z0-9.-]*")
_KEY = re.compile(r"[a-z][a-z0-9._-]*")
_PLAIN = re.compile(r"[A-Za-z0-9._~:-]*")
"""Text that percent-encoding leaves alone, by far the most usual."""
_CONTROL = re.compile("[\\x00-\\x1f\\x7f\\ud800-\\udfff]")
"""Half characters (surrogates) among them, which cannot be encoded."""


class Purl(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A package URL in its parts, all of them decoded and normalised by the rules of its type."""

    type: str
    """Lower case, for example "npm"."""
    namespace: str | None = None
    """Segments joined by "/"; for npm the scope with its @, for Maven the group."""
    name: str
    version: str | None = None
    qualifiers: tuple[tuple[str, str], ...] = ()
    """Sorted by key, without empty values."""
    subpath: str | None = None

    def __str__(self) -> str:
        """The canonical spelling."""
        parts = ["pkg:", self.type, "/"]
        if self.namespace:
            parts += ["/".join(_encode(segment) for segment in self.namespace.split("/")), "/"]
        parts.append("/".join(map(_encode, self.name.split("/"))) if self.type == "git" else _encode(self.name))
        if self.version:
            parts += ["@", _encode(self.version)]
        if self.qualifiers:
            parts += ["?", "&".join(f"{key}={_encode(value)}" for key, value in self.qualifiers)]
        if self.subpath:
            parts += ["#", "/".join(_encode(segment) for segment in self.subpath.split("/"))]
        return "".join(parts)


def read_purl(text: str) -> Purl:
    """The parts of a package URL, canonical or not. Raises InvalidPurlError naming what is wrong."""
    if len(text) > LONGEST:
        raise InvalidPurlError(f"The package URL has {len(text):,} characters; at most {LONGEST:,} are read.")
    scheme, colon, rest = text.partition(":")
    if not colon or scheme.lower() != "pkg":
        raise InvalidPurlError(f"{_shown(text)} is no package URL: it does not begin with pkg:")
    rest, _, subpath = rest.partition("#")
    rest, _, query = rest.partition("?")
    kind, slash, path = rest.lstrip("/").partition("/")
    if not slash:
        raise InvalidPurlError(f"{_shown(text)} is no package URL: pkg:type/name is the least there is.")
    path, version = _split_version(path)
    *namespace, name = path.lstrip("/").split("/")
    if kind.lower() == "git" and len(namespace) > 1:
        namespace, name = namespace[:1], "/".join([*namespace[1:], name])
    return make_purl(
        type=kind,
        namespace="/".join(unquote(segment) for segment in namespace if segment) or None,
        name=unquote(name),
        version=unquote(version) or None,
        qualifiers=_read_qualifiers(query, text),
        subpath="/".join(unquote(segment) for segment in subpath.split("/")) or None,
    )


def make_purl(
    *,
    type: str | None,  # noqa: A002
    name: str | None,
    namespace: str | None = None,
    version: str | None = None,
    qualifiers: Mapping[str, str | None] | None = None,
    subpath: str | None = None,
) -> Purl:
    """A package URL from its parts, normalised by the rules of its type. Raises InvalidPurlError."""
    kind = (type or "").lower()
    if not _TYPE.fullmatch(kind):
        raise InvalidPurlError(f"{_shown(kind)} is no type of a package URL: letters, digits, . and - are.")
    if not name:
        raise InvalidPurlError("A package URL needs a name.")
    rest = (namespace, name, version, subpath, *(qualifiers or {}).values())
    if any(part is not None and _CONTROL.search(part) for part in rest):
        raise InvalidPurlError("A package URL holds no control characters.")
    made = Purl(
        type=kind,
        namespace="/".join(segment for segment in (namespace or "").split("/") if segment) or None,
        name=name,
        version=version or None,
        qualifiers=_qualifiers(qualifiers or {}),
        subpath="/".join(each for each in (subpath or "").split("/") if each not in {"", ".", ".."}) or None,
    )
    return _by_type(made)


def _split_version(path: str) -> tuple[str, str]:
    """Path and version. A bare @ begins a version only after the last slash, so that npm scopes may be written bare."""
    at = path.rfind("@")
    if at <= path.rfind("/"):
        # A slash in the version itself should be percent-encoded; some tools do not.
        at = path.find("@", 1)
        if at <= 0 or path[at - 1] == "/":
            return path, ""
    if at == 0:
        return "", path[1:]
    return path[:at], path[at + 1 :]


def _read_qualifiers(query: str, text: str) -> dict[str, str | None]:
    found: dict[str, str | None] = {}
    for pair in query.split("&") if query else ():
        key, _, value = pair.partition("=")
        if key.lower() in found:
            raise InvalidPurlError(f"{_shown(text)} names the qualifier {_shown(key)} twice.")
        found[key.lower()] = unquote(value)
    return found


def _qualifiers(given: Mapping[str, str | None]) -> tuple[tuple[str, str], ...]:
    kept = sorted((key.lower(), value) for key, value in given.items() if value)
    for key, _ in kept:
        if not _KEY.fullmatch(key):
            raise InvalidPurlError(f"{_shown(key)} is no name of a qualifier: letters, digits, . - and _ are.")
    return tuple(kept)


def _encode(text: str) -> str:
    return text if _PLAIN.fullmatch(text) else quote(text, safe=":")


def _shown(text: str) -> str:
    return ascii(text if len(text) <= 80 else f"{text[:80]}…")


@enum.unique
class _Namespace(enum.Enum):
    OPTIONAL = "optional"
    REQUIRED = "required"
    PROHIBITED = "prohibited"


class _TypeRule(msgspec.Struct, frozen=True):
    """What a type asks for; what is not said is taken as it comes."""

    namespace: _Namespace = _Namespace.OPTIONAL
    lower_namespace: bool = False
    lower_name: bool = False
    lower_version: bool = False
    name: re.Pattern[str] | None = None
    version: re.Pattern[str] | None = None
    qualifier: str | None = None
    """One that must be there."""


_NEEDS, _NONE = _Namespace.REQUIRED, _Namespace.PROHIBITED
_LOWER = _TypeRule(lower_namespace=True, lower_name=True)
_LOWER_NEEDS = _TypeRule(_NEEDS, lower_namespace=True, lower_name=True)
_ALONE = _TypeRule(_NONE)
_LOWER_ALONE = _TypeRule(_NONE, lower_name=True)

_TYPES: Mapping[str, _TypeRule] = {
    "alpm": _LOWER_NEEDS,
    "apk": _LOWER_NEEDS,
    "bazel": _ALONE,
    "bitbucket": _LOWER_NEEDS,
    "bitnami": _LOWER_ALONE,
    "brew": _LOWER,
    "cargo": _ALONE,
    "chrome-extension": _TypeRule(
        _NONE, lower_name=True, name=re.compile("[a-p]{32}"), version=re.compile(r"\d+(\.\d+){0,3}")
    ),
    "cocoapods": _ALONE,
    "composer": _LOWER_NEEDS,
    "conda": _ALONE,
    "cpan": _TypeRule(name=re.compile(r"(?:(?!::).)+", re.DOTALL)),
    "cran": _ALONE,
    "deb": _LOWER_NEEDS,
    "gem": _ALONE,
    "git": _TypeRule(_NEEDS),
    "github": _LOWER_NEEDS,
    # The definition asks for a namespace; tools that list a program's own Go write pkg:golang/stdlib, and mean it.
    "golang": _LOWER,
    "hackage": _ALONE,
    "hex": _LOWER,
    "huggingface": _TypeRule(_NEEDS, lower_version=True),
    "julia": _TypeRule(_NONE, qualifier="uuid"),
    "luarocks": _LOWER,
    "maven": _TypeRule(_NEEDS),
    "mlflow": _ALONE,
    "nuget": _ALONE,
    "oci": _TypeRule(_NONE, lower_name=True, lower_version=True),
    "opam": _ALONE,
    "otp": _LOWER_ALONE,
    "pub": _LOWER_ALONE,
    "pypi": _LOWER_ALONE,
    "qpkg": _TypeRule(_NEEDS, lower_namespace=True),
    "rpm": _TypeRule(_NEEDS, lower_namespace=True),
    "swift": _TypeRule(_NEEDS),
    "vcpkg": _ALONE,
    "vscode-extension": _LOWER_NEEDS,
    "yocto": _TypeRule(lower_namespace=True),
}

_FOLDING_HOSTS = frozenset({"github", "github.com", "bitbucket.org"})
"""Git hosts where names that differ only by case are one."""


def _by_type(purl: Purl) -> Purl:
    rule = _TYPES.get(purl.type)
    if rule is None:
        return purl
    folded = msgspec.structs.replace(
        purl,
        namespace=purl.namespace.lower() if rule.lower_namespace and purl.namespace else purl.namespace,
        name=_folded_name(purl, rule),
        version=purl.version.lower() if rule.lower_version and purl.version else purl.version,
    )
    _check(folded, rule)
    return folded


def _folded_name(purl: Purl, rule: _TypeRule) -> str:
    name = purl.name.lower() if rule.lower_name else purl.name
    match purl.type:
        case "pypi":
            return name.replace("_", "-")
        case "pub":
            return re.sub(r"[^a-z0-9_]", "_", name)
        case "mlflow" if "azuredatabricks" in dict(purl.qualifiers).get("repository_url", ""):
            return name.lower()
        case "git" if purl.namespace in _FOLDING_HOSTS:
            return name.lower()
    return name


def _check(purl: Purl, rule: _TypeRule) -> None:
    if rule.namespace is _NEEDS and purl.namespace is None:
        raise InvalidPurlError(f"A package URL of type {purl.type} needs a namespace before its name.")
    if rule.namespace is _NONE and purl.namespace is not None:
        raise InvalidPurlError(f"A package URL of type {purl.type} has no namespace.")
    if rule.qualifier is not None and rule.qualifier not in dict(purl.qualifiers):
        raise InvalidPurlError(f"A package URL of type {purl.type} needs the qualifier {rule.qualifier}.")
    for pattern, part, text in ((rule.name, "name", purl.name), (rule.version, "version", purl.version)):
        if pattern is not None and text is not None and not pattern.fullmatch(text):
            raise InvalidPurlError(f"{_shown(text)} is no {part} of type {purl.type}.")
