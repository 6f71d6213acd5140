"""What people say here is written to Wiz: once, retried, refused in Wiz's words, and never over what others did there."""

from __future__ import annotations

import json
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from callboard.demo.company.world import make_world
from callboard.demo.wizsim import Options, WizSim
from callboard.demo.wizsim.fields.people import identity_id
from callboard.demo.wizsim.options import READ_SCOPES, WRITE_SCOPES
from callboard.domain.access import AT_THE_LAPTOP, LAPTOP
from callboard.domain.decision import DecisionKind, Draft, Reason
from callboard.domain.finding import State
from callboard.domain.query import parse
from callboard.domain.remediation.write_back import Shown, WriteState
from callboard.errors import NotFoundError
from callboard.sources.wiz.config import WizConfig, WizScope, WizWriteBack
from callboard.sources.wiz.source import WizSource
from callboard.store import Store, open_store
from callboard.store.remediation import write_backs
from callboard.usecases import ask, browse
from callboard.usecases.remediation import decide, write_back
from callboard.usecases.remediation.decide import Target
from callboard.usecases.remediation.write_back import Written
from callboard.usecases.sync import sync
from callboard.wiring.machine import SystemClock
from tests.support.clocks import SettableClock
from tests.support.companies import mixed

READ = """query($id: ID!) { issue(id: $id) { status resolutionReason resolutionNote dueAt assignee { id }
  notes { id text } serviceTickets { name url } } }"""
UPDATE = "mutation($input: UpdateIssueInput!) { updateIssue(input: $input) { issue { id } } }"
EVERY = ("owner", "security")
WRITES = WizWriteBack(status=EVERY, note=EVERY, due=EVERY, assignee=EVERY, ticket=EVERY)


class Scene:
    """A board that has read a look-alike, and may write to it."""

    def __init__(self, store: Store, source: WizSource, sim: WizSim, writes: WizWriteBack) -> None:
        self.store, self.source, self.sim = store, source, sim
        self.clock = SettableClock()
        self.clock.advance((SystemClock().now() - self.clock.now()) // 1_000_000)
        policy = writes.policy()
        store.write_policies = lambda: {source.name: policy}

    async def read(self) -> None:
        """The next sync."""
        self.clock.advance(60)
        await sync(self.store, self.source, clock=self.clock)

    def an_open_one(self, nth: int = 0) -> tuple[int, str]:
        """An open issue that nobody works on: its number here and its id there."""
        page = ask.list_findings(
            self.store, AT_THE_LAPTOP, parse("status:open kind:issue sort:oldest"), now=self.clock.now()
        )
        return page.rows[nth].id, page.rows[nth].external_id

    def say(self, id_: int, draft: Draft) -> int:
        """Say something; the number of the decision."""
        done = decide.decide(self.store, AT_THE_LAPTOP, draft, Target(findings=(id_,)), clock=self.clock)
        assert done.decision is not None
        return done.decision

    async def send(self) -> Written:
        """Write what is due."""
        return await write_back.write_back(self.store, self.source.name, self.source.writer, clock=self.clock)

    async def there(self, id_: str) -> dict[str, Any]:
        """The issue as Wiz has it."""
        found: dict[str, Any] = json.loads(await self.source._client.once(READ, {"id": id_}))["issue"]
        return found

    async def somebody_else(self, id_: str, **patch: object) -> None:
        """Somebody changes the issue in Wiz."""
        await self.source._client.once(UPDATE, {"input": {"id": id_, **patch}})

    def shown(self, id_: int) -> list[Shown]:
        """The finding's writes, the oldest first."""
        return list(reversed(browse.finding(self.store, LAPTOP, id_, now=self.clock.now()).writes))


Scenes = Callable[..., Awaitable[Scene]]


@pytest_asyncio.fixture
async def scenes(tmp_path: Path) -> AsyncIterator[Scenes]:
    """Makes a scene."""
    opened: list[tuple[WizSim, WizSource, Store]] = []

    async def make(
        writes: WizWriteBack = WRITES, *, scopes: tuple[str, ...] | None = None, kinds: tuple[str, ...] = ("issues",)
    ) -> Scene:
        sim = WizSim(
            make_world(seed=8, sizes=mixed(400)), options=Options(scopes=scopes or (*READ_SCOPES, *WRITE_SCOPES))
        )
        address = await sim.start()

        async def sleep(_seconds: float) -> None:
            return None

        config = WizConfig(
            client_id=address.client_id, client_secret=address.client_secret, api_url=address.api_url,
            token_url=address.token_url, allow_private=True, calls_per_second=1000.0, timeout_seconds=10,
            scope=WizScope(kinds=kinds), write_back=writes,
        )  # fmt: skip
        source = WizSource(config, user_agent="callboard-tests/1", sleep=sleep, random=random.Random(5).random)  # noqa: S311 - a seed that repeats
        store = open_store(f"sqlite:///{tmp_path / 'callboard.db'}")
        opened.append((sim, source, store))
        scene = Scene(store, source, sim, writes)
        await scene.read()
        return scene

    yield make
    for sim, source, store in opened:
        with closing(store):
            await source.close()
            await sim.stop()


async def test_what_is_said_stands_in_wiz_and_is_taken_back_there(scenes: Scenes) -> None:
    """Dismissed, it is rejected there with our reason in the note; the next sync changes nothing of it; undone, it is open again."""
    scene = await scenes()
    number, id_ = scene.an_open_one()
    said = scene.say(
        number, Draft(kind=DecisionKind.DISMISS, reason=Reason.FALSE_POSITIVE, note="it is the honeypot")
    )  # fmt: skip
    assert [each.state for each in scene.shown(number)] == [WriteState.WAITING]
    assert (await scene.send()).done == 1
    found = await scene.there(id_)
    assert (found["status"], found["resolutionReason"]) == ("REJECTED", "FALSE_POSITIVE")
    assert found["resolutionNote"] == f"it is the honeypot\n– laptop, Callboard decision {said}"
    await scene.read()
    page = browse.finding(scene.store, LAPTOP, number, now=scene.clock.now())
    assert page.row.state is State.REJECTED
    assert page.standing.with_id(said) is not None
    decide.undo(scene.store, AT_THE_LAPTOP, said, clock=scene.clock)
    assert (await scene.send()).done == 1
    assert (await scene.there(id_))["status"] == "OPEN"
    await scene.read()
    assert browse.finding(scene.store, LAPTOP, number, now=scene.clock.now()).row.state is State.OPEN
    assert [each.state for each in scene.shown(number)] == [WriteState.DONE, WriteState.DONE]


async def test_taking_writes_status_assignee_and_day(scenes: Scenes) -> None:
    """As far as Wiz knows who it is; and a comment is a note that goes when it is taken back."""
    scene = await scenes()
    tenant = scene.sim.state.tenant
    identity = identity_id(tenant.world.organisation.people[0], tenant)
    policy = WizWriteBack(status=EVERY, note=EVERY, due=EVERY, assignee=EVERY, assignees={"Laptop": identity}).policy()
    scene.store.write_policies = lambda: {scene.source.name: policy}
    for nth in range(40):
        number, id_ = scene.an_open_one(nth)
        before = await scene.there(id_)
        if before["assignee"] is None and before["dueAt"] is None:
            break
    scene.say(number, Draft(kind=DecisionKind.TAKE))
    comment = scene.say(number, Draft(kind=DecisionKind.COMMENT, note="looked at it"))
    await scene.send()
    found = await scene.there(id_)
    due_at = browse.finding(scene.store, LAPTOP, number, now=scene.clock.now()).row.due_at
    assert (found["status"], found["assignee"]) == ("IN_PROGRESS", {"id": identity})
    assert found["dueAt"] is not None
    assert due_at is not None
    assert [note["text"] for note in found["notes"]][-1] == f"looked at it\n– laptop, Callboard decision {comment}"
    count = len(found["notes"])
    decide.undo(scene.store, AT_THE_LAPTOP, comment, clock=scene.clock)
    await scene.send()
    assert len((await scene.there(id_))["notes"] or ()) == count - 1


async def test_what_others_did_in_wiz_stands(scenes: Scenes) -> None:
    """A conflict is told in Wiz's words, the decision stands here, and trying again after it was settled there writes it."""
    scene = await scenes()
    number, id_ = scene.an_open_one()
    await scene.somebody_else(id_, patch={"status": "REJECTED", "resolutionReason": "WONT_FIX"})
    scene.say(number, Draft(kind=DecisionKind.TAKE))
    report = await scene.send()
    assert report.conflicts == 1
    (status, *_) = scene.shown(number)
    assert (status.state, status.said) == (WriteState.CONFLICT, "REJECTED (WONT_FIX)")
    assert (await scene.there(id_))["status"] == "REJECTED"
    assert browse.finding(scene.store, LAPTOP, number, now=scene.clock.now()).row.taken_by == "laptop"
    await scene.somebody_else(id_, patch={"status": "OPEN"})
    assert write_back.again(scene.store, AT_THE_LAPTOP, [status.id], clock=scene.clock) == 1
    await scene.send()
    assert (await scene.there(id_))["status"] == "IN_PROGRESS"
    with pytest.raises(NotFoundError):
        write_back.again(scene.store, AT_THE_LAPTOP, [status.id], clock=scene.clock)


async def test_a_refusal_is_told_in_wizs_own_words(scenes: Scenes) -> None:
    """A service account's rights are Wiz's to give; it is not tried over and over."""
    scene = await scenes(scopes=READ_SCOPES)
    number, id_ = scene.an_open_one()
    scene.say(number, Draft(kind=DecisionKind.DISMISS, reason=Reason.MITIGATED))
    assert (await scene.send()).refused == 1
    (shown,) = scene.shown(number)
    assert shown.state is WriteState.REFUSED
    assert shown.said is not None
    assert shown.said.startswith("access denied, at least one of the following is required: write:issue_status")
    scene.clock.advance(86_400)
    assert await scene.send() == Written()
    assert (await scene.there(id_))["status"] == "OPEN"
    page = browse.finding(scene.store, LAPTOP, number, now=scene.clock.now())
    assert page.row.state is State.DISMISSED


@pytest.mark.parametrize("fault", ["http_503", "truncated", "reset"])
async def test_a_write_whose_answer_is_lost_is_written_once(scenes: Scenes, fault: str) -> None:
    """It waits and is tried again; a note that did arrive is not written twice."""
    scene = await scenes()
    number, id_ = scene.an_open_one()
    before = len((await scene.there(id_))["notes"] or ())
    scene.say(number, Draft(kind=DecisionKind.COMMENT, note="looked at it"))
    # The look passes, the write does not come back.
    scene.sim.state.set_faults({fault: 1, "skip_calls": 1})
    report = await scene.send()
    assert report.postponed == 1
    (shown,) = scene.shown(number)
    assert (shown.state, shown.attempts) == (WriteState.WAITING, 1)
    assert await scene.send() == Written()
    scene.clock.advance(120)
    assert (await scene.send()).done == 1
    assert len((await scene.there(id_))["notes"]) == before + 1


async def test_a_source_that_stays_away_is_given_up(scenes: Scenes) -> None:
    """After days; then a person may have it tried anew."""
    scene = await scenes()
    number, _ = scene.an_open_one()
    scene.say(number, Draft(kind=DecisionKind.TAKE))
    await scene.sim.stop()
    for _ in range(40):
        await scene.send()
        scene.clock.advance(7 * 3_600)
    assert {each.state for each in scene.shown(number)} == {WriteState.GIVEN_UP}
    assert {count.state for count in write_back.standing(scene.store)} == {WriteState.GIVEN_UP}


async def test_a_ticket_is_linked_once_and_parted(scenes: Scenes) -> None:
    """Whoever asks twice; one that was there before stays."""
    scene = await scenes()
    number, id_ = scene.an_open_one()
    url = "https://tickets.example.com/OPS-7"
    before = [each["name"] for each in (await scene.there(id_))["serviceTickets"] or ()]

    def ticket(*, removes: bool = False) -> int:
        with scene.store.write() as conn:
            return write_backs.add_ticket(
                conn, scene.store, 1, [number], key="OPS-7", url=url, actor="laptop", roles=(), now=scene.clock.now(),
                removes=removes,
            )  # fmt: skip

    assert (ticket(), ticket()) == (1, 0)
    await scene.send()
    assert [each["name"] for each in (await scene.there(id_))["serviceTickets"]] == [*before, "OPS-7"]
    assert (ticket(removes=True), ticket(removes=True)) == (1, 0)
    await scene.send()
    assert [each["name"] for each in (await scene.there(id_))["serviceTickets"] or ()] == before


async def test_off_is_off(scenes: Scenes) -> None:
    """Unless somebody configured it, nothing is kept to be written."""
    scene = await scenes(WizWriteBack())
    number, _ = scene.an_open_one()
    scene.say(number, Draft(kind=DecisionKind.TAKE))
    assert scene.shown(number) == []
    assert not write_back.is_due(scene.store, scene.source.name, clock=scene.clock)


@pytest.mark.parametrize(
    ("kind", "query"), [("vulnerability", "vulnerabilityFinding"), ("misconfiguration", "configurationFinding")]
)
async def test_the_status_of_other_findings_is_written_where_that_is_on(scenes: Scenes, kind: str, query: str) -> None:
    """Rejected with a reason of their own, once; back again; and over nothing that others did there."""
    every = WizWriteBack(status=EVERY, kinds=("issues", "vulnerabilities", "misconfigurations"))
    scene = await scenes(every, kinds=("issues", "vulnerabilities", "misconfigurations"))
    rows = ask.list_findings(
        scene.store, AT_THE_LAPTOP, parse(f"status:open kind:{kind}"), now=scene.clock.now()
    ).rows  # fmt: skip
    first, second = rows[0], rows[1]
    read = f"query($id: ID!) {{ found: {query}(id: $id) {{ status resolutionReason }} }}"

    async def there(id_: str) -> object:
        return json.loads(await scene.source._client.once(read, {"id": id_}))["found"]

    said = scene.say(first.id, Draft(kind=DecisionKind.DISMISS, reason=Reason.FALSE_POSITIVE))
    assert (await scene.send()).done == 1
    assert await there(first.external_id) == {"status": "REJECTED", "resolutionReason": "FALSE_POSITIVE"}
    decide.undo(scene.store, AT_THE_LAPTOP, said, clock=scene.clock)
    assert (await scene.send()).done == 1
    found = await there(first.external_id)
    assert isinstance(found, dict)
    assert found["status"] == "OPEN"
    mutation = "updateVulnerabilityFinding" if kind == "vulnerability" else "updateCloudConfigurationFinding"
    patch = {"status": "REJECTED", "resolutionReason": "BY_DESIGN"}
    await scene.source._client.once(
        f"mutation($input: UpdateFindingInput!) {{ {mutation}(input: $input) {{ {query} {{ id }} }} }}",
        {"input": {"id": second.external_id, "patch": patch}},
    )
    scene.say(second.id, Draft(kind=DecisionKind.TAKE))
    assert (await scene.send()).conflicts == 1
    assert scene.shown(second.id)[0].said == "REJECTED (BY_DESIGN)"
