"""The token endpoint, and what a token opens."""

from __future__ import annotations

import base64
import json

import pytest

from callboard.demo.wizsim import Options
from tests.wizsim.conftest import Start


def test_a_token_is_a_jwt_with_the_claims_of_the_real_one(start: Start) -> None:
    """Clients read the data centre from it and trust `expires_in`."""
    body = start().ask_token().body
    head, claims, _signature = (base64.urlsafe_b64decode(part + "==") for part in body["access_token"].split("."))
    assert json.loads(head)["alg"] == "HS256"
    read = json.loads(claims)
    assert read["dc"] == "us1"
    assert read["encodedScopes"]
    assert read["exp"] - read["iat"] == body["expires_in"] == 86_400
    assert body["token_type"] == "Bearer"
    assert body["refresh_token"]


@pytest.mark.parametrize(
    ("changes", "status", "error"),
    [
        ({"client_secret": "wrong"}, 401, "access_denied"),
        ({"client_id": "wrong"}, 401, "access_denied"),
        ({"audience": "somebody-else"}, 403, "access_denied"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
    ],
)
def test_wrong_requests_are_refused_with_a_json_body(
    start: Start, changes: dict[str, str], status: int, error: str
) -> None:
    """The error body is that of OAuth."""
    answer = start().ask_token(**changes)
    assert (answer.status, answer.body["error"]) == (status, error)


def test_both_generations_of_audience_are_taken(start: Start) -> None:
    """`beyond-api` is the audience of the legacy token hosts."""
    assert start().ask_token(audience="beyond-api").status == 200


def test_unknown_and_expired_tokens_are_refused(start: Start) -> None:
    """401 and nothing else, so that a client asks for a new one."""
    caller = start(Options(token_seconds=60))
    assert caller.ask("{ issuesV2 { totalCount } }", token="made-up").status == 401
    token = caller.token()
    assert caller.ask("{ issuesV2 { totalCount } }", token=token).status == 200
    caller.sim.state.tokens.clock = lambda: 4_000_000_000.0
    assert caller.ask("{ issuesV2 { totalCount } }", token=token).status == 401


def test_a_missing_scope_leaves_no_data(start: Start) -> None:
    """Status 200, an UNAUTHORIZED error, and null."""
    caller = start(Options(scopes=("read:issues",)))
    assert caller.ask("{ issuesV2 { totalCount } }").body["data"] is not None
    refused = caller.ask("{ vulnerabilityFindings { totalCount } }")
    assert refused.status == 200
    assert refused.body["data"] is None
    assert refused.body["errors"][0]["extensions"]["code"] == "UNAUTHORIZED"


def test_read_all_reads_and_does_not_write(start: Start) -> None:
    """The broad scope of the portal's "read all entities"."""
    caller = start(Options(scopes=("read:all",)))
    issue = caller.ask("{ issuesV2(first: 1) { nodes { id } } }").body["data"]["issuesV2"]["nodes"][0]["id"]
    note = caller.ask(
        "mutation($i: CreateIssueNoteInput!) { createIssueNote(input: $i) { issueNote { id } } }",
        {"i": {"issueId": issue, "text": "hello"}},
    )
    assert note.body["errors"][0]["extensions"]["code"] == "UNAUTHORIZED"


def test_the_account_can_read_its_own_scopes(start: Start) -> None:
    """A client can find out what it may do."""
    caller = start()
    found = caller.ask("{ serviceAccounts(first: 1) { nodes { clientId scopes type } } }").body["data"]
    account = found["serviceAccounts"]["nodes"][0]
    assert account["clientId"] == caller.address.client_id
    assert "read:issues" in account["scopes"]


def test_an_expired_account_gets_no_token(start: Start) -> None:
    """As in real life syncs stop silently when the account's date is over."""
    assert start(account_expired=True).ask_token().status == 401
