"""From a judged portal to what its risk register is made of: what the rooms found, in the words of `domain.risk`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from callboard.advisories.answering import Match
from callboard.cli.packages.assessing import Found
from callboard.domain.finding import Severity
from callboard.domain.packages.lock import Need
from callboard.domain.packages.package import package_of
from callboard.domain.posture import Place
from callboard.domain.risk.judgement import Judgement
from callboard.domain.risk.side import Side
from callboard.domain.risk.weakness import Weakness


def judgement_of(found: Found, portal: str) -> Judgement:
    """What was found in a portal that is called so."""
    return Judgement(
        portal=portal,
        files=found.assessment.files,
        production=found.assessment.production,
        checks=found.assessment.checks,
        weaknesses=tuple(_weaknesses(found.report.matches, found.sides)),
    )


def _weaknesses(matches: Sequence[Match], sides: Mapping[str, Side]) -> Iterator[Weakness]:
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
            side=sides.get(match.purl),
        )
