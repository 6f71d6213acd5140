"""Keep the risk register of a portal, and show the newest one to who may see what can be abused."""

from __future__ import annotations

import msgspec

from callboard.domain.access import Viewer
from callboard.domain.risk.register import Estate, Register
from callboard.domain.risk.scale import FORMULA
from callboard.store import Store, audit, registers
from callboard.store.registers import Kept


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """What was kept."""

    register: Register | None
    """The newest of the portal that was asked for. None: none was kept, or none by this formula."""
    portals: tuple[Kept, ...]
    """Every portal with a register."""


def estate(store: Store, viewer: Viewer) -> Estate:
    """What stands behind a portal, by the catalog as it was last read. Raises NotAllowedError."""
    viewer.require_portal()
    with store.read() as conn:
        return registers.estate(conn)


def keep(store: Store, viewer: Viewer, register: Register) -> None:
    """Keep it; that it was kept is in the log. Raises NotAllowedError."""
    viewer.require_portal()
    with store.write() as conn:
        registers.save(conn, register)
        audit.note(
            conn,
            at=register.at,
            actor=viewer.named,
            action="portal.register",
            subject=f"portal:{register.portal}",
            detail={"risks": str(len(register.risks))},
        )


def newest(store: Store, viewer: Viewer, portal: str | None = None) -> Shown:
    """The newest register of a portal, or of whichever was judged last. Raises NotAllowedError."""
    viewer.require_portal()
    with store.read() as conn:
        return Shown(register=registers.newest(conn, portal, formula=FORMULA), portals=tuple(registers.portals(conn)))
