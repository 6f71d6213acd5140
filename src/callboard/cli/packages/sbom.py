"""`callboard sbom …`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from callboard.cli import explained
from callboard.cli.door import Door, answers, examples
from callboard.cli.errors import DONE, FAILED, INCOMPLETE, end
from callboard.cli.packages import sbom_stored

if TYPE_CHECKING:
    from callboard.domain.packages.bom import Bom
    from callboard.domain.packages.lock import Lock
    from callboard.sbom.minimum import Score

FORMATS = ("cyclonedx-1.6", "cyclonedx-1.7", "spdx-2.3")
LISTS = {"ntia": "NTIA 2021", "cisa": "CISA 2025"}

existing = click.Path(path_type=Path, exists=True, resolve_path=False)


@explained.group(
    epilog=examples(
        "callboard sbom create . --output bom.json",
        "callboard sbom check bom.json",
        "callboard sbom push . --component checkout-api",
        "callboard sbom coverage",
    ),
)
def sbom() -> None:
    """Bills of materials: what a project consists of. Nothing is executed; only `push` may use the network."""


for command in (sbom_stored.push, sbom_stored.show, sbom_stored.coverage):
    sbom.add_command(command)


@sbom.command(
    epilog=examples(
        "callboard sbom create .",
        "callboard sbom create yarn.lock --format spdx-2.3 --output portal.spdx.json",
        "callboard sbom create --component checkout-api --output bom.json",
        'callboard sbom create services/checkout --name checkout --supplier "Example Ltd" --author "Platform team"',
    )
)
@click.argument("paths", metavar="[PATH]…", nargs=-1, type=existing)
@click.option(
    "--component", metavar="REF", help="Of a component of the catalog, from what is known of it, in place of PATH."
)
@click.option("--format", "format_", type=click.Choice(FORMATS), default=FORMATS[0], show_default=True)
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="Write here instead of to stdout.")
@click.option("--name", help="What the bill is about.  [default: the name of the folder]")
@click.option("--version", "version_", default="", help="Its version.")
@click.option("--supplier", default="", help="Who produces it.")
@click.option("--author", "authors", multiple=True, help="Who makes the bill. Several times for several.")
@click.option(
    "--timestamp",
    metavar="TIME",
    help="When it is made, as 2026-01-31T12:00:00Z.  [default: SOURCE_DATE_EPOCH, else now]",
)
@click.pass_obj
def create(  # the command's options
    door: Door,
    /,
    *,
    paths: tuple[Path, ...],
    component: str | None,
    format_: str,
    output: Path | None,
    name: str | None,
    version_: str,
    supplier: str,
    authors: tuple[str, ...],
    timestamp: str | None,
) -> None:
    """Write a bill of materials of lockfiles and other manifests, or of all those in folders.

    The same manifests and the same options give the same bytes. What a lockfile cannot tell is written into the bill.

    Exit codes: 0 done; 1 nothing to read was found; 3 a manifest could not be read, and none is written.
    """
    from callboard.cli import output as out
    from callboard.gathering import Folder, read_locks, unread
    from callboard.sbom.making import About, facts, make_bom
    from callboard.sbom.writing import WRITERS
    from callboard.web import words

    if bool(paths) == (component is not None):
        raise click.UsageError("Name files or folders, or a --component.")
    if component is not None:
        _put(output, sbom_stored.stored_bill(door, component, format_))
        return
    if all(path.is_dir() and not Folder(path).manifests() for path in paths):
        out.say("There is no manifest here that Callboard reads.")
        end(FAILED)
    locks, refused = read_locks(paths, inside=True)
    if refused:
        raise refused[0]
    gaps = [each for path in paths if path.is_dir() for each in unread(Folder(path).files())]
    first = paths[0].resolve()
    folder = first if first.is_dir() else first.parent
    about = About(
        name=name or folder.name or "project",
        version=version_,
        supplier=supplier,
        authors=authors,
        timestamp=_timestamp(timestamp),
    )
    bom = make_bom(locks, about, gaps)
    written = WRITERS[format_](bom)
    _put(output, written)
    counts = facts(bom)
    out.say(
        f"{counts['components']:,} components, {counts['edges']:,} edges from {words.count(len(locks), 'manifest')}."
        + (f" {counts['unreached']:,} are reached by nothing that the manifests tell." if counts["unreached"] else "")
    )
    for said in bom.unknown[:20]:
        out.say(f"Not known: {said}")
    if len(bom.unknown) > 20:
        out.say(f"… and {len(bom.unknown) - 20:,} more, all of them in the bill.")


@sbom.command(epilog=examples("callboard sbom check bom.json", "callboard sbom check bom.xml --fail-on ntia --json"))
@click.argument("path", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--fail-on", type=click.Choice(sorted(LISTS)), help="Exit with 1 when something of this list is missing.")
@answers
def check(*, path: Path, fail_on: str | None, as_json: bool) -> None:
    """Say how a bill stands against the minimum elements of NTIA (2021) and CISA (2025 draft).

    Exit codes: 0 done; 1 with --fail-on, something is missing; 3 it cannot be read.
    """
    from callboard.cli import output as out
    from callboard.sbom import read_bom
    from callboard.sbom.minimum import score

    bom = read_bom(str(path), path.read_bytes())
    found = score(bom)
    if as_json:
        out.document(_score_document(bom, found))
    else:
        _show_score(bom, found)
    end(FAILED if fail_on is not None and not found.passes(LISTS[fail_on]) else DONE)


@sbom.command(
    epilog=examples("callboard sbom diff before.json after.json", "callboard sbom diff old/yarn.lock yarn.lock --json")
)
@click.argument("before", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.argument("after", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--exit-code", is_flag=True, help="Exit with 1 when something changed.")
@answers
def diff(*, before: Path, after: Path, exit_code: bool, as_json: bool) -> None:
    """Say which packages came, went or moved between two bills or lockfiles, whatever their formats.

    Exit codes: 0 done; 1 with --exit-code, something changed; 3 one of them cannot be read.
    """
    from callboard.cli import output as out
    from callboard.sbom.difference import compare

    found = compare(_lock(before), _lock(after))
    if as_json:
        out.document(
            {
                "added": [each.named for each in found.added],
                "removed": [each.named for each in found.removed],
                "moved": [
                    {"name": each.name, "ecosystem": each.ecosystem, "before": each.before, "after": each.after}
                    for each in found.moved
                ],
                "integrity": [each.named for each in found.integrity],
            }
        )
    else:
        for package in found.integrity:
            out.line(f"! {package.name} {package.version}: the same version with another hash")
        for package in found.added:
            out.line(f"+ {package.name} {package.version}")
        for package in found.removed:
            out.line(f"- {package.name} {package.version}")
        for moved in found.moved:
            was, now = ", ".join(moved.before) or "–", ", ".join(moved.after) or "–"
            out.line(f"~ {moved.name} {was} → {now}")
        out.say(
            f"{len(found.added):,} added, {len(found.removed):,} removed, {len(found.moved):,} in other versions, "
            f"{len(found.integrity):,} with another hash."
        )
    end(FAILED if exit_code and not found.is_empty else DONE)


@sbom.command(epilog=examples("callboard sbom read yarn.lock", "callboard sbom read bom.xml --json"))
@click.argument("path", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@answers
def read(*, path: Path, as_json: bool) -> None:
    """Say what a lockfile, another manifest or a bill holds, and what it cannot tell.

    Exit codes: 0 done; 3 it cannot be read, or parts of it.
    """
    from callboard.cli import output as out

    lock = _lock(path)
    if as_json:
        out.document(_lock_document(lock))
    else:
        packages = lock.packages()
        out.line(f"{lock.path}: {lock.format} {lock.version}".rstrip())
        out.line(f"{len(packages):,} packages, {len(lock.edges):,} edges")
        for unknown in lock.unknown:
            out.line(f"Not known: {unknown.why}")
        for problem in lock.problems:
            place = lock.path if problem.line is None else f"{lock.path}:{problem.line}"
            out.line(f"{place}: {problem.reason}")
    end(INCOMPLETE if lock.problems else DONE)


def _lock(path: Path) -> Lock:
    """The lock of one file, a bill or a manifest, with the files beside it that tell more. Raises ManifestError."""
    from callboard.gathering import Folder

    return Folder(path.parent).lock(path.name, str(path))


def _timestamp(asked: str | None) -> str:
    """The time of a bill in UTC. Raises a usage error for a time that is none."""
    import os
    from datetime import UTC, datetime

    if asked is None:
        epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
        at = datetime.fromtimestamp(int(epoch), UTC) if epoch.isdecimal() else datetime.now(UTC)
        return at.strftime("%Y-%m-%dT%H:%M:%SZ")
    try:
        at = datetime.fromisoformat(asked)
    except ValueError:
        raise click.BadParameter("expected a time as 2026-01-31T12:00:00Z", param_hint="--timestamp") from None
    if at.tzinfo is None:
        raise click.BadParameter("the time needs its zone: Z, or +01:00", param_hint="--timestamp")
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _put(path: Path | None, content: bytes) -> None:
    """To stdout, or into a file."""
    if path is None:
        sys.stdout.write(content.decode())
        sys.stdout.flush()
    else:
        _write(path, content)


def _write(path: Path, content: bytes) -> None:
    """Whole or not at all: a bill that was there stays until the new one is written.

    What is no file, a device or a pipe, is written to and never replaced; behind a link is where the bill belongs.
    """
    if path.exists() and not path.is_file():
        path.write_bytes(content)
        return
    path = path.resolve()
    beside = path.with_name(f".{path.name}.new")
    beside.write_bytes(content)
    beside.replace(path)


def _lock_document(lock: Lock) -> dict[str, object]:
    return {
        "path": lock.path,
        "format": lock.format,
        "version": lock.version,
        "packages": [
            {
                "purl": package.named,
                "lines": [entry.line for entry in entries],
                "direct": any(entry.direct for entry in entries) if entries[0].direct is not None else None,
                "need": min((entry.need for entry in entries if entry.need is not None), default=None),
                "origins": sorted({entry.origin.value for entry in entries}),
                "aliases": sorted({alias for entry in entries for alias in entry.aliases}),
            }
            for package, entries in lock.packages().items()
        ],
        "edges": len(lock.edges),
        "unknown": [{"fact": each.fact.value, "why": each.why} for each in lock.unknown],
        "problems": [{"line": each.line, "reason": each.reason} for each in lock.problems],
    }


def _score_document(bom: Bom, found: Score) -> dict[str, object]:
    return {
        "path": bom.path,
        "format": bom.format,
        "components": len(bom.components),
        "lists": {
            key: {"name": name, "share": round(found.share(name), 4), "passes": found.passes(name)}
            for key, name in LISTS.items()
        },
        "elements": [
            {
                "name": each.name,
                "lists": [key for key, name in LISTS.items() if name in each.lists],
                "has": each.has,
                "of": each.of,
                "missing": each.missing,
                "hint": each.hint,
            }
            for each in found.elements
        ],
        "problems": [{"line": each.line, "reason": each.reason} for each in bom.problems],
    }


def _show_score(bom: Bom, found: Score) -> None:
    from callboard.cli import output as out

    out.line(f"{bom.path}: {bom.format}, {len(bom.components):,} components")
    rows = []
    for each in found.elements:
        asked = " ".join(key for key, name in LISTS.items() if name in each.lists)
        has = f"{each.has:,} of {each.of:,}" if each.of != 1 else "yes" if each.ok else "no"
        rows.append((each.name, asked, has, "" if each.ok else each.hint))
    out.show(out.table(("Element", "Asked for by", "There", "What is missing"), rows))
    for name in LISTS.values():
        # Never rounded up to a whole that is none.
        share = found.share(name)
        out.line(f"{name}: {int(share * 100)} %" + (", all of it" if found.passes(name) else ""))
    for problem in bom.problems[:20]:
        out.line(problem.reason)
