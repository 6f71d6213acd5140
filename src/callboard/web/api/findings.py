"""`/api/v1/findings`: lists of findings, and one."""

from __future__ import annotations

from litestar.params import FromPath
from litestar.response import Response

from callboard.usecases import browse
from callboard.web import answers, params, to_wire
from callboard.web.view import Viewing


def list_some(view: Viewing) -> Response[bytes]:
    """One page of findings that pass every filter."""
    ask = params.findings(view.query)
    return answers.fresh(
        view,
        lambda: to_wire.findings(
            browse.findings(view.store, view.visibility, ask.query, sort=ask.sort, cursor=ask.cursor, limit=ask.limit)
        ),
        ticking=False,
    )


def show(view: Viewing, finding_id: FromPath[str]) -> Response[bytes]:
    """One finding in full."""
    params.nothing(view.query)
    number = params.finding_id(finding_id)

    def read() -> object:
        hosts, rules = view.services.link_hosts, view.services.link_rules
        page = browse.finding(view.store, view.visibility, number, now=view.now, link_hosts=hosts, link_rules=rules)
        return to_wire.finding_page(page, link=page.link)

    return answers.fresh(view, read, ticking=True)
