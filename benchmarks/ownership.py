"""How right ownership and suggestions are in an invented company: `python -m benchmarks.ownership`, or `make bench-ownership`.

The company comes by the road of every run, into the real store, and the real engine decides. What is measured is read
back out of the store; only then is it held against the truth, which nothing before has seen.
"""

from __future__ import annotations

import asyncio
import json
import random
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import msgspec
from sqlalchemy import func, select

from benchmarks.invented import NOW, PRODUCTS, Sizes, Truth, World
from benchmarks.invented_estate import invent
from benchmarks.invented_source import InventedCatalog, InventedSource, StillClock
from callboard.domain.access import AT_THE_LAPTOP, Depth, Readers
from callboard.domain.component import Entity, EntityRef
from callboard.domain.ownership.evaluation import (
    Case,
    Evaluation,
    Interval,
    Measures,
    Outcome,
    evaluate,
    outcome,
    wilson,
)
from callboard.domain.ownership.evaluation import Truth as Label
from callboard.domain.ownership.groups import group_closure
from callboard.domain.ownership.likeness import DEFAULT, Comparison, Model, estimate
from callboard.domain.ownership.suggesting import Likely, Unowned
from callboard.store import Store, evidence, open_store, schema
from callboard.store.ownership import repositories, suggesting
from callboard.store.visible import visible
from callboard.usecases.ownership.plan_mapping import apply_mapping
from callboard.usecases.ownership.suggest_owners import suggest_owners
from callboard.usecases.read_catalog import read_catalog
from callboard.usecases.sync import sync

AIMS = {1: 0.98, 2: 0.98, 3: 0.98, 4: 0.95, 5: 0.95}
"""Lower bounds of the interval of precision that are aimed at, by tier."""
AIM_TEAM = {6: 0.90}
"""The same for the right team."""


def tell(text: str) -> None:
    """Progress, on stderr."""
    click.echo(text, err=True)


def take_in(store: Store, world: World) -> None:
    """The catalog, the rules, then the findings, as an operator would."""
    clock = StillClock()
    store.trusted_locations = world.trusted_locations
    reading = asyncio.run(read_catalog(store, InventedCatalog(world), clock=clock))
    applied = apply_mapping(
        store, AT_THE_LAPTOP, world.rule_set, reason="The company's rules.", clock=clock, agreed=True
    )
    with store.write() as conn:
        repositories.write_facts(conn, store, "github", world.facts, promise="1", now=clock.now())
    report = asyncio.run(sync(store, InventedSource(world), clock=clock))
    tell(f"catalog {reading.state}, rules {applied.state}, sync {report.state}: {report.seen} findings")


def cases_of(store: Store, truth: Truth) -> list[Case]:
    """What the store says about every resource, beside what is true."""
    with store.read() as conn:
        decided, _ = suggesting.decided(conn, AT_THE_LAPTOP.visibility)
    return [
        Case(resource=each.external_id, answer=each.answer, stratum=each.stratum, truth=_label(truth, each.external_id))
        for each in decided
    ]


def _label(truth: Truth, resource: str) -> Label:
    owners = truth.components[resource]
    return Label(owners, is_shared=len(owners) > 1)


class Sight(msgspec.Struct):
    """Who sees which open findings, against who should."""

    open: int = 0
    """With a true owner."""
    read: int = 0
    """Of them those that all true teams can read."""
    wrong: int = 0
    """Pairs of a team and an open finding that is not theirs, and that they can read."""
    pairs: int = 0
    """Pairs of a team and an open finding that they can read."""


def sights(store: Store, world: World, truth: Truth, cases: list[Case], depth: Depth) -> dict[str, Sight]:
    """By how the decision ended: what the teams can read to this depth, asked of the store as each team asks it."""
    f, resource = schema.finding.c, schema.resource.c
    below: dict[EntityRef, set[EntityRef]] = {}
    for above, under in group_closure(world.entities):
        below.setdefault(above, set()).add(under)
    groups = [each.ref for each in world.entities if each.kind == "group"]
    reads: dict[EntityRef, set[str]] = {}
    with store.read() as conn:
        count = select(resource.external_id, func.count()).join_from(
            schema.finding, schema.resource, resource.id == f.resource_id
        )
        open_of: dict[str, int] = dict(conn.execute(count.where(f.closed == 0).group_by(resource.external_id)).all())
        for group in groups:
            seen = visible(resource.holding_id, Readers(frozenset({group}), depth))
            reads[group] = set(conn.execute(select(resource.external_id).where(seen)).scalars())
    ended = {case.resource: _ended(case) for case in cases}
    found: dict[str, Sight] = {}
    for id_, n in open_of.items():
        sight = found.setdefault(ended[id_], Sight())
        teams = {owner for ref in truth.components[id_] if (owner := truth.owners[ref]) is not None}
        if teams:
            sight.open += n
            sight.read += n * all(id_ in reads[team] for team in teams)
        for group in groups:
            if id_ in reads[group]:
                sight.pairs += n
                sight.wrong += n * (not teams & below.get(group, set()))
    return dict(sorted(found.items()))


def _ended(case: Case) -> str:
    return (
        case.answer.verdict.value
        if case.answer.tier is None
        else f"tier {case.answer.tier}" + (" conflict" if case.answer.verdict.value == "conflict" else "")
    )


def suggested(store: Store, truth: Truth, model: Model) -> dict[str, Any]:
    """Suggestions for what is unmapped, the first and the first three, against the truth."""
    began = time.perf_counter()
    report = suggest_owners(store, AT_THE_LAPTOP, now=NOW, limit=1_000_000, model=model)
    seconds = time.perf_counter() - began
    loud = clerical = first = three = team = listed = owned = 0
    for each in report.resources:
        right = truth.components[each.external_id]
        owned += bool(right)
        named = [suggestion.component for suggestion in each.suggestions if not suggestion.is_clerical]
        if named:
            loud += 1
            first += named[0] in right
            three += bool(right.intersection(named))
            team += truth.owners[named[0]] in {truth.owners[ref] for ref in right}
        elif each.suggestions:
            clerical += 1
            listed += bool(right.intersection(suggestion.component for suggestion in each.suggestions))
    return {
        "unmapped_resources": report.unmapped,
        "with_a_true_owner": owned,
        "suggested": loud,
        "clerical": clerical,
        "precision_first": shown(wilson(first, loud)),
        "precision_among_three": shown(wilson(three, loud)),
        "team_right_first": shown(wilson(team, loud)),
        "right_among_clerical_three": shown(wilson(listed, clerical)),
        "recall_first": shown(wilson(first, owned)),
        "seconds": round(seconds, 2),
    }


def shown(interval: Interval | None) -> dict[str, float] | None:
    """A share with its interval, rounded as it is printed."""
    if interval is None:
        return None
    return {
        "share": round(interval.share, 4),
        "low": round(interval.low, 4),
        "high": round(interval.high, 4),
        "n": round(interval.n),
    }


def measures(each: Measures) -> dict[str, Any]:
    """Counts and shares."""
    built: dict[str, Any] = {}
    for name, value in msgspec.structs.asdict(each).items():
        built[name] = shown(value) if isinstance(value, Interval) else value
    return built


def by_tier(found: Evaluation) -> dict[str, Any]:
    """What each tier answered, with what is aimed at."""
    told = {}
    for tier, each in found.by_tier.items():
        told[str(tier)] = measures(each)
        bound = each.team_precision if tier in AIM_TEAM else each.precision
        aim = AIM_TEAM.get(tier, AIMS.get(tier))
        if bound is not None and aim is not None:
            told[str(tier)] |= {"aim_low": aim, "aim_met": bound.low >= aim}
    return told


def pairs_of(seed: int, folder: Path) -> Iterator[tuple[Comparison, bool]]:
    """Compared pairs of another company, with the truth about each: what a model is estimated from."""
    world, truth = invent(seed)
    store = open_store(f"sqlite:///{folder / f'tune-{seed}.db'}")
    take_in(store, world)
    with store.read() as conn:
        waiting = suggesting.waiting(conn, store.dialect, AT_THE_LAPTOP.visibility, now=NOW)
        around = suggesting.around(conn, AT_THE_LAPTOP.visibility)
        entities = evidence.load_entities(conn)
    store.close()
    likely = Likely(entities.values(), DEFAULT, around=around)
    for each in waiting:
        for ref, comparison in likely.comparisons(each.unowned).items():
            yield comparison, ref in truth.components[each.external_id]


def at_scale(resources: int, components: int) -> dict[str, Any]:
    """How long suggestions for very many take, without a store."""
    chance = random.Random(5)
    words = [f"{one}{two}" for one in PRODUCTS for two in ("", "ly", "hub", "flow", "core")]
    names = [f"{chance.choice(words)}-{chance.choice(words)}-{n % 3}" for n in range(components)]
    entities = [
        Entity(ref=EntityRef(f"component:default/{name}-{n}"), kind="component", name=f"{name}-{n}")
        for n, name in enumerate(names)
    ]

    def name(n: int) -> str:
        """After a component, after two words of components, or after one."""
        two = f"{chance.choice(words)}-{chance.choice(words)}"
        return (f"prod-euw1-{chance.choice(names)}-vm-{n}", f"{two}-{n}", f"{chance.choice(words)}-{n:08x}")[n % 3]

    things = [Unowned(id=n, names=(name(n),)) for n in range(resources)]
    began, cpu = time.perf_counter(), time.process_time()
    likely = Likely(entities, DEFAULT)
    built = time.process_time() - cpu
    n = sum(bool(likely.suggest(thing)) for thing in things)
    return {
        "resources": resources, "components": components, "index_cpu_seconds": round(built, 2),
        "cpu_seconds": round(time.process_time() - cpu, 2), "wall_seconds": round(time.perf_counter() - began, 2), "with_suggestions": n,
    }  # fmt: skip


@click.command()
@click.option("--seed", default=2, show_default=True, help="Which company.")
@click.option("--resources", default=5_000, show_default=True)
@click.option("--components", default=400, show_default=True)
@click.option("--groups", default=60, show_default=True)
@click.option(
    "--estimate", "estimating", is_flag=True, help="Estimate the model of likeness from other companies, and print it."
)
@click.option(
    "--scale/--no-scale", default=True, show_default=True, help="Also time suggestions for 100,000 resources."
)
def main(seed: int, resources: int, components: int, groups: int, *, estimating: bool, scale: bool) -> None:
    """Measure, and print one JSON document."""
    with tempfile.TemporaryDirectory(prefix="callboard-bench-") as name:
        folder = Path(name)
        if estimating:
            model = estimate([pair for each in (101, 102, 103) for pair in pairs_of(each, folder)])
            click.echo(json.dumps(msgspec.to_builtins(model), indent=2))
            return
        world, truth = invent(seed, Sizes(resources=resources, components=components, groups=groups))
        store = open_store(f"sqlite:///{folder / 'company.db'}")
        take_in(store, world)
        cases = cases_of(store, truth)
        found = evaluate(cases, truth.owners)
        work = sights(store, world, truth, cases, Depth.WORK)
        sensitive = sights(store, world, truth, cases, Depth.SENSITIVE)
        wrong = sum(each.wrong for each in sensitive.values())
        document = {
            "seed": seed,
            "company": {
                "resources": len(truth.components),
                "components": len(truth.owners),
                "groups": sum(each.kind == "group" for each in world.entities),
                "findings": len(world.observed),
            },
            "outcomes": dict(sorted(Counter(outcome(case).value for case in cases).items())),
            "overall": measures(found.overall),
            "by_tier": by_tier(found),
            "right_team_reads_open_findings": {
                name: {
                    "open": each.open,
                    "read": each.read,
                    "share": round(each.read / each.open, 4) if each.open else None,
                }
                for name, each in work.items()
            },
            "all_open_findings_right_team_reads": shown(
                wilson(sum(each.read for each in work.values()), sum(each.open for each in work.values()))
            ),
            "wrong_work_sight": {
                name: {"wrong": each.wrong, "pairs": each.pairs} for name, each in work.items() if each.pairs
            },
            "sensitive_sight": {"pairs": sum(each.pairs for each in sensitive.values()), "wrong": wrong, "aim": 0},
            "suggestions": suggested(store, truth, DEFAULT),
            "conflicts": {
                "n": found.overall.conflicts,
                "true_owner_among_them": sum(
                    outcome(case) is Outcome.CONFLICT and case.truth.components <= case.answer.routes for case in cases
                ),
                "real": shown(found.conflict_precision),
            },
        }
        store.close()
        if scale:
            document["suggestions_at_scale"] = at_scale(100_000, 5_000)
    click.echo(json.dumps(document, indent=2))
    if wrong:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
