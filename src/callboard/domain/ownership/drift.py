"""What can go wrong with ownership while nobody looks: the signals, and what each asks for. Pure."""

from __future__ import annotations

import enum
import re
from collections.abc import Collection

import msgspec

from callboard.domain.component import ANOTHER, EntityRef, short_name
from callboard.domain.instant import Instant

REVIEW_AFTER = 3
"""So many "not ours" against one rule, within 30 days, ask for a look at the rule."""
STALE_DAYS = 90
"""A rule that has matched nothing for so long may be taken out."""


@enum.unique
class SignalKind(enum.StrEnum):
    """What was noticed. The words are stored: never change one."""

    ENTITY_MISSING = "entity-missing"
    ENTITY_GONE = "entity-gone"
    OWNER_CHANGED = "owner-changed"
    GROUP_EMPTY = "group-empty"
    RESOURCE_MOVED = "resource-moved"
    EVIDENCE_CHANGED = "evidence-changed"
    CLAIM_DANGLING = "claim-dangling"
    CLAIM_CONTESTED = "claim-contested"
    REPOSITORY_MOVED = "repository-moved"
    RULE_STALE = "rule-stale"
    RULE_GREEDY = "rule-greedy"
    RULE_REVIEW = "rule-review"
    RULE_ENDING = "rule-ending"
    RULE_ENDED = "rule-ended"
    MASS_CHANGE = "mass-change"
    CATALOG_PARTIAL = "catalog-partial"
    HELD_BACK = "held-back"

    @property
    def words(self) -> str:
        """What it means and what to do, in a sentence."""
        return _WORDS[self]

    @property
    def is_state(self) -> bool:
        """It is told once while it lasts; the others are news, told each time."""
        return self not in _NEWS


_WORDS = {
    SignalKind.ENTITY_MISSING: "The last catalog reading did not hold it: nobody sees anything by it until it is back.",
    SignalKind.ENTITY_GONE: "Two catalog readings did not hold it: its findings went to the next candidate.",
    SignalKind.OWNER_CHANGED: "It has another owner: the old one sees its findings no more.",
    SignalKind.GROUP_EMPTY: "The group has no members: the group above it has to act.",
    SignalKind.RESOURCE_MOVED: "It belongs to somebody else now.",
    SignalKind.EVIDENCE_CHANGED: "Tags that tell whose it is have changed.",
    SignalKind.CLAIM_DANGLING: "The annotation names nothing at any source: correct it or take it out.",
    SignalKind.CLAIM_CONTESTED: "Components of different owners claim the same: none of them sees it until one lets go.",
    SignalKind.REPOSITORY_MOVED: "The repository has another name now: write the new one in the annotation.",
    SignalKind.RULE_STALE: f"The rule has matched nothing for {STALE_DAYS} days: it can be taken out.",
    SignalKind.RULE_GREEDY: "The rule matches very much, or suddenly much more: look at whether that is meant.",
    SignalKind.RULE_REVIEW: "Teams said several times that what this gives them is not theirs: look at it.",
    SignalKind.RULE_ENDING: "It ends soon: give it a later date, or let it end.",
    SignalKind.RULE_ENDED: "It has ended: what it mapped went to the next candidate.",
    SignalKind.MASS_CHANGE: "Very much would change hands at once: it waits for a person to agree.",
    SignalKind.HELD_BACK: (
        "Tags, labels or defaults would give so many to somebody else that they wait: look at them, and let them go or "
        "put the evidence right."
    ),
    SignalKind.CATALOG_PARTIAL: "The catalog was read only in part: the last good map stays in force.",
}
_NEWS = frozenset(
    {
        SignalKind.ENTITY_GONE,
        SignalKind.OWNER_CHANGED,
        SignalKind.RESOURCE_MOVED,
        SignalKind.EVIDENCE_CHANGED,
        SignalKind.RULE_ENDED,
    }
)


def unnamed(signal: Signal, hidden: Collection[EntityRef]) -> Signal:
    """The same for somebody who may not be told of these components: they are called "another component".

    Only signals about several components at once are changed: of its own component's new owner every former one is told.
    """
    if not hidden or signal.kind not in (SignalKind.RESOURCE_MOVED, SignalKind.CLAIM_CONTESTED):
        return signal
    words = {name: ANOTHER for ref in hidden for name in (ref, short_name(ref))}

    def told(text: str | None) -> str | None:
        return text and "".join(words.get(EntityRef(part), part) for part in _BETWEEN.split(text))

    return msgspec.structs.replace(
        signal, about=told(signal.about) or signal.about, old=told(signal.old), new=told(signal.new)
    )


_BETWEEN = re.compile(r"( → | \| |, )")


class News(msgspec.Struct, frozen=True, kw_only=True):
    """Something that was noticed now."""

    kind: SignalKind
    about: str
    old: str | None = None
    new: str | None = None
    resource_id: int | None = None
    n: int = 1
    """How many it is about, where it is about many."""
    readers: tuple[EntityRef, ...] = ()
    """Owners who are told, besides those who look after ownership."""


class Signal(msgspec.Struct, frozen=True, kw_only=True):
    """Something that was noticed, as it is kept."""

    id: int
    kind: SignalKind
    about: str
    at: Instant
    old: str | None
    new: str | None
    n: int
    closed_at: Instant | None
    closed_by: str | None
