"""Signals are about change, and say why."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import OSA

from callboard.domain.packages.lock import Entry, Lock, Origin
from callboard.domain.packages.package import Package
from callboard.domain.packages.signals import (
    Sign,
    WellKnown,
    added,
    comparable,
    integrity_conflicts,
    look_alikes,
    new_scripts,
)

KNOWN = WellKnown(["lodash", "express", "crypto-js", "cross-env", "@types/node", "expres", "vue"])


def lock(path: str, *entries: tuple[str, str, bool | None, tuple[str, ...]]) -> Lock:
    """A lock of entries: name, version, script, hashes."""
    made = tuple(
        Entry(
            package=Package(ecosystem="npm", name=name, version=version),
            line=line,
            install_script=script,
            integrity=integrity,
        )
        for line, (name, version, script, integrity) in enumerate(entries, start=1)
    )
    return Lock(path=path, format="test", version="", entries=made, edges=())


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("loadsh", "lodash"),
        ("lodahs", "lodash"),
        ("lodas", "lodash"),
        ("lodassh", "lodash"),
        ("l0dash", "lodash"),
        ("crossenv", "cross-env"),
        ("crypto.js", "crypto-js"),
        ("types-node", "@types/node"),
        ("lodash", None),
        ("expres", None),
        ("lodasch-x", None),
        ("vux", None),
        ("react", None),
    ],
)
def test_names_that_are_taken_for_others(name: str, near: str | None) -> None:
    """One letter or a separator away; what is well known itself, and what is short, imitates nobody."""
    assert KNOWN.imitated(name) == near


@given(name=st.text("abc", min_size=4, max_size=7), other=st.text("abc", min_size=4, max_size=7))
def test_one_edit_is_always_found(name: str, other: str) -> None:
    """And nothing farther away."""
    found = WellKnown([other]).imitated(name)
    assert (found == other) == (name != other and OSA.distance(name, other) <= 1)


def test_only_new_names_are_looked_at() -> None:
    """What was there before has been lived with."""
    before = lock("old", ("loadsh", "1.0.0", None, ()))
    after = lock("new", ("loadsh", "1.0.1", None, ()), ("expresss", "1.0.0", None, ()))
    (signal,) = look_alikes(added(before, after), KNOWN)
    assert (signal.sign, signal.package.name, signal.line) == (Sign.LOOK_ALIKE, "expresss", 2)


def test_scripts_that_came_with_a_change() -> None:
    """Gained by a new version, or come with a new name; those that were there before are no news."""
    before = lock("old", ("a", "1.0.0", False, ()), ("b", "1.0.0", True, ()), ("c", "1.0.0", None, ()))
    after = lock(
        "new",
        ("a", "1.0.1", True, ()),
        ("b", "1.0.1", True, ()),
        ("c", "1.0.0", True, ()),
        ("d", "1.0.0", True, ()),
        ("e", "1.0.0", False, ()),
    )
    assert [(each.sign, each.package.name) for each in new_scripts(before, after)] == [
        (Sign.NEW_SCRIPT, "a"),
        (Sign.NEW_WITH_SCRIPT, "d"),
    ]


def test_one_version_with_two_hashes() -> None:
    """Only hashes of one kind are compared, and only where both places have one."""
    one = lock("one", ("a", "1.0.0", None, ("sha512-x",)), ("b", "1.0.0", None, ("sha1-x",)), ("c", "1.0.0", None, ()))
    two = lock(
        "two",
        ("a", "1.0.0", None, ("sha512-y",)),
        ("b", "1.0.0", None, ("sha512-x",)),
        ("c", "1.0.0", None, ("sha1-c",)),
    )
    (signal,) = integrity_conflicts([one, two])
    assert (signal.sign, signal.package.name, signal.path) == (Sign.INTEGRITY, "a", "two")
    assert "one:1" in signal.because
    assert comparable([one, two]) == 1
    assert list(integrity_conflicts([one, one])) == []


def test_files_of_a_wheel_differ_and_are_no_conflict() -> None:
    """Python locks list a hash for each file; one in common is enough."""
    one = lock("one", ("a", "1.0.0", None, ("sha256:1", "sha256:2")))
    two = lock("two", ("a", "1.0.0", None, ("sha256:2", "sha256:3")))
    assert list(integrity_conflicts([one, two])) == []


def test_what_no_registry_hands_out_has_no_hash_to_compare() -> None:
    """A git dependency is packed anew by whoever installs it."""
    package = Package(ecosystem="npm", name="a", version="1.0.0")
    locks = [
        Lock(
            path=path,
            format="test",
            version="",
            entries=(Entry(package=package, line=1, origin=Origin.GIT, integrity=(digest,)),),
            edges=(),
        )
        for path, digest in (("one", "sha512-x"), ("two", "sha512-y"))
    ]
    assert list(integrity_conflicts(locks)) == []
