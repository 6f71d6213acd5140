"""How faults of checks and weaknesses of packages become lines of the register."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from callboard.domain.finding import Severity
from callboard.domain.packages.lock import Need
from callboard.domain.packages.versions import order_of
from callboard.domain.posture import Fault, Hits, Judged, Reach
from callboard.domain.risk.register import Estate, Evidence, Risk
from callboard.domain.risk.scale import LEAST, Factor, between, known, likelihood_of, worst
from callboard.domain.risk.side import Side
from callboard.domain.risk.weakness import Users, Weakness

BACKSTAGE = "@backstage/"
"""Packages that move together, from release to release."""
_SHOWN = 5
"""Versions that an action names."""

_REACHED = {
    Reach.BUILDERS: "who reads or changes the repository and what builds it",
    Reach.SUPPLIERS: "who publishes or serves what the build takes from outside",
    Reach.SIGNED_IN: "everybody who may sign in",
    Reach.ANYBODY: "whoever reaches the portal",
}
_HIT = {
    Hits.PART: "one plugin or one service behind it",
    Hits.PEOPLE: "everybody who has the portal open",
    Hits.PORTAL: "the whole portal, since plugins share one process and its secrets",
}


def opened(judged: Iterable[Judged]) -> Fault | None:
    """A fault that lets whoever reaches the portal in, so that "everybody who may sign in" is anybody."""
    for each in judged:
        if each.advice.area == "settings" and (each.advice.reach, each.advice.hits) == (Reach.ANYBODY, Hits.PORTAL):
            for fault in each.faults:
                if (fault.severity or each.advice.severity) is Severity.CRITICAL:
                    return fault
    return None


def of_checks(judged: Sequence[Judged], estate: Estate) -> Iterator[Risk]:
    """One line for each check that failed. What is judged of packages by advisories comes from their weaknesses."""
    door = opened(judged)
    for each in judged:
        if not each.faults or each.advice.area == "packages":
            continue
        severity = max(fault.severity or each.advice.severity for fault in each.faults)
        yield Risk(
            key=f"check:{each.advice.key}",
            area=each.advice.area,
            title=each.advice.title,
            likelihood=likelihood_of(severity),
            exposure=_exposed(each.advice.reach, None if door in each.faults else door),
            blast=_blast(each.advice.hits, estate),
            action=each.advice.remedy,
            evidence=tuple(Evidence(said=f"{fault.path}: {fault.said}", place=fault.place) for fault in each.faults),
        )


def _exposed(reach: Reach, door: Fault | None) -> Factor:
    if reach is Reach.SIGNED_IN and door is not None:
        where = f" ({door.place})" if door.place is not None else ""
        return known(Reach.ANYBODY, f"{_REACHED[Reach.ANYBODY]}, since {door.path} lets them in{where}")
    return known(reach, _REACHED[reach])


def _blast(hits: Hits, estate: Estate) -> Factor:
    behind = _HIT[hits]
    if hits is not Hits.PART:
        behind += f": {_behind(estate)}"
    return known(hits, behind)


def _behind(estate: Estate) -> str:
    if estate.components is None or estate.teams is None:
        return "how many components and teams that is, no catalog told"
    return f"{_count(estate.components, 'component')} of {_count(estate.teams, 'team')}"


def of_weaknesses(weaknesses: Iterable[Weakness], estate: Estate, door: Fault | None) -> Iterator[Risk]:
    """Lines by what one does about them: malware by package, the rest by what has to move. Raises InvalidPurlError.

    Packages of Backstage move together. A package that is deep is moved by what brings it; where several do, by each, so it
    counts for the first, and the action names the others.
    """
    groups: dict[tuple[str, str, str], list[Weakness]] = {}
    for each in weaknesses:
        if not each.hint:
            groups.setdefault(_group(each), []).append(each)
    for (kind, ecosystem, name), members in groups.items():
        judged = [(each, _likely(each), _reached(each, door), _radius(each, estate)) for each in members]
        # One member decides, so that the three factors belong to one thing that may happen.
        first = max(judged, key=lambda row: (_product(row[1:]), row[0].package.name, row[0].advisory))
        yield Risk(
            key=f"{kind}:{ecosystem}:{name}",
            area="packages",
            title=_title(kind, name, members),
            likelihood=first[1],
            exposure=first[2],
            blast=worst(row[3] for row in judged),
            action=_ACTIONS[kind](name, members),
            evidence=tuple(_evidence(each) for each, *_ in sorted(judged, key=lambda row: -_product(row[1:]))),
            malicious=kind == "malware",
            direct=any(each.direct for each in members),
        )


def _product(factors: Sequence[Factor]) -> int:
    found = 1
    for each in factors:
        found *= each.low * each.high
    return found


def _group(weakness: Weakness) -> tuple[str, str, str]:
    package = weakness.package
    if weakness.malicious:
        return "malware", package.ecosystem, package.name
    if package.name.startswith(BACKSTAGE):
        return "backstage", package.ecosystem, "backstage"
    if weakness.direct is False and weakness.bump:
        return "brought", package.ecosystem, weakness.bump[0].rpartition(" ")[0]
    return "package", package.ecosystem, package.name


def _likely(weakness: Weakness) -> Factor:
    return likelihood_of(
        weakness.severity, malicious=weakness.malicious, exploited=weakness.exploited, epss=weakness.epss
    )


def _reached(weakness: Weakness, door: Fault | None) -> Factor:
    if weakness.malicious:
        return known(Reach.ANYBODY, "it acts by itself, wherever it is installed")
    if weakness.need is Need.DEVELOPMENT:
        return known(Reach.BUILDERS, "needed for development only: who works on the portal and what builds it")
    running = _exposed(Reach.SIGNED_IN, door)
    where = _RUNS[weakness.side]
    how = "asked for by the project" if weakness.direct else "brought by another package"
    if weakness.need in (None, Need.UNKNOWN):
        return between(LEAST, running.high, f"whether the portal runs it cannot be known; if so: {running.because}")
    return known(running.high, f"{running.because}; {where}{how}")


_RUNS: Mapping[Side | None, str] = {
    None: "",
    Side.BACKEND: "it runs in the backend, ",
    Side.FRONTEND: "it runs in browsers alone, ",
    Side.BOTH: "it runs in the backend and in browsers, ",
}


def _radius(weakness: Weakness, estate: Estate) -> Factor:
    users = weakness.users
    if weakness.need is Need.DEVELOPMENT and not weakness.malicious:
        machines = "the machines of who builds the portal"
        if users is None:
            return between(2, Hits.PORTAL, f"{machines}; who else has the package was not evaluated")
        level = next((level for most, level in _OTHERS if users.teams <= most), 5)
        return known(level, f"{machines}{_elsewhere(users)}")
    # What runs in browsers alone acts with the rights of who has the portal open, and holds no secret of the backend.
    in_browsers = weakness.side is Side.FRONTEND and not weakness.malicious
    whole = _blast(Hits.PEOPLE if in_browsers else Hits.PORTAL, estate)
    return known(whole.high, f"{whole.because}{_elsewhere(users)}")


_OTHERS = ((0, 2), (1, 3), (9, 4))
"""Teams at most that have a package beside the portal's own, and how far it then reaches."""


def _elsewhere(users: Users | None) -> str:
    if users is None:
        return "; who else has the package was not evaluated"
    if not users.components:
        return "; no other component has the package"
    return f"; {_count(users.components, 'other component')} of {_count(users.teams, 'team')} have it too"


def _title(kind: str, name: str, members: Sequence[Weakness]) -> str:
    count = _count(len({each.advisory for each in members}), "known weakness", "known weaknesses")
    packages = {each.package.name for each in members}
    if kind == "malware":
        versions = ", ".join(sorted({each.package.version for each in members}))
        return f"{name} {versions} was made to harm"
    if kind == "backstage":
        return f"Backstage has {count} in {_count(len(packages), 'package')}"
    if kind == "brought":
        brought = next(iter(packages)) if len(packages) == 1 else _count(len(packages), "package")
        return f"{name} brings {brought} with {count}"
    return f"{name} has {count}"


def _remove(name: str, members: Sequence[Weakness]) -> str:
    safe = _targets(members)
    instead = f", or go to {safe[0].partition(' ')[2]}" if safe else ""
    return (
        f"Take {name} out{instead}, treat every machine that installed it as known to a stranger, and replace the secrets "
        "that it could read."
    )


def _release(name: str, members: Sequence[Weakness]) -> str:  # noqa: ARG001 - one form for all actions
    return f"Go to a newer release with `backstage-cli versions:bump`: {_needed(members)}."


def _upgrade(name: str, members: Sequence[Weakness]) -> str:
    safe = _targets(members)
    if not safe:
        return f"Replace {name}, or keep others from it: no version is known that is free of this."
    rest = "" if all(each.safe for each in members) else " For a part of it no such version is known."
    return f"Upgrade {name} to {safe[0].partition(' ')[2]}.{rest}"


def _bump(name: str, members: Sequence[Weakness]) -> str:
    others = sorted({each.rpartition(" ")[0] for member in members for each in member.bump} - {name})
    also = f" {', '.join(others[:_SHOWN])} {'bring' if len(others) > 1 else 'brings'} it as well." if others else ""
    return f"Upgrade {name}, or hold what it brings by an override: {_needed(members)}.{also}"


def _needed(members: Sequence[Weakness]) -> str:
    safe = _targets(members)
    if not safe:
        return "no version is known that is free of this"
    more = f" and {len(safe) - _SHOWN} more" if len(safe) > _SHOWN else ""
    return f"{', '.join(safe[:_SHOWN])}{more}, or newer"


def _targets(members: Sequence[Weakness]) -> list[str]:
    """For each package the smallest version free of all of it: name and version."""
    found: dict[str, tuple[bytes, str]] = {}
    for each in members:
        order = order_of(each.package.ecosystem)
        key = order(each.safe) if order is not None and each.safe is not None else None
        if key is not None and each.safe is not None:
            found[each.package.name] = max(found.get(each.package.name, (b"", "")), (key, each.safe))
    return [f"{name} {version}" for name, (_, version) in sorted(found.items())]


_ACTIONS: Mapping[str, Callable[[str, Sequence[Weakness]], str]] = {
    "malware": _remove,
    "backstage": _release,
    "brought": _bump,
    "package": _upgrade,
}


def _evidence(weakness: Weakness) -> Evidence:
    names = ", ".join(dict.fromkeys((weakness.advisory, *weakness.names[:2])))
    return Evidence(
        said=f"{weakness.package.name} {weakness.package.version}: {names}: {weakness.summary.rstrip('.')}.",
        place=weakness.place,
        reference=weakness.advisory,
        package=weakness.package.purl,
    )


def _count(count: int, word: str, several: str | None = None) -> str:
    return f"{count:,} {word if count == 1 else several or f'{word}s'}"
