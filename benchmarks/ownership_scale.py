"""How long whose-is-what takes at scale: `python -m benchmarks.ownership_scale`.

100,000 resources with a finding each, 500 mapping rules, 5,000 components. Printed as one JSON document, in seconds of wall
clock and of processor time (on a shared machine the second says more):

planned_and_applied
            rules that are all new are planned, with whose sight changes, and applied: most resources move
full        every resource decided anew and written, counters and access included: with nothing to change, and where most
            resources move (`moving`), as they do when a catalog is read for the first time; `judging` is the decisions
            alone, in memory
one         one catalog entity changes (its owner, its annotation, its name), counters and access included: median of 20
reading     a whole catalog reading in which one entity differs
yardstick   a plain loop of five million additions: about 0.3 on a quiet machine; what it takes more, everything takes more
"""

from __future__ import annotations

import json
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import click
import msgspec

from benchmarks.__main__ import databases
from callboard.domain.access import AT_THE_LAPTOP
from callboard.domain.alias import REPOSITORY, REPOSITORY_PATH, WIZ_ASSET, WIZ_EXTERNAL
from callboard.domain.component import Entity, EntityRef
from callboard.domain.finding import Detail, Kind, Observed, Project, Resource, Rule, Severity, State
from callboard.domain.instant import DAY, Instant
from callboard.domain.ownership import mapping_text
from callboard.domain.ownership.mapping import RuleSet
from callboard.domain.run import Mode
from callboard.store import Store, evidence, mapping, open_store
from callboard.store.intake import runs as run_store
from callboard.store.intake import sources as source_store
from callboard.store.intake.apply import Applier
from callboard.store.ownership import catalog as catalog_store
from callboard.store.ownership import deciding, owning, touched
from callboard.store.ownership.catalog import Difference
from callboard.store.ownership.holdings import Holdings
from callboard.usecases.collecting import fewer_collections
from callboard.usecases.ownership import plan_mapping

NOW = Instant(1_790_000_000_000_000)
TYPES = ("VIRTUAL_MACHINE", "BUCKET", "SERVERLESS", "DB_SERVER", "CONTAINER", "CONTAINER_IMAGE", "SUBNET", "FIREWALL")
BATCH = 4_000


class Clock:
    """Each look is a second later."""

    def __init__(self) -> None:
        self.at = NOW

    def now(self) -> Instant:
        """The next second."""
        self.at = Instant(self.at + 1_000_000)
        return self.at


def entities(components: int) -> list[Entity]:
    """Components with a project or a folder each, and a group for twenty of them."""
    groups = [
        Entity(
            ref=EntityRef(f"group:default/g{n}"), kind="group", name=f"g{n}", members=(EntityRef(f"user:default/u{n}"),)
        )
        for n in range(components // 20)
    ]
    return [*groups, *(component(n, f"g{n % len(groups)}") for n in range(components))]


def component(n: int, owner: str, *, project: int | None = None, name: str | None = None) -> Entity:
    """One of them."""
    place = f"url:https://github.com/acme/mono-{n % 50}/tree/main/services/s{n}/"
    annotations = (
        ("wiz.io/project-id", f"p{n if project is None else project}"),
        ("backstage.io/source-location", place),
    )
    name = name or f"c{n}"
    return Entity(
        ref=EntityRef(f"component:default/{name}"), kind="component", name=name, annotations=annotations,
        owner=EntityRef(f"group:default/{owner}"),
    )  # fmt: skip


def observations(resources: int, components: int) -> Iterator[Observed]:
    """A finding on each of so many resources, tagged, placed and named as clouds do."""
    chance = random.Random(1)
    for n in range(resources):
        account, of = n % 60, n % components
        tags = [("env", chance.choice(("prod", "test"))), ("team", f"t{n % 90}"), ("cost-centre", f"{n % 300}")]
        if n % 3:
            tags.append(("service", f"c{of}"))
        aliases = [(WIZ_ASSET, f"r{n}"), (WIZ_EXTERNAL, f"arn:aws:ec2:eu-west-1:{account:012}:thing/{n}")]
        if n % 5 == 0:
            aliases += [
                (REPOSITORY, f"github.com/acme/mono-{of % 50}"),
                (REPOSITORY_PATH, f"github.com/acme/mono-{of % 50}//services/s{of}/go.mod"),
            ]
        yield Observed(
            external_id=f"f{n}", kind=Kind.VULNERABILITY, state=State.OPEN, severity=Severity(1 + n % 6),
            title=f"CVE {n % 900}", rule=Rule(external_id=f"CVE-{n % 900}", name=f"CVE {n % 900}", kind="CVE"),
            resource=Resource(
                external_id=f"r{n}", name=f"thing-{n}-{chance.choice(('prod', 'test'))}", type=TYPES[n % len(TYPES)],
                account_id=f"{account:012}", account_name=f"account-{account}", tags=tuple(tags), aliases=tuple(aliases),
            ),
            projects=(Project(external_id=f"p{of if n % 2 else 10**6 + of}", name="p"),),
            first_detected_at=Instant(NOW - DAY * (1 + n % 300)), detail=Detail(),
        )  # fmt: skip


def rules(count: int, components: int) -> RuleSet:
    """Rules of every form, a vocabulary and defaults."""
    chance = random.Random(2)
    forms: list[Callable[[int], dict[str, Any]]] = [
        lambda n: {
            "account": f"account-{n // 5 % 60}",
            "type": TYPES[n // 5 % len(TYPES)],
            "tag": f"cost-centre={n // 5}",
        },
        lambda n: {"tag": f"cost-centre={n // 5}", "type": TYPES[n % 3]},
        lambda n: {"resource": f"thing-{n}*"},
        lambda n: {"path": f"github.com/acme/mono-{n % 50}//services/s{n}"},
        lambda n: {"resource": f"*:thing/{n}*", "source": "scale"},
    ]
    document = {
        "name": "scale",
        "rules": [
            {
                "name": f"rule {n}",
                "match": forms[n % len(forms)](n),
                "owners": [f"component:default/c{chance.randrange(components)}"],
                "reason": "measured",
            }
            for n in range(count)
        ],
        "vocabularies": [{"tag": "service", "reason": "measured"}],
        "defaults": [{"account": f"account-{n}", "owner": f"c{n}", "reason": "measured"} for n in range(60)],
    }
    return mapping_text.read(document)


def fill(store: Store, resources: int, components: int) -> None:
    """Catalog and findings, through the run road."""
    with store.write() as conn:
        catalog_store.note_reading(conn, "scale", now=NOW, state="applied", reason=None, entities=0, problems=())
        catalog_store.apply_reading(conn, store, "scale", entities(components), complete=True, now=NOW)
        row = source_store.ensure_source(conn, "scale", "made-up")
        fence = source_store.take_lease(conn, row, "benchmark", now=NOW, abandoned=False)
        run = run_store.start_run(conn, row, Mode.FULL, "{}", fence=fence, now=NOW, parts=(), replace=False)
    applier = Applier(store, source_id=run.source_id, run_id=run.id)
    batch: list[tuple[Observed, bytes]] = []
    for seen in observations(resources, components):
        batch.append((seen, seen.external_id.encode().rjust(16)))
        if len(batch) == BATCH:
            write(store, applier, batch)
    write(store, applier, batch)
    with store.write() as conn:
        source_store.drop_lease(conn, run.source_id, run.fence)
        store.dialect.refresh_statistics(conn)


def write(store: Store, applier: Applier, batch: list[tuple[Observed, bytes]]) -> None:
    """Write a batch and begin the next."""
    if batch:
        with store.write() as conn:
            applier.apply(conn, batch, now=NOW)
    batch.clear()


def timed(work: Callable[[], object]) -> dict[str, float]:
    """Seconds of wall clock and of processor time."""
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return {"wall": round(time.perf_counter() - wall, 3), "cpu": round(time.process_time() - cpu, 3)}


@fewer_collections()
def full(store: Store) -> dict[str, Any]:
    """Every resource decided anew and written."""
    found: dict[str, Any] = {}
    clock = Clock()

    def again(sets: Sequence[RuleSet] | None = None) -> None:
        with store.write() as conn:
            if sets is not None:
                evidence.under(conn, store, sets)
            ids = touched.everything(conn)
            found["moved_findings"] = deciding.decide_anew(conn, store, ids, now=clock.now(), at_once=True)

    def judge() -> None:
        with store.read() as conn:
            holdings = Holdings(conn, store)
            found["judged"] = sum(
                len(each) for each in owning.judge(conn, store.dialect, holdings, touched.everything(conn))
            )

    with store.read() as conn:
        sets = [each.rule_set for each in mapping.in_force(conn)]
    unmoved, judging = timed(again), timed(judge)
    again([])
    return {"all": unmoved, "judging": judging, "moving": timed(lambda: again(sets)), **found}


def one(store: Store, components: int) -> dict[str, Any]:
    """One entity changes, in three ways, in turn there and back."""
    clock = Clock()

    def apply(entity: Entity) -> None:
        with store.write() as conn:
            catalog_store.apply_difference(
                conn, store, "scale", Difference(changed=(entity,)), now=clock.now(), agreed=True
            )

    def owner(n: int) -> Entity:
        return component(n, f"g{n % 7}")

    def annotation(n: int) -> Entity:
        return component(n, f"g{n % (components // 20)}", project=n + 1)

    told = {}
    for name, change in (("owner", owner), ("annotation", annotation)):
        times = [timed(lambda n=n: apply(change(n))) for n in range(100, 120)]  # type: ignore[misc]  # noqa: B023
        told[name] = {key: statistics.median(each[key] for each in times) for key in ("wall", "cpu")}

    def new(n: int) -> None:
        with store.write() as conn:
            fresh = component(n, "g1", name=f"new{n}")
            catalog_store.apply_difference(conn, store, "scale", Difference(new=(fresh,)), now=clock.now(), agreed=True)

    times = [timed(lambda n=n: new(n)) for n in range(200, 220)]  # type: ignore[misc]
    told["new"] = {key: statistics.median(each[key] for each in times) for key in ("wall", "cpu")}
    return told


def reading(store: Store, components: int) -> dict[str, float]:
    """A whole reading in which one entity differs."""
    told = entities(components)
    told[-1] = msgspec.structs.replace(told[-1], owner=EntityRef("group:default/g0"))

    def read() -> None:
        with store.write() as conn:
            catalog_store.apply_reading(conn, store, "scale", told, complete=False, now=Clock().now())

    read()
    told[-1] = msgspec.structs.replace(told[-1], owner=EntityRef("group:default/g1"))
    return timed(read)


def yardstick() -> None:
    """Five million additions."""
    total = 0
    for n in range(5_000_000):
        total += n


@click.command()
@click.option("--resources", default=100_000)
@click.option("--rules", "rule_count", default=500)
@click.option("--components", default=5_000)
@click.option("--database", type=click.Choice(["sqlite", "postgresql"]), default="sqlite")
def main(resources: int, rule_count: int, components: int, database: str) -> None:
    """Measure, and print one JSON document."""
    with tempfile.TemporaryDirectory() as folder, databases(database, Path(folder)) as make:
        store = open_store(make("scale"))
        print("filling …", file=sys.stderr)
        filled = timed(lambda: fill(store, resources, components))
        clock = Clock()
        draft = rules(rule_count, components)
        print("applying the rules …", file=sys.stderr)
        applied: dict[str, Any] = {}

        def apply() -> None:
            done = plan_mapping.apply_mapping(store, AT_THE_LAPTOP, draft, reason="measured", clock=clock, agreed=True)
            applied.update(state=done.state, moved_resources=done.plan.moved_resources)

        document = {
            "resources": resources,
            "rules": rule_count,
            "components": components,
            "database": database,
            "yardstick": timed(yardstick),
            "filling": filled,
            "planned_and_applied": {**timed(apply), **applied},
            "full": full(store),
            "one": one(store, components),
            "reading": reading(store, components),
        }
        store.close()
    print(json.dumps(document, indent=1))


if __name__ == "__main__":
    main()
