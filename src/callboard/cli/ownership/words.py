"""`callboard ownership explain`, `confirm`, `not-ours` and `undo`: why a resource is whose it is, and what people say."""

from __future__ import annotations

import click

from callboard.cli import explained, missing
from callboard.cli.door import NUMBER, Door, answers, examples
from callboard.cli.drafts import reason_option

resource_argument = click.argument("resource")
source_option = click.option("--source", help="The source, where several know a resource of this name.")


@explained.command(
    epilog=examples("callboard ownership explain arn:aws:s3:::receipts", "callboard ownership explain web-7 --json"),
)
@resource_argument
@source_option
@answers
@click.pass_obj
def explain(door: Door, /, *, resource: str, source: str | None, as_json: bool) -> None:
    """Say why a resource is whose it is: every candidate with its evidence. RESOURCE is an id, another name, or its name."""
    from callboard.cli import output
    from callboard.domain.access import AT_THE_LAPTOP
    from callboard.domain.component import short_name
    from callboard.usecases.ownership import speak_for
    from callboard.web import words
    from callboard.web.to_wire import ownership as to_wire_ownership

    with door.services() as services:
        now = services.clock.now()
        with missing.named(
            f"resource {resource}", f"`callboard findings {resource}` looks for it by a part of its name."
        ):
            found = speak_for.explain(services.store, AT_THE_LAPTOP, resource, source)
    if as_json:
        output.document(to_wire_ownership.explanation(found))
        return
    whose = ", ".join(found.components) or f"nobody: {found.reason}"
    tier = "" if found.tier is None else f" ({words.evidence(found.tier, found.source)})"
    output.show(
        output.facts(
            [
                ("Resource", f"{found.name} ({found.external_id})"),
                ("Type", f"{found.type} at {found.source}"),
                (
                    "Belongs to",
                    f"conflict: {' | '.join(found.components)}" if found.verdict == "conflict" else whose + tier,
                ),
                ("Built on", found.base.words if found.base and found.base.base else None),
                ("Disputed", "other evidence speaks for somebody else" if found.disputed else None),
                ("Open", words.count(found.open_findings, "finding")),
            ]
        )
    )
    if found.grounds:
        output.line("")
        rows = [
            (
                "→" if each.won else "", each.component,
                (short_name(each.owner) if each.owner else "none") + (f" ({each.owner_problem})" if each.owner_problem else ""),
                f"{each.tier} {words.evidence(each.tier, found.source)}", each.text + (f" ({each.dropped})" if each.dropped else ""),
                words.ago(each.seen_at, now),
            )
            for each in found.grounds
        ]  # fmt: skip
        output.show(output.table(("", "Component", "Owner", "Tier", "Evidence", "Known since"), rows))
    for said in found.spoken:
        ended = "" if said.ended_at is None else f", taken back by {said.ended_by} {words.ago(said.ended_at, now)}"
        output.line(
            f"{said.id}: {said.actor} said {said.word} for {said.component} {words.ago(said.at, now)}{ended}. {said.reason}"
        )
    for tenure in found.history[1:6]:
        until = words.ago(tenure.to_at, now) if tenure.to_at is not None else "now"
        output.line(f"Before, until {until}: {', '.join(tenure.components) or 'nobody'}")


@explained.command(
    epilog=examples("callboard ownership confirm arn:aws:s3:::receipts receipts-api --reason 'asked them'"),
)
@resource_argument
@click.argument("component")
@reason_option
@source_option
@answers
@click.pass_obj
def confirm(door: Door, /, *, as_json: bool, **told: str) -> None:
    """Say that RESOURCE is COMPONENT's: the strongest evidence there is."""
    _say(door, "confirm", as_json=as_json, **told)


@explained.command(
    "not-ours",
    epilog=examples("callboard ownership not-ours arn:aws:s3:::receipts receipts-api"),
)
@resource_argument
@click.argument("component")
@reason_option
@source_option
@answers
@click.pass_obj
def not_ours(door: Door, /, *, as_json: bool, **told: str) -> None:
    """Say that RESOURCE is not COMPONENT's: it is no candidate any more, from now on."""
    _say(door, "not_ours", as_json=as_json, **told)


def _say(
    door: Door, verb: str, *, resource: str, component: str, reason: str, source: str | None, as_json: bool
) -> None:  # fmt: skip
    from callboard.cli import output
    from callboard.domain.access import AT_THE_LAPTOP
    from callboard.domain.component import entity_ref
    from callboard.usecases.ownership import speak_for
    from callboard.web import words
    from callboard.web.to_wire import ownership as to_wire_ownership

    try:
        ref = entity_ref(component, kind="component")
    except ValueError as error:
        raise click.UsageError(f"{error}.") from None
    act: speak_for.Act = getattr(speak_for, verb)
    about = f"resource {resource}, or no {ref}"
    with door.services() as services, missing.named(about, "`callboard ownership queue` lists what nobody owns."):
        said = act(services.store, AT_THE_LAPTOP, resource, ref, clock=services.clock, reason=reason, source=source)
    if as_json:
        output.document(to_wire_ownership.said(said))
        return
    output.line(f"{said.word}: {said.resource}, {said.component}. {words.count(said.moved_findings, 'finding')} moved.")
    output.say(f"`callboard ownership undo {said.id}` takes it back.")
    if said.review:
        output.say(f"This evidence was said to be wrong several times; look at it: {said.review}")


@explained.command(epilog=examples("callboard ownership undo 12"))
@click.argument("decision", type=NUMBER)
@answers
@click.pass_obj
def undo(door: Door, /, *, decision: int, as_json: bool) -> None:
    """Take back what was said about a resource, by the number that it was given."""
    from callboard.cli import output
    from callboard.domain.access import AT_THE_LAPTOP
    from callboard.usecases.ownership import speak_for
    from callboard.web import words
    from callboard.web.to_wire import ownership as to_wire_ownership

    with (
        door.services() as services,
        missing.named(
            f"decision {decision} about a resource",
            "`callboard ownership explain RESOURCE` shows what was said of one.",
        ),
    ):
        said = speak_for.undo(services.store, AT_THE_LAPTOP, decision, clock=services.clock)
    if as_json:
        output.document(to_wire_ownership.said(said))
    else:
        output.line(
            f"Taken back: {said.word} for {said.component}. {words.count(said.moved_findings, 'finding')} moved."
        )
