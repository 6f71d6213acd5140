"""Paths in repositories."""

from __future__ import annotations

import pytest

from callboard.domain.repository import path_in


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
