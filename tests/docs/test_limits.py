"""The page of limits names what bounds bodies, pages, depth, rows and time."""

from __future__ import annotations

import pytest

from tools.reference.limits import Limit, limits


@pytest.fixture(scope="module")
def found() -> dict[tuple[str, str], Limit]:
    """Every bound by where it stands and what it is called."""
    return {(limit.place, limit.name): limit for limit in limits()}


@pytest.mark.parametrize(
    ("place", "name"),
    [
        ("web/routes.py", "MAX_BODY_BYTES"),
        ("web/edge.py", "MAX_QUERY_BYTES"),
        ("web/edge.py", "READ_SECONDS"),
        ("web/serve.py", "MAX_CONNECTIONS"),
        ("domain/query/paging.py", "MAX_LIMIT"),
        ("domain/query/language.py", "MAX_TERMS"),
        ("formats/json.py", "MAX_DEPTH"),
        ("formats/xml.py", "MAX_ELEMENTS"),
        ("net.py", "MAX_BYTES"),
        ("net.py", "TIMEOUT_SECONDS"),
        ("usecases/export_findings.py", "MOST"),
        ("store/dialect/postgresql.py", "CONNECT_SECONDS"),
        ("store/dialect/postgresql.py", "IDLE_SECONDS"),
        ("store/dialect/sqlite.py", "WAIT_SECONDS"),
    ],
)
def test_what_bounds_a_stranger_is_told(found: dict[tuple[str, str], Limit], place: str, name: str) -> None:
    """Each with its value; a bound that moves or goes is missed here."""
    assert found[place, name].value > 0


def test_private_places_are_told_too(found: dict[tuple[str, str], Limit]) -> None:
    """Whoever wants to know what is bounded does not care how a name begins; what is no number is none."""
    assert ("sources/wiz/hook.py", "_MOST_IDS") in found
    assert len(found) > 250
    assert not any(place.startswith("demo/") for place, _ in found)
