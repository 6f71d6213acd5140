"""Keep the risk register of a portal, and show the newest one to who may see what can be abused."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import msgspec

from callboard.domain.access import Everything, Right, Viewer
from callboard.domain.component import EntityRef
from callboard.domain.risk.judgement import Judgement, register
from callboard.domain.risk.register import Estate, Register
from callboard.domain.risk.scale import FORMULA
from callboard.domain.risk.weakness import Users
from callboard.errors import ConflictError, NotFoundError
from callboard.ports import Clock
from callboard.store import Store
from callboard.store.packages import manifests, registers
from callboard.store.packages.registers import Kept
from callboard.store.people import audit
from callboard.store.visible import owns


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


def keep(store: Store, viewer: Viewer, made: Register) -> None:
    """Keep it; that it was kept is in the log. Raises NotAllowedError."""
    viewer.require_portal()
    with store.write() as conn:
        registers.save(conn, made)
        audit.note(
            conn,
            at=made.at,
            actor=viewer.named,
            action="portal.register",
            subject=f"portal:{made.portal}",
            detail={"risks": str(len(made.risks))},
        )


def deliver(store: Store, viewer: Viewer, ref: EntityRef, read: Callable[[], Judgement], *, clock: Clock) -> Register:
    """Take in what a pipeline found in a portal, for the portal's own component, and keep the register made of it.

    What stands behind the portal is counted here, by all that is known, for a register that only who sees all is shown.
    `read` reads what was handed in, once it is known that it may be. Raises NotAllowedError, NotFoundError for a component
    that is not the viewer's own, ConflictError for the name of another component's portal, and what `read` raises.
    """
    viewer.require(Right.DELIVER)
    with store.read() as conn:
        entity_id = manifests.entity_ids(conn, (ref,)).get(ref)
        if not owns(conn, viewer.acting, entity_id) or entity_id is None:
            raise NotFoundError(f"There is no {ref} here, or it is not yours.")
    judged = read()
    now = clock.now()
    with store.write() as conn:
        if registers.is_kept(conn, judged.portal) and registers.component_of(conn, judged.portal) != ref:
            raise ConflictError(
                f"The register of {judged.portal} is kept for another component, or for none.",
                hint="Call the portal otherwise with --name, or keep its register once with --board and --component.",
            )
        purls = sorted({each.package.purl for each in judged.weaknesses})
        made = register(
            judged, at=now, estate=registers.estate(conn), users=registers.users(conn, _ALL, purls, ref), component=ref
        )
        registers.save(conn, made)
        audit.note(
            conn, at=now, actor=viewer.named, action="portal.deliver", subject=ref,
            detail={"portal": judged.portal, "risks": str(len(made.risks))},
        )  # fmt: skip
    return made


_ALL = Everything("register")


def newest(store: Store, viewer: Viewer, portal: str | None = None) -> Shown:
    """The newest register of a portal, or of whichever was judged last. Raises NotAllowedError."""
    viewer.require_portal()
    with store.read() as conn:
        return Shown(register=registers.newest(conn, portal, formula=FORMULA), portals=tuple(registers.portals(conn)))
