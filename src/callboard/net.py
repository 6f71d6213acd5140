"""The one client for outbound HTTP.

What it refuses, whoever asks: redirects, plain http, addresses that are not on the public internet (unless the operator
allows the host by name), answers over a size, answers that take too long. What it never says: a query string, a header
or a body, since secrets live there. It does not retry: that is decided once, by the room that knows the server.
"""

from __future__ import annotations

import ipaddress
import math
import socket
import ssl
import zlib
from collections.abc import Collection, Mapping
from email.utils import parsedate_to_datetime
from types import TracebackType
from typing import Self

import aiohttp
import msgspec
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from callboard.domain.instant import SECOND, Instant, from_datetime
from callboard.errors import AddressRefusedError, AnswerTooLargeError, UnreachableError

MAX_BYTES = 64 * 1024 * 1024
"""Largest answer body, after decompression, unless the caller says otherwise. A page of 500 nodes is 1 to 2 MB."""

TIMEOUT_SECONDS = 60.0
"""From asking for a connection to the last byte, unless the caller says otherwise."""

RETRY_AFTER_CAP_SECONDS = 300.0
"""A server that asks for more patience than this is hostile or broken."""

_CONNECT_SECONDS = 15.0
_LOOK = "Check the address, and what stands between this machine and it: a proxy, a firewall, a name server."

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")

_Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class Answer(msgspec.Struct, frozen=True):
    """A whole answer. A redirect is one only for those who asked for it."""

    status: int
    headers: Mapping[str, str]
    """Names in any letter case."""
    body: bytes
    """Decompressed."""


class Net:
    """A pool of connections with one policy. Use it as an async context manager, or call `close`."""

    def __init__(self, *, user_agent: str, allow_hosts: Collection[str] = (), max_connections: int = 16) -> None:
        """`allow_hosts` are names or addresses that the operator's configuration names: private and plain http there."""
        self._user_agent = user_agent
        self._allowed = frozenset(_bare(host) for host in allow_hosts)
        self._max_connections = max_connections
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Close every connection. The next request opens new ones."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    async def request(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        form: Mapping[str, str] | None = None,
        json: object = None,
        max_bytes: int = MAX_BYTES,
        timeout: float = TIMEOUT_SECONDS,  # noqa: ASYNC109 - the cap must cover the body, which is read here
        redirects: bool = False,
    ) -> Answer:
        """The answer, read whole. `json` may be encoded bytes or a value to encode.

        A redirect is refused. With `redirects` one that stays at the same scheme, host and port is handed back as an
        answer, with its status and its Location; whether to ask there is up to the caller. It is never followed here.

        Raises AddressRefusedError, AnswerTooLargeError or UnreachableError; never anything else for a bad server.
        """
        target = self._checked(url)
        sent = {"Accept-Encoding": "gzip", **(headers or {})}
        data: bytes | Mapping[str, str] | None = body if form is None else form
        if json is not None:
            data = json if isinstance(json, bytes) else msgspec.json.encode(json)
            sent.setdefault("Content-Type", "application/json")
        place = f"{target.scheme}://{target.authority}{target.path}"
        try:
            async with self._opened().request(
                method,
                target,
                headers=sent,
                data=data,
                allow_redirects=False,
                timeout=aiohttp.ClientTimeout(total=timeout, sock_connect=min(timeout, _CONNECT_SECONDS)),
            ) as response:
                if response.status in _REDIRECTS and not (redirects and _stays(target, response.headers)):
                    raise AddressRefusedError(
                        f"{place} answers with a redirect to {_location(target, response.headers)}, which is not followed.",
                        hint="Configure the address that the service is really at.",
                    )
                return Answer(response.status, response.headers, await _read(response, max_bytes, place))
        except TimeoutError as error:
            raise UnreachableError(f"{place} did not answer within {timeout:g} seconds.") from error
        except (aiohttp.ClientConnectorCertificateError, ssl.SSLCertVerificationError) as error:
            raise UnreachableError(
                f"{place} showed a certificate that cannot be trusted.",
                hint="If a proxy inspects TLS here, point SSL_CERT_FILE at its authority.",
            ) from error
        except aiohttp.ClientConnectorDNSError as error:
            raise UnreachableError(f"The name {target.host} cannot be resolved.", hint=_LOOK) from error
        except aiohttp.ClientConnectorError as error:
            raise UnreachableError(f"No connection to {target.host}:{target.port}.", hint=_LOOK) from error
        except aiohttp.ClientPayloadError as error:
            raise UnreachableError(f"{place} broke off in the middle of its answer.") from error
        except (aiohttp.ClientError, OSError, ValueError) as error:
            # The error's own text may hold the address with its query, so only its kind is told.
            raise UnreachableError(f"{place} failed ({type(error).__name__}).") from None

    def _opened(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(
                    resolver=_PublicResolver(self._allowed), limit=self._max_connections, ttl_dns_cache=60
                ),
                cookie_jar=aiohttp.DummyCookieJar(),
                headers={"User-Agent": self._user_agent},
                auto_decompress=False,
                trust_env=False,
            )
        return self._session

    def _checked(self, url: str) -> URL:
        """The address as it will be asked, or AddressRefusedError."""
        try:
            target = URL(url)
            host = target.host
            port = target.port
        except ValueError:
            raise AddressRefusedError("The address is not a valid URL.") from None
        if host is None or target.scheme not in ("https", "http") or port is None:
            raise AddressRefusedError("The address is not an https address of a host.")
        if target.user is not None or target.password is not None:
            raise AddressRefusedError(f"The address of {host} carries a user name, which is not accepted.")
        if _bare(host) in self._allowed:
            return target
        if target.scheme != "https":
            raise AddressRefusedError(
                f"{host} is to be asked over plain http.", hint="Use https, or allow the host in the configuration."
            )
        if (address := _literal(host)) is not None and not _is_public(address):
            raise _refused(host)
        return target


class _PublicResolver(AbstractResolver):
    """Resolves names to public addresses only. The connection is made to what was checked here, so nothing can rebind."""

    def __init__(self, allowed: frozenset[str]) -> None:
        self._allowed = allowed
        self._inner = aiohttp.ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        found = await self._inner.resolve(host, port, family)
        if _bare(host) in self._allowed:
            return found
        # One private answer among public ones is already the attack, so it spoils them all.
        if any(not _is_public(ipaddress.ip_address(entry["host"].partition("%")[0])) for entry in found):
            raise _refused(host)
        return found

    async def close(self) -> None:
        await self._inner.close()


def public_addresses(host: str, port: int, allow_hosts: Collection[str] = ()) -> tuple[str, ...]:
    """Addresses that a name may be reached at, for what does not speak HTTP; blocks. One private one spoils them all.

    Raises AddressRefusedError, UnreachableError.
    """
    try:
        found = socket.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM)
    except OSError:
        raise UnreachableError(f"The name {host} cannot be resolved.", hint=_LOOK) from None
    addresses = tuple(dict.fromkeys(str(entry[4][0]) for entry in found))
    is_allowed = _bare(host) in {_bare(each) for each in allow_hosts}
    if not is_allowed and any(not _is_public(ipaddress.ip_address(each.partition("%")[0])) for each in addresses):
        raise _refused(host)
    return addresses


async def _read(response: aiohttp.ClientResponse, max_bytes: int, place: str) -> bytes:
    """The body, decompressed, never more than `max_bytes` of it in memory."""
    encoding = response.headers.get("Content-Encoding", "identity").strip().lower()
    too_large = AnswerTooLargeError(f"{place} answers with more than {max_bytes:,} bytes.")
    if encoding in ("identity", ""):
        if response.content_length is not None and response.content_length > max_bytes:
            raise too_large
        chunks: list[bytes] = []
        size = 0
        async for chunk in response.content.iter_any():
            size += len(chunk)
            if size > max_bytes:
                raise too_large
            chunks.append(chunk)
        return b"".join(chunks)
    if encoding not in ("gzip", "x-gzip"):
        raise UnreachableError(f"{place} answers in an encoding that was not asked for.")
    return await _inflate(response, max_bytes, place, too_large)


async def _inflate(
    response: aiohttp.ClientResponse, max_bytes: int, place: str, too_large: AnswerTooLargeError
) -> bytes:
    """The gzip body unpacked with a limit on what comes out, so that a small bomb stays small."""
    unpacker = zlib.decompressobj(wbits=31)
    chunks: list[bytes] = []
    size = 0
    try:
        async for packed in response.content.iter_any():
            chunk = unpacker.decompress(packed, max_bytes - size + 1)
            size += len(chunk)
            if size > max_bytes or unpacker.unconsumed_tail:
                raise too_large
            chunks.append(chunk)
    except zlib.error:
        raise UnreachableError(f"{place} sent damaged gzip data.") from None
    if not unpacker.eof and size:
        raise UnreachableError(f"{place} broke off in the middle of its answer.")
    if unpacker.unused_data:
        raise UnreachableError(f"{place} sent something after its gzip data.")
    return b"".join(chunks)


def _bare(host: str) -> str:
    return host.strip().strip("[]").rstrip(".").lower()


def _literal(host: str) -> _Address | None:
    """The address that the host part spells, in any spelling that a socket would take. None: it is a name."""
    try:
        return ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        pass
    try:
        # 2130706433, 0x7f.1 and 127.1 are names to `ipaddress` and 127.0.0.1 to a socket.
        return ipaddress.IPv4Address(socket.inet_aton(host))
    except (OSError, ValueError):
        return None


def _is_public(address: _Address) -> bool:
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if inner is None and address in _NAT64:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            return _is_public(inner)
        if address.teredo is not None:
            return False
    return address.is_global and not address.is_multicast


def _refused(host: str) -> AddressRefusedError:
    return AddressRefusedError(
        f"{host} is at a private address.",
        hint="If it is meant to be there, allow the host in the configuration of whatever asks for it.",
    )


def _stays(target: URL, headers: Mapping[str, str]) -> bool:
    """Whether a redirect leads to the very server that sends it."""
    try:
        there = target.join(URL(headers.get("Location", "")))
        return there.origin() == target.origin() and there.user is None and there.password is None
    except ValueError:
        return False


def _location(target: URL, headers: Mapping[str, str]) -> str:
    """The host that a redirect names, and nothing else of it."""
    try:
        return target.join(URL(headers.get("Location", ""))).host or "nowhere"
    except ValueError:
        return "an unreadable address"


def sent_at(headers: Mapping[str, str]) -> Instant | None:
    """What the server's clock showed when it answered (RFC 9110 section 6.6.1, whole seconds). None: it does not say."""
    try:
        return from_datetime(parsedate_to_datetime(headers.get("Date", "")))
    except (ValueError, TypeError, OverflowError):
        return None


def retry_after_seconds(headers: Mapping[str, str], now: Instant) -> float | None:
    """How long the server asks us to wait, 0 to 300 seconds. None: it does not say, or not in a way to understand.

    Both spellings of RFC 9110 section 10.2.3 are read: a number of seconds and an HTTP date. `now` is our clock.
    """
    text = headers.get("Retry-After", "").strip()
    if not text:
        return None
    try:
        seconds = float(text)
    except ValueError:
        try:
            moment = parsedate_to_datetime(text)
            seconds = (from_datetime(moment) - now) / SECOND
        except (ValueError, TypeError, OverflowError):
            return None
    if math.isnan(seconds):
        return None
    return min(max(seconds, 0.0), RETRY_AFTER_CAP_SECONDS)
