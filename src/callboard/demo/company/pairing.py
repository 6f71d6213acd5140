"""Which cause can meet which resource, and which of these pairs a company has.

Weaknesses are not spread like rain. What a team builds on, it uses in its code, its images and everything that runs them,
so that one advisory is found in many places at once; and what everybody builds on (base images) is the same everywhere.
"""

from __future__ import annotations

import math
from array import array
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Final, Literal

from callboard.demo.company.values import Organisation, Resource, Rule

Kind = Literal["issue", "vulnerability", "configuration"]
KINDS: Final[tuple[Kind, ...]] = ("issue", "vulnerability", "configuration")

_EXACT_PAIRS: Final = 60_000
"""Up to this many findings no two of them name the same cause and resource; above, a repetition is cheap and rare."""

_OF_EVERYBODY: Final = frozenset({"deb", "apk", "rpm"})
"""Packages that come with a base image, of which the company has one."""

_OF_IMAGES: Final = 10
"""How many times more often a scan of images and machines tells of their base than of what was built on it.

The average of 70 well-known images had 604 known vulnerabilities (NetRise, 2024-12), that of public images 287 (Slim.AI,
2022-10), nearly all of them in the system below; libraries of an application have tens. So four of five are the system's.
"""

_EXPLOITED: Final = 4
"""How many times more often one is met that attackers use: they use what is everywhere."""

_IN_FASHION: Final = 0.4
"""Share of the other causes that a team has as often as everybody has them."""

_KERNEL: Final = "linux"
"""The package that a container has not: it runs on the kernel of its machine."""

_SPARED: Final = 0.1
"""Share of the resources that a cause of their team has not reached: already renewed, or built another way."""

_SPARED_OF_ONE: Final = 0.9
"""The same for what needs several things to come together, or happened: an intruder comes to one machine, and not to all
that are built alike."""

_ON_ITS_OWN: Final = 0.015
"""Share of the findings that do not go the way of their copies: a machine that somebody forgot."""

_OFTEN: Final = {"CRITICAL": 1, "HIGH": 2, "MEDIUM": 3, "LOW": 4}
"""Less severe ones are far more frequent in scans than in tables of well-known ones, and so are lesser slips."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Drawn:
    """The pairs of a company, one row each."""

    causes: array[int]
    resources: array[int]
    leads: array[int]
    """By row, the first row of the same cause in the same team: what is found together is mended together."""


class Pairing:
    """Which cause can meet which resource, and a way to draw such pairs."""

    def __init__(self, organisation: Organisation, kind: Kind) -> None:
        self._organisation = organisation
        self._planted: list[tuple[int, int]] = []
        self._often: dict[int, float] = {}
        self._common: set[int] = set()
        self._singular: set[int] = set()
        if kind == "vulnerability":
            by_ecosystem: dict[str, list[int]] = {}
            for index, weakness in enumerate(organisation.weaknesses):
                if not weakness.malicious:
                    often = _OFTEN.get(weakness.severity, 1)
                    self._often[index] = often * (_EXPLOITED if weakness.kev else 1)
                    by_ecosystem.setdefault(weakness.ecosystem, []).extend([index] * often)
                    if weakness.ecosystem in _OF_EVERYBODY:
                        self._common.add(index)
                        self._often[index] = often * _OF_IMAGES
            choices = [
                [
                    index
                    for ecosystem in resource.ecosystems
                    for index in by_ecosystem.get(ecosystem, ())
                    if resource.type == "VIRTUAL_MACHINE" or organisation.weaknesses[index].package != _KERNEL
                ]
                if resource.asset
                else []
                for resource in organisation.resources
            ]
            malicious = next(i for i, w in enumerate(organisation.weaknesses) if w.malicious)
            self._planted = [(malicious, r.index) for r in organisation.resources if r.branch and malicious_home(r)][:1]
        else:
            rules: list[tuple[int, Rule]] = [
                (index, rule)
                for index, rule in enumerate(organisation.rules)
                if rule.enabled and (kind == "issue" or rule.kind == "CloudConfigurationRule")
            ]
            choices = [
                [
                    i
                    for i, rule in rules
                    if resource.type in rule.applies_to and (resource.internet or not rule.needs_internet)
                ]
                for resource in organisation.resources
            ]
            self._singular = {index for index, rule in rules if rule.kind != "CloudConfigurationRule"}
            # What is in the way of many things is what many set-ups get wrong.
            met = Counter(cause for options in choices for cause in options)
            self._often = {
                cause: math.sqrt(n) * _OFTEN.get(organisation.rules[cause].severity, 1) for cause, n in met.items()
            }
            self._planted = list(self._one_of_each(choices))
        self.choices = choices
        self.places = [index for index, options in enumerate(choices) if options]

    def draw(self, count: int, seed: str) -> Drawn:
        """That many pairs, what their teams have most of first."""
        random = Random(f"{seed}:pairs")
        causes, resources = array("H"), array("I")
        for cause, resource in self._planted[:count]:
            causes.append(cause)
            resources.append(resource)
        rest = count - len(causes)
        possible = self._ordered(random) if count <= _EXACT_PAIRS else []
        possible = [pair for pair in possible if pair not in self._planted]
        if 0 < rest <= len(possible):
            for cause, resource in possible[:rest]:
                causes.append(cause)
                resources.append(resource)
            return Drawn(causes=causes, resources=resources, leads=self._leads(causes, resources, random))
        places, choices = self.places, self.choices
        span = len(places)
        picks, options = array("I", random.randbytes(4 * rest)), array("H", random.randbytes(2 * rest))
        more = array("I", [places[pick % span] for pick in picks])
        resources.extend(more)
        causes.extend([choices[r][option % len(choices[r])] for r, option in zip(more, options, strict=True)])
        return Drawn(causes=causes, resources=resources, leads=array("I", range(count)))

    def _ordered(self, random: Random) -> list[tuple[int, int]]:
        """All possible pairs, by how much their team is given to the cause: all places of one cause behind each other."""
        general: dict[int, float] = {}
        taste: dict[tuple[str, int], float] = {}
        pairs: list[tuple[float, int, int]] = []
        for place in self.places:
            team = self._team(place)
            for cause in dict.fromkeys(self.choices[place]):
                if cause not in general:
                    general[cause] = self._how_rare(cause, random)
                if (team, cause) not in taste:
                    own = self._how_rare(cause, random)
                    is_common = random.random() < _IN_FASHION or cause in self._common
                    taste[team, cause] = general[cause] if is_common else own
                spared = 100.0 if random.random() < (_SPARED_OF_ONE if cause in self._singular else _SPARED) else 0.0
                pairs.append((spared + taste[team, cause], cause, place))
        return [(cause, place) for _, cause, place in sorted(pairs)]

    def _one_of_each(self, choices: list[list[int]]) -> Iterator[tuple[int, int]]:
        """A combination and a threat, which a small company would be without by chance: the first that can be."""
        organisation = self._organisation
        found: set[str] = set()
        for place, options in enumerate(choices):
            for cause in options:
                kind = organisation.rules[cause].kind
                if cause in self._singular and kind not in found and organisation.resources[place].component:
                    found.add(kind)
                    yield cause, place

    def _how_rare(self, cause: int, random: Random) -> float:
        return -math.log(1.0 - random.random()) / self._often.get(cause, 1)

    def _team(self, place: int) -> str:
        """Who looks after a resource; what no component claims is looked after account by account."""
        resource = self._organisation.resources[place]
        if resource.component is not None:
            return resource.component.team.name
        return f"account {resource.account.name}" if resource.account else "nobody"

    def _leads(self, causes: array[int], resources: array[int], random: Random) -> array[int]:
        first: dict[tuple[str, int], int] = {}
        leads = array("I")
        for row, (cause, place) in enumerate(zip(causes, resources, strict=True)):
            lead = first.setdefault((self._team(place), cause), row)
            leads.append(row if random.random() < _ON_ITS_OWN else lead)
        return leads


def malicious_home(resource: Resource) -> bool:
    """Whether the one malicious package of the company is planted in this branch."""
    return (
        resource.component is not None and resource.component.name == "storefront-web" and "npm" in resource.ecosystems
    )
