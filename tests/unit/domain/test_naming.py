"""Names of clouds and repositories are taken apart alike."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callboard.domain.ownership.naming import LONGEST, MOST, last_part, tokens


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("payments-api", ("payments", "api")),
        ("prod-euw1-payments-api-01", ("payments", "api")),
        ("PaymentsAPI", ("payments", "api")),
        ("payments_api.eu-west-1", ("payments", "api")),
        ("paymentsApi2-us-gov-east-1a", ("payments", "api")),
        ("europe-west4-ledger-db", ("ledger", "db")),
        ("asia-southeast1-b/ledger", ("ledger",)),
        ("ledger-7f3c9a1b", ("ledger",)),
        ("ledger-westeurope-stg", ("ledger",)),
        ("payments-payments", ("payments",)),
        ("test", ("test",)),
        ("prod-01", ("prod", "01")),
        ("Größe-Dienst", ("grösse", "dienst")),
        ("", ()),
        ("---", ()),
    ],
)
def test_words_of_names(name: str, words: tuple[str, ...]) -> None:
    """Environments, regions, numbers and random ids say nothing about which thing it is."""
    assert tokens(name) == words


def test_look_alike_letters_stay_different_and_composed_ones_do_not() -> None:
    """A Cyrillic letter is no Latin a; an e with an accent is one letter however it is written."""
    assert tokens("p\u0430yments") != tokens("payments")
    assert tokens("caf\u00e9") == tokens("cafe\u0301")


@pytest.mark.parametrize(
    ("path", "last"),
    [
        ("arn:aws:s3:::acme-payments", "acme-payments"),
        ("arn:aws:lambda:eu-west-1:1:function:pay", "pay"),
        ("github.com/acme/payments-api", "payments-api"),
        ("/subscriptions/1/resourceGroups/g/vm/", "vm"),
        ("plain", "plain"),
        ("", ""),
    ],
)
def test_the_last_part_is_the_things_own_name(path: str, last: str) -> None:
    """Of ARNs, addresses and slugs alike."""
    assert last_part(path) == last


@given(st.text(max_size=LONGEST * 2))
def test_any_text_has_few_words(name: str) -> None:
    """Bounded, folded, each once, and taking the words apart again changes nothing that they say."""
    found = tokens(name)
    assert len(found) <= MOST
    assert len(set(found)) == len(found)
    assert all(word == word.casefold() for word in found)
