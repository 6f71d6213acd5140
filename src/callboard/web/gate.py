"""Where the door may stand, and the sign-in for one person on the machine that holds the database.

Without a public address Callboard listens on loopback only (`check_bind`) and lets in whoever holds the one-time link
that `callboard serve` prints, or the API token of this start. Both live in memory and end with the process. With a
public address neither of them opens anything: whoever comes then comes by name (`callers`).

A browser sends a host's cookies to every port of that host. Another program on this machine that the person opens in the
same browser could therefore read the session; a program that could do that can read the database file as well.
"""

from __future__ import annotations

import enum
import hashlib
import hmac
import ipaddress
import secrets
import threading
from collections.abc import Iterable

from callboard.domain.access import LAPTOP, Visibility
from callboard.domain.instant import HOUR, Instant
from callboard.errors import ConfigError
from callboard.ports import Clock
from callboard.web.place import Public, origin_of

SESSION_HOURS = 12
MAX_SESSIONS = 64
"""The oldest one ends when more are opened."""
MAX_KEYS = 16
"""Unused sign-in links at a time; the oldest one ends when more are made."""


@enum.unique
class Policy(enum.Enum):
    """What a route asks of its caller. Every route states one; an app with a route that does not is not made."""

    OPEN = "open"
    """Anybody who reaches the port: tells nothing about findings."""
    BOARD = "board"
    """A caller with a visibility."""
    NUMBERS = "numbers"
    """The same, were it of numbers alone: tells how many findings there are, and none of them."""
    AUDIT = "audit"
    """A caller who may read the log of who did what."""
    FIGURES = "figures"
    """A program, or somebody who looks after Callboard: numbers about the process."""
    HOOK = "hook"
    """A source's webhook: the hook's own bearer token, checked by its handler."""


def check_bind(host: str, public: Public | None = None) -> str:
    """The host, when it is this machine's loopback or people come in by name. Raises ConfigError otherwise."""
    bare = host.strip("[]")
    if host == "localhost" or public is not None or _is_loopback(bare):
        return bare
    raise ConfigError(
        f"Callboard does not listen on {host!r}: identity is not configured, and everybody who reaches the port would see every finding.",
        hint="Use 127.0.0.1, ::1 or localhost, or set up [identity] and public_url under [server].",
    )


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class LoopbackGate:
    """Keys, sessions and the API token of one start of the process. Safe to use from several threads."""

    def __init__(
        self,
        clock: Clock,
        *,
        api_token: str | None = None,
        public: Public | None = None,
        portals: Iterable[str] = (),
    ) -> None:
        self._clock = clock
        self._portals = frozenset(origin_of(each) for each in portals)
        self.public = public
        """Where other people find the door. None: nobody but the person at the machine does."""
        self.api_token = api_token or secrets.token_urlsafe(32)
        """For the command line and tests, as `Authorization: Bearer …`. New with every start unless given."""
        self.address: tuple[str, int] | None = None
        self._hosts: frozenset[str] = frozenset()
        self._origins: frozenset[str] = frozenset()
        self._keys: dict[bytes, None] = {}
        self._sessions: dict[bytes, Instant] = {}
        self._lock = threading.Lock()

    def opened(self, host: str, port: int) -> None:
        """Tell the gate where it stands; before that it admits no Host header at all."""
        self.address = (check_bind(host, self.public), port)
        self._hosts = frozenset({f"127.0.0.1:{port}", f"localhost:{port}", f"[::1]:{port}"})
        self._origins = frozenset(f"http://{each}" for each in self._hosts)
        if self.public is not None:
            self._hosts |= self.public.hosts
            self._origins |= {self.public.origin}

    @property
    def url(self) -> str:
        """Where the board is, without a trailing slash."""
        if self.address is None:
            raise ConfigError("The web door is not open yet.")
        host, port = self.address
        return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"

    @property
    def is_for_laptop(self) -> bool:
        """Whether the one-time link and the API token of this start open anything."""
        return self.public is None

    @property
    def is_secure(self) -> bool:
        """Whether people come by https."""
        return self.public is not None and self.public.is_secure

    @property
    def named_cookie(self) -> str:
        """The name of the session cookie of people who signed in by name."""
        return "__Host-callboard" if self.is_secure else f"{self.cookie}-named"

    @property
    def attempt_cookie(self) -> str:
        """The name of the cookie that ties the two halves of a sign-in together."""
        return f"{self.named_cookie}-attempt"

    @property
    def cookie(self) -> str:
        """The session cookie's name. It holds the port, because browsers keep one jar for all ports of a host."""
        return f"callboard-{self.address[1]}" if self.address else "callboard"

    def admits_host(self, host: str | None) -> bool:
        """Whether a Host header names this door. A foreign name that resolves to loopback is DNS rebinding."""
        return host is not None and host.lower() in self._hosts

    def admits_origin(self, origin: str | None) -> bool:
        """Whether a writing request may come from a page of this origin. None: not from a page."""
        return origin is None or origin.lower() in self._origins

    def is_portal(self, origin: str) -> bool:
        """Whether pages of this origin may ask the API with a token of their own."""
        return origin in self._portals

    def sign_in_link(self) -> str:
        """A new link that opens the board once, in one browser."""
        key = secrets.token_urlsafe(32)
        with self._lock:
            self._keys[_digest(key)] = None
            while len(self._keys) > MAX_KEYS:
                del self._keys[next(iter(self._keys))]
        return f"{self.url}/enter?key={key}"

    def enter(self, key: str) -> str | None:
        """A new session's id for an unused key. None for any other key."""
        if not self.is_for_laptop:
            return None
        digest = _digest(key)
        session = secrets.token_urlsafe(32)
        with self._lock:
            if digest not in self._keys:
                return None
            del self._keys[digest]
            self._sessions[_digest(session)] = Instant(self._clock.now() + SESSION_HOURS * HOUR)
            while len(self._sessions) > MAX_SESSIONS:
                del self._sessions[next(iter(self._sessions))]
        return session

    def leave(self, session: str) -> None:
        """End a session."""
        with self._lock:
            self._sessions.pop(_digest(session), None)

    def visibility(self, *, session: str | None, authorization: str | None) -> Visibility | None:
        """What the bearer of these credentials may see; None when they are not good.

        A wrong token is never made up for by a good cookie.
        """
        if not self.is_for_laptop:
            return None
        if authorization is not None:
            scheme, _, token = authorization.partition(" ")
            good = hmac.compare_digest(_digest(token.strip()), _digest(self.api_token))
            return LAPTOP if good and scheme.lower() == "bearer" else None
        if session is None:
            return None
        digest = _digest(session)
        with self._lock:
            until = self._sessions.get(digest)
            if until is not None and until <= self._clock.now():
                del self._sessions[digest]
                return None
        return LAPTOP if until is not None else None


def _digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()
