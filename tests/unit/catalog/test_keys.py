"""Signing keys: made once, kept closed, published by their public half only."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet

from callboard.catalog.keys import KeyTokens, SigningKey, jwks_document
from callboard.domain.instant import SECOND, Instant
from callboard.errors import ConfigError


def test_a_key_is_kept_for_its_owner_alone_and_read_again(tmp_path: Path) -> None:
    """The file is closed to others from its first moment, and never overwritten."""
    path = tmp_path / "key.pem"
    made = SigningKey.generate(path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert SigningKey.load(path).id == made.id
    assert made.id in repr(made)
    with pytest.raises(ConfigError, match="already"):
        SigningKey.generate(path)
    with pytest.raises(ConfigError, match="cannot be made"):
        SigningKey.generate(tmp_path / "no" / "key.pem")


def test_the_published_document_holds_no_secret(tmp_path: Path) -> None:
    """During a change of keys both are published, in the same order whoever asks."""
    old, new = SigningKey.generate(tmp_path / "old"), SigningKey.generate(tmp_path / "new")
    document = jwks_document([old, new])
    assert document == jwks_document([new, old])
    keys = json.loads(document)["keys"]
    assert {key["kid"] for key in keys} == {old.id, new.id}
    for key in keys:
        assert set(key) == {"kty", "crv", "x", "y", "kid", "alg", "use"}
        assert (key["kty"], key["crv"], key["alg"], key["use"]) == ("EC", "P-256", "ES256", "sig")
    published = KeySet.import_key_set(json.loads(document))
    for each in (old, new):
        assert jwt.decode(each.sign({"sub": "x"}), published, algorithms=["ES256"]).claims == {"sub": "x"}


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"not a key",
        b"\xff\xfe",
        ECKey.generate_key("P-384").as_pem(private=True),
        ECKey.generate_key("P-256").as_pem(private=False),
        json.dumps(ECKey.generate_key("P-256").as_dict(private=True)).encode(),
    ],
)
def test_what_is_no_private_p256_key_is_refused(tmp_path: Path, content: bytes) -> None:
    """The message never repeats what the file holds."""
    path = tmp_path / "key"
    path.write_bytes(content)
    with pytest.raises(ConfigError, match="no private P-256 key") as caught:
        SigningKey.load(path)
    assert content.decode("latin-1")[:20] not in str(caught.value) or not content


def test_tokens_are_replaced_before_they_end(tmp_path: Path) -> None:
    """One token serves until a minute before its end."""
    clock = [1000]
    tokens = KeyTokens(
        SigningKey.generate(tmp_path / "key"),
        subject="s",
        issuer="i",
        audience="a",
        now=lambda: Instant(clock[0] * SECOND),
    )
    first = tokens.current()
    clock[0] += 240
    assert tokens.current() == first
    clock[0] += 1
    assert tokens.current() != first
