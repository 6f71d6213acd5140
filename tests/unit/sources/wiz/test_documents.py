"""The documents that can be sent, held against the schema of a production tenant."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from graphql import build_schema, parse, validate
from graphql.type import GraphQLSchema

from callboard.sources.wiz import documents
from callboard.sources.wiz.documents import MOVING, PAGES, Shape, sendable, shaped

KNOWN_GAP = "\nextend type ConfigurationFindingResource { tags: [CallboardTag!] }\ntype CallboardTag { key: String! value: String }\n"
"""The extract leaves out `tags`, whose type lies outside of it; the full listing of fields beside it has them."""


@pytest.fixture(scope="module")
def schema(shared_data: Path) -> GraphQLSchema:
    """The extract of the schema."""
    text = (shared_data / "wiz/schema/wiz-schema-subset.graphql").read_text()
    return build_schema(text + KNOWN_GAP, assume_valid=True)


@pytest.mark.parametrize("document", sendable())
def test_every_document_is_valid(schema: GraphQLSchema, document: str) -> None:
    """A field or filter that Wiz does not have would fail the whole call."""
    assert validate(schema, parse(document)) == []


@pytest.mark.parametrize("kind", PAGES)
def test_the_moving_field_is_selected_first(kind: str) -> None:
    """Only there can it be cut without copying the record."""
    field = MOVING[kind]
    found = re.search(r"nodes \{\s*(\w+)", PAGES[kind])
    assert found is not None
    assert field is None or found[1] == field


@pytest.mark.parametrize("document", sendable())
def test_no_document_asks_for_secrets_or_has_effects(document: str) -> None:
    """Nothing that is a secret, and nothing that mints something."""
    assert document.lstrip().startswith("query ")
    words = set(re.findall(r"\w+", document))
    assert not words & {"clientSecret", "exportUrl", "readmeAuthToken", "zendeskAuthToken", "developerReadmeAuthToken"}
    assert "page:" in document


def test_a_base_document_names_no_union_member() -> None:
    """A member that the tenant lacks fails the whole document, so the smaller one names none."""
    base = shaped(documents.VULNERABILITIES, Shape.BASE)
    assert "VulnerableAssetBase" in base
    assert not re.search(r"VulnerableAsset(?!Base)\w+", base.replace("vulnerableAsset", ""))
    assert "#?" not in shaped(documents.VULNERABILITIES, Shape.WHOLE)
