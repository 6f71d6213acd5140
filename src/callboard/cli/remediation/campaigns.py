"""`callboard campaigns …`: begin a campaign with the findings of a query, see how it goes, change it, end it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any

import click

from callboard.cli import explained, missing
from callboard.cli.asking import Asking, query_words
from callboard.cli.door import NUMBER, Door, answers, examples

if TYPE_CHECKING:
    from callboard.domain.instant import Instant
    from callboard.usecases.remediation.run_campaign import Standing

DAYS_SHOWN = 14
"""Lines of a burndown that are told to people; --json has all of it."""


@explained.group(
    epilog=examples(
        "callboard campaigns begin 'No critical one before the launch' is:open severity:critical --due 2027-01-31",
        "callboard campaigns list",
        "callboard campaigns show 3",
    ),
)
def campaigns() -> None:
    """Findings that are to be gone by a day, frozen when it begins. What a query finds later does not change it."""


def _says(command: Callable[..., None]) -> Callable[..., None]:
    """What a campaign says about itself."""
    command = click.option("--due", metavar="DAY", help="Its last day, such as 2027-01-31.")(command)
    command = click.option("--owner", metavar="REF", help="A group or a user of the catalog who sees to it.")(command)
    return click.option("--aim", default="", help="What it is for.")(command)


@campaigns.command("list", epilog=examples("callboard campaigns list", "callboard campaigns list --json"))
@answers
@click.pass_obj
def list_campaigns(door: Door, /, *, as_json: bool) -> None:
    """List campaigns: running ones by their day, then ended ones."""
    from callboard.cli import output
    from callboard.domain.access import AT_THE_LAPTOP
    from callboard.usecases.remediation import run_campaign
    from callboard.web.to_wire import campaigns as to_wire_campaigns

    with door.services() as services:
        found = run_campaign.everyone(services.store, AT_THE_LAPTOP)
        now = services.clock.now()
    if as_json:
        output.document(to_wire_campaigns.campaigns(found, now))
    elif found:
        rows = [_line(each, now) for each in found]
        output.show(output.table(("Number", "Campaign", "Seen to by", "Last day", "Left", "Of"), rows))
    else:
        output.say("There is no campaign. `callboard campaigns begin NAME QUERY` begins one.")


@campaigns.command(
    cls=Asking,
    epilog=examples(
        "callboard campaigns begin 'Log4j' is:open cve:CVE-2021-44228 --owner payments --due 2027-01-31",
        "callboard campaigns begin 'Open buckets' is:open rule:wc-id-1001 --aim 'before the audit'",
    ),
)
@click.argument("name")
@query_words
@_says
@answers
@click.pass_obj
def begin(door: Door, /, *, name: str, words: tuple[str, ...], as_json: bool, **said: Any) -> None:
    """Begin a campaign with the findings that a query finds now."""
    from callboard.domain.access import AT_THE_LAPTOP
    from callboard.domain.query import parse
    from callboard.usecases.remediation import run_campaign
    from callboard.web.to_wire import campaigns as to_wire_campaigns
    from callboard.web.wire.campaigns import CampaignChange

    if not words:
        raise click.UsageError("The query is missing.")
    draft = to_wire_campaigns.draft_of(CampaignChange(name=name, **said))
    with door.services() as services:
        made = run_campaign.begin(
            services.store, AT_THE_LAPTOP, draft, parse(" ".join(words)), clock=services.clock
        )  # fmt: skip
        _tell(made, services.clock.now(), as_json=as_json)


@campaigns.command(epilog=examples("callboard campaigns show 3", "callboard campaigns show 3 --json"))
@click.argument("number", type=NUMBER)
@answers
@click.pass_obj
def show(door: Door, /, *, number: int, as_json: bool) -> None:
    """Show how a campaign goes, day by day."""
    from callboard.cli import output
    from callboard.domain.access import AT_THE_LAPTOP
    from callboard.usecases.remediation import run_campaign
    from callboard.web import burndown
    from callboard.web.to_wire import campaigns as to_wire_campaigns

    with door.services() as services:
        now = services.clock.now()
        with _named(number):
            course = run_campaign.show(services.store, AT_THE_LAPTOP, number, now=now)
    if as_json:
        output.document(to_wire_campaigns.page(course, now))
        return
    _tell(course.standing, now, as_json=False)
    shown = burndown.changed(course.points)
    rows = [
        (to_wire_campaigns.day(each.day), each.tally.open, each.tally.fixed, each.tally.aside, each.tally.gone)
        for each in shown[:DAYS_SHOWN]
    ]
    output.show(output.table(("Day", "Left", "Fixed", "Set aside", "Gone"), rows))
    if len(shown) > DAYS_SHOWN:
        output.say(f"The last {DAYS_SHOWN} days on which something changed; --json has every day.")


@campaigns.command(epilog=examples("callboard campaigns change 3 --due 2027-02-28"))
@click.argument("number", type=NUMBER)
@click.option("--name", help="Its name.")
@click.option("--aim", help="What it is for.")
@click.option("--owner", metavar="REF", help="Who sees to it; an empty text: nobody.")
@click.option("--due", metavar="DAY", help="Its last day; an empty text: none.")
@answers
@click.pass_obj
def change(door: Door, /, *, number: int, as_json: bool, **said: str | None) -> None:
    """Change what a campaign says about itself; its findings stay."""
    import msgspec

    from callboard.domain.access import AT_THE_LAPTOP
    from callboard.usecases.remediation import run_campaign
    from callboard.web.to_wire import campaigns as to_wire_campaigns
    from callboard.web.wire.campaigns import CampaignChange

    with door.services() as services:
        now = services.clock.now()
        with _named(number):
            course = run_campaign.show(services.store, AT_THE_LAPTOP, number, now=now)
        former = to_wire_campaigns.campaign(course.standing, now)
        stands = CampaignChange(name=former.name, aim=former.aim, owner=former.owner, due=former.due)
        draft = msgspec.structs.replace(stands, **{key: value for key, value in said.items() if value is not None})
        done = run_campaign.change(
            services.store, AT_THE_LAPTOP, number, to_wire_campaigns.draft_of(draft), clock=services.clock
        )  # fmt: skip
        _tell(done, now, as_json=as_json)


@campaigns.command(epilog=examples("callboard campaigns end 3"))
@click.argument("number", type=NUMBER)
@answers
@click.pass_obj
def end(door: Door, /, *, number: int, as_json: bool) -> None:
    """End a campaign, whatever is left of it."""
    from callboard.domain.access import AT_THE_LAPTOP
    from callboard.usecases.remediation import run_campaign

    with door.services() as services:
        with _named(number):
            done = run_campaign.end(services.store, AT_THE_LAPTOP, number, clock=services.clock)
        _tell(done, services.clock.now(), as_json=as_json)


def _named(number: int) -> AbstractContextManager[None]:
    return missing.named(f"campaign {number}", "`callboard campaigns list` names them.")


def _line(standing: Standing, now: Instant) -> tuple[str | int | None, ...]:
    from callboard.web.to_wire import campaigns as to_wire_campaigns

    told = to_wire_campaigns.campaign(standing, now)
    day = f"{told.due}{', passed' if told.late else ''}" if told.due else None
    name = f"{told.name} (ended)" if told.ended_at else told.name
    return (told.id, name, told.owner, day, told.open, told.findings)


def _tell(standing: Standing, now: Instant, *, as_json: bool) -> None:
    from callboard.cli import output
    from callboard.web import words
    from callboard.web.to_wire import campaigns as to_wire_campaigns

    told = to_wire_campaigns.campaign(standing, now)
    if as_json:
        output.document(told)
        return
    ended = ", ended" if told.ended_at else ""
    due = f", until {told.due}{', which has passed' if told.late else ''}" if told.due else ""
    output.line(
        f"{told.id}: {told.name}{ended}{due}. {words.number(told.open)} left of {words.count(told.findings, 'finding')}."
    )
