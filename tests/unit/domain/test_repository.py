"""Paths in repositories."""

from __future__ import annotations

import pytest

from callboard.domain.repository import path_in, place_of_remote


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("services/a/go.mod", "github.com/h/mono//services/a/go.mod"),
        ("/services//a/./go.mod", "github.com/h/mono//services/a/go.mod"),
        ("Cafe\u0301/x", "github.com/h/mono//Café/x"),
        ("", None),
        ("/", None),
        ("../other/x", None),
        ("a/\0/x", None),
    ],
)
def test_a_path_in_a_repository(path: str, place: str | None) -> None:
    """However it is written; one that leads out of the repository is none."""
    assert path_in("github.com/h/mono", path) == place


@pytest.mark.parametrize(
    ("remote", "place"),
    [
        ("https://github.com/acme/shop.git", "github.com/acme/shop"),
        ("https://user:secret@github.com/acme/shop", "github.com/acme/shop"),
        ("git@github.com:Acme/Shop.git", "github.com/Acme/Shop"),
        ("ssh://git@gitlab.example:2222/acme/pay/shop.git/", "gitlab.example/acme/pay/shop"),
        ("git@gitlab.example:acme/pay/shop", "gitlab.example/acme/pay/shop"),
        ("/srv/git/shop.git", None),
        ("../shop", None),
        ("file:///srv/git/shop", None),
        ("ext::sh -c touch", None),
        ("https://github.com/shop", None),
        ("git@github.com:../../x", None),
        ("https://[broken/acme/shop", None),
        ("", None),
    ],
)
def test_a_remote_names_a_repository(remote: str, place: str | None) -> None:
    """By address or in git's short form; a path on a machine, or a command, names none."""
    found = place_of_remote(remote)
    assert (found.repository if found else None) == place
