"""GitHub, as a server on loopback speaks it."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import AsyncIterator
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import RSAKey

from callboard.domain.forge import MAX_FILES, Absent, Head, Kept, Moved, Unread
from callboard.domain.instant import SECOND, from_text
from callboard.errors import (
    BudgetSpentError,
    ConfigError,
    FileTooLargeError,
    RepositoryMissingError,
    RepositoryRefusedError,
    RepositoryUnreachableError,
)
from tests.support.forges import Forge, MadeUpRepository, commit
from tests.unit.repositories.opening import NOW, Waiting, github, head, listed

FILES = {"CODEOWNERS": b"* @acme/pay\n", "src/app.py": b"x", "package.json": b"{}"}


@pytest.fixture
async def forge() -> AsyncIterator[Forge]:
    """Three repositories."""
    found = Forge(*(MadeUpRepository(n, f"acme/r{n}", dict(FILES)) for n in (1, 2, 3)))
    async with found.served():
        yield found


async def test_an_organisation_is_walked_by_its_link_headers(forge: Forge) -> None:
    """Every repository once, with a read-only token, whatever the size of a page."""
    forge.page_size = 2
    async with github(forge, organisations=("acme",)) as reader:
        found = await listed(reader)
        assert [each.slug for each in found if isinstance(each, Head)] == ["acme/r1", "acme/r2", "acme/r3"]
        assert reader.calls == 2
    assert {request.headers["Authorization"] for request in forge.asked} == {"Bearer a-token-of-the-tests"}
    assert {request.method for request in forge.asked} == {"GET"}


async def test_an_unchanged_listing_is_answered_304_and_tells_the_same(forge: Forge) -> None:
    """The pages that were kept stand for those that are not sent again."""
    forge.page_size = 2
    kept: dict[str, Kept] = {}
    async with github(forge, organisations=("acme",)) as reader:
        first = await listed(reader, kept=kept)
        second = await listed(reader, kept=kept)
    assert first == second
    assert ["If-None-Match" in request.headers for request in forge.asked] == [False, False, True, True]


async def test_a_tree_holds_regular_files_only(forge: Forge) -> None:
    """No links, no submodules, no path that leads out of the repository; unchanged means None."""
    repository = forge.repositories["acme/r1"]
    repository.files |= {"link": b"/etc/passwd", "sub": b"", "../out": b"", "a//b": b"", "a/../b": b""}
    repository.modes = {"link": "120000", "sub": "160000"}
    async with github(forge) as reader:
        one = await head(reader, "acme/r1")
        tree = await reader.tree(one, None)
        assert tree is not None
        assert sorted(each.path for each in tree.files) == sorted(FILES)
        assert (tree.complete, tree.skipped) == (True, 5)
        assert await reader.tree(one, tree.etag) is None


async def test_a_truncated_tree_is_walked_by_folder(forge: Forge) -> None:
    """All of it is found, also where a folder is too large for one answer."""
    repository = forge.repositories["acme/r1"]
    repository.files = {f"{top}/{inner}/f{n}": b"x" for top in "ab" for inner in "cd" for n in range(4)} | {"top": b"y"}
    forge.cut_at = 6
    async with github(forge) as reader:
        tree = await reader.tree(await head(reader, "acme/r1"), None)
    assert tree is not None
    assert tree.complete
    assert sorted(each.path for each in tree.files) == sorted(repository.files)


async def test_a_tree_that_cannot_be_walked_says_so(forge: Forge) -> None:
    """What is left out is told, never passed over."""
    repository = forge.repositories["acme/r1"]
    repository.files = {f"f{n}": b"x" for n in range(50)}
    forge.cut_at = forge.folder_limit = 10
    async with github(forge) as reader:
        tree = await reader.tree(await head(reader, "acme/r1"), None)
    assert tree is not None
    assert (tree.complete, len(tree.files)) == (False, 10)
    assert tree.reason == "GitHub shows only a part of its top folder"


async def test_a_walk_of_folders_is_bounded(forge: Forge) -> None:
    """A thousand folders cost two hundred calls, and the rest is told to be missing."""
    repository = forge.repositories["acme/r1"]
    repository.files = {f"d{n}/f": b"x" for n in range(1_000)}
    forge.cut_at = 1
    async with github(forge) as reader:
        tree = await reader.tree(await head(reader, "acme/r1"), None)
        assert reader.calls < 210
    assert tree is not None
    assert not tree.complete
    assert tree.reason is not None
    assert "folders were left out" in tree.reason


async def test_a_tree_of_more_entries_than_anybody_has_is_cut(forge: Forge) -> None:
    """Two hundred thousand files are enough."""
    entries = [{"path": f"f{n}", "mode": "100644", "type": "blob", "sha": "s", "size": 1} for n in range(MAX_FILES + 5)]
    forge.broken["/api/v3/repos/acme/r1/git/trees/main"] = (200, {"sha": "x", "tree": entries, "truncated": False}, {})
    async with github(forge) as reader:
        tree = await reader.tree(await head(reader, "acme/r1"), None)
    assert tree is not None
    assert (len(tree.files), tree.complete) == (MAX_FILES, False)


async def test_an_empty_repository_has_no_files_and_no_problem(forge: Forge) -> None:
    """GitHub answers 409 for it."""
    forge.repositories["acme/r1"].branch = None
    async with github(forge) as reader:
        tree = await reader.tree(await head(reader, "acme/r1"), None)
    assert tree is not None
    assert (tree.files, tree.complete, tree.etag) == ((), True, None)


async def test_a_file_is_read_up_to_its_limit(forge: Forge) -> None:
    """A larger one is refused, announced or packed to look small."""
    async with github(forge) as reader:
        one = await head(reader, "acme/r1")
        tree = await reader.tree(one, None)
        assert tree is not None
        file = next(each for each in tree.files if each.path == "CODEOWNERS")
        assert await reader.file(one, file, max_bytes=100) == FILES["CODEOWNERS"]
        with pytest.raises(FileTooLargeError):
            await reader.file(one, file, max_bytes=5)
        path = f"/api/v3/repos/acme/r1/git/blobs/{file.blob}"
        forge.broken[path] = (200, gzip.compress(bytes(1 << 30), 1), {"Content-Encoding": "gzip"})
        with pytest.raises(FileTooLargeError):
            await reader.file(one, file, max_bytes=1_000_000)


async def test_a_renamed_repository_is_found_under_its_new_name(forge: Forge) -> None:
    """The redirect stays on the same server, so it is asked once more there."""
    forge.renamed["acme/old"] = "acme/r2"
    async with github(forge) as reader:
        (found,) = await listed(reader, "acme/old")
    assert isinstance(found, Moved)
    assert (found.slug, found.head.slug) == ("acme/old", "acme/r2")


@pytest.mark.parametrize(
    "there", ["http://169.254.169.254/latest", "http://127.0.0.1:1/api/v3/repos/acme/r1", "file:///etc/passwd"]
)
async def test_a_redirect_to_another_server_is_not_followed(forge: Forge, there: str) -> None:
    """Not even to another port of the same host."""
    forge.broken["/api/v3/repos/acme/r1"] = (301, {}, {"Location": there})
    async with github(forge) as reader:
        (found,) = await listed(reader, "acme/r1")
    assert isinstance(found, Unread)
    assert len(forge.asked) == 1


async def test_a_redirect_in_a_circle_ends(forge: Forge) -> None:
    """After one more call at the most."""
    forge.broken["/api/v3/repos/acme/r1"] = (301, {}, {"Location": "/api/v3/repos/acme/r1"})
    async with github(forge) as reader:
        (found,) = await listed(reader, "acme/r1")
    assert isinstance(found, Unread)
    assert len(forge.asked) == 1


async def test_a_repository_that_is_not_there_is_absent_and_stops_nobody(forge: Forge) -> None:
    """Missing and hidden look the same, as GitHub means them to."""
    async with github(forge) as reader:
        found = await listed(reader, "acme/none", "acme/R1")
    assert found[0] == Absent("acme/none")
    assert isinstance(found[1], Head)


async def test_a_used_up_limit_is_waited_for(forge: Forge) -> None:
    """Until the moment that GitHub names, and everybody waits for the same one."""
    reset = str(NOW // SECOND + 90)
    refusal: tuple[int, Any, dict[str, str]] = (
        403, {"message": "API rate limit exceeded"}, {"x-ratelimit-remaining": "0", "x-ratelimit-reset": reset}
    )  # fmt: skip
    forge.script = [refusal, refusal, None, None]
    waiting = Waiting()
    async with github(forge, waiting) as reader:
        found = await listed(reader, "acme/r1", "acme/r2")
    assert [type(each) for each in found] == [Head, Head]
    assert 90 <= sum(waiting.waits) <= 2 * 92


async def test_a_limit_that_ends_too_late_ends_the_reading(forge: Forge) -> None:
    """An hour is more than one reading waits."""
    reset = str(NOW // SECOND + 3_600)
    forge.script = [(429, {}, {"x-ratelimit-remaining": "0", "x-ratelimit-reset": reset})]
    async with github(forge) as reader:
        with pytest.raises(BudgetSpentError) as caught:
            await listed(reader, "acme/r1")
    assert caught.value.hint


@pytest.mark.parametrize(
    ("headers", "least"), [({"Retry-After": "7"}, 7), ({}, 60), ({"Retry-After": "Mon, 02 Mar 2026 08:00:30 GMT"}, 30)]
)
async def test_a_secondary_limit_is_waited_for(forge: Forge, headers: dict[str, str], least: float) -> None:
    """As long as it says, a minute when it does not say; it is no refusal of the token."""
    forge.script = [(403, {"message": "You have exceeded a secondary rate limit."}, headers)]
    waiting = Waiting()
    async with github(forge, waiting) as reader:
        (found,) = await listed(reader, "acme/r1")
    assert isinstance(found, Head)
    assert least <= sum(waiting.waits) <= least + 2


async def test_a_refusal_is_no_limit(forge: Forge) -> None:
    """It is told with GitHub's own words, and not tried again."""
    forge.broken["/api/v3/orgs/acme/repos"] = (403, {"message": "Resource protected by organization SAML"}, {})
    async with github(forge, organisations=("acme",)) as reader:
        (found,) = await listed(reader)
    assert isinstance(found, Unread)
    assert "SAML" in found.reason
    assert len(forge.asked) == 1


@pytest.mark.fault("F10")
async def test_a_storm_of_errors_is_answered_with_patience_and_then_given_up(forge: Forge) -> None:
    """Four tries of a call, and after three such calls the forge counts as down."""
    forge.script = [(503, {}, {})] * 100
    waiting = Waiting()
    async with github(forge, waiting) as reader:
        found = await listed(reader, "acme/r1", "acme/r2", "acme/r3")
        assert all(isinstance(each, Unread) for each in found)
        with pytest.raises(BudgetSpentError):
            await listed(reader, "acme/r1")
    assert len(forge.asked) <= 13


async def test_one_reading_makes_no_more_calls_than_it_may(forge: Forge) -> None:
    """The budget counts tries, and its end is told."""
    async with github(forge, calls_per_reading=10) as reader:
        one = await head(reader, "acme/r1")
        for _ in range(9):
            await reader.tree(one, None)
        with pytest.raises(BudgetSpentError, match="10 calls"):
            await reader.tree(one, None)
    assert len(forge.asked) == 10


async def test_pages_that_do_not_end_are_left(forge: Forge) -> None:
    """A link that leads back is an error, not a walk for ever."""
    path = "/api/v3/orgs/acme/repos"
    link = f'<{forge.url}{path}?per_page=100&sort=full_name>; rel="next"'
    forge.broken[path] = (200, [], {"Link": link})
    async with github(forge, organisations=("acme",)) as reader:
        with pytest.raises(RepositoryUnreachableError):
            await listed(reader)


@pytest.mark.parametrize("body", [b"<html>login</html>", b"[" * 100_000, b'{"id": "x"}', b"\xff\xfe", b'{"id": 1e999}'])
async def test_an_answer_in_another_shape_is_an_error_in_words(forge: Forge, body: bytes) -> None:
    """Never a traceback, and the others go on."""
    forge.broken["/api/v3/repos/acme/r1"] = (200, body, {})
    async with github(forge) as reader:
        found = await listed(reader, "acme/r1", "acme/r2")
    assert isinstance(found[0], Unread)
    assert isinstance(found[1], Head)


async def test_who_committed_is_asked_for_all_folders_at_once(forge: Forge) -> None:
    """One question; handles are preferred to addresses, programs are left out, paths never stand in the question."""
    repository = forge.repositories["acme/r1"]
    repository.commits = [
        commit("Ana", "2026-02-28T10:00:00Z", "src"),
        commit("dependabot[bot]", "2026-02-27T10:00:00Z", "src"),
        commit(None, "2026-02-26T10:00:00Z", "docs", mail="Bo@corp.example"),
        commit("Ana", "2025-02-26T10:00:00Z", "docs"),
    ]
    async with github(forge) as reader:
        one = await head(reader, "acme/r1")
        before = reader.calls
        told = await reader.activity(one, ("", "src", 'docs"){x}'), from_text("2026-01-01T00:00:00Z"))
        assert reader.calls == before + 1
    assert [(each.folder, each.who, each.commits) for each in told.contributions] == [
        ("", "ana", 1), ("", "bo@corp.example", 1), ("src", "ana", 1),
    ]  # fmt: skip
    assert told.complete


@pytest.mark.fault("F8")
async def test_graphql_that_only_complains_is_an_error(forge: Forge) -> None:
    """HTTP 200 with errors and no data is no empty answer."""
    forge.broken["/api/graphql"] = (200, {"data": None, "errors": [{"message": "Something went wrong"}]}, {})
    async with github(forge) as reader:
        one = await head(reader, "acme/r1")
        with pytest.raises(RepositoryUnreachableError, match="Something went wrong"):
            await reader.activity(one, ("",), NOW)


# The app


@pytest.fixture(scope="module")
def key() -> RSAKey:
    """An app's key."""
    return RSAKey.generate_key(2048)


def app(key: RSAKey, **fields: Any) -> dict[str, Any]:
    """What configures an app."""
    return {
        "token": None,
        "app_id": "12",
        "private_key": key.as_pem(private=True).decode(),
        "organisations": ("acme",),
        **fields,
    }


async def test_an_app_signs_a_token_and_changes_it_once_for_many_calls(forge: Forge, key: RSAKey) -> None:
    """RS256, ten minutes at the most, one minting however many ask at once, and no more rights than needed."""
    async with github(forge, **app(key)) as reader:
        await asyncio.gather(*(listed(reader, f"acme/r{n}") for n in (1, 2, 3)))
    assert forge.tokens_minted == 1
    minting = next(request for request in forge.asked if request.path.endswith("/access_tokens"))
    signed = jwt.decode(minting.headers["Authorization"].removeprefix("Bearer "), key, algorithms=["RS256"])
    assert signed.claims["iss"] == "12"
    assert 0 < signed.claims["exp"] - signed.claims["iat"] <= 600
    assert minting.path == "/api/v3/app/installations/77/access_tokens"


async def test_an_app_renews_its_token_before_its_end_and_after_a_refusal(forge: Forge, key: RSAKey) -> None:
    """Five minutes before, and once when GitHub refuses it meanwhile."""
    waiting = Waiting()
    async with github(forge, waiting, **app(key, installation_id="5")) as reader:
        await listed(reader)
        await waiting.sleep(54 * 60)
        await listed(reader)
        assert forge.tokens_minted == 1
        await waiting.sleep(2 * 60)
        await listed(reader)
        assert forge.tokens_minted == 2
        forge.token_life = "2026-03-02T12:00:00Z"
        forge.refused = {"ghs_minted2"}
        found = await listed(reader)
        assert all(isinstance(each, Head) for each in found)
        assert forge.tokens_minted >= 3


@pytest.mark.fault("F11")
async def test_a_refused_token_is_renewed_once_and_then_told(forge: Forge, key: RSAKey) -> None:
    """It does not go round in circles."""
    forge.broken["/api/v3/repos/acme/r1"] = (401, {"message": "Bad credentials"}, {})
    async with github(forge, **app(key, installation_id="5")) as reader:
        one = await reader.check()
        before = len(forge.asked)
        with pytest.raises(RepositoryRefusedError):
            await reader._calls.get(f"{forge.url}/api/v3/repos/acme/r1")  # type: ignore[attr-defined]
    assert one[0].ok
    assert [request.path for request in forge.asked[before:]].count("/api/v3/repos/acme/r1") == 2


async def test_a_key_that_is_none_is_told_without_repeating_it(forge: Forge) -> None:
    """The words of a parser may quote a secret."""
    with pytest.raises(ConfigError) as caught:
        async with github(forge, token=None, app_id="1", private_key="-----secret", installation_id="5"):
            pass
    assert "secret" not in caught.value.message


async def test_a_check_tells_rights_that_are_not_needed(forge: Forge) -> None:
    """A classic token may write."""
    async with github(forge, organisations=("acme", "nobody")) as reader:
        lines = await reader.check()
    assert [line.ok for line in lines] == [True, None, True, False]
    assert "repo" in lines[1].message


async def test_a_missing_repository_is_told_apart_from_a_broken_forge(forge: Forge) -> None:
    """Each has an error of its own."""
    async with github(forge) as reader:
        one = await head(reader, "acme/r1")
        del forge.repositories["acme/r1"]
        with pytest.raises(RepositoryMissingError):
            await reader.tree(one, None)
