"""Cookies that no browser would send, and the proofs by which a page of our own is told from another one."""

from __future__ import annotations

import hashlib
import random
import urllib.parse
from collections.abc import Mapping

from tests.fuzz.addresses import TEXTS
from tests.fuzz.mutating import Mutator
from tests.support.hostile.served import Served
from tests.support.signing_in import ATTEMPT, PUBLIC, SESSION

NAMES = (
    "callboard",
    SESSION.lower(),
    f"{SESSION}-named",
    f" {SESSION}2",
    "__Secure-callboard",
    ATTEMPT,
    "$Version",
    "",
)
"""Names that are not that of a session."""
MOST_BYTES = 60_000
"""Of a cookie; what is longer is refused before anybody reads it."""


class Jar:
    """Draws cookies from a seed."""

    def __init__(self, served: Served, seed: int) -> None:
        self.draw = random.Random(seed)  # noqa: S311 - repeats
        self._mutator = Mutator(seed)
        self._sessions = list(served.sessions.values())
        self._ended = list(served.ended.values())

    def of_nobody(self) -> str:
        """A header that opens nothing, however near it comes to one that does."""
        made = _on_one_line(self._near_one())
        # Damage may put back what it took away.
        return f"{SESSION}=x" if any(made == f"{SESSION}={id_}" for id_ in self._sessions) else made

    def _near_one(self) -> str:
        draw = self.draw
        id_ = draw.choice(self._sessions)
        match draw.randrange(9):
            case 0:
                value = draw.choice(self._ended)
            case 1:
                value = hashlib.sha256(id_.encode()).hexdigest()  # what the database keeps
            case 2:
                return f"{draw.choice(NAMES)}={id_}"
            case 3:
                value = draw.choice(
                    (id_[:-1], f"{id_}A", id_.swapcase(), id_[::-1], id_ * 50, f"{id_} {id_}", f"{id_}.")
                )
            case 4:
                value = draw.choice(TEXTS).encode("utf-8", "surrogatepass").decode("latin-1")
            case 5:
                value = urllib.parse.quote(draw.choice(TEXTS).encode("utf-8", "surrogatepass"))
            case 6:
                return draw.choice(
                    (
                        f"{SESSION}",
                        "=",
                        ";;;=;",
                        f"{SESSION}==",
                        f"={id_}",
                        f"{SESSION}={id_}; {SESSION}=",
                        f'{SESSION}="{id_}"',
                        f"{SESSION}={''.join(f'%{ord(each):02x}' for each in id_)}",
                    )
                )
            case 7:
                return "; ".join(f"{draw.choice(NAMES)}{n}={id_}" for n in range(draw.choice((3, 50, 900))))
            case _:
                value = self._mutator.next([id_.encode()]).decode("latin-1")
        return f"{SESSION}={value}"

    def of_somebody(self, id_: str) -> str:
        """A header that holds a good session among things that are none."""
        draw = self.draw
        rest = draw.choice(TEXTS).encode("utf-8", "surrogatepass").decode("latin-1").replace(";", "")
        return _on_one_line(draw.choice((
            f"{SESSION}={id_}", f" {SESSION} = {id_} ", f"a=b; {SESSION}={id_}; c", f"{SESSION}=x; {SESSION}={id_}",
            f"x={rest[:500]}; {SESSION}={id_}", f"{SESSION}={urllib.parse.quote(id_, safe='')};", f";;{SESSION}={id_};;;",
        )))  # fmt: skip

    def of_an_attempt(self) -> str:
        """A sign-in that nobody began, or that leads back to somewhere else."""
        draw = self.draw
        back = draw.choice((*TEXTS, "//evil.example", "/%5cevil.example", "/findings%0d%0aset-cookie: a=b"))
        secret = draw.choice(("", "x", *self._sessions, self._mutator.next([b"A" * 43]).decode("latin-1")))
        coded = urllib.parse.quote(back.encode("utf-8", "surrogatepass"), safe="")
        plain = back.encode("utf-8", "replace").decode("latin-1")
        return _on_one_line(f"{ATTEMPT}={secret}.{draw.choice((coded, coded * 2, plain))}")


def _on_one_line(text: str) -> str:
    """What can be said in a header at all."""
    return text.replace("\r", "").replace("\n", "")[:MOST_BYTES]


def unproven(draw: random.Random, url: str) -> Mapping[str, str]:
    """What a browser tells of a page that is not ours."""
    foreign = draw.choice((
        None, "https://evil.example", "null", f"{PUBLIC}.evil.example", f"{PUBLIC}:444", PUBLIC.replace("https", "http"), f"{PUBLIC}/",
        f"{PUBLIC},https://evil.example", f"{PUBLIC} https://evil.example", f"{PUBLIC}@evil.example", "file://", "", f"{url}1", "*",
        "https://user@board.example", "https://bo\u0430rd.example".encode().decode("latin-1"),
    ))  # fmt: skip
    site = draw.choice(("cross-site", "same-site", "same-origin, cross-site", "Cross-Site"))
    if foreign is None:  # something on the way took it out
        return {"sec-fetch-site": site}
    return {"origin": foreign} if draw.random() < 0.4 else {"origin": foreign, "sec-fetch-site": site}


PROVEN: tuple[Mapping[str, str], ...] = (
    {"origin": PUBLIC}, {"origin": PUBLIC.upper()}, {"origin": "null", "sec-fetch-site": "same-origin"}, {},
    {"origin": PUBLIC, "sec-fetch-site": "same-origin"}, {"sec-fetch-site": "same-origin"}, {"sec-fetch-site": "none"},
)  # fmt: skip
"""What a browser tells of a page of ours, and what a program does not tell."""


def proven(draw: random.Random) -> Mapping[str, str]:
    """One of them."""
    return draw.choice(PROVEN)
