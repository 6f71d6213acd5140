"""The evidence example: 20 findings, 5 components and 2 bills, every number value by value, on both databases."""

from __future__ import annotations

import msgspec
import pytest

from callboard.domain.compliance.frameworks import FRAMEWORKS
from callboard.domain.compliance.measure import Figure
from callboard.domain.compliance.measures import BY_KEY
from callboard.domain.decision import DecisionKind
from callboard.domain.policy import Due
from callboard.store.ownership import laid_down
from callboard.usecases.remediation import export_evidence
from callboard.web.to_wire import evidence as to_wire_evidence
from tests.support.catalogs import component, group
from tests.support.quarter import SIA, Play, day, play, quarter
from tests.support.stages import Stage

EXPECTED: dict[str, tuple[int | None, int | None]] = {
    # findings, as the table in `support.quarter` tells them
    "open": (9, None),  # 02 04 06 07 08 14 15 16 20
    "open-severe": (4, 9),  # 02 14 16 20
    "rated": (8, 9),  # all but 08
    "dated": (8, 9),  # all but 06
    "overdue": (4, 8),  # 02 07 08 14
    "open-mapped": (6, 9),  # not 06 and 08, nor 20, whose resource was not known on that day
    "open-configuration": (1, None),  # 07
    "open-supply-chain": (1, None),  # 15
    "opened": (14, None),  # 09 to 20, and back: 01 05
    "fixed": (6, None),  # 01 03 05 09 10 19
    "set-aside": (5, None),  # 11 12 13 15 17
    "gone": (1, None),  # 18
    "on-time": (4, 10),  # 03 05 09 19 of them and 01 10, and of those late: 02 07 08 14
    "capacity": (6, 20),  # of 7 open on the first of April (05 was closed) and 14 opened, 01 in both
    "came-back": (2, None),  # 01 05
    "lasted": (4, 5),  # 03 05 09 10, not 01
    "answered": (8, 12),  # 09 10 11 12 13 14 15 16 of 09 to 20
    "severe-answered": (2, 4),  # 14 16 of 02 14 16 20
    "malicious": (1, None),  # 17
    "not-useful": (1, 8),  # 14 of those somebody spoke of
    # the share still open: day 10 6/7, 17 5/6 of that, 20 4/5, 42 8/9, 49 7/8: 0.571 at 30, below a half at 49
    "fix-median": (49, None),
    "fixed-in-30-days": (43, None),
    "answer-median": (3, None),  # after 2 days 4 of 10 at risk (09 10 11 16), after 3 two of 6 (12 13)
    "severe-told": (0, 9),  # 09 10 11 13 14 16 17 19 20; nobody is told anything here
    "told-median": (None, None),
    "overdue-told": (0, 4),
    "fixed-with-ticket": (0, 6),  # nor is there a tracker
    "messages": (0, None),
    "messages-missing": (0, 0),
    "feeds": (0, None),  # packages were matched with nothing
    "feeds-fresh": (0, 0),
    # what people said
    "decisions": (10, None),
    "dismissals": (3, 10),  # 11 12 15
    "accepted": (1, None),  # 13
    "accepted-expired": (0, 1),
    "accepted-by-two": (1, 1),
    "mitigated": (2, None),  # 11 12
    "mitigated-dated": (1, 2),  # 11
    # components and resources
    "components": (5, None),
    "components-owned": (4, 5),  # not lone
    "components-able": (3, 5),  # nor till, whose group is empty
    "components-billed": (2, 5),  # cart bank
    "components-billed-30-days": (1, 5),  # bank
    "components-billed-31-days": (1, 5),
    "components-suppliers": (1, 2),  # cart; of bank one of two parts
    "components-licences": (2, 2),
    "resources": (19, None),  # that of 20 came later
    "resources-mapped": (17, 19),
    "resources-in-conflict": (0, 19),
    "resources-unmapped": (2, 19),  # of 06 08
    "resources-unmapped-30-days": (2, 2),
    # our own work
    "sources": (1, None),
    "sources-fresh": (1, 1),
    "sources-quarterly": (1, 1),
    "sources-monthly": (1, 1),
    "runs": (15, None),
    "runs-whole": (12, 15),  # 11 and that of 28 June; two read what had changed, one failed
    "runs-not-applied": (1, 15),
    "log-entries": (14, None),  # 10 decisions, a bill, 2 refusals, a token
    "denied": (2, None),
    "grants": (1, None),
    "policies": (1, None),
    "due-policy": (1, 1),
}
UNMATCHED = "By which lists packages were matched is not kept yet."
COMPLETE = {
    "nist-csf-2": (
        "GV.RR-02 GV.OV-03 ID.AM-02 ID.RA-01 ID.RA-05 ID.RA-06 ID.RA-07 ID.IM-02 ID.IM-03 DE.CM-09 RS.MA-02 RS.MA-03 "
        "RS.MA-04 RS.AN-06 RS.CO-02 RS.MI-01 RS.MI-02"
    ),
    "iso-27001-2022": "5.9 5.25 5.26 5.32 5.36 8.8 8.9 8.15 8.16 8.27",
    "cis-8": "1.2 2.1 7.1 7.2 7.5 7.7 16.4 16.6",
}


@pytest.fixture
def played(stage: Stage) -> Play:
    """The quarter is over, and settled."""
    return play(stage)


def figures(stage: Stage) -> dict[str, Figure]:
    """Every number that any framework has."""
    period = quarter(stage.clock.now())
    found: dict[str, Figure] = {}
    for key in FRAMEWORKS:
        found |= {each.key: each for each in export_evidence.evidence(stage.store, SIA, key, period).figures}
    return found


def test_every_number_is_what_happened(played: Play) -> None:
    """Value by value; each counts as many rows as its list has."""
    stage = played.stage
    found = figures(stage)
    assert {key: (each.value, each.of) for key, each in found.items()} == {key: EXPECTED[key] for key in found}
    period = quarter(stage.clock.now())
    for key in BY_KEY:
        behind = export_evidence.behind(stage.store, SIA, key, period, limit=1_000)
        assert (behind.figure.value, behind.figure.of) == EXPECTED[key], key
        assert len(behind.rows) == behind.figure.rows, key
        assert behind.withheld == 0


def test_what_is_whole_and_what_cannot_be_told(played: Play) -> None:
    """All data was known but the lists that packages are matched with, so that only what nobody here can tell is left open."""
    stage = played.stage
    period = quarter(stage.clock.now())
    for key, whole in COMPLETE.items():
        found = export_evidence.evidence(stage.store, SIA, key, period)
        assert [each.control.id for each in found.controls if each.complete] == whole.split()
        assert all(each.complete != each.key.startswith("feeds") for each in found.figures)
        assert {each.control.id: each.why_not for each in found.controls if not each.complete} == {
            each.id: each.missing or (UNMATCHED,)
            for each in FRAMEWORKS[key].controls
            if each.missing or any(measure.key == "feeds" for measure in each.measures)
        }


def test_the_same_period_asked_later_tells_the_same(played: Play) -> None:
    """To the byte, whatever is learned, said, laid down or handed in since."""
    stage = played.stage

    def told() -> list[bytes]:
        now = stage.clock.now()
        every = [export_evidence.evidence(stage.store, SIA, key, quarter(now)) for key in FRAMEWORKS]
        made = [to_wire_evidence.evidence(each, at=day("07-01"), version="1") for each in every]
        lists = [export_evidence.behind(stage.store, SIA, key, quarter(now), limit=1_000).rows for key in BY_KEY]
        return [msgspec.json.encode(each) for each in (*made, lists)]

    before = told()
    change_everything(played)
    assert told() == before


def change_everything(played: Play) -> None:
    """A week later hardly anything is as it was."""
    stage = played.stage
    for id_, state, at in (("f02", "fixed", "06-20"), ("f03", "open", "07-03"), ("f17", "open", "06-29")):
        played.became(id_, state, at)
    stage.world.change("f16", severity="critical", due=day("07-04"))
    stage.world.change_quietly("f04", first=day("02-01"), projects=("p1",), updated=day("07-04"))
    stage.world.add("f21", first=day("05-05"), last=day("05-05"), changed=day("05-05"), updated=day("05-05"))
    stage.catalog.put(group("grey", members=["gil"]), component("new", "blue"), component("lone", "red"))
    stage.catalog.drop("bank")
    played.go("07-04")
    stage.sync()
    stage.read_catalog()
    stage.read_catalog(accept=True)
    played.says("07-05", SIA, DecisionKind.UNDO, "f13", of=played.said["f13"])
    played.says("07-05", SIA, DecisionKind.UNDO, "f11", of=played.said["f11"])
    played.delivers("07-06", "component:default/till", "lodash@4.17.20")
    played.noted("07-06", "access.denied")
    with stage.store.write() as conn:
        laid_down.save(conn, Due(days={"high": 7}), origin=None, at=stage.clock.now(), actor="x", reason="stricter")
    played.go("07-20")
    stage.sync()
