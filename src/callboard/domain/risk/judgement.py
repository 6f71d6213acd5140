"""A portal as it was judged where it is built: what its register is made of. Pure."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from callboard.domain.component import EntityRef
from callboard.domain.instant import Instant
from callboard.domain.posture import Judged
from callboard.domain.risk.lines import of_checks, of_weaknesses, opened
from callboard.domain.risk.register import Estate, Register, ranked
from callboard.domain.risk.weakness import Users, Weakness


class Judgement(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What was found in a portal's files, before anybody asked who stands behind it."""

    portal: str
    """What it is called."""
    files: tuple[str, ...] = ()
    """The settings that were judged."""
    production: bool
    checks: tuple[Judged, ...] = ()
    weaknesses: tuple[Weakness, ...] = ()


def register(
    judged: Judgement,
    *,
    at: Instant,
    estate: Estate | None = None,
    users: Mapping[str, Users] | None = None,
    component: EntityRef | None = None,
) -> Register:
    """The register of a portal. Raises InvalidPurlError for a package that can have no package URL.

    Args:
        judged: what was found in its files.
        at: when it was judged.
        estate: what the catalog says stands behind it; None: no catalog was read.
        users: who else has a package, by package URL; None: no bills of materials were looked through.
        component: the portal's own component, where that is known.
    """
    behind = estate or Estate()
    door = opened(judged.checks)
    weaknesses = tuple(
        msgspec.structs.replace(each, users=None if users is None else users.get(each.package.purl))
        for each in judged.weaknesses
    )
    return Register(
        portal=judged.portal,
        at=at,
        files=judged.files,
        production=judged.production,
        estate=behind,
        risks=ranked((*of_checks(judged.checks, behind), *of_weaknesses(weaknesses, behind, door))),
        weaknesses=weaknesses,
        not_evaluated=tuple(
            f"{each.advice.title}: {each.not_evaluated}" for each in judged.checks if each.not_evaluated is not None
        ),
        component=component,
    )
