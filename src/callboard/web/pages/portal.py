"""The portal's own risks, the gravest first: for security, and for who looks after Callboard."""

from __future__ import annotations

from dataclasses import dataclass

from litestar.response import Response

from callboard.domain.instant import DAY
from callboard.domain.risk.register import Register
from callboard.domain.risk.scale import Band
from callboard.store.registers import Kept
from callboard.usecases import keep_register
from callboard.web import params, render
from callboard.web.view import Viewing

OLD_DAYS = 7
"""A register of longer ago may not tell what is now."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Context:
    """What the template is given."""

    register: Register | None
    portals: tuple[Kept, ...]
    bands: tuple[tuple[Band, int], ...]
    """How many lines each band has, the gravest first."""
    old: bool


def show(view: Viewing) -> Response[str]:
    """The newest register of the portal in the address, or of whichever was judged last."""
    asked = params.one(view.query, "name")
    found = keep_register.newest(view.store, view.viewer, asked)
    register = found.register
    counted = [risk.band for risk in register.risks] if register is not None else []
    context = Context(
        register=register,
        portals=found.portals,
        bands=tuple((band, counted.count(band)) for band in reversed(Band)),
        old=register is not None and view.now - register.at > OLD_DAYS * DAY,
    )
    return render.answer("portal.html", title="Portal", here="portal", now=view.now, c=context)
