"""`callboard sbom …` from the shell."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.unit.manifests.seeds import SEEDS


def run(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """One call."""
    command = [sys.executable, "-m", "callboard", "sbom", *arguments]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)


def test_a_folder_becomes_one_bill_that_is_judged_and_compared(tmp_path: Path) -> None:
    """Made, read back, scored, and found unchanged against its own lockfiles."""
    (tmp_path / "service").mkdir()
    (tmp_path / "uv.lock").write_bytes(SEEDS["uv"])
    (tmp_path / "service" / "package-lock.json").write_bytes(SEEDS["package-lock"])
    (tmp_path / "node_modules").mkdir()
    (tmp_path / "node_modules" / "yarn.lock").write_bytes(b"somebody else's")
    made = run("create", ".", "--name", "shop", "--timestamp", "2026-01-31T13:00:00+01:00", cwd=tmp_path)
    assert made.returncode == 0, made.stderr
    document = json.loads(made.stdout)
    assert document["metadata"]["timestamp"] == "2026-01-31T12:00:00Z"
    assert {"pkg:npm/plain@1.2.3", "pkg:pypi/plain@1.2.3"} <= {each["bom-ref"] for each in document["components"]}
    assert "components" in made.stderr
    (tmp_path / "bom.json").write_text(made.stdout)
    judged = run("check", "bom.json", "--json", "--fail-on", "ntia", cwd=tmp_path)
    assert judged.returncode == 1
    assert json.loads(judged.stdout)["lists"]["ntia"]["passes"] is False
    same = run("diff", "bom.json", "bom.json", "--exit-code", "--json", cwd=tmp_path)
    assert (same.returncode, json.loads(same.stdout)["moved"]) == (0, [])
    other = run("diff", "uv.lock", "service/package-lock.json", "--exit-code", cwd=tmp_path)
    assert other.returncode == 1
    assert "+ real 2.0.0" in other.stdout


def test_a_bill_goes_where_it_was_told_to(tmp_path: Path) -> None:
    """Through a link into its file, and into a device or a pipe that stays what it is: who is root would lose it."""
    (tmp_path / "uv.lock").write_bytes(SEEDS["uv"])
    (tmp_path / "kept").mkdir()
    (tmp_path / "link.json").symlink_to(tmp_path / "kept" / "bom.json")
    assert run("create", "uv.lock", "--output", "link.json", cwd=tmp_path).returncode == 0
    assert (tmp_path / "link.json").is_symlink()
    assert json.loads((tmp_path / "kept" / "bom.json").read_text())["components"]
    os.mkfifo(tmp_path / "pipe")
    reader = os.open(tmp_path / "pipe", os.O_RDONLY | os.O_NONBLOCK)
    try:
        made = run("create", "uv.lock", "--output", "pipe", cwd=tmp_path)
        assert made.returncode == 0, made.stderr
        assert (tmp_path / "pipe").is_fifo()
        assert os.read(reader, 1_000_000).startswith(b"{")
    finally:
        os.close(reader)
    assert "1 manifest." in made.stderr


def test_what_nobody_reads_is_no_silence(tmp_path: Path) -> None:
    """A pom.xml, a format without a reader, a package.json without a lock: said in the bill, which is incomplete."""
    (tmp_path / "web").mkdir()
    (tmp_path / "uv.lock").write_bytes(SEEDS["uv"])
    (tmp_path / "pyproject.toml").write_text("")
    (tmp_path / "pom.xml").write_text("<project/>")
    (tmp_path / "web" / "package.json").write_text("{}")
    (tmp_path / "web" / "bun.lock").write_text("{}")
    document = json.loads(run("create", ".", cwd=tmp_path).stdout)
    said = [each["value"] for each in document["metadata"]["properties"]]
    assert [each for each in said if not each.startswith("uv.lock")] == [
        "pom.xml: no lockfile that Callboard reads says which versions it means.",
        "web/bun.lock: Callboard does not read this format.",
        "web/package.json: no lockfile that Callboard reads says which versions it means.",
    ]
    assert document["compositions"][0]["aggregate"] == "incomplete"


def test_a_broken_file_is_named_and_the_good_bill_stays(tmp_path: Path) -> None:
    """File, line, what was expected; exit code 3, and nothing is written over what was there."""
    (tmp_path / "yarn.lock").write_text("__metadata:\n  version: 8\n\n<<<<<<< HEAD\n")
    (tmp_path / "bom.json").write_text("the good one")
    made = run("create", "yarn.lock", "--output", "bom.json", cwd=tmp_path)
    assert made.returncode == 3
    assert "yarn.lock:4: expected an entry" in made.stderr
    assert "merge conflict" in made.stderr
    assert (tmp_path / "bom.json").read_text() == "the good one"


def test_reading_says_what_cannot_be_told(tmp_path: Path) -> None:
    """As JSON and for people."""
    (tmp_path / "Pipfile.lock").write_bytes(SEEDS["pipfile"])
    told = run("read", "Pipfile.lock", "--json", cwd=tmp_path)
    assert told.returncode == 0, told.stderr
    assert {each["fact"] for each in json.loads(told.stdout)["unknown"]} == {"direct", "edges", "install_script"}
    assert "Pipenv does not write what needs what" in run("read", "Pipfile.lock", cwd=tmp_path).stdout


def test_nothing_to_read_is_no_empty_bill(tmp_path: Path) -> None:
    """An empty folder has no bill."""
    made = run("create", ".", cwd=tmp_path)
    assert (made.returncode, made.stdout) == (1, "")
