"""A made-up company for the benchmarks of reads: 2,000 components of 200 teams, and findings in believable numbers."""

from __future__ import annotations

import itertools
import random
import sys
import time
from collections.abc import Iterator

import msgspec

from callboard.domain.component import Entity, EntityRef
from callboard.domain.finding import Detail, Kind, Observed, Project, Resource, Rule, Severity, State
from callboard.domain.instant import DAY, Instant
from callboard.store import Store, schema
from callboard.store.bulk import build_indexes, defer_indexes
from callboard.store.database import bump_revision
from callboard.store.intake import sources as source_store
from callboard.store.intake.apply import Applier
from callboard.store.intake.memory import Written
from callboard.store.ownership import catalog as catalog_store

NOW = Instant(20_728 * DAY + DAY // 2)
COMPONENTS, TEAMS, SYSTEMS = 2_000, 200, 80


def entities() -> list[Entity]:
    """Components that each claim one project, teams that own ten each, systems of 25."""
    found = [Entity(ref=EntityRef(f"group:default/team-{n}"), kind="group", name=f"team-{n}") for n in range(TEAMS)]
    found += [
        Entity(ref=EntityRef(f"system:default/system-{n}"), kind="system", name=f"system-{n}") for n in range(SYSTEMS)
    ]
    found += [
        Entity(
            ref=EntityRef(f"component:default/component-{n}"),
            kind="component",
            name=f"component-{n}",
            owner=EntityRef(f"group:default/team-{n % TEAMS}"),
            system=EntityRef(f"system:default/system-{n % SYSTEMS}"),
            annotations=(("wiz.io/project-id", f"p{n}"),),
        )
        for n in range(COMPONENTS)
    ]
    return found


def observations(size: int) -> Iterator[Observed]:
    """Findings, three in five of them open: vulnerabilities of packages, issues and misconfigurations."""
    draw = random.Random(7)
    projects = [Project(external_id=f"p{n}", name=f"Project {n}", is_folder=False) for n in range(COMPONENTS)]
    resources = [
        Resource(
            external_id=f"r{n}", name=f"{draw.choice(_THINGS)}-{draw.choice(_THINGS)}-{n}", type="VIRTUAL_MACHINE",
            platform=draw.choice(("AWS", "Azure", "GCP")), region=draw.choice(("eu-central-1", "us-east-1")),
            account_id=f"{n % 50:012}", provider_id=f"arn:aws:ec2:eu-central-1:{n % 50:012}:instance/i-{n:017x}",
            tags=(("env", draw.choice(("production", "staging"))),), aliases=(("wiz.asset", f"r{n}"),),
        )
        for n in range(max(size // 20, 100))
    ]  # fmt: skip
    cves = [
        Rule(external_id=f"CVE-{2019 + n % 8}-{1000 + n}", name=f"CVE-{2019 + n % 8}-{1000 + n}", kind="CVE")
        for n in range(max(size // 100, 50))
    ]
    controls = [
        Rule(external_id=f"wc-id-{n}", name=f"{draw.choice(_TROUBLES)} {draw.choice(_THINGS)} {n}", kind="Control")
        for n in range(400)
    ]
    packages = [f"{draw.choice(_THINGS)}-{draw.choice(_THINGS)}-{n}" for n in range(3_000)]
    severities = [Severity.CRITICAL, *[Severity.HIGH] * 4, *[Severity.MEDIUM] * 9, *[Severity.LOW] * 6]
    states = [*[State.OPEN] * 6, *[State.FIXED] * 3, State.REJECTED]
    for n in range(size):
        place = int(draw.random() ** 2 * len(resources))
        resource = resources[place]
        first = Instant(NOW - int(draw.random() ** 2 * 500 * DAY) - 1)
        state = draw.choice(states)
        is_vulnerability = n % 10 < 7
        rule = cves[int(draw.random() ** 3 * len(cves))] if is_vulnerability else draw.choice(controls)
        package = packages[int(rule.external_id[-4:]) % len(packages)] if is_vulnerability else None
        fixed_at = None if state.is_open else Instant(min(NOW - 1, first + int(draw.random() * 90 * DAY) + 1))
        yield Observed(
            external_id=f"f{n}",
            kind=Kind.VULNERABILITY if is_vulnerability else Kind.ISSUE if n % 10 < 8 else Kind.MISCONFIGURATION,
            state=state,
            severity=draw.choice(severities),
            title=rule.name,
            rule=rule,
            # One in twenty is in a project that nobody claims.
            projects=(projects[place % COMPONENTS],) if place % 20 else (),
            resource=resource,
            first_detected_at=first,
            last_detected_at=NOW,
            updated_at=NOW,
            fixed_at=fixed_at,
            url=f"https://app.wiz.io/issues#~(issue~'f{n})",
            fix=f"package:{package}:{2 + n % 3}.0" if package is not None and n % 4 else None,
            detail=Detail(
                package=package,
                score=round(draw.random() * 10, 1) if is_vulnerability else None,
                epss=round(draw.random() ** 8, 4) if is_vulnerability else None,
                known_exploited=draw.random() < 0.01 if is_vulnerability else None,
                exposed=draw.choice((True, False, None)),
            ),
        )


_THINGS = ("alpha", "receipts", "jackson", "storage", "gateway", "ledger", "orion", "falcon", "spring", "cache")
_TROUBLES = ("Public", "Unencrypted", "Outdated", "Privileged", "Unused", "Exposed")


def fill(store: Store, size: int) -> float:
    """Write the company. Returns seconds."""
    began = time.perf_counter()
    with store.write() as conn:
        source_id = source_store.ensure_source(conn, "main", "wiz").id
        catalog_store.note_reading(
            conn, "catalog", now=NOW, state="applied", reason=None, entities=COMPONENTS, problems=()
        )
        catalog_store.apply_reading(conn, store, "catalog", entities(), complete=True, now=NOW)
        defer_indexes(conn)
    applier = Applier(store, source_id=source_id, run_id=1)
    applier.written = Written()
    stream = observations(size)
    count = 0
    while batch := list(itertools.islice(stream, 10_000)):
        with store.write() as conn:
            applier.apply(conn, [(seen, seen.external_id.encode().ljust(16)) for seen in batch], now=NOW)
        count += len(batch)
        print(f"\r{count:,} findings written", end="", file=sys.stderr)
    build_indexes(store)
    with store.write() as conn:
        bump_revision(conn)
        store.dialect.refresh_statistics(conn)
        conn.execute(schema.source.update().values(watermark=NOW, last_full_at=NOW, last_run_at=NOW))
    print(file=sys.stderr)
    return time.perf_counter() - began


class Changes:
    """Findings of team 1 that change their severity one after the other, as a webhook would tell."""

    def __init__(self, store: Store, size: int) -> None:
        self._store = store
        stream = itertools.islice(observations(size), 20_000)
        mine = {f"p{n}" for n in range(1, COMPONENTS, TEAMS)}
        found = [each for each in stream if each.state.is_open and any(p.external_id in mine for p in each.projects)]
        with store.read() as conn:
            source_id = int(conn.execute(schema.source.select()).first().id)  # type: ignore[union-attr]
        self._applier = Applier(store, source_id=source_id, run_id=2)
        self._observed = itertools.cycle(found)
        self._severities = itertools.cycle((Severity.CRITICAL, Severity.LOW, Severity.HIGH, Severity.MEDIUM))
        self._number = int(time.time() * 1_000)

    def make(self) -> None:
        """Change one finding, with everything that is derived from it."""
        self._number += 1
        seen = msgspec.structs.replace(
            next(self._observed), severity=next(self._severities), updated_at=Instant(NOW + self._number)
        )
        with self._store.write() as conn:
            self._applier.apply(conn, [(seen, str(self._number).encode().ljust(16))], now=NOW)
            bump_revision(conn)
