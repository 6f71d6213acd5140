"""`/api/v1/rollups`: teams, people, systems and domains with what they own."""

from __future__ import annotations

import msgspec
from litestar.params import FromPath
from litestar.response import Response

from callboard.usecases import ask
from callboard.web import answers, params, to_wire_work
from callboard.web.view import Viewing


def show(view: Viewing, kind: FromPath[str], namespace: FromPath[str], name: FromPath[str]) -> Response[bytes]:
    """One of them: group, user, system or domain."""
    params.nothing(view.query)
    ref = params.component_ref(kind, namespace, name)

    def read() -> object:
        page = ask.rollup(view.store, view.viewer, ref, now=view.now)
        return to_wire_work.rollup(msgspec.structs.replace(page, bundles=view.linked(page.bundles)), view.now)

    return answers.fresh(view, read, holds=answers.TICK)
