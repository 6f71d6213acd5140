"""The portal's own risks, the gravest first: for security, and for who looks after Callboard."""

from __future__ import annotations

from dataclasses import dataclass

from litestar.response import Response

from callboard.domain.risk.register import Register
from callboard.store.packages.registers import Kept
from callboard.usecases.packages import keep_register
from callboard.web import render
from callboard.web.params import board as params
from callboard.web.view import Viewing


@dataclass(frozen=True, kw_only=True, slots=True)
class Context:
    """What the template is given."""

    register: Register | None
    portals: tuple[Kept, ...]
    old: bool


def show(view: Viewing) -> Response[str]:
    """The newest register of the portal in the address, or of whichever was judged last."""
    asked = params.one(view.query, "name")
    found = keep_register.newest(view.store, view.viewer, asked)
    register = found.register
    context = Context(
        register=register,
        portals=found.portals,
        old=register is not None and register.is_old(view.now),
    )
    return render.answer("portal.html", title="Portal", here="portal", now=view.now, c=context)
