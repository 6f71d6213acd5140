"""Reading a portal: paging, refusals, failures, bad entities."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet

from callboard.catalog import open_catalog
from callboard.catalog.backstage import ATTEMPTS, FIELDS, BackstageCatalog
from callboard.catalog.config import BackstageConfig
from callboard.catalog.keys import SigningKey, jwks_document
from callboard.domain.component import CatalogProblem
from callboard.domain.instant import SECOND
from callboard.errors import CatalogRefusedError, CatalogUnreachableError, ConfigError
from callboard.net import Net
from tests.unit.catalog.portal import NOW, TOKEN, Portal, catalog_of, company, error


async def test_pages_are_followed_to_the_end() -> None:
    """The first page tells kinds and projection; later ones the cursor and the projection."""
    portal = Portal(company())
    async with catalog_of(portal, page_size=5) as catalog:
        reading = await catalog.read()
    assert reading.complete
    assert reading.problems == ()
    assert len(reading.entities) == 12
    first, second, third = portal.asked
    assert first.query.getall("filter") == [
        f"kind={kind}" for kind in ("api", "component", "domain", "group", "resource", "system", "user")
    ]
    assert "cursor" not in first.query
    assert {request.query["fields"] for request in portal.asked} == {",".join(FIELDS)}
    assert "relations" in FIELDS
    assert "spec.definition" not in FIELDS
    assert [second.query["cursor"], third.query["cursor"]] == ["from-5", "from-10"]
    assert "filter" not in second.query


async def test_the_order_of_the_portal_does_not_matter() -> None:
    """Two readings of the same catalog are equal."""
    async with catalog_of(Portal(company())) as catalog, catalog_of(Portal(company()[::-1])) as other:
        assert await catalog.read() == await other.read()


async def test_a_starting_portal_is_waited_for() -> None:
    """503 is answered with patience: each wait longer than the one before, as long as the portal asks when it does."""
    portal = Portal(company())
    portal.script = [error(503, "ServiceUnavailableError", "Service has not started up yet")] * 2
    async with catalog_of(portal) as catalog:
        assert (await catalog.read()).complete
        assert portal.waits == [0.5, 1.0]
        portal.script, portal.waits, portal.headers = [error(429, "", "")], [], {"Retry-After": "900"}
        assert (await catalog.read()).complete
        assert portal.waits == [60.5]


@pytest.mark.parametrize("said", [error(500, "Error", "boom"), (502, "<html>bad gateway</html>"), (504, "")])
async def test_a_broken_portal_is_given_up(said: tuple[int, Any]) -> None:
    """After some tries the reading fails with the status in words."""
    portal = Portal(company())
    portal.script = [said] * 9
    async with catalog_of(portal) as catalog:
        with pytest.raises(CatalogUnreachableError, match=str(said[0])):
            await catalog.read()
    assert len(portal.asked) == ATTEMPTS


async def test_nobody_there() -> None:
    """A closed port is tried again and then said."""
    async with catalog_of(Portal([])) as catalog:
        config = catalog._config
    waits: list[float] = []

    async def sleep(seconds: float) -> None:
        waits.append(seconds)

    async with Net(user_agent="callboard-test", allow_hosts=config.allow_hosts) as net:
        gone = BackstageCatalog(config, net, now=lambda: NOW, sleep=sleep)
        with pytest.raises(CatalogUnreachableError, match="No connection"):
            await gone.read()
        assert len(waits) == ATTEMPTS - 1
        (line,) = await gone.check()
    assert line.ok is False


async def test_a_private_address_has_to_be_allowed() -> None:
    """Loopback is refused unless the operator says so, and not asked again."""
    portal = Portal(company())
    async with catalog_of(portal, allow_private=False) as catalog:
        with pytest.raises(CatalogUnreachableError):
            await catalog.read()
    assert portal.asked == []
    assert portal.waits == []


@pytest.mark.parametrize(
    ("said", "sentence", "hint"),
    [
        (error(401, "AuthenticationError", "Illegal token"), r"does not accept .*Illegal token", "type: static"),
        (error(403, "NotAllowedError", "restricted to plugin"), r"forbids .*restricted to plugin", "plugin: catalog"),
        ((401, "<html>"), r"does not accept Callboard's token\.$", "externalAccess"),
    ],
)
async def test_refusals_have_their_own_sentences(said: tuple[int, Any], sentence: str, hint: str) -> None:
    """A refusal is not an outage: it is not asked again, and says what to change."""
    portal = Portal(company())
    portal.script = [said]
    async with catalog_of(portal) as catalog:
        with pytest.raises(CatalogRefusedError, match=sentence) as caught:
            await catalog.read()
    assert hint in (caught.value.hint or "")
    assert TOKEN not in str(caught.value)
    assert len(portal.asked) == 1


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ((404, ""), "There is no catalog"),
        ((200, "<html>Please sign in</html>"), "not a Backstage catalog"),
        ((200, {"items": 1}), "not a Backstage catalog"),
        ((200, "[" * 100_000), "not a Backstage catalog"),
        (error(400, "InputError", "Malformed\n\x1b[31m cursor"), r"400 \(InputError: Malformed  \[31m cursor\)"),
    ],
)
async def test_answers_of_something_else(said: tuple[int, Any], sentence: str) -> None:
    """A wrong address or a login page in front is said as such."""
    portal = Portal(company())
    portal.script = [said]
    async with catalog_of(portal) as catalog:
        with pytest.raises(CatalogUnreachableError, match=sentence):
            await catalog.read()


@pytest.mark.parametrize("said", [error(500, "Error", "boom"), error(401, "AuthenticationError", "expired")])
async def test_a_later_page_that_fails_leaves_a_partial_reading(said: tuple[int, Any]) -> None:
    """What was read counts; nothing may be taken for deleted."""
    portal = Portal(company())
    portal.script = [None, *([said] * 9)]
    async with catalog_of(portal, page_size=5) as catalog:
        reading = await catalog.read()
    assert not reading.complete
    assert len(reading.entities) == 5
    assert [problem.where for problem in reading.problems] == ["page 2"]


@pytest.mark.fault("F13")
async def test_a_cursor_that_repeats_ends_the_walk() -> None:
    """A walk in a circle is noticed, not walked for ever."""
    portal = Portal(company())
    portal.cursor = lambda _: "again"
    async with catalog_of(portal, page_size=2) as catalog:
        reading = await catalog.read()
    assert not reading.complete
    assert "same cursor" in reading.problems[0].reason
    assert len(portal.asked) <= 3


@pytest.mark.fault("F13")
async def test_too_many_pages_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """A portal that always has a next page is left after a while."""
    monkeypatch.setattr("callboard.catalog.backstage.MAX_PAGES", 3)
    portal = Portal(company())
    async with catalog_of(portal, page_size=1) as catalog:
        reading = await catalog.read()
    assert not reading.complete
    assert len(reading.entities) == 3


async def test_fewer_entities_than_promised_is_not_complete() -> None:
    """The portal's own count is the measure."""
    portal = Portal(company())
    portal.total = 13
    async with catalog_of(portal) as catalog:
        reading = await catalog.read()
        assert not reading.complete
        assert "counts 13" in reading.problems[0].reason
        portal.total = 0
        assert (await catalog.read()).complete


async def test_an_empty_portal_is_not_believed() -> None:
    """A permission policy hides entities by leaving them out."""
    async with catalog_of(Portal([])) as catalog:
        reading = await catalog.read()
    assert not reading.complete
    assert "permission" in reading.problems[0].reason


async def test_one_bad_entity_spoils_no_other() -> None:
    """It is named, with what was expected of it, and nothing is taken for deleted."""
    bad: list[Any] = [
        {"kind": "Component", "metadata": {"name": 7}},
        {"kind": "Component", "metadata": {"name": "x", "annotations": {"a/b": "c", "wiz.io/project-id": 4}}},
        {"kind": "Component", "metadata": {"name": "no good"}},
        "text",
        {"kind": "Component"},
    ]
    async with catalog_of(Portal([*bad[:3], *company(), *bad[3:]])) as catalog:
        reading = await catalog.read()
    assert len(reading.entities) == 12
    assert not reading.complete
    assert reading.problems == (
        CatalogProblem(where="component:default/7", reason="metadata.name: expected text, got a number"),
        CatalogProblem(
            where="component:default/x", reason="metadata.annotations.wiz.io/project-id: expected text, got a number"
        ),
        CatalogProblem(
            where="component:default/no good",
            reason="'no good' cannot be part of an entity reference (kind:namespace/name)",
        ),
        CatalogProblem(where="an entity", reason="expected a mapping, got text"),
        CatalogProblem(where="component:default/?", reason="missing the field `metadata`"),
    )


async def test_odd_relations_are_told_and_survived() -> None:
    """Several owners, targets that are no references, kinds that were not asked for."""
    odd = {
        "kind": "Component",
        "metadata": {"name": "odd"},
        "relations": [
            {"type": "ownedBy", "targetRef": "user:default/ana"},
            {"type": "ownedBy", "targetRef": "group:default/zoo"},
            {"type": "partOf", "targetRef": "nonsense"},
            {"type": "dependsOn", "targetRef": "nonsense"},
        ],
    }
    async with catalog_of(Portal([odd, {"kind": "Template", "metadata": {"name": "t"}}])) as catalog:
        reading = await catalog.read()
    (entity,) = reading.entities
    assert entity.owner == "group:default/zoo"
    assert entity.system is None
    assert reading.complete
    assert len(reading.problems) == 2


async def test_an_entity_that_comes_twice_counts_once() -> None:
    """It changed while we read: the later answer is newer."""
    first, second = ({"kind": "User", "metadata": {"name": "bo", "title": title}} for title in ("old", "new"))
    portal = Portal([first, second])
    portal.total = 1
    async with catalog_of(portal) as catalog:
        (entity,) = (await catalog.read()).entities
    assert entity.title == "new"


async def test_own_tokens_verify_against_the_published_key(tmp_path: Path) -> None:
    """The portal needs nothing but the published document; the audience is never "backstage"."""
    key = SigningKey.generate(tmp_path / "key.pem")
    published = KeySet.import_key_set(json.loads(jwks_document([key])))
    seen: list[dict[str, Any]] = []

    def accepts(bearer: str) -> bool:
        token = jwt.decode(bearer, published, algorithms=["ES256"])
        seen.append({**token.header, **token.claims})
        return True

    portal = Portal(company())
    portal.accepts = accepts
    own = {"token": None, "key_file": tmp_path / "key.pem", "issuer": "https://callboard.example"}
    async with catalog_of(portal, page_size=6, **own) as catalog:
        assert (await catalog.read()).complete
        portal.script = [error(401, "AuthenticationError", "Illegal token")]
        with pytest.raises(CatalogRefusedError) as caught:
            await catalog.read()
    assert "jwks.json" in (caught.value.hint or "")
    assert seen[0] == {
        "typ": "JWT",
        "alg": "ES256",
        "kid": key.id,
        "sub": "callboard",
        "iss": "https://callboard.example",
        "aud": "callboard-catalog",
        "iat": NOW // SECOND,
        "exp": NOW // SECOND + 300,
    }
    assert len({str(each) for each in seen}) == 1


async def test_doctor_tells_what_is_there_and_what_is_missing() -> None:
    """Counts per kind, components that nothing can reach, owners who cannot act."""
    async with catalog_of(Portal(company())) as catalog:
        whole, claims, owners = await catalog.check()
    assert whole.ok
    assert "2 component" in whole.message
    assert claims.ok
    assert claims.message.startswith("1 of 2 components")
    assert owners.ok is False
    assert "owner does not exist (1)" in owners.message
    bare = [each for each in company() if each["metadata"]["name"] not in ("Checkout-API", "orphan")]
    portal = Portal([*bare, {"kind": "Component", "metadata": {}}])
    async with catalog_of(portal) as catalog:
        whole, claims, owners = await catalog.check()
    assert whole.ok is False
    assert "missing the field `name`" in whole.message
    assert claims.ok is False
    assert owners.ok


async def test_nothing_is_opened_without_its_key(tmp_path: Path) -> None:
    """A missing key is the operator's mistake, found before anything is asked."""
    config = BackstageConfig(url="https://portal.example", key_file=Path("key.pem"), issuer="https://callboard.example")
    async with Net(user_agent="callboard-test") as net:
        with pytest.raises(ConfigError, match=r"key\.pem cannot be read"):
            open_catalog(config, net, folder=tmp_path)
        SigningKey.generate(tmp_path / "key.pem")
        assert open_catalog(config, net, folder=tmp_path).name == "backstage"


def test_tokens_hold_three_parts_and_no_secret(tmp_path: Path) -> None:
    """A token carries its claims in the open, and only those."""
    token = SigningKey.generate(tmp_path / "k").sign({"sub": "x"})
    head, body, _ = token.split(".")
    assert json.loads(base64.urlsafe_b64decode(body + "==")) == {"sub": "x"}
    assert set(json.loads(base64.urlsafe_b64decode(head + "=="))) == {"typ", "alg", "kid"}
