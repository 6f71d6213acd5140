"""What advisories say about the packages of components, as findings. Pure.

A version of a package is judged once, wherever it is used. A finding is one component, one package and one advisory: all
versions of the package that the component uses, and all places of them, are one finding.
"""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote, unquote

import msgspec

from callboard.domain.alias import CATALOG_ENTITY
from callboard.domain.component import EntityRef, short_name
from callboard.domain.finding import Detail, Kind, Observed, Resource, Rule, Severity, State
from callboard.domain.instant import Instant
from callboard.domain.packages.manifest_series import Origin, place_words
from callboard.domain.packages.package import Package, PackageKey
from callboard.domain.packages.sign import Sign, sign_named
from callboard.domain.packages.versions import order_of

SOURCE = "packages"
"""The name and the kind of the source of these findings."""
RESOURCE_TYPE = "PACKAGES"

MOST_PLACES = 20
"""Places that a finding's text names; there may be more."""
_SEPARATOR, _PLAIN = "|", ":/@+~"


class Matched(msgspec.Struct, frozen=True, kw_only=True):
    """What one advisory says about one version of a package."""

    advisory: str
    aliases: tuple[str, ...]
    group: tuple[str, ...]
    """Records that tell of the same fact, the best known name first."""
    summary: str
    severity: Severity
    score: float | None
    malicious: bool
    because: str
    fixed: str | None
    safe: str | None
    """The smallest version that no record of the group affects."""
    exploited: bool | None
    """Listed as known exploited. None: the list was not at hand."""
    likelihood: float | None
    """EPSS. None: not known."""
    reference: str | None
    hashes: tuple[str, ...] = ()
    """Of the files that it speaks of, in their one spelling. Empty: of every file of this version."""
    young_until: Instant | None = None
    """Until when the release counts as young. None: that is not what this says."""

    @property
    def name(self) -> str:
        """What the fact is called: its CVE where it has one."""
        cves = sorted(each for each in (*self.group, *self.aliases, self.advisory) if each.startswith("CVE-"))
        return cves[0] if cves else self.advisory

    @property
    def sign(self) -> Sign | None:
        """The sign that this is. None: an advisory says it."""
        return sign_named(self.advisory)


class Place(msgspec.Struct, frozen=True, kw_only=True, order=True):
    """One place where a component uses a version that an advisory speaks of."""

    manifest: str
    line: int
    package: Package
    match: Matched
    since: Instant
    """Since when it is used and the advisory is known, whichever is later."""
    direct: bool | None
    need: str | None
    root: str | None
    """What the component asks for and that brings it, as name and version. None: itself, or nobody knows."""
    has_ended: bool = False
    """The advisory does not speak of this version any more: it was withdrawn or corrected."""
    origin: str = Origin.REPOSITORY.value
    found_in: str | None = None
    """The file that a bill names. None: no bill, or it names none."""

    @property
    def words(self) -> str:
        """Where it is, as somebody can find it."""
        return place_words(self.origin, self.manifest, self.line, self.found_in)


class PackageFinding(msgspec.Struct, frozen=True, kw_only=True):
    """One component, one package, one advisory."""

    component: EntityRef
    places: tuple[Place, ...]
    """Sorted, at least one."""
    is_known: bool = True
    """False: nothing is known any more of what the component consists of."""

    @property
    def external_id(self) -> str:
        """Names it for good."""
        first = self.places[0]
        ecosystem, name = first.package.key
        parts = (self.component, ecosystem, name, first.match.advisory)
        return _SEPARATOR.join(quote(part, safe=_PLAIN) for part in parts)


def named_by(external_id: str) -> tuple[EntityRef, PackageKey, str]:
    """The component, the package and the advisory that a finding's id names."""
    component, ecosystem, name, advisory = map(unquote, external_id.split(_SEPARATOR))
    return EntityRef(component), PackageKey((ecosystem, name)), advisory


def observed(found: PackageFinding, *, at: Instant) -> Observed:
    """The finding as it was at a moment, told as every source tells its own."""
    current = [each for each in found.places if not each.has_ended]
    places = current or list(found.places)
    worst = max(places, key=lambda each: (each.match.malicious, each.match.severity, _reach(each.package, each.match)))
    match, package = worst.match, worst.package
    safe = _safe(match)
    state, resolution = State.OPEN, None
    if not found.is_known:
        state, resolution = State.GONE, "It is not known any more what the component consists of."
    elif not current:
        state, resolution = State.GONE, _ENDED if match.sign is None else match.sign.ended
    version = ", ".join(dict.fromkeys(each.package.version for each in places))
    return Observed(
        external_id=found.external_id,
        kind=_kind(match),
        state=state,
        severity=Severity.CRITICAL if match.malicious else match.severity,
        title=_title(package, version, match),
        rule=Rule(
            external_id=match.name,
            name=match.name if match.sign is None else match.sign.words,
            kind="Sign" if match.sign is not None else "CVE" if match.name.startswith("CVE-") else "Advisory",
            description=match.summary,
            url=match.reference,
        ),
        resource=Resource(
            external_id=found.component,
            name=f"Packages of {short_name(found.component)}",
            type=RESOURCE_TYPE,
            aliases=((CATALOG_ENTITY, found.component),),
        ),
        projects=(),
        services=(),
        first_detected_at=min(each.since for each in places),
        updated_at=at,
        fix=f"package:{package.name}:{safe}" if safe else None,
        layer=None,
        detail=Detail(
            description=_description(found, places, match),
            remediation=_remedy(places, package, match, safe),
            package=package.name,
            version=version,
            fixed_version=safe,
            fixes=tuple(
                sorted({(each.package.version, to) for each in places if (to := _safe(each.match)) is not None})
            ),
            location=worst.words,
            detection=match.because,
            link=match.reference,
            score=match.score,
            epss=match.likelihood,
            has_exploit=True if match.exploited else None,
            known_exploited=match.exploited,
            exposed=None,
            resolution=resolution,
        ),
    )


_ENDED = "The advisory was withdrawn, or does not speak of this version any more."


def _kind(match: Matched) -> Kind:
    if match.malicious:
        return Kind.MALICIOUS_PACKAGE
    return Kind.DEPENDENCY if match.sign is None else Kind.SUSPICIOUS_PACKAGE


def _title(package: Package, version: str, match: Matched) -> str:
    if match.malicious:
        return f"{package.name} {version} is malicious"
    return match.name if match.sign is None else f"{match.sign.words}: {package.name} {version}"


def _safe(match: Matched) -> str | None:
    """The version to go to. None: none is known."""
    return None if match.malicious and match.safe is None else match.safe or match.fixed


def _reach(package: Package, match: Matched) -> bytes:
    """Sorts by how far one has to go: the version that closes the most."""
    order = order_of(package.ecosystem)
    wanted = match.safe or match.fixed
    return (order(wanted) if order is not None and wanted else None) or b""


def _description(found: PackageFinding, places: Sequence[Place], match: Matched) -> str:
    lines = [match.summary, "", f"{short_name(found.component)} uses it in:"]
    for each in places[:MOST_PLACES]:
        how = [
            word for word in (None if each.direct is None else "direct" if each.direct else "deep", each.need) if word
        ]
        way = f", brought by {each.root}" if each.root else ""
        lines.append(
            f"- {each.words}: {each.package.name} {each.package.version}"
            + (f" ({', '.join(how)})" if how else "")
            + f"{way}. {each.match.because}"
        )
    if len(places) > MOST_PLACES:
        lines.append(f"- and {len(places) - MOST_PLACES:,} more places")
    others = [each for each in (match.advisory, *match.aliases, *match.group) if each != match.name]
    if others and match.sign is None:
        lines += ["", f"Also called {', '.join(dict.fromkeys(others))}."]
    return "\n".join(lines)


def _remedy(places: Sequence[Place], package: Package, match: Matched, safe: str | None) -> str:
    roots = list(dict.fromkeys(each.root for each in places if each.root))
    lines = []
    if match.malicious:
        lines.append(
            f"Remove {package.name} {package.version}. It was made to harm: treat every machine that installed it, and every "
            "secret on it, as known to others."
        )
    if safe:
        lines.append(f"Upgrade {package.name} to {safe}.")
    elif match.sign is not None:
        lines.append(match.sign.ask)
    elif not match.malicious:
        lines.append(f"No version of {package.name} that is free of it is known yet.")
    if roots and match.sign is None:
        more = f" and {len(roots) - 5:,} more" if len(roots) > 5 else ""
        lines.append(
            f"It is brought by {', '.join(roots[:5])}{more}: bump what brings it, and see that the lockfile follows."
        )
    return " ".join(lines)
