"""callboard repositories …, and what the doctor and the loop of serve do with them."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from callboard.config import load
from callboard.domain.instant import MINUTE
from callboard.errors import ConfigError
from callboard.repositories import FORGES
from callboard.store import jobs
from callboard.usecases.jobs import standing
from callboard.wiring.services import Services
from callboard.worker.loop import Background
from tests.cli.conftest import SECRET, Folder
from tests.support.forges import Forge, MadeUpRepository, commit, in_a_thread

FILES = {".github/CODEOWNERS": b"* @acme/pay\n", "app/go.mod": b"module a", "Dockerfile": b"FROM x"}


@pytest.fixture
def forge() -> Iterator[Forge]:
    """Two repositories."""
    found = Forge(*(MadeUpRepository(n, f"acme/r{n}", dict(FILES)) for n in (1, 2)))
    found.repositories["acme/r1"].commits = [commit("ana", "2999-02-28T10:00:00Z", "app")]
    with in_a_thread(found):
        yield found


@pytest.fixture
def configured(folder: Folder, forge: Forge) -> Folder:
    """A section that reads them."""
    secret = folder.path / "github.token"
    secret.write_text(SECRET)
    secret.chmod(0o600)
    file = folder.path / "callboard.toml"
    file.write_text(
        file.read_text()
        + f'[[repositories]]\nkind = "github"\nurl = "{forge.url}"\norganisations = ["acme"]\n'
        + 'token = { file = "github.token" }\nallow_private = true\n'
    )
    return folder


def test_read_list_and_show(configured: Folder) -> None:
    """For people and as one JSON document each."""
    said = configured.call("repositories", "read")
    assert "github: complete. 2 repositories: 2 read, 0 unchanged, 0 gone. 11 calls." in said.out
    (report,) = configured.call("repositories", "read", "github", "--json").json["repositories"]
    assert (report["state"], report["read"], report["unchanged"], report["calls"]) == ("complete", 0, 2, 1)
    assert "127.0.0.1/acme/r1" in configured.call("repositories", "list").out
    (one, _) = configured.call("repositories", "list", "--json").json["repositories"]
    assert (one["code_owner_lines"], one["contributors"], one["manifests"]) == (1, 1, 2)
    said = configured.call("repositories", "show", "acme/r1")
    for text in (".github/CODEOWNERS", "@acme/pay", "ana", "app/go.mod", "golang", "Dockerfile"):
        assert text in said.out
    page = configured.call("repositories", "show", "acme/r1", "--json").json
    assert [each["path"] for each in page["manifests"]] == ["Dockerfile", "app/go.mod"]
    assert page["activity"][0] == {"who": "ana", "folder": "", "commits": 1, "last_at": "2999-02-28T10:00:00Z"}


def test_what_cannot_be_read_ends_with_3(configured: Folder, forge: Forge) -> None:
    """The reason is told; without a section it is a mistake in the configuration."""
    forge.broken["/api/v3/repos/acme/r1/git/trees/main"] = (403, {"message": "no"}, {})
    said = configured.call("repositories", "read", code=3)
    assert "acme/r1: 127.0.0.1 refuses Callboard's token (no)." in said.out
    assert "no such thing" not in configured.call("repositories", "show", "acme/none", code=1).err
    assert "There is github" in configured.call("repositories", "read", "gitlab", code=2).err


def test_without_a_section_there_is_a_hint(folder: Folder) -> None:
    """It names the page that shows how."""
    said = folder.call("repositories", "read", code=2)
    assert "connect-repositories.md" in said.err


def test_the_doctor_looks_at_repositories(configured: Folder) -> None:
    """Whether they can be read, what the token may do besides, and when they were last read."""
    before = configured.call("doctor", code=None).out
    configured.call("repositories", "read")
    said = configured.call("doctor", code=None).out
    assert "ok    repositories github: freshness: Read " in said
    assert "ok    repositories github: 127.0.0.1 accepts the token; 4999 calls are left this hour." in said
    assert "warn  repositories github: rights: The token may also write" in said
    assert "ok    repositories github: acme: 2 repositories." in said
    assert "repositories github: freshness" not in before  # there was no database yet


def test_the_doctor_names_a_renamed_repository(configured: Folder, forge: Forge) -> None:
    """With how many components still say the old name."""
    forge.renamed["acme/old"] = "acme/r2"
    (configured.path / "catalog/more.yaml").write_text(
        "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata:\n  name: moved\n  annotations:\n"
        "    backstage.io/source-location: url:https://127.0.0.1/acme/old/\nspec: {type: service, owner: payments}\n"
    )
    (configured.path / "catalog/catalog-info.yaml").write_text(
        (configured.path / "catalog/catalog-info.yaml").read_text()
        + "---\n"
        + (configured.path / "catalog/more.yaml").read_text()
    )
    configured.call("sync", "--catalog-only")
    said = configured.call("repositories", "read")
    assert "acme/old has moved to acme/r2" in said.out
    assert (
        "acme/old has moved to acme/r2; the old name stands in 1 component." in configured.call("doctor", code=None).out
    )


def test_the_loop_reads_them_on_their_own_schedule(configured: Folder, forge: Forge) -> None:
    """Beside the sources, and not again after a restart before it is time."""
    config = load(configured.path / "callboard.toml", environ={})

    with Services.open(config, create=True) as services:
        asyncio.run(once(services))
        asked = len(forge.asked)
        assert asked == 11
        assert not standing(services.store, now=services.clock.now()).failing
        with services.store.read() as conn:
            (job,) = (each for each in jobs.jobs(conn) if each.name == "repositories github")
        wait = job.due_at - services.clock.now()
        assert 59 * MINUTE < wait <= 60 * MINUTE
        asyncio.run(once(services))
        assert len(forge.asked) == asked


def test_a_forge_that_is_down_is_asked_again_later(configured: Folder, forge: Forge) -> None:
    """It holds up nothing else."""
    config = load(configured.path / "callboard.toml", environ={})
    forge.broken["/api/v3/orgs/acme/repos"] = (200, b"<html>", {})

    with Services.open(config, create=True) as services:
        asyncio.run(once(services))
        (job,) = standing(services.store, now=services.clock.now()).failing
        assert (job.name, job.failures) == ("repositories github", 1)
        assert job.due_at > services.clock.now()


async def once(services: Services) -> None:
    """One look of a loop at what is due, to its end."""
    background = Background(services)
    await background.once()
    await asyncio.gather(*background._beside.values())


GOOD: dict[str, dict[str, Any]] = {
    "github": {"token": "t"},
    "gitlab": {"token": "t"},
    "folder": {"root": "repositories"},
}


def configuration(path: Path, kind: str, **fields: object) -> str:
    """A configuration with one section."""
    rows = "".join(f"{key} = {value!r}\n".replace("True", "true") for key, value in fields.items())
    (path / "callboard.toml").write_text(f'[[repositories]]\nkind = "{kind}"\n{rows}')
    return str(path / "callboard.toml")


@pytest.mark.parametrize("kind", sorted(FORGES))
def test_every_kind_has_defaults_that_work(tmp_path: Path, kind: str) -> None:
    """And shows no secret of itself."""
    config = load(Path(configuration(tmp_path, kind, **GOOD[kind])), environ={})
    (section,) = config.repositories
    assert section.name == kind
    settings = section.settings()
    assert "'t'" not in repr(settings)
    assert settings.read_every_minutes == 60


@pytest.mark.parametrize(
    ("kind", "fields", "says"),
    [
        ("github", {}, "needs either token or app_id"),
        ("github", {"token": "t", "app_id": "1"}, "needs either token or app_id"),
        ("github", {"app_id": "1"}, "belong together"),
        ("github", {"app_id": "1", "private_key": "k"}, "installation_id, or organisations"),
        ("github", {"app_id": "1", "private_key": "k", "installation_id": "x/y"}, "should be a number"),
        ("github", {"token": "t", "url": "ftp://x"}, "should be an address"),
        ("github", {"token": "t", "url": "https://a:b@x.example"}, "user name"),
        ("github", {"token": "t", "organisations": ["a/b"]}, "names like they stand"),
        ("github", {"token": "t", "organisation": ["a"]}, "did you mean organisations"),
        ("gitlab", {"token": "t", "groups": ["../x"]}, "names like they stand"),
        ("gitlab", {}, "needs token"),
        ("folder", {"root": "x", "host": "a/b"}, "should be a name"),
        ("bitbucket", {}, "there is folder, github and gitlab"),
    ],
)
def test_mistakes_are_told_where_they_stand(tmp_path: Path, kind: str, fields: dict[str, object], says: str) -> None:
    """With the key."""
    with pytest.raises(ConfigError, match=says):
        load(Path(configuration(tmp_path, kind, **fields)), environ={}).repositories[0].settings()


@pytest.mark.parametrize(
    ("url", "api", "graphql"),
    [
        ("https://github.com/", "https://api.github.com", "https://api.github.com/graphql"),
        ("https://acme.ghe.com", "https://api.acme.ghe.com", "https://api.acme.ghe.com/graphql"),
        ("https://git.acme.example/", "https://git.acme.example/api/v3", "https://git.acme.example/api/graphql"),
    ],
)
def test_where_the_api_of_a_github_is(url: str, api: str, graphql: str) -> None:
    """For everybody's, for a company's in GitHub's cloud, and for one of its own."""
    config = FORGES["github"].config(token="t", url=url)
    assert (config.api, config.graphql) == (api, graphql)  # type: ignore[attr-defined]
