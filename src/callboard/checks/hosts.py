"""Hosts: which are this machine, which are inside, and which are somebody else's."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

_INSIDE = (".internal", ".local", ".lan", ".intranet", ".corp", ".home.arpa", ".svc", ".cluster.local")


def host_of(url: str) -> str | None:
    """The host of a URL in lower case; None where it has none."""
    try:
        return (urlsplit(url).hostname or "").lower() or None
    except ValueError:
        return None


def scheme_of(url: str) -> str:
    """The scheme of a URL in lower case."""
    return url.partition(":")[0].lower()


def is_here(host: str) -> bool:
    """Whether a host is this machine."""
    bare = host.strip("[]").lower()
    if bare in ("localhost", "") or bare.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(bare).is_loopback
    except ValueError:
        return False


def is_inside(host: str) -> bool:
    """Whether a host is an address or a name that only an inner network knows."""
    bare = host.strip("[]").lower()
    try:
        address = ipaddress.ip_address(bare)
    except ValueError:
        return is_here(bare) or "." not in bare or bare.endswith(_INSIDE)
    return not address.is_global


def is_kin(host: str, others: list[str]) -> bool:
    """Whether a host is under the same domain as one of the others: its last two labels, which is enough to warn or not."""
    last = host.split(".")[-2:]
    return len(last) == 2 and any(each.split(".")[-2:] == last for each in others)
