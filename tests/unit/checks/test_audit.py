"""Another analyser's word about workflows, beside ours: nothing is counted twice, and silence is never taken for peace."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from callboard.checks.manifest import Manifest
from callboard.checks.pipeline import ALL, audit
from callboard.domain.finding import Severity
from callboard.domain.posture import Judged
from callboard.manifests import read_manifest

NAME = ".github/workflows/ci.yml"
ABUSED = """\
name: ci
on: pull_request_target
permissions: {}
jobs:
  a:
    runs-on: ubuntu-latest
    container: node:latest
    steps:
      - uses: acme/deploy@v4
      - run: echo "${{ github.event.pull_request.title }}"
"""
HONEST = """\
name: ci
on: pull_request
permissions: {}
concurrency: {group: "${{ github.ref }}", cancel-in-progress: true}
jobs:
  a:
    name: a
    runs-on: ubuntu-latest
    steps:
      - run: echo "$TITLE"
        env:
          TITLE: ${{ github.event.pull_request.title }}
"""


def audited(folder: Path, text: str) -> tuple[Judged, list[Judged]]:
    """What it says of one workflow, and what our own checks say."""
    file = folder / NAME
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    manifest = Manifest(lock=read_manifest(NAME, text.encode()), raw=text.encode())
    ours = [check.judged([manifest]) for check in ALL]
    return audit.audit(folder, [NAME], ours), ours


def test_what_ours_do_not_look_at_is_found(tmp_path: Path) -> None:
    """A trigger that runs strangers' words, and a title that becomes a command; each at its line."""
    found, _ = audited(tmp_path, ABUSED)
    at = {fault.path: (fault.place.line if fault.place else None, fault.severity) for fault in found.faults}
    assert at["dangerous-triggers"] == (2, Severity.HIGH)
    assert at["template-injection"] == (10, Severity.HIGH)
    assert all(fault.place is not None and fault.place.file == NAME for fault in found.faults)
    assert found.not_evaluated is None


def test_what_ours_found_is_not_counted_again(tmp_path: Path) -> None:
    """The action and the image by tag are ours; without ours they would be its."""
    found, ours = audited(tmp_path, ABUSED)
    assert {each.advice.key for each in ours if each.faults} == {"movable-action", "movable-image"}
    assert not {"unpinned-uses", "unpinned-images"} & {fault.path for fault in found.faults}
    alone = audit.audit(tmp_path, [NAME], [])
    assert {"unpinned-uses", "unpinned-images"} <= {fault.path for fault in alone.faults}


def test_an_honest_workflow_passes(tmp_path: Path) -> None:
    """The near miss: the title goes through the environment, where no shell reads it as a command."""
    found, ours = audited(tmp_path, HONEST)
    assert (found.word, [each.faults for each in ours]) == ("passed", [(), (), (), ()])


def test_a_remark_makes_small_and_hides_nothing(tmp_path: Path) -> None:
    """Who may change the file may write it."""
    found, _ = audited(tmp_path, ABUSED.replace("_target", "_target # zizmor: ignore[dangerous-triggers]"))
    (fault,) = [each for each in found.faults if each.path == "dangerous-triggers"]
    assert fault.severity is Severity.INFO
    assert fault.said.startswith("Set aside by a remark in the file.")


def test_settings_of_the_project_that_is_judged_count_for_nothing(tmp_path: Path) -> None:
    """Otherwise one line in a pull request would silence it."""
    (tmp_path / ".github").mkdir()
    (tmp_path / ".github" / "zizmor.yml").write_text("rules:\n  dangerous-triggers:\n    disable: true\n")
    found, _ = audited(tmp_path, ABUSED)
    assert "dangerous-triggers" in {fault.path for fault in found.faults}


def test_without_it_nothing_is_called_good(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not installed, not to be started, ended badly: not evaluated, with the reason."""
    assert audit.audit(tmp_path, [], []).not_evaluated == "no workflow was found"
    assert "ended with" in (audit.audit(tmp_path, ["nothing.yml"], []).not_evaluated or "")
    monkeypatch.setattr(audit, "program", lambda: None)
    found, _ = audited(tmp_path, ABUSED)
    assert (found.word, "extra `assess`" in (found.not_evaluated or "")) == ("not-evaluated", True)
    monkeypatch.setattr(audit, "program", lambda: tmp_path)
    found, _ = audited(tmp_path, ABUSED)
    assert "could not be started" in (found.not_evaluated or "")


def test_an_answer_of_another_form_is_said() -> None:
    """A newer version may answer otherwise: that is no "nothing found"."""
    assert "another form" in (audit.read(b'{"findings": []}', []).not_evaluated or "")
    assert "another form" in (audit.read(b"", []).not_evaluated or "")
    assert audit.read(b"[]", []).word == "passed"


def test_a_list_without_end_is_cut_and_said() -> None:
    """Counted, not forgotten."""
    one = {
        "ident": "a",
        "desc": "b",
        "locations": [
            {
                "symbolic": {"key": {"Local": {"verbatim_path": "x.yml"}}, "kind": "Primary"},
                "concrete": {"location": {"start_point": {"row": 0}}},
            }
        ],
    }
    found = audit.read(json.dumps([one] * (audit.MOST_FAULTS + 2)).encode(), [])
    assert (len(found.faults), found.not_evaluated) == (audit.MOST_FAULTS, "2 more faults are not listed")
    assert found.faults[0].severity is Severity.UNKNOWN
