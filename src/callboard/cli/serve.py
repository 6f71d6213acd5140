"""`callboard serve`."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import hmac
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from callboard.cli import explained
from callboard.cli.door import Door, examples

if TYPE_CHECKING:
    from callboard.config import Config
    from callboard.web.place import Public
    from callboard.web.services import HookHandler, Readiness, WebServices
    from callboard.wiring.services import Services
    from callboard.worker.loop import Background


@explained.command(epilog=examples("callboard serve", "callboard serve --port 8500", "callboard serve --no-jobs"))
@click.option("--host", help="Address to listen on.  [default: 127.0.0.1, or [server] host]")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    help="Port to listen on; 0 takes any free one.  [default: 8400, or [server] port]",
)
@click.option(
    "--no-jobs",
    "--no-sync",
    "no_jobs",
    is_flag=True,
    help="Only show the board and take what people and webhooks say; the work is done by `callboard worker`.",
)
@click.pass_obj
def serve(door: Door, /, *, host: str | None, port: int | None, no_jobs: bool) -> None:
    """Show the board in a browser and keep it up to date.

    Prints a link that opens the board once, in one browser. Ends with Ctrl-C or SIGTERM.
    """
    from callboard.cli import output, running
    from callboard.cli.stopping import end_within
    from callboard.usecases.collecting import collect_often
    from callboard.usecases.heap import keep_one_heap
    from callboard.web.gate import check_bind
    from callboard.web.serve import serve as open_door

    keep_one_heap()
    collect_often()
    door.log()
    config = door.config
    host = check_bind(host or config.server.host, public_place(config))

    def opened(link: str | None) -> None:
        if link is None:
            output.line(f"The board is open at {config.server.public_url}")
        else:
            output.line(f"The board is open. This link signs you in, once:\n{link}")
        output.say("Ctrl-C ends it.")

    with door.services(create=True) as services, contextlib.ExitStack() as stack:
        running.follow_policy(services)
        background = None
        if not no_jobs and (config.sources or config.catalogs):
            from callboard.worker.loop import Background

            background = stack.enter_context(Background(services))
        elif not no_jobs:
            output.say("No source is configured yet: `callboard init` sets one up.")

        def stopping() -> None:
            end_within()
            if background is not None:
                background.stop()

        web = web_services(services, background=background)
        open_door(web, host, config.server.port if port is None else port, opened=opened, stopping=stopping)


def public_place(config: Config) -> Public | None:
    """Where other people find the board. None: nobody but the person at the machine does. Raises ConfigError."""
    from callboard.errors import ConfigError
    from callboard.web.place import Public

    server = config.server
    if not server.public_url:
        return None
    if not config.identity.is_configured:
        raise ConfigError(
            "public_url under [server] would open the board to others, and nobody can come in by name.",
            hint="Set up [identity.portal] or [identity.provider], or leave public_url out.",
        )
    return Public.of(server.public_url, hosts=server.hosts, proxies=server.trusted_proxies)


def web_services(
    services: Services, *, background: Background | None = None, api_token: str | None = None
) -> WebServices:
    """What the web door needs, from what is configured. A secret that cannot be read costs only what needs it.

    What a webhook names is read again by `background`, or by whichever process does the work.
    """
    from callboard import __version__
    from callboard.cli import output
    from callboard.errors import CallboardError
    from callboard.sources import SOURCES
    from callboard.web.gate import LoopbackGate
    from callboard.web.services import Limits, WebServices
    from callboard.wiring.identity import open_identity
    from callboard.wiring.messages import ticket_places
    from callboard.wiring.services import configured_policies
    from callboard.wiring.sources import link_hosts, link_rules

    server = services.config.server

    hooks: dict[str, HookHandler] = {}
    for section in services.config.sources:
        try:
            settings = section.settings()
        except CallboardError as error:
            output.say(f"Source {section.name} cannot be read: {error.message}")
            continue
        token, ids = getattr(settings, "webhook_token", None), SOURCES[section.kind].hook_ids
        if token and ids is not None:
            hooks[section.name] = _hook(services, section.name, token, ids, background)
    return WebServices(
        store=services.store,
        clock=services.clock,
        gate=LoopbackGate(
            services.clock,
            api_token=api_token or server.api_token or None,
            public=public_place(services.config),
            portals=server.portal_origins,
        ),
        identity=open_identity(services),
        pace=Limits(
            requests_per_minute=server.requests_per_minute,
            exports_per_hour=server.exports_per_hour,
            alarm_rows=server.alarm_rows,
        ),
        ready=lambda: _ready(services),
        version=__version__,
        configured=configured_policies(services.config),
        safety=services.config.safety,
        hooks=hooks,
        link_hosts=link_hosts(services.config),
        link_rules=link_rules(services.config),
        jwks=_jwks(services),
        trackers=ticket_places(services.config),
        wake=background.wake if background is not None else partial(_wake_somebody, services),
    )


def _wake_somebody(services: Services) -> None:
    """The work is done elsewhere: something waits to leave the house."""
    threading.Thread(target=services.waker.call, args=(["channels"],), daemon=True).start()


def _hook(
    services: Services,
    source: str,
    token: str,
    ids_of: Callable[[bytes], tuple[str, ...]],
    background: Background | None,
) -> HookHandler:
    """Takes a webhook: only the ids in it count, and those are read again from the source itself."""
    from callboard.errors import CallboardError
    from callboard.usecases.jobs import note_hooked
    from callboard.web.services import HookAnswer

    wanted = hashlib.sha256(token.encode()).digest()

    async def handle(authorization: str | None, body: bytes) -> HookAnswer:
        scheme, _, given = (authorization or "").partition(" ")
        is_good = hmac.compare_digest(hashlib.sha256(given.strip().encode("utf-8", "replace")).digest(), wanted)
        if scheme.lower() != "bearer" or not is_good:
            return HookAnswer(status=401, message="The token is not the one that is configured.")
        try:
            ids = ids_of(body)
        except CallboardError as error:
            return HookAnswer(status=400, message=error.message)
        if not ids:
            return HookAnswer(status=400, message="The body names no finding.")
        if not await asyncio.to_thread(note_hooked, services.store, source, ids, clock=services.clock):
            return HookAnswer(status=503, message="Too many findings wait to be read again.")
        if background is not None:
            background.look()
        else:
            await asyncio.to_thread(services.waker.call, [f"source {source}"])
        return HookAnswer(status=202, message="Taken. What it names is read again from the source.")

    return handle


def _ready(services: Services) -> Readiness:
    """Whether the database answers."""
    from callboard.errors import CallboardError
    from callboard.usecases import browse
    from callboard.usecases.jobs import standing
    from callboard.web.services import Readiness

    try:
        browse.revision(services.store)
        found = standing(services.store, now=services.clock.now())
    except CallboardError as error:
        return Readiness(ready=False, parts={"database": error.message})
    work = f"{len(found.workers)} at work, {len(found.due)} due, {len(found.failing)} failing, {len(found.stuck)} stuck"
    return Readiness(ready=True, parts={"database": "answers", "jobs": work})


def _jwks(services: Services) -> Callable[[], bytes] | None:
    """The public halves of the keys that catalogs are asked with; None when there are none."""
    from callboard.cli import output
    from callboard.errors import CallboardError

    paths: set[Path] = set()
    for section in services.config.catalogs:
        try:
            path = getattr(section.settings(), "key_file", None)
        except CallboardError as error:
            output.say(f"Catalog {section.name} cannot be read: {error.message}")
            continue
        paths |= {path} if path is not None else set()
    if not paths:
        return None
    from callboard.catalog.keys import SigningKey, jwks_document

    return lambda: jwks_document(SigningKey.load(path) for path in sorted(paths))
