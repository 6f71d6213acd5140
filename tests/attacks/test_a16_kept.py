"""A16 by what stays behind: a process keeps nothing of what anybody at all asked it, however much of it there was."""

from __future__ import annotations

import http.client
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.hostile.served import Served, served

BEYOND = 48
"""Megabytes that a process may grow by, of requests of which nothing has to stay."""
TIMES = 1_100
LONG = "%F0%9F%A6%A0" + "a" * 60_000
"""Nearly as long as a head may be. One letter of another sort makes each of its letters four bytes."""


@pytest.fixture(scope="module")
def board(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The planted board behind its door."""
    with served(tmp_path_factory.mktemp("kept")) as found:
        yield found


@pytest.mark.attack("A16")
@pytest.mark.parametrize(
    ("path", "cookie"),
    [("/x{n}" + LONG, ""), ("/unsubscribe?a{n}=" + "&a=" * 5_000, ""), ("/findings", "a{n}=" + LONG)],
    ids=["paths", "queries", "cookies"],
)
def test_nothing_that_anybody_asks_is_kept(board: Served, path: str, cookie: str) -> None:
    """By somebody who is not known, each time something else."""
    _ask(board, path, cookie, range(20))
    before = _megabytes(board)
    _ask(board, path, cookie, range(20, TIMES))
    assert _megabytes(board) - before < BEYOND


def _ask(board: Served, path: str, cookie: str, numbers: range) -> None:
    connection = http.client.HTTPConnection(board.url.partition("//")[2], timeout=60)
    for number in numbers:
        headers = {"cookie": cookie.format(n=number)} if cookie else {}
        connection.request("GET", path.format(n=number), headers=headers)
        answer = connection.getresponse()
        answer.read()
        assert answer.status < 500
    connection.close()


def _megabytes(board: Served) -> int:
    lines = Path(f"/proc/{board.pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) // 1024
