"""Automation-rule webhooks: the only thing taken from one is which issues to read again.

As of 2026-08: the body is rendered from a template that an administrator wrote; it is not signed, may be anything, and may
not be JSON when a name holds a quote. So nothing in it is believed: the ids are asked for by the API.
"""

from __future__ import annotations

import hmac
import re

from callboard.sources.wiz.lenient import loads

MAX_BYTES = 256 * 1024
"""Larger bodies are not looked at."""

_MOST_IDS = 500
_MOST_NODES = 10_000

_ID = re.compile(r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}")
# The gaps are bounded, so that the search stays linear in the body whatever it holds.
_BROKEN = re.compile(rf'"issue"\s{{0,20}}:\s{{0,20}}\{{[^{{}}]{{0,2000}}?"id"\s{{0,20}}:\s{{0,20}}"({_ID.pattern})"')
_FLAT = re.compile(rf'"issue_?[iI]d"\s{{0,20}}:\s{{0,20}}"({_ID.pattern})"')


def authorised(header: str | None, secret: str | None) -> bool:
    """Whether an Authorization header carries the bearer token. Takes as long for a wrong one as for a right one.

    Without a secret nothing is authorised: a webhook that was not set up is not open.
    """
    scheme, _, token = (header or "").strip().partition(" ")
    matches = hmac.compare_digest(token.strip().encode("utf-8", "replace"), (secret or "").encode("utf-8", "replace"))
    return matches and bool(secret) and scheme.lower() == "bearer"


def issue_ids(body: bytes) -> tuple[str, ...]:
    """The ids of issues that a body names, each once, in order. Empty: it names none."""
    if len(body) > MAX_BYTES:
        return ()
    value = loads(body)
    found = list(_named(value)) if value is not NotImplemented else []
    if not found:
        text = body.decode("utf-8", "ignore")
        found = _BROKEN.findall(text) + _FLAT.findall(text)
    return tuple(dict.fromkeys(issue_id.lower() for issue_id in found))[:_MOST_IDS]


def _named(value: object) -> list[str]:
    """Ids under `issue.id`, `issueId` or `issues[].id` anywhere in the body, looked for breadth first and not for ever."""
    found: list[str] = []
    queue: list[object] = [value]
    for looked, node in enumerate(queue):
        if looked > _MOST_NODES:
            break
        if isinstance(node, list):
            queue.extend(node[:_MOST_IDS])
        elif isinstance(node, dict):
            for key, inner in node.items():
                if key in ("issue", "issues"):
                    for issue in inner if isinstance(inner, list) else [inner]:
                        if isinstance(issue, dict):
                            found += _valid(issue.get("id"))
                elif key in ("issueId", "issue_id"):
                    found += _valid(inner)
                if isinstance(inner, dict | list):
                    queue.append(inner)
    return found


def _valid(value: object) -> list[str]:
    return [value] if isinstance(value, str) and _ID.fullmatch(value) else []
