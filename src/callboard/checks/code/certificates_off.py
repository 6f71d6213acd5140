"""9. Certificates are not looked at."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from callboard.checks.code.check import CodeCheck
from callboard.checks.code.source import text
from callboard.domain.finding import Severity
from callboard.domain.posture import Advice, Fault, Hits, Reach

if TYPE_CHECKING:
    from callboard.checks.code.source import Source

_OFF = """
(pair key: [(property_identifier) (string)] @name value: (false) (#match? @name "^.?rejectUnauthorized.?$")) @all
(assignment_expression left: (member_expression property: (property_identifier) @name) right: (false)
  (#eq? @name "rejectUnauthorized")) @all
(assignment_expression left: [(member_expression) (subscript_expression)] @name right: [(string) (number)] @value
  (#match? @name "NODE_TLS_REJECT_UNAUTHORIZED") (#match? @value "^.?0.?$")) @all
"""


def _judge(source: Source) -> Iterator[Fault]:
    for at in source.find(_OFF):
        yield Fault(
            path=text(at["name"]).strip("'\"")[:120],
            said="Whoever stands in between may answer in the other's place.",
            place=source.place(at["all"]),
        )


CHECK = CodeCheck(
    advice=Advice(
        key="certificates-off",
        number=9,
        area="code",
        title="Certificates are not looked at",
        severity=Severity.MEDIUM,
        reach=Reach.ANYBODY,
        hits=Hits.PART,
        why="Tokens that go over such a connection can be read, and answers changed, by whoever stands in between.",
        remedy="Name the company's own authority (NODE_EXTRA_CA_CERTS) instead of trusting everybody.",
        before="new https.Agent({ rejectUnauthorized: false })",
        after="new https.Agent({ ca: await readFile('company-ca.pem') })",
    ),
    judge=_judge,
)
