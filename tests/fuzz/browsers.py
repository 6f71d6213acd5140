"""Requests as browsers send them: with cookies, and with a word on which page they come from."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence

import requests

from callboard.web.gate import Policy
from callboard.web.routes import ALL
from tests.fuzz.addresses import Drawn, bodies, quoted
from tests.fuzz.cookies import Jar
from tests.fuzz.crawling import Offer, Routes, offers, unoffered
from tests.fuzz.judging import Asked
from tests.support.hostile.served import Served
from tests.web.role_matrix import MATRIX

FORM = "application/x-www-form-urlencoded"
FIELDS = {
    "/decide/say": "act=comment&id={finding}&note=x",
    "/campaigns/begin": "q=is:open&name=n",
    "/ownership/looked": "signal=1",
}
"""By page, something that its form sends."""
CLOSED = sorted(
    (str(method), re.sub(r":\w+}", "}", path))
    for route in ALL
    if route.opt["policy"] not in (Policy.OPEN, Policy.HOOK)
    for path in route.paths
    for method in route.http_methods
    if method in ("GET", "POST", "DELETE")
)
"""Method and path of every route that asks who is there."""


class Browsers:
    """Draws requests from a seed."""

    def __init__(self, board: Served, seed: int) -> None:
        self.jar = Jar(board, seed)
        self.draw = self.jar.draw
        self._board = board
        self._bodies = bodies(board.known)
        with requests.Session() as session:
            session.trust_env = False
            told = session.get(f"{board.url}/openapi.json", headers=board.headers["security"], timeout=60).json()
        self.drawn = Drawn(board.url, told, board.known, seed)

    def honest(self, method: str, route: str) -> requests.PreparedRequest:
        """What somebody would ask for at this address."""
        path = route
        for name, value in self.drawn.parts().items():
            path = path.replace(f"{{{name}}}", quoted(value))
        body, headers = None, {}
        if method == "POST":
            some = self._bodies.get(route)
            form = FIELDS.get(route, "").format(finding=self.draw.choice(self._board.known["finding_id"]))
            body = json.dumps(self.draw.choice(some)) if some else form
            headers = {"content-type": "application/json" if some else FORM}
        return requests.Request(method, f"{self._board.url}{path}", data=body, headers=headers).prepare()

    def forms(self, callers: Sequence[str]) -> list[Offer]:
        """What pages offer to them to send, and everything else that pages can be sent."""
        routes = Routes([path for _, path in MATRIX])
        found = [each for caller in callers for each in offers(self._board, caller, routes)]
        return [each for each in (*found, *unoffered(list(MATRIX), found, routes)) if each.method == "post"]


def told_by(request: requests.PreparedRequest, page: Mapping[str, str], cookie: str | None = None) -> Asked:
    """The request of a browser that has this cookie and says this of the page that it shows."""
    request.headers.update(page)
    return Asked(request=request, cookie=cookie)
