"""`callboard views …`."""

from __future__ import annotations

import click

from callboard.cli import explained
from callboard.cli.asking import Asking, query_words
from callboard.cli.door import Door, answers, examples


@explained.group(
    epilog=examples(
        "callboard views list", "callboard views save Late is:open is:overdue", "callboard views remove Late"
    ),
)
def views() -> None:
    """Queries with names. The board shows them as well."""


@views.command("list", epilog=examples("callboard views list", "callboard views list --json"))
@answers
@click.pass_obj
def list_views(door: Door, /, *, as_json: bool) -> None:
    """List the saved views."""
    from callboard.cli import output
    from callboard.domain.access import AT_THE_LAPTOP
    from callboard.usecases import saved_views
    from callboard.web.to_wire import work as to_wire_work

    with door.services() as services:
        found = saved_views.views(services.store, AT_THE_LAPTOP)
    if as_json:
        output.document(to_wire_work.saved_views(found))
    elif found:
        rows = [(each.name, each.query, each.team) for each in found]
        output.show(output.table(("Name", "Query", "Team"), rows))
    else:
        output.say("There are no saved views. `callboard views save NAME QUERY` keeps one.")


@views.command(
    cls=Asking,
    epilog=examples(
        "callboard views save Late is:open is:overdue",
        "callboard views save 'Payments, urgent' owner:payments 'band:<=2'",
    ),
)
@click.argument("name")
@query_words
@click.option("--team", metavar="REF", help="A group that is to see it as well.")
@answers
@click.pass_obj
def save(door: Door, /, *, name: str, words: tuple[str, ...], team: str | None, as_json: bool) -> None:
    """Keep a query under a name; one of the same name is replaced."""
    from callboard.cli import output
    from callboard.domain.access import AT_THE_LAPTOP
    from callboard.domain.component import entity_ref
    from callboard.usecases import saved_views
    from callboard.web.to_wire import work as to_wire_work

    if not words:
        raise click.UsageError("The query is missing.")
    try:
        ref = None if team is None else entity_ref(team, kind="group")
    except ValueError as error:
        raise click.UsageError(f"{error}.") from None
    with door.services() as services:
        kept = saved_views.save_view(
            services.store, AT_THE_LAPTOP, name, " ".join(words), now=services.clock.now(), team=ref
        )
    if as_json:
        output.document(to_wire_work.saved_view(kept))
    else:
        output.line(f"{kept.name}: {kept.query}")


@views.command(epilog=examples("callboard views remove Late", "callboard views remove 3"))
@click.argument("name")
@answers
@click.pass_obj
def remove(door: Door, /, *, name: str, as_json: bool) -> None:
    """Remove a saved view, by its name or its number."""
    from callboard.cli import output
    from callboard.domain.access import AT_THE_LAPTOP
    from callboard.errors import NotFoundError
    from callboard.usecases import saved_views

    wanted = " ".join(name.split())
    with door.services() as services:
        mine = [view for view in saved_views.views(services.store, AT_THE_LAPTOP) if view.mine]
        found = [view for view in mine if view.name == wanted] or [view for view in mine if str(view.id) == wanted]
        if not found:
            raise NotFoundError(f"There is no saved view {name!r}.", hint="`callboard views list` names them.")
        saved_views.remove_view(services.store, AT_THE_LAPTOP, found[0].id, now=services.clock.now())
    if as_json:
        output.document({"removed": found[0].id})
    else:
        output.line(f"{found[0].name} is removed.")
