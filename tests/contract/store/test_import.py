"""Files and webhooks: doors that tell less, and never everything."""

from __future__ import annotations

import msgspec
import pytest
from msgspec import UNSET

from callboard.domain.finding import Detail, Rejected, Severity, State
from callboard.domain.instant import DAY, HOUR
from callboard.errors import SourceUnreachableError
from tests.support.catalogs import component, group
from tests.support.dumps import differences, dump
from tests.support.stages import Stage
from tests.support.worlds import observed, told_by_file


def test_an_import_leaves_alone_what_it_does_not_tell(stage: Stage) -> None:
    """A report without projects, due date and description leaves those of the source."""
    due = stage.clock.now() + 5 * DAY
    record = stage.world.add("a", projects=("p1",), due=due, note="from the source")
    stage.sync()
    later = msgspec.structs.replace(record, severity="critical", last=stage.clock.now() + HOUR)
    report = stage.import_records(told_by_file(later))
    assert (report.new, report.changed) == (0, 1)
    page = stage.page("a")
    assert (page.row.severity, page.row.due_at, page.row.last_detected_at) == (Severity.CRITICAL, due, later.last)
    assert [project.external_id for project in page.projects] == ["p1"]
    assert (page.detail.description, page.detail.resolution) == ("from the source", "from a file")
    assert page.link == "https://app.wiz.io/issues#a"


def test_an_import_with_a_poorer_resource_takes_nothing_from_its_owner(stage: Stage) -> None:
    """A file that does not know a resource's other names leaves them, and so whose it is."""
    stage.catalog.put(group("red"), component("shop", "red", assets=["r1"]))
    record = stage.world.add("a", resource="r1")
    stage.read_catalog()
    stage.sync()
    later = told_by_file(msgspec.structs.replace(record, last=stage.clock.now() + HOUR))
    poorer = msgspec.structs.replace(later.resource, aliases=(), name="r1")
    bare = msgspec.structs.replace(later.rule, name="rule-1", kind="")
    stage.import_records(msgspec.structs.replace(later, resource=poorer, rule=bare))
    page = stage.page("a")
    assert page.row.components == ("component:default/shop",)
    assert (page.row.resource_name, page.row.rule_name) == ("Machine r1", "Rule rule-1")


def test_an_import_older_than_what_is_stored_changes_nothing(stage: Stage) -> None:
    """Last week's report says nothing about today, on finding, rule and resource alike."""
    record = stage.world.add("a", state="open", severity="high", resource_name="new name")
    stage.sync()
    before = dump(stage.store)
    old = msgspec.structs.replace(
        record, state="fixed", severity="low", resource_name="old name", last=record.last - 7 * DAY
    )
    report = stage.import_records(told_by_file(old))
    assert (report.unchanged, report.changed, report.new) == (1, 0, 0)
    stage.import_records(observed(msgspec.structs.replace(old, updated=record.updated - 7 * DAY)), whole=True)
    assert differences(before, dump(stage.store)) == ""


def test_an_import_stores_what_was_never_seen(stage: Stage) -> None:
    """A file may come before the first sync; the sync then completes what it did not tell."""
    record = stage.world.add("a", projects=("p1",), note="whole")
    assert stage.import_records(told_by_file(record), Rejected(where="line 2", reason="no id")).rejected == 1
    assert stage.row("a").state is State.OPEN
    report = stage.sync()
    assert (report.first, report.new) == (True, 0)
    page = stage.page("a")
    assert (page.detail.description, [project.external_id for project in page.projects]) == ("whole", ["p1"])


def test_an_import_closes_by_word_and_never_by_absence(stage: Stage) -> None:
    """What a file holds counts; what it does not hold is not missing."""
    stage.world.fill(30)
    stage.sync()
    stage.clock.advance(DAY / 1e6)
    fixed = msgspec.structs.replace(stage.world.records["f0001"], state="fixed", last=stage.clock.now())
    stage.import_records(told_by_file(fixed, fixed_at=stage.clock.now()))
    assert {id_ for id_, state in stage.states().items() if state != "open"} == {"f0001"}


def test_the_same_import_twice_changes_nothing_the_second_time(stage: Stage) -> None:
    """Importing is idempotent."""
    stage.world.fill(20)
    records = [told_by_file(record) for record in stage.world.records.values()]
    assert stage.import_records(*records).new == 20
    before = dump(stage.store)
    report = stage.import_records(*records)
    assert (report.new, report.changed, report.unchanged) == (0, 0, 20)
    assert differences(before, dump(stage.store)) == ""


def test_an_import_that_breaks_off_gives_the_lease_back(stage: Stage) -> None:
    """The file ends in the middle: what was read stands, and the next sync may run."""
    record = stage.world.add("a")
    stage.sync()

    def broken() -> object:
        yield told_by_file(record)
        raise SourceUnreachableError("The file ended.")

    with pytest.raises(SourceUnreachableError):
        stage.import_records(*broken())  # type: ignore[misc]
    assert stage.sync().changes == 0


def test_a_hook_reads_the_named_findings_again(stage: Stage) -> None:
    """Only the ids of the message are used; what is stored comes from the source."""
    stage.world.fill(10, kind="issue", severity="high")
    stage.sync()
    stage.clock.advance(60)
    stage.world.resolve("f0001")
    stage.world.change("f0002", severity="low")
    stage.world.add("new")
    report = stage.hook("f0001", "new", "unknown-id", "new")
    assert (report.new, report.closed, report.changed) == (1, 1, 0)
    assert stage.world.asked == ["f0001", "new", "unknown-id"]
    assert stage.row("f0002").severity is Severity.HIGH
    report = stage.sync()
    assert (report.new, report.changed, report.closed) == (0, 1, 0)


def test_a_hook_about_nothing_new_changes_nothing(stage: Stage) -> None:
    """A message that is sent twice, or about an id that the source does not know, does no harm."""
    stage.world.fill(5, kind="issue")
    stage.sync()
    before, revision = dump(stage.store), stage.revision()
    stage.hook("f0001", "f0001")
    stage.hook("nobody")
    assert differences(before, dump(stage.store)) == ""
    assert stage.revision() == revision


def test_merging_keeps_every_field_that_is_not_told(stage: Stage) -> None:
    """A field that a file says is empty is emptied; one that it leaves out stays."""
    record = stage.world.add("a", note="words")
    stage.sync()
    newer = told_by_file(msgspec.structs.replace(record, last=stage.clock.now() + HOUR))
    stage.import_records(msgspec.structs.replace(newer, detail=Detail(remediation=None, score=7.5)))
    detail = stage.page("a").detail
    assert (detail.description, detail.remediation, detail.score, detail.epss) == ("words", None, 7.5, UNSET)
