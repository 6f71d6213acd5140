"""Signing in to the pages with a provider: there and back, sessions, and everything that is wrong in one way."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs

import httpx
import pytest

from callboard.domain.instant import SECOND
from tests.support.named import NamedDoor, named_door, user
from tests.support.providers import MadeUpProvider
from tests.support.signing_in import ATTEMPT, HOST, PUBLIC, SESSION, ask, back, begun, cookie_of, signed_in


@pytest.fixture
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NamedDoor]:
    """A board at a public address, to which people sign in with a provider."""
    path = tmp_path_factory.mktemp("sign-in") / "callboard.db"
    with named_door(path, public=PUBLIC, provider=MadeUpProvider.config) as found:
        yield found


def test_there_and_back(door: NamedDoor) -> None:
    """From a page that asks for it to the same page, as oneself, with every cookie as safe as can be."""
    page = ask(door, "/findings?q=is:open")
    assert page.status_code == 401
    assert "Sign in with Example" in page.text
    assert "/sign-in/begin?to=" in page.text
    begin = page.text.partition('href="/sign-in/begin?')[2].partition('"')[0]
    assert parse_qs(begin) == {"to": ["/findings?q=is:open"]}
    assert "callboard serve" not in page.text
    address, attempt = begun(door)
    assert door.provider is not None
    assert address.startswith(f"{door.provider.url}/authorize?")
    for part in ("code_challenge_method=S256", "response_type=code", "scope=openid+profile+email", "nonce=", "state="):
        assert part in address
    answer = back(door, attempt, **door.provider.sign_in(address))
    assert answer.status_code == 200
    assert '<meta http-equiv="refresh" content="0; url=/findings">' in answer.text
    line = next(each for each in answer.headers.get_list("set-cookie") if each.startswith(f"{SESSION}="))
    for word in ("HttpOnly", "Secure", "SameSite=strict", "Path=/"):
        assert word.lower() in line.lower()
    assert "domain" not in line.lower()
    assert answer.headers["strict-transport-security"] == "max-age=31536000"
    session = cookie_of(answer, SESSION)
    assert ask(door, "/api/v1/findings", cookies={SESSION: session}).json()["total"] == 3
    told = ask(door, "/findings", cookies={SESSION: session}).text
    assert 'title="user:default/bo">bo</span>' in told
    assert [entry.actor for entry in door.audit("session.begin")] == [user("bo")]
    with door.store.read() as conn:
        from callboard.store import schema

        kept = repr(conn.execute(schema.session.select()).all())
    assert session not in kept


def test_signing_out_ends_the_session_everywhere(door: NamedDoor) -> None:
    """A copy of the cookie is worth nothing any more."""
    session = signed_in(door)
    assert ask(door, "/api/v1/me", cookies={SESSION: session}).status_code == 200
    assert ask(door, "/leave", cookies={SESSION: session}, method="POST").status_code == 200
    assert ask(door, "/api/v1/me", cookies={SESSION: session}).status_code == 401
    assert [entry.action for entry in door.audit() if entry.action.startswith("session")] == [
        "session.begin",
        "session.end",
    ]


def test_a_session_ends_by_itself(door: NamedDoor) -> None:
    """Two hours after it was last used, and twelve after it began, whatever happens."""
    idle, busy = signed_in(door), signed_in(door)
    for _ in range(11):
        door.clock.advance(3_599)
        assert ask(door, "/api/v1/me", cookies={SESSION: busy}).status_code == 200
        _until_seen(door)
    assert ask(door, "/api/v1/me", cookies={SESSION: idle}).status_code == 401
    door.clock.advance(3_599 + 12)
    assert ask(door, "/api/v1/me", cookies={SESSION: busy}).status_code == 401


def _until_seen(door: NamedDoor) -> None:
    """The time of use is kept in the background; wait for it."""
    from callboard.store import schema
    from tests.support.portals import wait_for

    def seen() -> bool:
        with door.store.read() as conn:
            return any(row.seen_at == door.clock.now() for row in conn.execute(schema.session.select()))

    wait_for(seen)


@pytest.mark.attack("A33")
def test_who_leaves_the_catalog_loses_every_session(door: NamedDoor) -> None:
    """Within five minutes; coming back to the catalog does not bring them back."""
    session = signed_in(door)
    groups = door.portal.groups.pop(user("bo"))
    door.clock.advance(300)
    assert ask(door, "/api/v1/me", cookies={SESSION: session}).status_code == 401
    door.portal.groups[user("bo")] = groups
    door.clock.advance(300)
    assert ask(door, "/api/v1/me", cookies={SESSION: session}).status_code == 401
    assert door.audit("session.end")[0].detail == (("reason", "left the catalog"),)


def test_who_leaves_a_group_keeps_the_session_and_loses_sight(door: NamedDoor) -> None:
    """Within five minutes."""
    session = signed_in(door)
    door.move("bo", "blue")
    door.clock.advance(300)
    assert ask(door, "/api/v1/findings", cookies={SESSION: session}).json()["total"] == 2


BAD_CLAIMS: dict[str, dict[str, Any]] = {
    "another nonce": {"nonce": "of-another-sign-in"},
    "no nonce": {"nonce": None},
    "another audience": {"aud": "somebody-else"},
    "a second audience and nobody authorised": {"aud": ["callboard", "other"], "azp": None},
    "another party authorised": {"aud": ["callboard", "other"], "azp": "other"},
    "another issuer": {"iss": "https://evil.example"},
    "ended": {"exp": 1},
    "an unverified address": {"email_verified": False},
    "an address that nobody vouches for": {"email_verified": None},
    "no address": {"email": None},
    "an address that is no text": {"email": ["bo@example.com"]},
    "an address nobody has": {"email": "who@example.com"},
    "an address that asks the catalog something else": {"email": "x@example.com,kind=user"},
    "another access token's hash": {"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"},
}


@pytest.mark.attack("A11")
@pytest.mark.parametrize("how", BAD_CLAIMS)
def test_an_id_token_that_is_wrong_opens_nothing(door: NamedDoor, how: str) -> None:
    """The page says why and how to begin again; the attempt is spent."""
    address, attempt = begun(door)
    assert door.provider is not None
    door.provider.claims = BAD_CLAIMS[how]
    answer = back(door, attempt, **door.provider.sign_in(address))
    assert answer.status_code == 401, how
    assert SESSION + "=" not in "".join(each for each in answer.headers.get_list("set-cookie") if "attempt" not in each)
    assert "Not signed in" in answer.text
    assert "Sign in with Example" in answer.text


@pytest.mark.attack("A11")
@pytest.mark.parametrize(
    "how", ["no cookie", "another's cookie", "another state", "no code", "twice", "an error", "iss"]
)
def test_a_return_that_was_not_begun_here_opens_nothing(door: NamedDoor, how: str) -> None:
    """A code that somebody else got, and everything like it."""
    address, attempt = begun(door)
    assert door.provider is not None
    returned = door.provider.sign_in(address)
    match how:
        case "no cookie":
            answer = back(door, None, **returned)
        case "another's cookie":
            answer = back(door, begun(door)[1], **returned)
        case "another state":
            answer = back(door, attempt, **{**returned, "state": "x"})
        case "no code":
            answer = back(door, attempt, state=returned["state"])
        case "twice":
            answer = back(door, attempt, **returned, **{"code&code": "y"})
        case "an error":
            answer = back(door, attempt, state=returned["state"], error="access_denied")
        case _:
            answer = back(door, attempt, **returned, iss="https://evil.example")
    assert answer.status_code == 401


def test_a_code_is_good_once(door: NamedDoor) -> None:
    """The second time the provider refuses it."""
    address, attempt = begun(door)
    assert door.provider is not None
    returned = door.provider.sign_in(address)
    assert back(door, attempt, **returned).status_code == 200
    assert back(door, attempt, **returned).status_code == 401


@pytest.mark.fault("F23")
def test_a_provider_that_is_down_says_so(door: NamedDoor) -> None:
    """503 and a sentence; a session that is there goes on."""
    session = signed_in(door)
    assert door.provider is not None
    door.provider.is_down = True
    door.clock.advance(3_601)
    answer = ask(door, "/sign-in/begin")
    assert answer.status_code == 503
    assert "The provider cannot be asked" in answer.text
    assert ask(door, "/api/v1/me", cookies={SESSION: session}).status_code == 200


def test_a_document_of_another_issuer_is_refused(door: NamedDoor) -> None:
    """Mix-up: whatever it says about addresses."""
    assert door.provider is not None
    door.provider.document = {"issuer": "https://evil.example"}
    assert ask(door, "/sign-in/begin").status_code == 503


@pytest.mark.attack("A21")
@pytest.mark.parametrize(
    "to",
    ["//evil.example", "https://evil.example", "/%5Cevil.example", "/%09/evil.example", "javascript:alert(1)", "/a%0d%0ab",
     "/sign-in/begin", "%2F%2Fevil.example", "/x%5C..%5Cevil", "/" + "x" * 3_000],
)  # fmt: skip
def test_the_way_back_leads_nowhere_else(door: NamedDoor, to: str) -> None:
    """An address of another site, or one that could be read as such, is the first page."""
    address, attempt = begun(door, to)
    assert door.provider is not None
    answer = back(door, attempt, **door.provider.sign_in(address))
    assert '<meta http-equiv="refresh" content="0; url=/">' in answer.text


def test_a_session_does_not_come_from_outside(door: NamedDoor) -> None:
    """A session id that an attacker put into the browser is not the one that the sign-in makes."""
    address, attempt = begun(door)
    assert door.provider is not None
    returned = door.provider.sign_in(address)
    query = "&".join(f"{key}={value}" for key, value in returned.items())
    answer = ask(door, f"/sign-in/done?{query}", cookies={ATTEMPT: attempt, SESSION: "planted"})
    assert cookie_of(answer, SESSION) != "planted"
    assert ask(door, "/api/v1/me", cookies={SESSION: "planted"}).status_code == 401


def test_the_laptops_ways_in_are_shut(door: NamedDoor) -> None:
    """At a public address neither a one-time link nor the laptop's token opens anything."""
    assert door.services.gate.enter("anything") is None
    with httpx.Client(base_url=door.url, trust_env=False) as client:
        headers = {"host": HOST, "authorization": "Bearer the-laptops-token"}
        assert client.get("/api/v1/me", headers=headers).status_code == 401
    link = door.services.gate.sign_in_link()
    assert ask(door, "/enter?" + link.partition("?")[2]).status_code == 401


def test_the_clock_of_the_provider(door: NamedDoor) -> None:
    """A token from the future is refused with a word about clocks."""
    address, attempt = begun(door)
    assert door.provider is not None
    now = door.clock.now() // SECOND
    door.provider.claims = {"iat": now + 3_600, "exp": now + 7_200}
    answer = back(door, attempt, **door.provider.sign_in(address))
    assert answer.status_code == 401
    assert "60 minutes from now" in answer.text
