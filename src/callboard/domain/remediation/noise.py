"""Which rules are noise: what people who acted on a rule's findings called not useful, and what to do about it. Pure.

A rule's share is told in people: of those who said anything about its findings, how many called one not useful. Nobody is told
apart by that, so that a number under `FEWEST` people is "few". Which rule is named is judged by findings, by the lower end of
their interval: two of two are less sure than ninety of a hundred.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from callboard.domain.ownership.evaluation import Interval, wilson
from callboard.domain.query import OneOf, Query
from callboard.domain.query.terms import Term

FEWEST = 5
"""People or findings below which a share is told as "few"."""
TELLING = 0.8
"""What so large a share of the useless findings have in common is what to tune by, unless useful ones have it as well."""
SHARED = 0.2
"""… which they do where more than this share of them has it."""
NAMED_FROM = 0.2
"""A rule is named where at least this share of what was acted on is useless, at the lower end of its interval."""
TUNES = ("env", "account", "region", "severity")
"""Keys of the query language that a rule is tuned by, the first that tells wins."""


class Act(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One person has said something about one finding."""

    rule: int
    finding: int
    person: str
    useless: bool
    """That it is not useful, and this was not taken back."""
    before: bool
    """In the period before the one that is asked about."""


class RuleFacts(msgspec.Struct, frozen=True, kw_only=True):
    """A rule as its source has it."""

    source: str
    id: str
    name: str
    open: int
    """Open findings in sight."""


class Proposal(msgspec.Struct, frozen=True, kw_only=True):
    """What would make a rule less noisy."""

    words: str
    query: str
    """The open findings that it is about."""
    findings: int = 0
    """How many they are."""


class RuleNoise(msgspec.Struct, frozen=True, kw_only=True):
    """One rule."""

    rule: RuleFacts
    useless: int
    """Findings called not useful in the period."""
    acted: int
    """Findings about which anybody said anything in it."""
    people: int | None
    """Who acted. None: few."""
    people_useless: int | None
    """Of those who called one not useful. None: few acted."""
    former_useless: int
    """The same in the period before."""
    former_acted: int
    proposal: Proposal | None = None

    @property
    def interval(self) -> Interval | None:
        """The share of useless findings. None: few were acted on."""
        return wilson(self.useless, self.acted) if self.acted >= FEWEST else None

    @property
    def former(self) -> Interval | None:
        """The same in the period before."""
        return wilson(self.former_useless, self.former_acted) if self.former_acted >= FEWEST else None

    @property
    def is_noisy(self) -> bool:
        """Whether it is worth naming."""
        found = self.interval
        return found is not None and found.low >= NAMED_FROM and self.rule.open > 0


Labels = Mapping[int, Sequence[tuple[str, str]]]
"""By finding: what it can be filtered by, as (key, value)."""


def noise(acts: Iterable[Act], rules: Mapping[int, RuleFacts], labels: Labels) -> tuple[RuleNoise, ...]:
    """Every rule that somebody called not useful, the noisiest first."""
    by_rule: dict[int, list[Act]] = defaultdict(list)
    for each in acts:
        by_rule[each.rule].append(each)
    found = [_of(rules[id_], some, labels) for id_, some in by_rule.items() if any(each.useless for each in some)]
    return tuple(sorted(found, key=_order))


def _order(each: RuleNoise) -> tuple[bool, float, int, str, str]:
    share = each.interval
    return (not each.is_noisy, -(share.low if share else 0.0), -each.useless, each.rule.name, each.rule.id)


def _of(rule: RuleFacts, acts: Sequence[Act], labels: Labels) -> RuleNoise:
    present = [each for each in acts if not each.before]
    former = [each for each in acts if each.before]
    people = {each.person for each in present}
    useless = {each.finding for each in present if each.useless}
    acted = {each.finding for each in present}
    made = RuleNoise(
        rule=rule,
        useless=len(useless),
        acted=len(acted),
        people=len(people) if len(people) >= FEWEST else None,
        people_useless=len({each.person for each in present if each.useless}) if len(people) >= FEWEST else None,
        former_useless=len({each.finding for each in former if each.useless}),
        former_acted=len({each.finding for each in former}),
    )
    if not made.is_noisy:
        return made
    return msgspec.structs.replace(made, proposal=_proposal(rule, useless, acted - useless, labels))


def _proposal(rule: RuleFacts, useless: Iterable[int], useful: Iterable[int], labels: Labels) -> Proposal:
    about: tuple[Term, ...] = (
        OneOf("is", ("open",)), OneOf("rule", (rule.id,)), OneOf("source", (rule.source,)),
    )  # fmt: skip
    told = _telling(list(useless), list(useful), labels)
    if told is None:
        words = (
            f"It is not useful wherever it was looked at: switch it off in {rule.source}, or lower its severity there. "
            f"Until then a list leaves it out with `{_without(rule)}`."
        )
        return Proposal(words=words, query=Query(about).canonical)
    key, value, n, of = told
    words = (
        f"{n} of {of} that were called not useful have `{OneOf(key, (value,))}`, and hardly one that was useful does: "
        f"leave those out of the rule in {rule.source}."
    )
    return Proposal(words=words, query=Query((*about, OneOf(key, (value,)))).canonical)


def _without(rule: RuleFacts) -> str:
    return str(OneOf("rule", (rule.id,), is_negated=True))


def _telling(useless: Sequence[int], useful: Sequence[int], labels: Labels) -> tuple[str, str, int, int] | None:
    """What nearly all useless findings have and hardly any useful one does. None: nothing tells them apart."""
    bad = Counter(label for id_ in useless for label in set(labels.get(id_, ())))
    good = Counter(label for id_ in useful for label in set(labels.get(id_, ())))
    for key in TUNES:
        for (name, value), n in sorted(bad.items(), key=lambda item: (-item[1], item[0])):
            if name != key or n < TELLING * len(useless):
                continue
            # Where all was useless, what they share may be what every finding has: nothing is told apart by it.
            if useful and good[name, value] <= SHARED * len(useful):
                return name, value, n, len(useless)
    return None
