"""For what is unmapped: which components it is like, and why."""

from __future__ import annotations

import random
from collections import Counter

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from callboard.domain.component import Entity, EntityRef
from callboard.domain.ownership.likeness import DEFAULT, Committed, Name, Nearby, Team
from callboard.domain.ownership.suggesting import COMMON, SUGGESTED_AT_MOST, Likely, Place, Unowned
from callboard.domain.spelling import Spellings
from tests.support.catalogs import component, group

CATALOG = [
    component("payments-api", "payments"),
    component("payments-worker", "payments"),
    component("ledger", "ledger"),
    component("search-indexer", "search"),
    component("shop-web", "shop"),
    component("shop-api", "shop"),
    msgspec.structs.replace(
        component("fulfilment", "logistics"), annotations=(("github.com/project-slug", "acme/parcel-router"),)
    ),
    group("payments", members=["ana", "ben"]),
    group("ledger", members=["cem"]),
    group("search"),
    group("shop"),
    group("logistics"),
]


def ref(name: str) -> EntityRef:
    """A component's reference."""
    return EntityRef(f"component:default/{name}")


def first(name: str, likely: Likely | None = None, **fields: object) -> EntityRef | None:
    """The component that a resource of this name is most like. None: there is none."""
    found = (likely or Likely(CATALOG, DEFAULT)).suggest(unowned(name, **fields))
    return found[0].component if found else None


def unowned(*names: str, **fields: object) -> Unowned:
    """A resource of these names."""
    return msgspec.structs.replace(Unowned(id=1, names=names), **fields)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("payments-api", "payments-api"),
        ("prod-euw1-payments-api-03", "payments-api"),
        ("PaymentsApi", "payments-api"),
        ("paymentsapi-prod", "payments-api"),
        ("acme-payments-worker-queue", "payments-worker"),
        ("ledger-db", "ledger"),
        ("legder-db-prod", "ledger"),
        ("leger", "ledger"),
        ("searchindexer", "search-indexer"),
        ("parcel-router-cache", "fulfilment"),
        ("warehouse", None),
        ("prod-01", None),
        ("", None),
    ],
)
def test_names_alike(name: str, expected: str | None) -> None:
    """However they are put together."""
    found = first(name)
    assert found == (ref(expected) if expected else None)


def test_a_look_alike_letter_is_another_letter() -> None:
    """A Cyrillic one makes another spelling of the word, never the word itself."""
    compared = Likely(CATALOG, DEFAULT).comparisons(unowned("l\u0435dger"))
    assert compared[ref("ledger")].name is Name.NEAR


def test_a_common_word_alone_suggests_nobody_loudly() -> None:
    """Two components are called something with api: that tells neither from the other."""
    found = Likely(CATALOG, DEFAULT).suggest(unowned("api-gateway"))
    assert all(each.is_clerical for each in found)


def test_neighbours_decide_between_alike_names() -> None:
    """In the namespace where payments-worker runs, what is called payments is likelier its own."""
    place: Place = ("namespace", "prod/pay")
    likely = Likely(CATALOG, DEFAULT, around={place: Counter({ref("payments-worker"): 9, ref("ledger"): 1})})
    found = likely.suggest(unowned("payments-cache", places=(place,)))
    assert found[0].component == ref("payments-worker")
    assert found[0].comparison.nearby is Nearby.MOST
    assert "9 of 10 mapped resources in the same namespace are its own" in found[0].sentence


def test_the_closest_place_that_tells_is_the_one_that_counts() -> None:
    """A namespace before an account; one in which nothing is mapped says nothing."""
    account: Place = ("account", "1")
    around = {account: Counter({ref("ledger"): 5})}
    likely = Likely(CATALOG, DEFAULT, around=around)
    places = (("namespace", "prod/empty"), account)
    compared = likely.comparisons(unowned("ledger", places=places))
    assert compared[ref("ledger")].nearby is Nearby.MOST
    inner: Place = ("namespace", "prod/pay")
    nearer = Likely(CATALOG, DEFAULT, around={**around, inner: Counter({ref("shop-web"): 5})})
    assert nearer.comparisons(unowned("ledger", places=(inner, account)))[ref("ledger")].nearby is Nearby.NONE


def test_who_has_worked_on_it_and_what_a_tag_says() -> None:
    """Both are told apart from not knowing."""
    likely = Likely(CATALOG, DEFAULT)
    tags = (("Owning_Team", "payments@acme.example"),)
    users = frozenset({EntityRef("user:default/ana")})
    found = likely.comparisons(unowned("payments-api", committers=users, tags=tags))[ref("payments-api")]
    assert (found.committed, found.team) == (Committed.OWNER, Team.NAMED)
    other = likely.comparisons(unowned("ledger", committers=users, tags=tags))[ref("ledger")]
    assert (other.committed, other.team) == (Committed.OTHERS, Team.OTHER)
    nothing = likely.comparisons(unowned("ledger", tags=(("team", "nobody-knows"), ("colour", "payments"))))
    assert (nothing[ref("ledger")].committed, nothing[ref("ledger")].team) == (Committed.UNKNOWN, Team.UNKNOWN)


def test_a_suggestion_says_why() -> None:
    """In one sentence with the words that both names have."""
    likely = Likely(CATALOG, DEFAULT)
    users = frozenset({EntityRef("user:default/ana")})
    (best, *_) = likely.suggest(unowned("prod-payments-api", committers=users, tags=(("team", "ledger"),)))
    assert best.sentence == (
        "Its name is “api” and “payments”, as only payments-api's is; payments has worked on it; "
        "a tag names another team."
    )
    assert best.owner == "group:default/payments"
    assert likely.suggest(unowned("legder"))[0].sentence == "Its name is nearly spelled like “ledger” of ledger."


def test_every_sentence_is_one() -> None:
    """Whatever spoke for it."""
    place: Place = ("project", "p1")
    likely = Likely(CATALOG, DEFAULT, around={place: Counter({ref("shop-web"): 3})})
    for name in ("payments-api", "shop", "ledgerx", "parcel", "shop-web-api", "worker", "zzz"):
        for each in likely.suggest(unowned(name, places=(place,))):
            assert each.sentence.endswith(".")
            assert each.sentence.count(". ") == 0
            assert "{" not in each.sentence


@given(st.permutations(CATALOG), st.sampled_from(["payments-api", "shop", "payments-shop-api", "legder", "api"]))
def test_the_order_of_the_catalog_decides_nothing(catalog: list[Entity], name: str) -> None:
    """The same suggestions in the same order."""
    assert Likely(catalog, DEFAULT).suggest(unowned(name)) == Likely(CATALOG, DEFAULT).suggest(unowned(name))


@given(st.lists(st.text(max_size=40), max_size=3))
def test_any_name_is_taken(names: list[str]) -> None:
    """At most three are suggested, the heaviest first, none below the threshold, clerical ones said to be."""
    found = Likely(CATALOG, DEFAULT).suggest(unowned(*names))
    assert len(found) <= SUGGESTED_AT_MOST
    assert [each.weight for each in found] == sorted((each.weight for each in found), reverse=True)
    assert all(each.weight >= round(DEFAULT.lower, 2) for each in found)


def test_many_components_with_a_common_word_are_not_all_compared() -> None:
    """A word that hundreds have finds nobody; together with a rare one it counts."""
    crowd = [component(f"{_word(n)}-api", "shop") for n in range(COMMON + 50)]
    likely = Likely([*crowd, *CATALOG], DEFAULT)
    assert likely.comparisons(unowned("api")) == {}
    assert set(likely.comparisons(unowned("ledger-api"))) == {ref("ledger")}
    assert likely.comparisons(unowned(f"{_word(7)}-api-prod"))[ref(f"{_word(7)}-api")].name is Name.SAME_ALONE


def _word(number: int) -> str:
    return "".join("bcdfghjkmn"[int(digit)] + "a" for digit in f"{number:03}")


@given(st.text(alphabet="abcdef", min_size=5, max_size=9), st.integers(0, 8), st.sampled_from("abcdef"))
def test_words_at_one_edit_are_found(word: str, at: int, letter: str) -> None:
    """A letter left out, put in, changed or swapped with the next."""
    at = min(at, len(word) - 1)
    swapped = word[:at] + word[at + 1 : at + 2] + word[at] + word[at + 2 :]
    spellings = Spellings([word, "zzzzz"])
    for other in (
        word[:at] + word[at + 1 :],
        word[:at] + letter + word[at:],
        word[:at] + letter + word[at + 1 :],
        swapped,
    ):
        expected = () if other == word or len(other) < 5 else (word,)
        assert spellings.near(other) == expected


def test_words_at_two_edits_are_not_found() -> None:
    """Nor short words, which have too many neighbours."""
    spellings = Spellings(["payments", "shop"])
    assert spellings.near("peymants") == ()
    assert spellings.near("shopp") == ()
    assert spellings.near("chop") == ()


def test_a_large_catalog_costs_no_pairs() -> None:
    """What is compared for one resource stays few, however many components there are."""
    chance = random.Random(3)  # noqa: S311 - made-up names
    words = [_word(n) for n in range(400)]
    crowd = [component(f"{chance.choice(words)}-{chance.choice(words)}-{n % 9}", "shop") for n in range(3_000)]
    likely = Likely(crowd, DEFAULT)
    compared = [len(likely.comparisons(unowned(f"{chance.choice(words)}-{chance.choice(words)}"))) for _ in range(50)]
    assert max(compared) <= 25
