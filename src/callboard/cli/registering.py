"""From a judged portal to its risk register: what the rooms found, in the words of `domain.risk`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from callboard.advisories.answering import Match
from callboard.cli.assessing import Found
from callboard.domain.finding import Severity
from callboard.domain.instant import Instant
from callboard.domain.lock import Need
from callboard.domain.package import package_of
from callboard.domain.posture import Place
from callboard.domain.risk.lines import of_checks, of_weaknesses, opened
from callboard.domain.risk.register import Estate, Register, ranked
from callboard.domain.risk.weakness import Users, Weakness


def register_of(
    found: Found,
    *,
    portal: str,
    at: Instant,
    estate: Estate | None = None,
    users: Mapping[str, Users] | None = None,
) -> Register:
    """The register of a portal.

    Args:
        found: the portal, judged.
        portal: what it is called.
        at: when it was judged.
        estate: what the catalog says stands behind it; None: no catalog was read.
        users: who else has a package, by package URL; None: no bills of materials were looked through.
    """
    behind = estate or Estate()
    checks = found.assessment.checks
    weaknesses = tuple(_weaknesses(found.report.matches, users))
    door = opened(checks)
    return Register(
        portal=portal,
        at=at,
        files=found.assessment.files,
        production=found.assessment.production,
        estate=behind,
        risks=ranked((*of_checks(checks, behind), *of_weaknesses(weaknesses, behind, door))),
        weaknesses=weaknesses,
        not_evaluated=tuple(f"{each.advice.title}: {each.not_evaluated}" for each in found.assessment.unjudged),
    )


def _weaknesses(matches: Sequence[Match], users: Mapping[str, Users] | None) -> Iterator[Weakness]:
    for match in matches:
        places = match.places
        needs = [Need[each.need.upper()] for each in places if each.need is not None]
        directs = [each.direct for each in places if each.direct is not None]
        yield Weakness(
            package=package_of(match.purl),
            advisory=match.advisory,
            names=match.aliases,
            summary=match.summary,
            severity=Severity[match.severity.upper()],
            malicious=match.malicious,
            hint=match.confidence == "hint",
            exploited=match.exploited,
            epss=match.likelihood,
            safe=match.safe or match.fixed,
            place=Place(places[0].path, places[0].line) if places else None,
            direct=any(directs) if directs else None,
            need=min(needs, default=None),
            bump=tuple(dict.fromkeys(name for each in places for name in each.bump)),
            users=None if users is None else users.get(match.purl),
        )
