"""Yesterday's backup is restored."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from callboard.domain.access import AT_THE_LAPTOP, LAPTOP
from callboard.domain.decision import DecisionKind, Draft, Reason
from callboard.domain.run import RunState
from callboard.store import open_store
from callboard.usecases import browse
from callboard.usecases.people import audit_log
from callboard.usecases.remediation import decide as deciding
from callboard.usecases.remediation.decide import Target
from tests.support.catalogs import component, group
from tests.support.invariants import check_between, look
from tests.support.stages import Stage


def company(path: Path) -> Stage:
    """A board in a file of its own."""
    stage = Stage(open_store(f"sqlite:///{path}"))
    stage.catalog.put(group("red"), component("shop", "red", projects=["p1"]))
    stage.world.fill(20, projects=("p1",))
    stage.sync()
    stage.read_catalog()
    return stage


def dismiss(stage: Stage, *names: str) -> None:
    """Say that they are mitigated."""
    ids = tuple(browse.finding_by_external_id(stage.store, LAPTOP, name) for name in names)
    draft = Draft(kind=DecisionKind.DISMISS, reason=Reason.MITIGATED)
    deciding.decide(stage.store, AT_THE_LAPTOP, draft, Target(findings=ids), clock=stage.clock)


@pytest.mark.fault("F27")
def test_the_next_sync_repairs_a_restored_board_and_what_was_said_since_is_listed(tmp_path: Path) -> None:
    """All findings are as the source tells them, what was said before the backup stands, and the exported log names the rest."""
    path, backup = tmp_path / "board.db", tmp_path / "backup.db"
    stage = company(path)
    dismiss(stage, "f0001")
    stage.store.close()
    shutil.copy(path, backup)
    stage.store = open_store(f"sqlite:///{path}")
    yesterday = look(stage.store)
    stage.world.resolve("f0004")
    stage.world.change("f0005", severity="critical")
    stage.world.fill(2, start=50, projects=("p1",))
    stage.clock.advance(86_400)
    stage.sync()
    dismiss(stage, "f0007", "f0008")
    exported = list(audit_log.entries(stage.store, AT_THE_LAPTOP))
    lost = look(stage.store)
    stage.store.close()

    for each in tmp_path.glob("board.db*"):
        each.unlink()
    shutil.copy(backup, path)
    stage.store = open_store(f"sqlite:///{path}")
    report = stage.sync()
    assert (report.state, report.new, report.closed) == (RunState.APPLIED, 2, 1)
    repaired = look(stage.store)
    check_between(yesterday, repaired, allowed=[lost])
    assert {id_: seen.severity for id_, seen in repaired.findings.items()} == {
        id_: seen.severity for id_, seen in lost.findings.items()
    }
    states = stage.states()
    assert (states["f0001"], states["f0004"]) == ("dismissed", "fixed")
    assert (states["f0007"], states["f0008"]) == ("open", "open")

    kept = exported[-1][1]
    assert audit_log.verify(stage.store, AT_THE_LAPTOP, kept_hash=kept).kept_hash_found is False
    here = {digest for _, digest in audit_log.entries(stage.store, AT_THE_LAPTOP)}
    missing = [entry for entry, digest in exported if digest not in here]
    assert [entry.action for entry in missing if entry.action.startswith("finding.")] == ["finding.dismiss"]
    assert stage.sync().changes == 0
    stage.store.close()
