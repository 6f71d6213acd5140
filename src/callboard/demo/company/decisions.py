"""What the people of the company have said about their findings: who has taken what, what is put off, dismissed or accepted.

Picked by the seed from what each team has open, so that every page about decisions has something true to show. It goes the road
of everybody: each thing is said by somebody who may say it, about something of their own.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from random import Random
from typing import Final

from callboard.demo.company.values import Organisation, Team
from callboard.domain.access import Rules, Viewer, viewer_of
from callboard.domain.board import FindingRow
from callboard.domain.component import EntityRef
from callboard.domain.decision import DecisionKind, Draft, Justification, Reason, Until
from callboard.domain.instant import DAY, HOUR, Instant
from callboard.domain.person import Person
from callboard.domain.query import parse
from callboard.domain.remediation.engagement import Door
from callboard.store import Store
from callboard.usecases import ask
from callboard.usecases.remediation import run_campaign
from callboard.usecases.remediation.decide import Target, decide
from callboard.usecases.remediation.note_engagement import note_acts

LOOKED_AT: Final = 200
"""Open findings of a team from which it is picked, those to be done first."""
MOST_DAYS: Final = 12
"""All of it was said in so many days before now; so what is put off for 30 days is put off still."""

_LATER = ("After the release.", "The next sprint has room for it.", "Waits for the new base image.", "")
_SAFE = ("The rule reads a tag that we do not set.", "Only the build host has it.", "The gateway in front refuses it.")
_WORTH = ("The vendor mends it in spring; the gateway filters it until then.", "It is replaced next quarter.")
_NOTES = ("Same cause as in the other region.", "Asked the vendor.", "The upgrade breaks the exporter, see the branch.")


@dataclass(frozen=True, slots=True)
class Moment:
    """A clock that stands still."""

    at: Instant

    def now(self) -> Instant:
        """When it stands."""
        return self.at


@dataclass(frozen=True, kw_only=True, slots=True)
class Said:
    """Something that one person said about one finding."""

    at: Instant
    by: EntityRef
    finding: int
    draft: Draft
    agrees: EntityRef | None = None
    """Who of security agrees to the risk a day later. None: nobody was asked, or nobody has answered."""


def say_all(store: Store, organisation: Organisation, *, now: Instant) -> None:
    """Let everybody say it, each as who they are, in the order in which they said it."""
    teams = [team for team in organisation.teams if team.members and team.parent is not None]
    security = next(team for team in organisation.teams if team.name == "security")
    viewers = viewers_of(organisation)
    _begin_campaign(store, viewers[ref_of(security.members[0].username)], teams, now=now)
    said: list[Said] = []
    for number, team in enumerate(teams):
        viewer = viewers[ref_of(team.members[0].username)]
        query = parse(f"is:open owner:{team.name}")
        rows = ask.list_findings(store, viewer, query, now=now, limit=LOOKED_AT).rows
        said += said_by(team, rows, security, seed=organisation.seed, number=number, now=now)
    for each in sorted(said, key=lambda one: (one.at, one.finding)):
        done = decide(store, viewers[each.by], each.draft, Target(findings=(each.finding,)), clock=Moment(each.at))
        door = Door.PLUGIN if each.finding % 3 else Door.PAGE
        note_acts(store, viewers[each.by].visibility, (each.finding,), door, now=each.at)
        if each.agrees is not None:
            agreed = Draft(kind=DecisionKind.ACCEPT, of=done.decision)
            decide(store, viewers[each.agrees], agreed, Target(), clock=Moment(Instant(each.at + DAY)))


def _begin_campaign(store: Store, viewer: Viewer, teams: Iterable[Team], *, now: Instant) -> None:
    """A campaign that began before anything was said; what was set aside since then shows in its burndown.

    It is for the first team that had something critical or high then. In a small company there may be none.
    """
    at = Instant(now - (MOST_DAYS + 1) * DAY)
    for team in teams:
        query = parse(f"is:open owner:{team.name} first:<-1d severity:critical,high")
        if ask.list_findings(store, viewer, query, now=at, limit=1).total:
            break
    else:
        return
    draft = run_campaign.Draft(
        name=f"Nothing critical or high left with {team.title}", aim="Before the new checkout goes live.",
        owner=f"group:default/{team.name}", due_at=Instant(now - now % DAY + 22 * DAY),
    )  # fmt: skip
    run_campaign.begin(store, viewer, draft, query, clock=Moment(at))


def viewers_of(organisation: Organisation) -> dict[EntityRef, Viewer]:
    """Everybody who works in a team, with what they may see and do."""
    return dict(_viewers(team for team in organisation.teams if team.members))


def _viewers(teams: Iterable[Team]) -> Iterable[tuple[EntityRef, Viewer]]:
    rules = Rules(security=frozenset({EntityRef("group:default/security")}))
    for team in teams:
        for member in team.members:
            person = Person(ref=ref_of(member.username), groups=(EntityRef(f"group:default/{team.name}"),))
            yield person.ref, viewer_of(person, rules, key=person.ref, owns=team.name != "security")


def ref_of(username: str) -> EntityRef:
    """A person as the catalog names them."""
    return EntityRef(f"user:default/{username}")


def said_by(
    team: Team, rows: Sequence[FindingRow], security: Team, *, seed: int, number: int, now: Instant
) -> Iterable[Said]:
    """What the `number`th team has said about those of its open findings that stood long enough."""
    random = Random(f"{seed}:decisions:{team.name}")
    people = [ref_of(person.username) for person in team.members]
    ripe = [row for row in rows if row.first_detected_at < now - (MOST_DAYS + 1) * DAY]
    # Which come first moves with the clock; their names do not. Most of what is open stays as it is.
    picked = random.sample(sorted(ripe, key=lambda row: row.external_id), min(len(ripe) // 3, len(_PLANS) + 2))
    agrees = ref_of(random.choice(security.members).username) if number % 3 == 0 else None
    for row, plan in zip(picked, (*_PLANS, *_PLANS[:2]), strict=False):
        at = Instant(now - random.randrange(2 * 24, MOST_DAYS * 24) * HOUR)
        by = random.choice(people)
        draft = _draft(plan, random, team, now)
        yield Said(at=at, by=by, finding=row.id, draft=draft, agrees=agrees if plan is DecisionKind.ASK else None)


_PLANS: Final = (
    DecisionKind.TAKE, DecisionKind.TAKE, DecisionKind.SNOOZE, DecisionKind.DISMISS, DecisionKind.ASK, DecisionKind.ASSIGN,
    DecisionKind.NOT_USEFUL, DecisionKind.COMMENT, DecisionKind.SNOOZE,
)  # fmt: skip


def _draft(kind: DecisionKind, random: Random, team: Team, now: Instant) -> Draft:
    match kind:
        case DecisionKind.SNOOZE:
            return Draft(kind=kind, snooze=random.choice((Until.MONTH, Until.WORSE)), note=random.choice(_LATER))
        case DecisionKind.DISMISS:
            reason = random.choice((Reason.FALSE_POSITIVE, Reason.MITIGATED, Reason.NOT_USED))
            why = Justification.NOT_IN_EXECUTE_PATH if reason is Reason.NOT_USED else None
            return Draft(kind=kind, reason=reason, justification=why, note=random.choice(_SAFE))
        case DecisionKind.ASK:
            return Draft(kind=kind, until_at=Instant(now - now % DAY + 91 * DAY), note=random.choice(_WORTH))
        case DecisionKind.ASSIGN:
            return Draft(kind=kind, about=f"group:default/{team.name}")
        case DecisionKind.COMMENT:
            return Draft(kind=kind, note=random.choice(_NOTES))
    return Draft(kind=kind)
