"""`callboard evidence`: text, JSON, CSV and files, of the same numbers."""

from __future__ import annotations

import csv
import io
import stat

import pytest

from callboard.cli.remediation.evidence import FRAMEWORK_KEYS
from callboard.domain.compliance.frameworks import FRAMEWORKS
from tests.cli.conftest import Folder


@pytest.fixture
def read(folder: Folder) -> Folder:
    """A folder whose catalog has been read."""
    folder.call("sync")
    return folder


def test_all_frameworks_are_offered() -> None:
    """The command names them without reading them."""
    assert tuple(FRAMEWORKS) == FRAMEWORK_KEYS


def test_every_form_tells_the_same(read: Folder) -> None:
    """And that it was taken is in the log."""
    asked = ("evidence", "export", "--framework", "cis-8")
    text, found, table = read.call(*asked), read.call(*asked, "--json").json, read.call(*asked, "--format", "csv").out
    lines = list(csv.DictReader(io.StringIO(table)))
    assert len(found["controls"]) == len({line["control"] for line in lines}) == 20
    for control in found["controls"]:
        state = "complete" if control["complete"] else "cannot tell"
        assert f"{control['id']}  {control['title']}: {state}\n" in text.out
        assert {line["control_complete"] for line in lines if line["control"] == control["id"]} == {state}
    assert "2 of 2 (100 %)  Components with an owner" not in text.out
    assert "The period is not over." in text.err
    log = read.call("audit", "list", "--action", "evidence.export", "--json").json
    assert [each["subject"] for each in log["entries"]] == ["framework:cis-8"] * 3


def test_rows_of_one_number(read: Folder) -> None:
    """Exactly what it counts; a file is its owner's alone."""
    listed = read.call("evidence", "rows", "components", "--json").json
    assert [row["id"] for row in listed["rows"]] == ["component:default/checkout-api", "component:default/nobody-knows"]
    assert listed["figure"]["value"] == 2
    text = read.call("evidence", "rows", "components")
    assert "component:default/nobody-knows" in text.out
    assert "2 of 2 rows" in text.err
    read.call("evidence", "rows", "components", "rows.csv", "--format", "csv")
    file = read.path / "rows.csv"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [line["id"] for line in csv.DictReader(io.StringIO(file.read_text()))] == [
        row["id"] for row in listed["rows"]
    ]


@pytest.mark.parametrize(
    ("asked", "code", "told"),
    [
        (("export", "--framework", "cis-9"), 2, "cis-9"),
        (("export", "--framework", "cis-8", "--from", "yesterday"), 2, "no day"),
        (("export", "--framework", "cis-8", "file.txt"), 2, "--format"),
        (("rows", "nothing"), 1, "The evidence names"),
    ],
)
def test_nonsense_is_refused(read: Folder, asked: tuple[str, ...], code: int, told: str) -> None:
    """With a sentence."""
    said = read.call("evidence", *asked, code=code)
    assert told in said.err
