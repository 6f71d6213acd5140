"""Where the door stands: the names it is asked by, the proxies it believes, and what that means for its cookies."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Sequence
from urllib.parse import urlsplit

import msgspec

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class Public(msgspec.Struct, frozen=True, kw_only=True):
    """The address at which other people find the door."""

    url: str
    """Without a slash at its end."""
    hosts: frozenset[str]
    """Host headers that name it, in small letters."""
    proxies: tuple[Network, ...] = ()
    """Whose word about the client and the host is taken."""

    @classmethod
    def of(cls, url: str, *, hosts: Sequence[str] = (), proxies: Sequence[str] = ()) -> Public:
        """From what the operator wrote."""
        url = url.strip().rstrip("/")
        return cls(
            url=url,
            hosts=frozenset(_spellings(urlsplit(url).netloc, url) | {host.strip().lower() for host in hosts}),
            proxies=tuple(ipaddress.ip_network(text, strict=False) for text in proxies),
        )

    @property
    def is_secure(self) -> bool:
        """Whether people come by https."""
        return self.url.startswith("https://")

    @property
    def origin(self) -> str:
        """As browsers write it."""
        return origin_of(self.url)

    def believes(self, peer: str) -> bool:
        """Whether this peer is a proxy of ours."""
        try:
            address = ipaddress.ip_address(peer)
        except ValueError:
            return False
        return any(address in network for network in self.proxies if network.version == address.version)


def origin_of(url: str) -> str:
    """The origin of an http or https address, as browsers write it."""
    parts = urlsplit(url.strip())
    default = {"https": 443, "http": 80}[parts.scheme]
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    return f"{parts.scheme}://{host}" if parts.port in (None, default) else f"{parts.scheme}://{host}:{parts.port}"


def _spellings(netloc: str, url: str) -> set[str]:
    """A host with and without the port that its scheme means anyway."""
    port = ":443" if url.startswith("https://") else ":80"
    bare = netloc.lower().removesuffix(port)
    return {bare, netloc.lower(), bare if ":" in bare.rpartition("]")[2] else f"{bare}{port}"}


def host_of(headers: Sequence[tuple[bytes, bytes]], peer: str, public: Public | None) -> str | None:
    """The host that was asked for. None: the request does not say, or says it twice.

    X-Forwarded-Host counts from a proxy of ours alone.
    """
    forwarded = values(headers, b"x-forwarded-host") if public is not None and public.believes(peer) else []
    found = forwarded or values(headers, b"host")
    return found[0] if len(found) == 1 else None


def client_of(headers: Sequence[tuple[bytes, bytes]], peer: str, public: Public | None) -> str:
    """Who is at the other end: the last address in X-Forwarded-For that is no proxy of ours, or else the peer itself."""
    if public is None or not public.believes(peer):
        return peer
    line = [each.strip() for value in values(headers, b"x-forwarded-for") for each in value.split(",")]
    for address in reversed(line):
        if not public.believes(address):
            return address[:64]
    return peer


def values(headers: Iterable[tuple[bytes, bytes]], name: bytes) -> list[str]:
    """Every value of a header."""
    return [value.decode("latin-1") for key, value in headers if key.lower() == name]
