"""A folder of checkouts, made by git and read without it."""

from __future__ import annotations

import os
import shutil
import subprocess
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from callboard.domain.forge import File, Head, Unread
from callboard.domain.instant import from_text
from callboard.domain.ownership.codeowners import Dialect
from callboard.errors import FileTooLargeError, RepositoryMissingError, RepositoryUnreachableError
from callboard.repositories.config import FolderConfig
from callboard.repositories.folder import FolderRepositories
from tests.unit.repositories.opening import NOW, listed

SINCE = from_text("2026-01-01T00:00:00Z")
Git = Callable[..., str]


@pytest.fixture
def git(tmp_path: Path) -> Git:
    """Runs git in a new checkout, with settings of nobody's machine."""
    folder = tmp_path / "root" / "shop"
    folder.mkdir(parents=True)

    def run(*arguments: str, who: str = "ana@corp.example", date: str = "2026-02-20T10:00:00Z") -> str:
        environment = {
            "PATH": os.environ["PATH"], "HOME": str(tmp_path), "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_AUTHOR_NAME": "x", "GIT_COMMITTER_NAME": "x", "GIT_AUTHOR_EMAIL": who, "GIT_COMMITTER_EMAIL": who,
            "GIT_AUTHOR_DATE": date, "GIT_COMMITTER_DATE": date,
        }  # fmt: skip
        done = subprocess.run(
            ["git", *arguments], cwd=folder, env=environment, check=True, capture_output=True, text=True
        )
        return done.stdout

    run("init", "-q", "-b", "main")
    run("remote", "add", "origin", "git@github.com:Acme/Shop.git")
    return run


def plain(*arguments: str) -> None:
    """Runs git somewhere else."""
    subprocess.run(["git", *arguments], check=True, capture_output=True)


def put(git: Git, root: Path, files: dict[str, str], **options: str) -> None:
    """Commit some files."""
    for name, text in files.items():
        path = root / "shop" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    git("add", "-A")
    git("commit", "-q", "-m", "more", **options)


@pytest.fixture
def root(tmp_path: Path, git: Git) -> Path:
    """One checkout of three commits: one of a person, one of a program, one that is old."""
    found = tmp_path / "root"
    put(git, found, {"CODEOWNERS": "* @acme/pay\n", "docs/x": "1"}, date="2024-02-20T10:00:00Z")
    put(git, found, {"services/a/go.mod": "module a\n", "docs/x": "2"})
    put(git, found, {"services/a/go.mod": "module b\n"}, who="1+renovate[bot]@users.noreply.github.com")
    return found


def reader(root: Path, **fields: object) -> FolderRepositories:
    """A reader of the folder."""
    return FolderRepositories(FolderConfig(root=root, **fields), folder=Path(), now=lambda: NOW)  # type: ignore[arg-type]


@pytest.mark.parametrize("packed", [False, True])
async def test_a_checkout_is_read_without_git(root: Path, git: Git, *, packed: bool) -> None:
    """Name by its remote, files as committed, also when objects and branches are packed with deltas."""
    if packed:
        put(
            git,
            root,
            {f"big{n}.txt": "".join(f"line {i} {n if i == 7 else ''}\n" for i in range(2_000)) for n in range(9)},
        )
        git("gc", "-q", "--aggressive", "--prune=now")
        git("pack-refs", "--all")
        assert not list((root / "shop/.git/objects").glob("??"))
    folder = reader(root)
    (found,) = await listed(folder)
    assert isinstance(found, Head)
    assert (found.host, found.slug, found.branch, found.dialect) == ("github.com", "Acme/Shop", "main", Dialect.GITHUB)
    tree = await folder.tree(found, None)
    assert tree is not None
    names = git("ls-tree", "-r", "--name-only", "HEAD").split()
    assert [each.path for each in tree.files] == sorted(names)
    for file in tree.files:
        assert (await folder.file(found, file, max_bytes=1_000_000)).decode() == git("show", f"HEAD:{file.path}")
    assert await folder.tree(found, tree.etag) is None


async def test_who_committed_is_told_by_folder(root: Path) -> None:
    """Without programs, without what is too old."""
    folder = reader(root)
    (found,) = await listed(folder)
    assert isinstance(found, Head)
    told = await folder.activity(found, ("", "services/a", "docs", "nothing"), SINCE)
    assert [(each.folder, each.who, each.commits) for each in told.contributions] == [
        ("", "ana@corp.example", 1), ("services/a", "ana@corp.example", 1), ("docs", "ana@corp.example", 1),
    ]  # fmt: skip
    assert told.complete


async def test_merges_do_not_count_and_shallow_clones_are_not_whole(root: Path, git: Git, tmp_path: Path) -> None:
    """A merge says who pressed the button; where history is cut, that is told."""
    git("checkout", "-q", "-b", "side")
    put(git, root, {"side/x": "1"}, who="bo@corp.example")
    git("checkout", "-q", "main")
    git("merge", "-q", "--no-ff", "-m", "merge", "side", who="eve@corp.example")
    folder = reader(root)
    (found,) = await listed(folder)
    assert isinstance(found, Head)
    told = await folder.activity(found, ("side",), SINCE)
    assert [(each.who, each.commits) for each in told.contributions] == [("bo@corp.example", 1)]
    plain("clone", "-q", "--depth", "1", f"file://{root}/shop", str(tmp_path / "other/cut"))
    cut = reader(tmp_path / "other", host="git.corp.example")
    (found,) = await listed(cut)
    assert isinstance(found, Head)
    assert found.host == "git.corp.example"
    assert not (await cut.activity(found, ("",), SINCE)).complete


async def test_an_empty_checkout_and_a_bare_clone(root: Path, git: Git) -> None:
    """The first has no commit, the second no work tree."""
    plain("init", "-q", str(root / "deep/er/empty"))
    plain("clone", "-q", "--bare", str(root / "shop"), str(root / "bare.git"))
    found = {each.external_id: each for each in await listed(reader(root)) if isinstance(each, Head)}
    assert (found["deep/er/empty"].branch, found["deep/er/empty"].slug) == ("", "deep/er/empty")
    assert found["bare.git"].branch == "main"


async def test_two_checkouts_of_one_repository_are_told(root: Path) -> None:
    """The first is read."""
    shutil.copytree(root / "shop", root / "zshop")
    found = await listed(reader(root))
    assert [type(each) for each in found] == [Head, Unread]


async def test_a_missing_folder_is_an_error(tmp_path: Path) -> None:
    """And no folder without repositories."""
    with pytest.raises(RepositoryUnreachableError):
        await listed(reader(tmp_path / "nothing"))
    (line,) = await reader(tmp_path / "nothing").check()
    assert line.ok is False


# Hostile checkouts


@pytest.mark.attack("A15")
async def test_links_out_of_the_folder_are_not_followed(root: Path, tmp_path: Path) -> None:
    """Neither to a repository, nor to its git folder, its objects, its branch, nor a file in it."""
    secret = tmp_path / "secret"
    shutil.copytree(root / "shop", secret)
    (root / "linked").symlink_to(secret)
    (root / "gitlink").mkdir()
    (root / "gitlink/.git").symlink_to(secret / ".git")
    (root / "gitfile").mkdir()
    (root / "gitfile/.git").write_text(f"gitdir: {secret}/.git\n")
    for name in ("objects", "refs/heads/main", "objects/info/alternates", "objects/pack/pack-1.pack"):
        copy = root / name.replace("/", "-")
        shutil.copytree(root / "shop", copy)
        place = copy / ".git" / name
        if place.is_dir():
            shutil.rmtree(place)
        place.unlink(missing_ok=True)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.symlink_to(secret / ".git" / name) if "alternates" not in name else place.write_text(
            f"{secret}/.git/objects\n"
        )
    found = await listed(reader(root))
    heads = {each.external_id for each in found if isinstance(each, Head)}
    # The pack that is a link is not opened, and everything is there without it.
    assert heads <= {"shop", "objects-pack-pack-1.pack"}
    assert {each.where for each in found if isinstance(each, Unread)} >= {
        "objects",
        "refs-heads-main",
        "objects-info-alternates",
    }


async def test_links_and_submodules_in_a_tree_are_left_out(root: Path, git: Git) -> None:
    """A link to /etc/passwd is an entry, not a file."""
    (root / "shop/passwd").symlink_to("/etc/passwd")
    put(git, root, {})
    folder = reader(root)
    (found,) = await listed(folder)
    assert isinstance(found, Head)
    tree = await folder.tree(found, None)
    assert tree is not None
    assert "passwd" not in {each.path for each in tree.files}
    assert tree.skipped == 1


@pytest.mark.attack("A15")
@pytest.mark.parametrize("packed", [False, True])
async def test_an_object_that_unpacks_to_a_gigabyte_is_refused(root: Path, git: Git, *, packed: bool) -> None:
    """However small it lies on the disk, and before it is unpacked."""
    raw = b"blob %d\0" % (1 << 30)
    sha = "aa" + "b" * 38
    place = root / "shop/.git/objects/aa" / ("b" * 38)
    place.parent.mkdir(exist_ok=True)
    packer = zlib.compressobj(1)
    with place.open("wb") as file:
        file.write(packer.compress(raw))
        for _ in range(64):
            file.write(packer.compress(bytes(1 << 24)))
        file.write(packer.flush())
    if packed:
        (root / "shop/large").write_bytes(bytes(40_000_000))
        put(git, root, {})
        sha = git("rev-parse", "HEAD:large").strip()
        git("gc", "-q", "--prune=now")
    folder = reader(root)
    (found,) = await listed(folder)
    assert isinstance(found, Head)
    with pytest.raises(FileTooLargeError):
        await folder.file(found, File("x", sha), max_bytes=1_000_000)


async def test_configuration_in_a_checkout_runs_nothing(root: Path, tmp_path: Path) -> None:
    """Not by a hook, a monitor, a pager, an included file or a remote that is a command."""
    ran = tmp_path / "ran"
    (root / "shop/.git/config").write_text(
        f'[core]\n\tfsmonitor = "touch {ran}"\n\tsshCommand = touch {ran}\n\tpager = touch {ran}\n'
        f'[include]\n\tpath = {tmp_path}/other\n[remote "origin"]\n\turl = ext::sh -c "touch {ran}"\n\tpromisor = true\n'
    )
    (tmp_path / "other").write_text('[remote "origin"]\n\turl = https://github.com/acme/stolen\n')
    folder = reader(root)
    (found,) = await listed(folder)
    assert isinstance(found, Head)
    assert (found.host, found.slug) == ("localhost", "folder/shop")
    assert await folder.tree(found, None) is not None
    with pytest.raises(RepositoryMissingError):
        await folder.file(found, File("x", "0" * 40), max_bytes=10)
    assert not ran.exists()


@pytest.mark.parametrize(
    "head", [b"ref: ../../etc/passwd", b"ref: refs/heads/../../../x", b"\xff" * 50, b"", b"ref: refs/heads/main\0"]
)
async def test_a_head_that_is_none_is_told(root: Path, head: bytes) -> None:
    """No path out of the folder is ever opened."""
    (root / "shop/.git/HEAD").write_bytes(head)
    (found,) = await listed(reader(root))
    assert isinstance(found, Unread)


async def test_damaged_objects_are_told(root: Path, git: Git) -> None:
    """Every byte of a pack overwritten in turn: an answer or an error in words, never a crash."""
    git("gc", "-q", "--prune=now")
    (pack,) = (root / "shop/.git/objects/pack").glob("*.pack")
    pack.chmod(0o600)
    good = pack.read_bytes()
    folder = reader(root)
    (found,) = await listed(folder)
    assert isinstance(found, Head)
    for at in range(12, len(good) - 20, 3):
        pack.write_bytes(good[:at] + bytes([good[at] ^ 0x55]) + good[at + 1 :])
        try:
            await folder.tree(found, None)
            await folder.activity(found, ("",), SINCE)
        except (RepositoryUnreachableError, RepositoryMissingError, FileTooLargeError):
            continue
