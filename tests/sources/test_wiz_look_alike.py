"""The Wiz source against the Wiz look-alike: the real schema, real filters, every fault that it can play."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
import pytest_asyncio
from msgspec import UNSET

from callboard.demo.company.world import World, make_world
from callboard.demo.wizsim import Options, WizSim
from callboard.domain.finding import Kind, Observed, Severity, State
from callboard.domain.instant import DAY, Instant
from callboard.domain.run import Mode, Part
from callboard.errors import SourceChangedError, SourceError, SourceRefusedError, SourceUnreachableError
from callboard.ports import ProjectRecord, RawPage, Split
from callboard.sources.wiz.config import WizConfig, WizScope
from callboard.sources.wiz.source import WizSource
from tests.support.companies import mixed

Start = Callable[..., Any]


@pytest.fixture(scope="module")
def world() -> World:
    """A small company."""
    return make_world(seed=3, sizes=mixed(2_400))


@pytest_asyncio.fixture
async def start(world: World, slept: list[float]) -> AsyncIterator[Start]:
    """Starts a look-alike of the world with faults, and gives a source for it."""
    opened: list[tuple[WizSim, WizSource]] = []

    async def begin(
        options: Options | None = None, faults: dict[str, Any] | None = None, **fields: object
    ) -> WizSource:
        async def sleep(seconds: float) -> None:
            slept.append(seconds)

        sim = WizSim(world, options=options, faults=faults)
        address = await sim.start()
        config = WizConfig(
            client_id=address.client_id,
            client_secret=address.client_secret,
            api_url=address.api_url,
            token_url=address.token_url,
            allow_private=True,
            **{"calls_per_second": 1000.0, "timeout_seconds": 10, **fields},
        )
        source = WizSource(config, user_agent="callboard-tests/1", sleep=sleep, random=random.Random(5).random)  # noqa: S311 - a seed that repeats
        opened.append((sim, source))
        return source

    yield begin
    for sim, source in opened:
        await source.close()
        await sim.stop()


async def read_all(
    source: WizSource, parts: tuple[Part, ...]
) -> tuple[list[Observed], list[ProjectRecord], Counter[str]]:
    """Everything that parts give, split ones included; nothing may be rejected."""
    findings: list[Observed] = []
    projects: list[ProjectRecord] = []
    sizes: Counter[str] = Counter()
    todo = list(reversed(parts))
    while todo:
        part = todo.pop()
        async for page in source.pages(part, None):
            if isinstance(page, Split):
                todo += reversed(page.parts)
                continue
            assert isinstance(page, RawPage)
            sizes[part.kind] += len(page.nodes)
            for node in page.nodes:
                if part.kind == "project":
                    record = source.parse_project(node.raw)
                    assert isinstance(record, ProjectRecord), record
                    projects.append(record)
                else:
                    found = source.parse(part.kind, node.raw)
                    assert isinstance(found, Observed), found
                    findings.append(found)
    return findings, projects, sizes


def now(source: WizSource) -> Instant:
    """Now, by the clock of the source."""
    return source._now()


async def test_a_full_run_reads_the_whole_company(start: Start) -> None:
    """Every finding once, none with drift, as many as the estimate said."""
    source = await start(page_size=100)
    plan = source.plan(Mode.FULL, since=None, now=now(source))
    sizes = {size.part: size.count async for size in source.estimate(now=now(source))}
    findings, projects, read = await read_all(source, plan)
    assert len({(found.kind, found.external_id) for found in findings}) == len(findings) > 1000
    assert sum(count for part, count in sizes.items() if part != "project") == len(findings)
    assert {found.kind for found in findings} == {Kind.ISSUE, Kind.VULNERABILITY, Kind.MISCONFIGURATION}
    assert {found.state for found in findings} >= {State.OPEN, State.FIXED}
    # The look-alike plays the one contradiction that a published payload has.
    drift = {path for found in findings if isinstance(found.detail.drift, tuple) for path in found.detail.drift}
    assert drift <= {"resolvedAt: set although open"}
    assert len(projects) == sizes["project"] > 5
    assert any(project.is_folder for project in projects)
    assert any(project.repositories for project in projects)
    forms = {form for found in findings for form, _ in found.resource.aliases}
    assert forms >= {"wiz.asset", "wiz.external", "repo", "image", "kubernetes.namespace"}
    assert any(found.resource.tags for found in findings if found.kind is Kind.MISCONFIGURATION)
    services = {service for found in findings if found.services for service in found.services}
    assert any(service.from_catalog for service in services)
    assert all(found.services is UNSET for found in findings if found.kind is Kind.MISCONFIGURATION)
    assert all(found.last_detected_at is not None for found in findings if found.kind is not Kind.ISSUE)
    assert read["project"] == len(projects)


async def test_a_page_can_be_compared_byte_by_byte(start: Start) -> None:
    """Reading twice gives equal bytes, with the moving field in front and cut."""
    source = await start(scope=WizScope(closed_days=0))
    for part in source.plan(Mode.FULL, since=None, now=now(source)):
        first = [bytes(node.stable) async for page in source.pages(part, None) for node in page.nodes]
        again = [bytes(node.stable) async for page in source.pages(part, None) for node in page.nodes]
        assert first == again
        moving = {"issue": b"updatedAt", "vulnerability": b"lastDetectedAt", "misconfiguration": b"analyzedAt"}
        if part.kind in moving:
            assert not any(moving[part.kind] in stable for stable in first)


async def test_changes_are_read_by_their_date(start: Start) -> None:
    """Fewer than all, and every finding whose status changed since is among them."""
    source = await start()
    moment = now(source)
    everything, _, _ = await read_all(source, source.plan(Mode.FULL, since=None, now=moment))
    since = Instant(moment - 30 * DAY)
    changed, _, _ = await read_all(source, source.plan(Mode.DELTA, since=since, now=moment))
    ids = {found.external_id for found in changed}
    assert len(ids) < len(everything)
    expected = {
        found.external_id
        for found in everything
        if found.kind is Kind.ISSUE and isinstance(found.status_changed_at, int) and found.status_changed_at > since
    }
    assert expected
    assert expected <= ids


async def test_a_window_does_not_lose_rows(start: Start) -> None:
    """A tenant that hands out 60 rows a walk gives all of them to one that knows."""
    whole = await start()
    capped = await start(Options(result_window=60, count_cap=60), window=60, page_size=50)
    expected, _, _ = await read_all(whole, whole.plan(Mode.FULL, since=None, now=now(whole)))
    # Issues are not split: no cap is known for them.
    parts = [part for part in capped.plan(Mode.FULL, since=None, now=now(capped)) if part.kind == "vulnerability"]
    found, _, _ = await read_all(capped, tuple(parts))
    wanted = {each.external_id for each in expected if each.kind is Kind.VULNERABILITY}
    assert {each.external_id for each in found} == wanted
    assert len(wanted) > 300


async def test_ids_are_read_again_whatever_the_scope(start: Start) -> None:
    """Known ones come back, an unknown one does not."""
    source = await start(scope=WizScope(kinds=("issues",), severities=("critical",), closed_days=0))
    wide = await start()
    findings, _, _ = await read_all(wide, wide.plan(Mode.FULL, since=None, now=now(wide)))
    for kind in (Kind.ISSUE, Kind.VULNERABILITY, Kind.MISCONFIGURATION):
        wanted = [found.external_id for found in findings if found.kind is kind][:40]
        nodes = [
            node
            async for page in source.by_ids(kind, [*wanted, "00000000-0000-4000-8000-000000000000"])
            for node in page.nodes
        ]
        found = [source.parse(kind.word, node.raw) for node in nodes]
        assert {each.external_id for each in found if isinstance(each, Observed)} == set(wanted)


async def test_a_narrow_scope_reads_less(start: Start) -> None:
    """Severities and kinds hold in every part."""
    source = await start(scope=WizScope(kinds=("vulnerabilities",), severities=("high",), statuses=("open",)))
    findings, _, _ = await read_all(source, source.plan(Mode.FULL, since=None, now=now(source)))
    assert {(found.kind, found.severity, found.state) for found in findings} == {
        (Kind.VULNERABILITY, Severity.HIGH, State.OPEN)
    }


async def test_the_doctor_is_content(start: Start) -> None:
    """And names what is missing when a scope is lost."""
    source = await start()
    checks = await source.check()
    assert [check.subject for check in checks if check.ok is False] == []
    less = await start(faults={"missing_scopes": "read:vulnerabilities"})
    failed = [check for check in await less.check() if check.ok is False]
    assert [check.subject for check in failed] == ["vulnerability"]
    assert "read:vulnerabilities" in failed[0].message


@pytest.mark.fault("F7")
@pytest.mark.parametrize(
    "faults",
    [
        {"http_500": 2},
        {"http_502": 1},
        {"http_503": 3},
        {"truncated": 2},
        {"reset": 1},
        {"rate_limit": 200.0, "rate_form": "http"},
        {"rate_limit": 200.0, "rate_form": "seconds"},
        {"rate_limit": 200.0, "rate_form": "date"},
        {"rate_limit": 200.0, "rate_form": "graphql"},
        {"empty_page": True},
        {"total_count_zero": True},
        {"duplicate_item": True},
        {"empties": "list"},
        {"empties": "blank"},
        {"empties": "absent"},
        {"unknown_enum": True},
        {"revoke_after": 3},
        {"cost_limit": 30},
        {"missing_item": True},
        {"not_json": 1},
    ],
    ids=lambda faults: "-".join(f"{name}={value}" for name, value in faults.items()),
)
async def test_a_fault_that_passes_costs_no_finding(start: Start, faults: dict[str, Any]) -> None:
    """The run ends whole; a page that leaves out a row on purpose is the exception that only absence can show."""
    calm = await start(page_size=50, scope=WizScope(kinds=("issues",), closed_days=0))
    rough = await start(None, faults, page_size=50, scope=WizScope(kinds=("issues",), closed_days=0))
    plan = calm.plan(Mode.FULL, since=None, now=now(calm))
    expected = {found.external_id for found in (await read_all(calm, plan))[0]}
    found = {found.external_id for found in (await read_all(rough, plan))[0]}
    assert len(expected) > 100
    if "missing_item" in faults:
        assert found < expected
    else:
        assert found == expected


@pytest.mark.fault("F13")
@pytest.mark.parametrize(
    ("faults", "error", "sentence"),
    [
        ({"account_expired": True}, SourceRefusedError, "expired"),
        ({"forbidden_ip": True}, SourceRefusedError, "network address"),
        ({"missing_scopes": "read:issues,read:posture_issues,read:threat_issues"}, SourceRefusedError, "read:issues"),
        ({"http_503": 99}, SourceUnreachableError, "503"),
        ({"repeated_cursor": True}, SourceChangedError, "cursor repeats"),
        ({"null_cursor": True}, SourceChangedError, "not where"),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, dict) else None,
)
async def test_a_fault_that_stays_is_an_error_with_its_sentence(
    start: Start, faults: dict[str, Any], error: type[SourceError], sentence: str
) -> None:
    """Never an empty list."""
    source = await start(None, faults, page_size=5, scope=WizScope(kinds=("issues",), closed_days=0))
    part = next(part for part in source.plan(Mode.FULL, since=None, now=now(source)) if part.kind == "issue")
    with pytest.raises(error) as caught:
        await read_all(source, (part,))
    assert sentence in f"{caught.value.message} {caught.value.hint}"
