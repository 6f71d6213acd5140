"""Documents from files: every kind of packing, and nothing without bounds."""

from __future__ import annotations

import gzip
import zipfile
from pathlib import Path

import pytest

from callboard.advisories import reading
from callboard.advisories.reading import documents
from callboard.errors import AdvisoryRefusedError


def contents(path: Path) -> list[bytes]:
    """What the documents hold."""
    return [each.content for each in documents(path)]


def test_files_folders_and_archives(tmp_path: Path) -> None:
    """By name; links, hidden folders and other files are left alone."""
    (tmp_path / "a.json").write_bytes(b"1\n")
    (tmp_path / "b.jsonl").write_bytes(b"2\n\n3\n")
    (tmp_path / "c.jsonl.gz").write_bytes(gzip.compress(b"4\n5"))
    (tmp_path / "d.csv.gz").write_bytes(gzip.compress(b"6\n7"))
    with zipfile.ZipFile(tmp_path / "e.zip", "w") as archive:
        archive.writestr("x/8.json", b"8")
        archive.writestr("readme.txt", b"no")
        archive.writestr("9.jsonl", b"9\n10")
    (tmp_path / "note.txt").write_bytes(b"no")
    (tmp_path / "link.json").symlink_to("a.json")
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "z.json").write_bytes(b"no")
    assert [each.strip() for each in contents(tmp_path)] == [b"1", b"2", b"3", b"4", b"5", b"6\n7", b"8", b"9", b"10"]
    assert [each.place for each in documents(tmp_path / "e.zip")] == [
        f"{tmp_path}/e.zip!x/8.json",
        f"{tmp_path}/e.zip!9.jsonl:1",
        f"{tmp_path}/e.zip!9.jsonl:2",
    ]


def test_what_is_too_large_is_a_problem(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A bomb unpacks to no more than the limit."""
    monkeypatch.setattr(reading, "MAX_DOCUMENT_BYTES", 1_000)
    (tmp_path / "a.json.gz").write_bytes(gzip.compress(b"0" * 1_000_000))
    (tmp_path / "b.jsonl").write_bytes(b"1\n" + b"0" * 2_000)
    with zipfile.ZipFile(tmp_path / "c.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("x.json", b"0" * 1_000_000)
    problems = [each.problem for each in documents(tmp_path)]
    assert [bool(each) for each in problems] == [True, False, True, True]


def test_what_is_damaged_is_a_problem(tmp_path: Path) -> None:
    """Of that file alone."""
    (tmp_path / "a.json.gz").write_bytes(gzip.compress(b"{}")[:-6])
    (tmp_path / "b.zip").write_bytes(b"PK\x03\x04nothing")
    (tmp_path / "c.json").write_bytes(b"{}")
    assert [(each.content, bool(each.problem)) for each in documents(tmp_path)] == [
        (b"", True),
        (b"", True),
        (b"{}", False),
    ]


def test_a_folder_without_any_is_an_error(tmp_path: Path) -> None:
    """Silence would look like success."""
    with pytest.raises(AdvisoryRefusedError, match="holds no advisories"):
        list(documents(tmp_path))
    with pytest.raises(AdvisoryRefusedError, match="nothing at"):
        list(documents(tmp_path / "missing"))
