"""Pages of a tenant, recorded once from the look-alike and kept as plain files.

A recording is keyed by the exact request, so that replaying it costs a look-up and nothing of the look-alike is in any
figure. Variants are made by editing the recorded bytes: one page in which nothing but dates of detection moved, one in which
every hundredth record changed.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import re
import shutil
from pathlib import Path

from aiohttp import ClientSession, web

from benchmarks.tenant import FIXED_NOW, full_plan, open_wiz
from callboard.demo.company import Sizes, make_world
from callboard.demo.wizsim import Options, WizSim
from callboard.ports import Split
from callboard.sources import wiz

_MOVING = re.compile(rb'"(lastDetectedAt|analyzedAt)":"([^"]*)"')


def key_of(body: bytes) -> str:
    """The name of the file that answers this request."""
    return hashlib.blake2b(body, digest_size=12).hexdigest()


def ensure(folder: Path, findings: int, *, seed: int = 1) -> Path:
    """The folder of a recording of this size, made if it is missing."""
    target = folder / f"{findings}-{seed}-{_asking()}"
    if (target / "done").exists():
        return target
    shutil.rmtree(target, ignore_errors=True)
    (target / "first").mkdir(parents=True)
    count = asyncio.run(_record(target / "first", findings, seed))
    (target / "done").write_text(json.dumps({"findings": findings, "pages": count}))
    return target


def _asking() -> str:
    """Changes with the code that makes requests: a recording answers those requests alone."""
    files = sorted(Path(wiz.__file__).parent.glob("*.py"))
    return hashlib.blake2b(b"".join(file.read_bytes() for file in files), digest_size=4).hexdigest()


def ensure_variant(recording: Path, variant: str) -> Path:
    """The pages of a variant of a recording, made if they are missing."""
    target = recording / variant
    if variant == "first" or (target / "done").exists():
        return target
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir()
    # A second scan of a changed world: only its dates move.
    before = recording / "first" if variant == "changed" else ensure_variant(recording, "changed")
    for file in sorted(before.iterdir()):
        (target / file.name).write_bytes(_edited(file.read_bytes(), variant))
    (target / "done").touch()
    return target


def _edited(body: bytes, variant: str) -> bytes:
    if variant == "redetected":
        return _MOVING.sub(lambda found: b'"%b":"2026-10-02T03:04:05.678Z"' % found[1], body)
    # One record in a hundred gets another value in a field that means something.
    parts = re.split(rb'(?=\{"(?:lastDetectedAt|analyzedAt|updatedAt)":")', body)
    for at in range(1, len(parts), 100):
        parts[at] = re.sub(rb'"severity":"[A-Z]+"', b'"severity":"MEDIUM"', parts[at], count=1)
        parts[at] = re.sub(rb'"status":"[A-Z_]+"', b'"status":"IN_PROGRESS"', parts[at], count=1)
    return b"".join(parts)


def sizes(findings: int) -> Sizes:
    """How many findings of each kind are read: the shares that the first measurement had, so that figures compare."""
    issues, configurations = findings * 15 // 100, findings * 20 // 100
    return Sizes(issues=issues, vulnerabilities=findings - issues - configurations, configurations=configurations)


async def _record(target: Path, findings: int, seed: int) -> int:
    """Walk everything that a full sync asks for, through a proxy that keeps every answer."""
    world = make_world(seed=seed, sizes=sizes(findings), now=FIXED_NOW)
    count = 0
    async with WizSim(world, options=Options(portal_url="https://app.wiz.io")) as sim, ClientSession() as session:
        address = sim.address
        assert address is not None  # noqa: S101 - it was started by the line above

        async def answer(request: web.Request) -> web.Response:
            nonlocal count
            sent = await request.read()
            headers = {"Authorization": request.headers.get("Authorization", ""), "Content-Type": "application/json"}
            url = address.api_url if request.path == "/graphql" else address.token_url
            if request.path != "/graphql":
                headers = {"Content-Type": request.headers["Content-Type"]}
            async with session.post(url, data=sent, headers=headers) as got:
                body = await got.read()
                if request.path == "/graphql":
                    (target / key_of(sent)).write_bytes(body)
                    count += 1
                return web.Response(body=body, status=got.status, content_type="application/json")

        app = web.Application(client_max_size=1 << 20)
        app.router.add_post("/{path:.*}", answer)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        base = f"http://127.0.0.1:{runner.addresses[0][1]}"
        source = open_wiz(base, address.client_id, address.client_secret)
        waiting = list(full_plan(source))
        while waiting:
            part = waiting.pop(0)
            async for page in source.pages(part, None):
                if isinstance(page, Split):
                    waiting[:0] = page.parts
        await source.close()
        await runner.cleanup()
    return count
