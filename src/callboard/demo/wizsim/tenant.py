"""The state of one look-alike: the world, what people wrote into it, and answers worth remembering."""

# ruff: noqa: ANN401  values of GraphQL are typed by its schema, not by Python

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from callboard.demo.company.ids import entity_id, hex_name
from callboard.demo.company.ledger import REJECTED, RESOLVED
from callboard.demo.company.organisation import DAY
from callboard.demo.company.pairing import Kind
from callboard.demo.company.values import Category, Framework, Person, Resource, Subcategory
from callboard.demo.company.world import World
from callboard.demo.wizsim.hosts import host_rules
from callboard.demo.wizsim.nodes import ConfigurationRow, IssueRow, VulnerabilityRow
from callboard.demo.wizsim.options import Options
from callboard.demo.wizsim.runs import Reports
from callboard.demo.wizsim.settings import Settings, first_settings

T = TypeVar("T")


@dataclass(kw_only=True, eq=False)
class Note:
    """A remark on a finding."""

    id: str
    text: str
    at: int
    edited_at: int
    author: Person | None
    """None when a machine wrote it."""

    account: ServiceAccount | None = None
    """The machine that wrote it."""


@dataclass(kw_only=True, eq=False)
class Ticket:
    """A ticket of another system that stands for an issue."""

    id: str
    external_id: str
    name: str
    url: str


@dataclass(kw_only=True)
class Edit:
    """What write calls changed on one finding."""

    notes: list[Note] = field(default_factory=list)
    tickets: list[Ticket] = field(default_factory=list)
    removed: set[str] = field(default_factory=set)
    """Ids of generated notes and tickets that were deleted."""

    has_due: bool = False
    due_at: str | None = None
    has_assignee: bool = False
    assignee: Person | None = None
    note: str | None = None
    resolution_note: str | None = None
    rejection_expires_at: str | None = None
    reason: str | None = None
    by_us: bool = False


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class ServiceAccount:
    """A machine that may call."""

    id: str
    name: str
    client_id: str
    client_secret: str
    scopes: tuple[str, ...]
    type: str = "THIRD_PARTY"
    description: str | None = None
    projects: tuple[str, ...] = ()
    """Ids of the projects it is kept to; none for all."""

    created_at: int
    rotated_at: int
    expires_at: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Deed:
    """A write call that was made: a line of the audit log."""

    at: int
    action: str
    parameters: dict[str, Any]
    status: str
    account: ServiceAccount


@dataclass(frozen=True, kw_only=True, slots=True)
class ProjectDetails:
    """What write calls said about a project that the company's own value has no room for."""

    risks: dict[str, Any] = field(default_factory=dict)
    links: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    """Links in the words of the schema, by the name of the field; a name that is absent was never written."""


class Tenant:
    """Everything that resolvers may ask for."""

    def __init__(self, world: World, options: Options) -> None:
        self.world = world
        self.options = options
        self.base_url = "http://127.0.0.1"
        self.edits: dict[tuple[Kind, int], Edit] = {}
        self.history: list[tuple[int, int, str, str]] = []
        """Events made by write calls: time, issue row, type, message."""

        self.written = 0
        """Goes up with every write call."""

        self.drop_share = 0.0
        """Share of findings that the source keeps to itself (fault `drop_share`)."""

        self._remembered: OrderedDict[object, tuple[object, object]] = OrderedDict()
        seed, began = world.seed, world.organisation.now
        self.account = ServiceAccount(
            id=entity_id(seed, "service account"),
            name="callboard",
            client_id=hex_name(seed, "client", length=32),
            client_secret=hex_name(seed, "secret", length=64),
            scopes=options.scopes,
            created_at=began - 300 * DAY,
            rotated_at=began - 30 * DAY,
        )
        self.accounts = [self.account]
        """Machines that may call; write calls add to them."""

        self.deeds: list[Deed] = []
        self.projects: dict[str, ProjectDetails] = {}
        self.people: list[Person] = list(world.organisation.people)
        """Users of the portal: the company's people, as write calls left them."""

        self.user_projects: dict[str, tuple[str, ...]] = {}
        """Ids of the projects that write calls assigned, by user id."""

        self.settings = Settings(first_settings(world.organisation))
        self.host_rules = host_rules(seed)
        self.said: dict[str, dict[str, Any]] = {}
        """What write calls said about rules, frameworks and their parts that the company's own values have no room for, in
        the words of the schema, by id."""

        self.frameworks: list[Framework] = []
        self.chapters: list[Category] = []
        self.requirements: list[Subcategory] = []
        """Frameworks that write calls made, and their parts."""

        self.reports = Reports(seconds=options.report_seconds)

    @property
    def portal(self) -> str:
        """Where links to the portal begin."""
        return (self.options.portal_url or self.base_url).rstrip("/")

    @property
    def version(self) -> tuple[int, ...]:
        """Changes whenever any answer may change."""
        ledgers = self.world.ledgers
        return (
            self.world.organisation_revision,
            self.world.now,
            self.written,
            *(ledgers[kind].revision for kind in ledgers),
            int(self.drop_share * 10_000),
        )

    def remember(self, key: object, make: Callable[[], T]) -> T:
        """The value made for `key` in this version of the world, made at most once while it is remembered."""
        held = self._remembered.get(key)
        version = self.version
        if held is not None and held[0] == version:
            self._remembered.move_to_end(key)
            return held[1]  # type: ignore[return-value]
        value = make()
        self._remembered[key] = (version, value)
        self._remembered.move_to_end(key)
        while len(self._remembered) > self.options.page_cache:
            self._remembered.popitem(last=False)
        return value

    def edit(self, kind: Kind, row: int) -> Edit:
        """The edits of one finding, to be changed."""
        self.written += 1
        return self.edits.setdefault((kind, row), Edit())

    def issue(self, row: int) -> IssueRow:
        """One issue."""
        ledger, organisation = self.world.issues, self.world.organisation
        return IssueRow(
            ledger, row, organisation.rules[ledger.cause[row]], organisation.resources[ledger.resource[row]]
        )

    def configuration(self, row: int) -> ConfigurationRow:
        """One configuration finding."""
        ledger, organisation = self.world.configurations, self.world.organisation
        return ConfigurationRow(
            ledger, row, organisation.rules[ledger.cause[row]], organisation.resources[ledger.resource[row]]
        )

    def vulnerability(self, row: int) -> VulnerabilityRow:
        """One vulnerability finding."""
        ledger, organisation = self.world.vulnerabilities, self.world.organisation
        return VulnerabilityRow(
            ledger, row, organisation.weaknesses[ledger.cause[row]], organisation.resources[ledger.resource[row]]
        )

    def node(self, kind: Kind, row: int) -> Any:
        """One finding of any kind."""
        return {"issue": self.issue, "configuration": self.configuration, "vulnerability": self.vulnerability}[kind](
            row
        )

    def find(self, kind: Kind, text: str) -> int | None:
        """The row of a finding's id, or None."""
        ledger = self.world.ledgers[kind]
        row = ledger.ids.row(text)
        return row if row is not None and row < len(ledger) else None

    def resource_by_id(self, id_: str) -> Resource | None:
        """The resource with that Wiz id, or None."""
        by_id = self.remember("resources by id", lambda: {r.id: r for r in self.world.organisation.resources})
        return by_id.get(id_)

    def issues_of_resources(self) -> dict[int, list[int]]:
        """Per resource index, how many unresolved issues there are by severity code."""

        def count() -> dict[int, list[int]]:
            counts: dict[int, list[int]] = {}
            ledger = self.world.issues
            for resource, status, severity in zip(ledger.resource, ledger.status, ledger.severity, strict=True):
                if status not in (RESOLVED, REJECTED):
                    counts.setdefault(resource, [0] * 5)[severity] += 1
            return counts

        return self.remember("issues of resources", count)

    def issues_of_projects(self) -> dict[str, list[int]]:
        """Per project id, how many unresolved issues there are by severity code."""

        def count() -> dict[str, list[int]]:
            counts: dict[str, list[int]] = {}
            for index, found in self.issues_of_resources().items():
                for project in self.world.organisation.resources[index].projects:
                    sums = counts.setdefault(project.id, [0] * 5)
                    for code, number in enumerate(found):
                        sums[code] += number
            return counts

        return self.remember("issues of projects", count)
