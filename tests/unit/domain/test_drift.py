"""Signals about ownership, in words for who may not be told everything."""

from __future__ import annotations

import msgspec

from callboard.domain.component import EntityRef
from callboard.domain.instant import Instant
from callboard.domain.ownership.drift import Signal, SignalKind, unnamed

CART, BANK = EntityRef("component:default/cart"), EntityRef("component:default/bank")


def signal(kind: SignalKind, about: str, old: str | None = None, new: str | None = None) -> Signal:
    """A signal as it is kept."""
    return Signal(id=1, kind=kind, about=about, at=Instant(0), old=old, new=new, n=1, closed_at=None, closed_by=None)


def test_a_hidden_component_is_another_component() -> None:
    """In every place of a signal about several, whatever stands around the name."""
    moved = signal(SignalKind.RESOURCE_MOVED, f"{CART} → {BANK}", CART, BANK)
    assert unnamed(moved, {BANK}) == msgspec.structs.replace(
        moved, about=f"{CART} → another component", new="another component"
    )
    claimed = signal(SignalKind.CLAIM_CONTESTED, f"{BANK} | {CART}", None, "bank | cart")
    told = unnamed(claimed, {BANK})
    assert (told.about, told.new) == (f"another component | {CART}", "another component | cart")


def test_nothing_else_changes() -> None:
    """With nothing hidden, for who is told nothing about, and for the component itself that has another owner."""
    moved = signal(SignalKind.RESOURCE_MOVED, f"{CART}, {BANK} → nobody", f"{CART}, {BANK}", "nobody")
    assert unnamed(moved, frozenset()) == moved
    assert unnamed(moved, {EntityRef("component:default/bank-2")}) == moved
    owner = signal(SignalKind.OWNER_CHANGED, BANK, "group:default/red", "group:default/blue")
    assert unnamed(owner, {BANK}) == owner
