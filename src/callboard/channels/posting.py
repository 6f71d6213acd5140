"""Posting a message over HTTP, and what an answer means. Retrying is not done here: the outbox knows when."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

from callboard.domain.instant import Instant
from callboard.errors import (
    AddressRefusedError,
    ChannelRefusedError,
    ChannelUnreachableError,
    ConfigError,
    OutboundError,
)
from callboard.net import Net, retry_after_seconds

TIMEOUT_SECONDS = 30.0
"""For one message that is posted."""
MAX_BYTES = 64 * 1024
"""Of an answer, of which hardly anything is read."""

_LATER = frozenset({408, 425, 429})
"""Refusals that a later attempt may not meet."""


async def post(
    net: Net, url: str, body: bytes, headers: Mapping[str, str], *, who: str, now: Callable[[], Instant]
) -> None:
    """Hand the body over. `who` is what the receiver is called in words: its address may be a secret.

    Raises ChannelUnreachableError and ChannelRefusedError.
    """
    try:
        answer = await net.request(
            "POST", url, headers={"Content-Type": "application/json", **headers}, body=body, max_bytes=MAX_BYTES,
            timeout=TIMEOUT_SECONDS,
        )  # fmt: skip
    except AddressRefusedError as error:
        raise ChannelRefusedError(f"{who} is at an address that is not allowed.", hint=error.hint) from None
    except OutboundError as error:
        raise ChannelUnreachableError(f"{who} did not answer ({type(error).__name__}).", hint=error.hint) from None
    if 200 <= answer.status < 300:
        return
    if answer.status in _LATER or answer.status >= 500:
        seconds = retry_after_seconds(answer.headers, now())
        raise ChannelUnreachableError(f"{who} answered with {answer.status}.", seconds=seconds)
    raise ChannelRefusedError(f"{who} refused the message with {answer.status}{_said(answer.body)}.")


def checked(url: str, who: str) -> str:
    """The address, which has to be one. Raises ConfigError, without telling it."""
    parts = urlsplit(url.strip())
    if parts.scheme not in ("https", "http") or not parts.hostname or parts.username or parts.password:
        raise ConfigError(f"The address of {who} should be like https://example.com/path.")
    return url.strip()


def _said(body: bytes) -> str:
    """A short word that explains a refusal, where the receiver gives one: nothing longer, which may hold anything."""
    text = body[:60].decode("ascii", "replace").strip()
    return f" ({text})" if text and len(body) <= 60 and text.replace("_", "").isalnum() else ""
