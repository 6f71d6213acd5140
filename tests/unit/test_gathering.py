"""Which files of a tree are read, and what lies beside them: alike in a folder and in a listing."""

from __future__ import annotations

from pathlib import Path

import pytest

from callboard.errors import MalformedManifestError
from callboard.gathering import MAX_BYTES, Folder, beside, chosen, read_locks, unread
from tests.unit.manifests.seeds import SEEDS

TREE = (
    ".github/workflows/ci.yml", ".gitlab-ci.yml", "bom.json", "deep/a/b/c/d/package.json", "go.mod", "go.sum",
    "node_modules/x/package-lock.json", "only/go.sum", "package.json", "packages/app/package.json", "portal.yarn.lock",
    "services/x/uv.lock", "yarn.lock",
)  # fmt: skip


def _below(folder: str) -> list[str]:
    return [each for each in TREE if each.startswith(f"{folder}/" if folder else "")]


def test_manifests_of_a_tree() -> None:
    """By name and place; a go.sum only without its go.mod; no bills, no other people's code, no foreign pipelines."""
    assert chosen(TREE) == [
        ".github/workflows/ci.yml",
        "go.mod",
        "only/go.sum",
        "portal.yarn.lock",
        "services/x/uv.lock",
        "yarn.lock",
    ]


def test_what_lies_beside_a_lock() -> None:
    """Workspaces as the lock names them, or the nearest folders; never above the lock, whatever it says."""
    said = b'"a@workspace:packages/app"\n"b@workspace:../../etc"\n"c@workspace:/etc"\n"d@workspace:packages/none"'
    assert beside("yarn.lock", said, TREE.__contains__, _below) == [
        "package.json",
        "go.sum",
        "packages/app/package.json",
    ]
    assert beside("yarn.lock", b"", TREE.__contains__, _below) == [
        "package.json",
        "go.sum",
        "packages/app/package.json",
    ]
    assert beside("services/x/uv.lock", b"", TREE.__contains__, _below) == []


def test_a_folder_is_read_as_a_listing_is(tmp_path: Path) -> None:
    """The same choice from files on disk; links are left alone, and what is empty or too large is said."""
    for name in TREE:
        file = tmp_path / "tree" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(b"")
    (tmp_path / "tree" / "linked.uv.lock").symlink_to(tmp_path / "tree" / "services" / "x" / "uv.lock")
    assert Folder(tmp_path / "tree").manifests() == chosen(TREE)
    (tmp_path / "empty").mkdir()
    (tmp_path / "uv.lock").write_bytes(SEEDS["uv"])
    locks, refused = read_locks([tmp_path / "uv.lock", tmp_path / "empty"])
    assert [each.path for each in locks] == [str(tmp_path / "uv.lock")]
    assert [(each.path, each.reason) for each in refused] == [(str(tmp_path / "empty"), "no manifest was found here")]
    with (tmp_path / "large.uv.lock").open("wb") as stream:
        stream.truncate(MAX_BYTES + 1)
    with pytest.raises(MalformedManifestError, match="at most"):
        Folder(tmp_path).lock("large.uv.lock")


def test_gaps_are_told() -> None:
    """A lock that nobody reads, and a list of wishes without a lock above it."""
    assert unread(["bun.lock", "web/package.json", "pom.xml", "uv.lock", "lib/pyproject.toml"]) == [
        "bun.lock: Callboard does not read this format.",
        "pom.xml: no lockfile that Callboard reads says which versions it means.",
        "web/package.json: no lockfile that Callboard reads says which versions it means.",
    ]


PINNED = b"attrs==25.1.0\n    # via -r run.in\n"


@pytest.mark.parametrize(
    "path",
    ["requirements/run.txt", "requirements/dev.txt", "app/reqs/base.txt", "constraints.txt", "x/py311-constraints.txt"],
)
def test_what_pip_installs_may_have_any_name(tmp_path: Path, path: str) -> None:
    """In the usual folders, and as constraints: where the content is a manifest."""
    file = tmp_path / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(PINNED)
    locks, refused = read_locks([tmp_path], inside=True)
    assert [(lock.path, lock.format) for lock in locks] == [(path, "requirements")]
    assert not refused
    assert [each.package.name for each in locks[0].foreign] == ["attrs"]


def test_text_in_those_places_that_is_no_manifest_is_passed_over(tmp_path: Path) -> None:
    """A note beside them is no gap. Named by itself it is refused, as everything is that is none."""
    (tmp_path / "requirements").mkdir()
    (tmp_path / "requirements" / "README.txt").write_text("How to pin.\n")
    (tmp_path / "requirements" / "requirements.txt").write_bytes(PINNED)
    locks, refused = read_locks([tmp_path], inside=True)
    assert ([lock.path for lock in locks], refused) == (["requirements/requirements.txt"], [])
    assert read_locks([tmp_path / "requirements" / "README.txt"])[1]
