"""Opening and closing the door."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import stat
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from callboard.errors import ConfigError
from callboard.web.gate import LoopbackGate, check_bind
from callboard.web.serve import running
from tests.web.conftest import Door

PROGRAM = """
import sys, types
from callboard.domain.instant import Instant
from callboard.store import open_store
from callboard.web.gate import LoopbackGate
from callboard.web.serve import serve
from callboard.web.services import WebServices
clock = types.SimpleNamespace(now=lambda: Instant(0))
store = open_store(sys.argv[1])
services = WebServices(store=store, clock=clock, gate=LoopbackGate(clock), version="0")
serve(services, "127.0.0.1", 0, opened=lambda link: print(link, flush=True))
store.close()
print("put away", flush=True)
"""


@pytest.mark.fault("F33")
def test_two_hundred_and_forty_stay_on_the_line_at_once(door: Door) -> None:
    """Each is answered, and nobody is sent away while the others stay."""
    with contextlib.ExitStack() as stack:
        lines = [
            stack.enter_context(socket.create_connection(("127.0.0.1", door.running.port), timeout=120))
            for _ in range(240)
        ]
        asked = f"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1:{door.running.port}\r\n\r\n".encode()
        for line in lines:
            line.sendall(asked)
        assert {line.recv(4_096).partition(b"\r\n")[0] for line in lines} == {b"HTTP/1.1 200 OK"}


@pytest.mark.fault("F34")
@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_gently(tmp_path: Path, stop: signal.Signals) -> None:
    """The caller gets to put its things away, well within twenty seconds."""
    command = [sys.executable, "-c", PROGRAM, f"sqlite:///{tmp_path}/callboard.db"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        link = process.stdout.readline().strip()
        deadline = time.monotonic() + 120
        while True:
            try:
                answer = httpx.get(link, trust_env=False, timeout=60)
                break
            except httpx.ConnectError:
                assert time.monotonic() < deadline
                time.sleep(0.05)
        assert answer.status_code == 200
        process.send_signal(stop)
        out, err = process.communicate(timeout=60)
    assert (process.returncode, out.splitlines()[-1]) == (0, "put away"), err


def test_no_answer_waits_for_the_last_one_to_be_acknowledged(door: Door) -> None:
    """A kept connection would wait some 40 ms for each answer but the first (Nagle beside delayed acknowledgements)."""
    with httpx.Client(trust_env=False, timeout=60) as client, client.stream("GET", f"{door.url}/healthz") as answer:
        ours = answer.extensions["network_stream"].get_extra_info("client_addr")
        assert _sent_at_once(ours) == [True]


def _sent_at_once(peer: tuple[str, int]) -> list[bool]:
    """Whether this process, in which the server runs too, sends at once what it has for a peer."""
    found = []
    for name in Path("/proc/self/fd").iterdir():
        with contextlib.suppress(OSError):
            if not stat.S_ISSOCK(os.fstat(int(name.name)).st_mode):
                continue
            with socket.socket(fileno=os.dup(int(name.name))) as each:
                if each.getpeername()[:2] == peer[:2]:
                    found.append(each.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) != 0)
    return found


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "example.com", "", "127.0.0.1.example.com"])  # noqa: S104
def test_other_addresses_are_refused(host: str) -> None:
    """Until there is an identity to check."""
    with pytest.raises(ConfigError, match="identity is not configured"):
        check_bind(host)


@pytest.mark.parametrize(
    ("host", "bound"), [("127.0.0.1", "127.0.0.1"), ("::1", "::1"), ("[::1]", "::1"), ("localhost", "localhost")]
)
def test_loopback_is_fine(host: str, bound: str) -> None:
    """By number or by name."""
    assert check_bind(host) == bound


def test_a_taken_port_is_an_error_in_words(door: Door) -> None:
    """Not a trace."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with (
            pytest.raises(ConfigError, match=f"Cannot listen on 127.0.0.1 port {port}"),
            running(door.services, port=port),
        ):
            pytest.fail("opened twice")


def test_before_it_is_open_nobody_is_admitted(door: Door) -> None:
    """No port, no host, no link."""
    gate = LoopbackGate(door.clock)
    assert not gate.admits_host("127.0.0.1:80")
    with pytest.raises(ConfigError):
        gate.sign_in_link()
