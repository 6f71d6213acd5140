"""What sections about channels and about trackers alike are told: groups, and addresses."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlsplit

from callboard.domain.component import EntityRef, entity_ref


def groups_of(teams: Iterable[str]) -> tuple[EntityRef, ...]:
    """The groups that are named. Raises ValueError, with what is wrong in words."""
    found: list[EntityRef] = []
    for team in teams:
        try:
            found.append(entity_ref(team, kind="group"))
        except ValueError:
            raise ValueError(f"teams should hold groups like group:default/payments, which {team!r} is not") from None
    return tuple(found)


def hosts_of(url: str) -> tuple[str, ...]:
    """The host of an address; none where it has none."""
    host = urlsplit(url).hostname
    return (host,) if host else ()
