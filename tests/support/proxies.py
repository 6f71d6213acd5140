"""A TCP proxy on loopback that damages what passes: a real network with real faults, between a client and a server.

Written out, because the one program that is known for it (Toxiproxy) is a server in another language, and what is needed
here are a hundred lines.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Literal

import msgspec

How = Literal["reset", "end", "half", "hang", "slow"]
"""What happens in the middle of an answer: the connection is reset; it ends as if all had come; the way to the server is
shut; nothing comes any more; it comes in drops."""

PIECE = 16 * 1024
DROPS = 200
"""Pieces of one byte, a hundredth of a second apart, before a slow answer goes on as others."""


class Strike(msgspec.Struct, frozen=True):
    """Something that happens once so many bytes of answers have passed."""

    how: How
    after: int = 0
    lasts: bool = False
    """It happens again to every further connection, after as many bytes of it."""


class Proxy:
    """Between one server and whoever connects."""

    def __init__(self, host: str, port: int, tls: ssl.SSLContext | None) -> None:
        self._to = (host, port)
        self._tls = tls
        self._strike: Strike | None = None
        self._passed = 0
        self._tasks: set[asyncio.Task[None]] = set()
        self.port = 0
        self.connections = 0
        self.asked = 0
        """Bytes that clients have sent."""

    def strike(self, strike: Strike | None) -> None:
        """Let it happen from now on; None: heal."""
        self._strike = strike
        self._passed = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection."""
        self.connections += 1
        if self._strike is not None and self._strike.lasts:
            self._passed = 0
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        there: asyncio.StreamWriter | None = None
        try:
            there_reader, there = await asyncio.open_connection(*self._to)
            asking = asyncio.create_task(self._ask(reader, there))
            try:
                await self._answer(there_reader, writer, there)
            finally:
                asking.cancel()
                await asyncio.gather(asking, return_exceptions=True)
        except (OSError, asyncio.CancelledError):
            pass  # either side has gone, or the test is over
        finally:
            for each in (writer, there):
                if each is not None:
                    each.transport.abort()
                    with contextlib.suppress(OSError):
                        await each.wait_closed()
            self._tasks.discard(task)

    async def _ask(self, reader: asyncio.StreamReader, there: asyncio.StreamWriter) -> None:
        while piece := await reader.read(PIECE):
            self.asked += len(piece)
            there.write(piece)
            await there.drain()

    async def _answer(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, there: asyncio.StreamWriter
    ) -> None:
        while piece := await reader.read(PIECE):
            strike = self._strike
            if strike is not None and self._passed + len(piece) > strike.after:
                good = max(0, strike.after - self._passed)
                writer.write(piece[:good])
                await writer.drain()
                if not strike.lasts:
                    self._strike = None
                if not await self._happen(strike.how, writer, there):
                    return
                piece = piece[good:]
            self._passed += len(piece)
            writer.write(piece)
            await writer.drain()

    async def _happen(self, how: How, writer: asyncio.StreamWriter, there: asyncio.StreamWriter) -> bool:
        """Whether the answer goes on."""
        match how:
            case "reset":
                # A connection that does not linger ends by RST.
                raw = writer.get_extra_info("socket")
                raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                writer.transport.abort()
            case "end":
                writer.close()
                with contextlib.suppress(OSError):
                    await writer.wait_closed()
            case "half":
                there.write_eof()
                return True
            case "hang":
                await asyncio.Event().wait()
            case "slow":
                for _ in range(DROPS):
                    await asyncio.sleep(0.01)
                return True
        return False

    async def end(self) -> None:
        """End every connection, and whatever hangs."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


@asynccontextmanager
async def proxied(host: str, port: int, *, tls: ssl.SSLContext | None = None) -> AsyncIterator[Proxy]:
    """A proxy to this server, with a certificate of its own if one is given."""
    proxy = Proxy(host, port, tls)
    server = await asyncio.start_server(proxy.serve, "127.0.0.1", 0, ssl=tls)
    proxy.port = server.sockets[0].getsockname()[1]
    try:
        yield proxy
    finally:
        server.close()
        await proxy.end()
        await server.wait_closed()
