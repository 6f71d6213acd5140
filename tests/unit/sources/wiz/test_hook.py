"""Webhook bodies: ids and nothing else."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callboard.sources.wiz.hook import MAX_BYTES, authorised, issue_ids

ID = "0029ee49-c676-432f-8690-12f2862ec708"
OTHER = "9cbcba1e-0c11-478d-8593-942995201487"


@pytest.mark.parametrize(
    ("body", "ids"),
    [
        (json.dumps({"trigger": {"type": "CREATED"}, "issue": {"id": ID, "projects": "A, B, "}}), (ID,)),
        (json.dumps({"issue": {"id": ID.upper()}}), (ID,)),
        (json.dumps({"issueId": ID}), (ID,)),
        (json.dumps([{"issue": {"id": ID}}, {"issue": {"id": OTHER}}, {"issue": {"id": ID}}]), (ID, OTHER)),
        (json.dumps({"issues": [{"id": ID}, {"id": OTHER}]}), (ID, OTHER)),
        (json.dumps({"data": {"payload": {"issue": {"id": ID}}}}), (ID,)),
        (json.dumps({"issue": {"id": "null"}}), ()),
        (json.dumps({"issue": {"id": None}}), ()),
        (json.dumps({"issue": None}), ()),
        (json.dumps({"issue": {"id": "{{issue.id}}"}}), ()),
        (json.dumps({"resource": {"id": ID}}), ()),
        ('{"issue": {"id": "' + ID + '", "name": "a "quoted" name"}}', (ID,)),
        ('{"trigger": "x\n", "issue" : { "status": "OPEN", "id" : "' + ID + '" ', (ID,)),
        ('{"broken": "issueId": "' + ID + '"', (ID,)),
        ("not json", ()),
        ("null", ()),
        ("", ()),
    ],
)
def test_ids_are_found_in_whatever_was_pasted(body: str, ids: tuple[str, ...]) -> None:
    """Unknown and missing keys, the text null, broken JSON."""
    assert issue_ids(body.encode()) == ids


def test_the_template_itself_names_no_issue(shared_data: Path) -> None:
    """Wiz's test button may send it."""
    body = (shared_data / "wiz/webhook/terraform-automation-rule-body-template.json").read_bytes()
    assert issue_ids(body) == ()
    rendered = body.replace(b"{{issue.id}}", ID.encode())
    assert issue_ids(rendered) == (ID,)


def test_a_body_that_is_too_large_is_not_looked_at() -> None:
    """Nor is one that would make a search slow."""
    assert issue_ids(json.dumps({"issue": {"id": ID}, "x": "y" * MAX_BYTES}).encode()) == ()
    assert issue_ids(b'"issue":{' * 28_000) == ()
    assert issue_ids(b"[" * MAX_BYTES) == ()


@pytest.mark.attack("A16")
@given(st.binary(max_size=300))
def test_no_body_raises(body: bytes) -> None:
    """Anybody may send one."""
    issue_ids(body)
    issue_ids(b'{"issue": {"id": "' + body)


@pytest.mark.attack("A30")
@pytest.mark.parametrize(
    ("header", "secret", "allowed"),
    [
        ("Bearer s3cret", "s3cret", True),
        ("bearer  s3cret ", "s3cret", True),
        ("Basic s3cret", "s3cret", False),
        ("Bearer other", "s3cret", False),
        ("Bearer ", "s3cret", False),
        ("Bearer ", "", False),
        ("Bearer ", None, False),
        ("Bearer None", None, False),
        (None, "s3cret", False),
        ("", "", False),
        ("Bearer \u00e9", "\u00e9", True),
    ],
)
def test_only_the_bearer_token_is_let_in(header: str | None, secret: str | None, *, allowed: bool) -> None:
    """And nobody where none was set up."""
    assert authorised(header, secret) is allowed
