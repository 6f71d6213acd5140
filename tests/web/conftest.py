"""An open door on a board that was filled through the use cases, with a few hostile texts on it.

The store is SQLite in a file, the server is uvicorn on loopback, and the clock stands still.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import msgspec
import pytest

from callboard.domain.access import LAPTOP
from callboard.domain.finding import Detail, Observed, Rejected, Severity
from callboard.domain.instant import DAY, HOUR
from callboard.domain.run import Scope
from callboard.ports import ProjectRecord
from callboard.store import Store, open_store
from callboard.usecases import browse
from callboard.usecases.read_catalog import read_catalog
from callboard.usecases.sync import sync
from callboard.web.gate import LoopbackGate
from callboard.web.serve import Running, running
from callboard.web.services import HookAnswer, WebServices
from tests.support.catalogs import MadeUpCatalog, component, group
from tests.support.clocks import SettableClock
from tests.support.worlds import World

if TYPE_CHECKING:
    from playwright.sync_api import Page

TOKEN = "a-token-for-tests"
HOOK_TOKEN = "a-token-for-hooks"
SCRIPT = "<script>alert(1)</script>"
TURNED = "safe\u202egnp.exe"
HOSTILE = f'{SCRIPT} {TURNED} "quoted" & \''
GUIDANCE = f"""Turn it **off**. {SCRIPT}

[good](https://docs.example/off) [bad](javascript:alert(1)) [worse](data:text/html,x) ![pixel](https://evil.example/x.png)

<img src=x onerror=alert(1)>
"""


class HostileWorld(World):
    """A source that tells more than the made-up one, some of it to do harm."""

    kind = "wiz"

    def parse(self, part_kind: str, raw: bytes | memoryview) -> Observed | Rejected:
        """One record, with guidance, and with a title that is code where the record says so."""
        found = super().parse(part_kind, raw)
        if isinstance(found, Rejected):
            return found
        rule = msgspec.structs.replace(found.rule, remediation=GUIDANCE, url="javascript:alert(1)")
        if found.external_id == "hostile":
            name = msgspec.structs.replace(found.resource, name=HOSTILE, provider_id=HOSTILE)
            detail = Detail(description=HOSTILE, evidence=((HOSTILE, HOSTILE),), assignee=HOSTILE)
            link = "https://wiz.io.evil.example/"
            return msgspec.structs.replace(found, title=HOSTILE, rule=rule, resource=name, detail=detail, url=link)
        return msgspec.structs.replace(found, rule=rule)


@dataclass(frozen=True, kw_only=True)
class Door:
    """The open door and what stands behind it."""

    running: Running
    services: WebServices
    store: Store
    clock: SettableClock
    hooked: list[bytes]
    """Bodies that reached the hook."""

    @property
    def url(self) -> str:
        """Where it is."""
        return self.running.url

    def client(self, **headers: str) -> httpx.Client:
        """A client without credentials."""
        return httpx.Client(base_url=self.url, headers=headers, trust_env=False, timeout=60)

    def bearer(self) -> httpx.Client:
        """A client with the API token."""
        return self.client(authorization=f"Bearer {TOKEN}")

    @contextmanager
    def signed_in(self) -> Iterator[httpx.Client]:
        """A client that came in by a sign-in link."""
        with self.client() as client:
            client.get(self.services.gate.sign_in_link()).raise_for_status()
            yield client

    def finding_id(self, external_id: str) -> int:
        """The number of a finding that the source calls so."""
        return browse.finding_by_external_id(self.store, LAPTOP, external_id)


def enter(page: Page, door: Door) -> Page:
    """Sign in, and wait for the board: the link's own page leads there by itself, and would end any other way begun before."""
    page.goto(door.services.gate.sign_in_link())
    page.wait_for_url(f"{door.url}/")
    return page


def apart(work: Coroutine[Any, Any, object]) -> None:
    """Run a coroutine in another thread: the browser keeps an event loop marked as running in this one."""
    with ThreadPoolExecutor(1) as pool:
        pool.submit(asyncio.run, work).result()


def fill(store: Store, clock: SettableClock) -> None:
    """A small company: six components in three states, and sixty-odd findings."""
    catalog = MadeUpCatalog()
    catalog.put(
        group("checkout", members=["ana"]),
        group("ghosts"),
        component("checkout-api", "checkout", projects=["pay"], system="shop"),
        component("storefront", "checkout", assets=["r1", "r2"], system="shop"),
        component("ledger-batch", "ghosts", projects=["quiet"]),
        component("fraud-score", None),
        component("mistyped", "checkout", assets=["no-such-thing"]),
        component("-".join(["a-name-of-the-length-that-generators-make"] * 2), "checkout", assets=["r3"]),
    )
    world = HostileWorld(clock, name="wiz-main", page_size=50)
    world.scope = Scope(severities=tuple(Severity))
    for id_, name in (("pay", "Payments"), ("quiet", "Quiet"), ("nobody", "Nobody’s")):
        world.projects[id_] = ProjectRecord(external_id=id_, name=name)
    world.fill(12)
    world.fill(40, start=100, projects=("pay",))
    world.fill(8, start=200, projects=("nobody",))
    now = clock.now()
    world.add("hostile", severity="critical", projects=("pay",), resource="rx", rule=SCRIPT, due=now - 3 * DAY)
    world.add("due-soon", severity="high", projects=("pay",), resource="ry", due=now + 2 * DAY, first=now - 63 * DAY)
    world.add("done", severity="high", projects=("pay",), resource="rz", state="fixed", fixed=now - DAY)
    world.add("brief", projects=("pay",), resource="rz", state="fixed", first=now - 3 * DAY, fixed=now - 3 * DAY + HOUR)
    apart(read_catalog(store, catalog, clock=clock))
    apart(sync(store, world, clock=clock))


def opened(path: Path, *, filled: bool) -> AbstractContextManager[Door]:
    """An open door on the board at `path`."""
    return opened_on(f"sqlite:///{path}", filled=filled)


@contextmanager
def opened_on(url: str, *, filled: bool) -> Iterator[Door]:
    """An open door on the board in a database."""
    clock = SettableClock()
    hooked: list[bytes] = []

    async def hook(authorization: str | None, body: bytes) -> HookAnswer:
        if authorization != f"Bearer {HOOK_TOKEN}":
            return HookAnswer(status=401, message="wrong token: secret inside text")
        hooked.append(body)
        return HookAnswer(status=202, message="Taken.")

    with closing(open_store(url)) as store:
        if filled:
            fill(store, clock)
            clock.advance(12 * 60)
        services = WebServices(
            store=store,
            clock=clock,
            gate=LoopbackGate(clock, api_token=TOKEN),
            version="0.0.0",
            hooks={"wiz-main": hook},
            link_hosts=frozenset({".wiz.io"}),
        )
        with running(services) as found:
            yield Door(running=found, services=services, store=store, clock=clock, hooked=hooked)


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    """A filled board behind an open door."""
    with opened(tmp_path_factory.mktemp("door") / "callboard.db", filled=True) as found:
        yield found


@pytest.fixture(scope="module")
def empty_door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    """A board that nothing was ever read for."""
    with opened(tmp_path_factory.mktemp("empty") / "callboard.db", filled=False) as found:
        yield found
