"""Open the door: uvicorn on a socket of our own, so that the port is known before the first request."""

from __future__ import annotations

import contextlib
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType

import uvicorn

from callboard.errors import ConfigError
from callboard.web.app import create_app
from callboard.web.gate import check_bind
from callboard.web.services import WebServices

GRACE_SECONDS = 15
"""Requests that are under way when the process is told to stop get this long."""
START_SECONDS = 60
MAX_CONNECTIONS = 600
"""At a time; whoever comes then is answered 503. Each holds a file of the process, of which 1,024 are usual."""


class _Server(uvicorn.Server):
    """Stops on SIGTERM and SIGINT and then returns to its caller, who has things to put away."""

    def __init__(self, services: WebServices, stopping: Callable[[], None] | None = None) -> None:
        super().__init__(_config(services))
        self._closing = services.closing
        self._stopping = stopping

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Tells whoever listens to live updates first: those answers would never end by themselves."""
        self._closing.set()
        await super().shutdown(sockets)

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Handle signals where that is possible (the main thread), and put the former handlers back."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        former = {number: signal.signal(number, self._stop) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for number, handler in former.items():
                signal.signal(number, handler)

    def _stop(self, number: int, frame: FrameType | None) -> None:
        if self._stopping is not None:
            self._stopping()
        self.handle_exit(number, frame)


@dataclass(frozen=True, slots=True)
class Running:
    """A door that is open in a thread of its own."""

    url: str
    """Without a trailing slash."""
    port: int
    services: WebServices


def serve(
    services: WebServices,
    host: str,
    port: int,
    *,
    opened: Callable[[str | None], None] | None = None,
    stopping: Callable[[], None] | None = None,
) -> None:
    """Answer requests until SIGTERM or SIGINT, then finish what is under way.

    `stopping` is called at the signal, and has to return at once. `opened` is called once when the port is taken, with the
    sign-in link where there is one. Raises ConfigError when `host` is not loopback and nobody comes in by name, or the
    port cannot be had.
    """
    with contextlib.closing(_listen(services, host, port)) as listener:
        server = _Server(services, stopping)
        if opened is not None:
            opened(services.gate.sign_in_link() if services.gate.is_for_laptop else None)
        server.run(sockets=[listener])


@contextmanager
def running(services: WebServices, host: str = "127.0.0.1", port: int = 0) -> Iterator[Running]:
    """The same in a background thread, for as long as the block lasts. Port 0: any free one."""
    listener = _listen(services, host, port)
    with contextlib.closing(listener):
        server = _Server(services)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, name="web", daemon=True)
        thread.start()
        try:
            _wait(server, thread)
            yield Running(url=services.gate.url, port=listener.getsockname()[1], services=services)
        finally:
            server.should_exit = True
            thread.join(GRACE_SECONDS + 5)


def _listen(services: WebServices, host: str, port: int) -> socket.socket:
    host = check_bind(host, services.gate.public)
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio sends answers at once (TCP_NODELAY) only on sockets that name their protocol.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(MAX_CONNECTIONS)
    except (OSError, OverflowError) as error:
        listener.close()
        reason = error.strerror if isinstance(error, OSError) else "no such port"
        raise ConfigError(
            f"Cannot listen on {host} port {port}: {reason}.", hint="Choose another one with --port."
        ) from error
    services.gate.opened(host, listener.getsockname()[1])
    return listener


def _config(services: WebServices) -> uvicorn.Config:
    return uvicorn.Config(
        create_app(services),
        http="h11",
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        date_header=True,
        proxy_headers=False,
        limit_concurrency=MAX_CONNECTIONS,
        timeout_keep_alive=10,
        timeout_graceful_shutdown=GRACE_SECONDS,
        h11_max_incomplete_event_size=65_536,
    )


def _wait(server: uvicorn.Server, thread: threading.Thread) -> None:
    ready = threading.Event()
    for _ in range(START_SECONDS * 100):
        if server.started:
            return
        if not thread.is_alive():
            raise ConfigError("The web door did not open; see the log.")
        ready.wait(0.01)
    raise ConfigError(f"The web door did not open within {START_SECONDS} seconds.")
