"""The portal against tickets, compared so that the answer can be believed; where it cannot, nothing is told. Pure.

Who asks only what was seen and what was not, compares the slow with the quick: what stays open long has more time to be seen. So
there are two designs. **Landmark**: of what is still open on a day after the opening, those on which somebody had acted here by then
against those with a ticket by then, from that day on. **Changing**: at each age those that had been acted on so far, against those
that had a ticket so far; nothing counts for a channel before it was used. Both within severity, source and whether somebody
owns it, never across; and teams, not findings, are taken for independent, since one upgrade fixes many.
"""

from __future__ import annotations

import enum
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from callboard.domain.remediation.question import Period
from callboard.domain.survival import Ages, LogRank, Table, hazard, log_rank, smallest_ratio_seen, table_of

LANDMARK = 7
"""Days after the opening."""
FEWEST = 20
"""Fixes in each arm under which nothing is compared."""
DOUBLING = 66
"""Fixes in both arms together under which only a doubling of speed can be seen (Schoenfeld)."""
FEWEST_TEAMS = 6
"""Teams under which their number says too little about how far apart they are: then findings are taken for independent, and it
is said."""


@enum.unique
class Design(enum.StrEnum):
    """How the two are compared."""

    LANDMARK = "landmark"
    CHANGING = "time-dependent"


@enum.unique
class Channel(enum.StrEnum):
    """What had happened to a finding by a day."""

    PORTAL = "portal"
    """Somebody took it, said something about it or followed its link here, and it had no ticket."""
    TICKET = "ticket"
    """It had a ticket before anybody acted on it here."""
    BOTH = "both"
    """Somebody had acted on it here, and then it got a ticket."""
    NEITHER = "neither"


class Stratum(msgspec.Struct, frozen=True, order=True, gc=False):
    """What must not be mixed."""

    severity: int
    source_id: int
    is_owned: bool


class Seen(msgspec.Struct, frozen=True, gc=False):
    """Findings of one stratum and team to which the same happened at the same ages, in whole days since the opening."""

    stratum: Stratum
    team: str
    entered: int
    """Age at which it was first stored here: before, nothing is known of what people did."""
    acted: int | None
    ticketed: int | None
    left: int
    is_fixed: bool
    n: int = 1
    ticket_first: bool = False
    """Of two on one day, the ticket was the first."""

    def by(self, age: int) -> Channel:
        """What had happened by an age."""
        acted = self.acted is not None and self.acted <= age
        ticketed = self.ticketed is not None and self.ticketed <= age
        if ticketed and acted:
            return Channel.TICKET if self._is_ticket_first else Channel.BOTH
        return Channel.TICKET if ticketed else Channel.PORTAL if acted else Channel.NEITHER

    @property
    def _is_ticket_first(self) -> bool:
        assert self.acted is not None  # noqa: S101 - both are known here
        assert self.ticketed is not None  # noqa: S101
        return self.ticketed < self.acted or (self.ticketed == self.acted and self.ticket_first)


class Arm(msgspec.Struct, frozen=True):
    """One side of a comparison."""

    n: int
    fixed: int


class Mix(msgspec.Struct, frozen=True, kw_only=True):
    """One stratum of a comparison, so that everybody sees what is compared with what."""

    stratum: Stratum
    portal: Arm
    ticket: Arm


class Compared(msgspec.Struct, frozen=True, kw_only=True):
    """One comparison, or why there is none."""

    design: Design
    groups: Mapping[Channel, Arm]
    """By what had happened; of the changing design, findings that were ever in it."""
    mix: tuple[Mix, ...]
    refusal: str | None
    """Why nothing is compared, in a sentence. None: it is."""
    ratio: float | None = None
    """How many times as fast findings of the portal are fixed. Above 1: faster."""
    low: float | None = None
    high: float | None = None
    p: float | None = None
    """By Wald, with the same error as the interval."""
    log_rank: LogRank | None = None
    teams: int = 0
    by_team: bool = False
    """The error takes teams for independent, and not findings: from six teams on, where that is the wider of the two."""

    @property
    def fixes(self) -> int:
        """In both arms together."""
        return sum(self.groups[each].fixed for each in (Channel.PORTAL, Channel.TICKET))

    @property
    def smallest(self) -> float:
        """The smallest ratio above 1 that so many fixes show four times in five."""
        portal, ticket = self.groups[Channel.PORTAL].n, self.groups[Channel.TICKET].n
        return smallest_ratio_seen(self.fixes, share=portal / (portal + ticket)) if portal and ticket else float("inf")


class Channels(msgspec.Struct, frozen=True, kw_only=True):
    """The report: both designs, and what could not be compared."""

    period: Period
    query: str
    landmark: int
    compared: tuple[Compared, ...]
    untimed: int
    """With a ticket of which nobody tells when it was made: left out."""
    came_back: int
    """Opened more than once: left out, since a ticket may be of another time."""
    late: int
    """First stored here later than the landmark: left out of it, since nobody knows what had happened by then."""


Pair = tuple[Ages, Ages]
"""Tickets, and the portal."""


def compare(period: Period, query: str, seen: Iterable[Seen], *, untimed: int, came_back: int) -> Channels:
    """Both designs."""
    every = tuple(seen)
    return Channels(
        period=period, query=query, landmark=LANDMARK, compared=(_landmark(every), _changing(every)), untimed=untimed,
        came_back=came_back, late=sum(each.n for each in every if each.entered > LANDMARK),
    )  # fmt: skip


class _Cells:
    """Who was watched in each arm, by stratum and team."""

    def __init__(self) -> None:
        self.cells: defaultdict[Stratum, dict[str, Pair]] = defaultdict(dict)
        self.groups: dict[Channel, list[int]] = {channel: [0, 0] for channel in Channel}

    def count(self, channel: Channel, each: Seen) -> None:
        """Once for each finding."""
        self.groups[channel][0] += each.n
        self.groups[channel][1] += each.n * each.is_fixed

    def watch(self, channel: Channel, each: Seen, entered: int, left: int, *, fixed: bool) -> None:
        """From one age to another."""
        teams = self.cells[each.stratum]
        pair = teams.get(each.team)
        if pair is None:
            pair = teams[each.team] = (Ages(), Ages())
        pair[channel is Channel.PORTAL].add(entered, left, each.n, fixed=fixed)

    def compared(self, design: Design) -> Compared:
        """What comes of it."""
        groups = {channel: Arm(*numbers) for channel, numbers in self.groups.items()}
        strata = {stratum: _together(teams.values()) for stratum, teams in sorted(self.cells.items(), reverse=True)}
        mix = tuple(
            Mix(stratum=stratum, portal=_arm(portal), ticket=_arm(ticket))
            for stratum, (ticket, portal) in strata.items()
        )
        told = Compared(design=design, groups=groups, mix=mix, refusal=_refusal(mix))
        if told.refusal is not None:
            return told
        tables = [table_of(*pair) for pair in strata.values()]
        return _ratio(told, tables, self._by_team(list(strata), tables))

    def _by_team(self, strata: Sequence[Stratum], tables: Sequence[Table]) -> list[list[Table]]:
        teams = sorted({team for cells in self.cells.values() for team in cells})
        nobody: Pair = (Ages(), Ages())
        return [
            [
                table_of(*self.cells[stratum].get(team, nobody), ages=[row.age for row in table])
                for stratum, table in zip(strata, tables, strict=True)
            ]
            for team in teams
        ]


def _landmark(seen: Sequence[Seen]) -> Compared:
    cells = _Cells()
    for each in seen:
        if each.entered > LANDMARK or each.left < LANDMARK:
            continue
        channel = each.by(LANDMARK)
        cells.count(channel, each)
        if channel in (Channel.PORTAL, Channel.TICKET):
            cells.watch(channel, each, LANDMARK, each.left, fixed=each.is_fixed)
    return cells.compared(Design.LANDMARK)


def _changing(seen: Sequence[Seen]) -> Compared:
    """Watched in a channel from when it is used until the other one is, too; from then on it is in both, and in no arm."""
    cells = _Cells()
    for each in seen:
        channel = each.by(each.left)
        cells.count(channel, each)
        for arm, begun, other in (
            (Channel.PORTAL, each.acted, each.ticketed),
            (Channel.TICKET, each.ticketed, each.acted),
        ):
            if begun is None or begun > each.left or (other is not None and other < begun):
                continue
            if other is not None and other == begun and each.ticket_first is (arm is Channel.PORTAL):
                continue
            ends = each.left if other is None else min(each.left, other)
            entered = max(begun, each.entered)
            if entered <= ends:
                cells.watch(arm, each, entered, ends, fixed=each.is_fixed and ends == each.left)
    return cells.compared(Design.CHANGING)


def _together(pairs: Iterable[Pair]) -> Pair:
    whole: Pair = (Ages(), Ages())
    for pair in pairs:
        for mine, theirs in zip(whole, pair, strict=True):
            mine.take(theirs)
    return whole


def _arm(ages: Ages) -> Arm:
    return Arm(ages.n, sum(ages.fixed.values()))


def _refusal(mix: Sequence[Mix]) -> str | None:
    portal = sum(each.portal.fixed for each in mix if each.ticket.n)
    ticket = sum(each.ticket.fixed for each in mix if each.portal.n)
    if portal >= FEWEST and ticket >= FEWEST:
        return None
    return (
        f"Too few to compare: {portal:,} fixes of the portal and {ticket:,} with tickets in strata that have both; "
        f"{FEWEST} of each are needed."
    )


def _ratio(told: Compared, tables: Sequence[Table], clusters: Sequence[Sequence[Table]]) -> Compared:
    """With the wider of two errors: few teams make the one that takes them for independent look smaller than it is."""
    found = hazard(tables)
    if found is None:
        return msgspec.structs.replace(told, refusal="No stratum has both at risk when something was fixed.")
    by_team = False
    if len(clusters) >= FEWEST_TEAMS:
        other = hazard(tables, clusters)
        by_team = other is not None and other.error > found.error
        found = other if by_team and other is not None else found
    low, high = found.band
    return msgspec.structs.replace(
        told, ratio=found.ratio, low=low, high=high, p=found.p, log_rank=log_rank(tables), teams=len(clusters),
        by_team=by_team,
    )  # fmt: skip
