"""`callboard audit …`."""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from callboard.cli import explained
from callboard.cli.door import Door, answers, examples
from callboard.cli.errors import DONE, FAILED, end

if TYPE_CHECKING:
    from callboard.domain.audit import Entry


@explained.group(
    epilog=examples("callboard audit list", "callboard audit export audit.jsonl", "callboard audit verify"),
)
def audit() -> None:
    """The log of who did what, and of who was refused. Every entry's hash covers the one before it."""


@audit.command("list", epilog=examples("callboard audit list", "callboard audit list --limit 200 --json"))
@click.option("--limit", type=click.IntRange(1, 10_000), default=50, show_default=True, help="Newest entries to show.")
@click.option("--actor", help="Only of this person or program.")
@click.option("--action", help="Only of this action, for example access.denied.")
@answers
@click.pass_obj
def list_entries(door: Door, /, *, limit: int, actor: str | None, action: str | None, as_json: bool) -> None:
    """Show the newest entries, newest first."""
    from callboard.cli import output
    from callboard.domain.access import AT_THE_LAPTOP
    from callboard.usecases.people import audit_log
    from callboard.web import words

    with door.services() as services:
        if actor is None and action is None:
            found = list(audit_log.newest(services.store, AT_THE_LAPTOP, limit=limit))
        else:
            every = audit_log.entries(services.store, AT_THE_LAPTOP)
            wanted = [
                (entry, digest)
                for entry, digest in every
                if actor in (None, entry.actor) and action in (None, entry.action)
            ]
            found = wanted[::-1][:limit]
        now = services.clock.now()
    if as_json:
        output.document({"entries": [told(entry, digest) for entry, digest in found]})
    elif found:
        rows = [
            (str(entry.seq), words.ago(entry.at, now), entry.actor, entry.action, entry.subject, _detail(entry))
            for entry, _ in found
        ]
        output.show(output.table(("No.", "When", "Who", "What", "To what", "More"), rows, right=("No.",)))
    else:
        output.say("Nothing is in the log.")


@audit.command(epilog=examples("callboard audit export audit.jsonl", "callboard audit export --after 1200"))
@click.argument("file", required=False, type=click.Path(path_type=Path, dir_okay=False))
@click.option("--after", type=click.IntRange(0), default=0, help="Only entries behind this number.")
@answers
@click.pass_obj
def export(door: Door, /, *, file: Path | None, after: int, as_json: bool) -> None:
    """Write entries with their hashes, oldest first: one JSON document a line, or with --json one document of all.

    A new file can be read by its owner alone. That it was written is in the log as well.
    """
    import os

    import msgspec

    from callboard.cli import output
    from callboard.domain.access import AT_THE_LAPTOP
    from callboard.usecases.people import audit_log

    with door.services() as services:
        who = AT_THE_LAPTOP
        audit_log.note(
            services.store, at=services.clock.now(), actor=who.named, action="audit.export", subject="audit",
            detail={"after": str(after)},
        )  # fmt: skip
        entries = audit_log.entries(services.store, who, after=after)
        if as_json and file is None:
            output.document({"entries": [told(entry, digest) for entry, digest in entries]})
            return
        count = 0
        opened = None if file is None else os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        # What was opened here is closed here, and stdout was not.
        with contextlib.nullcontext(sys.stdout.buffer) if opened is None else os.fdopen(opened, "wb") as stream:
            for entry, digest in entries:
                stream.write(msgspec.json.encode(told(entry, digest)) + b"\n")
                count += 1
            stream.flush()
    if file is not None:
        (
            output.document({"entries": count, "file": str(file)})
            if as_json
            else output.line(f"{count:,} entries in {file}.")
        )


@audit.command(epilog=examples("callboard audit verify", "callboard audit verify --hash 3f9a…"))
@click.option("--hash", "kept", help="The newest hash of an earlier time, kept elsewhere: it has to be in the chain.")
@answers
@click.pass_obj
def verify(door: Door, /, *, kept: str | None, as_json: bool) -> None:
    """Check that no entry was changed or taken out. Ends with 1 and names the first place where it does not hold.

    Prints the newest hash. Keep it elsewhere: with it, `--hash` proves later that nothing was cut from the end.
    Where old entries were dropped, it says from which one on the log is followed, and the hash that those before it left.
    """
    from callboard.cli import output
    from callboard.domain.access import AT_THE_LAPTOP
    from callboard.domain.instant import to_text
    from callboard.usecases.people import audit_log

    with door.services() as services:
        found = audit_log.verify(services.store, AT_THE_LAPTOP, kept_hash=kept)
    cut = found.cut
    if as_json:
        output.document(
            {
                "holds": found.holds,
                "entries": found.entries,
                "newest": found.newest,
                "first_break": found.first_break,
                "kept_hash_found": found.kept_hash_found,
                "cut": None if cut is None else {**cut.detail(), "at": to_text(cut.at)},
            }
        )
    elif found.first_break is not None:
        output.line(f"The log does not hold at entry {found.first_break.seq}: {found.first_break.reason}.")
    elif found.kept_hash_found is False:
        before = "" if cut is None else f", or it is of an entry before {cut.through + 1}, which was dropped as old"
        output.line(
            f"The hash that was kept is not in the log: entries were cut from its end, or it was made anew{before}."
        )
    else:
        output.line(f"{found.entries:,} entries hold. Newest hash: {found.newest or 'none yet'}")
        if cut is not None:
            output.line(
                f"They begin behind entry {cut.through} of {to_text(cut.last_at)[:10]}, whose hash the log holds: "
                f"{cut.hash.hex()}. What was before was dropped as old on {to_text(cut.at)[:10]}."
            )
    end(DONE if found.holds else FAILED)


@audit.command("lost", epilog=examples("callboard audit lost audit.jsonl"))
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@answers
@click.pass_obj
def lost_entries(door: Door, /, *, file: Path, as_json: bool) -> None:
    """Say what an exported log tells that the database does not: what people did since a backup that was brought back.

    What sources tell comes again with the next sync; what people said does not. Ends with 1 when something is lost.
    """
    from callboard.cli import output
    from callboard.usecases import keep_backups
    from callboard.web import words

    # What is no text is no entry either, and is told as that.
    with door.services() as services, file.open(encoding="utf-8", errors="replace") as lines:
        found = keep_backups.lost(services.store, lines)
        now = services.clock.now()
    if as_json:
        entries = [told(entry, None) for entry in found.entries]
        output.document({"last_common": found.last_common, "lost": entries})
    elif found.entries:
        rows = [
            (str(entry.seq), words.ago(entry.at, now), entry.actor, entry.action, entry.subject, _detail(entry))
            for entry in found.entries
        ]
        output.show(output.table(("No.", "When", "Who", "What", "To what", "More"), rows, right=("No.",)))
    else:
        output.line("Nothing is lost: the database has every entry of the exported log.")
    end(FAILED if found.entries else DONE)


def told(entry: Entry, digest: str | None) -> dict[str, object]:
    """An entry as JSON."""
    from callboard.domain.instant import to_text

    return {
        "seq": entry.seq,
        "at": to_text(entry.at),
        "actor": entry.actor,
        "action": entry.action,
        "subject": entry.subject,
        "detail": dict(entry.detail),
        **({} if digest is None else {"hash": digest}),
    }


def _detail(entry: Entry) -> str:
    return ", ".join(f"{key}: {value}" for key, value in entry.detail)
