"""`callboard decide …`: take findings, snooze them, dismiss them, accept a risk, and take it back."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from callboard.cli import explained, missing
from callboard.cli.door import NUMBER, Door, answers, examples

if TYPE_CHECKING:
    from callboard.usecases.remediation.decide import Done
    from callboard.web.wire.decisions import DecisionDraft
    from callboard.wiring.services import Services

UNTIL = ("1d", "7d", "30d", "fix", "worse")
REASONS = ("false-positive", "not-used", "mitigated", "duplicate", "wont-fix-retiring")
JUSTIFICATIONS = (
    "component-not-present",
    "vulnerable-code-not-present",
    "vulnerable-code-not-in-execute-path",
    "vulnerable-code-cannot-be-controlled-by-adversary",
    "inline-mitigations-already-exist",
)
FINDINGS = "`callboard findings` lists them."


@explained.group(
    epilog=examples(
        "callboard decide take 4711",
        "callboard decide snooze 4711 --until worse",
        "callboard decide dismiss --query 'is:open rule:wc-id-1001 env:test' --reason mitigated --preview",
        "callboard decide undo 12",
    ),
)
def decide() -> None:
    """Say something about findings: it stands until it is taken back, or its time comes. No sync changes it.

    What to say it about are numbers of findings, ids at their source, --bundle, or --query: just one of these.
    """


def _about(command: Callable[..., None]) -> Callable[..., None]:
    """What every command that names findings takes."""
    command = click.option("--preview", is_flag=True, help="Only tell what would be done.")(click.pass_obj(command))
    command = click.option("--note", default="", help="Why, for whoever reads it later.")(command)
    command = click.option("--query", metavar="QUERY", help="All findings of this query.")(command)
    command = click.option("--bundle", metavar="KEY", help="The open findings that one action closes.")(command)
    return click.argument("ids", metavar="[ID]...", nargs=-1)(answers(command))


@decide.command(
    epilog=examples("callboard decide take 4711", "callboard decide take --bundle package:jackson-databind")
)
@_about
def take(door: Door, /, **told: Any) -> None:
    """Say that you work on it. What somebody else has taken stays theirs."""
    _say(door, "take", **told)


@decide.command(epilog=examples("callboard decide assign 4711 --to user:default/ana"))
@click.option("--to", required=True, metavar="REF", help="A group or a user of the catalog.")
@_about
def assign(door: Door, /, **told: Any) -> None:
    """Say who works on it, whoever did before."""
    _say(door, "assign", **told)


@decide.command(epilog=examples("callboard decide snooze 4711", "callboard decide snooze 4711 4712 --until fix"))
@click.option("--until", type=click.Choice(UNTIL), default="30d", show_default=True, help="When it comes back.")
@_about
def snooze(door: Door, /, **told: Any) -> None:
    """Put it off: for a while, until there is a fix, or until it is worse. It comes back by itself, within a year."""
    _say(door, "snooze", **told)


@decide.command(
    epilog=examples(
        "callboard decide dismiss 4711 --reason false-positive",
        "callboard decide dismiss 4711 --reason not-used --justification vulnerable-code-not-in-execute-path",
        "callboard decide dismiss 4711 --reason wont-fix-retiring --until 2027-06-30",
    )
)
@click.option("--reason", type=click.Choice(REASONS), required=True, help="Why nothing has to be done.")
@click.option("--justification", type=click.Choice(JUSTIFICATIONS), help="With not-used: why it is not affected.")
@click.option("--duplicate-of", type=NUMBER, metavar="ID", help="With duplicate: the other finding.")
@click.option("--until", metavar="DAY", help="With wont-fix-retiring: by when it is gone. Else: when to look again.")
@_about
def dismiss(door: Door, /, **told: Any) -> None:
    """Say why nothing has to be done. It is counted apart, and nothing is deleted."""
    _say(door, "dismiss", **told)


@decide.command(epilog=examples("callboard decide ask 4711 --until 2027-03-31 --note 'mended with the new vendor'"))
@click.option("--until", metavar="DAY", required=True, help="The last day of the risk, within a year.")
@_about
def ask(door: Door, /, **told: Any) -> None:
    """Ask that its risk be accepted; --note says why. It is open until somebody else agrees."""
    _say(door, "ask", **told)


@decide.command(epilog=examples("callboard decide accept 12"))
@click.argument("decision", type=NUMBER)
@click.argument("ids", metavar="[ID]...", nargs=-1)
@click.option("--note", default="", help="Why, for whoever reads it later.")
@answers
@click.pass_obj
def accept(door: Door, /, *, decision: int, **told: Any) -> None:
    """Agree to a request, by its number, for all its findings or some. Who asked cannot be who agrees."""
    _say(door, "accept", of=decision, **told)


@decide.command("not-useful", epilog=examples("callboard decide not-useful 4711"))
@_about
def not_useful(door: Door, /, **told: Any) -> None:
    """Say that it told you nothing worth acting on. Its rule is judged by that; it stays open."""
    _say(door, "not-useful", **told)


@decide.command(epilog=examples("callboard decide comment 4711 --note 'asked the vendor'"))
@_about
def comment(door: Door, /, **told: Any) -> None:
    """Keep --note in its history."""
    _say(door, "comment", **told)


@decide.command(epilog=examples("callboard decide undo 12", "callboard decide undo 12 4711"))
@click.argument("decision", type=NUMBER)
@click.argument("ids", metavar="[ID]...", nargs=-1)
@answers
@click.pass_obj
def undo(door: Door, /, *, decision: int, **told: Any) -> None:
    """Take a decision back, by its number, for all findings that it stands for or some. What it replaced stands again."""
    _say(door, "undo", of=decision, **told)


def _say(
    door: Door, act: str, *, as_json: bool, ids: tuple[str, ...] = (), query: str | None = None, **told: Any
) -> None:
    from callboard.cli import output
    from callboard.domain.access import AT_THE_LAPTOP
    from callboard.usecases.remediation import decide as deciding
    from callboard.web.to_wire import decisions as to_wire_decisions
    from callboard.web.wire.decisions import DecisionDraft

    with door.services() as services:
        findings = [_number(services, each) for each in ids] if ids else None
        draft = DecisionDraft(act=act, findings=findings, q=query, **told)
        about = f"decision {draft.of}" if draft.of is not None and not ids else f"finding {', '.join(ids)}"
        hint = "`callboard finding ID` shows the history of a finding, and `callboard audit list` who decided."
        with missing.named(about, hint if draft.of is not None and not ids else FINDINGS):
            done = deciding.decide(
                services.store, AT_THE_LAPTOP, to_wire_decisions.draft_of(draft), to_wire_decisions.target_of(draft),
                clock=services.clock, tried=draft.preview,
            )  # fmt: skip
    if as_json:
        output.document(to_wire_decisions.done(done))
        return
    _tell(done, draft)


def _tell(done: Done, draft: DecisionDraft) -> None:
    from callboard.cli import output
    from callboard.web import words

    output.line(
        f"{draft.act}: {words.count(len(done.findings), 'finding')}{', not done yet' if draft.preview else ''}."
    )
    for each in done.left:
        output.line(f"  left out: {each.finding}. {each.words}")
    if done.left_count > len(done.left):
        output.line(f"  and {words.number(done.left_count - len(done.left))} more")
    if done.decision is not None and draft.act != "undo":
        output.say(f"`callboard decide undo {done.decision}` takes it back.")


def _number(services: Services, text: str) -> int:
    """The finding that somebody names."""
    from callboard.domain.access import LAPTOP
    from callboard.usecases import browse

    if text.isascii() and text.isdecimal() and len(text) <= 18:
        return int(text)
    with missing.named(f"finding {text}", FINDINGS):
        return browse.finding_by_external_id(services.store, LAPTOP, text)
