"""`/api/v1/board` and what stands beside it: the whole in numbers, sources, what to do now."""

from __future__ import annotations

import msgspec
from litestar.response import Response

from callboard.usecases import browse, first_pages, jobs, source_health
from callboard.web import answers, engaged
from callboard.web.params import board as params
from callboard.web.to_wire import board as to_wire
from callboard.web.to_wire import work as to_wire_work
from callboard.web.view import Viewing


def show(view: Viewing) -> Response[bytes]:
    """The whole board in numbers, of what the caller may see."""
    params.nothing(view.query)
    return answers.fresh(
        view, lambda: to_wire.whole(first_pages.board(view.store, view.viewer, now=view.now)), holds=answers.TICK
    )


def sources(view: Viewing) -> Response[bytes]:
    """How fresh and how whole each source is, and what is known about its links."""
    params.nothing(view.query)

    def read() -> object:
        return to_wire.sources(
            source_health.of_sources(view.store, view.visibility, now=view.now),
            browse.link_checks(view.store, view.visibility),
            browse.broken_links(view.store, view.visibility, now=view.now),
        )

    return answers.fresh(view, read, holds=answers.TICK)


def workers(view: Viewing) -> Response[bytes]:
    """Which processes do what is due, and what they read right now."""
    params.nothing(view.query)
    return answers.json(to_wire.workers(jobs.at_work(view.store, now=view.now)))


def do_now(view: Viewing) -> Response[bytes]:
    """What to do now, of everything in sight or of what `q` asks for by owner, component, system or domain."""
    text = params.text(view.query)

    def read() -> object:
        page = first_pages.do_now(view.store, view.viewer, text, now=view.now)
        return to_wire_work.do_now(msgspec.structs.replace(page, bundles=view.linked(page.bundles)), view.now)

    answer = answers.fresh(view, read, holds=answers.TICK)
    answer.background = engaged.visited(view)
    return answer
