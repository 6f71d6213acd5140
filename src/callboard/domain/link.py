"""Deep links: which addresses a page may point at."""

from __future__ import annotations

from collections.abc import Collection
from urllib.parse import urlsplit


def safe_link(url: str | None, hosts: Collection[str]) -> str | None:
    """The address, if it is https (or http on loopback), has no user part and its host is listed; else None.

    `hosts` are lower case; one that starts with a dot allows every name below it.
    """
    if not url or len(url) > 2000 or any(ord(char) < 0x21 or char == "\\" for char in url):
        return None
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").lower()
        _ = parts.port
    except ValueError:
        return None
    is_loopback = host in {"127.0.0.1", "localhost", "::1"}
    if parts.scheme != "https" and not (parts.scheme == "http" and is_loopback):
        return None
    if parts.username is not None or parts.password is not None:
        return None
    if host in hosts or any(name.startswith(".") and host.endswith(name) for name in hosts):
        return url
    return None
