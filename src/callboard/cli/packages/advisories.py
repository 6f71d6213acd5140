"""`callboard advisories …`."""

from __future__ import annotations

import asyncio
import os
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from callboard.cli import explained
from callboard.cli.door import Door, answers, examples
from callboard.cli.errors import FAILED, INCOMPLETE, end

if TYPE_CHECKING:
    from callboard.advisories.updating import Update, UpdateReport
    from callboard.domain.instant import Instant


@explained.group(
    epilog=examples(
        "callboard advisories update --from ~/osv", "callboard advisories status", "callboard advisories show ID"
    ),
)
def advisories() -> None:
    """Look after what is known about vulnerable and malicious packages."""


@advisories.command(
    epilog=examples(
        "callboard advisories update",
        "callboard advisories update --from ~/osv/npm.zip --from ~/kev.json --from ~/epss.csv.gz",
        "callboard advisories update --from ~/osv --afresh --json",
    )
)
@click.option(
    "--from",
    "paths",
    multiple=True,
    type=click.Path(path_type=Path, exists=True),
    help="A folder, a zip archive, or a file (.json, .jsonl, .csv, packed with gzip or not). No network is used then.",
)
@click.option("--afresh", is_flag=True, help="Forget what the index holds.")
@answers
@click.pass_obj
def update(door: Door, /, *, paths: tuple[Path, ...], afresh: bool, as_json: bool) -> None:
    """Bring the index of advisories up to date.

    Without --from the public dumps are read over the network: OSV's for the configured ecosystems, CISA's catalog of
    exploited vulnerabilities, and EPSS. With --from every file is looked into: records in OSV form, that catalog, EPSS
    scores, and CISA's Vulnrichment records are told apart by their content. Only what has changed is read anew.
    Everybody goes on answering from the old index until the new one is complete.

    Ends with 3 when something could not be read; everything else is in the index then.
    """
    from callboard.advisories.place import find_index
    from callboard.advisories.updating import updating
    from callboard.cli import output

    path = find_index(door.config_file, os.environ)
    started = time.monotonic()
    with updating(path, _now(), afresh=afresh) as running:
        failures = _from_paths(running, paths) if paths else asyncio.run(_from_network(door, running))
        report = running.finish(path)
    if as_json:
        output.document(_document(report, failures))
    else:
        _tell(report, time.monotonic() - started)
    for failure in failures:
        output.say(f"Not read: {failure}")
    for rejected in report.rejected[:20]:
        output.say(f"Refused: {rejected.where}: {rejected.reason}")
    if report.rejected_count > 20:
        output.say(f"Refused: {report.rejected_count - 20:,} more")
    if failures or report.rejected_count:
        end(INCOMPLETE)


@advisories.command(epilog=examples("callboard advisories status", "callboard advisories status --json"))
@answers
@click.pass_obj
def status(door: Door, /, *, as_json: bool) -> None:
    """Say how much is known, from where, and how old it is. Ends with 1 when there is no index yet."""
    from callboard.advisories.index import Index
    from callboard.advisories.place import find_index
    from callboard.advisories.updating import own_index
    from callboard.cli import output
    from callboard.domain.instant import to_text

    path = find_index(door.config_file, os.environ)
    there = path.exists()
    facts = (Index.open(path) if there else own_index(_now())).facts
    feeds = [
        {
            "name": feed.name,
            "read_at": to_text(feed.read_at),
            "records": feed.records,
            "refused": feed.refused,
            "version": feed.version,
            "newest": None if feed.newest is None else to_text(feed.newest),
        }
        for feed in facts.feeds
    ]
    if as_json:
        output.document(
            {
                "path": str(path),
                "exists": there,
                "made_at": to_text(facts.made_at),
                "records": facts.records,
                "withdrawn": facts.withdrawn,
                "malicious": facts.malicious,
                "came_with_callboard": facts.own,
                "ecosystems": facts.ecosystems,
                "feeds": feeds,
            }
        )
    else:
        output.line(f"{facts.records:,} advisories, {facts.malicious:,} about malware, {facts.withdrawn:,} withdrawn.")
        if there:
            output.line(f"{path}, made {to_text(facts.made_at)}")
            rows = [(feed["name"], feed["records"], feed["version"], feed["newest"], feed["read_at"]) for feed in feeds]
            output.show(output.table(("feed", "records", "version", "newest change", "read"), rows, right=("records",)))
        else:
            output.say(
                "There is no index yet: these came with Callboard. `callboard advisories update` reads the others."
            )
    if not there:
        end(FAILED)


@advisories.command(
    epilog=examples(
        "callboard advisories show GHSA-472h-9c5j-prrr", "callboard advisories show GHSA-472h-9c5j-prrr --json"
    )
)
@click.argument("advisory_id", metavar="ID")
@click.pass_obj
@answers
def show(door: Door, /, *, advisory_id: str, as_json: bool) -> None:
    """Everything that the index holds of one record. Ends with 1 when it knows none of this id."""
    from callboard.advisories.opening import open_index
    from callboard.cli import output
    from callboard.domain.instant import to_text
    from callboard.errors import NotFoundError

    index = open_index(None, door.config_file)
    record = index.record(advisory_id)
    if record is None:
        raise NotFoundError(
            f"The index holds no record {advisory_id}.",
            hint="Records have the ids of their publishers, for example GHSA-…, PYSEC-… or MAL-…. A CVE is the other name of one.",
        )
    affected = [
        {
            "ecosystem": each.ecosystem,
            "name": each.name,
            "ranges": [interval.words for interval in each.intervals],
            "listed_versions": len(each.versions),
            "not_evaluated": list(each.unread),
        }
        for each in record.affected
    ]
    if as_json:
        output.document(
            {
                "id": record.id,
                "aliases": record.aliases,
                "summary": record.summary,
                "severity": record.severity.word,
                "score": record.score,
                "vector": record.vector,
                "malicious": record.malicious,
                "modified": to_text(record.modified),
                "withdrawn": None if record.withdrawn is None else to_text(record.withdrawn),
                "reference": record.reference,
                "affected": affected,
            }
        )
        return
    output.show(
        output.facts(
            (
                ("id", record.id),
                ("also", ", ".join(record.aliases)),
                ("summary", record.summary),
                ("severity", record.severity.word + (f", CVSS {record.score}" if record.score is not None else "")),
                ("malicious", "yes" if record.malicious else None),
                ("withdrawn", None if record.withdrawn is None else to_text(record.withdrawn)),
                ("more", record.reference),
            )
        )
    )
    rows = []
    for each in record.affected:
        told = [interval.words for interval in each.intervals]
        told += [f"{len(each.versions)} listed versions"] if each.versions else []
        rows.append((each.name, each.ecosystem, "; ".join(told)))
    output.show(output.table(("package", "ecosystem", "affected"), rows))


def _from_paths(running: Update, paths: tuple[Path, ...]) -> tuple[str, ...]:
    from callboard.advisories.reading import documents
    from callboard.errors import AdvisoryRefusedError

    failures = []
    for path in paths:
        try:
            running.take(documents(path), f"from:{path.name or path.resolve().name}")
        except AdvisoryRefusedError as error:
            failures.append(error.message)
    return tuple(failures)


async def _from_network(door: Door, running: Update) -> tuple[str, ...]:
    from callboard.advisories.fetching import fetch
    from callboard.cli import output
    from callboard.net import Net
    from callboard.wiring.machine import USER_AGENT

    config = door.config.advisories
    async with Net(user_agent=USER_AGENT, allow_hosts=config.allow_hosts) as net:
        return await fetch(net, config, running, output.say)


def _tell(report: UpdateReport, seconds: float) -> None:
    from callboard.cli import output

    output.line(
        f"{report.records:,} advisories ({report.new:,} new, {report.changed:,} changed, {report.unchanged:,} unchanged), "
        f"{report.malicious:,} about malware, {report.withdrawn:,} withdrawn; {seconds:.1f} s, {report.path}"
    )


def _document(report: UpdateReport, failures: tuple[str, ...]) -> dict[str, object]:
    from callboard.domain.instant import to_text

    return {
        "path": report.path,
        "records": report.records,
        "seen": report.seen,
        "new": report.new,
        "changed": report.changed,
        "unchanged": report.unchanged,
        "withdrawn": report.withdrawn,
        "malicious": report.malicious,
        "bytes": report.bytes,
        "feeds": [
            {
                "name": feed.name,
                "read_at": to_text(feed.read_at),
                "records": feed.records,
                "refused": feed.refused,
                "version": feed.version,
                "newest": None if feed.newest is None else to_text(feed.newest),
            }
            for feed in report.feeds
        ],
        "refused": report.rejected_count,
        "refusals": [{"where": each.where, "reason": each.reason} for each in report.rejected],
        "failures": list(failures),
    }


def _now() -> Instant:
    from callboard.wiring.machine import SystemClock

    return SystemClock().now()
