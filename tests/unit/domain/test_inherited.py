"""Whose a finding is that came with a base image."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from callboard.domain.access import Depth
from callboard.domain.component import EntityRef
from callboard.domain.ownership.inherited import Bar, agreed, barred, base_of, inherited, inherits
from callboard.domain.ownership.verdict import Candidate, Ownership, Reason, Verdict, decide

SENSITIVE = Depth.SENSITIVE
REFS = [EntityRef(f"component:default/{name}") for name in ("base", "shop", "bank")]
CANDIDATES = st.builds(
    Candidate, st.sampled_from(REFS), st.integers(1, 8), st.just("image"), st.sampled_from("ab"), st.just("label"),
    st.integers(0, 1), st.sampled_from([None, EntityRef("group:default/red"), EntityRef("group:default/blue")]),
    st.booleans(),
)  # fmt: skip
DECISIONS = st.lists(CANDIDATES, max_size=4).map(lambda found: decide(found, otherwise=Reason.NOT_NAMED))


@given(DECISIONS, st.none() | DECISIONS)
def test_each_finding_is_routed_once(own: Ownership, base: Ownership | None) -> None:
    """To the base's owner where that is uncontested and told by evidence that is trusted, else to whoever runs it."""
    found = inherited(own, base)
    is_certain = (
        base is not None and base.verdict is Verdict.MAPPED and {depth for _, depth in base.readers} == {SENSITIVE}
    )
    assert found.routes == (base.routes if base is not None and is_certain else own.routes)
    assert (found == own) or inherits(base)


@given(st.lists(DECISIONS, max_size=4))
def test_all_stored_images_of_a_name_have_to_agree(images: list[Ownership]) -> None:
    """Whatever their order; those that nobody claims say nothing. What bars it is told exactly where something does."""
    found = agreed(images)
    assert (barred(images) is None) == inherits(found)
    claimed = [each for each in images if each.verdict is not Verdict.UNMAPPED]
    if found is not None:
        assert {(each.routes, each.readers) for each in claimed} == {(found.routes, found.readers)}
    assert inherits(agreed(reversed(images))) == inherits(found)
    assert (barred(images) is Bar.UNKNOWN) == (not images)
    if images:
        assert (barred(images) is Bar.UNMAPPED) == (not claimed)


@given(DECISIONS, st.none() | DECISIONS)
def test_who_runs_it_sees_just_what_they_saw(own: Ownership, base: Ownership | None) -> None:
    """Nobody loses sight by an image's label, and nobody gains depth on a resource of their own."""
    before, after = dict(own.readers), dict(inherited(own, base).readers)
    for ref, depth in before.items():
        assert after[ref] == depth or (depth < Depth.WORK == after[ref] and ref in dict(base.readers if base else ()))


@given(DECISIONS, st.none() | DECISIONS)
def test_owning_a_base_image_opens_nothing_sensitive(own: Ownership, base: Ownership | None) -> None:
    """Claiming a base image must not be a way into other teams' evidence."""
    before = dict(own.readers)
    for ref, depth in inherited(own, base).readers:
        assert depth <= Depth.WORK or before.get(ref) == depth


def test_images_of_one_name_on_several_bases_have_none() -> None:
    """Nobody can tell which of them a running container came from."""
    assert base_of([]) is None
    assert base_of(["r/debian", "r/debian"]) == "r/debian"
    assert base_of(["r/debian", "r/alpine"]) is None
