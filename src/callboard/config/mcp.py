"""`[mcp]`: the board that an assistant works on, from this machine or from another one."""

from __future__ import annotations

import ipaddress
from typing import Annotated
from urllib.parse import urlsplit

import msgspec


class Mcp(msgspec.Struct, frozen=True, kw_only=True):
    """Where `callboard mcp` finds the board, and with whose token it asks."""

    url: str = "http://127.0.0.1:8400"
    """The board's address, for example https://callboard.example.com. Plain http is for this machine alone."""
    token: Annotated[str, msgspec.Meta(extra={"secret": True})] = ""
    """What the assistant sees and does is what this token may: one of `callboard token create`, or the server's api_token."""

    def __post_init__(self) -> None:
        parts = urlsplit(self.url.strip())
        is_bare = parts.path in ("", "/") and not (parts.query or parts.fragment or parts.username)
        if parts.scheme not in ("https", "http") or not parts.hostname or not is_bare:
            raise ValueError("url should be an address without a path, like https://callboard.example.com")
        if parts.scheme == "http" and not _is_here(parts.hostname):
            raise ValueError("url should begin with https, or the token crosses the network in clear")

    def __repr__(self) -> str:
        return f"Mcp(url={self.url!r})"


def _is_here(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
