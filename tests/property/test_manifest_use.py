"""Spells of time against sets of moments, ways through a lock, and shares of a lock."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from callboard.domain.packages.lock import Draft, Entry, Fact, Lock, Need, Origin
from callboard.domain.packages.manifest_use import Spell, Use, painted, uses_of
from callboard.domain.packages.package import NPM, Package
from callboard.domain.packages.workspace import is_inside, part_of, parts, workspaces

LAST = 12
moments = st.integers(0, LAST)


def moments_of(spells: tuple[Spell, ...]) -> set[int]:
    """The moments that the spells hold."""
    return {at for at in range(LAST + 1) if any(each.start <= at < each.end for each in spells)}


@given(st.lists(st.tuples(moments, moments, st.booleans())))
def test_painting_is_as_painting_moments(strokes: list[tuple[int, int, bool]]) -> None:
    """Whatever is said about which time in which order, the last word on each moment counts; spells never touch."""
    spells: tuple[Spell, ...] = ()
    model: set[int] = set()
    for start, end, is_held in strokes:
        if start < end:
            spells = painted(spells, start, end, is_held=is_held)
            model = model - set(range(start, end)) | (set(range(start, end)) if is_held else set())
            assert moments_of(spells) == model
            assert all(one.end < two.start for one, two in pairwise(spells))


@st.composite
def locks(draw: st.DrawFn) -> Lock:
    """Two workspaces, a few packages, and any edges between them."""
    count = draw(st.integers(1, 7))
    lock = Draft("yarn.lock", "made-up")
    for folder in ("packages/a", "packages/b"):
        own = Package(ecosystem=NPM, name=folder, version="")
        lock.add(Entry(package=own, line=1, origin=Origin.WORKSPACE, location=folder))
    for number in range(count):
        lock.add(Entry(package=Package(ecosystem=NPM, name=f"p{number % 5}", version="1.0.0"), line=number + 2))
    ends = st.tuples(st.integers(0, count + 1), st.integers(2, count + 1), st.sampled_from(Need))
    for by, to, need in draw(st.lists(ends, max_size=14)):
        if by != to:
            lock.edge(by, to, need)
    return lock.finish()


@given(locks())
def test_ways_lead_from_the_project_in_real_steps(lock: Lock) -> None:
    """Each package's way is one of the lock's own, a shortest one, and begins where the project asks."""
    uses = uses_of(lock)
    assert set(uses) == set(lock.packages())
    reached = {at for at, each in enumerate(lock.entries) if each.is_own or each.need is not None}
    edges = {
        (lock.entries[edge.by].package, lock.entries[edge.to].package) for edge in lock.edges if edge.by in reached
    }
    own = {each.package for each in lock.entries if each.is_own}
    steps = dict.fromkeys(own, 0)
    for _ in lock.entries:
        for by, to in edges:
            if by in steps:
                steps[to] = min(steps[by] + 1, steps.get(to, len(lock.entries)))
    for package, use in uses.items():
        shortest = steps.get(package, 0)
        assert use.depth == shortest
        assert use.direct is (shortest == 1)
        way = [package]
        while (parent := uses[way[0]].parent) is not None:
            way.insert(0, parent)
            assert len(way) <= use.depth
        if use.depth:
            assert use.root == way[0]
            assert len(way) == use.depth
            assert any((each, way[0]) in edges for each in own)
            assert all(step in edges for step in pairwise(way))
        else:
            assert (use.root, use.parent, use.need) == (None, None, None)


@given(locks())
def test_shares_make_up_the_whole(lock: Lock) -> None:
    """What a workspace reaches is what its share holds, in the same ways; together they hold all that is reached."""
    assert workspaces(lock) == ("packages/a", "packages/b")
    whole = {package for package, use in uses_of(lock).items() if use.depth}
    shares = [part_of(lock, folder) for folder in ("packages/a", "packages/b")]
    assert set().union(*(share.packages() for share in shares)) == whole
    owners = lock.owners()
    for own, share in enumerate(shares):
        reached = {lock.entries[at].package for at, owner in owners.items() if own in owner}
        assert set(share.packages()) == reached
        assert all(use.depth for use in uses_of(share).values())


def test_a_manifest_that_does_not_tell_what_is_direct() -> None:
    """Neither yes nor no, and no way."""
    draft = Draft("x.lock", "made-up")
    draft.cannot_tell(Fact.DIRECT, "It does not tell.")
    package = Package(ecosystem=NPM, name="p", version="1.0.0")
    draft.add(Entry(package=package, line=7))
    (use,) = uses_of(draft.finish(reach=False)).values()
    assert use == Use(line=7, direct=None, need=None)


def test_folders_that_are_claimed_get_their_share() -> None:
    """The deepest claim that holds a workspace; a claim on the lock's own folder gets all of it, and no share."""
    inside = ["", "packages/a", "packages/b/c", "packages/other"]
    claimed = ["", "portal", "portal/packages/a", "portal/packages/b", "portal/packages/ab"]
    assert parts("portal/yarn.lock", inside, claimed) == {
        "portal/packages/a": "packages/a",
        "portal/packages/b": "packages/b",
    }
    assert parts("yarn.lock", ["packages/a"], ["packages"]) == {"packages": "packages"}
    assert parts("yarn.lock", [""], [""]) == {}
    assert is_inside("a/b", "a")
    assert not is_inside("ab", "a")
