"""Advisories in OSV form (schema 1.7.5 of 2026-01, https://ossf.github.io/osv-schema/, read 2026-11).

Bytes in, an `Advisory` out, nothing else: no file, no clock. The texts come from strangers. What is kept of them is bounded,
and what is not needed is not even decoded.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from callboard.domain.finding import Severity
from callboard.domain.instant import Instant, from_text
from callboard.domain.packages.advisory import Advisory, Affected, affected, exact_key
from callboard.domain.packages.ranges import Event
from callboard.domain.packages.versions import order_of
from callboard.errors import AdvisoryRefusedError
from callboard.formats.cvss import base_score, severity_of

MAX_RECORD_BYTES = 16 * 1024 * 1024
"""The largest record seen in public dumps is under 8 MB."""
MAX_AFFECTED = 20_000
"""Packages that one advisory affects."""
MAX_EVENTS = 20_000
"""In all ranges of one record together."""
MAX_VERSIONS = 200_000
"""In all lists of one record together."""
MAX_NAMES = 500
MAX_NAME_CHARACTERS = 512
SUMMARY_CHARACTERS = 300

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:+-]{0,127}", re.ASCII)
_SRI = re.compile(r"sha(?:1|256|384|512)-[A-Za-z0-9+/]{20,100}={0,2}", re.ASCII)
_WORD = {
    "CRITICAL": Severity.CRITICAL,
    "HIGH": Severity.HIGH,
    "MODERATE": Severity.MEDIUM,
    "MEDIUM": Severity.MEDIUM,
    "LOW": Severity.LOW,
}
_MALICIOUS_SUMMARY = re.compile(
    r"^malicious (?:code|packages?|versions?)\b|\bembedded malicious code\b|\bharvesting malware\b"
    r"|\bcontain(?:s|ing)? [\w -]{0,40}(?:malware|malicious code)",
    re.IGNORECASE,
)
_MALICIOUS_CWE = b"CWE-506"
"""Embedded malicious code."""
_VERSION_OF_VECTOR = {"CVSS_V4": 4, "CVSS_V3": 3, "CVSS_V2": 2}


class _Package(msgspec.Struct):
    ecosystem: str
    name: str


class _Range(msgspec.Struct):
    type: str
    events: list[dict[str, str]]


class _Affected(msgspec.Struct):
    package: _Package | None = None
    ranges: list[_Range] = []
    versions: list[str] = []
    database_specific: msgspec.Raw = msgspec.Raw()


class _Severity(msgspec.Struct):
    type: str
    score: str


class _Reference(msgspec.Struct):
    type: str = ""
    url: str = ""


class _Record(msgspec.Struct):
    id: str
    modified: str
    published: str | None = None
    withdrawn: str | None = None
    aliases: list[str] | None = None
    summary: str | None = None
    severity: list[_Severity] | None = None
    affected: list[_Affected] | None = None
    references: list[_Reference] | None = None
    database_specific: msgspec.Raw = msgspec.Raw()


class Head(msgspec.Struct):
    """What tells whether a record is news."""

    id: str
    modified: str


_DECODE = msgspec.json.Decoder(_Record)
_DECODE_HEAD = msgspec.json.Decoder(Head)


class Keys(dict[str, bytes]):
    """Keys of versions of one ecosystem, each made once: a dump repeats few versions a great many times."""

    def __init__(self, ecosystem: str) -> None:
        super().__init__()
        self._order = order_of(ecosystem)

    def __missing__(self, version: str) -> bytes:
        key = self[version] = exact_key(version, self._order)
        return key


class OsvReader:
    """Reads records, remembering what repeats. One for each file or update; it grows with the number of versions."""

    def __init__(self) -> None:
        self._keys: dict[str, Keys] = {}

    def head(self, record: bytes) -> tuple[str, Instant]:
        """Id and time of the last change. Raises AdvisoryRefusedError."""
        _bound(record)
        try:
            found = _DECODE_HEAD.decode(record)
        except (msgspec.DecodeError, RecursionError, ValueError) as error:
            raise AdvisoryRefusedError(f"no OSV record: {_said(error)}") from None
        return _id(found.id), _instant(found.modified, "modified")

    def read(self, record: bytes) -> Advisory:
        """The advisory. Raises AdvisoryRefusedError saying what was expected."""
        _bound(record)
        try:
            raw = _DECODE.decode(record)
        except (msgspec.DecodeError, RecursionError, ValueError) as error:
            raise AdvisoryRefusedError(f"no OSV record: {_said(error)}") from None
        name = _id(raw.id)
        aliases = tuple(dict.fromkeys(_id(each) for each in raw.aliases or () if each != name))
        entries = raw.affected or []
        _bound_counts(name, entries, aliases)
        malicious = _is_malicious(name, aliases, raw)
        score, vector = _score(raw.severity or ())
        return Advisory(
            id=name,
            modified=_instant(raw.modified, "modified"),
            published=_maybe(raw.published, "published"),
            withdrawn=_maybe(raw.withdrawn, "withdrawn"),
            aliases=aliases,
            summary=" ".join((raw.summary or "").split())[:SUMMARY_CHARACTERS],
            severity=severity_of(score) if score is not None else _publisher_word(raw.database_specific),
            score=score,
            vector=vector,
            malicious=malicious,
            affected=tuple(self._affected(each) for each in entries if each.package is not None),
            integrity=tuple(_integrity(entries)) if malicious else (),
            reference=_reference(raw.references or ()),
        )

    def _affected(self, entry: _Affected) -> Affected:
        package = entry.package
        assert package is not None  # noqa: S101 - the caller looked
        ecosystem = package.ecosystem.partition(":")[0]
        if not ecosystem or not package.name or len(package.name) > MAX_NAME_CHARACTERS or len(ecosystem) > 64:
            raise AdvisoryRefusedError("affected.package should have an ecosystem and a name of at most 512 characters")
        ranges: list[list[Event]] = []
        unread: list[str] = []
        for each in entry.ranges:
            if each.type in ("SEMVER", "ECOSYSTEM"):
                ranges.append(list(_events(each.events)))
            elif not entry.versions:
                # OSV writes down the versions of a range of commits, where it can; then nothing is missing.
                unread.append("a range of commits" if each.type == "GIT" else "a range of a kind that is not known")
        keys = self._keys.get(ecosystem)
        if keys is None:
            keys = self._keys[ecosystem] = Keys(ecosystem)
        if ranges and unread:
            unread.clear()  # the same in versions
        return affected(ecosystem, package.name, ranges=ranges, versions=entry.versions, unread=unread, keys=keys)


def _events(raw: Sequence[dict[str, str]]) -> Iterator[Event]:
    for each in raw:
        for kind, version in each.items():
            if kind not in ("introduced", "fixed", "last_affected", "limit"):
                raise AdvisoryRefusedError(
                    f"an event should be introduced, fixed, last_affected or limit, not {kind[:40]!r}"
                )
            yield kind, version


def _bound(record: bytes) -> None:
    if len(record) > MAX_RECORD_BYTES:
        raise AdvisoryRefusedError(f"a record should have at most {MAX_RECORD_BYTES:,} bytes")


def _bound_counts(name: str, entries: Sequence[_Affected], aliases: Sequence[str]) -> None:
    counts = (
        ("affected entries", len(entries), MAX_AFFECTED),
        ("events", sum(len(each.events) for entry in entries for each in entry.ranges), MAX_EVENTS),
        ("versions", sum(len(entry.versions) for entry in entries), MAX_VERSIONS),
        ("aliases", len(aliases), MAX_NAMES),
    )
    for what, count, most in counts:
        if count > most:
            raise AdvisoryRefusedError(f"{name} has {count:,} {what}; at most {most:,} are read")


def _id(text: str) -> str:
    if _ID.fullmatch(text) is None:
        raise AdvisoryRefusedError("an id should have 1 to 128 letters, digits and . _ : + -")
    return text


def _instant(text: str, what: str) -> Instant:
    try:
        return from_text(text)
    except (ValueError, OverflowError):
        raise AdvisoryRefusedError(f"{what} should be a date like 2026-03-25T05:46:26Z") from None


def _maybe(text: str | None, what: str) -> Instant | None:
    return None if text is None else _instant(text, what)


def _is_malicious(name: str, aliases: Sequence[str], raw: _Record) -> bool:
    """By id, by its class of weakness, or, where a publisher gives neither, by its summary."""
    if any(each.startswith("MAL-") for each in (name, *aliases)):
        return True
    specific = [raw.database_specific, *(each.database_specific for each in raw.affected or ())]
    if any(_MALICIOUS_CWE in bytes(each) for each in specific):
        return True
    return _MALICIOUS_SUMMARY.search(raw.summary or "") is not None


def _score(given: Sequence[_Severity]) -> tuple[float | None, str | None]:
    """Score and vector of the newest CVSS version that can be read."""
    for each in sorted(given, key=lambda each: -_VERSION_OF_VECTOR.get(each.type, 0)):
        if each.type in _VERSION_OF_VECTOR and (score := base_score(each.score)) is not None:
            return score, each.score
    return None, None


def _publisher_word(specific: msgspec.Raw) -> Severity:
    if b'"severity"' not in bytes(specific):
        return Severity.UNKNOWN
    found = _loosely(specific)
    word = found.get("severity") if isinstance(found, dict) else None
    return _WORD.get(word.upper(), Severity.UNKNOWN) if isinstance(word, str) else Severity.UNKNOWN


def _integrity(entries: Sequence[_Affected]) -> Iterator[str]:
    """Hashes of harmful tarballs, where a publisher lists them (indicators.package_integrity, seen 2026-05)."""
    for entry in entries:
        if b"package_integrity" not in bytes(entry.database_specific):
            continue
        found = _loosely(entry.database_specific)
        indicators = found.get("indicators") if isinstance(found, dict) else None
        files = indicators.get("package_integrity") if isinstance(indicators, dict) else None
        for file in files[:1_000] if isinstance(files, list) else ():
            hashes = file.get("hashes") if isinstance(file, dict) else None
            for value in hashes.values() if isinstance(hashes, dict) else ():
                if isinstance(value, str) and _SRI.fullmatch(value):
                    yield value


def _loosely(raw: msgspec.Raw) -> Any:  # noqa: ANN401 - nobody promises a shape here
    try:
        return msgspec.json.decode(raw)
    except (msgspec.DecodeError, RecursionError):
        return None


def _reference(given: Sequence[_Reference]) -> str | None:
    """The advisory's own page before any other; only https, since nothing else is ever shown as a link."""
    for wanted in ("ADVISORY", None):
        for each in given:
            if (wanted is None or each.type == wanted) and each.url.startswith("https://") and len(each.url) <= 500:
                return each.url
    return None


def _said(error: Exception) -> str:
    return str(error)[:200] or type(error).__name__
