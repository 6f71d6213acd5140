"""A quarter of a small company, played on the real road: 20 findings, 5 components, 2 bills, and what people said.

What each number of the evidence has to be can be read from the table of findings below.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from callboard.domain.access import AT_THE_LAPTOP, Everything, Readers, Right, Viewer
from callboard.domain.access import Depth as Deep
from callboard.domain.compliance.period import Period, period_of
from callboard.domain.component import EntityRef
from callboard.domain.decision import DecisionKind, Draft, Reason
from callboard.domain.finding import Kind, Severity
from callboard.domain.instant import HOUR, Instant, from_text
from callboard.domain.policy import Due
from callboard.domain.run import Mode, Scope
from callboard.errors import SourceUnreachableError
from callboard.store.ownership import laid_down
from callboard.usecases.packages import manifests
from callboard.usecases.people import audit_log
from callboard.usecases.remediation import decide
from callboard.usecases.remediation.decide import Target
from tests.support.bills import bill, reading
from tests.support.catalogs import component, group
from tests.support.stages import Stage

FIRST, LAST = "2026-04-01", "2026-06-30"

#   id     kind               severity    project  first       what became of it
FINDINGS = {
    "f01": (
        "issue",
        "critical",
        "p1",
        "02-20",
    ),  # fixed 04-10, back 04-28, fixed 05-15: late, and the first fix did not last
    "f02": ("vulnerability", "high", "p1", "03-01"),  # open, due 03-31: late
    "f03": ("vulnerability", "medium", "p2", "03-01"),  # fixed 05-20, due 05-30
    "f04": ("issue", "low", "p3", "03-01"),  # open, due 08-28
    "f05": ("issue", "high", "p3", "02-25"),  # fixed 03-15, back 04-20, fixed 05-10, due 05-20
    "f06": ("issue", "info", "", "03-01"),  # open, no date, nobody's
    "f07": ("misconfiguration", "medium", "p1", "03-01"),  # open, due 05-30: late
    "f08": ("issue", "unknown", "", "03-01"),  # open, due 03-31: late, nobody's
    "f09": ("issue", "critical", "p1", "04-05"),  # taken 04-07, fixed 04-15, due 04-20
    "f10": ("vulnerability", "high", "p2", "04-08"),  # commented on 04-10, fixed 05-20, due 05-08: late
    "f11": ("issue", "high", "p3", "05-01"),  # dismissed as mitigated 05-03 until a day
    "f12": ("issue", "medium", "p1", "05-01"),  # dismissed as mitigated 05-04
    "f13": ("issue", "critical", "p2", "05-02"),  # asked 05-05, accepted by another 05-06
    "f14": ("issue", "high", "p3", "05-02"),  # called not useful 05-07; open, due 06-01: late
    "f15": ("dependency", "low", "p1", "06-01"),  # dismissed 06-05, taken back 06-06: open
    "f16": ("issue", "high", "p1", "06-10"),  # assigned 06-12, open, due 07-10
    "f17": ("malicious-package", "critical", "p3", "06-12"),  # ignored at the source 06-15
    "f18": ("issue", "medium", "p2", "06-14"),  # gone with its resource 06-20
    "f19": ("issue", "high", "p1", "06-20"),  # fixed within hours
    "f20": ("issue", "high", "p2", "06-29"),  # read on 07-01: the first whole reading after the quarter tells it
}


def day(text: str, hour: int = 8) -> Instant:
    """A moment of 2026."""
    return Instant(from_text(f"2026-{text}T00:00:00Z") + hour * HOUR)


def member(name: str, owner: str, *, rights: tuple[Right, ...] = (Right.DECIDE,)) -> Viewer:
    """Somebody of a team."""
    ref = EntityRef(f"user:default/{name}")
    sight = Readers(frozenset({EntityRef(f"group:default/{owner}")}), Deep.WORK)
    return Viewer(ref, sight, (ref,), ref, frozenset(rights))


ANA, BO = member("ana", "red"), member("bo", "blue")
SIA = Viewer(
    "user:default/sia", Everything("security"), (), "user:default/sia",
    frozenset({Right.DECIDE, Right.ACCEPT, Right.AUDIT}),
)  # fmt: skip
ADA = member("ada", "admins", rights=(Right.ADMINISTER, Right.AUDIT))


def quarter(now: Instant) -> Period:
    """The second quarter, asked about at a moment."""
    return period_of(FIRST, LAST, now=now)


class Play:
    """The company, moved from day to day."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        stage.world.scope = Scope(
            severities=tuple(Severity),
            kinds=(Kind.ISSUE, Kind.VULNERABILITY, Kind.MISCONFIGURATION, Kind.DEPENDENCY, Kind.MALICIOUS_PACKAGE),
        )  # fmt: skip
        self.said: dict[str, int] = {}

    def go(self, text: str, hour: int = 8) -> None:
        """To a day."""
        self.stage.clock.at = day(text, hour)

    def found(self, *ids: str) -> None:
        """The source has found these."""
        for id_ in ids:
            kind, severity, project, first = FINDINGS[id_]
            at = day(first)
            self.stage.world.add(
                id_, kind=kind, severity=severity, resource=f"r-{id_}", projects=(project,) if project else (), first=at,
                last=at, changed=at, updated=at,
            )  # fmt: skip

    def became(self, id_: str, state: str, text: str, hour: int = 8) -> None:
        """The source dates a change of state."""
        at = day(text, hour)
        fixed = None if state == "open" else at
        self.stage.world.change(id_, state=state, changed=at, fixed=fixed, last=at)

    def says(self, text: str, who: Viewer, kind: DecisionKind, id_: str, **fields: Any) -> None:
        """Somebody says something about one of them."""
        self.go(text, 12)
        target = Target(findings=(self.stage.rows()[id_].id,))
        done = decide.decide(self.stage.store, who, Draft(kind=kind, **fields), target, clock=self.stage.clock)
        assert done.decision is not None
        self.said[id_] = done.decision

    def delivers(self, text: str, ref: str, *ways: str, suppliers: int = 0, licences: int = 0) -> None:
        """A pipeline hands in a bill, in which so many parts have a supplier, and a licence."""
        self.go(text)
        now = self.stage.clock.now()
        manifests.deliver(
            self.stage.store, AT_THE_LAPTOP, EntityRef(ref), "sbom",
            reading(bill(*ways, at=now, suppliers=suppliers, licences=licences), now), clock=self.stage.clock,
        )  # fmt: skip

    def noted(self, text: str, action: str) -> None:
        """The log of who did what has one more line."""
        at = day(text, 15)
        audit_log.note(self.stage.store, at=at, actor="user:default/eve", action=action, subject="route:/findings")


def play(stage: Stage) -> Play:
    """All of it, to the first of July, after the source was read whole once more."""
    p = Play(stage)
    world, sync = stage.world, stage.sync
    stage.catalog.put(
        group("red", members=["ana"]), group("blue", members=["bo"]), group("grey"),
        component("cart", "red", projects=["p1"]), component("shop", "red", projects=["p2"]),
        component("bank", "blue", projects=["p3"]), component("till", "grey"), component("lone"),
    )  # fmt: skip
    p.go("03-02")
    stage.read_catalog()
    p.found("f01", "f02", "f03", "f04", "f05", "f06", "f07", "f08")
    sync()
    p.delivers("03-03", "component:default/cart", "lodash@4.17.20", suppliers=1, licences=1)
    p.noted("03-05", "access.denied")
    p.go("03-16")
    p.became("f05", "fixed", "03-15")
    sync()
    p.go("04-02")
    with stage.store.write() as conn:
        laid_down.save(conn, Due(), origin=None, at=stage.clock.now(), actor="user:default/ada", reason="as usual")
    for text, what in _weeks(p):
        p.go(text)
        what()
        sync()
    p.go("06-22")
    world.failing = {"issue/other": (0, SourceUnreachableError("It is down."))}
    sync()
    world.heal()
    p.go("06-25")
    stage.read_catalog()
    p.go("06-28")
    sync()
    p.go("07-01")
    p.found("f20")
    sync()
    return p


def _weeks(p: Play) -> list[tuple[str, Callable[[], None]]]:
    """What happened before each reading of the quarter."""
    return [
        ("04-06", lambda: p.found("f09")),
        ("04-11", lambda: _april(p)),
        ("04-16", lambda: p.became("f09", "fixed", "04-15")),
        ("04-21", lambda: p.became("f05", "open", "04-20")),
        ("05-03", lambda: _back(p)),
        ("05-11", lambda: _may(p)),
        ("05-21", lambda: _fixed(p)),
        ("06-02", lambda: p.found("f15")),
        ("06-11", lambda: _june(p)),
        ("06-16", lambda: _middle(p)),
        ("06-21", lambda: _end(p)),
    ]


def _back(p: Play) -> None:
    p.became("f01", "open", "04-28")
    p.found("f11", "f12", "f13", "f14")


def _fixed(p: Play) -> None:
    for id_, at in (("f01", "05-15"), ("f03", "05-20"), ("f10", "05-20")):
        p.became(id_, "fixed", at)


def _april(p: Play) -> None:
    p.says("04-07", ANA, DecisionKind.TAKE, "f09")
    p.found("f10")
    p.go("04-09")
    p.stage.sync(Mode.DELTA)
    p.says("04-10", ANA, DecisionKind.COMMENT, "f10", note="next week")
    p.became("f01", "fixed", "04-10")
    p.go("04-11")


def _may(p: Play) -> None:
    mitigated = {"reason": Reason.MITIGATED, "note": "behind the gateway"}
    p.says("05-03", BO, DecisionKind.DISMISS, "f11", until_at=day("12-31"), **mitigated)
    p.says("05-04", ANA, DecisionKind.DISMISS, "f12", **mitigated)
    p.says("05-05", ANA, DecisionKind.ASK, "f13", until_at=day("09-01"), note="it ends in autumn")
    p.says("05-06", SIA, DecisionKind.ACCEPT, "f13", of=p.said["f13"])
    p.says("05-07", BO, DecisionKind.NOT_USEFUL, "f14")
    p.became("f05", "fixed", "05-10")
    p.noted("05-08", "access.denied")
    p.noted("05-09", "token.make")
    p.go("05-11")


def _june(p: Play) -> None:
    p.says("06-05", ANA, DecisionKind.DISMISS, "f15", reason=Reason.FALSE_POSITIVE)
    p.says("06-06", ANA, DecisionKind.UNDO, "f15", of=p.said["f15"])
    p.delivers("06-10", "component:default/bank", "express@4.0.0 -> qs@6.5.2", suppliers=1, licences=2)
    p.found("f16")
    p.go("06-11")


def _middle(p: Play) -> None:
    p.says("06-12", ANA, DecisionKind.ASSIGN, "f16", about="user:default/ana")
    p.noted("06-13", "access.denied")
    p.found("f17")
    p.go("06-14", 10)
    p.stage.sync(Mode.DELTA)
    p.found("f18")
    p.became("f17", "rejected", "06-15")
    p.go("06-16")


def _end(p: Play) -> None:
    p.became("f18", "gone", "06-20")
    p.found("f19")
    p.became("f19", "fixed", "06-20", 14)
