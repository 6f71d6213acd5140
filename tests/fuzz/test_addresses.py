"""Every address, asked by every sort of caller for what nobody would ask: nothing goes wrong inside, and nothing of others is told.

The board is a process of its own with words planted in everything. A failure names the caller and the request; the same seed
asks the same questions again.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import random
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import requests
from mcp.shared.memory import create_connected_server_and_client_session

from callboard.mcp.board import Board
from callboard.mcp.server import made
from tests.fuzz.addresses import QUERIES, TEXTS, Drawn
from tests.fuzz.crawling import Routes, hostile, offers, unoffered
from tests.fuzz.judging import Asked, Judge, judging
from tests.support.hostile.planted import word
from tests.support.hostile.served import CALLERS, Served, served
from tests.web.role_matrix import MATRIX


@pytest.fixture(scope="module")
def board(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The planted board behind its door."""
    with served(tmp_path_factory.mktemp("hostile")) as found:
        yield found


@pytest.fixture
def judge(board: Served) -> Iterator[Judge]:
    """Looks at every answer."""
    with judging(board) as found:
        yield found


def description(board: Served) -> Mapping[str, Any]:
    """The API as it describes itself."""
    with requests.Session() as session:
        session.trust_env = False
        answer = session.get(f"{board.url}/openapi.json", headers=board.headers["laptop"], timeout=60)
    found: Mapping[str, Any] = answer.json()
    return found


def over(judge: Judge) -> None:
    """Nothing was wrong, in no answer and in no line of the log."""
    seen = judge.seen
    told = f"{len(seen.faults)} faults in {seen.count} answers {seen.by_status}:\n"
    assert not seen.faults, told + "\n".join(seen.faults[:20])
    assert judge.logged() == []


def ask_api(judge: Judge, board: Served, *, examples: int, each: int, seed: int) -> None:
    """So many requests of every caller to every operation, of so many times four that are drawn for it."""
    operations = list(Drawn(board.url, description(board), board.known, seed).operations(examples=examples))
    turn = itertools.count()
    for caller in CALLERS:
        for asked in operations:
            for _ in range(each):
                judge.ask(caller, asked[next(turn) % len(asked)])
    over(judge)


def ask_pages(judge: Judge, board: Served, *, each: int, seed: int, share: int = 1) -> None:
    """So many requests of every caller to whatever pages offer, and to every route that they do not offer.

    With a share of 3 each caller asks a third of it, another one than the caller before.
    """
    routes = Routes([path for _, path in MATRIX])
    found = [offer for caller in ("laptop", "owner") for offer in offers(board, caller, routes)]
    found += unoffered(list(MATRIX), found, routes)
    drawn = Drawn(board.url, description(board), board.known, seed)
    for at, caller in enumerate(CALLERS):
        for offer in found[at % share :: share]:
            for _ in range(each):
                judge.ask(caller, hostile(drawn, offer))
    over(judge)


@pytest.mark.attack("A1", "A3", "A5", "A16", "A19", "A26")
@pytest.mark.fuzz("every address of the API")
def test_every_address_of_the_api_keeps_to_its_description_and_tells_nothing_of_others(
    judge: Judge, board: Served
) -> None:
    """As described, against the description, and aimed at what is there."""
    ask_api(judge, board, examples=1, each=1, seed=1)


@pytest.mark.attack("A1", "A3", "A5", "A17", "A19", "A23", "A26")
@pytest.mark.fuzz("every page")
def test_every_page_and_form_takes_any_value_and_tells_nothing_of_others(judge: Judge, board: Served) -> None:
    """Links and forms as pages offer them, with something wrong about each."""
    ask_pages(judge, board, each=1, seed=1, share=4)


@pytest.mark.slow
@pytest.mark.attack("A1", "A3", "A5", "A16", "A19", "A26")
@pytest.mark.fuzz("every address of the API")
@pytest.mark.parametrize("seed", [2])
def test_many_requests_to_every_address_of_the_api(judge: Judge, board: Served, seed: int) -> None:
    """The same, four times as many."""
    ask_api(judge, board, examples=4, each=4, seed=seed)


@pytest.mark.slow
@pytest.mark.attack("A1", "A3", "A5", "A17", "A19", "A23", "A26")
@pytest.mark.fuzz("every page")
@pytest.mark.parametrize("seed", [2])
def test_many_requests_to_every_page_and_form(judge: Judge, board: Served, seed: int) -> None:
    """The same, seven times as many."""
    ask_pages(judge, board, each=2, seed=seed)


ASSISTANTS = ("owner", "assistant", "viewer", "other team", "component token", "no team", "plugin")


@pytest.mark.attack("A1", "A5", "A26")
@pytest.mark.fuzz("tools of assistants")
def test_every_tool_of_an_assistant_takes_any_value_and_tells_nothing_of_others(board: Served) -> None:
    """Tools answer, or say no in words; what comes back is nobody else's."""
    asyncio.run(use_tools(board, each=3, seed=1))


@pytest.mark.slow
@pytest.mark.attack("A1", "A5", "A26")
@pytest.mark.fuzz("tools of assistants")
def test_every_tool_of_an_assistant_many_times(board: Served) -> None:
    """The same, four times as often."""
    asyncio.run(use_tools(board, each=12, seed=2))


async def use_tools(board: Served, *, each: int, seed: int) -> None:
    """Every tool so many times by every caller that has a token."""
    draw = random.Random(seed)  # noqa: S311 - repeats
    for caller in ASSISTANTS:
        token = board.headers[caller]["authorization"].partition(" ")[2]
        async with (
            Board(board.url, token, version="0") as behind,
            create_connected_server_and_client_session(made(behind)._mcp_server) as session,
        ):
            for tool in (await session.list_tools()).tools:
                for _ in range(each):
                    given = {
                        name: value(draw, name, board) for name in tool.inputSchema["properties"] if draw.random() < 0.7
                    }
                    found = await session.call_tool(tool.name, given)
                    text, told = found.model_dump_json().lower(), json.dumps(given, ensure_ascii=False).lower()
                    named = f"{caller}: {tool.name} {told[:300]}: {text[:600]}"
                    assert "traceback" not in text, named
                    assert "on callboard's side" not in text, named
                    assert token.lower() not in text, named
                    for each_word in CALLERS[caller]:
                        assert each_word not in text or each_word in told, f"it tells of {each_word}: {named}"


def value(draw: random.Random, name: str, board: Served) -> Any:  # noqa: ANN401 - of any shape
    """Something that is meant, or nothing that is."""
    findings = list(board.known["finding_id"])
    meant: dict[str, list[Any]] = {
        "query": list(QUERIES), "finding": findings, "findings": [findings[:1], findings[3:5], findings], "limit": [1, 100],
        "resource": [f"{word('blue', 'resource')}-0", f"{word('red', 'resource')}-1"], "bundle": [f"rule:{word('blue', 'rule')}"],
        "decision": list(board.known["decision_id"]), "until": ["7d", "2027-01-31"], "note": ["why"], "preview": [True, False],
    }  # fmt: skip
    if name in meant and draw.random() < 0.7:
        return draw.choice(meant[name])
    return draw.choice(
        [*(text for text in TEXTS if text.isprintable()), None, 0, -1, 2**63, 1.5, [], {}, [[]], [None], True]
    )


def test_a_judge_sees_what_is_wrong(judge: Judge, board: Served) -> None:
    """A word of others, an answer that is not as described, and markup are faults; an honest answer is none."""
    request = requests.Request("GET", f"{board.url}/api/v1/findings").prepare()
    answer = judge.ask("security", Asked(request=request))
    assert judge.seen.faults == []
    assert word("blue", "resource") in answer.text
    assert any(word("blue", "resource") in each for each in judge._faults("owner", Asked(request=request), answer))
    drawn = Drawn(board.url, description(board), board.known, 1)
    other = next(
        asked for (asked, *_) in drawn.operations(examples=1) if asked.case and asked.case.path == "/api/v1/board"
    )
    assert any(
        "as described" in each for each in judge._faults("security", Asked(request=request, case=other.case), answer)
    )
    answer.headers["content-type"] = "text/html"
    answer._content = b"<p><svg/onload=zq1></p>"
    assert list(judge._faults("security", Asked(request=request), answer)) == ["it takes text for markup"]


def test_the_log_of_the_board_is_looked_at(board: Served, tmp_path: Path) -> None:
    """It has lines, and a word that is planted there is found."""
    assert '"event": "request"' in board.log.read_text("utf-8")
