"""The resources of the invented company: what is really whose, and what clouds and people say of it."""

from __future__ import annotations

import random

import msgspec

from benchmarks.invented import NOW, Company, Part, Sizes, Truth, World
from callboard.domain.alias import (
    KUBERNETES_CLUSTER,
    KUBERNETES_ID,
    KUBERNETES_NAMESPACE,
    REPOSITORY,
    REPOSITORY_PATH,
    WIZ_ASSET,
    WIZ_EXTERNAL,
)
from callboard.domain.component import EntityRef
from callboard.domain.finding import Detail, Kind, Observed, Project, Resource, Rule, Severity, State
from callboard.domain.instant import DAY, Instant

KINDS = (
    ("VIRTUAL_MACHINE", "vm"), ("BUCKET", "bucket"), ("DB_SERVER", "db"), ("SERVERLESS", "fn"), ("KUBERNETES_CLUSTER", "pod"),
    ("CONTAINER_IMAGE", "image"), ("QUEUE", "queue"), ("SECRET", "secret"), ("REPOSITORY", "repo"),
)  # fmt: skip
REGIONS = ("eu-west-1", "us-east-1", "ap-southeast-2", "europe-west4")
SHORT = {"eu-west-1": "euw1", "us-east-1": "use1", "ap-southeast-2": "apse2", "europe-west4": "euw4"}
ENVIRONMENTS = ("prod", "prod", "prod", "staging", "dev")
SEVERITIES = (Severity.CRITICAL, *[Severity.HIGH] * 3, *[Severity.MEDIUM] * 5, *[Severity.LOW] * 4, Severity.INFO)


class Sketch(msgspec.Struct, kw_only=True):
    """A resource on its way to being told."""

    number: int
    kind: str
    word: str
    environment: str
    region: str
    name: str = ""
    account: str = "acct-shared"
    aliases: list[tuple[str, str]] = []
    projects: list[str] = []
    tags: list[tuple[str, str]] = []
    repository: str | None = None

    @property
    def id(self) -> str:
        """Its id at the source."""
        return f"resource-{self.number:05}"


def invent(seed: int, sizes: Sizes | None = None) -> tuple[World, Truth]:
    """A company and its truth; the same for the same seed."""
    sizes = sizes or Sizes()
    company = Company(random.Random(seed), sizes)
    estate = _Estate(company, company.world())
    for number in range(sizes.resources):
        estate.add(number)
    return estate.world, estate.truth


class _Estate:
    def __init__(self, company: Company, world: World) -> None:
        self.world = world
        self.truth = Truth(components={}, owners={each.ref: each.owner for each in company.parts})
        self._company = company
        self._chance = company.chance
        self._often = company.often
        self._parts = company.parts
        self._place = {each.name: number for number, each in enumerate(company.parts)}

    def add(self, number: int) -> None:
        """One more resource."""
        kind, word = self._chance.choice(KINDS)
        sketch = Sketch(
            number=number, kind=kind, word=word,
            environment=self._chance.choice(ENVIRONMENTS), region=self._chance.choice(REGIONS),
        )  # fmt: skip
        sketch.aliases += [(WIZ_ASSET, sketch.id), (WIZ_EXTERNAL, f"arn:aws:x:{sketch.region}:1:{word}/{sketch.id}")]
        draw = self._chance.random()
        if draw < 0.04:
            owners = self._nobodys(sketch)
        elif draw < 0.07:
            owners = self._shared(sketch)
        elif draw < 0.10:
            owners = self._base_image(sketch)
        else:
            # A few components have many resources, many have few.
            crowded = self._parts[: max(1, len(self._parts) // 10)]
            owners = self._owned(sketch, self._chance.choice(crowded if self._often(0.3) else self._parts[:-1]))
        self.truth.components[sketch.id] = frozenset(owners)
        self._tell(sketch)

    def _nobodys(self, sketch: Sketch) -> set[EntityRef]:
        """Left over, or of something that nobody answers for."""
        number, word = sketch.number, sketch.word
        sketch.name = self._chance.choice(
            (f"sandbox-{number}", f"tmp-{word}-{number}", f"i-{number:012x}", "default-vpc")
        )
        if self._often(0.25):
            # What is left of something that a team has replaced, or tried out, still bears its name.
            was = self._chance.choice(self._parts).name
            sketch.name = self._chance.choice((f"old-{was}-{word}", f"tmp-{was}", f"{was}-backup-{number}"))
        if self._often(0.3):
            sketch.tags.append(("service", "playground"))
        elif self._often(0.05):
            sketch.tags.append(("service", self._chance.choice(self._parts).name))
        return set()

    def _shared(self, sketch: Sketch) -> set[EntityRef]:
        """Of fifteen pairs of components; for ten of them somebody has written a rule."""
        pair = self._chance.randrange(0, min(30, len(self._parts) - 2), 2)
        sketch.name = f"shared-{pair}-{sketch.word}-{sketch.number}"
        return {self._parts[pair].ref, self._parts[pair + 1].ref}

    def _base_image(self, sketch: Sketch) -> set[EntityRef]:
        sketch.kind, sketch.name, sketch.account = "CONTAINER_IMAGE", f"base/debian-{sketch.number}", "acct-build"
        sketch.repository = "github.com/acme/base-images"
        sketch.aliases.append((REPOSITORY, sketch.repository))
        return {self._parts[-1].ref}

    def _owned(self, sketch: Sketch, mine: Part) -> set[EntityRef]:
        sketch.name = self._name(sketch, mine)
        self._tag(sketch, mine)
        self._put_in_project(sketch, mine)
        self._run_in_cluster(sketch, mine)
        self._build_from(sketch, mine)
        self._put_in_account(sketch, mine)
        return {mine.ref}

    def _tag(self, sketch: Sketch, mine: Part) -> None:
        if self._often(0.7):
            sketch.tags.append(("env", sketch.environment))
        draw = self._chance.random()
        if draw < 0.42:
            sketch.tags.append(("service", mine.name))
        elif draw < 0.45:
            sketch.tags.append(("service", misspelled(mine.name, self._chance)))
        elif draw < 0.46:
            # A module of the platform team that stamps its own name on what others create with it.
            sketch.tags.append(("service", self._parts[-1].name))
        if self._often(0.3):
            owner = mine.owner if self._often(0.97) else self._chance.choice(self._parts).owner
            sketch.tags.append(("team", owner.partition("/")[2]))

    def _put_in_project(self, sketch: Sketch, mine: Part) -> None:
        if mine.project and self._often(0.7):
            sketch.projects += [mine.project, f"folder-{mine.domain}"]
        elif self._often(0.06):
            # In a sister's project; where the sister's file is trusted, somebody has looked that nothing is.
            sisters = [
                each.project
                for each in self._parts
                if each.system == mine.system and each.project and each.ref != mine.ref and not each.is_reviewed
            ]
            if sisters:
                sketch.projects += [self._chance.choice(sisters), f"folder-{mine.domain}"]

    def _run_in_cluster(self, sketch: Sketch, mine: Part) -> None:
        if sketch.word != "pod" and not self._often(0.1):
            return
        sketch.aliases.append((KUBERNETES_CLUSTER, f"{sketch.environment}-{SHORT[sketch.region]}"))
        if mine.namespace:
            sketch.aliases.append((KUBERNETES_NAMESPACE, mine.namespace))
        if self._often(0.4):
            sketch.aliases.append((KUBERNETES_ID, mine.name))
            # A chart that was copied keeps the name that it had.
            label = mine.name if self._often(0.97) else self._chance.choice(self._parts).name
            sketch.tags.append(("app.kubernetes.io/name", label))

    def _build_from(self, sketch: Sketch, mine: Part) -> None:
        if mine.repository is None or not (sketch.word in ("image", "repo", "fn") or self._often(0.1)):
            return
        sketch.repository = mine.repository
        sketch.aliases.append((REPOSITORY, mine.repository))
        if mine.folder and self._often(0.8):
            sketch.aliases.append((REPOSITORY_PATH, f"{mine.repository}//{mine.folder}/main.tf"))

    def _put_in_account(self, sketch: Sketch, mine: Part) -> None:
        draw = self._chance.random()
        if draw < 0.25 and self._place[mine.name] < len(self._parts) // 8:
            sketch.account = f"own-{mine.name}"
        elif 0.25 <= draw < 0.26:
            # An account that is said to be one component's own, and is not quite.
            other = self._chance.choice(self._parts[: len(self._parts) // 10])
            sketch.account = f"own-{other.name}"
        elif draw < 0.9:
            sketch.account = f"acct-{mine.domain}-{sketch.environment}"

    def _name(self, sketch: Sketch, mine: Part) -> str:
        product, _, function = mine.name.partition("-")
        word, environment, number = sketch.word, sketch.environment, sketch.number
        draw = self._chance.random()
        if draw < 0.18:
            return f"i-{number:08x}{self._chance.randrange(1 << 24):06x}"
        if draw < 0.22:
            return f"{misspelled(mine.name, self._chance)}-{word}-{environment}"
        if draw < 0.27:
            # Named after what it does for another component.
            other = self._chance.choice(self._parts).name
            return self._chance.choice((f"{other}-mirror", f"{product}-to-{other}", f"{other}-events-{environment}"))
        if draw < 0.32:
            return self._chance.choice(
                (f"cache-{number % 50}", f"main-{word}", f"{function}-{environment}", f"app-{word}-{number % 9}")
            )
        if draw < 0.36:
            return f"{product[:3]}-{function}-{environment}"
        return self._chance.choice((
            f"{environment}-{SHORT[sketch.region]}-{mine.name}-{word}-{number % 7:02}",
            f"{mine.name}-{word}",
            f"{mine.name}.{sketch.region}.{environment}",
            f"{product.title()}{function.title()}{word.title()}{environment.title()}",
            f"acme-{environment}-{product}{function}-{word}",
            f"{product}-{word}-{environment}",
            f"{environment}/{product}/{function}",
            f"{product}_{function}_{word}",
        ))  # fmt: skip

    def _tell(self, sketch: Sketch) -> None:
        """The findings on it, which are all that a source says."""
        resource = Resource(
            external_id=sketch.id, name=sketch.name, type=sketch.kind, region=sketch.region, platform="AWS",
            account_id=sketch.account, provider_id=sketch.aliases[1][1], repository=sketch.repository,
            aliases=tuple(sketch.aliases), tags=tuple(sketch.tags),
        )  # fmt: skip
        projects = tuple(
            Project(external_id=each, name=each, is_folder=each.startswith("folder-")) for each in sketch.projects
        )
        for n in range(self._chance.choice((1, 1, 1, 2, 3, 5))):
            rule = self._chance.randrange(60)
            self.world.observed.append(
                Observed(
                    external_id=f"{sketch.id}-{n}", kind=Kind.MISCONFIGURATION, title=f"Rule {rule}",
                    severity=self._chance.choice(SEVERITIES), state=State.OPEN if self._often(0.9) else State.FIXED,
                    rule=Rule(external_id=f"rule-{rule}", name=f"Rule {rule}", kind="Control"),
                    resource=resource, projects=projects, updated_at=NOW, detail=Detail(),
                    first_detected_at=Instant(NOW - self._chance.randrange(200) * DAY),
                )
            )  # fmt: skip


def misspelled(name: str, chance: random.Random) -> str:
    """One slip of the fingers: a letter left out, doubled, or swapped with the next."""
    at = chance.randrange(1, len(name) - 1)
    slips = (name[at + 1 :], name[at] + name[at:], name[at + 1] + name[at] + name[at + 2 :])
    return name[:at] + chance.choice(slips)
