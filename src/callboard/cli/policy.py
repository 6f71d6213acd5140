"""`callboard policy …`: who sees and does what, and by when things are due, laid down in revisions."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from callboard.cli import drafts, explained
from callboard.cli.door import Door, answers, examples

if TYPE_CHECKING:
    from callboard.domain.policy import Body, PolicyPlan
    from callboard.usecases.plan_policy import Standing

KINDS = ("roles", "due")


@explained.group(
    epilog=examples("callboard policy show", "callboard policy plan roles.yaml", "callboard policy remove due"),
)
def policy() -> None:
    """Who sees and does what, and by when things are due. What is laid down here holds instead of the configuration."""


@policy.command(epilog=examples("callboard policy show", "callboard policy show roles", "callboard policy show --json"))
@click.argument("kind", required=False, type=click.Choice(KINDS))
@click.option("--history", is_flag=True, help="Every revision, the newest first.")
@answers
@click.pass_obj
def show(door: Door, /, *, kind: str | None, history: bool, as_json: bool) -> None:
    """Print the policies in force as the files that they could be kept in, or what was laid down and when."""
    from callboard.cli import output
    from callboard.usecases import plan_policy
    from callboard.web import words
    from callboard.web.to_wire import policy as to_wire_policy

    with door.services() as services:
        now = services.clock.now()
        found = [each for each in _standing(services) if kind in (None, each.kind.value)]
    if as_json:
        output.document(to_wire_policy.policies(found))
    elif history:
        rows = [
            (each.kind.value, one.n, "taken back" if one.removed else one.origin, one.actor, words.ago(one.at, now), one.reason)
            for each in found
            for one in each.history
        ]  # fmt: skip
        output.show(output.table(("Policy", "Revision", "Kept in", "By", "When", "Why"), rows, right=("Revision",)))
    else:
        for each in found:
            output.line(f"# {_where(each)}")
            output.line(plan_policy.as_yaml(each.body))


def _where(each: Standing) -> str:
    if each.laid is None:
        return "as configured"
    return f"revision {each.laid.n}" + (f", kept in {each.laid.origin}" if each.laid.origin else "")


@policy.command(epilog=examples("callboard policy plan roles.yaml", "callboard policy plan due.yaml --json"))
@drafts.file_argument
@answers
@click.pass_obj
def plan(door: Door, /, *, file: Path, as_json: bool) -> None:
    """Say what the policy in FILE would change, and whose sight or which dates. Nothing is written."""
    from callboard.cli import output
    from callboard.cli.errors import FAILED, end
    from callboard.domain.access import AT_THE_LAPTOP
    from callboard.usecases import plan_policy
    from callboard.web.to_wire import policy as to_wire_policy
    from callboard.wiring.services import configured_policies

    with door.services() as services:
        configured = configured_policies(services.config)
        found = plan_policy.plan_policy(
            services.store, AT_THE_LAPTOP, _read(file), configured, clock=services.clock, origin=_origin(services, file)
        )
    if as_json:
        output.document(to_wire_policy.plan(found))
    else:
        _tell(found)
    if found.problems:
        end(FAILED)


@policy.command(
    epilog=examples(
        "callboard policy apply roles.yaml --reason 'Numbers are for everybody'",
        "callboard policy apply due.yaml --agree",
    )
)
@drafts.applying
@answers
@click.pass_obj
def apply(door: Door, /, *, file: Path, reason: str, agree: bool, kept_here: bool, as_json: bool) -> None:
    """Put the policy in FILE in force."""
    with door.services() as services:
        origin = _origin(services, file) or (str(file) if kept_here else None)
        _apply(services, _read(file), reason=reason, agree=agree, origin=origin, remove=False, as_json=as_json)


@policy.command(epilog=examples("callboard policy remove roles --reason 'Back to the configuration'"))
@click.argument("kind", type=click.Choice(KINDS))
@drafts.changing
@answers
@click.pass_obj
def remove(door: Door, /, *, kind: str, reason: str, agree: bool, as_json: bool) -> None:
    """Take a policy back: the configuration holds again."""
    with door.services() as services:
        each = next(each for each in _standing(services) if each.kind.value == kind)
        origin = each.laid.origin if each.laid else None
        _apply(services, each.body, reason=reason, agree=agree, origin=origin, remove=True, as_json=as_json)


def _apply(
    services: object, body: Body, *, reason: str, agree: bool, origin: str | None, remove: bool, as_json: bool
) -> None:
    from callboard.cli import output
    from callboard.domain.access import AT_THE_LAPTOP
    from callboard.usecases import plan_policy
    from callboard.web.to_wire import policy as to_wire_policy
    from callboard.wiring.services import Services, configured_policies

    assert isinstance(services, Services)  # noqa: S101 - for the type checker: wiring gives no other
    done = plan_policy.apply_policy(
        services.store, AT_THE_LAPTOP, body, configured_policies(services.config), clock=services.clock, reason=reason,
        agreed=agree, origin=origin, remove=remove,
    )  # fmt: skip
    if as_json:
        output.document(to_wire_policy.applied(done))
    else:
        _tell(done.plan)
        drafts.tell_end(done.state, done.revision)
    drafts.end_unless_done(done.state)


def _standing(services: object) -> tuple[Standing, ...]:
    from callboard.domain.access import AT_THE_LAPTOP
    from callboard.usecases import plan_policy
    from callboard.wiring.services import Services, configured_policies

    assert isinstance(services, Services)  # noqa: S101 - for the type checker: wiring gives no other
    return plan_policy.standing(services.store, AT_THE_LAPTOP, configured_policies(services.config))


def _origin(services: object, file: Path) -> str | None:
    """The file that a policy is kept in, where it is this one."""
    return drafts.kept_in(file, (each.laid.origin for each in _standing(services) if each.laid))


def _read(file: Path) -> Body:
    """The policy in a YAML or JSON file. Raises MappingRefusedError."""
    from callboard.web import policy_text

    return policy_text.read(file.read_bytes(), where=str(file))


def _tell(found: PolicyPlan) -> None:
    """A plan for people."""
    from callboard.cli import output
    from callboard.domain.component import short_name
    from callboard.web import words

    against = f"revision {found.revision}" if found.revision else "the configuration"
    if found.problems:
        output.line(f"{found.kind}, against {against}:")
        drafts.tell_problems(found.problems)
        return
    output.line(f"{found.kind}, against {against}: {words.count(len(found.changes), 'value')} would change.")
    for each in found.changes:
        output.line(f"  {each.field}: {each.old} → {each.new}")
    if found.dates is not None:
        dates = found.dates
        output.line(
            f"{words.number(dates.moved)} of {words.count(dates.open, 'open finding')} would get another date: "
            f"{words.number(dates.earlier)} earlier, {words.number(dates.later)} later; "
            f"{words.number(dates.newly_overdue)} would be overdue at once."
        )
    if found.people:
        rows = [
            (short_name(each.person), ", ".join(each.gains), ", ".join(each.loses), each.sees_more, each.sees_less)
            for each in found.people
        ]
        columns = ("Person", "Becomes", "Is no longer", "Sees more", "Sees less")
        output.show(output.table(columns, rows, right=columns[3:]))
    for sentence in found.asks:
        output.say(sentence)
    drafts.tell_patch(found.patch, "policy")
