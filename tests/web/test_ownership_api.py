"""`/api/v1/ownership` over a real connection: one whole path, and what is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.web.conftest import Door, opened

RULE: dict[str, Any] = {
    "name": "main",
    "rules": [
        {
            "name": "ry",
            "match": {"resource": "ry"},
            "owners": ["component:default/fraud-score"],
            "reason": "They run it.",
        }
    ],
}


@pytest.fixture
def fresh(tmp_path: Path) -> Any:  # noqa: ANN401 - a door for as long as the test lasts
    """A board of its own, since these tests write."""
    with opened(tmp_path / "board.db", filled=True) as door:
        yield door


def ok(answer: httpx.Response) -> Any:  # noqa: ANN401 - what it holds is what the test asks
    """The document of an answer that succeeded."""
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_a_rule_is_planned_applied_explained_and_taken_back(fresh: Door) -> None:
    """The same numbers in the plan and in what follows; people's words on top; each undone."""
    at = "/api/v1/ownership"
    with fresh.bearer() as client:
        plan = ok(client.post(f"{at}/plan", json={"document": RULE}))
        assert (plan["moved_resources"], plan["moved_findings"], plan["problems"]) == (1, 1, [])
        assert plan["shifts"][0]["after"] == ["component:default/fraud-score"]
        done = ok(client.post(f"{at}/apply", json={"document": RULE, "reason": "asked them", "expected": 0}))
        assert (done["state"], done["revision"]) == ("applied", 1)
        told = ok(client.get(f"{at}/explain", params={"id": "ry"}))
        assert (told["tier"], told["components"], told["disputed"]) == (1, ["component:default/fraud-score"], True)
        assert [(each["won"], each["tier_words"]) for each in told["grounds"]] == [
            (True, "approved rule"),
            (False, "annotation"),
        ]
        said = ok(client.post(f"{at}/not-ours", json={"resource": "ry", "component": "fraud-score"}))
        assert (said["word"], said["moved_findings"]) == ("not-ours", 1)
        assert ok(client.get(f"{at}/explain", params={"id": "ry"}))["components"] == ["component:default/checkout-api"]
        ok(client.post(f"{at}/decisions/{said['id']}/undo"))
        assert ok(client.get(f"{at}/explain", params={"id": "ry"}))["components"] == ["component:default/fraud-score"]
        (rules,) = ok(client.get(f"{at}/rules"))["items"]
        assert rules["document"] == RULE
        assert rules["entries"][0]["by"] == "laptop"
        report = ok(client.get(f"{at}/report", params={"by": "type"}))
        assert report["whole"]["findings"]["by_tier"][0] == 1
        signals = ok(client.get(f"{at}/signals"))["items"]
        assert {each["kind"] for each in signals} == {"resource-moved"}
        ok(client.post(f"{at}/signals/{signals[0]['id']}/close"))
        assert ok(client.post(f"{at}/apply", json={"document": RULE, "remove": True}))["revision"] == 2
        assert ok(client.get(f"{at}/rules"))["items"] == []


@pytest.mark.parametrize(
    ("path", "body", "status", "words"),
    [
        ("plan", {"document": {"name": "x", "rulez": []}}, 400, "unknown field `rulez`"),
        ("plan", {"dokument": {}}, 400, "unknown field `dokument`"),
        (
            "apply",
            {"document": RULE | {"rules": [RULE["rules"][0] | {"owners": ["nowhere"]}]}},
            422,
            "is not in the catalog",
        ),
        ("apply", {"document": RULE, "expected": 7}, 409, "was changed meanwhile"),
        ("confirm", {"resource": "no-such-thing", "component": "fraud-score"}, 404, "There is no such thing"),
        ("confirm", {"resource": "ry", "component": "no-such-one"}, 404, "There is no such thing"),
        ("confirm", {"resource": "ry", "component": "a b"}, 400, "is not an entity reference"),
        ("confirm", {"resource": "ry\0", "component": "fraud-score"}, 404, "There is no such thing"),
    ],
)
def test_what_is_wrong_is_refused_in_words(
    door: Door, path: str, body: dict[str, Any], status: int, words: str
) -> None:
    """With the place where it is wrong; nothing is written."""
    with door.bearer() as client:
        answer = client.post(f"/api/v1/ownership/{path}", json=body)
    assert answer.status_code == status, answer.text
    assert words in answer.text
