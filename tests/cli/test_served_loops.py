"""`callboard serve` as a process of its own sends what waits: messages, tickets and what it writes to Wiz, and reads tickets back."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import Any
from urllib.parse import quote, urlsplit

import httpx
import pytest
from sqlalchemy import update

from callboard.demo.company.world import make_world
from callboard.demo.wizsim import Options, WizSim
from callboard.demo.wizsim.options import READ_SCOPES, WRITE_SCOPES
from callboard.demo.wizsim.runner import running
from callboard.domain.component import EntityRef
from callboard.domain.remediation.message import Route
from callboard.store import open_store, schema
from callboard.usecases.remediation import tell
from callboard.wiring.machine import SystemClock
from tests.cli.conftest import Folder
from tests.cli.test_serve import until
from tests.support.companies import mixed
from tests.support.receivers import Receiver, receiving
from tests.support.trackers import TOKEN, Github, looking_alike

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

API_TOKEN = "a-token-of-the-machine-for-tests"
CONFIG = """\
[server]
port = 0
api_token = "{api_token}"

[[source]]
kind = "wiz"
name = "main"
client_id = "{wiz.client_id}"
client_secret = "{wiz.client_secret}"
api_url = "{wiz.api_url}"
token_url = "{wiz.token_url}"
allow_private = true
calls_per_second = 10
[source.scope]
kinds = ["issues"]
closed_days = 0
[source.write_back]
status = ["owner"]
note = ["owner"]
ticket = ["owner"]

[[tracker]]
kind = "github"
url = "{github}"
repository = "acme/security"
token = "{token}"
allow_private = true

[[channel]]
kind = "webhook"
name = "hook"
url = "{hook}"
secret = "a-secret-of-24-bytes-or-more"
allow_private = true
"""


@contextmanager
def taking() -> Iterator[Receiver]:
    """A program that takes messages, in a thread of its own."""
    loop, found, stop, ready = asyncio.new_event_loop(), [], asyncio.Event(), threading.Event()

    async def serve() -> None:
        async with receiving() as made:
            found.append(made)
            ready.set()
            await stop.wait()

    thread = threading.Thread(target=lambda: loop.run_until_complete(serve()))
    thread.start()
    assert ready.wait(30)
    try:
        yield found[0]
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(30)
        loop.close()


Ask = Callable[..., Any]


@contextmanager
def served(folder: Folder) -> Iterator[Ask]:
    """`callboard serve` in a process of its own, and a way to ask its API."""
    with (folder.path / "log").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "callboard", "serve"], cwd=folder.path, env=dict(os.environ), text=True,
            stdout=subprocess.PIPE, stderr=log,
        )  # fmt: skip
        assert process.stdout is not None
        try:
            assert "signs you in, once" in process.stdout.readline()
            link = urlsplit(process.stdout.readline().strip())
            headers = {"Authorization": f"Bearer {API_TOKEN}"}
            with httpx.Client(base_url=f"{link.scheme}://{link.netloc}/api/v1/", headers=headers, timeout=60) as client:

                def ask(path: str, body: object = None) -> Any:  # noqa: ANN401 - what it holds is what the test asks
                    answer = client.get(path) if body is None else client.post(path, json=body)
                    return answer.raise_for_status().json()

                yield ask
        finally:
            process.send_signal(signal.SIGTERM)
            assert process.wait(60) == 0
            process.stdout.close()


def test_what_waits_leaves_by_itself(folder: Folder) -> None:
    """A decision and a ticket stand in Wiz, the ticket in its tracker and its end here, and a message has arrived."""
    sim = WizSim(make_world(seed=8, sizes=mixed(120)), options=Options(scopes=(*READ_SCOPES, *WRITE_SCOPES)))
    github = Github()
    with running(sim) as wiz, looking_alike(github), taking() as receiver:
        file = folder.path / "callboard.toml"
        file.write_text(
            CONFIG.format(wiz=wiz, api_token=API_TOKEN, github=github.url, token=TOKEN, hook=receiver.url)
        )  # fmt: skip
        with served(folder) as ask:
            until(lambda: ask("findings?q=" + quote("status:open kind:issue"))["total"] > 0, 240)
            first = ask("findings?q=" + quote("status:open kind:issue sort:oldest"))["findings"][0]
            number = first["id"]

            def finding() -> Any:  # noqa: ANN401 - a document
                return ask(f"findings/{number}")

            # What people say, and the ticket once its tracker has named it, are written to Wiz.
            ask("decisions", {"act": "take", "findings": [number], "key": "1"})
            ask("decisions", {"act": "comment", "findings": [number], "note": "looked at it", "key": "2"})
            ask("tickets", {"q": f"id:{number}"})

            def written() -> bool:
                writes = finding()["writes"]
                return len(writes) == 3 and {each["state"] for each in writes} == {"done"}

            until(written, 240)
            (ticket,) = finding()["finding"]["filed"]
            assert (ticket["key"], len(github.issues)) == ("acme/security#1", 1)
            (edit,) = sim.tenant.edits.values()
            assert [note.text.partition("\n")[0] for note in edit.notes].count("looked at it") == 1
            assert [each.name for each in edit.tickets] == [ticket["key"]]
            # Its end is read back, once it is time to ask: that is brought forward here.
            github.close(1)
            with closing(open_store(f"sqlite:///{folder.path / 'callboard.db'}")) as store:
                with store.write() as conn:
                    conn.execute(update(schema.ticket).values(due_at=0))
                route = Route(channel="hook", teams=(), at_once=False, weekday=None, hour=7)
                tell.add_tests(store, route, EntityRef("group:default/payments"), clock=SystemClock())
            until(lambda: finding()["finding"]["filed"][0]["state"] == "done", 240)
            until(lambda: len(receiver.got) == 1, 240)
            assert b'"callboard.test"' in receiver.got[0][1]
            assert finding()["finding"]["state"] != "fixed"
