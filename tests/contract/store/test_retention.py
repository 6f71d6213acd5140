"""What grows is kept as long as it is needed and no longer, on both databases; no figure moves by it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import msgspec
import pytest
from sqlalchemy import ColumnElement, Table, func, insert, select, update

from callboard.domain.access import AT_THE_LAPTOP, LAPTOP
from callboard.domain.compliance.frameworks import FRAMEWORKS
from callboard.domain.decision import DecisionKind, Draft, Reason
from callboard.domain.instant import DAY, HOUR, MINUTE, SECOND, Instant
from callboard.domain.query import parse
from callboard.domain.reconcile import EventKind
from callboard.domain.remediation.engagement import Door, Engagement
from callboard.domain.remediation.question import By, Measure, Period, Question
from callboard.domain.retention import DEFAULT, DETAIL, Keep, months
from callboard.domain.run import Mode
from callboard.errors import ConflictError, NotAllowedError
from callboard.store import schema
from callboard.store.retention import standing
from callboard.store.retention.bounds import BOUNDS
from callboard.store.retention.rules import BY_KEY, RULES
from callboard.usecases import keep_records
from callboard.usecases.people import audit_log
from callboard.usecases.remediation import decide, export_evidence, measure, measure_flow
from callboard.usecases.remediation.decide import Target
from callboard.usecases.remediation.note_engagement import note_engagement
from tests.support.catalogs import component, group
from tests.support.quarter import BO, SIA, Play, play, quarter
from tests.support.stages import Stage

LONG = Keep(history_months=240, audit_months=240, runs_months=240, packages_months=240)


def go_on(stage: Stage, n_months: int) -> None:
    """So many months later, after another reading of everything."""
    stage.clock.advance(months(n_months) // SECOND)
    stage.sync()
    stage.read_catalog()


def count(stage: Stage, table: Table, *where: ColumnElement[bool]) -> int:
    """Rows of a table."""
    with stage.store.read() as conn:
        return int(conn.execute(select(func.count()).select_from(table).where(*where)).scalar_one())


def planned(stage: Stage, keep: Keep = DEFAULT) -> dict[str, int]:
    """What the plan says, by rule, without those that find nothing."""
    found = keep_records.plan(stage.store, keep, clock=stage.clock)
    return {line.key: line.rows for line in found.lines if line.rows}


def apply(stage: Stage, keep: Keep = DEFAULT) -> dict[str, int]:
    """What went."""
    done = keep_records.apply(stage.store, keep, clock=stage.clock)
    assert done.problem is None
    return done.rows


def log(stage: Stage, action: str) -> list[dict[str, str]]:
    """What the log says of an action."""
    entries = audit_log.entries(stage.store, AT_THE_LAPTOP)
    return [dict(entry.detail) for entry, _ in entries if entry.action == action]


def history(stage: Stage, id_: str) -> list[str]:
    """Kinds of what happened to a finding."""
    return [kind for kind, *_ in stage.history(id_)]


# Every table, every rule


def test_every_table_is_told() -> None:
    """With what it grows and what bounds it; rules that it names are there, and each rule drops rows of some table."""
    assert set(BOUNDS) == set(schema.metadata.tables)
    assert {key for bound in BOUNDS.values() for key in bound.rules} == set(BY_KEY)
    assert all(rule.setting == "" or hasattr(DEFAULT, rule.setting) for rule in RULES)


def test_nothing_is_old_on_an_empty_board(stage: Stage) -> None:
    """And a look says when it was."""
    assert planned(stage) == {}
    assert apply(stage) == {}
    assert log(stage, "retention.apply") == []
    assert not keep_records.is_due(stage.store, clock=stage.clock)
    stage.clock.advance(DAY // SECOND)
    assert keep_records.is_due(stage.store, clock=stage.clock)


# History


@pytest.fixture
def moved(stage: Stage) -> Stage:
    """Findings whose projects changed: one closed, one open, one that somebody dismissed, one that came back."""
    world = stage.world
    for id_ in ("closed", "open", "dismissed", "back"):
        world.add(id_, projects=("p1",))
    stage.sync()
    for id_ in ("closed", "open", "dismissed", "back"):
        world.change(id_, projects=("p2",))
    stage.sync()
    draft = Draft(kind=DecisionKind.DISMISS, reason=Reason.FALSE_POSITIVE)
    decide.decide(stage.store, AT_THE_LAPTOP, draft, Target(findings=(stage.row("dismissed").id,)), clock=stage.clock)
    world.resolve("closed")
    world.resolve("back")
    stage.sync()
    return stage


def test_detail_of_closed_findings_goes(moved: Stage) -> None:
    """Not a day early; what is open, or was only set aside here, keeps all of it, and when it was open stays."""
    assert history(moved, "closed") == ["opened", "projects", "state"]
    moved.clock.at = Instant(moved.clock.at + months(24) - MINUTE)
    assert "history" not in planned(moved)
    moved.clock.advance(3 * MINUTE // SECOND)
    moved.world.reopen("back")
    moved.sync()
    assert planned(moved)["history"] == 1
    assert apply(moved)["history"] == 1
    assert history(moved, "closed") == ["opened", "state", "shortened"]
    assert history(moved, "open") == ["opened", "projects"]
    assert history(moved, "dismissed") == ["opened", "projects", "state"]
    assert history(moved, "back") == ["opened", "projects", "state", "due", "reopened"]
    assert apply(moved) == {}


def test_what_came_back_between_looking_and_dropping_stays(moved: Stage) -> None:
    """The transaction that drops looks once more."""
    moved.clock.advance(months(25) // SECOND)
    rule = BY_KEY["history"]
    before = Instant(moved.clock.now() - rule.age(DEFAULT))
    with moved.store.read() as conn:
        keys = rule.find(conn, before, None, 100)
    assert len(keys) == 2
    moved.world.reopen("closed")
    moved.sync()
    with moved.store.write() as conn:
        assert rule.drop(conn, before, keys, moved.clock.now()) == 1
    assert "projects" in history(moved, "closed")


def test_no_figure_rests_on_detail() -> None:
    """What reports, evidence and counters read of events is not among what is dropped."""
    needed = {
        EventKind.STATE, EventKind.REOPENED, EventKind.RETURNED, EventKind.SEVERITY, EventKind.DUE, EventKind.FIRST_DETECTED,
        EventKind.LAYER, EventKind.SAID, EventKind.TICKET,
    }  # fmt: skip
    assert not DETAIL & needed


# Figures


def reports(stage: Stage, period: Period) -> list[bytes]:
    """Everything that reports say of a period, and what was open on each of its days."""
    now, store = stage.clock.now(), stage.store
    found: list[Any] = []
    query = parse("")
    for by in (By.SEVERITY, By.SOURCE, By.TEAM):
        found += [
            measure.times(store, AT_THE_LAPTOP, Question(query=query, by=by, period=period, measure=each), now=now)
            for each in Measure
        ]
        found.append(measure_flow.due(store, AT_THE_LAPTOP, query, period, by=by, now=now))
        found += [
            measure_flow.open_at(store, AT_THE_LAPTOP, query, by=by, at=Instant(at), now=now)
            for at in range(period.start, period.end, 7 * DAY)
        ]
    found.append(measure_flow.flow(store, AT_THE_LAPTOP, query, period, now=now))
    return [msgspec.json.encode(each, enc_hook=str) for each in found]


NOT_TOLD_WHOLE = {"log-entries", "denied", "grants", "runs", "runs-whole", "runs-not-applied"}
"""Numbers of the log and of readings, which say that they cannot be told any more."""


def test_figures_are_the_same_before_and_after(stage: Stage) -> None:
    """Times, survival, dates kept, what was open on each day, and all evidence but that of what was dropped."""
    played = play(stage)
    go_on(stage, 26)
    period = quarter(stage.clock.now())
    asked = Period(period.start, Instant(period.until + 1))

    def evidence() -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key in FRAMEWORKS:
            made = export_evidence.evidence(stage.store, SIA, key, period)
            found |= {each.key: (each.value, each.of, each.rows, each.why_not) for each in made.figures}
        return found

    before, told = reports(stage, asked), evidence()
    went = apply(stage)
    assert went["runs"] > 0
    assert went["audit"] > 0
    assert reports(stage, asked) == before
    after = evidence()
    assert {key for key in told if after[key] != told[key]} <= NOT_TOLD_WHOLE
    for key in NOT_TOLD_WHOLE:
        assert any("kept since" in why for why in after[key][3]), key
    assert not [key for key in after if key not in NOT_TOLD_WHOLE and any("kept since" in why for why in after[key][3])]
    stage.check()
    assert played.said


# Readings


def test_whole_readings_stay(stage: Stage) -> None:
    """With the first and the last one of a source, and what waits for a person."""
    stage.world.add("a")
    stage.sync()
    for _ in range(3):
        stage.sync(Mode.DELTA)
    stage.sync()
    go_on(stage, 25)
    with stage.store.write() as conn:
        conn.execute(update(schema.run).where(schema.run.c.id == 3).values(state="held"))
    assert planned(stage)["runs"] == 2
    assert apply(stage)["runs"] == 2
    with stage.store.read() as conn:
        assert list(conn.execute(select(schema.run.c.id).order_by(schema.run.c.id)).scalars()) == [1, 3, 5, 6]
    assert count(stage, schema.run_part, schema.run_part.c.run_id.in_([2, 4])) == 0


def test_a_reading_that_nobody_went_on_with_is_given_up(stage: Stage) -> None:
    """With its pages; the next one begins anew."""
    stage.world.add("a")
    stage.sync()
    now = stage.clock.now()
    with stage.store.write() as conn:
        values = {"source_id": 1, "mode": "full", "scope": "s", "first": False, "started_at": now, "fence": 1}
        conn.execute(
            insert(schema.run), [{"id": 2, "state": "fetching", **values}, {"id": 3, "state": "held", **values}]
        )
        page = {"part": "p", "seq": 0, "kind": "issue", "seen": b"", "moved": None, "raw": b"x"}
        conn.execute(insert(schema.run_page), [{"run_id": 2, **page}, {"run_id": 3, **page}])
    stage.clock.advance((30 * DAY + SECOND) // SECOND)
    assert apply(stage)["spool"] == 1
    assert stage.run_states() == ["applied", "discarded", "held"]
    assert count(stage, schema.run_page) == 1


def test_readings_of_the_catalog_are_thinned(stage: Stage) -> None:
    """The last one of each day that was applied stays, and the newest."""
    stage.catalog.put(group("red"))
    for _ in range(3):
        stage.read_catalog()
    stage.clock.advance(DAY // SECOND)
    stage.read_catalog()
    stage.clock.advance(91 * DAY // SECOND)
    assert apply(stage)["readings"] == 2
    assert count(stage, schema.catalog_reading) == 2


# What was done with findings


def test_sums_of_weeks_equal_the_rows_before(stage: Stage) -> None:
    """By team, week, sort and door; what is young stays by the hour, and a second round adds nothing."""
    stage.catalog.put(group("red"), group("blue"), component("shop", "red", projects=["p1"]))
    for number in range(7):
        stage.world.add(f"f{number}", resource=f"r{number}", projects=("p1",) if number < 5 else ())
    stage.read_catalog()
    stage.sync()
    ids = [row.id for _, row in sorted(stage.rows().items())]
    start = stage.clock.now()
    noted: list[tuple[str, int, Engagement, Door, int]] = []
    for step in range(120):
        stage.clock.at = Instant(start + step * 5 * HOUR)
        number = step * 7 % 11 % 7
        kind, door = list(Engagement)[step % 3], list(Door)[step % 2]
        note_engagement(stage.store, LAPTOP, ids[number], kind, door, now=stage.clock.now())
        team = "group:default/red" if number < 5 else ""
        noted.append((team, stage.clock.now() // (7 * DAY), kind, door, number))
    raw = count(stage, schema.engagement)
    assert raw == len(noted)
    assert "use" not in planned(stage)
    old = [each for each in noted if each[1] <= noted[60][1]]
    stage.clock.at = Instant((noted[60][1] + 1) * 7 * DAY + months(13))
    assert planned(stage)["use"] == len(old)
    assert apply(stage)["use"] == len(old)
    assert count(stage, schema.engagement) == raw - len(old)
    cells = keep_records.use_by_week(stage.store, AT_THE_LAPTOP)
    assert sum(cell.times for cell in cells) == len(old)
    assert {(cell.team, cell.week, cell.kind, cell.door): (cell.times, cell.findings) for cell in cells} == {
        key: (
            sum(each[:4] == key for each in old),
            len({each[4] for each in old if each[:4] == key}),
        )
        for key in {each[:4] for each in old}
    }
    assert apply(stage) == {}
    columns = set(schema.engagement_week.columns.keys())
    assert columns == {"team", "week", "kind", "door", "times", "findings"}


def test_after_thirteen_months_hours_are_forgotten(stage: Stage) -> None:
    """Not an hour earlier, and never later than that: no setting keeps them longer."""
    stage.world.add("a")
    stage.sync()
    note_engagement(
        stage.store, LAPTOP, stage.row("a").id, Engagement.FOLLOWED, Door.PAGE, now=stage.clock.now()
    )  # fmt: skip
    stage.clock.at = Instant(stage.clock.now() // HOUR * HOUR + 396 * DAY)
    assert apply(stage) == {}
    stage.clock.advance(HOUR // SECOND)
    assert apply(stage) == {"use": 1}
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"use_months": 14}, Keep)
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"audit_months": 11}, Keep)


# The log


def fill_log(stage: Stage, entries: int, *, every: int = DAY) -> None:
    """An entry a day."""
    for number in range(entries):
        audit_log.note(stage.store, at=stage.clock.now(), actor="ana", action="test.word", subject=f"thing:{number}")
        stage.clock.advance(every // SECOND)


def verified(stage: Stage, kept: str | None = None) -> audit_log.Verdict:
    """What a check of the log says."""
    return audit_log.verify(stage.store, AT_THE_LAPTOP, kept_hash=kept)


def test_the_log_is_cut_and_proves_itself(stage: Stage) -> None:
    """From the hash on that the last entry left; a hash that was kept of an entry that is there is found still."""
    fill_log(stage, 10)
    exported = [(entry, digest) for entry, digest in audit_log.entries(stage.store, AT_THE_LAPTOP)]
    stage.clock.at = Instant(exported[5][0].at + months(24) + 1)
    assert planned(stage) == {"audit": 6}
    assert apply(stage) == {"audit": 6}
    found = verified(stage)
    assert found.holds
    assert found.cut is not None
    assert (found.cut.through, found.cut.hash.hex()) == (6, exported[5][1])
    assert found.cut.last_at == exported[5][0].at
    assert [entry.seq for entry, _ in audit_log.entries(stage.store, AT_THE_LAPTOP)] == [7, 8, 9, 10, 11, 12]
    assert log(stage, "retention.apply") == [{"audit": "6"}]
    (told,) = log(stage, "audit.cut")
    assert (told["through"], told["hash"], told["entries"]) == ("6", exported[5][1], "6")
    for _, digest in exported[5:]:
        assert verified(stage, digest).kept_hash_found
    assert verified(stage, exported[2][1]).kept_hash_found is False
    # The next cut goes on from there, and what the first one left is found as long as its entry is.
    stage.clock.advance(months(1) // SECOND)
    assert apply(stage) == {"audit": 4}
    again = verified(stage, exported[5][1])
    assert again.holds
    assert again.cut is not None
    assert again.cut.through == 10


def test_a_log_in_which_everything_is_old_is_cut_whole(stage: Stage) -> None:
    """What says so is an entry as well, and the numbers count on."""
    fill_log(stage, 3)
    stage.clock.advance(months(60) // SECOND)
    assert planned(stage) == {"audit": 3}
    assert apply(stage) == {"audit": 3}
    assert [entry.seq for entry, _ in audit_log.entries(stage.store, AT_THE_LAPTOP)] == [4, 5]
    assert verified(stage).holds


@pytest.mark.attack("A32")
def test_a_log_that_was_touched_is_not_cut(stage: Stage) -> None:
    """What shows that somebody was at it stays; the other rules go on, and the job fails until somebody looks."""
    fill_log(stage, 6)
    with stage.store.write() as conn:
        conn.execute(update(schema.audit).where(schema.audit.c.seq == 2).values(actor="bo"))
    stage.clock.advance(months(25) // SECOND)
    done = keep_records.apply(stage.store, DEFAULT, clock=stage.clock)
    assert done.problem is not None
    assert "entry 2" in done.problem
    assert count(stage, schema.audit) == 6
    assert keep_records.is_due(stage.store, clock=stage.clock)


@pytest.mark.attack("A32")
@pytest.mark.parametrize("touch", ["entry", "first", "word"])
def test_what_is_touched_behind_a_cut_is_seen(stage: Stage, touch: str) -> None:
    """An entry changed, the first one taken out as well, or the word about the cut changed."""
    fill_log(stage, 8)
    stage.clock.at = Instant(stage.clock.at + months(24) - 4 * DAY)
    apply(stage)
    assert verified(stage).holds
    a = schema.audit
    with stage.store.write() as conn:
        first, last = conn.execute(select(func.min(a.c.seq), func.max(a.c.seq))).one()
        if touch == "entry":
            conn.execute(update(a).where(a.c.seq == first).values(subject="other"))
        elif touch == "first":
            conn.execute(a.delete().where(a.c.seq == first))
        else:
            detail = conn.execute(select(a.c.detail).where(a.c.action == "audit.cut")).scalar_one()
            conn.execute(
                update(a).where(a.c.action == "audit.cut").values(detail=detail.replace('"through"', '"trough"'))
            )
    assert last > first
    assert not verified(stage).holds


# Holding


def test_a_hold_stops_everything(stage: Stage) -> None:
    """Until it is released; both are in the log, with who and why."""
    fill_log(stage, 3)
    stage.clock.advance(months(60) // SECOND)
    keep_records.hold(stage.store, AT_THE_LAPTOP, "  asked for\nby legal ", clock=stage.clock)
    assert planned(stage) == {"audit": 3}
    with pytest.raises(ConflictError, match="asked for by legal"):
        apply(stage)
    assert count(stage, schema.audit) == 4
    assert not keep_records.is_due(stage.store, clock=stage.clock)
    with pytest.raises(ConflictError):
        keep_records.hold(stage.store, AT_THE_LAPTOP, "again", clock=stage.clock)
    keep_records.release(stage.store, AT_THE_LAPTOP, clock=stage.clock)
    assert apply(stage) == {"audit": 3}
    assert log(stage, "retention.hold") == [{"reason": "asked for by legal"}]
    assert log(stage, "retention.release") == [{"reason": "asked for by legal"}]
    with pytest.raises(ConflictError):
        keep_records.release(stage.store, AT_THE_LAPTOP, clock=stage.clock)


def test_only_who_looks_after_callboard_may_stop_it(stage: Stage) -> None:
    """Whoever owns something may not."""
    with pytest.raises(NotAllowedError):
        keep_records.hold(stage.store, BO, "no", clock=stage.clock)
    with pytest.raises(NotAllowedError):
        keep_records.release(stage.store, BO, clock=stage.clock)
    with pytest.raises(NotAllowedError):
        keep_records.use_by_week(stage.store, BO)


def test_a_hold_that_comes_in_the_middle_is_heard(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between two transactions."""
    fill_log(stage, 9)
    stage.clock.advance(months(60) // SECOND)
    monkeypatch.setattr(keep_records, "LOG_AT_ONCE", 3)
    with pytest.raises(ConflictError):
        keep_records.apply(stage.store, DEFAULT, clock=stage.clock, go_on=_after(3, lambda: _stop(stage)))
    assert verified(stage).holds
    assert 0 < count(stage, schema.audit, schema.audit.c.action == "test.word") < 9


def _stop(stage: Stage) -> bool:
    keep_records.hold(stage.store, AT_THE_LAPTOP, "a court", clock=stage.clock)
    return True


def _after(calls: int, do: Callable[[], bool]) -> Callable[[], bool]:
    """Says yes; at the end of so many transactions of the log's rule it does something."""
    asked: Iterator[int] = iter(range(10_000))
    first = len(RULES) - 1

    def answer() -> bool:
        return do() if next(asked) == first + calls - 1 else True

    return answer


# Cut off


def test_what_was_cut_off_is_gone_on_with(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """After each transaction in turn: what went is in the log once, with that of the next call."""
    fill_log(stage, 9)
    stage.clock.advance(months(60) // SECOND)
    monkeypatch.setattr(keep_records, "LOG_AT_ONCE", 2)

    class CutOffError(Exception):
        """The end."""

    def end() -> bool:
        raise CutOffError

    for rounds, calls in enumerate((2, 2, 2), start=1):
        with pytest.raises(CutOffError):
            keep_records.apply(stage.store, DEFAULT, clock=stage.clock, go_on=_after(calls, end))
        assert verified(stage).holds
        assert log(stage, "retention.apply") == []
        with stage.store.read() as conn:
            assert standing.dropped(conn) == {"audit": 2 * rounds}
    apply(stage)
    (told,) = log(stage, "retention.apply")
    assert told == {"audit": "9"}
    assert verified(stage).holds


def test_who_is_told_to_end_ends_between_two_transactions(stage: Stage) -> None:
    """What is left waits for the next call, which is due at once."""
    fill_log(stage, 4)
    stage.clock.advance(months(60) // SECOND)
    done = keep_records.apply(stage.store, DEFAULT, clock=stage.clock, go_on=lambda: False)
    assert done.rows == {}
    assert keep_records.is_due(stage.store, clock=stage.clock)
    assert apply(stage) == {"audit": 4}


# Everything else


def test_traces_of_work_go_when_they_are_old(stage: Stage) -> None:
    """Each by its own time; the last row of what is numbered stays."""
    now = stage.clock.now()
    stage.world.add("a")
    stage.sync()
    with stage.store.write() as conn:
        conn.execute(
            insert(schema.session).values(
                hash=b"a", person="user:default/a", made_at=now, seen_at=now, ends_at=now + DAY
            )
        )
        conn.execute(insert(schema.idempotency).values(actor="a", key="k", body_hash=b"", at=now, answer=b""))
        conn.execute(insert(schema.visit).values(viewer="v", at=now, former_at=now))
        conn.execute(insert(schema.membership).values(person="user:default/a", asked_at=now, known=True))
        conn.execute(insert(schema.membership_group).values(person="user:default/a", ref="group:default/g"))
        conn.execute(insert(schema.notice), [{"id": n, "finding_id": 1, "why": 1, "at": now} for n in (1, 2)])
        conn.execute(
            insert(schema.link_report), [{"id": n, "finding_id": 1, "at": now, "who": "owner"} for n in (1, 2)]
        )
        conn.execute(
            insert(schema.signal),
            [
                {"id": n, "kind": "k", "about": "a", "at": now, "n": 1, "closed_at": None if n == 2 else now}
                for n in (1, 2, 3)
            ],
        )
        conn.execute(insert(schema.signal_reader), [{"signal_id": n, "owner_ref": "group:default/g"} for n in (1, 2)])
        conn.execute(
            insert(schema.rejected),
            [{"source_id": 1, "raw_hash": b"r", "run_id": 0, "path": "p", "reason": "r", "external_id": None}],
        )
        conn.execute(
            insert(schema.registry_answer).values(ecosystem="npm", key_name="left", asked_at=now, etag=None, body=b"")
        )
    stage.clock.at = Instant(now + 2 * DAY)
    assert apply(stage) == {"sessions": 1, "answers": 1, "rejected": 1}
    stage.clock.at = Instant(now + 91 * DAY)
    assert apply(stage) == {"groups": 1, "notices": 1, "registries": 1}
    stage.clock.at = Instant(now + 397 * DAY)
    assert apply(stage) == {"visits": 1, "reports": 1}
    stage.clock.at = Instant(now + months(24) + 1)
    assert apply(stage) == {"signals": 1}
    assert count(stage, schema.signal_reader) == 1
    assert count(stage, schema.signal) == 2


def test_packages_that_are_used_stay(stage: Stage) -> None:
    """What ended long ago goes; who uses a package now is told as before, with since when."""
    played = Play(stage)
    stage.catalog.put(group("red"), component("cart", "red"))
    stage.read_catalog()
    played.delivers("03-03", "component:default/cart", "lodash@4.17.20", "left-pad@1.0.0")
    played.delivers("04-03", "component:default/cart", "lodash@4.17.20")
    played.delivers("05-03", "component:default/cart", "lodash@4.17.20", "qs@6.5.2")
    played.delivers("06-03", "component:default/cart", "lodash@4.17.20", "qs@6.5.2", "ms@2.0.0")
    before = count(stage, schema.package_use, schema.package_use.c.until_at == schema.NEVER)
    go_on(stage, 27)
    went = apply(stage)
    assert went["uses"] == 1
    assert went["versions"] == 1
    assert count(stage, schema.package_use) == before == 3


def test_a_longer_time_keeps_more(stage: Stage) -> None:
    """The settings say how long."""
    fill_log(stage, 3)
    stage.clock.advance(months(60) // SECOND)
    assert planned(stage, LONG) == {}
    assert apply(stage, LONG) == {}
