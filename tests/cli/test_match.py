"""`callboard match` and `callboard advisories`: answers, exit codes, and that one does not wait for the other's imports."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from callboard.cli.packages.matching import Asked, quick
from tests.cli.conftest import Folder
from tests.support.advisories import osv

RANGE = [[("introduced", "0"), ("fixed", "2.0.0")]]


def feed(folder: Folder, *records: bytes) -> Path:
    """A file of records."""
    file = folder.path / "records.jsonl"
    file.write_bytes(b"\n".join(records))
    return file


def test_it_answers_before_the_first_update(folder: Folder) -> None:
    """And says that it knows little."""
    said = folder.call("match", "--purl", "pkg:npm/event-stream@3.3.6", code=1)
    assert said.out.startswith("MALICIOUS  pkg:npm/event-stream@3.3.6")
    assert "advisories update" in said.err
    nothing = folder.call("match", "--purl", "pkg:npm/left-pad@1.3.0", code=3)
    assert "Not evaluated: 1 package of npm" in nothing.out


def test_the_document_has_its_documented_keys(folder: Folder) -> None:
    """Each match with its reason, and everything that was not evaluated."""
    folder.call(
        "advisories",
        "update",
        "--from",
        str(feed(folder, osv("GHSA-1", ranges=RANGE, aliases=["CVE-2026-1001"], word="HIGH"))),
    )
    said = folder.call("match", "--purl", "pkg:npm/x@1.0.0", "--purl", "pkg:deb/debian/curl@8", "--json")
    (match,) = said.json["matches"]
    wanted = {"purl": "pkg:npm/x@1.0.0", "advisory": "GHSA-1", "aliases": ["CVE-2026-1001"], "severity": "high"}
    wanted |= {"malicious": False, "confidence": "range", "fixed": "2.0.0", "safe": "2.0.0"}
    assert {key: match[key] for key in wanted} == wanted
    assert match["because"] == "1.0.0 lies in: before 2.0.0"
    assert said.json["not_evaluated"] == [
        {"reason": "versions of Debian have no order here", "ecosystem": "Debian", "packages": 1}
    ]


@pytest.mark.parametrize(
    ("level", "code"), [("malicious", 0), ("critical", 0), ("high", 1), ("medium", 1), ("any", 1), ("never", 0)]
)
def test_the_gate(folder: Folder, level: str, code: int) -> None:
    """A weakness as bad as asked for ends with 1."""
    folder.call("advisories", "update", "--from", str(feed(folder, osv("GHSA-1", ranges=RANGE, word="HIGH"))))
    folder.call("match", "--purl", "pkg:npm/x@1.0.0", "--fail-on", level, code=code)
    folder.call("match", "--purl", "pkg:npm/x@2.0.0", "--fail-on", level)


def test_malware_passes_no_gate_but_never(folder: Folder) -> None:
    """Whatever level is asked for."""
    for level, code in (("low", 1), ("critical", 1), ("never", 0)):
        folder.call("match", "--purl", "pkg:npm/event-stream@3.3.6", "--fail-on", level, code=code)


def test_mistakes_are_told(folder: Folder) -> None:
    """Nothing asked, no package URL, no index, a file that is none."""
    assert "Nothing to match" in folder.call("match", code=2).err
    assert "package URL" in folder.call("match", "--purl", "nonsense", code=2).err
    (folder.path / "bad.idx").write_bytes(b"something else, and long enough to have a head of its own, surely")
    assert "no index of advisories" in folder.call("match", "--purl", "pkg:npm/x@1", "--index", "bad.idx", code=2).err


def test_updates_are_told_in_both_forms(folder: Folder) -> None:
    """What is new, what was refused and where; refusing ends with 3."""
    file = feed(folder, osv("GHSA-1", ranges=RANGE), b"{}")
    said = folder.call("advisories", "update", "--from", str(file), "--json", code=3)
    assert (said.json["new"], said.json["refused"]) == (1, 1)
    assert said.json["refusals"][0]["where"] == f"{file}:2"
    assert f"Refused: {file}:2" in said.err
    again = folder.call("advisories", "update", "--from", str(file), code=3)
    assert "0 new, 0 changed, 1 unchanged" in again.out
    status = folder.call("advisories", "status", "--json").json
    assert (status["ecosystems"], status["exists"]) == ({"npm": 1}, True)
    assert "from:records.jsonl" in folder.call("advisories", "status").out


def test_status_without_an_index_ends_with_1(folder: Folder) -> None:
    """It says what there is instead."""
    said = folder.call("advisories", "status", "--json", code=1)
    assert (said.json["exists"], said.json["records"] > 50) == (False, True)
    assert "no index yet" in folder.call("advisories", "status", code=1).err


def test_a_record_can_be_looked_at(folder: Folder) -> None:
    """Its ranges in words; an unknown id ends with 1."""
    said = folder.call("advisories", "show", "GHSA-472h-9c5j-prrr")
    assert "from 0.5.0, before 0.6.18" in said.out
    assert folder.call("advisories", "show", "GHSA-472h-9c5j-prrr", "--json").json["aliases"] == ["CVE-2026-106456"]
    assert "holds no record" in folder.call("advisories", "show", "X-1", code=1).err


def test_the_index_is_where_the_configuration_says(folder: Folder) -> None:
    """The variable goes before it."""
    text = (folder.path / "callboard.toml").read_text()
    (folder.path / "callboard.toml").write_text(text + '[advisories]\nindex = "here/known.idx"\n')
    file = str(feed(folder, osv("GHSA-1", ranges=RANGE)))
    assert folder.call("advisories", "update", "--from", file, "--json").json["path"] == "here/known.idx"
    assert folder.run("match", "--purl", "pkg:npm/x@1.0.0", "--json").json["matches"][0]["advisory"] == "GHSA-1"
    other = folder.run("match", "--purl", "pkg:npm/x@1.0.0", "--json", code=2, CALLBOARD_ADVISORIES_INDEX="none.idx")
    assert other.out == ""


@pytest.mark.parametrize(
    ("line", "asked"),
    [
        ("--purl a --json", Asked(purls=("a",), as_json=True)),
        ("--purl=a --purl b --fail-on=high", Asked(purls=("a", "b"), fail_on="high")),
        ("--index x.idx --purl a", Asked(index=Path("x.idx"), purls=("a",))),
        ("callboard.toml", Asked(paths=(Path("callboard.toml"),))),
        ("", None),
        ("--help", None),
        ("--purl", None),
        ("--purl --json", None),
        ("--fail-on huge --purl a", None),
        ("--unknown --purl a", None),
        ("missing-file", None),
    ],
)
def test_the_quick_way_reads_plain_lines_only(folder: Folder, line: str, asked: Asked | None) -> None:
    """Whatever it does not understand is explained by the full command."""
    assert quick(line.split()) == asked


def test_both_ways_answer_alike(folder: Folder) -> None:
    """The quick one and the full one."""
    args = ("--purl", "pkg:npm/chalk@5.6.1", "--json")
    quickly, fully = folder.run("match", *args, code=1).json, folder.call("match", *args, code=1).json
    for each in (quickly, fully):
        each["advisories"]["made_at"] = None
    assert quickly == fully


def test_the_quick_way_imports_nothing_heavy(folder: Folder) -> None:
    """Neither the command line's machinery nor a database's."""
    code = """
import contextlib, io, json, sys
sys.argv = ["callboard", "match", "--purl", "pkg:npm/chalk@5.6.1"]
from callboard.cli import main
with contextlib.suppress(SystemExit), contextlib.redirect_stdout(io.StringIO()):
    main()
print(json.dumps(sorted(set(sys.modules) & {"click", "rich", "sqlalchemy", "aiohttp", "structlog", "yaml", "cvss"})))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=folder.path)
    assert json.loads(done.stdout) == []


LOCK = """# yarn lockfile v1

asked@^1.0.0:
  version "1.0.0"
  dependencies:
    event-stream "3.3.6"

event-stream@3.3.6:
  version "3.3.6"
"""


def test_a_lockfile_is_matched_with_line_and_what_to_bump(folder: Folder) -> None:
    """By itself and in a folder; what is installed is not looked into."""
    (folder.path / "app" / "node_modules" / "x").mkdir(parents=True)
    (folder.path / "app" / "yarn.lock").write_text(LOCK)
    (folder.path / "app" / "package.json").write_text('{"name": "own", "dependencies": {"asked": "^1.0.0"}}')
    (folder.path / "app" / "node_modules" / "x" / "yarn.lock").write_text("broken")
    for place in ("app/yarn.lock", "app"):
        said = folder.call("match", place, "--json", code=1)
        (match,) = said.json["matches"]
        (found,) = match["places"]
        assert (found["path"], found["line"], found["direct"], found["bump"]) == (
            "app/yarn.lock",
            8,
            False,
            ["asked 1.0.0"],
        )
        assert said.json["packages"] == 2
    assert "brought by asked 1.0.0" in folder.run("match", "app", code=1).out


def test_a_file_that_cannot_be_read_is_never_clean(folder: Folder) -> None:
    """It ends with 3, names the file, and the others are answered."""
    (folder.path / "package-lock.json").write_text("{")
    said = folder.call("match", "package-lock.json", "--purl", "pkg:npm/left-pad@1.3.0", "--json", code=3)
    assert "package-lock.json" in [each.get("path") for each in said.json["not_evaluated"]]
    assert folder.call("match", "package-lock.json", "--purl", "pkg:npm/event-stream@3.3.6", code=1)
    (folder.path / "notes.md").write_text("nothing")
    assert "notes.md" in folder.call("match", "notes.md", code=3).out


def test_a_folder_without_manifests_is_not_clean(folder: Folder) -> None:
    """Nothing was evaluated, which is said."""
    (folder.path / "empty").mkdir()
    said = folder.call("match", "empty", "--json", code=3)
    assert said.json["not_evaluated"] == [{"reason": "no manifest was found here", "path": "empty"}]


def test_a_lock_does_not_lead_out_of_its_folder(folder: Folder) -> None:
    """Whatever workspaces it names."""
    (folder.path / "app").mkdir()
    (folder.path / "package.json").write_text("not even json")
    (folder.path / "app" / "yarn.lock").write_text(
        '__metadata:\n  version: 8\n\n"own@workspace:..":\n  version: 0.0.0-use.local\n  resolution: "own@workspace:.."\n'
        "  languageName: unknown\n  linkType: soft\n"
    )
    assert folder.call("match", "app/yarn.lock", "--json").json["packages"] == 0
