"""What registries say about packages that are stored: asked, kept and told on the one road, on both databases."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping

import pytest

from callboard.advisories.judging import IndexJudge
from callboard.advisories.updating import own_index
from callboard.domain.access import AT_THE_LAPTOP
from callboard.domain.component import EntityRef
from callboard.domain.finding import Kind, Severity, State
from callboard.domain.instant import DAY, HOUR, Instant, to_text
from callboard.domain.packages.at_registry import Terms
from callboard.domain.packages.lock import Entry, Lock
from callboard.domain.packages.manifest_series import Arrival
from callboard.domain.packages.package import Package
from callboard.net import Net
from callboard.ports import Judged
from callboard.registries import open_registry
from callboard.registries.config import RegistryConfig
from callboard.usecases.package_source import Matching, match_packages
from callboard.usecases.packages import manifests
from callboard.usecases.packages.ask_registries import Registered, ask_registries
from tests.support.catalogs import component, group
from tests.support.registries import MadeUpRegistry, serving
from tests.support.stages import Stage

CART = EntityRef("component:default/cart")
YOUNG = ("left-pad", "SIGN-YOUNG-RELEASE")


@pytest.fixture
def company(stage: Stage) -> Stage:
    """A component."""
    stage.catalog.put(group("red"), component("cart", "red"))
    stage.read_catalog()
    return stage


def deliver(stage: Stage, *names: str, ecosystem: str = "npm") -> None:
    """Hand in what the component consists of, an hour later: `name@version`."""
    now = stage.clock.advance(3_600)
    entries = tuple(
        Entry(package=Package(ecosystem=ecosystem, name=name, version=version), line=3, direct=True)
        for name, _, version in (each.rpartition("@") for each in names)
    )
    lock = Lock(path="sbom", format="test", version="", entries=entries, edges=())
    arrival = Arrival(lock=lock, at=now, digest=str(now))
    manifests.deliver(stage.store, AT_THE_LAPTOP, CART, "sbom", lambda: arrival, clock=stage.clock)


async def ask(stage: Stage, registry: MadeUpRegistry, kind: str, *, always: bool = True, **more: object) -> Registered:
    """Ask a registry as it is configured."""
    config = RegistryConfig(url=registry.url, allow_private=True, calls_per_second=20, **more)  # type: ignore[arg-type]
    async with Net(user_agent="test", allow_hosts=config.allow_hosts) as net:
        return await ask_registries(stage.store, [open_registry(kind, config, net)], clock=stage.clock, always=always)


async def match(stage: Stage, registered: Registered, *, always: bool = True) -> Matching | None:
    """Match, a minute later."""
    stage.clock.advance(60)
    judge = IndexJudge(own_index(Instant(0)), "own")
    found = await match_packages(stage.store, judge, clock=stage.clock, registered=registered, always=always)
    await asyncio.to_thread(stage.check)
    return found


def told(stage: Stage, text: str = "is:open") -> set[tuple[str, str]]:
    """Package and sign of the findings that are there."""
    return {tuple(id_.split("|")[each] for each in (2, 3)) for id_ in stage.rows(text)}  # type: ignore[misc]


def ago(stage: Stage, micros: int) -> str:
    """A moment before now."""
    return to_text(Instant(stage.clock.now() - micros))


async def test_a_young_release_that_came_in(company: Stage) -> None:
    """Only what came in is asked about, once; it closes when the release is young no more, though nothing else changed."""
    async with serving() as registry:
        registry.npm("left-pad", {"1.0.0": ago(company, 900 * DAY), "1.1.0": ago(company, 2 * DAY)})
        registry.npm("old", {"2.0.0": ago(company, 90 * DAY)})
        registry.npm("there", {"1.0.0": ago(company, DAY)})
        deliver(company, "left-pad@1.0.0", "there@1.0.0")
        nothing = await ask(company, registry, "npm")
        assert (registry.asked, nothing.calls) == ([], 0)
        deliver(company, "left-pad@1.1.0", "there@1.0.0", "old@2.0.0", "hidden@1.0.0")
        registered = await ask(company, registry, "npm")
        assert registry.asked == ["hidden", "left-pad", "old"]
        assert registered.news == 3
        done = await match(company, registered, always=False)
        assert done is not None
        assert [each.partition(":")[0] for each in done.blind][-2:] == [
            "How new a release of PyPI is", "Internal names of npm and PyPI",
        ]  # fmt: skip
        assert told(company) == {YOUNG}
        (row,) = company.rows().values()
        assert (row.kind, row.severity) == (Kind.SUSPICIOUS_PACKAGE, Severity.LOW)
        page = company.page("component:default/cart|npm|left-pad|SIGN-YOUNG-RELEASE")
        assert "came in within 7 days" in str(page.detail.description)
        assert "no proof" in str(page.detail.remediation)
        await ask(company, registry, "npm")
        assert len(registry.asked) == 3
        assert await match(company, registered, always=False) is None
        company.clock.advance(6 * 86_400)
        assert await match(company, registered, always=False) is not None
        assert told(company) == set()
        page = company.page("component:default/cart|npm|left-pad|SIGN-YOUNG-RELEASE")
        assert (page.row.state, page.detail.resolution) == (State.GONE, "The release is not young any more.")
        assert await match(company, registered, always=False) is None


async def test_the_same_question_waits_a_day(company: Stage) -> None:
    """What the registry did not know is asked again with its mark; a version that came in since is asked about at once."""
    async with serving() as registry:
        registry.npm("left-pad", {"1.0.0": ago(company, 900 * DAY)})
        deliver(company, "x@1.0.0")
        deliver(company, "x@1.0.0", "left-pad@1.1.0")
        await ask(company, registry, "npm")
        company.clock.advance(86_000)
        await ask(company, registry, "npm")
        assert len(registry.asked) == 1
        company.clock.advance(1_000)
        same = await ask(company, registry, "npm")
        assert (same.calls, same.news) == (1, 0)
        assert "if-none-match" in registry.headers[1]
        deliver(company, "x@1.0.0", "left-pad@1.0.0")
        new = await ask(company, registry, "npm")
        assert (new.calls, new.news) == (1, 1)
        assert "if-none-match" not in registry.headers[2]


async def test_python_and_internal_names(company: Stage) -> None:
    """A free name, one of somebody else's, one of ours, and one in a scope; with other terms the signs follow."""
    async with serving() as registry:
        registry.npm("acme-cart", {"1.0.0": ago(company, 90 * DAY)}, "mallory")
        registry.npm("acme-ui", {"1.0.0": ago(company, 90 * DAY)}, "acme-bot")
        deliver(company, "acme-cart@1.0.0", "acme-ui@1.0.0", "acme-free@1.0.0", "@acme/x@1.0.0", "other@1.0.0")
        names = {"internal": ("acme-*", "@acme/*"), "publishers": ("acme-bot",)}
        registered = await ask(company, registry, "npm", **names)
        assert sorted(registry.asked) == ["@acme/x", "acme-cart", "acme-free", "acme-ui"]
        done = await match(company, registered)
        assert done is not None
        assert any("of 1 that the registry does not have" in each for each in done.blind)
        expected = {("acme-cart", "SIGN-INTERNAL-NAME-TAKEN"), ("acme-free", "SIGN-INTERNAL-NAME-FREE")}
        assert told(company) == expected
        page = company.page("component:default/cart|npm|acme-cart|SIGN-INTERNAL-NAME-TAKEN")
        assert page.row.severity is Severity.HIGH
        assert "mallory" in str(page.detail.description)
        ours = await ask(company, registry, "npm", internal=("acme-*",), publishers=("acme-bot", "mallory"))
        await match(company, ours, always=False)
        assert told(company) == {("acme-free", "SIGN-INTERNAL-NAME-FREE")}
        await match(company, Registered(), always=False)
        assert told(company) == set()
        registry.pypi("tool", {"1.0.0": [ago(company, DAY)]})
        deliver(company, "tool@1.0", ecosystem="PyPI")
        await match(company, await ask(company, registry, "pypi", young_days=3))
        assert told(company) == {("tool", "SIGN-YOUNG-RELEASE")}


async def test_a_registry_that_is_ill_is_told_and_left_alone(company: Stage) -> None:
    """Its silence is no answer: nothing is kept of it, and nothing told."""
    async with serving() as registry:
        deliver(company, "x@1.0.0")
        deliver(company, "x@1.0.0", *(f"acme-{number}@1.0.0" for number in range(9)))
        registry.status = 503
        registered = await ask(company, registry, "npm", internal=("acme-*",))
        assert (len(registry.asked), registered.calls) == (5, 0)
        assert registered.blind[0] == "What the npm registry says of 9 more names: The registry answered with 503."
        await match(company, registered)
        assert told(company) == set()
        registry.status = 200
        bounded = await ask(company, registry, "npm", internal=("acme-*",), calls_per_run=4)
        assert (bounded.calls, bounded.blind[0].partition(":")[0]) == (4, "What the npm registry says of 5 more names")


async def test_what_a_registry_says_while_packages_are_judged(company: Stage) -> None:
    """Is not lost: the next match tells it."""
    async with serving() as registry:
        registry.npm("left-pad", {"1.1.0": ago(company, DAY)})
        deliver(company, "x@1.0.0")
        deliver(company, "x@1.0.0", "left-pad@1.1.0")
        before = Registered(terms=(Terms(ecosystem="npm", young_days=7),))
        loop = asyncio.get_running_loop()

        class Judge(IndexJudge):
            def judge(self, packages: Mapping[Package, Collection[str]], /) -> Judged:
                asyncio.run_coroutine_threadsafe(ask(company, registry, "npm"), loop).result(60)
                return super().judge(packages)

        judge = Judge(own_index(Instant(0)), "own")
        await match_packages(company.store, judge, clock=company.clock, registered=before)
        assert told(company) == set()
        await match(company, before, always=False)
        assert told(company) == {YOUNG}


async def test_between_times_nobody_looks(company: Stage) -> None:
    """The loop asks when manifests changed, at most every ten minutes; else every hour."""
    async with serving() as registry:
        deliver(company, "x@1.0.0")
        await ask(company, registry, "npm", always=False)
        company.clock.advance(60)
        manifests_now = company.clock.now()
        await ask(company, registry, "npm", always=False, internal=("x",))
        assert registry.asked == []
        company.clock.at = Instant(manifests_now + HOUR)
        await ask(company, registry, "npm", always=False, internal=("x",))
        assert registry.asked == ["x"]
