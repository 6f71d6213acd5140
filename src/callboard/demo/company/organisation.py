"""Builds the people, teams, software, accounts and Wiz projects of the company for a seed."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Final

from callboard.demo.company import blueprint
from callboard.demo.company.ids import entity_id, hex_name
from callboard.demo.company.values import (
    ApplicationService,
    Branch,
    CloudAccount,
    Component,
    Person,
    Project,
    Repository,
    Team,
)

DAY: Final = 86_400
_TEAM_SIZES: Final = (4, 5, 6, 4, 7)


@dataclass(frozen=True, kw_only=True, slots=True)
class Staff:
    """People and the teams that they form."""

    people: tuple[Person, ...]
    teams: tuple[Team, ...]

    def by_name(self) -> dict[str, Team]:
        """Teams by their name."""
        return {team.name: team for team in self.teams}


def rows(table: str) -> list[list[str]]:
    """The cells of a table that is written with `|`."""
    return [line.split("|") for line in table.strip().splitlines()]


def make_staff(seed: int, now: int) -> Staff:
    """One parent group per domain, the teams below it, and a security group outside all domains."""
    random = Random(f"{seed}:staff")
    names = [(first, last) for first in blueprint.FIRST_NAMES for last in blueprint.LAST_NAMES]
    random.shuffle(names)
    people: list[Person] = []

    def hire(role: str) -> Person:
        first, last = names.pop()
        username = f"{first}.{last}".lower()
        person = Person(
            id=f"{username}@{blueprint.COMPANY_HOST}",
            name=f"{first} {last}",
            email=f"{username}@{blueprint.COMPANY_HOST}",
            username=username,
            role=role,
            active=len(people) % 17 != 16,
            last_login_at=now - random.randrange(60 * DAY),
        )
        people.append(person)
        return person

    teams = [Team(name=d, title=d.title(), parent=None, members=(), pace=1.0) for d in blueprint.DOMAINS]
    for number, (domain, name, title, pace) in enumerate(rows(blueprint.TEAMS)):
        size = _TEAM_SIZES[number % len(_TEAM_SIZES)]
        members = tuple(hire("PROJECT_OWNER" if i == 0 else "PROJECT_MEMBER") for i in range(size))
        teams.append(Team(name=name, title=title, parent=domain, members=members, pace=float(pace)))
    security = tuple(hire("GLOBAL_ADMIN" if i == 0 else "GLOBAL_RESPONDER") for i in range(4))
    teams.append(Team(name="security", title="Security", parent=None, members=security, pace=0.4))
    return Staff(people=tuple(people), teams=tuple(teams))


def make_accounts(seed: int) -> tuple[CloudAccount, ...]:
    """The cloud accounts, subscriptions and projects, and the Git organisation."""
    random = Random(f"{seed}:accounts")
    accounts = []
    for provider, environment, name, region in blueprint.ENVIRONMENT_ACCOUNTS:
        if provider == "AWS":
            external = str(random.randrange(10**11, 10**12))
        elif provider == "Azure":
            external = entity_id(seed, "subscription", name, version=4)
        else:
            external = name
        accounts.append(
            CloudAccount(
                id=entity_id(seed, "account", name),
                external_id=external,
                name=name,
                provider=provider,
                environment=environment,  # type: ignore[arg-type]  # the table holds only these words
                region=region,
                tags={} if provider == "GitHub" else {"cost-center": f"cc-{random.randrange(100, 999)}"},
            )
        )
    return tuple(accounts)


def _repository(seed: int, name: str, *, archived: bool, branches: tuple[str, ...]) -> Repository:
    base = f"https://{blueprint.VCS_HOST}/{blueprint.VCS_ORGANISATION}/{name}"
    return Repository(
        id=entity_id(seed, "repository", name),
        platform="GITHUB",
        host=blueprint.VCS_HOST,
        organization=blueprint.VCS_ORGANISATION,
        organization_id=entity_id(seed, "vcs-organisation"),
        name=name,
        url=base,
        archived=archived,
        visibility="PRIVATE",
        branches=tuple(Branch(id=entity_id(seed, "branch", name, b), name=b, url=f"{base}/tree/{b}") for b in branches),
    )


def make_components(seed: int, staff: Staff, count: int) -> tuple[Component, ...]:
    """At least the hand-written components; more are named from word lists when `count` asks for them."""
    random = Random(f"{seed}:components")
    systems = {system: (domain, team) for domain, system, team, _cloud in rows(blueprint.SYSTEMS)}
    teams = staff.by_name()
    table = rows(blueprint.COMPONENTS)
    written = len(table)
    taken = {row[3] for row in table}
    ecosystems = ("maven", "npm", "go", "pypi", "nuget", "gem")
    more = [f"{s}-{r}" for r in blueprint.MORE_ROLES for s in blueprint.MORE_SUBJECTS]
    for name in more[: max(0, count - written)]:
        if name not in taken:
            subject = name.rsplit("-", 1)[0]
            table.append(
                [
                    random.choice(list(systems)),
                    random.choice(ecosystems),
                    "service",
                    name,
                    f"Everything about the {subject}",
                ]
            )
    components = []
    for index, (system, ecosystem, kind, name, text) in enumerate(table):
        domain, team = systems[system]
        branches = ("main", "develop") if index % 4 == 0 else ("main",)
        components.append(
            Component(
                name=name,
                title=name.replace("-", " ").capitalize(),
                description=text,
                type=kind,
                lifecycle="deprecated" if name in ("label-printer", "picking-screens") else "production",
                system=system,
                domain=domain,
                team=teams[team],
                ecosystem=ecosystem,
                repository=_repository(seed, name, archived=False, branches=branches),
                apis=(f"{name}-api",) if kind == "service" and index % 3 == 1 else (),
                depends_on=tuple(
                    f"component:default/{row[3]}" for row in table[max(0, index - 2) : index] if row[0] == system
                ),
                index=index,
            )
        )
    return tuple(components)


def stray_repositories(seed: int) -> tuple[Repository, ...]:
    """Repositories that no component claims: an experiment, an archive, and one that shares a name prefix."""
    return (
        _repository(seed, "spike-2023", archived=False, branches=("main",)),
        _repository(seed, "old-shop", archived=True, branches=("master",)),
        _repository(seed, "cart-experiments", archived=False, branches=("main",)),
    )


def make_services(seed: int, components: tuple[Component, ...], now: int) -> tuple[ApplicationService, ...]:
    """Wiz's own service catalog: every second component came over from the portal, a few were made by hand."""
    services = [
        ApplicationService(
            id=entity_id(seed, "service", component.name),
            name=component.name,
            description=component.description,
            source="BACKSTAGE",
            environments=("PRODUCTION",) if component.index % 4 else ("PRODUCTION", "STAGING"),
            owner=component.team.members[0],
            tags={"team": component.team.name},
            promoted_at=now - 200 * DAY,
        )
        for component in components
        if component.index % 2 == 0 and component.type != "library"
    ]
    services.append(
        ApplicationService(
            id=entity_id(seed, "service", "legacy erp"),
            name="Legacy ERP",
            description="",
            source="WIZ",
            environments=("PRODUCTION",),
            owner=None,
            tags={},
            promoted_at=now - 300 * DAY,
        )
    )
    return tuple(services)


WITHOUT_PROJECT: Final = frozenset({"design-kit", "dataframe-kit", "service-template", "release-notes"})
"""Components that no Wiz project stands for: only repository annotations can map them."""


def make_projects(
    seed: int,
    *,
    staff: Staff,
    accounts: tuple[CloudAccount, ...],
    components: tuple[Component, ...],
    services: tuple[ApplicationService, ...],
    now: int,
) -> tuple[Project, ...]:
    """A folder for each domain, a leaf for each component, and some that match nothing in the catalog."""
    random = Random(f"{seed}:projects")
    teams = staff.by_name()
    by_service = {service.name: service for service in services}
    clouds = {system: cloud for _domain, system, _team, cloud in rows(blueprint.SYSTEMS)}
    champions = teams["security"].members
    impacts = {"payments": "HBI", "commerce": "MBI", "logistics": "MBI", "insights": "LBI", "platform": "HBI"}

    def make(name: str, *, parent: Project | None = None, domain: str | None = None, **more: object) -> Project:
        facts: dict[str, object] = {
            "id": entity_id(seed, "project", name),
            "name": name,
            "slug": name.lower().replace(" ", "-"),
            "is_folder": False,
            "archived": False,
            "parent": parent,
            # All three spellings of "no business unit" occur in samples (wiz-api.md section 7).
            "business_unit": (domain.title(), "", None)[random.randrange(3)] if domain else None,
            "description": "",
            "impact": impacts.get(domain or ""),
            "exposed": domain in ("commerce", "payments"),
            "data_types": ("PCI", "FINANCIAL") if domain == "payments" else (),
            "regulatory": ("PCI_DSS",) if domain == "payments" else (),
            "owners": (),
            "champions": (),
            "identifiers": (hex_name(seed, "identifier", name, length=12),),
            "tags": {"domain": domain} if domain else {},
            "accounts": (),
            "repositories": (),
            "services": (),
            "component": None,
            "created_at": now - random.randrange(400, 900) * DAY,
            "updated_at": now - random.randrange(1, 300) * DAY,
        }
        return Project(**{**facts, **more})  # type: ignore[arg-type]

    folders = {
        domain: make(domain.title(), domain=domain, is_folder=True, description=text, champions=champions[:1])
        for domain, text in blueprint.DOMAINS.items()
    }
    projects = list(folders.values())
    for component in components:
        if component.name in WITHOUT_PROJECT:
            continue
        service = by_service.get(component.name)
        projects.append(
            make(
                component.title,
                parent=folders[component.domain],
                domain=component.domain,
                slug=component.name,
                description=component.description if component.index % 5 else None,
                owners=component.team.members[:1] if component.index % 7 else (),
                champions=component.team.members[1:2],
                accounts=tuple(a for a in accounts if a.provider == clouds[component.system]),
                repositories=(component.repository,),
                services=(service,) if service else (),
                component=component.name,
            )
        )
    projects.append(make("Shared Infrastructure", description="Networks, clusters and accounts", accounts=accounts[:1]))
    projects.append(make("Sandbox", impact="LBI", description="Try things here"))
    projects.append(make("Old Shop", archived=True, parent=folders["commerce"], domain="commerce"))
    return tuple(projects)
