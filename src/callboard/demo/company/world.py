"""A whole company with its findings at one moment, made from a seed and a few sizes.

world = make_world(seed=7, findings=5_000)
world.issues, world.vulnerabilities, world.configurations   the three ledgers
world.organisation                                          everything that findings point at
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from callboard.demo.company import blueprint
from callboard.demo.company.estate import make_resources
from callboard.demo.company.history import write_history
from callboard.demo.company.ids import FindingIds
from callboard.demo.company.ledger import NO_REASON, OPEN, SEVERITIES, Ledger
from callboard.demo.company.noisy_rules import Noisy, leave_alone, noisy
from callboard.demo.company.organisation import (
    DAY,
    make_accounts,
    make_components,
    make_projects,
    make_services,
    make_staff,
    stray_repositories,
)
from callboard.demo.company.pairing import KINDS, Kind, Pairing
from callboard.demo.company.rollout import begins, planned
from callboard.demo.company.rules import make_rules
from callboard.demo.company.values import Organisation, Resource, Rule, Weakness
from callboard.demo.company.weaknesses import make_weaknesses
from callboard.domain.packages.versions.untold import order_of
from callboard.domain.remediation.rollout import Rollout


@dataclass(frozen=True, kw_only=True, slots=True)
class Sizes:
    """How many findings of each kind a new world has."""

    issues: int
    vulnerabilities: int
    configurations: int

    @classmethod
    def of(cls, findings: int) -> Sizes:
        """Share a total out: mostly vulnerabilities, as in real tenants.

        One has hundreds or thousands of issues and up to millions of vulnerability findings, says the documentation of a
        vendor who reads both (DefectDojo's Wiz connector, 2026-08). A small company is not that lopsided, or it would
        have nothing to show but packages.
        """
        issues, configurations = findings * 3 // 100, findings * 9 // 100
        return cls(issues=issues, vulnerabilities=findings - issues - configurations, configurations=configurations)


@dataclass(kw_only=True)
class World:
    """The company and its findings now. Only `evolve` and write calls change it."""

    organisation: Organisation
    now: int
    """The world's clock, epoch seconds."""

    step: int = 0
    """How many times the world has been moved on."""

    ledgers: dict[Kind, Ledger]
    organisation_revision: int = 0
    paces: tuple[float, ...] = field(default=(), repr=False)
    rollout: Rollout | None = None
    """In which order its teams were given the portal. None: nobody knows."""

    noisy: Noisy | None = None
    """Rules that its people call not useful. None: it is too small, or nobody wants to know."""

    _installed: dict[tuple[str, str, str], str] | None = field(default=None, repr=False)

    @property
    def issues(self) -> Ledger:
        """Issues: a rule violated by a resource."""
        return self.ledgers["issue"]

    @property
    def vulnerabilities(self) -> Ledger:
        """A published vulnerability in a package on an asset."""
        return self.ledgers["vulnerability"]

    @property
    def configurations(self) -> Ledger:
        """A configuration rule judged on a resource."""
        return self.ledgers["configuration"]

    @property
    def seed(self) -> int:
        """What everything was made from."""
        return self.organisation.seed

    def installed(self, weakness: Weakness, resource: Resource) -> str:
        """The version of a package that a component has: one, and all that is wrong with it is wrong with that one."""
        if self._installed is None:
            self._installed = {}
            weaknesses, resources = self.organisation.weaknesses, self.organisation.resources
            for cause, place in zip(self.vulnerabilities.cause, self.vulnerabilities.resource, strict=True):
                found, key = weaknesses[cause], _software(weaknesses[cause], resources[place])
                former = self._installed.get(key)
                if former is None or order_of(found.installed) < order_of(former):
                    self._installed[key] = found.installed
        return self._installed.get(_software(weakness, resource), weakness.installed)

    def renumber(self, generation: int) -> None:
        """Give every finding another id, as a source does that was set up anew."""
        for kind, ledger in self.ledgers.items():
            ledger.ids = FindingIds(self.seed, kind, generation)
            ledger.revision += 1

    def replace_resources(self, changed: Iterable[Resource]) -> None:
        """Put changed resources in place of those with the same index; findings follow by that index."""
        resources = list(self.organisation.resources)
        for resource in changed:
            resources[resource.index] = resource
        self.organisation = replace(self.organisation, resources=tuple(resources))
        self.organisation_revision += 1


def _software(weakness: Weakness, resource: Resource) -> tuple[str, str, str]:
    """What has one version: a package in all that one component is built from, or on one machine."""
    owner = resource.component.name if resource.component else resource.id
    return owner, weakness.ecosystem, weakness.package


def midnight() -> int:
    """The start of today in UTC, epoch seconds."""
    today = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return int(today.timestamp())


def make_world(
    *,
    seed: int = 1,
    findings: int = 4_000,
    sizes: Sizes | None = None,
    now: datetime | int | None = None,
    components: int | None = None,
    with_rollout: bool = False,
    with_noise: bool = False,
) -> World:
    """Make the same world for the same arguments. `now` defaults to the start of today.

    `with_rollout`: its teams were given the portal one after the other, and fix sooner since. `with_noise`: two of its rules
    are noise, of which one was tuned.
    """
    clock = midnight() if now is None else int(now.timestamp()) if isinstance(now, datetime) else now
    amounts = sizes or Sizes.of(findings)
    total = amounts.issues + amounts.vulnerabilities + amounts.configurations
    organisation = make_organisation(seed, clock, total, components)
    ledgers = {kind: Ledger(ids=FindingIds(seed, kind)) for kind in KINDS}
    world = World(organisation=organisation, now=clock, ledgers=ledgers)
    world.paces = tuple(r.component.team.pace if r.component else 3.0 for r in organisation.resources)
    if with_rollout:
        world.rollout = planned(sorted({each.team.name for each in organisation.components}), seed=seed, now=clock)
    since = {} if world.rollout is None else begins(world.rollout)
    hastened = [since.get(r.component.team.name, 0) if r.component else 0 for r in organisation.resources]
    for kind, count in zip(KINDS, (amounts.issues, amounts.vulnerabilities, amounts.configurations), strict=True):
        drawn = Pairing(organisation, kind).draw(count, f"{seed}:{kind}")
        source: tuple[Rule, ...] | tuple[Weakness, ...]
        source = organisation.weaknesses if kind == "vulnerability" else organisation.rules
        write_history(
            ledgers[kind],
            causes=drawn.causes,
            resources=drawn.resources,
            leads=drawn.leads,
            severity_of_cause=[_code(cause.severity) for cause in source],
            known_since=[_known_since(cause) for cause in source],
            paces=world.paces,
            hastened=hastened,
            seed=f"{seed}:{kind}",
            now=clock,
        )
    _plant(world)
    if with_noise:
        world.noisy = noisy(organisation, world.configurations, now=clock)
        if world.noisy is not None:
            leave_alone(world.configurations, organisation, world.noisy)
            leave_alone(world.issues, organisation, world.noisy)
    return world


def _plant(world: World) -> None:
    """The malicious package came in three days ago, and nobody has done anything yet."""
    ledger = world.vulnerabilities
    for row, cause in enumerate(ledger.cause[:1]):
        if world.organisation.weaknesses[cause].malicious:
            at = world.now - 3 * DAY
            ledger.status[row], ledger.reason[row] = OPEN, NO_REASON
            ledger.resolved[row] = ledger.reopened[row] = 0
            ledger.created[row] = ledger.updated[row] = ledger.changed[row] = at
            ledger.seen[row] = world.now - DAY // 4


def make_organisation(seed: int, now: int, findings: int, components: int | None = None) -> Organisation:
    """The company without its findings, large enough to carry that many."""
    staff = make_staff(seed, now)
    accounts = make_accounts(seed)
    software = make_components(seed, staff, components or min(400, 46 + findings // 4_000))
    services = make_services(seed, software, now)
    projects = make_projects(seed, staff=staff, accounts=accounts, components=software, services=services, now=now)
    strays = stray_repositories(seed)
    resources = make_resources(
        seed,
        now,
        accounts=accounts,
        components=software,
        projects=projects,
        services=services,
        strays=strays,
        at_least=min(24_000, findings // 40),
    )
    return Organisation(
        seed=seed,
        name=blueprint.COMPANY,
        host=blueprint.COMPANY_HOST,
        now=now,
        people=staff.people,
        teams=staff.teams,
        components=software,
        accounts=accounts,
        projects=projects,
        services=services,
        repositories=(*(c.repository for c in software), *strays),
        resources=resources,
        rules=make_rules(seed, now - 700 * DAY),
        weaknesses=make_weaknesses(),
    )


def _code(severity: str) -> int:
    return 0 if severity == "INFORMATIONAL" else SEVERITIES.index(severity)


def _known_since(cause: Rule | Weakness) -> int:
    return cause.published_at if isinstance(cause, Weakness) else 0
