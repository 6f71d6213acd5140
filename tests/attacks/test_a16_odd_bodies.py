"""A14 and A16: rule sets, policies and words about ownership in odd shapes, by every door that takes them."""

from __future__ import annotations

import time
from collections.abc import Callable

import httpx
import pytest

from tests.support.dumps import dump
from tests.support.named import NamedDoor

AT = "/api/v1/ownership"
JSON_DOORS = (
    f"{AT}/plan",
    f"{AT}/apply",
    f"{AT}/confirm",
    f"{AT}/not-ours",
    "/api/v1/policies/plan",
    "/api/v1/policies/apply",
)
RULE = '{"name":"a","match":{"project":"p"},"owners":["component:default/cart"],"reason":"r"}'

BODIES: dict[str, bytes] = {
    "deep": b"[" * 100_000,
    "deep within": b'{"document":' * 50_000,
    "a number without end": b'{"document":{"name":"x","rules":[]},"reason":"r","expected":1e999}',
    "no number": b'{"document":{"name":"x","rules":[]},"reason":"r","expected":NaN}',
    "half a pair": b'{"document":{"name":"\\ud800","rules":[]},"reason":"r"}',
    "a NUL": b'{"document":{"name":"x\\u0000y","rules":[]},"reason":"r"}',
    "bytes of no text": b'{"document":{"name":"\xff\xfe","rules":[]},"reason":"r"}',
    "a name twice": b'{"document":{"name":"x","name":"y","rules":[]},"reason":"r"}',
    "nothing": b"",
    "null": b"null",
    "a list": b"[]",
    "cut short": b'{"document":{"name":"x"',
    "two documents": b"{}{}",
    "large": b'{"document":{"name":"' + b"x" * 12_000_000 + b'"}}',
    "very many entries": b'{"document":{"name":"x","rules":['
    + b",".join([RULE.encode()] * 6_000)
    + b'],"reason":"r"}}',
}
TEXTS: dict[str, str] = {
    "laughs": "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
        f"{chr(98 + n)}: &{chr(98 + n)} [{','.join([f'*{chr(97 + n)}'] * 9)}]\n" for n in range(8)
    ),
    "a circle": "name: &a [*a]\n",
    "an object": "!!python/object/apply:os.system ['true']\n",
    "deep": "[" * 50_000,
    "a name twice": "name: x\nname: y\nrules: []\n",
    "a NUL": "name: 'x\0y'\n",
    "two documents": "name: x\n---\nname: y\n",
    "no number": "name: x\nrules: .nan\n",
}  # fmt: skip
PATIENCE_SECONDS = 20.0
"""An answer that grows with what a text unpacks to never comes; a busy machine is slow as well."""


def refused(fresh: NamedDoor, send: Callable[[httpx.Client], httpx.Response]) -> httpx.Response:
    """What security is answered; nothing may have changed by it."""
    before = dump(fresh.store)
    with fresh.as_user("sam") as client:
        began = time.monotonic()
        answer = send(client)
        assert time.monotonic() - began < PATIENCE_SECONDS
    assert dump(fresh.store) == before
    return answer


@pytest.mark.attack("A16")
@pytest.mark.parametrize("door", JSON_DOORS)
def test_a16_odd_json_is_refused_by_every_door_and_changes_nothing(fresh: NamedDoor, door: str) -> None:
    """With a clear answer that repeats nothing of it, in bounded time."""
    headers = {"content-type": "application/json"}
    for name, body in BODIES.items():
        answer = refused(fresh, lambda client, body=body: client.post(door, content=body, headers=headers))  # type: ignore[misc]
        assert answer.status_code in (400, 409, 413, 422), (name, answer.status_code)
        assert answer.headers["content-type"].startswith("application/problem+json"), name
        assert len(answer.content) < 20_000, name


@pytest.mark.attack("A14")
@pytest.mark.parametrize("name", TEXTS)
def test_a14_the_page_refuses_what_the_api_refuses(fresh: NamedDoor, name: str) -> None:
    """The same rule set as YAML in a form, by both buttons."""
    for path in ("/ownership/preview", "/ownership/apply"):
        fields = {"document": TEXTS[name], "reason": "r", "agreed": "yes"}
        answer = refused(fresh, lambda client, path=path, fields=fields: client.post(path, data=fields))  # type: ignore[misc]
        assert answer.status_code in (200, 400, 422), (name, answer.status_code)
        assert "cannot be applied like this" in answer.text or answer.status_code != 200, name
