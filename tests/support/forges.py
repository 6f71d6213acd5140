"""A forge on loopback that speaks the REST shapes of GitHub and of GitLab, and can be told to misbehave."""

from __future__ import annotations

import asyncio
import hashlib
import json
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

from aiohttp import web

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Said = tuple[int, Any, dict[str, str]]
"""Status, body (JSON or bytes) and headers."""


class MadeUpRepository:
    """One repository."""

    def __init__(
        self, number: int, slug: str, files: dict[str, bytes], *, pushed: str = "2026-02-20T10:00:00Z"
    ) -> None:
        self.number = number
        self.slug = slug
        self.files = files
        self.modes: dict[str, str] = {}
        self.pushed = pushed
        self.branch: str | None = "main"
        self.archived = False
        self.commits: list[dict[str, Any]] = []
        """Newest first: who (login or None), mail, date, folders."""

    @property
    def sha(self) -> str:
        """Names the tree."""
        return digest(repr(sorted(self.files.items())).encode())

    def entries(self, folder: str, *, recursive: bool) -> list[dict[str, Any]]:
        """A folder's entries as GitHub tells them, paths relative to it."""
        start = f"{folder}/" if folder else ""
        found: dict[str, dict[str, Any]] = {}
        for path, content in self.files.items():
            if not path.startswith(start):
                continue
            rest = path[len(start) :].split("/")
            for depth in range(1, len(rest)):
                inner = "/".join(rest[:depth])
                if recursive or depth == 1:
                    found[inner] = {"path": inner, "mode": "040000", "type": "tree", "sha": f"tree:{start}{inner}"}
            if recursive or len(rest) == 1:
                name = "/".join(rest)
                mode = self.modes.get(path, "100644")
                kind = "commit" if mode == "160000" else "blob"
                found[name] = {"path": name, "mode": mode, "type": kind, "sha": digest(content), "size": len(content)}
        return list(found.values())

    def counted(self, folder: str | None, since: str) -> list[dict[str, Any]]:
        """Commits that touched a folder since then."""
        return [each for each in self.commits if each["date"] >= since and (not folder or folder in each["folders"])]


def digest(content: bytes) -> str:
    """Forty characters that name a content."""
    return hashlib.sha1(content, usedforsecurity=False).hexdigest()


class Forge:
    """What the forge holds and how it behaves."""

    def __init__(self, *repositories: MadeUpRepository) -> None:
        self.repositories = {each.slug: each for each in repositories}
        self.renamed: dict[str, str] = {}
        """Old slug → new slug."""
        self.script: list[Said | None] = []
        """What the next requests get instead. None: the usual answer."""
        self.broken: dict[str, Said] = {}
        """By path of the request: what is answered instead, for ever."""
        self.asked: list[web.Request] = []
        self.page_size = 100
        self.cut_at = 100_000
        """Entries from which on a recursive tree is truncated."""
        self.folder_limit = 1_000_000
        self.tokens_minted = 0
        self.token_life = "2026-03-02T09:00:00Z"
        self.refused: set[str] = set()
        """Tokens that are not accepted."""
        self.url = ""

    def app(self) -> web.Application:
        """Both forges' routes."""
        app = web.Application()
        routes: list[tuple[str, str, Handler]] = [
            ("GET", "/api/v3/orgs/{org}/repos", self._org),
            ("GET", "/api/v3/orgs/{org}/installation", self._installation),
            ("POST", "/api/v3/app/installations/{id}/access_tokens", self._token),
            ("GET", "/api/v3/rate_limit", self._rate),
            ("GET", "/api/v3/repositories/{number}", self._repository_by_number),
            ("GET", "/api/v3/repos/{owner}/{name}", self._repository),
            ("GET", "/api/v3/repos/{owner}/{name}/git/trees/{sha:.+}", self._tree),
            ("GET", "/api/v3/repos/{owner}/{name}/git/blobs/{sha}", self._blob),
            ("POST", "/api/graphql", self._graphql),
            ("GET", "/api/v4/groups/{group}/projects", self._group),
            ("GET", "/api/v4/personal_access_tokens/self", self._self),
            ("GET", "/api/v4/projects/{id}", self._project),
            ("GET", "/api/v4/projects/{id}/repository/branches/{branch}", self._branch),
            ("GET", "/api/v4/projects/{id}/repository/tree", self._project_tree),
            ("GET", "/api/v4/projects/{id}/repository/blobs/{sha}/raw", self._project_blob),
            ("GET", "/api/v4/projects/{id}/repository/commits", self._commits),
        ]
        for method, path, handler in routes:
            app.router.add_route(method, path, self._guarded(handler))
        return app

    def _guarded(self, handler: Handler) -> Handler:
        async def answer(request: web.Request) -> web.StreamResponse:
            self.asked.append(request)
            said = self.script.pop(0) if self.script else None
            said = said or self.broken.get(request.path)
            if said is not None:
                status, body, headers = said
                raw = body if isinstance(body, bytes) else json.dumps(body).encode()
                return web.Response(status=status, body=raw, headers=headers)
            bearer = request.headers.get("Authorization", "").removeprefix("Bearer ")
            if not bearer or bearer in self.refused:
                return web.json_response({"message": "Bad credentials"}, status=401)
            return await handler(request)

        return answer

    def _told(self, request: web.Request, value: object, headers: dict[str, str] | None = None) -> web.Response:
        """JSON with an ETag, or 304."""
        raw = json.dumps(value).encode()
        etag = f'"{digest(raw)}"'
        if request.headers.get("If-None-Match") == etag:
            return web.Response(status=304, headers={"ETag": etag})
        return web.Response(body=raw, content_type="application/json", headers={"ETag": etag, **(headers or {})})

    def _paged(self, request: web.Request, items: list[Any]) -> web.Response:
        number = int(request.query.get("page", "1"))
        size = min(int(request.query.get("per_page", "30")), self.page_size)
        headers = {}
        if number * size < len(items):
            headers["Link"] = f'<{request.url.update_query(page=number + 1)}>; rel="next", <{request.url}>; rel="first"'
        return self._told(request, items[(number - 1) * size : number * size], headers)

    # GitHub

    def _github(self, each: MadeUpRepository) -> dict[str, Any]:
        return {
            "id": each.number, "full_name": each.slug, "default_branch": each.branch or "main",
            "pushed_at": each.pushed, "archived": each.archived, "private": True,
        }  # fmt: skip

    async def _org(self, request: web.Request) -> web.Response:
        mine = [each for each in self.repositories.values() if each.slug.startswith(f"{request.match_info['org']}/")]
        if not mine:
            return web.json_response({"message": "Not Found"}, status=404)
        return self._paged(request, [self._github(each) for each in sorted(mine, key=lambda each: each.slug)])

    def _found(self, request: web.Request) -> MadeUpRepository | None:
        return self.repositories.get(f"{request.match_info['owner']}/{request.match_info['name']}")

    async def _repository(self, request: web.Request) -> web.Response:
        slug = f"{request.match_info['owner']}/{request.match_info['name']}"
        if slug in self.renamed:
            number = self.repositories[self.renamed[slug]].number
            there = f"{self.url}/api/v3/repositories/{number}"
            return web.json_response({"message": "Moved Permanently"}, status=301, headers={"Location": there})
        each = next((one for key, one in self.repositories.items() if key.lower() == slug.lower()), None)
        if each is None:
            return web.json_response({"message": "Not Found"}, status=404)
        return self._told(request, self._github(each))

    async def _repository_by_number(self, request: web.Request) -> web.Response:
        number = int(request.match_info["number"])
        each = next(each for each in self.repositories.values() if each.number == number)
        return self._told(request, self._github(each))

    async def _tree(self, request: web.Request) -> web.Response:
        each = self._found(request)
        if each is None:
            return web.json_response({"message": "Not Found"}, status=404)
        if each.branch is None:
            return web.json_response({"message": "Git Repository is empty."}, status=409)
        sha = request.match_info["sha"]
        folder = sha.removeprefix("tree:") if sha.startswith("tree:") else ""
        recursive = "recursive" in request.query
        entries = each.entries(folder, recursive=recursive)
        limit = self.cut_at if recursive else self.folder_limit
        named = sha if folder else each.sha
        return self._told(request, {"sha": named, "tree": entries[:limit], "truncated": len(entries) > limit})

    async def _blob(self, request: web.Request) -> web.Response:
        each = self._found(request)
        for content in each.files.values() if each else ():
            if digest(content) == request.match_info["sha"]:
                return web.Response(body=content)
        return web.json_response({"message": "Not Found"}, status=404)

    async def _graphql(self, request: web.Request) -> web.Response:
        asked = await request.json()
        variables = asked["variables"]
        each = self.repositories[f"{variables['owner']}/{variables['name']}"]
        target = {}
        number = 0
        while f"f{number}:history" in asked["query"]:
            found = each.counted(variables.get(f"p{number}"), variables["since"])
            nodes = [
                {
                    "committedDate": one["date"],
                    "author": {"email": one["mail"], "user": {"login": one["who"]} if one["who"] else None},
                }
                for one in found
            ]
            target[f"f{number}"] = {"totalCount": len(nodes), "nodes": nodes[:100]}
            number += 1
        branch = {"target": target} if each.branch else None
        return web.json_response({"data": {"repository": {"defaultBranchRef": branch}}})

    async def _installation(self, _request: web.Request) -> web.Response:
        return web.json_response({"id": 77})

    async def _token(self, _request: web.Request) -> web.Response:
        self.tokens_minted += 1
        told = {"token": f"ghs_minted{self.tokens_minted}", "expires_at": self.token_life}
        return web.json_response(told, status=201)

    async def _rate(self, _request: web.Request) -> web.Response:
        return web.json_response({}, headers={"x-ratelimit-remaining": "4999", "x-oauth-scopes": "repo, read:org"})

    # GitLab

    def _gitlab(self, each: MadeUpRepository) -> dict[str, Any]:
        return {
            "id": each.number, "path_with_namespace": each.slug, "default_branch": each.branch,
            "last_activity_at": each.pushed, "archived": each.archived, "empty_repo": each.branch is None,
        }  # fmt: skip

    async def _group(self, request: web.Request) -> web.Response:
        mine = [each for each in self.repositories.values() if each.slug.startswith(f"{request.match_info['group']}/")]
        if not mine:
            return web.json_response({"message": "404 Group Not Found"}, status=404)
        return self._paged(request, [self._gitlab(each) for each in sorted(mine, key=lambda each: each.number)])

    async def _self(self, _request: web.Request) -> web.Response:
        return web.json_response({"scopes": ["api"], "expires_at": None})

    def _by_id(self, request: web.Request) -> MadeUpRepository | None:
        wanted = request.match_info["id"]
        return next((each for each in self.repositories.values() if wanted in (str(each.number), each.slug)), None)

    async def _project(self, request: web.Request) -> web.Response:
        if request.match_info["id"] in self.renamed:
            number = self.repositories[self.renamed[request.match_info["id"]]].number
            there = f"{self.url}/api/v4/projects/{number}"
            return web.json_response({"message": "301"}, status=301, headers={"Location": there})
        each = self._by_id(request)
        if each is None:
            return web.json_response({"message": "404 Project Not Found"}, status=404)
        return self._told(request, self._gitlab(each))

    async def _branch(self, request: web.Request) -> web.Response:
        each = self._by_id(request)
        if each is None:
            return web.json_response({"message": "404"}, status=404)
        return self._told(request, {"name": each.branch, "commit": {"id": each.sha}})

    async def _project_tree(self, request: web.Request) -> web.Response:
        each = self._by_id(request)
        assert each is not None
        entries = [{**one, "id": one["sha"], "name": one["path"]} for one in each.entries("", recursive=True)]
        return self._paged(request, entries)

    async def _project_blob(self, request: web.Request) -> web.Response:
        each = self._by_id(request)
        assert each is not None
        content = next(one for one in each.files.values() if digest(one) == request.match_info["sha"])
        return web.Response(body=content)

    async def _commits(self, request: web.Request) -> web.Response:
        each = self._by_id(request)
        assert each is not None
        found = each.counted(request.query.get("path"), request.query["since"])
        told = [
            {
                "id": digest(repr(one).encode()),
                "committed_date": one["date"],
                "author_email": one["mail"],
                "parent_ids": ["x"],
            }
            for one in found
        ]
        return self._paged(request, told)

    @asynccontextmanager
    async def served(self) -> AsyncIterator[Forge]:
        """Listens on a free port of loopback."""
        runner = web.AppRunner(self.app(), shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        try:
            yield self
        finally:
            await runner.cleanup()


@contextmanager
def in_a_thread(forge: Forge) -> Iterator[Forge]:
    """Serves the forge beside a test that has no event loop, or starts one itself."""
    loop = asyncio.new_event_loop()
    ready, done = threading.Event(), asyncio.Event()

    async def serve() -> None:
        async with forge.served():
            ready.set()
            await done.wait()

    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),), daemon=True)
    thread.start()
    ready.wait(10)
    try:
        yield forge
    finally:
        loop.call_soon_threadsafe(done.set)
        thread.join(10)
        loop.close()


def commit(who: str | None, date: str, *folders: str, mail: str | None = None) -> dict[str, Any]:
    """One commit for `MadeUpRepository.commits`."""
    return {"who": who, "date": date, "folders": folders, "mail": mail or f"{who}@corp.example"}
