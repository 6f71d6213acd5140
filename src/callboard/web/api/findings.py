"""`/api/v1/findings` and `/api/v1/bundles`: lists of findings, what they could be narrowed to, and one of them."""

from __future__ import annotations

import msgspec
from litestar.params import FromPath
from litestar.response import Response

from callboard.domain.query import FOR_ANYBODY
from callboard.domain.remediation.engagement import Engagement
from callboard.domain.remediation.sayable import about_many
from callboard.usecases import ask, browse
from callboard.usecases.remediation import decide
from callboard.usecases.remediation.may_say import may_say
from callboard.usecases.remediation.note_engagement import note_engagement
from callboard.usecases.report_broken_link import report_broken_link
from callboard.web import answers, engaged
from callboard.web.metrics import Metrics
from callboard.web.params import board as params
from callboard.web.request import WebRequest
from callboard.web.to_wire import board as to_wire
from callboard.web.to_wire import work as to_wire_work
from callboard.web.view import Viewing
from callboard.web.wire import work as wire_work


def list_some(view: Viewing) -> Response[bytes]:
    """One page of the findings that the query asks for; what it says about grouping is for `bundles`."""
    asked = params.asked(view.query, FOR_ANYBODY)

    def read() -> object:
        # Before the rows are: what is said in between is then told as said meanwhile, and not talked over.
        seen = decide.newest(view.store)
        page = ask.list_findings(
            view.store, view.viewer, asked.query, now=view.now, cursor=asked.cursor, limit=asked.limit
        )
        return to_wire.findings(page, asked.query, may=about_many(view.viewer.rights), seen=seen)

    return answers.fresh(view, read, holds=answers.holds(asked.query))


def bundles(view: Viewing) -> Response[bytes]:
    """One page of findings put together, by fix if the query does not say otherwise."""
    asked = params.asked(view.query, FOR_ANYBODY)

    def read() -> object:
        page = ask.list_bundles(
            view.store, view.viewer, asked.query, now=view.now, cursor=asked.cursor, limit=asked.limit
        )
        return to_wire_work.bundles(msgspec.structs.replace(page, rows=view.linked(page.rows)), asked.query)

    return answers.fresh(view, read, holds=answers.holds(asked.query))


def facets(view: Viewing) -> Response[bytes]:
    """What the list of a query could be narrowed to, with how many findings each value would leave."""
    query = params.query(view.query, FOR_ANYBODY)

    def read() -> object:
        return to_wire_work.facets(ask.list_facets(view.store, view.viewer, query, now=view.now), query)

    return answers.fresh(view, read, holds=answers.holds(query))


def show(view: Viewing, finding_id: FromPath[str]) -> Response[bytes]:
    """One finding in full."""
    params.nothing(view.query)
    number = params.finding_id(finding_id)

    def read() -> object:
        hosts, rules = view.services.link_hosts, view.services.link_rules
        page = browse.finding(view.store, view.visibility, number, now=view.now, link_hosts=hosts, link_rules=rules)
        return to_wire.finding_page(page, link=page.link, may=may_say(view.store, view.viewer, page))

    answer = answers.fresh(view, read, holds=answers.TICK)
    answer.background = engaged.opened(view, number)
    return answer


def broken_link(view: Viewing, finding_id: FromPath[str]) -> Response[bytes]:
    """Somebody says that the finding's link is broken."""
    params.nothing(view.query)
    number = params.finding_id(finding_id)
    counted = report_broken_link(view.store, view.viewer, number, now=view.now)
    return answers.json(wire_work.Reported(counted=counted))


def followed(request: WebRequest, view: Viewing, finding_id: FromPath[str]) -> Response[bytes]:
    """Somebody follows the finding's link to its source. Who it is, is not kept."""
    params.nothing(view.query)
    number = params.finding_id(finding_id)
    kind = note_engagement(view.store, view.visibility, number, Engagement.FOLLOWED, view.door, now=view.now)
    if kind is not None:
        numbers: Metrics = request.app.state.metrics
        numbers.engaged(Engagement.FOLLOWED, kind, view.door)
    return answers.json(wire_work.Followed(counted=kind is not None))
