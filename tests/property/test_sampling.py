"""Drawing resources to label: fair to small tiers, spread over accounts, and the same for the same seed."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from callboard.domain.ownership.sampling import Drawable, draw

resources = st.lists(
    st.builds(
        Drawable,
        external_id=st.integers(0, 10_000).map("r{}".format),
        name=st.just("thing"),
        type=st.sampled_from(("vm", "bucket", "image")),
        source=st.sampled_from(("one", "two")),
        account=st.sampled_from(("", "a", "b", "c")),
        ended=st.sampled_from(("tier 2", "tier 5", "unmapped", "conflict")),
    ),
    unique_by=lambda each: (each.source, each.external_id),
    max_size=60,
)


@given(resources, st.integers(1, 12), st.integers())
def test_every_heap_gives_what_it_can(there: list[Drawable], of_each: int, seed: int) -> None:
    """As many as were asked for, or all of them, each once; every kind is there before any comes twice beyond its share."""
    drawn, heaps = draw(there, of_each=of_each, seed=seed)
    sizes = Counter(each.ended for each in there)
    assert {heap.ended: (heap.drawn, heap.there) for heap in heaps} == {
        ended: (min(of_each, n), n) for ended, n in sizes.items()
    }
    picked = [each.resource for each in drawn]
    assert len(set(picked)) == len(picked)
    assert set(picked) <= set(there)
    for ended in sizes:
        kinds = {(each.source, each.type) for each in there if each.ended == ended}
        found = {(each.source, each.type) for each in picked if each.ended == ended}
        assert len(found) == min(len(kinds), of_each)


@given(resources, st.integers(1, 12), st.integers(), st.randoms())
def test_order_decides_nothing(there: list[Drawable], of_each: int, seed: int, chance: object) -> None:
    """The same resources in any order give the same sample."""
    shuffled = list(there)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    assert draw(there, of_each=of_each, seed=seed) == draw(shuffled, of_each=of_each, seed=seed)


@given(resources, st.integers())
def test_an_account_is_never_split(there: list[Drawable], seed: int) -> None:
    """What was tuned on is not tested on."""
    drawn, _ = draw(there, of_each=100, seed=seed)
    parts: dict[tuple[str, str], set[str]] = {}
    for each in drawn:
        if each.resource.account:
            parts.setdefault((each.resource.source, each.resource.account), set()).add(each.part)
    assert all(len(found) == 1 for found in parts.values())


def test_accounts_take_turns() -> None:
    """One account with ninety of a hundred gives no more than the others."""
    there = [
        Drawable(external_id=f"r{n}", name="x", type="vm", source="s", account="big" if n < 90 else f"a{n % 5}", ended="tier 4")
        for n in range(100)
    ]  # fmt: skip
    drawn, _ = draw(there, of_each=12, seed=1)
    assert sorted(Counter(each.resource.account for each in drawn).values()) == [2] * 6
