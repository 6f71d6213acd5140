"""`callboard risk`."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from callboard.cli import explained
from callboard.cli.door import Door, answers, examples
from callboard.cli.packages import pushing
from callboard.cli.packages.assess import of_portal

if TYPE_CHECKING:
    from callboard.domain.component import EntityRef
    from callboard.domain.instant import Instant
    from callboard.domain.risk.judgement import Judgement
    from callboard.domain.risk.register import Register

_BANDS = ("critical", "high", "medium", "low", "never")
_FEW = 3


@explained.command(
    epilog=examples(
        "callboard risk --portal ../portal",
        "callboard risk --portal ../portal --board",
        "callboard risk --portal . --push --component portal --url https://callboard.example.com",
        "callboard risk --portal . --fail-on high --format sarif > risk.sarif",
        "callboard risk --portal . --format openvex > portal.openvex.json",
    )
)
@of_portal
@click.option("--name", metavar="NAME", help="What the portal is called.  [default: as its package.json has it]")
@click.option(
    "--board",
    "with_board",
    is_flag=True,
    help="Count what stands behind the portal, and who else has its packages, by the board; keep the register for its page.",
)
@click.option("--component", metavar="REF", help="The portal's own component in the catalog: it is no other user.")
@click.option("--push", "with_push", is_flag=True,
              help="Hand in what was found for --component at --url, where the register is made of it and kept.")  # fmt: skip
@click.option("--url", envvar=pushing.URL, show_envvar=True, help="Where Callboard is, for --push.")
@click.option("--fail-on", type=click.Choice(_BANDS), default="never", show_default=True,
              help="End with exit code 1 when a risk is at least this grave.")  # fmt: skip
@click.option("--format", "form", type=click.Choice(["text", "json", "markdown", "sarif", "openvex"]), default="text",
              show_default=True, help="How to tell it.")  # fmt: skip
@answers
@click.pass_obj
def risk(
    door: Door,
    /,
    *,
    folder: Path,
    files: tuple[Path, ...],
    is_production: bool | None,
    name: str | None,
    with_board: bool,
    component: str | None,
    with_push: bool,
    url: str | None,
    fail_on: str,
    form: str,
    as_json: bool,
) -> None:
    """Rank what can go wrong in a Backstage portal: likelihood × exposure × blast radius, with evidence and the next action.

    It judges what `callboard assess` judges. Nothing of the portal is executed and nothing is asked of a network. What is
    not known makes a number a span, and what could not be judged is listed.

    With --push the files stay here as well; the token in CALLBOARD_TOKEN is shown, which needs the right `deliver`
    (`callboard token create`). What stands behind the portal is counted there, and told on the page Portal alone.
    """
    from callboard.cli.errors import FAILED, end
    from callboard.cli.packages.assessing import assess_folder
    from callboard.cli.packages.registering import judgement_of
    from callboard.domain.component import entity_ref
    from callboard.domain.risk.judgement import register as register_of
    from callboard.domain.risk.scale import Band

    try:
        own = None if component is None else entity_ref(component, kind="component")
    except ValueError as error:
        raise click.UsageError(f"{error}") from None
    if with_push and (own is None or url is None or with_board):
        raise click.UsageError("--push needs --component and --url, and goes without --board.")
    found = assess_folder(folder, files, is_production=is_production, config=door.config_file)
    judged = judgement_of(found, name or found.name or folder.resolve().name)
    if with_push and own is not None and url is not None:
        _push(url, own, judged)
    register = _kept(door, judged, own) if with_board else register_of(judged, at=_now())
    _tell(register, "json" if as_json else form)
    if fail_on != "never" and register.worst is not None and register.worst >= Band[fail_on.upper()]:
        end(FAILED)


def _now() -> Instant:
    from callboard.domain.instant import Instant

    return Instant(time.time_ns() // 1_000)


def _kept(door: Door, judged: Judgement, own: EntityRef | None) -> Register:
    """The register with what the board knows, which keeps it."""
    from callboard.domain.access import AT_THE_LAPTOP
    from callboard.domain.risk.judgement import register as register_of
    from callboard.usecases.packages import keep_register

    with door.services() as services:
        purls = sorted({each.package.purl for each in judged.weaknesses})
        behind = keep_register.behind(services.store, AT_THE_LAPTOP, purls, own=own)
        register = register_of(judged, at=_now(), estate=behind.estate, users=behind.users, component=own)
        keep_register.keep(services.store, AT_THE_LAPTOP, register)
    return register


def _tell(register: Register, form: str) -> None:
    from callboard import __version__
    from callboard.checks import openvex, register_told
    from callboard.cli import output
    from callboard.web.to_wire import portal as to_wire_portal

    if form == "json":
        output.document(to_wire_portal.register(register))
    elif form == "sarif":
        output.document(register_told.as_sarif(register, __version__))
    elif form == "openvex":
        statements = openvex.as_openvex(register, __version__)
        if statements is None:
            output.say("No advisory fits any package: there is nothing to state, and OpenVEX has no empty document.")
        else:
            output.document(statements)
    elif form == "markdown":
        output.line(register_told.as_markdown(register).rstrip("\n"))
    else:
        _show(register)


def _push(url: str, own: EntityRef, judged: Judgement) -> None:
    import msgspec

    from callboard.cli import output
    from callboard.web import words
    from callboard.web.wire.portal import DeliveredJudgement

    done = pushing.push(url, own, "risks", msgspec.json.encode(judged), DeliveredJudgement)
    output.say(f"{done.component}: {words.count(done.risks, 'risk')} of {done.portal} handed in.")


def _show(register: Register) -> None:
    from rich.text import Text

    from callboard.checks import register_told
    from callboard.cli import output
    from callboard.domain.finding import Severity
    from callboard.web import words

    for place, each in enumerate(register.risks, 1):
        band = output.severity(Severity[each.band.name])
        output.show(Text.assemble(f"{place}. ", band, f"  {each.title}  [{each.key}]  {register_told.number(each)}"))
        output.line(f"  {register_told.why(each)}")
        for one in each.evidence[:_FEW]:
            output.line(f"  {one.place or 'set nowhere'}  {one.said}")
        if len(each.evidence) > _FEW:
            output.line(f"  and {len(each.evidence) - _FEW} more")
        output.line(f"  Do: {each.action}")
        output.line("")
    for said in register.not_evaluated:
        output.line(f"not evaluated  {said}")
    counts = ", ".join(f"{count} {band.word}" for band, count in register.bands)
    output.say(
        f"{register.portal}: {words.count(len(register.risks), 'risk')}: {counts}; {len(register.not_evaluated)} not evaluated."
    )
