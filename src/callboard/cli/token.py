"""`callboard token …`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from callboard.cli import explained
from callboard.cli.door import Door, answers, examples

if TYPE_CHECKING:
    from callboard.domain.access import Grant
    from callboard.domain.instant import Instant
    from callboard.store.people.tokens import ApiToken

DAYS = 90
RIGHTS = ("decide", "accept", "map", "administer", "audit", "deliver")
DEPTHS = ("counts", "work", "sensitive")


@explained.group(
    epilog=examples(
        "callboard token create dashboard --sees everything --depth counts",
        "callboard token list",
        "callboard token revoke dashboard",
    ),
)
def token() -> None:
    """Tokens with which programs ask. Each sees and may do what it was made for, and ends by itself."""


@token.command(
    epilog=examples(
        "callboard token create prometheus --sees everything --depth counts",
        "callboard token create payments-bot --sees group:default/payments --right decide --days 30",
        "callboard token create checkout-ci --sees component:default/checkout-api --right deliver",
    )
)
@click.argument("name")
@click.option(
    "--sees",
    metavar="WHAT",
    multiple=True,
    required=True,
    help="everything, a group or user whose findings it sees (several times for several), or one component.",
)
@click.option(
    "--depth",
    type=click.Choice(DEPTHS),
    default="work",
    show_default=True,
    help="How deep it sees; sensitive adds evidence and notes.",
)
@click.option("--right", "rights", type=click.Choice(RIGHTS), multiple=True, help="What it may do.  [default: read]")
@click.option("--days", type=click.IntRange(1, 730), default=DAYS, show_default=True, help="How long it lasts.")
@answers
@click.pass_obj
def create(
    door: Door, /, *, name: str, sees: tuple[str, ...], depth: str, rights: tuple[str, ...], days: int, as_json: bool
) -> None:
    """Make a token. It is shown this once; only its hash is kept."""
    from callboard.cli import output
    from callboard.domain.access import AT_THE_LAPTOP
    from callboard.usecases.people import tokens

    grant = _grant(sees, depth, rights)
    with door.services() as services:
        made = tokens.create(services.store, AT_THE_LAPTOP, name, grant, days=days, clock=services.clock)
        now = services.clock.now()
    if as_json:
        output.document({"token": made.secret, **_told(made.token, now)})
        return
    output.say(f"{name} sees {grant.words} and lasts {days} days. Keep it now; it is not shown again:")
    output.line(made.secret)


@token.command("list", epilog=examples("callboard token list", "callboard token list --json"))
@answers
@click.pass_obj
def list_tokens(door: Door, /, *, as_json: bool) -> None:
    """List every token there is or was."""
    from callboard.cli import output
    from callboard.domain.access import AT_THE_LAPTOP
    from callboard.usecases.people import tokens
    from callboard.web import words

    with door.services() as services:
        found = tokens.everyone(services.store, AT_THE_LAPTOP)
        now = services.clock.now()
    if as_json:
        output.document({"tokens": [_told(each, now) for each in found]})
    elif found:
        rows = [
            (
                each.name,
                f"{each.start}…",
                each.grant.words,
                each.grant.deepest.name.lower(),
                ", ".join(each.grant.rights) or "read",
                _state(each, now),
                "never" if each.used_at is None else words.ago(each.used_at, now),
            )
            for each in found
        ]
        output.show(output.table(("Name", "Begins", "Sees", "Depth", "May", "State", "Used"), rows))
    else:
        output.say("There is no token. `callboard token create` makes one.")


@token.command(epilog=examples("callboard token revoke dashboard"))
@click.argument("name")
@answers
@click.pass_obj
def revoke(door: Door, /, *, name: str, as_json: bool) -> None:
    """End a token at once."""
    from callboard.cli import output
    from callboard.domain.access import AT_THE_LAPTOP
    from callboard.usecases.people import tokens

    with door.services() as services:
        ended = tokens.revoke(services.store, AT_THE_LAPTOP, name, clock=services.clock)
        now = services.clock.now()
    if as_json:
        output.document(_told(ended, now))
    else:
        output.line(f"{name} opens nothing any more.")


def _grant(sees: tuple[str, ...], depth: str, rights: tuple[str, ...]) -> Grant:
    from callboard.domain.access import Depth, Right
    from callboard.domain.component import entity_ref
    from callboard.usecases.people import tokens

    refs = None
    if sees != ("everything",):
        try:
            refs = tuple(entity_ref(text, kind="group") for text in sees)
        except ValueError as error:
            raise click.UsageError(f"{error}.") from None
    return tokens.sees(refs, deepest=Depth[depth.upper()], rights=tuple(Right(word) for word in rights))


def _state(each: ApiToken, now: Instant) -> str:
    from callboard.web import words

    if each.revoked_at is not None:
        return f"revoked {words.ago(each.revoked_at, now)}"
    return f"ended {words.ago(each.ends_at, now)}" if each.ends_at <= now else f"ends {words.ago(each.ends_at, now)}"


def _told(each: ApiToken, now: Instant) -> dict[str, object]:
    from callboard.domain.instant import to_text

    return {
        "name": each.name,
        "begins": each.start,
        "sees": each.grant.words,
        "depth": each.grant.deepest.name.lower(),
        "rights": list(each.grant.rights),
        "good": each.is_good(now),
        "made_at": to_text(each.made_at),
        "made_by": each.made_by,
        "ends_at": to_text(each.ends_at),
        "revoked_at": None if each.revoked_at is None else to_text(each.revoked_at),
        "used_at": None if each.used_at is None else to_text(each.used_at),
    }
