"""A11: tokens that are wrong in one way each. All of them are 401, and none says more than why."""

from __future__ import annotations

import hmac
import json
from collections.abc import Callable

import pytest
from joserfc.jwk import ECKey

from callboard.domain.instant import SECOND
from tests.support.named import NamedDoor, user

BO = user("bo")
HEAD = {"typ": "vnd.backstage.user", "alg": "ES256", "kid": "key-1"}

WRONG: dict[str, Callable[[NamedDoor], str]] = {
    "no algorithm": lambda d: d.portal.unsigned({**HEAD, "alg": "none"}, d.portal.claims(BO)),
    "no algorithm, spelled otherwise": lambda d: d.portal.unsigned({**HEAD, "alg": "nOnE"}, d.portal.claims(BO)),
    "no signature": lambda d: d.portal.unsigned(HEAD, d.portal.claims(BO)),
    "a made-up signature": lambda d: d.portal.unsigned(HEAD, d.portal.claims(BO), b"\x01" * 64),
    "HS256 with the public key": lambda d: _hmac(d, d.portal.keys[0].as_pem(private=False)),
    "HS256 with the public key as published": lambda d: _hmac(d, json.dumps(d.portal.keys[0].as_dict()).encode()),
    "HS256 with nothing": lambda d: _hmac(d, b""),
    "another kind of JWT": lambda d: d.portal.token(BO, typ="JWT"),
    "no kind": lambda d: d.portal.signed({"alg": "ES256", "kid": "key-1"}, d.portal.claims(BO)),
    "a limited-user token": lambda d: d.portal.token(BO, typ="vnd.backstage.limited-user", iss=None, aud=None),
    "a plugin's token": lambda d: d.portal.token("callboard", typ="vnd.backstage.plugin", aud="callboard", iss=None),
    "a plugin's token in the clothes of a user's": lambda d: d.portal.token("callboard", aud="catalog"),
    "wrong audience": lambda d: d.portal.token(BO, aud="somebody-else"),
    "no audience": lambda d: d.portal.token(BO, aud=None),
    "wrong issuer": lambda d: d.portal.token(BO, iss="https://evil.example/api/auth"),
    "no issuer": lambda d: d.portal.token(BO, iss=None),
    "no end": lambda d: d.portal.token(BO, exp=None),
    "no beginning": lambda d: d.portal.token(BO, iat=None),
    "an end that is no number": lambda d: d.portal.token(BO, exp="tomorrow"),
    "ended this second": lambda d: d.portal.token(BO, exp=d.clock.now() // SECOND, iat=d.clock.now() // SECOND - 60),
    "ended a second ago": lambda d: d.portal.token(
        BO, exp=d.clock.now() // SECOND - 1, iat=d.clock.now() // SECOND - 60
    ),
    "begins in a minute": lambda d: d.portal.token(BO, nbf=d.clock.now() // SECOND + 60),
    "made in the future": lambda d: d.portal.token(BO, iat=d.clock.now() // SECOND + 60),
    "good for a week": lambda d: d.portal.token(BO, exp=d.clock.now() // SECOND + 7 * 86_400),
    "no user": lambda d: d.portal.token("group:default/red"),
    "no reference": lambda d: d.portal.token("bo"),
    "nobody": lambda d: d.portal.token(BO, sub=None),
    "a key of its own in the header": lambda d: _own_key(d, "jwk"),
    "an address of its own keys": lambda d: _own_key(d, "jku"),
    "a certificate's address": lambda d: _own_key(d, "x5u"),
    "an unknown key": lambda d: d.portal.token(BO, kid="key-of-nobody"),
    "no key": lambda d: d.portal.signed({"typ": HEAD["typ"], "alg": "ES256"}, d.portal.claims(BO)),
    "not three parts": lambda d: d.portal.token(BO).rpartition(".")[0],
    "five parts": lambda d: d.portal.token(BO) + ".x.y",
    "very long": lambda d: d.portal.token(BO) + "x" * 20_000,
    "deep": lambda d: d.portal.unsigned(HEAD, {"sub": BO}) + "[" * 5_000,
    "nothing but dots": lambda _d: "..",
    "a program's token that was never made": lambda _d: "cbt_00000000_" + "x" * 43,
    "the laptop's session as a token": lambda _d: "the-laptops-session",
}


def _hmac(door: NamedDoor, secret: bytes) -> str:
    """A token that says HS256 and is signed so, with something that everybody knows."""
    claims, head = door.portal.claims(BO), {**HEAD, "alg": "HS256"}
    signed = door.portal.unsigned(head, claims).rpartition(".")[0]
    return door.portal.unsigned(head, claims, hmac.digest(secret, signed.encode(), "sha256"))


def _own_key(door: NamedDoor, where: str) -> str:
    """A token that is signed with a key that it brings along."""
    key = ECKey.generate_key("P-256", {"kid": "key-1"})
    brought = {
        "jwk": key.as_dict(private=False),
        "jku": "http://127.0.0.1:1/jwks.json",
        "x5u": "http://127.0.0.1:1/cert.pem",
    }
    return door.portal.signed({**HEAD, where: brought[where]}, door.portal.claims(BO), key)


@pytest.mark.attack("A11")
@pytest.mark.parametrize("how", WRONG)
def test_a_token_that_is_wrong_in_one_way_opens_nothing(door: NamedDoor, how: str) -> None:
    """401 in one form, with a sentence and without the token."""
    token = WRONG[how](door)
    with door.bearer(token) as client:
        answer = client.get("/api/v1/findings")
    assert answer.status_code == 401, answer.text
    assert answer.headers["www-authenticate"] == "Bearer"
    assert token[:60] not in answer.text
    door.clock.advance(61)  # so that refusals from one address do not add up


def test_the_right_token_opens(door: NamedDoor) -> None:
    """So that the others were refused for what is wrong with them. The spelling of a reference is no other person."""
    for token in (door.portal.token(BO), door.portal.token("user:default/Bo"), door.portal.token("User:Default/BO")):
        with door.bearer(token) as client:
            assert client.get("/api/v1/findings").json()["total"] == 3
            assert client.get("/api/v1/me").json()["actor"] == BO


@pytest.mark.attack("A11")
def test_stripped_ownership_is_unknown_and_not_nothing(fresh: NamedDoor) -> None:
    """Userinfo without `ent`: nobody can tell whose work it is, so the sign-in is refused in words."""
    fresh.portal.told[BO] = None
    with fresh.as_user("bo") as client:
        answer = client.get("/api/v1/findings")
    assert answer.status_code == 401
    assert "does not tell which groups" in answer.json()["detail"]


@pytest.mark.attack("A10")
def test_a_group_that_only_the_portal_names_opens_nothing(fresh: NamedDoor) -> None:
    """Groups are those that the portal and the catalog agree on, whatever a sign-in resolver puts into a token."""
    fresh.portal.told[BO] = (BO, "group:default/blue", "group:default/security", "group:default/red")
    with fresh.as_user("bo") as client:
        assert client.get("/api/v1/findings").json()["total"] == 3
        assert client.get("/api/v1/me").json()["roles"] == ["viewer", "owner"]
    with fresh.bearer(fresh.portal.token(BO, ent=["group:default/blue"])) as client:
        assert client.get("/api/v1/findings").json()["total"] == 0


@pytest.mark.fault("F23")
@pytest.mark.attack("A11")
def test_unknown_keys_are_looked_for_once_a_minute(fresh: NamedDoor) -> None:
    """Whoever sends key ids that do not exist makes Callboard ask the portal no more often than that."""
    jwks = "/api/auth/.well-known/jwks.json"
    with fresh.as_user("bo") as client:
        client.get("/api/v1/findings").raise_for_status()
    assert fresh.portal.count(jwks) == 1
    fresh.clock.advance(61)
    for n in range(20):
        with fresh.bearer(fresh.portal.token(BO, kid=f"made-up-{n}")) as client:
            assert client.get("/api/v1/findings").status_code == 401
    assert fresh.portal.count(jwks) == 2
    fresh.portal.rotate()
    with fresh.as_user("bo") as client:
        assert client.get("/api/v1/findings").status_code == 401
        fresh.clock.advance(61)
    with fresh.as_user("bo") as client:
        assert client.get("/api/v1/findings").status_code == 200


@pytest.mark.fault("F17")
def test_a_clock_that_is_off_by_an_hour_gets_its_own_sentence(fresh: NamedDoor) -> None:
    """And a hint about clocks, since the token itself is good."""
    token = fresh.portal.token(BO)
    fresh.clock.advance(-3_600)
    with fresh.bearer(token) as client:
        answer = client.get("/api/v1/findings")
    assert answer.status_code == 401
    assert "60 minutes from now" in answer.json()["detail"]
    assert "clocks" in answer.json()["hint"]


def test_a_good_cookie_does_not_make_up_for_a_wrong_token(fresh: NamedDoor) -> None:
    """A header decides alone."""
    with fresh.client() as client:
        client.get(fresh.services.gate.sign_in_link()).raise_for_status()
        assert client.get("/api/v1/findings").status_code == 200
        wrong = {"authorization": f"Bearer {fresh.portal.token(BO, aud='x')}"}
        assert client.get("/api/v1/findings", headers=wrong).status_code == 401


@pytest.mark.attack("A28")
def test_many_wrong_tokens_from_one_address_are_slowed_down(fresh: NamedDoor) -> None:
    """After sixty in a minute they are told to wait; whoever has a good one is let in all the while.

    Everybody who comes by the portal's proxy comes from one address, and must not be shut out by one of them.
    """
    with fresh.bearer("wrong") as client:
        codes = [client.get("/api/v1/me").status_code for _ in range(62)]
    assert codes == [401] * 60 + [429] * 2
    with fresh.as_user("bo") as client:
        assert client.get("/api/v1/me").status_code == 200
    fresh.clock.advance(60)
    with fresh.bearer("wrong") as client:
        assert client.get("/api/v1/me").status_code == 401
