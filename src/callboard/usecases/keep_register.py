"""Keep the risk register of a portal, and show the newest one to who may see what can be abused."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from callboard.domain.access import Viewer
from callboard.domain.component import EntityRef
from callboard.domain.risk.register import Estate, Register
from callboard.domain.risk.scale import FORMULA
from callboard.domain.risk.weakness import Users
from callboard.store import Store, audit, registers
from callboard.store.registers import Kept


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """What was kept."""

    register: Register | None
    """The newest of the portal that was asked for. None: none was kept, or none by this formula."""
    portals: tuple[Kept, ...]
    """Every portal with a register."""


class Behind(msgspec.Struct, frozen=True, kw_only=True):
    """What the board knows of what stands behind a portal, and beside it."""

    estate: Estate
    users: Mapping[str, Users] | None
    """Who else has a package, by package URL. None: no bill of materials was ever kept."""


def behind(store: Store, viewer: Viewer, purls: Sequence[str], *, own: EntityRef | None = None) -> Behind:
    """The catalog as it was last read, and who else has these packages by the bills of components.

    `own` is the portal's own component. Raises NotAllowedError.
    """
    viewer.require_portal()
    with store.read() as conn:
        return Behind(estate=registers.estate(conn), users=registers.users(conn, viewer.visibility, list(purls), own))


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
