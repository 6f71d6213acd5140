"""`callboard ownership …`: whose things are, why, and what a change of the rules would do."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from callboard.cli import drafts, explained
from callboard.cli.door import Door, answers, examples
from callboard.cli.ownership import studies as ownership_studies
from callboard.cli.ownership.queue import queue
from callboard.cli.ownership.report import report, signals
from callboard.cli.ownership.words import confirm, explain, not_ours, undo

if TYPE_CHECKING:
    from callboard.domain.ownership.mapping import RuleSet
    from callboard.domain.ownership.plan import Plan


@explained.group(
    epilog=examples(
        "callboard ownership report",
        "callboard ownership explain arn:aws:s3:::receipts",
        "callboard ownership plan mapping/platform.yaml",
    ),
)
def ownership() -> None:
    """Whose things are, why, and what a change of the rules would do."""


ownership_studies.add_to(ownership)
for _command in (explain, report, queue, confirm, not_ours, undo, signals):
    ownership.add_command(_command)


@ownership.command(
    epilog=examples(
        "callboard ownership rules", "callboard ownership rules platform", "callboard ownership rules --json"
    )
)
@click.argument("name", required=False)
@click.option("--history", is_flag=True, help="Every revision of NAME, the newest first.")
@answers
@click.pass_obj
def rules(door: Door, /, *, name: str | None, history: bool, as_json: bool) -> None:
    """List the rule sets in force, or print one as the file that it could be kept in."""
    from callboard.cli import output
    from callboard.domain.access import AT_THE_LAPTOP
    from callboard.usecases.ownership import plan_mapping
    from callboard.web import words
    from callboard.web.to_wire import ownership as to_wire_ownership

    if history and name is None:
        raise click.UsageError("--history is about one rule set: name it.")
    with door.services() as services:
        now = services.clock.now()
        if name is not None:
            found = plan_mapping.revisions(services.store, AT_THE_LAPTOP, name)
        else:
            found = plan_mapping.rule_sets(services.store, AT_THE_LAPTOP)
    if as_json:
        shown = found if history or name is None else found[:1]
        output.document(to_wire_ownership.rule_sets(shown))
    elif name is not None and not history:
        output.line(plan_mapping.as_yaml(found[0].rule_set).rstrip())
    elif not found:
        output.say("There are no rules yet. `callboard ownership plan FILE` looks at a first set.")
    else:
        rows = [
            (
                each.name, each.n, len(each.rule_set.rules), len(each.rule_set.vocabularies), len(each.rule_set.defaults),
                "taken back" if each.removed else each.rule_set.origin, each.actor, words.ago(each.at, now), each.reason,
            )
            for each in found
        ]  # fmt: skip
        columns = ("Set", "Revision", "Rules", "Vocabularies", "Defaults", "Kept in", "By", "When", "Why")
        output.show(output.table(columns, rows, right=("Revision", "Rules", "Vocabularies", "Defaults")))


@ownership.command(
    epilog=examples("callboard ownership plan mapping/platform.yaml", "callboard ownership plan x.yaml --json")
)
@drafts.file_argument
@answers
@click.pass_obj
def plan(door: Door, /, *, file: Path, as_json: bool) -> None:
    """Say what applying the rule set in FILE would move, and whose sight it would change. Nothing is written."""
    from callboard.cli import output
    from callboard.cli.errors import FAILED, end
    from callboard.domain.access import AT_THE_LAPTOP
    from callboard.usecases.ownership import plan_mapping
    from callboard.web.to_wire import ownership as to_wire_ownership

    with door.services() as services:
        draft = read_set(file, _origin(services.store, file))
        found = plan_mapping.plan_mapping(
            services.store, AT_THE_LAPTOP, draft, clock=services.clock, safety=services.config.safety
        )
    if as_json:
        output.document(to_wire_ownership.plan(found))
    else:
        tell(found)
    if found.problems:
        end(FAILED)


@ownership.command(
    epilog=examples(
        "callboard ownership apply mapping/platform.yaml --reason 'Accounts of the new region'",
        "callboard ownership apply mapping/platform.yaml --agree",
    )
)
@drafts.applying
@click.option("--remove", is_flag=True, help="Take the set back instead.")
@answers
@click.pass_obj
def apply(
    door: Door, /, *, file: Path, reason: str, agree: bool, kept_here: bool, remove: bool, as_json: bool
) -> None:  # fmt: skip
    """Put the rule set in FILE in force, and everything that follows from it."""
    from callboard.cli import output
    from callboard.domain.access import AT_THE_LAPTOP
    from callboard.usecases.ownership import plan_mapping
    from callboard.web.to_wire import ownership as to_wire_ownership

    with door.services() as services:
        draft = read_set(file, _origin(services.store, file) or (str(file) if kept_here else None))
        done = plan_mapping.apply_mapping(
            services.store, AT_THE_LAPTOP, draft, reason=reason, clock=services.clock, agreed=agree, remove=remove,
            safety=services.config.safety,
        )  # fmt: skip
    if as_json:
        output.document(to_wire_ownership.applied(done))
    else:
        if done.state != "unchanged":
            tell(done.plan)
        drafts.tell_end(done.state, done.revision)
    drafts.end_unless_done(done.state)


def read_set(file: Path, origin: str | None) -> RuleSet:
    """The rule set in a YAML or JSON file. Raises MappingRefusedError that names lines and entries."""
    from callboard.web import rule_text

    return rule_text.read(file.read_bytes(), name=file.name, where=str(file), origin=origin)


def _origin(store: object, file: Path) -> str | None:
    """The file that a set is kept in, where it is this one."""
    from callboard.domain.access import AT_THE_LAPTOP
    from callboard.store import Store
    from callboard.usecases.ownership import plan_mapping

    assert isinstance(store, Store)  # noqa: S101 - for the type checker: wiring gives no other
    return drafts.kept_in(file, (each.rule_set.origin for each in plan_mapping.rule_sets(store, AT_THE_LAPTOP)))


def tell(found: Plan) -> None:
    """A plan for people."""
    from callboard.cli import output
    from callboard.domain.component import short_name
    from callboard.web import words

    changes = found.changes
    told = [
        words.count(len(names), f"{what} entry", f"{what} entries")
        for what, names in (("new", changes.added), ("changed", changes.changed), ("removed", changes.removed))
        if names
    ]
    output.line(f"{found.name}, against revision {found.revision}: {', '.join(told) or 'no change'}.")
    if found.problems:
        drafts.tell_problems(found.problems)
        return
    output.line(
        f"{words.number(found.moved_resources)} of {words.count(found.resources, 'resource')} would go elsewhere, with "
        f"{words.count(found.moved_findings, 'open finding')}"
        + (
            f"; {words.number(found.seen_otherwise)} more would be seen to another depth."
            if found.seen_otherwise
            else "."
        )
    )
    if found.inherited_findings:
        output.line(
            f"{words.count(found.inherited_findings, 'open finding')} of these came with base images, and go because of whose "
            "the base is."
        )

    def names(refs: tuple[str, ...]) -> str:
        return ", ".join(short_name(ref) for ref in refs) or "nobody"  # type: ignore[arg-type]

    if found.shifts:
        rows = [
            (
                names(each.before), names(each.after) + (" (conflict)" if each.verdict == "conflict" else ""),
                each.resources, each.findings, "; ".join(f"{one.name} ({one.evidence})" for one in each.examples[:2]),
            )
            for each in found.shifts
        ]  # fmt: skip
        output.show(
            output.table(("From", "To", "Resources", "Findings", "For example"), rows, right=("Resources", "Findings"))
        )
    if found.shift_count > len(found.shifts):
        output.line(f"and {words.number(found.shift_count - len(found.shifts))} more")
    if found.access:
        output.line("")
        sight = [
            (short_name(each.owner), each.gained, each.lost, each.gained_sensitive, each.lost_sensitive)
            for each in found.access
        ]
        columns = ("Whose sight changes", "Sees", "Sees no more", "Sensitive", "Sensitive no more")
        output.show(output.table(columns, sight, right=columns[1:]))
    for sentence in found.asks:
        output.say(sentence)
    drafts.tell_patch(found.patch, "set")
