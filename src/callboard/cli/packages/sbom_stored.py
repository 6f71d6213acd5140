"""`callboard sbom push`, `show` and `coverage`: what components of the catalog consist of."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from callboard.cli import explained
from callboard.cli.door import Door, answers, examples
from callboard.cli.errors import DONE, FAILED, end
from callboard.cli.packages import pushing

if TYPE_CHECKING:
    from callboard.domain.component import EntityRef
    from callboard.domain.instant import Instant
    from callboard.domain.packages.composition import ManifestRow
    from callboard.web.wire.packages import DeliveredSbom


@explained.command(
    epilog=examples(
        "callboard sbom push . --component checkout-api",
        "callboard sbom push bom.json --component checkout-api --url https://callboard.example.com",
        "callboard sbom push image.cdx.json --component checkout-api --name image --json",
    )
)
@click.argument("path", type=click.Path(path_type=Path, exists=True))
@click.option("--component", required=True, metavar="REF", help="The component that it is about.")
@click.option("--name", default="", help="Tells bills of one component apart; each replaces the one of its name.")
@click.option(
    "--url",
    envvar=pushing.URL,
    show_envvar=True,
    help="Where Callboard is. Without it the board of this machine takes it in.",
)
@answers
@click.pass_obj
def push(door: Door, /, *, path: Path, component: str, name: str, url: str | None, as_json: bool) -> None:
    """Hand in what a component consists of: a bill of materials, a lockfile, or a folder with lockfiles.

    Of lockfiles a bill is made here, and nothing else leaves this machine. Over the network the token in CALLBOARD_TOKEN
    is shown, which needs the right `deliver` (`callboard token create`).

    Exit codes: 0 done; 1 it was refused; 3 it, or one of the lockfiles, cannot be read.
    """
    from callboard.cli import output

    ref = component_ref(component)
    raw = _bill(path, ref)
    done = _over_there(url, ref, name, raw) if url else _here(door, ref, name, raw)
    if as_json:
        output.document(done)
        return
    if done.standing == "same":
        output.line(f"{done.component}: as it was, {done.packages:,} packages.")
    elif done.standing == "older":
        output.line(f"{done.component}: kept for the past alone, since the one of {done.current_at} is newer.")
    else:
        output.line(f"{done.component}: {done.packages:,} packages, {done.added:,} added, {done.removed:,} removed.")


@explained.command(epilog=examples("callboard sbom show checkout-api", "callboard sbom show checkout-api --json"))
@click.argument("component", metavar="REF")
@answers
@click.pass_obj
def show(door: Door, /, *, component: str, as_json: bool) -> None:
    """Say from which manifests it is known what a component consists of, and how well.

    Exit codes: 0 done; 1 nothing is known of it.
    """
    from callboard.cli import output
    from callboard.domain.access import LAPTOP
    from callboard.usecases.packages import manifests
    from callboard.web.to_wire import packages as to_wire_packages

    with door.services() as services:
        found = manifests.composition(services.store, LAPTOP, component_ref(component))
        now = services.clock.now()
    if as_json:
        output.document(to_wire_packages.composition(found))
    elif found.manifests:
        columns = ("Manifest", "From", "Format", "Packages", "Direct", "Edges", "Of", "Remark")
        rows = [_row(each, now) for each in found.manifests]
        output.show(output.table(columns, rows, right=columns[3:6]))
        output.say(f"{found.packages:,} packages in all.")
    if found.missing is not None:
        output.say(found.missing.sentence)
    end(DONE if found.missing is None else FAILED)


@explained.command(epilog=examples("callboard sbom coverage", "callboard sbom coverage --json"))
@click.option("--all", "everything", is_flag=True, help="List those that are covered as well.")
@answers
@click.pass_obj
def coverage(door: Door, /, *, everything: bool, as_json: bool) -> None:
    """Say for which components of the catalog it is known what they consist of, and why not for the others."""
    from callboard.cli import output
    from callboard.domain.access import LAPTOP
    from callboard.domain.component import short_name
    from callboard.usecases.packages import manifests
    from callboard.web import words
    from callboard.web.to_wire import packages as to_wire_packages

    with door.services() as services:
        found = manifests.coverage(services.store, LAPTOP)
        now = services.clock.now()
    if as_json:
        output.document(to_wire_packages.coverage(found))
        return
    shown = [row for row in found.rows if everything or row.missing is not None or row.problems]
    if shown:
        columns = ("Component", "Team", "Manifests", "Packages", "Of", "Why not")
        rows = [
            (
                row.component,
                short_name(row.owner) if row.owner else "nobody",
                row.manifests,
                row.packages,
                "" if row.at is None else words.ago(row.at, now),
                row.missing.sentence
                if row.missing is not None
                else f"{words.count(row.problems, 'manifest')} could not be read again"
                if row.problems
                else "",
            )
            for row in shown
        ]
        output.show(output.table(columns, rows, right=columns[2:4]))
    share = f" ({int(found.covered * 100 / found.components)} %)" if found.components else ""
    output.say(f"{found.covered:,} of {words.count(found.components, 'component')}{share} have an SBOM.")


def stored_bill(door: Door, component: str, format_: str) -> bytes:
    """The bill of a component of the catalog from what is known of it. Raises NotFoundError where nothing is."""
    from callboard.domain.access import LAPTOP
    from callboard.domain.component import short_name
    from callboard.errors import NotFoundError
    from callboard.gathering import bill_of
    from callboard.usecases.packages import manifests

    ref = component_ref(component)
    with door.services() as services:
        locks = manifests.locks(services.store, LAPTOP, ref)
        if not locks:
            missing = manifests.composition(services.store, LAPTOP, ref).missing
            raise NotFoundError(f"It is not known what {ref} consists of.", hint=missing and missing.sentence)
    return bill_of(short_name(ref), locks, format_)


def component_ref(text: str) -> EntityRef:
    """The reference that a person wrote. Raises a usage error."""
    from callboard.domain.component import entity_ref

    try:
        return entity_ref(text, kind="component")
    except ValueError as error:
        raise click.BadParameter(f"{error}.", param_hint="REF") from None


def _bill(path: Path, ref: EntityRef) -> bytes:
    """The bill in a file, or one of the lockfiles in it. Raises ManifestError."""
    from callboard.domain.component import short_name
    from callboard.errors import UnknownManifestError
    from callboard.gathering import BILL_FORMATS, Folder, bill_of, read_locks, unread
    from callboard.sbom import read_bom

    if path.is_file() and path.suffix in {".json", ".xml"}:
        raw = Folder(path.parent).content(path.name, str(path))
        try:
            # What is broken is told here, with its place, before anybody is asked.
            read_bom(str(path), raw)
        except UnknownManifestError:
            if path.suffix == ".xml":
                raise
        else:
            return raw
    locks, refused = read_locks([path], inside=True)
    if refused:
        raise refused[0]
    gaps = unread(Folder(path).files()) if path.is_dir() else []
    return bill_of(short_name(ref), [(lock, _now()) for lock in locks], BILL_FORMATS[0], gaps)


def _now() -> Instant:
    from callboard.wiring.machine import SystemClock

    return SystemClock().now()


def _here(door: Door, ref: EntityRef, name: str, raw: bytes) -> DeliveredSbom:
    from functools import partial

    from callboard.domain.access import AT_THE_LAPTOP
    from callboard.gathering import read_bill
    from callboard.usecases.packages import manifests
    from callboard.web.to_wire import packages as to_wire_packages

    called = name or manifests.USUAL_NAME
    with door.services() as services:
        read = partial(read_bill, called, raw, now=services.clock.now())
        taken = manifests.deliver(services.store, AT_THE_LAPTOP, ref, called, read, clock=services.clock)
    return to_wire_packages.delivered(ref, called, taken)


def _over_there(url: str, ref: EntityRef, name: str, raw: bytes) -> DeliveredSbom:
    from urllib.parse import quote

    from callboard.web.wire.packages import DeliveredSbom

    media = "application/vnd.cyclonedx+xml" if raw.lstrip()[:1] == b"<" else pushing.JSON
    return pushing.push(url, ref, f"sbom?name={quote(name)}" if name else "sbom", raw, DeliveredSbom, media=media)


def _row(row: ManifestRow, now: Instant) -> tuple[str | int | None, ...]:
    from callboard.web import words

    remark = f"could not be read: {row.problem}" if row.problem else "; ".join(row.unknown[:2])
    return (
        f"{row.path} ({row.part})" if row.part else row.path,
        row.where if row.origin == "repository" else "handed in",
        row.format or "–",
        row.packages,
        row.direct,
        row.edges,
        "" if row.at is None else words.ago(row.at, now),
        remark,
    )
