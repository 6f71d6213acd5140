"""Projects are judged with the run that read them: where they stand among folders decides whose findings are whose."""

from __future__ import annotations

from collections import Counter

import msgspec
import pytest

from callboard.domain.run import Mode, RunState
from callboard.errors import SourceUnreachableError
from callboard.ports import ProjectRecord, RawNode
from callboard.usecases import holds
from tests.support.catalogs import component, group
from tests.support.dumps import differences, dump
from tests.support.stages import Stage


class WorkerEndedError(Exception):
    """Stands for whatever ends a worker."""


SHOP, BANK = "component:default/shop", "component:default/bank"


def owners(stage: Stage) -> dict[str, int]:
    """How many findings each component has; those of a contradiction under both."""
    return dict(Counter(", ".join(sorted(row.components)) for row in stage.rows().values()))


def flip(stage: Stage, id_: str = "p1") -> None:
    """The project becomes a folder: every claim on it is weaker from now on."""
    stage.world.projects[id_] = msgspec.structs.replace(stage.world.projects[id_], is_folder=True)


@pytest.fixture
def shared(stage: Stage) -> Stage:
    """40 findings in two projects that two teams claim, 60 in one of them; all of it read once."""
    stage.catalog.put(group("red"), group("blue"))
    stage.catalog.put(component("shop", "red", projects=["p1"]), component("bank", "blue", projects=["p2"]))
    stage.world.projects = {id_: ProjectRecord(external_id=id_, name=id_) for id_ in ("p1", "p2")}
    stage.world.fill(40, projects=("p1", "p2"))
    stage.world.fill(60, start=40, projects=("p1",))
    stage.read_catalog()
    stage.sync()
    assert owners(stage) == {f"{BANK}, {SHOP}": 40, SHOP: 60}
    return stage


def test_a_folder_flag_that_moves_many_owners_is_held(shared: Stage) -> None:
    """Nothing of it is seen until a person agrees; then all of it is."""
    before = dump(shared.store)
    flip(shared)
    shared.world.fill(2, start=100, projects=("p1",))
    report = shared.sync()
    assert (report.state, report.changes) == (RunState.HELD, 0)
    assert report.reason is not None
    assert "40 of 102 findings to another owner" in report.reason
    assert "project" in report.reason
    after = dump(shared.store)
    assert differences({**before, "spool": [], "source": []}, {**after, "spool": [], "source": []}) == ""
    (waiting,) = holds.held(shared.store)
    report = shared.accept(waiting.run)
    assert (report.state, report.moved_owner, report.new) == (RunState.APPLIED, 40, 2)
    assert owners(shared) == {BANK: 40, SHOP: 62}
    assert shared.sync().changes == 0


def test_a_folder_flag_that_is_discarded_leaves_everything(shared: Stage) -> None:
    """The flag came by mistake and is gone the next time: nobody has seen it."""
    before = dump(shared.store)
    flip(shared)
    shared.sync()
    (waiting,) = holds.held(shared.store)
    shared.discard(waiting.run)
    assert differences({**before, "source": []}, {**dump(shared.store), "source": []}) == ""
    shared.world.projects["p1"] = ProjectRecord(external_id="p1", name="p1")
    assert shared.sync().changes == 0
    assert differences({**before, "source": []}, {**dump(shared.store), "source": []}) == ""


def test_a_small_change_of_projects_is_applied_with_its_run(stage: Stage) -> None:
    """A few findings move; the report counts them, and the revision tells readers."""
    stage.catalog.put(group("red"), group("blue"))
    stage.catalog.put(component("shop", "red", projects=["p1"]), component("bank", "blue", projects=["p2"]))
    stage.world.projects = {id_: ProjectRecord(external_id=id_, name=id_) for id_ in ("p1", "p2", "p3")}
    stage.world.fill(3, projects=("p1", "p2"))
    stage.world.fill(10, start=3, projects=("p1",))
    stage.read_catalog()
    stage.sync()
    revision = stage.revision()
    flip(stage)
    report = stage.sync()
    assert (report.state, report.moved_owner, report.projects) == (RunState.APPLIED, 3, 3)
    assert owners(stage) == {BANK: 3, SHOP: 10}
    assert stage.revision() == revision + 1
    stage.world.projects["p3"] = ProjectRecord(external_id="p3", name="Renamed")
    assert stage.sync(Mode.DELTA).changes == 0
    assert stage.revision() == revision + 2
    stage.sync()
    assert stage.revision() == revision + 2


def test_readers_see_no_project_of_a_run_that_is_not_finished(shared: Stage) -> None:
    """Pages of projects wait like all others, also when the worker ends, and the next one goes on from there."""
    before = dump(shared.store)
    flip(shared)

    def end(_part: object, _number: int) -> None:
        if dump(shared.store)["spool"]:
            raise WorkerEndedError

    shared.world.on_page = end
    with pytest.raises(WorkerEndedError):
        shared.sync()
    after = dump(shared.store)
    assert differences({**before, "spool": []}, {**after, "spool": []}) == ""
    assert any(part == "project/all" for _, part, _ in after["spool"])
    shared.world.heal()
    report = shared.sync()
    assert (report.resumed, report.state) == (True, RunState.HELD)
    shared.accept(report.run)
    assert owners(shared) == {BANK: 40, SHOP: 60}


def test_a_partial_run_applies_the_projects_it_read(stage: Stage) -> None:
    """They are judged all the same: a partial run may not move many owners either."""
    stage.world.projects = {"p1": ProjectRecord(external_id="p1", name="before")}
    stage.world.add("a", projects=("p1",))
    stage.sync()
    stage.world.projects = {"p1": ProjectRecord(external_id="p1", name="after")}
    stage.world.failing = {"issue/severe": (0, SourceUnreachableError("It broke."))}
    assert stage.sync().state is RunState.PARTIAL
    assert [project.name for project in stage.page("a").projects] == ["after"]


def test_an_unreadable_project_is_counted_once_and_is_no_news_again(
    shared: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is kept with its reason; the others go on."""
    page = shared.world._page

    def broken(part: object, number: int) -> object:
        nodes, is_last, count = page(part, number)  # type: ignore[arg-type]
        if getattr(part, "kind", "") == "project":
            nodes = [*nodes, RawNode(stable=b"{}", raw=b"{}")]
        return nodes, is_last, count

    monkeypatch.setattr(shared.world, "_page", broken)
    report = shared.sync()
    assert (report.rejected, report.state, report.projects) == (1, RunState.APPLIED, 2)
    revision = shared.revision()
    assert shared.sync().changes == 0
    assert shared.revision() == revision
    assert shared.page("f0001").source.rejected == 1
