"""Browsers that are signed in, or seem to be: no damaged cookie is anybody, and no form does what no page of ours asked for.

The board is a process of its own, as in `test_addresses`; its database is looked at from outside, before and after.
"""

from __future__ import annotations

import http.client
import itertools
import json
from collections.abc import Iterator

import pytest
import requests

from tests.fuzz.browsers import CLOSED, FORM, Browsers, told_by
from tests.fuzz.cookies import PROVEN, proven, unproven
from tests.fuzz.crawling import hostile
from tests.fuzz.judging import Asked, Judge, judging
from tests.fuzz.test_addresses import over
from tests.support.hostile.served import Served, served
from tests.support.hostile.unchanged import changed, contents
from tests.support.named import user
from tests.support.signing_in import SESSION


@pytest.fixture(scope="module")
def board(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The planted board, to which people come with cookies alone."""
    with served(tmp_path_factory.mktemp("sessions")) as found:
        yield found.in_browsers()


@pytest.fixture
def judge(board: Served) -> Iterator[Judge]:
    """Looks at every answer."""
    with judging(board, tuple(board.headers)) as found:
        yield found


def ask_as_nobody(judge: Judge, board: Served, *, each: int, seed: int) -> None:
    """Every address so many times, with cookies that nearly open it."""
    browsers = Browsers(board, seed)
    before = contents(board.database)
    let_in = []
    for (method, route), _ in itertools.product(CLOSED, range(each)):
        cookie = browsers.jar.of_nobody()
        asked = told_by(browsers.honest(method, route), proven(browsers.draw), cookie)
        answer = judge.ask("anonymous", asked)
        if answer.status_code not in (400, 401, 431) or "set-cookie" in answer.headers:
            let_in.append(f"{answer.status_code}: {method} {route} {cookie[:300]!r}")
    assert let_in == []
    assert changed(before, contents(board.database)) == []
    over(judge)


def ask_as_somebody(judge: Judge, board: Served, *, share: int, seed: int) -> None:
    """Every address by everybody who is signed in, with cookies that hold more than a session.

    With a share of 3 each caller asks a third of them, another one than the caller before.
    """
    browsers = Browsers(board, seed)
    turned_away = []
    for at, (caller, id_) in enumerate(board.sessions.items()):
        for method, route in CLOSED[at % share :: share]:
            if route == "/leave":
                continue
            cookie = browsers.jar.of_somebody(id_)
            asked = told_by(browsers.honest(method, route), proven(browsers.draw), cookie)
            if judge.ask(caller, asked).status_code == 401:
                turned_away.append(f"{caller}: {method} {route} {cookie[:300]!r}")
    assert turned_away == []
    over(judge)


def send_unasked(judge: Judge, board: Served, *, each: int, seed: int) -> None:
    """Every form so many times by everybody who is signed in, sent by a page that is not ours."""
    browsers = Browsers(board, seed)
    forms = browsers.forms(("owner", "security"))
    writing = [(method, route) for method, route in CLOSED if method != "GET"]
    before = contents(board.database)
    taken = []
    for caller in board.sessions:
        requests_ = [hostile(browsers.drawn, form).request for form in forms for _ in range(each)]
        requests_ += [browsers.honest(method, route) for method, route in writing for _ in range(each)]
        for request in requests_:
            page = unproven(browsers.draw, board.url)
            answer = judge.ask(caller, told_by(request, page))
            if answer.status_code != 403:
                taken.append(f"{answer.status_code}: {caller}: {request.method} {request.url} {page}")
    assert taken == []
    assert changed(before, contents(board.database)) == []
    over(judge)


def sign_in_unasked(judge: Judge, board: Served, *, times: int, seed: int) -> None:
    """The second half of a sign-in without its first."""
    browsers = Browsers(board, seed)
    before = contents(board.database)
    let_in = []
    for _ in range(times):
        cookie = browsers.jar.of_an_attempt()
        query = f"state={browsers.drawn.value('state')}&code=x"
        asked = Asked(request=requests.Request("GET", f"{board.url}/sign-in/done?{query}").prepare(), cookie=cookie)
        answer = judge.ask("anonymous", asked)
        begun = [each for each in answer.headers.get("set-cookie", "").split(", ") if each.startswith(f"{SESSION}=")]
        if answer.status_code not in (400, 401, 431) or begun or "location" in answer.headers:
            let_in.append(f"{answer.status_code}: {cookie[:300]!r}")
    assert let_in == []
    assert changed(before, contents(board.database)) in ([], ["audit"])
    over(judge)


@pytest.mark.attack("A1", "A11", "A26")
@pytest.mark.fuzz("cookies of sessions")
def test_a_damaged_session_is_nobody(judge: Judge, board: Served) -> None:
    """No address opens, nothing is told, nothing changes."""
    ask_as_nobody(judge, board, each=2, seed=1)


@pytest.mark.attack("A1", "A3", "A5", "A26")
@pytest.mark.fuzz("cookies of sessions")
def test_a_session_among_other_things_is_who_signed_in(judge: Judge, board: Served) -> None:
    """Whatever else a browser sends along, each sees what is theirs."""
    ask_as_somebody(judge, board, share=3, seed=1)


@pytest.mark.attack("A24")
@pytest.mark.fuzz("forms of sessions")
def test_no_form_is_sent_by_another_page(judge: Judge, board: Served) -> None:
    """Whoever is signed in, and whatever the form says: refused, and nothing changes, not even who is signed in."""
    send_unasked(judge, board, each=1, seed=1)


@pytest.mark.attack("A11", "A21", "A26")
@pytest.mark.fuzz("cookies of sign-ins")
def test_a_sign_in_that_nobody_began_opens_nothing(judge: Judge, board: Served) -> None:
    """No session comes of it, and it leads nowhere."""
    sign_in_unasked(judge, board, times=100, seed=1)


@pytest.mark.slow
@pytest.mark.attack("A1", "A3", "A5", "A11", "A24", "A26")
@pytest.mark.parametrize(
    "ways",
    [
        pytest.param("cookies", marks=pytest.mark.fuzz("cookies of sessions")),
        pytest.param("forms", marks=pytest.mark.fuzz("forms of sessions")),
        pytest.param("sign-ins", marks=pytest.mark.fuzz("cookies of sign-ins")),
    ],
)
def test_many_requests_of_browsers(judge: Judge, board: Served, ways: str) -> None:
    """The same, some ten times as many."""
    match ways:
        case "cookies":
            ask_as_nobody(judge, board, each=20, seed=2)
            ask_as_somebody(judge, board, share=1, seed=2)
        case "forms":
            send_unasked(judge, board, each=6, seed=2)
        case _:
            sign_in_unasked(judge, board, times=1_500, seed=2)


def test_a_form_of_a_page_of_ours_is_taken(judge: Judge, board: Served) -> None:
    """With every word that a browser has for it; otherwise nothing was shown above."""
    for page in PROVEN:
        before = contents(board.database)
        body = f"act=comment&note=x&id={board.known['finding_id'][0]}"
        request = requests.Request(
            "POST", f"{board.url}/decide/say", data=body, headers={"content-type": FORM}
        ).prepare()
        answer = judge.ask("owner", told_by(request, page))
        assert answer.status_code == 200, (page, answer.text)
        assert "decision" in changed(before, contents(board.database))


def test_of_two_sessions_the_last_one_counts(board: Served) -> None:
    """In one header or in two, and never both."""
    one, other = board.sessions["owner"], board.sessions["other team"]
    for lines in ([f"{SESSION}={one}; {SESSION}={other}"], [f"{SESSION}={one}", f"{SESSION}={other}"]):
        connection = http.client.HTTPConnection(board.url.partition("//")[2], timeout=60)
        connection.putrequest("GET", "/api/v1/me")
        for line in lines:
            connection.putheader("cookie", line)
        connection.endheaders()
        told = json.loads(connection.getresponse().read())
        connection.close()
        assert told["actor"] == user("ida")
