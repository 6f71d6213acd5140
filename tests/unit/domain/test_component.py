"""References to catalog entities, spelled in full and in lower case."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callboard.domain.component import entity_ref, kind_of, short_name


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("component:default/shop", "component:default/shop"),
        ("Component:Default/Shop", "component:default/shop"),
        ("shop", "component:default/shop"),
        ("other/shop", "component:other/shop"),
        ("api:shop", "api:default/shop"),
        ("  group:red ", "group:default/red"),
        ("user:ns/a.b_c-d", "user:ns/a.b_c-d"),
        ("Ärger", "component:default/ärger"),
    ],
)
def test_what_is_left_out_is_filled_in(text: str, wanted: str) -> None:
    """Backstage compares references in lower case, with default kind and namespace."""
    assert entity_ref(text, kind="Component") == wanted


def test_the_default_namespace_may_be_another() -> None:
    """A relative reference in a file belongs to the namespace of its entity."""
    assert entity_ref("shop", kind="component", namespace="Team") == "component:team/shop"


@pytest.mark.parametrize(
    "text", ["", " ", ":", "/", "a:", "a/", ":a", "/a", "a:b:c", "a/b/c", "a:b/c/d", "a b", "a\nb", "kind:/x", "k:n/"]
)
def test_what_is_no_reference_is_refused(text: str) -> None:
    """The error shows the text and the form it should have."""
    with pytest.raises(ValueError, match="kind:namespace/name"):
        entity_ref(text, kind="component")


def test_a_reference_without_kind_needs_a_default() -> None:
    """Nobody guesses what it is."""
    with pytest.raises(ValueError, match="does not say its kind"):
        entity_ref("default/shop")


parts = st.text(
    st.characters(blacklist_categories=["Cs", "Zs", "Zl", "Zp", "Cc"], blacklist_characters=":/"),
    min_size=1,
    max_size=9,
)


@given(parts, parts, parts)
def test_a_full_reference_stays_as_it_is(kind: str, namespace: str, name: str) -> None:
    """Filling in twice is filling in once, and the parts can be had again."""
    ref = entity_ref(f"{kind}:{namespace}/{name}")
    assert entity_ref(ref) == ref
    assert (kind_of(ref), short_name(ref)) == (kind.lower(), name.lower())
