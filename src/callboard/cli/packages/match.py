"""`callboard match`."""

from __future__ import annotations

from pathlib import Path

import click

from callboard.cli import explained
from callboard.cli.door import Door, answers, examples
from callboard.cli.errors import end
from callboard.cli.packages import matching


@explained.command(
    epilog=examples(
        "callboard match yarn.lock",
        "callboard match . --fail-on high --json",
        "callboard match --purl pkg:npm/event-stream@3.3.6",
        "callboard match --stored",
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
@click.option(
    "--stored", is_flag=True, help="Match what components of the catalog consist of, and put it on the board."
)
@answers
@click.pass_obj
def match(
    door: Door, /, *, paths: tuple[Path, ...], purls: tuple[str, ...], index: Path | None, fail_on: str, stored: bool,
    as_json: bool,
) -> None:  # fmt: skip
    """Say which packages are known to be malicious or vulnerable. Nothing leaves this machine.

    Nothing is stored, except with --stored: then the packages of components are findings on the board. `callboard serve`
    and `callboard sync` do that by themselves whenever packages or advisories have changed.

    PATH is a lockfile or another manifest, or a folder in which all of them are read.

    Ends with 0 when nothing is that bad, with 1 when something is (see --fail-on), with 3 when a file could not be read
    or nothing could be evaluated. What could not be evaluated is always counted and named: it is not clean.
    """
    if stored:
        if paths or purls or index is not None:
            raise click.UsageError("--stored matches what is stored, with the configured index, and nothing else.")
        end(_stored(door, as_json=as_json))
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


def _stored(door: Door, *, as_json: bool) -> int:
    import asyncio

    import msgspec

    from callboard.cli import output
    from callboard.cli.errors import DONE, FAILED
    from callboard.domain.packages.sign import Sign
    from callboard.domain.run import RunState
    from callboard.web import words
    from callboard.worker import reading

    door.log()
    with door.services() as services:
        done = asyncio.run(reading.match(services, always=True))
    run = None if done is None else done.run
    if as_json:
        signs = [{"sign": each.id, "words": each.words, "false_alarms": each.often} for each in Sign]
        output.document(None if done is None else msgspec.structs.asdict(done) | {"signs": signs})
    elif done is not None:
        output.line(
            f"{words.count(done.judged, 'package')} looked up: something else is known of {words.number(done.news)}. "
            f"{words.number(done.not_evaluated)} in use cannot be evaluated, and are not clean."
        )
        for each in done.blind:
            output.line(f"Not evaluated: {each}")
        output.line("What is told as a sign is no proof:")
        for sign in Sign:
            output.line(f"  {sign.words}: {sign.often}")
        if run is not None:
            output.line(
                f"On the board: {words.number(run.new)} new, {words.number(run.changed)} changed, "
                f"{words.number(run.reopened)} reopened, {words.number(run.closed)} closed, "
                f"{words.number(run.unchanged)} unchanged."
            )
        else:
            output.line("Nothing is known yet of what components consist of: `callboard sbom coverage`.")
    if run is not None and run.state is RunState.HELD:
        output.say(f"Run {run.run} is held: {run.reason} Apply it with `callboard sync --accept-held {run.run}`.")
        return FAILED
    return DONE
