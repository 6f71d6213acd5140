"""What the operator may say about a catalog, and what is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest

from callboard.catalog import CATALOGS, BackstageConfig, FileCatalogConfig

GOOD: dict[str, Any] = {"url": "https://portal.example/", "token": "t0ken"}


def test_secrets_stay_out_of_sight() -> None:
    """Neither repr nor rich shows a token."""
    config = BackstageConfig(**GOOD)
    assert "t0ken" not in repr(config)
    assert "t0ken" not in str(config.__rich_repr__())
    assert config.base_url == "https://portal.example"
    assert config.allow_hosts == ()
    assert BackstageConfig(**GOOD, allow_private=True).allow_hosts == ("portal.example",)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"url": "portal.example"}, "url should be"),
        ({"url": "ftp://portal.example"}, "url should be"),
        ({"url": "https://portal.example?x=1"}, "url should be"),
        ({"url": "https://me:pw@portal.example"}, "user name"),
        ({"token": None}, "either token or key_file"),
        ({"key_file": Path("k")}, "either token or key_file"),
        ({"token": "two words"}, "one line of ASCII"),
        ({"token": None, "key_file": Path("k")}, "needs an issuer"),
        ({"token": None, "key_file": Path("k"), "issuer": "i", "audience": "backstage"}, "audience"),
    ],
)
def test_mistakes_are_told_at_once(change: dict[str, Any], sentence: str) -> None:
    """A configuration that cannot work is never opened."""
    with pytest.raises(ValueError, match=sentence):
        BackstageConfig(**{**GOOD, **change})


@pytest.mark.parametrize("path", ["", "/etc", "~/x", "../x", "a/../../x", "a\\b"])
def test_files_lie_below_root(path: str) -> None:
    """No path of the operator's leads out either."""
    with pytest.raises(ValueError, match="below root"):
        FileCatalogConfig(paths=(path,))


def test_a_file_catalog_needs_paths() -> None:
    """No paths would read as an empty catalog."""
    with pytest.raises(ValueError, match="at least one"):
        FileCatalogConfig(paths=())


@pytest.mark.parametrize("kind", sorted(CATALOGS))
def test_unknown_keys_are_refused(kind: str) -> None:
    """A typo never passes for a setting."""
    assert CATALOGS[kind].kind == kind
    with pytest.raises(msgspec.ValidationError, match="unknown"):
        msgspec.convert({**(GOOD if kind == "backstage" else {}), "tokn": "x"}, CATALOGS[kind].config)
