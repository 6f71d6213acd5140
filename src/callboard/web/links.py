"""Addresses: of Callboard's own pages, built in one form, and of other people's pages, judged before they are shown."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from urllib.parse import quote, urlencode, urlsplit

from callboard.domain.component import EntityRef, kind_of, short_name

_COMMA_LISTS = frozenset({"component", "kind", "owner", "reason", "severity", "source", "state", "system"})
_UNPRINTABLE = re.compile(r"[\x00-\x20\x7f-\xa0\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff\\]")
_HOST = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:[0-9]{1,5})?")
MAX_LINK_CHARACTERS = 4_000


def address(path: str, values: Mapping[str, Sequence[str] | str | bool]) -> str:
    """A path with parameters: names sorted, lists joined where lists are allowed, empty ones left out."""
    pairs: list[tuple[str, str]] = []
    for name in sorted(values):
        value = values[name]
        if isinstance(value, bool):
            pairs.append((name, str(value).lower()))
        elif isinstance(value, str):
            pairs += [(name, value)] if value else []
        elif name in _COMMA_LISTS:
            pairs += [(name, ",".join(value))] if value else []
        else:
            pairs += [(name, item) for item in value]
    return f"{path}?{urlencode(pairs, safe=':/,')}" if pairs else path


def findings(**values: Sequence[str] | str | bool) -> str:
    """The list of findings with these parameters."""
    return address("/findings", values)


def finding(finding_id: int) -> str:
    """One finding's page."""
    return f"/findings/{finding_id}"


def component(ref: EntityRef) -> str:
    """One component's page."""
    namespace = ref.partition(":")[2].partition("/")[0]
    return f"/components/{quote(kind_of(ref), safe='')}/{quote(namespace, safe='')}/{quote(short_name(ref), safe='')}"


def safe_link(url: str | None) -> str | None:
    """`url` when a reader may be sent to it on any host: https, no user part, nothing unprintable. Otherwise None.

    The source's own page, which stands behind the first button of a finding, is judged more strictly: `domain.link`.
    """
    if url is None or len(url) > MAX_LINK_CHARACTERS or _UNPRINTABLE.search(url):
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    if parts.scheme != "https" or not _HOST.fullmatch(parts.netloc.lower()):
        return None
    return url
