"""Keys, sessions and tokens of the loopback gate."""

from __future__ import annotations

import pytest

from callboard.domain.access import LAPTOP
from callboard.web.gate import MAX_KEYS, MAX_SESSIONS, SESSION_HOURS, LoopbackGate
from tests.support.clocks import SettableClock


@pytest.fixture
def clock() -> SettableClock:
    """A clock that stands still."""
    return SettableClock()


@pytest.fixture
def gate(clock: SettableClock) -> LoopbackGate:
    """A gate on port 8400."""
    made = LoopbackGate(clock)
    made.opened("127.0.0.1", 8400)
    return made


def _key(gate: LoopbackGate) -> str:
    return gate.sign_in_link().partition("key=")[2]


def test_a_key_is_long_and_works_once(gate: LoopbackGate) -> None:
    """256 bits, and never twice."""
    key = _key(gate)
    assert len(key) >= 43
    assert gate.enter("") is None
    session = gate.enter(key)
    assert session is not None
    assert gate.enter(key) is None
    assert gate.visibility(session=session, authorization=None) is LAPTOP


def test_a_session_ends_by_itself(gate: LoopbackGate, clock: SettableClock) -> None:
    """After twelve hours, to the second."""
    session = gate.enter(_key(gate))
    clock.advance(SESSION_HOURS * 3600 - 1)
    assert gate.visibility(session=session, authorization=None) is LAPTOP
    clock.advance(1)
    assert gate.visibility(session=session, authorization=None) is None


def test_a_session_can_be_left(gate: LoopbackGate) -> None:
    """And leaving twice harms nobody."""
    session = gate.enter(_key(gate)) or ""
    gate.leave(session)
    gate.leave(session)
    assert gate.visibility(session=session, authorization=None) is None


def test_only_so_many_keys_and_sessions_are_kept(gate: LoopbackGate) -> None:
    """The oldest go first; memory is bounded."""
    keys = [_key(gate) for _ in range(MAX_KEYS + 1)]
    assert gate.enter(keys[0]) is None
    sessions = [gate.enter(_key(gate)) for _ in range(MAX_SESSIONS + 1)]
    assert gate.visibility(session=sessions[0], authorization=None) is None
    assert gate.visibility(session=sessions[-1], authorization=None) is LAPTOP


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer ", "Bearer wrong", "Basic {token}", "{token}", "bearer {token}x", "Bearer \udcff"]
)
def test_a_wrong_token_is_refused_whatever_the_cookie(gate: LoopbackGate, header: str) -> None:
    """A header that is there decides alone."""
    session = gate.enter(_key(gate))
    assert gate.visibility(session=session, authorization=header.format(token=gate.api_token)) is None


def test_the_token_of_this_start_is_good(gate: LoopbackGate, clock: SettableClock) -> None:
    """And the one of another start is not."""
    assert gate.visibility(session=None, authorization=f"Bearer {gate.api_token}") is LAPTOP
    other = LoopbackGate(clock)
    assert other.visibility(session=None, authorization=f"Bearer {gate.api_token}") is None


def test_secrets_are_not_kept_in_clear(gate: LoopbackGate) -> None:
    """Keys and sessions only as hashes."""
    key = _key(gate)
    session = gate.enter(_key(gate)) or ""
    held = repr(vars(gate))
    assert key not in held
    assert session not in held


@pytest.mark.parametrize(
    ("origin", "good"),
    [
        (None, True),
        ("http://127.0.0.1:8400", True),
        ("http://localhost:8400", True),
        ("http://[::1]:8400", True),
        ("https://127.0.0.1:8400", False),
        ("http://127.0.0.1:8401", False),
        ("http://evil.example:8400", False),
        ("null", False),
        ("", False),
    ],
)
def test_origins(gate: LoopbackGate, origin: str | None, good: bool) -> None:  # noqa: FBT001
    """Our own pages, and no others."""
    assert gate.admits_origin(origin) is good


def test_an_ipv6_address_is_written_in_brackets(clock: SettableClock) -> None:
    """As URLs want it."""
    gate = LoopbackGate(clock)
    gate.opened("::1", 8400)
    assert gate.sign_in_link().startswith("http://[::1]:8400/enter?key=")
