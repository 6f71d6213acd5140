"""Which teams are given the portal when: planned before it begins, in an order that a lot decides. Pure.

Who chooses the teams that begin, chooses eager ones, and what they do then says nothing of the portal. So the order is that of
the hashes of a seed with each team's name: nobody picks it, and everybody can make it again from the seed. What was planned is one
entry of the audit log, whose chain no link can be changed in unseen.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from datetime import date

import msgspec

from callboard.domain.component import EntityRef
from callboard.domain.instant import DAY, Instant, from_text, to_datetime
from callboard.errors import InvalidQueryError

ACTION = "rollout.plan"
"""What the audit log calls it."""
MOST_TEAMS = 2_000
MOST_WAVES = 52


class Wave(msgspec.Struct, frozen=True):
    """Teams that are given the portal on one day."""

    starts_at: Instant | None
    """The first moment of the day. None: not yet, nobody has said when."""
    teams: tuple[EntityRef, ...]

    @property
    def day(self) -> str | None:
        """As 2026-01-31."""
        return None if self.starts_at is None else f"{to_datetime(self.starts_at):%Y-%m-%d}"


class Rollout(msgspec.Struct, frozen=True, kw_only=True):
    """A plan: the waves in order, those that have no day last."""

    waves: tuple[Wave, ...]
    seed: str
    """What the lot was drawn from. Empty: somebody chose who begins."""
    planned_at: Instant
    planned_by: str
    entry: int = 0
    """Its number in the audit log."""

    @property
    def is_by_lot(self) -> bool:
        """A lot decided the order."""
        return bool(self.seed)

    @property
    def first(self) -> Instant:
        """When the first wave begins."""
        return min(wave.starts_at for wave in self.waves if wave.starts_at is not None)

    @property
    def teams(self) -> tuple[EntityRef, ...]:
        """All of them, wave by wave."""
        return tuple(team for wave in self.waves for team in wave.teams)

    @property
    def starts(self) -> Mapping[EntityRef, Instant | None]:
        """When each team is given the portal."""
        return {team: wave.starts_at for wave in self.waves for team in wave.teams}

    @property
    def is_in_time(self) -> bool:
        """It was planned before it began."""
        return self.planned_at < self.first

    @property
    def is_as_drawn(self) -> bool:
        """The order is the one that the seed gives."""
        return not self.seed or drawn(self.teams, self.seed) == self.teams


def drawn(teams: Collection[EntityRef], seed: str) -> tuple[EntityRef, ...]:
    """The teams in the order that a seed gives: by SHA-256 of the seed, a line break and the reference."""
    return tuple(sorted(set(teams), key=lambda team: (hashlib.sha256(f"{seed}\n{team}".encode()).digest(), team)))


def by_lot(
    teams: Collection[EntityRef], *, seed: str, waves: int, first: Instant, every: int, now: Instant, by: str
) -> Rollout:
    """A plan in which a lot decides who begins.

    Args:
        teams: all that are to be given the portal.
        seed: what the lot is drawn from.
        waves: how many days on which some are given it, as even as can be, the larger ones first.
        first: the first moment of the first day.
        every: days from one wave to the next.
        now: when it is planned.
        by: who plans it.

    Raises:
        InvalidQueryError: fewer teams than waves, or more than can be kept; or it has begun, so that a lot proves nothing.
    """
    order = drawn(teams, seed)
    if not 2 <= waves <= MOST_WAVES or not waves <= len(order) <= MOST_TEAMS:
        raise InvalidQueryError(
            f"{len(order):,} teams cannot be given the portal in {waves:,} waves.", field="waves",
            hint=f"From 2 to {MOST_WAVES} waves, at least one team in each, and at most {MOST_TEAMS:,} teams.",
        )  # fmt: skip
    if first <= now:
        raise InvalidQueryError(
            "A lot that is drawn after the first day proves nothing.", field="from", hint="Tomorrow is the soonest."
        )
    size, larger = divmod(len(order), waves)
    found: list[Wave] = []
    at = 0
    for number in range(waves):
        until = at + size + (number < larger)
        found.append(Wave(Instant(first + number * every * DAY), order[at:until]))
        at = until
    return Rollout(waves=tuple(found), seed=seed, planned_at=now, planned_by=by)


def chosen(
    pilots: Collection[EntityRef], teams: Collection[EntityRef], *, first: Instant, now: Instant, by: str
) -> Rollout:
    """A plan in which somebody chose who begins; the other teams are not given it yet. Raises InvalidQueryError."""
    others = set(teams) - set(pilots)
    if not pilots or not others or len(pilots) + len(others) > MOST_TEAMS:
        raise InvalidQueryError("There have to be teams that begin, and others that wait.", field="pilot")
    waves = (Wave(first, tuple(sorted(set(pilots)))), Wave(None, tuple(sorted(others))))
    return Rollout(waves=waves, seed="", planned_at=now, planned_by=by)


def detail_of(rollout: Rollout) -> Mapping[str, str]:
    """What the audit log keeps of it."""
    waves = [[wave.day, *wave.teams] for wave in rollout.waves]
    return {"seed": rollout.seed, "waves": msgspec.json.encode(waves).decode()}


def from_detail(detail: Mapping[str, str], *, at: Instant, by: str, entry: int) -> Rollout | None:
    """The plan that an entry tells of. None: it tells of none that can be read."""
    try:
        waves = msgspec.json.decode(detail["waves"], type=list[list[str | None]])
        return Rollout(
            waves=tuple(Wave(_moment(each[0]), tuple(EntityRef(team) for team in each[1:] if team)) for each in waves),
            seed=detail["seed"], planned_at=at, planned_by=by, entry=entry,
        )  # fmt: skip
    except (KeyError, IndexError, ValueError):
        return None


def _moment(day: str | None) -> Instant | None:
    return None if day is None else from_text(f"{date.fromisoformat(day).isoformat()}T00:00:00Z")
