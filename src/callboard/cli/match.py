"""`callboard match`."""

from __future__ import annotations

from pathlib import Path

import rich_click as click

from callboard.cli import matching
from callboard.cli.door import Door, answers, examples
from callboard.cli.errors import end


@click.command(
    epilog=examples(
        "callboard match yarn.lock",
        "callboard match . --fail-on high --json",
        "callboard match --purl pkg:npm/event-stream@3.3.6",
    )
)
@click.argument("paths", metavar="[PATH]…", nargs=-1, type=click.Path(path_type=Path, exists=True))
@click.option("--purl", "purls", multiple=True, metavar="PURL", help="A package URL. Several times for several.")
@click.option(
    "--index",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="The index of advisories to ask. Else the configured one, else what came with Callboard.",
)
@click.option(
    "--fail-on",
    type=click.Choice(matching.LEVELS),
    default="malicious",
    show_default=True,
    help="End with 1 when there is malware, or a weakness of at least this severity.",
)
@answers
@click.pass_obj
def match(
    door: Door, /, *, paths: tuple[Path, ...], purls: tuple[str, ...], index: Path | None, fail_on: str, as_json: bool
) -> None:
    """Say which packages are known to be malicious or vulnerable. Nothing is stored, and nothing leaves this machine.

    PATH is a lockfile or another manifest, or a folder in which all of them are read.

    Ends with 0 when nothing is that bad, with 1 when something is (see --fail-on), with 3 when a file could not be read
    or nothing could be evaluated. What could not be evaluated is always counted and named: it is not clean.
    """
    if not paths and not purls:
        raise click.UsageError("Nothing to match: give a lockfile, a folder, or a --purl.")
    asked = matching.Asked(
        paths=paths,
        purls=purls,
        index=index,
        config=door.config_file,
        fail_on=fail_on,
        as_json=as_json,
    )
    end(matching.run(asked))
