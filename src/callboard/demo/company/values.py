"""The things a company consists of, as plain values.

They compare by identity: a world makes each of them once, and the look-alike remembers answers by object.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Environment = Literal["PRODUCTION", "STAGING", "DEVELOPMENT", "TESTING", "OTHER"]
RuleKind = Literal["Control", "CloudConfigurationRule", "CloudEventRule"]


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Person:
    """Somebody who works here."""

    id: str
    name: str
    email: str
    username: str
    role: str
    active: bool
    last_login_at: int


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Team:
    """A group of people that owns systems. A parent team has sub-teams and no members of its own."""

    name: str
    title: str
    parent: str | None
    members: tuple[Person, ...]
    pace: float
    """How long this team takes to fix things, as a multiple of the usual."""


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Component:
    """One piece of software, as the catalog names it."""

    name: str
    title: str
    description: str
    type: str
    lifecycle: str
    system: str
    domain: str
    team: Team
    ecosystem: str
    repository: Repository
    apis: tuple[str, ...]
    depends_on: tuple[str, ...]
    index: int


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Framework:
    """A published set of security requirements."""

    id: str
    name: str
    version: str
    description: str


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Category:
    """A chapter of a framework."""

    id: str
    external_id: str
    name: str
    framework: Framework


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Subcategory:
    """One requirement of a framework."""

    id: str
    external_id: str
    title: str
    category: Category


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Rule:
    """What a resource can violate: a control, a configuration rule or a threat rule."""

    id: str
    short_id: str
    kind: RuleKind
    name: str
    description: str
    remediation: str
    severity: str
    applies_to: tuple[str, ...]
    """Graph entity types the rule looks at."""

    risks: tuple[str, ...]
    subcategories: tuple[Subcategory, ...]
    service: str
    created_at: int
    needs_internet: bool
    enabled: bool = True
    builtin: bool = True
    """Whether it came with the product; write calls make the others."""


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Weakness:
    """A published vulnerability in one package."""

    cve: str
    ecosystem: str
    package: str
    installed: str
    fixed: str | None
    score: float
    severity: str
    exploit: bool
    kev: bool
    malicious: bool
    category: str
    published_at: int
    epss: float
    epss_percentile: float
    text: str


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class CloudAccount:
    """An AWS account, an Azure subscription, a Google project, or a Git host's organisation."""

    id: str
    external_id: str
    name: str
    provider: str
    environment: Environment
    region: str
    tags: dict[str, str]


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Branch:
    """A branch of a repository that Wiz scans."""

    id: str
    name: str
    url: str


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Repository:
    """A source repository."""

    id: str
    platform: str
    host: str
    organization: str
    organization_id: str
    name: str
    url: str
    archived: bool
    visibility: str
    branches: tuple[Branch, ...]

    @property
    def slug(self) -> str:
        """`organisation/name`, as in a project-slug annotation."""
        return f"{self.organization}/{self.name}"

    def branch_external_id(self, branch: str) -> str:
        """How Wiz names a branch: `<vcs-host>##<org>/<repo>##<branch>` (wiz-api.md section 5, from a sample)."""
        return f"{self.host}##{self.organization}/{self.name}##{branch}"


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class ApplicationService:
    """A service in Wiz's own catalog, imported from the portal or made there."""

    id: str
    name: str
    description: str
    source: Literal["BACKSTAGE", "WIZ"]
    environments: tuple[Environment, ...]
    owner: Person | None
    tags: dict[str, str]
    promoted_at: int


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Project:
    """A Wiz project: a folder with children, or a leaf with resources."""

    id: str
    name: str
    slug: str
    is_folder: bool
    archived: bool
    parent: Project | None
    business_unit: str | None
    description: str | None
    impact: str | None
    exposed: bool
    data_types: tuple[str, ...]
    regulatory: tuple[str, ...]
    owners: tuple[Person, ...]
    champions: tuple[Person, ...]
    identifiers: tuple[str, ...]
    tags: dict[str, str]
    accounts: tuple[CloudAccount, ...]
    repositories: tuple[Repository, ...]
    services: tuple[ApplicationService, ...]
    component: str | None
    created_at: int
    updated_at: int

    @property
    def level(self) -> int:
        """How many folders stand above."""
        return 0 if self.parent is None else self.parent.level + 1

    @property
    def ancestors(self) -> tuple[Project, ...]:
        """The folders above, the direct parent first."""
        return () if self.parent is None else (self.parent, *self.parent.ancestors)


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Resource:
    """Something findings are about: a cloud resource, an image, a running container or a branch."""

    index: int
    id: str
    external_id: str
    provider_id: str
    name: str
    type: str
    native_type: str
    asset: str
    """Which `VulnerableAsset…` type it is, without the prefix; empty when vulnerabilities are never found on it."""

    asset_type: str
    platform: str
    region: str | None
    account: CloudAccount | None
    resource_group: str
    environment: Environment
    status: str
    tags: dict[str, str] | None
    """None where the source says null instead of an empty map."""

    projects: tuple[Project, ...]
    services: tuple[ApplicationService, ...]
    component: Component | None
    ecosystems: tuple[str, ...]
    repository: Repository | None
    branch: Branch | None
    cluster: str | None
    namespace: str | None
    internet: bool
    sensitive: bool
    created_at: int
    deleted_at: int | None
    url: str | None
    image: str = ""
    """The image that it is, or runs, with its registry and digest. Empty: none."""
    extra: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Organisation:
    """Everything about the company except its findings."""

    seed: int
    name: str
    host: str
    now: int
    people: tuple[Person, ...]
    teams: tuple[Team, ...]
    components: tuple[Component, ...]
    accounts: tuple[CloudAccount, ...]
    projects: tuple[Project, ...]
    services: tuple[ApplicationService, ...]
    repositories: tuple[Repository, ...]
    resources: tuple[Resource, ...]
    rules: tuple[Rule, ...]
    weaknesses: tuple[Weakness, ...]
