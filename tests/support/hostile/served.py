"""The planted board behind a door in a process of its own: what it does costs processor time that can be told from ours.

`python -m tests.support.hostile.served FOLDER` opens it, tells on stdout how to come in, and ends with its standard input.
"""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from callboard.domain.access import AT_THE_LAPTOP, Depth, Grant, Right
from callboard.domain.component import EntityRef
from callboard.telemetry import set_up_logging
from callboard.usecases.people import tokens
from tests.support.hostile.planted import PEOPLE, SECRETS, plant, token_of_component, words
from tests.support.named import NamedDoor, named_door, team, user
from tests.support.providers import MadeUpProvider
from tests.support.signing_in import PUBLIC, SESSION, ask, signed_in

ROOT = Path(__file__).parents[3]
DATABASE = "callboard.db"

CALLERS: Mapping[str, frozenset[str]] = {
    "anonymous": words("red", "blue", "lost"),
    "plugin": words("red", "blue", "lost"),
    "no team": words("red", "blue", "lost"),
    "admin": words("red", "blue", "lost"),
    "other team": words("red", "lost") | SECRETS,
    "owner": words("blue", "lost") | SECRETS,
    "viewer": words("blue", "lost") | SECRETS,
    "component token": words("blue", "lost") | SECRETS,
    "above": words("lost") | SECRETS,
    "assistant": words("blue", "lost") | SECRETS,
    "security": frozenset(),
    "laptop": frozenset(),
}
"""Every sort of caller, with the words that may not reach it. Who may say whose things are comes last: it could give them away."""


@dataclass(frozen=True, kw_only=True)
class Served:
    """The open door, from outside."""

    url: str
    pid: int
    headers: Mapping[str, Mapping[str, str]]
    """By caller, what makes a request its own: a token."""
    sessions: Mapping[str, str]
    """By caller who is a person, what the cookie of a browser holds that is signed in."""
    ended: Mapping[str, str]
    """The same of browsers that are signed in no more, by why."""
    known: Mapping[str, list[int]]
    """Numbers of things, by the name that they have in a path."""
    log: Path
    """What the process wrote about itself."""
    database: Path
    """Where it keeps everything."""

    def cpu(self) -> float:
        """Seconds of processor time that the process has had, all threads together."""
        return time.clock_gettime((~self.pid << 3) | 2)  # the clock of another process, as Linux numbers it

    def secrets(self) -> frozenset[str]:
        """Tokens and sessions, none of which may stand in an answer or in a log."""
        held = [each["authorization"].partition(" ")[2] for each in self.headers.values() if "authorization" in each]
        return frozenset((*held, *self.sessions.values(), *self.ended.values()))

    def in_browsers(self) -> Served:
        """The same door, to which people come with a session's cookie, and nobody else is known."""
        cookies = {name: {"cookie": f"{SESSION}={id_}"} for name, id_ in self.sessions.items()}
        return replace(self, headers={name: cookies.get(name, {}) for name in ("anonymous", *cookies)})


def _credentials(door: NamedDoor) -> dict[str, str]:
    red = EntityRef(team("red"))

    def program(name: str, grant: Grant) -> str:
        return tokens.create(door.store, AT_THE_LAPTOP, name, grant, days=30, clock=door.clock).secret

    return {
        **{caller: door.portal.token(ref) for caller, ref in PEOPLE.items()},
        "plugin": door.portal.token("callboard", typ="vnd.backstage.plugin", aud="callboard", iss=None),
        "viewer": program("dashboard", Grant(owners=(red,))),
        "assistant": program("assistant", Grant(owners=(red,), rights=(Right.DECIDE,))),
        "component token": token_of_component(door, "red"),
        "laptop": program("everything", Grant(everything=True, deepest=Depth.SENSITIVE, rights=tuple(Right))),
    }


def _sessions(door: NamedDoor) -> tuple[dict[str, str], dict[str, str]]:
    """Of everybody who comes by name, and some that have ended. Takes two hours."""

    def session(ref: str) -> str:
        return signed_in(door, email=f"{ref.partition('/')[2]}@example.com")

    left = session(PEOPLE["security"])
    ask(door, "/leave", cookies={SESSION: left}, method="POST").raise_for_status()
    unused = session(PEOPLE["security"])
    door.clock.advance(2 * 3_600)
    door.portal.emails["gone@example.com"] = user("gone")
    door.portal.groups[user("gone")] = (team("security"),)
    gone = session(user("gone"))
    del door.portal.groups[user("gone")]
    door.clock.advance(301)
    ask(door, "/", cookies={SESSION: gone})  # the catalog's word counts when it is asked
    return {caller: session(ref) for caller, ref in PEOPLE.items()}, {"left": left, "unused": unused, "gone": gone}


@contextmanager
def served(folder: Path) -> Iterator[Served]:
    """The board in a folder that is its own, for as long as the block lasts."""
    log = folder / "log"
    with (
        log.open("wb") as errors,
        subprocess.Popen(
            [sys.executable, "-m", "tests.support.hostile.served", str(folder)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, cwd=ROOT,
            env=os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "src")])},
        ) as process,
    ):  # fmt: skip
        assert process.stdin is not None
        assert process.stdout is not None
        told = json.loads(process.stdout.readline() or b"{}")
        assert told, log.read_text()
        headers = {
            name: {"authorization": f"Bearer {told['tokens'][name]}"} if name in told["tokens"] else {}
            for name in CALLERS
        }
        try:
            yield Served(
                url=told["url"], pid=process.pid, headers=headers, sessions=told["sessions"], ended=told["ended"],
                known=told["known"], log=log, database=folder / DATABASE,
            )  # fmt: skip
        finally:
            process.stdin.close()
            process.wait(60)


def main(folder: Path) -> None:
    """Open it until standard input ends."""
    set_up_logging()
    logging.getLogger("httpx").setLevel(logging.WARNING)  # what plants is no part of the board
    with named_door(folder / DATABASE, public=PUBLIC, provider=MadeUpProvider.config) as door:
        known: dict[str, Any] = plant(door)
        sessions, ended = _sessions(door)
        told = {"url": door.url, "tokens": _credentials(door), "sessions": sessions, "ended": ended, "known": known}
        print(json.dumps(told), flush=True)  # noqa: T201 - its answer
        sys.stdin.read()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
