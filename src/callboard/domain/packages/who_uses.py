"""Who uses a package: the question as people write it, and the answer."""

from __future__ import annotations

import enum
from datetime import UTC, date, datetime, time

import msgspec

from callboard.domain.component import EntityRef
from callboard.domain.instant import DAY, Instant, from_datetime
from callboard.domain.packages.lock import Need
from callboard.domain.packages.manifest_series import place_words
from callboard.domain.packages.package import NPM, PYPI, Package, PackageKey, package_key, package_of
from callboard.domain.packages.version_range import VersionRange, read_range
from callboard.errors import InvalidPurlError, InvalidQueryError

LONGEST = 1_000
"""Characters of a question."""


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """The packages that are asked about."""

    text: str
    name: str
    ecosystem: str | None = None
    """None: whatever it is."""
    versions: VersionRange | None = None
    """None: all of them."""

    def means(self, package: Package) -> bool | None:
        """Whether a package of this name is meant. None: its version cannot be compared."""
        return True if self.versions is None else self.versions.holds(package.ecosystem, package.version)

    def names(self) -> tuple[str, ...]:
        """The spellings by which ecosystems compare the name."""
        if self.ecosystem is not None:
            return (package_key(self.ecosystem, self.name)[1],)
        lower = package_key("NuGet", self.name)[1]
        return tuple(dict.fromkeys((self.name, lower, package_key(PYPI, self.name)[1])))

    def is_key(self, key: PackageKey) -> bool:
        """Whether it is a name of the package with this key: as its own ecosystem compares names."""
        ecosystem, name = key
        mine = self.ecosystem is None or ecosystem == self.ecosystem.partition(":")[0]
        return mine and package_key(ecosystem, self.name)[1] == name


class Period(msgspec.Struct, frozen=True):
    """From the first moment on, up to the second, which is no part of it. Both None: now."""

    start: Instant | None = None
    end: Instant | None = None


class Step(msgspec.Struct, frozen=True, gc=False):
    """One package on the way from the project."""

    name: str
    version: str


@enum.unique
class Dated(enum.StrEnum):
    """What tells since when a package is used."""

    BILL = "bill"
    """The bill that it came with names its own date."""
    KNOWN = "known"
    """Callboard first knew of it then; it may have been there before."""


class UseRow(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One component that uses, or used, one package. Nothing in it leads back, so nobody looks through it for circles."""

    component: EntityRef
    owner: EntityRef | None
    """The team or person that the catalog names."""
    package: Package
    direct: bool | None
    """Whether the component asks for it itself. None: its manifest does not tell."""
    need: Need | None
    """None: nothing that was read leads to it."""
    path: tuple[Step, ...]
    """From what the component asks for to the package itself, both included. Only the package: the way is not known."""
    origin: str
    manifest: str
    line: int
    found_in: str | None = None
    """The file that a bill names. None: no bill, or it names none."""
    since: Instant
    """From when on it is used, as far as is known."""
    since_by: Dated
    """What tells it."""
    until: Instant | None
    """None: it is used now."""

    @property
    def place(self) -> str:
        """Where it stands, as somebody can find it."""
        return place_words(self.origin, self.manifest, self.line, self.found_in)


class WhoUses(msgspec.Struct, frozen=True, kw_only=True):
    """The answer."""

    wanted: Wanted
    period: Period
    rows: tuple[UseRow, ...]
    total: int
    """Rows on all pages."""
    components: int
    owners: int
    versions: tuple[str, ...]
    """The versions in use, of all ecosystems, in no order but their spelling."""
    not_compared: tuple[Package, ...]
    """Packages of this name whose versions have no order here, so that nothing can be said."""
    manifests: int
    """Manifests that the viewer may see at all: what the answer was looked for in."""
    next: str | None


def read_wanted(text: str, *, ecosystem: str | None = None) -> Wanted:
    """What a text asks about: NAME, NAME@RANGE or a package URL. Raises InvalidQueryError."""
    text = text.strip()
    if not text or len(text) > LONGEST or not text.isprintable():
        raise InvalidQueryError(
            f"A package is asked about by its name, in 1 to {LONGEST} characters.", field="package",
            hint="For example lodash, lodash@<4.17.21 or pkg:npm/lodash@4.17.20.",
        )  # fmt: skip
    if text.lower().startswith("pkg:"):
        try:
            package = package_of(text)
        except InvalidPurlError as error:
            raise InvalidQueryError(error.message, field="package") from None
        versions = read_range(f"={package.version}") if package.version else None
        return Wanted(text=text, name=package.name, ecosystem=package.ecosystem, versions=versions)
    name, range_ = text, ""
    at = text.find("@", 1)
    if at > 0:
        name, range_ = text[:at], text[at + 1 :]
    if name.startswith("@") and ecosystem is None:
        ecosystem = NPM
    return Wanted(text=text, name=name.strip(), ecosystem=ecosystem, versions=read_range(range_) if range_ else None)


def read_period(at: str | None, between: tuple[str, str] | None) -> Period:
    """The time that is asked about. A day is the whole of it. Raises InvalidQueryError."""
    if at and between:
        raise InvalidQueryError("Ask about one moment or about the time between two, not both.", field="at")
    if at:
        start, end = _moment(at, "at")
        return Period(start, end)
    if between:
        (start, _), (_, end) = _moment(between[0], "between"), _moment(between[1], "between")
        if end <= start:
            raise InvalidQueryError("The first date comes after the second.", field="between")
        return Period(start, end)
    return Period()


def _moment(text: str, field: str) -> tuple[Instant, Instant]:
    """The first moment of it, and the first after it."""
    try:
        if len(text) <= len("2026-01-31"):
            start = from_datetime(datetime.combine(date.fromisoformat(text), time(), UTC))
            return start, Instant(start + DAY)
        at = from_datetime(datetime.fromisoformat(text))
    except (ValueError, OverflowError):
        raise InvalidQueryError(
            f"{text[:40]!r} is no date.", field=field, hint="For example 2026-01-31 or 2026-01-31T12:00:00Z."
        ) from None
    return at, Instant(at + 1)
