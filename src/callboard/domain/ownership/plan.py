"""What a change of a rule set would do, told before it is done. Pure."""

from __future__ import annotations

import msgspec

from callboard.domain.component import EntityRef
from callboard.domain.ownership.mapping import Changes, Problem

GREEDY_SHARE = 0.05
"""A rule that matches more of all resources than this is asked about."""
GREEDY_JUMP = 3
"""A rule that matches so many times what it matched before is asked about."""


class Example(msgspec.Struct, frozen=True):
    """One resource that would move."""

    external_id: str
    source: str
    name: str
    evidence: str
    """What would decide."""


class Shift(msgspec.Struct, frozen=True, kw_only=True):
    """Resources that would go from the same to the same."""

    before: tuple[EntityRef, ...]
    """The components they are routed to. Empty: nobody."""
    after: tuple[EntityRef, ...]
    """The same as before where only sight changes."""
    verdict: str
    """What it would be: mapped, conflict or unmapped."""
    resources: int
    findings: int
    """Open ones."""
    examples: tuple[Example, ...]

    @property
    def key(self) -> str:
        """How it is called where it is asked for."""
        return shift_key(self.before, self.after, self.verdict)


def shift_key(before: tuple[EntityRef, ...], after: tuple[EntityRef, ...], verdict: str) -> str:
    """From where to where, in one text."""
    return f"{','.join(before)}>{','.join(after)}>{verdict}"


class Access(msgspec.Struct, frozen=True, kw_only=True):
    """What one owner would see more and less of, in open findings."""

    owner: EntityRef
    gained: int = 0
    lost: int = 0
    gained_sensitive: int = 0
    """Findings whose sensitive fields the owner would newly see."""
    lost_sensitive: int = 0


class RuleReach(msgspec.Struct, frozen=True, kw_only=True):
    """What one rule would match."""

    rule: str
    resources: int
    decides: int
    """Of these, those that it would decide."""


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What applying a draft would do."""

    name: str
    revision: int
    """The revision that the draft was compared with. 0: there is none."""
    changes: Changes
    problems: tuple[Problem, ...]
    """What has to be put right first; then nothing below was worked out."""
    asks: tuple[str, ...] = ()
    """Why a person has to agree to it by name, in sentences."""
    resources: int = 0
    """All there are."""
    moved_resources: int = 0
    moved_findings: int = 0
    """Open ones."""
    inherited_findings: int = 0
    """Of these: those that came with a base image, and go because of whose that is."""
    seen_otherwise: int = 0
    """Resources that would stay where they are, and be seen to another depth."""
    shifts: tuple[Shift, ...] = ()
    """Most findings first, 50 at most."""
    shift_count: int = 0
    access: tuple[Access, ...] = ()
    """Whose sight would change, the most first."""
    reach: tuple[RuleReach, ...] = ()
    """Rules of this set."""
    patch: str | None = None
    """The set is kept in a file: the change, as a patch for it."""
    kept_anew: bool = False
    """The set would be kept in a file from then on, and is not yet."""


def asks(plan: Plan, *, former_reach: dict[str, int], conflicts: int, share: float, at_least: int) -> tuple[str, ...]:
    """Why a person has to agree. `former_reach`: what each rule matched before."""
    found: list[str] = []
    total = plan.resources
    if plan.moved_resources >= at_least and plan.moved_resources > share * total:
        found.append(
            f"It would change whose {plan.moved_resources} of {total} resources are ({plan.moved_resources / total:.0%})."
        )
    for each in plan.reach:
        if each.resources < at_least:
            continue
        if each.resources > GREEDY_SHARE * total:
            found.append(
                f"The rule {each.rule} matches {each.resources} of {total} resources ({each.resources / total:.0%})."
            )
        before = former_reach.get(each.rule, 0)
        if before and each.resources > GREEDY_JUMP * before:
            found.append(f"The rule {each.rule} would match {each.resources} resources, where it matched {before}.")
    if conflicts:
        found.append(
            f"{conflicts} resources would be in conflict between rules that fit equally well: nobody would see their findings."
        )
    return tuple(found)
