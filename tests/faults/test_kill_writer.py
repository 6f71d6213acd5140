"""Who writes to Wiz, and who makes tickets, is killed at every moment in turn: everything arrives, and nothing twice."""

from __future__ import annotations

import asyncio
import json
import shutil
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from callboard.channels.tracker_config import GithubTrackerConfig, JiraTrackerConfig
from callboard.demo.company.world import make_world
from callboard.demo.wizsim import Options, WizSim
from callboard.demo.wizsim.options import READ_SCOPES, WRITE_SCOPES
from callboard.domain.access import AT_THE_LAPTOP, LAPTOP
from callboard.domain.decision import DecisionKind, Draft, Reason
from callboard.domain.query import parse
from callboard.domain.remediation.ticket import TicketState
from callboard.domain.remediation.write_back import WriteState
from callboard.sources.wiz.config import WizConfig, WizScope, WizWriteBack
from callboard.sources.wiz.source import WizSource
from callboard.store import open_store
from callboard.store.remediation import write_backs
from callboard.usecases import ask, browse
from callboard.usecases.remediation import decide, file_ticket
from callboard.usecases.remediation.decide import Target
from callboard.usecases.sync import sync
from callboard.wiring.machine import SystemClock
from tests.support.clocks import SettableClock
from tests.support.companies import mixed
from tests.support.lives import Lives, lives
from tests.support.trackers import EMAIL, TOKEN, Github, Jira, LookAlike, looking_alike
from tests.support.worlds import World

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800)]

LATER = 3_600_000_000
"""Microseconds after which somebody who was cut off is not waited for any more."""
READ = """query($id: ID!) { issue(id: $id) { status resolutionReason resolutionNote dueAt notes { text }
  serviceTickets { name url } } }"""
WRITER = "tests.support.killed_writer"


async def at_every_moment(
    own: Lives, folder: Path, what: tuple[str, ...], *, at: int, begin: Callable[[], None], check: Callable[[str], object]
) -> int:  # fmt: skip
    """End a life at each moment in turn until one passes untouched; the next life makes up for it. Returns how many ended.

    `check` says how everything stands: it has to be as if nobody had been killed.
    """
    template = folder / "template.db"

    def board() -> str:
        shutil.copy(template, folder / "board.db")
        for each in ("board.db-wal", "board.db-shm"):
            (folder / each).unlink(missing_ok=True)
        begin()
        return f"sqlite:///{folder / 'board.db'}"

    kind, *told = what
    url = board()
    assert await own.live(0, kind, url, str(at), *told) is not None
    wanted = await asyncio.to_thread(check, url)
    moment = 0
    while True:
        moment += 1
        url = board()
        if await own.live(moment, kind, url, str(at), *told) is not None:
            return moment - 1
        assert await own.live(0, kind, url, str(at + LATER), *told) is not None
        assert await asyncio.to_thread(check, url) == wanted, moment


def test_a_killed_writer_writes_each_thing_once(tmp_path: Path) -> None:
    """A status, a day, two notes, a reason and a ticket: the tenant's look-alike holds each once, whenever the end came."""

    async def run() -> int:
        sim = WizSim(make_world(seed=8, sizes=mixed(400)), options=Options(scopes=(*READ_SCOPES, *WRITE_SCOPES)))
        address = await sim.start()
        every = ("owner",)
        policy = WizWriteBack(status=every, note=every, due=every, assignee=every, ticket=every)
        config = WizConfig(
            client_id=address.client_id, client_secret=address.client_secret, api_url=address.api_url,
            token_url=address.token_url, allow_private=True, calls_per_second=1000.0, timeout_seconds=10,
            scope=WizScope(kinds=("issues",)), write_back=policy,
        )  # fmt: skip
        source = WizSource(config, user_agent="callboard-tests/1")
        clock = SettableClock(SystemClock().now())
        with closing(open_store(f"sqlite:///{tmp_path / 'template.db'}")) as store:
            store.write_policies = lambda: {source.name: policy.policy()}
            await sync(store, source, clock=clock)
            rows = ask.list_findings(
                store, AT_THE_LAPTOP, parse("status:open kind:issue sort:oldest"), now=clock.now()
            ).rows[:2]  # fmt: skip
            drafts = (
                (0, Draft(kind=DecisionKind.TAKE)),
                (0, Draft(kind=DecisionKind.COMMENT, note="looked at it")),
                (1, Draft(kind=DecisionKind.DISMISS, reason=Reason.FALSE_POSITIVE)),
                (1, Draft(kind=DecisionKind.COMMENT, note="a honeypot")),
            )
            for nth, draft in drafts:
                decide.decide(store, AT_THE_LAPTOP, draft, Target(findings=(rows[nth].id,)), clock=clock)
            with store.write() as conn:
                write_backs.add_ticket(
                    conn, store, 1, [rows[1].id], key="OPS-7", url="https://tickets.example.com/OPS-7", actor="laptop",
                    roles=(), now=clock.now(),
                )  # fmt: skip
            numbers = [row.id for row in rows]
        there: list[object] = []

        def check(url: str) -> object:
            with closing(open_store(url)) as store:
                shown = [
                    (each.operation.word, each.state)
                    for number in numbers
                    for each in browse.finding(store, LAPTOP, number, now=clock.now()).writes
                ]
            assert {state for _, state in shown} == {WriteState.DONE}
            found = asyncio.run_coroutine_threadsafe(issues(), loop).result(60)
            return sorted(shown), found

        async def issues() -> list[object]:
            return [
                json.loads(await source._client.once(READ, {"id": row.external_id}))["issue"] for row in rows
            ]  # fmt: skip

        loop = asyncio.get_running_loop()
        told = (address.client_id, address.client_secret, address.api_url, address.token_url)
        try:
            async with lives(WRITER) as own:
                count = await at_every_moment(
                    own, tmp_path, ("wiz", *told), at=clock.now(), begin=sim.state.tenant.edits.clear, check=check
                )  # fmt: skip
            there = await issues()
        finally:
            await source.close()
            await sim.stop()
        texts = [[note["text"].split("\n")[0] for note in each["notes"] or ()] for each in there]  # type: ignore[index]
        assert [part.count(text) for part, text in zip(texts, ("looked at it", "a honeypot"), strict=True)] == [1, 1]
        return count

    assert asyncio.run(run()) > 50


@pytest.mark.parametrize("kind", ["github", "jira"])
def test_a_killed_maker_makes_each_ticket_once(tmp_path: Path, kind: str) -> None:
    """Two pieces of work: two tickets, whenever the end came, and every finding knows its own."""

    async def run(tracker: LookAlike) -> int:
        clock = SettableClock()
        world = World(clock, page_size=50)
        package = {"kind": "vulnerability", "version": "2.14.0", "fixed_version": "2.17.1"}
        world.fill(3, projects=("p1",), rule="CVE-2021-44228", package="log4j-core", **package)
        world.fill(2, start=10, projects=("p1",), rule="CVE-2021-23337", package="lodash", **package)
        place = (
            GithubTrackerConfig(url=tracker.url, repository="acme/security", token=TOKEN, allow_private=True).place
            if kind == "github"
            else JiraTrackerConfig(url=tracker.url, project="SEC", email=EMAIL, token=TOKEN, allow_private=True).place
        )
        with closing(open_store(f"sqlite:///{tmp_path / 'template.db'}")) as store:
            await sync(store, world, clock=clock)
            for name in ("log4j-core", "lodash"):
                file_ticket.file_ticket(
                    store, AT_THE_LAPTOP, parse(f"bundle:package:{name}"), place, clock=clock
                )  # fmt: skip

        def check(url: str) -> object:
            with closing(open_store(url)) as store:
                rows = ask.list_findings(store, AT_THE_LAPTOP, parse("has:ticket"), now=clock.now()).rows
            assert {each.state for row in rows for each in row.filed} == {TicketState.OPEN}
            held = sorted((row.external_id, *(each.key for each in row.filed)) for row in rows)
            return held, sorted(tracker.issues)

        async with lives(WRITER) as own:
            return await at_every_moment(
                own, tmp_path, ("tracker", kind, tracker.url), at=clock.now(), begin=tracker.issues.clear, check=check
            )  # fmt: skip

    made: LookAlike = Github() if kind == "github" else Jira()
    with looking_alike(made):
        assert asyncio.run(run(made)) > 20
        assert len(made.issues) == 2
