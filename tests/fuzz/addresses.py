"""Requests to every address of the API: as described, against the description, and aimed at things that are there."""

from __future__ import annotations

import json
import random
import urllib.parse
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import hypothesis
import requests
import schemathesis
from schemathesis import GenerationMode

from tests.fuzz.judging import MARKUP, Asked
from tests.fuzz.mutating import Mutator
from tests.support.bills import bill
from tests.support.hostile.planted import SIDES, word

QUERIES = (
    "is:open", "severity:high,critical sort:due", "is:open group:rule", "group:component", "group:owner", "group:resource",
    "owner:blue", "owner:red", "no:owner", "is:unmapped", "age:>1d", "is:snoozed", "taken:@me", "-owner:red", "is:fixed",
    *(f"{key}:{word(side, kind)}" for side in SIDES for key, kind in
      (("component", "component"), ("rule", "rule"), ("resource", "resource"), ("project", "project"), ("system", "system"))),
    *(word(side, kind) for side in SIDES for kind in ("text", "resource", "said", "key")),
)  # fmt: skip
"""Questions that find something of somebody."""
TEXTS = (
    "", " ", "\x00", "a\r\nset-cookie: x=1", "'", "' or 1=1 --", '"', "%", "%%%", "_", "\\", "../../etc/passwd",
    "\u202eabc", "\ufeff", "\U0001f9a0",
    MARKUP, f'">{MARKUP}', "{{7*7}}", "${7*7}", "javascript:alert(1)", "//evil.example/", "https://evil.example", "-1", "0", "1e999", "NaN",
    "9" * 30, "9223372036854775808", "-9223372036854775809", "true", "null", "[]", "{}", "a" * 3_000, "a," * 300, "(" * 200, "*" * 50,
    "2026-02-30", "0000-00-00", "9999-12-31", "2026-08-01T00:00:00Z", "is:", ":", "is:open " * 60, "İ", "ß" * 40, "a\u0300" * 40, "\ud800",
)  # fmt: skip
"""Values that nobody would give."""
RULES = {
    "name": "main",
    "rules": [
        {"name": "one", "reason": "They said so.", "match": {"tag": "team=a"}, "owners": ["component:default/cart"]}
    ],
}
DUE = {"policy": "due", "days": {"critical": 7}}


def bodies(known: Mapping[str, Sequence[int]]) -> dict[str, list[Any]]:
    """By route, documents that somebody would send."""
    resource, part = word("blue", "resource"), f"component:default/{word('red', 'component')}"
    finding = list(known["finding_id"])
    return {
        "/api/v1/views": [{"name": "n", "query": "is:open", "team": "group:default/red"}],
        "/api/v1/decisions": [
            {"act": "take", "findings": finding[:2]}, {"act": "snooze", "q": "is:open", "until": "7d", "note": "later", "preview": True},
            {"act": "dismiss", "findings": finding[-1:], "reason": "duplicate", "duplicate_of": finding[0], "key": "k"},
            {"act": "undo", "of": known["decision_id"][0]}, {"act": "accept", "of": known["decision_id"][-1]},
            {"act": "ask", "findings": finding[3:5], "until": "2027-01-31", "note": "why"},
            {"act": "comment", "findings": finding, "note": "x"},
            {"act": "assign", "findings": finding[3:4], "to": "group:default/red", "seen": 0},
            {"act": "not-useful", "findings": finding[6:7]},
        ],
        "/api/v1/ownership/plan": [{"document": RULES, "reason": "r"}],
        "/api/v1/ownership/apply": [{"document": RULES, "reason": "r", "expected": 99}],
        "/api/v1/ownership/plan/resources": [{"document": RULES, "of": "gained", "skip": 0}],
        "/api/v1/ownership/confirm": [{"resource": "none-such", "component": part, "reason": "r", "source": "wiz-main"}],
        "/api/v1/ownership/not-ours": [{"resource": "none-such", "component": part, "reason": "r"}],
        "/api/v1/ownership/propose": [{"component": part, "resource": f"{resource}-0", "project": None, "reason": "r"}],
        "/api/v1/policies/plan": [{"document": DUE}, {"document": {"policy": "roles", "security": ["group:default/security"]}}],
        "/api/v1/policies/plan/findings": [{"document": DUE, "of": "nearer"}],
        "/api/v1/policies/apply": [{"document": DUE, "expected": 99, "reason": "r"}],
        "/api/v1/campaigns": [{"name": "n", "aim": "a", "owner": "group:default/red", "due": "2027-01-31", "q": "is:open", "count": 1}],
        "/api/v1/campaigns/{campaign_id}": [{"name": "n", "aim": "a", "owner": None, "due": None}],
        "/api/v1/tickets": [{"finding": finding[0], "tracker": "jira"}, {"q": "is:open", "ticket": "https://jira.example/browse/A-1"}],
        "/api/v1/tickets/{ticket_id}/unlink": [{"finding": finding[0]}, {"q": "is:open"}],
        "/api/v1/rollups/{kind}/{namespace}/{name}/left-out": [{"terms": "severity:low"}],
        "/api/v1/components/{kind}/{namespace}/{name}/sbom": [json.loads(bill("left@1.2.3 -> right@2.0.0"))],
        "/api/v1/components/{kind}/{namespace}/{name}/risks": [{"version": 1, "component": part, "commit": "a" * 40, "findings": []}],
        "/api/v1/hooks/wiz/{source}": [{"issue": {"id": "3e671687-395b-41f5-a30f-a58921a69b79"}}],
    }  # fmt: skip


class Drawn:
    """Requests drawn from a seed: the same ones each time for the same description."""

    def __init__(self, url: str, description: Mapping[str, Any], known: Mapping[str, Sequence[int]], seed: int) -> None:
        self.url = url
        self.known = known
        self.draw = random.Random(seed)  # noqa: S311 - repeats
        self._mutator = Mutator(seed)
        self._bodies = bodies(known)
        self._schema = schemathesis.openapi.from_dict(dict(description))

    def operations(self, *, examples: int) -> Iterator[list[Asked]]:
        """For each operation so many requests of every sort."""
        for found in self._schema.get_all_operations():
            operation = found.ok()
            cases = _generated(operation, GenerationMode.POSITIVE, examples)
            asked = [self._as_it_is(case) for case in cases]
            asked += [self._as_it_is(case) for case in _generated(operation, GenerationMode.NEGATIVE, examples)]
            for _ in range(examples):
                asked += [self._aimed(cases[0], is_honest=True), self._aimed(cases[0], is_honest=False)]
            yield asked

    def _as_it_is(self, case: schemathesis.Case) -> Asked:
        given = case.as_transport_kwargs(base_url=self.url)
        given.pop("cookies", None)
        return Asked(request=requests.Request(**given).prepare(), case=case)

    def _aimed(self, case: schemathesis.Case, *, is_honest: bool) -> Asked:
        operation, draw = case.operation, self.draw
        parts = self.parts()
        if (
            not is_honest
            and draw.random() < 0.5
            and (names := [name for name in parts if f"{{{name}}}" in operation.path])
        ):
            parts[draw.choice(names)] = draw.choice(TEXTS)
        path = operation.path
        for name, value in parts.items():
            path = path.replace(f"{{{name}}}", quoted(value))
        given = self._query([each.name for each in operation.query.items], is_honest=is_honest)
        query = "&".join(f"{quoted(name)}={quoted(value)}" for name, value in given)
        body, headers = None, {"accept": draw.choice(("*/*", "application/json"))}
        if honest := self._bodies.get(operation.path) if operation.method == "post" else None:
            body = json.dumps(draw.choice(honest)).encode()
            if not is_honest:
                body = self._mutator.next([body])
            headers["content-type"] = "application/json"
        request = requests.Request(operation.method.upper(), self.url, data=body, headers=headers).prepare()
        request.url = f"{self.url}{path}{'?' if query else ''}{query}"  # as it is: nothing is made tidy on the way
        return Asked(request=request, case=case)

    def parts(self) -> dict[str, str]:
        """What stands in a path, for every name: things that are there, of either side."""
        draw = self.draw
        side = draw.choice(("red", "blue"))
        kind, name = draw.choice((
            ("component", word(side, "component")), ("component", "cart"), ("group", side), ("user", "bo"),
            ("system", word(side, "system")),
        ))  # fmt: skip
        numbers = {each: str(draw.choice(list(values))) for each, values in self.known.items()}
        return {
            **numbers, "kind": kind, "namespace": "default", "name": name, "source": "wiz-main", "cve": "CVE-2026-1",
            "format": draw.choice(("cyclonedx-1.6", "spdx-2.3", "spdx-3.0")), "rest": "nowhere",
        }  # fmt: skip

    def _query(self, names: Sequence[str], *, is_honest: bool) -> list[tuple[str, str]]:
        draw = self.draw
        given = [(name, self.value(name)) for name in names if draw.random() < 0.6]
        if not is_honest and names:
            given.append((draw.choice(list(names)), draw.choice(TEXTS)))
            draw.shuffle(given)
        if not is_honest and draw.random() < 0.2:
            given.append((draw.choice(TEXTS), draw.choice(TEXTS)))
        return given

    def value(self, name: str) -> str:
        """Something that this parameter could mean."""
        draw = self.draw
        match name:
            case "q" | "query":
                return draw.choice(QUERIES)
            case "id" | "resource":
                return draw.choice(
                    [f"{word(side, 'resource')}-0" for side in SIDES]
                    + [word("blue", "rule"), word("blue", "project"), "rule-red"]
                )
            case "ref":
                return f"component:default/{word(draw.choice(('red', 'blue')), 'component')}"
            case "owner" | "team":
                return f"group:default/{draw.choice(('red', 'blue'))}"
            case "from" | "to" | "on" | "at":
                return draw.choice(("2026-08-01", "2026-09-01", "2025-01-01"))
            case "package":
                return draw.choice((word("blue", "library"), "lodash", word("red", "library")))
            case "by":
                return draw.choice(("severity", "owner", "component", "system", "domain", "team", "rule"))
            case "framework":
                return draw.choice(("soc2", "iso27001", "nist-csf", "nis2"))
            case _:
                return draw.choice(
                    ("1", "0", "50", "true", "high", "wiz-main", *map(str, self.known.get(f"{name}_id", ())))
                )


def quoted(text: str) -> str:
    """The text as a part of an address, whatever it is; half a letter too."""
    return urllib.parse.quote(text.encode("utf-8", "surrogatepass"), safe="")


def _generated(
    operation: schemathesis.schemas.APIOperation, mode: GenerationMode, count: int
) -> list[schemathesis.Case]:
    found: list[schemathesis.Case] = []

    @hypothesis.settings(
        max_examples=count, database=None, derandomize=True, deadline=None, phases=[hypothesis.Phase.generate],
        suppress_health_check=list(hypothesis.HealthCheck),
    )  # fmt: skip
    @hypothesis.given(operation.as_strategy(generation_mode=mode))
    def keep(case: schemathesis.Case) -> None:
        found.append(case)

    try:
        keep()
    except hypothesis.errors.Unsatisfiable:  # nothing can be wrong about it
        return found
    return found
