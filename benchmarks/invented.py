"""An invented company with a known truth: whose every resource really is, and what clouds, catalogs and people say of it.

The world is what Callboard is given to read. The truth stands apart, and nothing that decides ownership is handed it.
Mistakes are those that real companies make, each at a rate that stands here: missing and misspelled tags, annotations
copied from another component, one repository for many components, accounts that many share, projects that hold a sister
component's things, base images, look-alike names, and bots among those who commit.
"""

from __future__ import annotations

import random

import msgspec

from callboard.domain.component import Entity, EntityRef
from callboard.domain.finding import Observed
from callboard.domain.forge import Contribution, Facts, Head
from callboard.domain.instant import DAY, Instant
from callboard.domain.ownership.codeowners import CodeOwners, Dialect, Entry
from callboard.domain.ownership.mapping import Default, Form, Rule, RuleSet, Term, Vocabulary
from callboard.ports import ProjectRecord

PRODUCTS = (
    "payments", "ledger", "checkout", "basket", "catalogue", "pricing", "invoice", "refund", "loyalty", "voucher", "shipping",
    "parcel", "returns", "warehouse", "inventory", "supplier", "purchase", "forecast", "search", "recommend", "review",
    "profile", "identity", "consent", "session", "notification", "mailing", "campaign", "audience", "tracking", "analytics",
    "report", "billing", "tax", "treasury", "fraud", "credit", "lending", "claims", "policy", "quote", "booking", "calendar",
    "fleet", "route", "driver", "telemetry", "sensor", "archive", "document", "signing", "translation", "content", "media",
    "image", "video", "chat", "support", "ticketing", "survey", "contract", "partner", "marketplace", "auction", "wallet",
    "card", "terminal", "kiosk", "menu", "recipe",
)  # fmt: skip
FUNCTIONS = (
    "api", "worker", "web", "gateway", "indexer", "exporter", "importer", "scheduler", "store", "engine", "sync", "admin",
)  # fmt: skip
NOW = Instant(1_790_000_000_000_000)
MONOREPO = "github.com/acme/platform-mono"


class Sizes(msgspec.Struct, frozen=True):
    """How large the company is."""

    resources: int = 5_000
    components: int = 400
    groups: int = 60


class World(msgspec.Struct, kw_only=True):
    """What Callboard reads."""

    entities: list[Entity]
    projects: list[ProjectRecord]
    observed: list[Observed]
    rule_set: RuleSet
    trusted_locations: tuple[str, ...]
    facts: list[Facts]
    """What the forge tells of repositories: who has committed where, bots among them, and some CODEOWNERS."""


class Truth(msgspec.Struct, kw_only=True):
    """What nobody tells Callboard."""

    components: dict[str, frozenset[EntityRef]]
    """By resource, whose it really is. Empty: nobody's."""
    owners: dict[EntityRef, EntityRef | None]
    """Who really owns each component."""


class Part(msgspec.Struct, kw_only=True):
    """A component as it really is, and what its catalog file says."""

    name: str
    ref: EntityRef
    owner: EntityRef
    said_owner: EntityRef | None
    """What the catalog says: sometimes nothing, or a group that has left."""
    system: str
    domain: str
    project: str | None
    repository: str | None
    folder: str
    namespace: str | None
    claims_project: bool
    claims_repository: bool
    claims_namespace: bool
    claims_label: bool
    is_reviewed: bool
    """Its catalog file lies where only its owners can write, and its project was looked through before that was said."""


class Company:
    """Invents the people, the components and the catalog."""

    def __init__(self, chance: random.Random, sizes: Sizes) -> None:
        self.chance = chance
        self.sizes = sizes
        self.domains = [f"area-{name}" for name in ("commerce", "money", "logistics", "insight", "people", "platform")]
        self.members: dict[EntityRef, tuple[EntityRef, ...]] = {}
        self.groups = self._groups()
        self.parts = self._parts([each.ref for each in self.groups if each.parent is not None])

    def often(self, share: float) -> bool:
        """True in this share of cases."""
        return self.chance.random() < share

    def world(self) -> World:
        """The catalog and the rules; nothing has been found yet."""
        return World(
            entities=[*self.groups, *self._users(), *self._around(), *map(self._entity, self.parts)],
            projects=self._projects(), observed=[], rule_set=self._rules(),
            trusted_locations=("url:https://git.acme.example/reviewed/*",), facts=self._facts(),
        )  # fmt: skip

    def _groups(self) -> list[Entity]:
        tops = [EntityRef(f"group:default/{name}") for name in self.domains]
        found = [Entity(ref=ref, kind="group", name=ref.partition("/")[2]) for ref in tops]
        names = self.chance.sample(
            [f"{one}-{two}" for one in ("team", "squad", "crew") for two in PRODUCTS], self.sizes.groups - len(tops)
        )
        for number, name in enumerate(names):
            ref = EntityRef(f"group:default/{name}")
            people = tuple(EntityRef(f"user:default/p{number:02}-{n}") for n in range(self.chance.randint(3, 8)))
            self.members[ref] = () if self.often(0.02) else people
            found.append(
                Entity(
                    ref=ref,
                    kind="group",
                    name=name,
                    parent=tops[number % len(tops)],
                    members=self.members[ref],
                    annotations=(("github.com/team-slug", f"acme/{name}"),),
                )
            )
        return found

    def _users(self) -> list[Entity]:
        people = sorted({user for users in self.members.values() for user in users})
        return [
            Entity(
                ref=ref, kind="user", name=ref.partition("/")[2],
                annotations=(("github.com/user-login", ref.partition("/")[2]),),
            )
            for ref in people
        ]  # fmt: skip

    def _facts(self) -> list[Facts]:
        """Teams commit most to what is theirs, others a little, and bots more than anybody."""
        places: dict[str, list[tuple[str, Part]]] = {}
        for each in self.parts:
            if each.repository:
                places.setdefault(each.repository, []).append((each.folder, each))
        found = []
        for repository, folders in sorted(places.items()):
            rows: dict[tuple[str, str], int] = {}
            entries: list[Entry] = []
            for folder, part in folders:
                rows[folder, "renovate[bot]"] = 90
                team = self.members.get(part.owner, ())
                for user in self.chance.sample(team, min(len(team), 3)):
                    rows[folder, user.partition("/")[2]] = self.chance.randint(4, 40)
                if self.often(0.3):
                    for user in self.members[self.chance.choice(sorted(self.members))][:1]:
                        rows[folder, user.partition("/")[2]] = self.chance.randint(1, 5)
                if self.often(0.3):
                    pattern = f"/{folder}/" if folder else "*"
                    owners = (f"@acme/{part.owner.partition('/')[2]}",)
                    entries.append(Entry(line=len(entries) + 1, pattern=pattern, owners=owners))
            host, _, slug = repository.partition("/")
            found.append(
                Facts(
                    head=Head(host=host, slug=slug, dialect=Dialect.GITHUB, external_id=slug, branch="main", marker="1"),
                    commit="1", etag=None, files=len(folders), problem=None, places=(),
                    code_owners_path="CODEOWNERS" if entries else None, code_owners_blob="1" if entries else None,
                    code_owners=CodeOwners(dialect=Dialect.GITHUB, entries=tuple(entries)) if entries else None,
                    contributions=tuple(
                        Contribution(who=who, folder=folder, commits=n, last_at=Instant(NOW - 5 * DAY))
                        for (folder, who), n in rows.items()
                    ),
                )
            )  # fmt: skip
        return found

    def _parts(self, teams: list[EntityRef]) -> list[Part]:
        pairs = [(product, function) for product in PRODUCTS for function in FUNCTIONS]
        self.chance.shuffle(pairs)
        names = dict.fromkeys(
            f"{product}-{function}" for product, function in pairs[: self.sizes.components * 24 // 25]
        )
        # Look-alikes: another team's component that differs in one letter.
        for name in list(names):
            if len(names) == self.sizes.components:
                break
            product, _, function = name.partition("-")
            names[f"{product[:-1]}-{function}" if product.endswith("s") else f"{product}s-{function}"] = None
        # A team looks after a few products, each with several functions: that is how teams are cut.
        by_product = {product: self.chance.choice(teams) for product in PRODUCTS}
        found = []
        for name in names:
            product = name.partition("-")[0]
            owner = by_product.get(product) or self.chance.choice(teams)
            if self.often(0.15):
                owner = self.chance.choice(teams)
            has_repository = self.often(0.75)
            in_mono = has_repository and self.often(0.4)
            domain = (
                self.domains[sorted(by_product).index(product) % len(self.domains)]
                if product in by_product
                else self.domains[0]
            )
            found.append(
                Part(
                    name=name, ref=EntityRef(f"component:default/{name}"), owner=owner,
                    said_owner=None if self.often(0.01) else EntityRef("group:default/left-long-ago") if self.often(0.01) else owner,
                    system=f"sys-{product}", domain=domain,
                    project=f"project-{name}" if self.often(0.7) else None,
                    repository=(MONOREPO if in_mono else f"github.com/acme/{name}") if has_repository else None,
                    folder=f"services/{name}" if in_mono and self.often(0.9) else "",
                    namespace=name if self.often(0.5) else f"sys-{product}" if self.often(0.3) else None,
                    claims_project=self.often(0.75), claims_repository=self.often(0.8),
                    claims_namespace=self.often(0.5), claims_label=self.often(0.4), is_reviewed=self.often(0.3),
                )
            )  # fmt: skip
        return found

    def _around(self) -> list[Entity]:
        systems = {each.system: each.domain for each in self.parts}
        found = [Entity(ref=EntityRef(f"domain:default/{name}"), kind="domain", name=name) for name in self.domains]
        return found + [
            Entity(
                ref=EntityRef(f"system:default/{name}"),
                kind="system",
                name=name,
                system=EntityRef(f"domain:default/{domain}"),
            )
            for name, domain in sorted(systems.items())
        ]

    def _entity(self, each: Part) -> Entity:
        annotations = {}
        place = "reviewed" if each.is_reviewed else "open"
        if each.project and each.claims_project:
            annotations["wiz.io/project-id"] = each.project
        elif self.often(0.02):
            annotations["wiz.io/project-id"] = f"project-of-long-ago-{each.name}"
        if each.repository and each.claims_repository:
            annotations["github.com/project-slug"] = each.repository.removeprefix("github.com/")
            if each.folder:
                annotations["backstage.io/source-location"] = f"url:https://{each.repository}/tree/main/{each.folder}/"
        if each.namespace and each.claims_namespace:
            annotations["backstage.io/kubernetes-namespace"] = each.namespace
        if each.claims_label:
            annotations["backstage.io/kubernetes-id"] = each.name
        # A file that was begun as a copy of another one, and still carries its annotations.
        if not each.is_reviewed and self.often(0.04):
            other = self.chance.choice(self.parts)
            if other.project and other.claims_project:
                annotations["wiz.io/project-id"] = other.project
        return Entity(
            ref=each.ref, kind="component", name=each.name, owner=each.said_owner, type="service",
            system=EntityRef(f"system:default/{each.system}"), annotations=tuple(sorted(annotations.items())),
            location=f"url:https://git.acme.example/{place}/{each.name}/catalog-info.yaml",
        )  # fmt: skip

    def _projects(self) -> list[ProjectRecord]:
        folders = [
            ProjectRecord(
                external_id=f"folder-{name}", name=name, is_folder=True, business_unit=name.removeprefix("area-")
            )
            for name in self.domains
        ]
        return folders + [
            ProjectRecord(
                external_id=each.project, name=each.name, parent_id=f"folder-{each.domain}", nesting_level=1,
                services=(each.name,) if self.often(0.3) else (),
            )
            for each in self.parts
            if each.project
        ]  # fmt: skip

    def _rules(self) -> RuleSet:
        """What an operator of such a company would have written: two words, the bases, some accounts of one team each."""
        dedicated = self.parts[: self.sizes.components // 10]
        base = self.parts[-1].ref
        return RuleSet(
            name="company",
            rules=(
                Rule(
                    name="base images", terms=(Term(Form.PATH, ("github.com/acme/base-images",)),), owners=(base,),
                    reason="Base images are built by one team for all.",
                ),
                *(
                    Rule(
                        name=f"shared {n}", terms=(Term(Form.RESOURCE, (f"shared-{n}-*",)),),
                        owners=tuple(sorted((self.parts[n].ref, self.parts[n + 1].ref))), reason="Both run on it.",
                    )
                    for n in range(0, 20, 2)
                ),
            ),
            vocabularies=(
                Vocabulary(form=Form.TAG, key="service", reason="Our tagging guide."),
                Vocabulary(form=Form.LABEL, key="app.kubernetes.io/name", reason="Our charts set it."),
            ),
            defaults=tuple(
                Default(form=Form.ACCOUNT, value=f"own-{each.name}", owner=each.ref, reason="Its own account.")
                for each in dedicated
            ),
        )  # fmt: skip
