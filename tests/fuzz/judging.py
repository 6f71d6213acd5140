"""What every answer has to be, whoever asked for whatever: looked at from outside, on the answer and on the process."""

from __future__ import annotations

import re
import urllib.parse
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field

import requests
import schemathesis
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.support.hostile.served import CALLERS, Served

AS_DESCRIBED = [
    status_code_conformance, content_type_conformance, response_headers_conformance, response_schema_conformance,
]  # fmt: skip
DEAREST = 100
"""An answer may cost the process so many times what the dearest of some plain honest answers costs."""
PLAIN = ("/", "/findings", "/api/v1/findings", "/api/v1/board", "/progress/flow", "/ownership")
"""Those honest ones."""
MARKUP = "<svg/onload=zq1>"
"""Stands in values that are sent; in a page it must not stand as it is."""
TELLS_OF_ALL = ("/api/v1/audit", "/audit", "/audit/file", "/audit/verify")
"""Who looks after Callboard reads names here, of everybody."""
_INSIDE = re.compile(
    r"Traceback|sqlalchemy|sqlite3\.|psycopg|site-packages|\.py\", line|SELECT .+ FROM ", re.IGNORECASE
)


@dataclass(frozen=True, kw_only=True)
class Asked:
    """One request, and whose description it has to keep to."""

    request: requests.PreparedRequest
    case: schemathesis.Case | None = None
    """Anything of the same operation; None: it is a page."""
    cookie: str | None = None
    """What the browser sends instead of what the caller has."""

    @property
    def told(self) -> str:
        """The whole request, as text, decoded."""
        body = self.request.body or b""
        text = body if isinstance(body, str) else body.decode("utf-8", "replace")
        return urllib.parse.unquote_plus(f"{self.request.url} {text}").lower()

    @property
    def path(self) -> str:
        """Where it goes."""
        return urllib.parse.urlsplit(self.request.url or "").path


@dataclass
class Seen:
    """What came of many requests."""

    count: int = 0
    by_status: dict[int, int] = field(default_factory=dict)
    dearest: tuple[float, str] = (0.0, "")
    """Seconds of processor time of the process, and for what."""
    floor: float = 0.0
    """The same, of the dearest plain answer."""
    faults: list[str] = field(default_factory=list)


class Judge:
    """Asks as every caller, and looks at what comes."""

    def __init__(self, served: Served, sessions: dict[str, requests.Session]) -> None:
        self.served = served
        self.seen = Seen()
        self._sessions = sessions
        self._secrets = served.secrets()
        caller = next(each for each in ("laptop", "security") if each in sessions)
        plain = [Asked(request=requests.Request("GET", served.url + path).prepare()) for path in PLAIN]
        for asked in plain:  # the first time costs more
            self._send(caller, asked)
        self.seen.floor = max(min(self._send(caller, asked)[1] for _ in range(3)) for asked in plain)

    def ask(self, caller: str, asked: Asked) -> requests.Response:
        """Ask, and note what is not as it must be."""
        seen = self.seen
        answer, cpu = self._send(caller, asked)
        seen.count += 1
        seen.by_status[answer.status_code] = seen.by_status.get(answer.status_code, 0) + 1
        named = f"{caller}: {asked.request.method} {asked.request.url} {(asked.request.body or b'')[:300]!r}"
        seen.faults += [f"{fault}: {named}: {answer.status_code}" for fault in self._faults(caller, asked, answer)]
        # What was dear once by chance is not dear three times.
        for _ in range(2):
            if cpu > DEAREST * seen.floor:
                cpu = min(cpu, self._send(caller, asked)[1])
        if cpu > DEAREST * seen.floor:
            seen.faults.append(f"it took {cpu:.2f} s of processor time: {named}")
        seen.dearest = max(seen.dearest, (cpu, named))
        return answer

    def _send(self, caller: str, asked: Asked) -> tuple[requests.Response, float]:
        session, before = self._sessions[caller], self.served.cpu()
        mine = asked.request.copy()
        mine.headers.update(self.served.headers[caller])
        if asked.cookie is not None:
            mine.headers["cookie"] = asked.cookie
        live = (mine.url or "").partition("?")[0].endswith("/api/v1/live")
        answer = session.send(mine, allow_redirects=False, timeout=120, stream=live)
        if live:  # it would not end
            answer._content = b"" if answer.status_code == 200 else answer.content
            answer.close()
        return answer, self.served.cpu() - before

    def _faults(self, caller: str, asked: Asked, answer: requests.Response) -> Iterator[str]:
        if answer.status_code >= 500:
            yield "it went wrong inside"
        headers = " ".join(f"{name}: {value}" for name, value in answer.headers.items())
        whole = f"{headers}\n{answer.text}"
        text = whole.lower()
        if not (caller == "admin" and asked.path in TELLS_OF_ALL):
            told = asked.told
            for word in sorted(CALLERS[caller]):
                if word in text and word not in told:
                    yield f"it tells of {word}"
        if any(secret in whole for secret in self._secrets):
            yield "it tells a token"
        if found := _INSIDE.search(whole):
            yield f"it tells what is inside ({found[0]!r})"
        if "html" in answer.headers.get("content-type", "") and MARKUP in text:
            yield "it takes text for markup"
        if answer.status_code == 204 and answer.content:
            yield "nothing was said, with a body"
        if asked.case is not None and answer.request.method != "HEAD":
            yield from _not_as_described(asked.case, answer)

    def logged(self) -> list[str]:
        """What stands in the log and must not: tokens, words that are planted, and errors."""
        log = self.served.log.read_text("utf-8", "replace")
        wrong = {each for each in self._secrets if each in log}
        wrong |= {word for words in CALLERS.values() for word in words if word in log}
        return sorted(wrong) + [line for line in log.splitlines() if '"level": "error"' in line]


def _not_as_described(case: schemathesis.Case, answer: requests.Response) -> Iterator[str]:
    if (answer.request.url or "").partition("?")[0].endswith("/api/v1/live"):
        return
    try:
        case.validate_response(answer, checks=AS_DESCRIBED)
    except FailureGroup as group:
        for each in group.exceptions:
            yield f"it is not as described ({type(each).__name__}: {' '.join(str(each).split())[:300]})"
    except Failure as failure:
        yield f"it is not as described ({' '.join(str(failure).split())[:300]})"


@contextmanager
def judging(served: Served, callers: Sequence[str] = tuple(CALLERS)) -> Iterator[Judge]:
    """A judge with one connection for each caller."""
    with ExitStack() as stack:
        sessions = {}
        for caller in callers:
            sessions[caller] = stack.enter_context(requests.Session())
            sessions[caller].trust_env = False
        yield Judge(served, sessions)
