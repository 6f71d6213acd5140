"""callboard channels: list, preview, test, send, and what the doctor says."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator

import pytest

from tests.cli.conftest import Folder
from tests.support.receivers import Receiver, receiving

SECRET = "a-secret-of-24-bytes-or-more"


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A program that takes messages, in a thread of its own."""
    loop, found, stop = asyncio.new_event_loop(), [], asyncio.Event()
    ready = threading.Event()

    async def serve() -> None:
        async with receiving() as made:
            found.append(made)
            ready.set()
            await stop.wait()

    thread = threading.Thread(target=lambda: loop.run_until_complete(serve()))
    thread.start()
    assert ready.wait(10)
    yield found[0]
    loop.call_soon_threadsafe(stop.set)
    thread.join(10)
    loop.close()


@pytest.fixture
def told(board: Folder, receiver: Receiver) -> Folder:
    """A board with a channel."""
    file = board.path / "callboard.toml"
    text = f'[[channel]]\nkind = "webhook"\nname = "hook"\nurl = "{receiver.url}"\nsecret = "{SECRET}"\n'
    file.write_text(f"{file.read_text()}\n{text}allow_private = true\nat_once = true\n")
    return board


def test_there_are_none(board: Folder) -> None:
    """And how to get one."""
    assert "[[channel]]" in board.call("channels", "list").all
    assert board.call("channels", "list", "--json").json == {"channels": []}


def test_a_test_message_arrives(told: Folder, receiver: Receiver) -> None:
    """Signed; the list and the doctor know of it, and the secret shows nowhere."""
    said = told.call("channels", "test", "hook")
    assert "1 sent, 0 not delivered" in said.out
    assert b'"callboard.test"' in receiver.got[0][1]
    assert "webhook-signature" in receiver.got[0][0]
    (row,) = told.call("channels", "list", "--json").json["channels"]
    assert (row["name"], row["messages"]["sent"]) == ("hook", 1)
    assert "every group" in told.call("channels", "list").out
    assert "The last message was delivered" in told.call("doctor", "--offline", code=None).out
    assert all(SECRET not in said.all for said in told.said)


def test_what_is_refused_is_told_and_tried_anew(told: Folder, receiver: Receiver) -> None:
    """By the doctor, in words; then again when asked."""
    receiver.answers = [(404, {}, b"gone")]
    told.call("channels", "test", "hook", code=1)
    said = told.call("doctor", "--offline", code=1)
    assert "1 message could not be delivered" in said.out
    assert "--again" in said.out
    assert "1 sent" in told.call("channels", "send", "hook", "--again").out
    assert "could not be delivered" not in told.call("doctor", "--offline", code=None).out


def test_a_preview_sends_nothing(told: Folder, receiver: Receiver) -> None:
    """It says what would be sent, or that there is nothing."""
    said = told.call("channels", "preview", "hook", "--days", "90", "--json")
    assert said.json["team"] == "group:default/payments"
    assert "callboard.digest" in (said.json["message"] or "callboard.digest")
    assert told.call("channels", "preview", "hook", "--at-once", "--json").json["message"] is None
    assert receiver.tried == 0


def test_mistakes_are_told(told: Folder) -> None:
    """A channel that is not there, a team that is not the channel's, a weak secret, a key that is not known."""
    assert "There is hook" in told.call("channels", "test", "other", code=2).err
    assert "do not go to hook" in told.call("channels", "preview", "hook", "--team", "nobody", code=2).err
    file = told.path / "callboard.toml"
    whole = file.read_text()
    file.write_text(whole.replace(SECRET, "short-secret"))
    assert "24 bytes" in told.call("channels", "preview", "hook", code=2).err
    file.write_text(whole.replace("at_once", "at_onec"))
    assert "did you mean at_once" in told.call("channels", "list", code=2).err


def test_the_server_sends_by_itself(told: Folder, receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    """What waits is sent beside the reading of sources, and soon after somebody wakes it."""
    from callboard.config import load
    from callboard.domain.component import EntityRef
    from callboard.usecases.remediation import tell
    from callboard.wiring.services import Services
    from callboard.worker import loop

    monkeypatch.chdir(told.path)
    config = load(told.path / "callboard.toml")
    with Services.open(config, create=False) as services:
        route = config.channels[0].settings().route
        team = EntityRef("group:default/payments")
        with loop.Background(services) as running:
            for count in (1, 2):
                tell.add_tests(services.store, route, team, clock=services.clock)
                running.wake()
                assert arrives(receiver, count), count


def arrives(receiver: Receiver, count: int) -> bool:
    """Whether so many messages come within a while; the loop of the server looks by itself only after that."""
    for _ in range(100):
        if len(receiver.got) >= count:
            return True
        threading.Event().wait(0.1)
    return False
