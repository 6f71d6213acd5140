"""GitLab, as a server on loopback speaks it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from callboard.domain.forge import Absent, Head, Kept, Moved, Unread
from callboard.domain.instant import SECOND, from_text
from callboard.domain.ownership.codeowners import Dialect
from callboard.errors import BudgetSpentError, FileTooLargeError
from tests.support.forges import Forge, MadeUpRepository, commit
from tests.unit.repositories.opening import NOW, Waiting, gitlab, head, listed

FILES = {".gitlab/CODEOWNERS": b"* @acme/pay\n", "src/app.py": b"x", "go.mod": b"module x"}


@pytest.fixture
async def forge() -> AsyncIterator[Forge]:
    """Three projects, one of them in a subgroup."""
    slugs = ("acme/r1", "acme/pay/r2", "acme/r3")
    found = Forge(*(MadeUpRepository(n, slug, dict(FILES)) for n, slug in enumerate(slugs, 1)))
    async with found.served():
        yield found


async def test_a_group_is_walked_with_its_subgroups(forge: Forge) -> None:
    """By Link headers; an unchanged page is not sent again."""
    forge.page_size = 2
    kept: dict[str, Kept] = {}
    async with gitlab(forge, groups=("acme",)) as reader:
        first = await listed(reader, kept=kept)
        assert first == await listed(reader, kept=kept)
    assert [each.slug for each in first if isinstance(each, Head)] == ["acme/r1", "acme/pay/r2", "acme/r3"]
    assert {each.dialect for each in first if isinstance(each, Head)} == {Dialect.GITLAB}
    assert ["If-None-Match" in request.headers for request in forge.asked] == [False, False, True, True]


async def test_a_project_that_was_active_within_the_hour_is_looked_at_again(forge: Forge) -> None:
    """GitLab moves the time of the last activity once an hour, so a young time proves nothing."""
    forge.repositories["acme/r1"].pushed = "2026-03-02T07:30:00Z"
    waiting = Waiting()
    async with gitlab(forge, waiting) as reader:
        first = await head(reader, "acme/r1")
        await waiting.sleep(60)
        second = await head(reader, "acme/r1")
        quiet = [await head(reader, "acme/r3") for _ in range(2)]
    assert first.marker != second.marker
    assert quiet[0].marker == quiet[1].marker


async def test_a_tree_is_read_page_by_page_and_only_when_its_commit_is_new(forge: Forge) -> None:
    """Asking for the commit costs one call."""
    forge.page_size = 2
    async with gitlab(forge) as reader:
        one = await head(reader, "acme/r1")
        tree = await reader.tree(one, None)
        assert tree is not None
        assert sorted(each.path for each in tree.files) == sorted(FILES)
        before = reader.calls
        assert await reader.tree(one, tree.etag) is None
        assert reader.calls == before + 1
        file = next(each for each in tree.files if each.path == "go.mod")
        assert await reader.file(one, file, max_bytes=100) == b"module x"
        with pytest.raises(FileTooLargeError):
            await reader.file(one, file, max_bytes=3)


async def test_a_project_in_a_subgroup_is_found_by_its_whole_path(forge: Forge) -> None:
    """A moved one under its new name, a missing one as absent."""
    forge.renamed["acme/old"] = "acme/pay/r2"
    async with gitlab(forge) as reader:
        found = await listed(reader, "acme/pay/r2", "acme/old", "acme/none")
    assert isinstance(found[0], Head)
    assert isinstance(found[1], Moved)
    assert found[1].head.slug == "acme/pay/r2"
    assert found[2] == Absent("acme/none")


async def test_who_committed_is_asked_folder_by_folder(forge: Forge) -> None:
    """GitLab tells addresses; a handle stands in a no-reply one. A quiet project costs one call."""
    forge.repositories["acme/r1"].commits = [
        commit(None, "2026-02-28T10:00:00Z", "src", mail="12-ana@users.noreply.gitlab.com"),
        commit(None, "2026-02-27T10:00:00Z", "docs", mail="project_7_bot_x@noreply.gitlab.com"),
    ]
    since = from_text("2026-01-01T00:00:00Z")
    async with gitlab(forge, ignored_authors=("project_7_bot_x@noreply.gitlab.com",)) as reader:
        told = await reader.activity(await head(reader, "acme/r1"), ("", "src", "docs"), since)
        assert [(each.folder, each.who) for each in told.contributions] == [("", "ana"), ("src", "ana")]
        quiet = await head(reader, "acme/r3")
        before = reader.calls
        assert (await reader.activity(quiet, ("", "src", "docs"), since)).contributions == ()
        assert reader.calls == before + 1


async def test_the_rate_limit_of_gitlab_is_understood(forge: Forge) -> None:
    """Its headers lack GitHub's prefix."""
    headers = {"RateLimit-Remaining": "0", "RateLimit-Reset": str(NOW // SECOND + 20)}
    forge.script = [(429, b"Retry later\n", headers)]
    waiting = Waiting()
    async with gitlab(forge, waiting) as reader:
        (found,) = await listed(reader, "acme/r1")
    assert isinstance(found, Head)
    assert 20 <= sum(waiting.waits) <= 23


async def test_a_budget_ends_a_reading(forge: Forge) -> None:
    """With words about what to do."""
    async with gitlab(forge, calls_per_reading=10) as reader:
        for _ in range(10):
            await listed(reader, "acme/r1")
        with pytest.raises(BudgetSpentError) as caught:
            await listed(reader, "acme/r1")
    assert caught.value.hint


async def test_pages_of_a_tree_that_do_not_end_are_left(forge: Forge) -> None:
    """The tree says that it is not whole."""
    path = "/api/v4/projects/1/repository/tree"
    async with gitlab(forge) as reader:
        one = await head(reader, "acme/r1")
        forge.broken[path] = (200, [], {"Link": f'<{forge.url}{path}?page=2>; rel="next"'})
        tree = await reader.tree(one, None)
    assert tree is not None
    assert not tree.complete


async def test_a_check_tells_rights_that_are_not_needed(forge: Forge) -> None:
    """The scope api may write; a group that is not shown fails."""
    async with gitlab(forge, groups=("acme", "nobody")) as reader:
        lines = await reader.check()
    assert [line.ok for line in lines] == [True, None, True, False]


async def test_a_refused_token_is_told_with_advice(forge: Forge) -> None:
    """Nothing is tried twice."""
    forge.refused = {"a-token-of-the-tests"}
    async with gitlab(forge) as reader:
        (found,) = await listed(reader, "acme/r1")
        (line,) = await reader.check()
    assert isinstance(found, Unread)
    assert (line.ok, bool(line.hint)) == (False, True)
