"""What the web door is given by wiring: everything it needs and nothing it could build by itself."""

from __future__ import annotations

import threading
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from callboard.domain.link import LinkRules
from callboard.domain.reconcile import Safety
from callboard.domain.remediation.ticket import Place
from callboard.ports import Clock
from callboard.store import Store
from callboard.usecases.plan_policy import Configured
from callboard.web.gate import LoopbackGate
from callboard.wiring.identity import OpenIdentity


@dataclass(frozen=True, kw_only=True, slots=True)
class HookAnswer:
    """What a webhook's sender is told."""

    status: int
    """An HTTP status. 401 and 403 reach the sender in one and the same form, whoever refused."""
    message: str
    """One plain sentence without anything secret."""


HookHandler = Callable[[str | None, bytes], Awaitable[HookAnswer]]
"""Takes the Authorization header as it came and the body; checks the caller itself, in constant time."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Readiness:
    """Whether this process can answer, part by part."""

    ready: bool
    parts: Mapping[str, str] = field(default_factory=dict)
    """Name of the part ("database") to its state in words; shown to signed-in callers only."""


def always_ready() -> Readiness:
    """The answer of a process that has nothing to wait for."""
    return Readiness(ready=True)


@dataclass(frozen=True, kw_only=True, slots=True)
class Limits:
    """How much one person or program may ask for."""

    requests_per_minute: int = 1_200
    exports_per_hour: int = 60
    alarm_rows: int = 10_000
    """A file with more findings than this is told as a warning."""


def _nothing() -> None:
    """Nobody sends anything."""


@dataclass(frozen=True, kw_only=True, slots=True)
class WebServices:
    """The web door's world."""

    store: Store
    clock: Clock
    gate: LoopbackGate
    version: str
    identity: OpenIdentity | None = None
    """By whom and how people come in by name. None: nobody does."""
    pace: Limits = field(default_factory=Limits)
    hooks: Mapping[str, HookHandler] = field(default_factory=dict)
    """By name of the source."""
    ready: Callable[[], Readiness] = always_ready
    link_hosts: frozenset[str] = frozenset()
    """Hosts that "Open in …" may lead to; one that starts with a dot stands for every name below it."""
    configured: Configured = field(default_factory=Configured)
    """What the configuration says about roles and due dates, where nothing was laid down."""
    safety: Safety = field(default_factory=Safety)
    """What is so surprising that a person has to agree."""
    link_rules: Mapping[str, LinkRules] = field(default_factory=dict)
    """By source, how links are built for findings whose record gives none."""
    jwks: Callable[[], bytes] | None = None
    """The key set document, when this process signs anything that others check."""
    trackers: tuple[Place, ...] = ()
    """Where tickets can be made."""
    wake: Callable[[], None] = _nothing
    """Says that something waits to leave the house."""
    closing: threading.Event = field(default_factory=threading.Event)
    """Set when the door begins to close, so that answers without an end come to one."""
