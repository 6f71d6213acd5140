"""What registries say about packages, and which signs follow from it. Pure.

Nothing here is asked unless the operator names a registry. Every sign has honest explanations, and says so.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from fnmatch import fnmatchcase

import msgspec

from callboard.domain.instant import DAY, Instant, to_datetime
from callboard.domain.packages.package import NPM, PYPI, Package
from callboard.domain.packages.package_match import Matched
from callboard.domain.packages.package_signs import told
from callboard.domain.packages.sign import Sign
from callboard.domain.packages.versions import order_of

ECOSYSTEMS = (NPM, PYPI)
"""Those whose registries can be asked."""
MOST_PUBLISHERS = 5
"""Publishers whom a sentence names."""

NOBODY_ASKS = (
    "How new a release is, and whether an internal name is free at a public registry: nobody asks registries "
    "([[registry]] in callboard.toml)."
)
"""What is said where no registry is configured."""

_RUNS = re.compile(r"[-_.]+")


class Terms(msgspec.Struct, frozen=True, kw_only=True):
    """What the operator says about one ecosystem's registry."""

    ecosystem: str
    young_days: int
    """Days for which a release counts as young."""
    internal: tuple[str, ...] = ()
    """Names of the company's own, `*` for any text."""
    publishers: tuple[str, ...] = ()
    """Who publishes for the company there."""

    def is_internal(self, name: str) -> bool:
        """Whether a name, as its ecosystem compares names, is the company's own."""
        return any(fnmatchcase(name, self._compared(pattern)) for pattern in self.internal)

    def _compared(self, pattern: str) -> str:
        return _RUNS.sub("-", pattern.lower()) if self.ecosystem == PYPI else pattern


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """What a registry said about one name."""

    is_there: bool
    releases: Mapping[str, Instant] = {}
    """When versions were released."""
    publishers: tuple[str, ...] = ()
    """Who may publish it. Empty: the registry does not tell."""


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What is kept of it: the versions that somebody asked about, and no others."""

    asked: tuple[str, ...]
    """Versions that the registry was asked about, also those that it did not know."""
    said: Said | None
    """None: the registry said nothing that can be used, such as more than is read."""

    @property
    def releases(self) -> Mapping[str, Instant]:
        """When versions were released, as far as that is known."""
        return {} if self.said is None else self.said.releases


def kept(ecosystem: str, wanted: Collection[str], said: Said | None) -> Answer:
    """The answer about the versions that somebody wanted to know of."""
    asked = tuple(sorted(wanted))
    if said is None:
        return Answer(asked=asked, said=None)
    # Python's versions have several spellings: 1.0 is 1.0.0.
    order = order_of(ecosystem) if ecosystem == PYPI else None
    keys = {(order(version) if order else None) or version: at for version, at in said.releases.items()}
    found = {version: keys.get((order(version) if order else None) or version) for version in asked}
    releases = {version: at for version, at in found.items() if at is not None}
    return Answer(asked=asked, said=msgspec.structs.replace(said, releases=releases))


def signs(package: Package, answer: Answer | None, terms: Terms | None, *, now: Instant) -> Iterator[Matched]:
    """What is odd about this version by what its registry said. Whether it came in while it was young is asked where it is used."""
    if answer is None or terms is None:
        return
    at = answer.releases.get(package.version)
    if at is not None and now < (until := Instant(at + terms.young_days * DAY)):
        because = f"It was released on {to_datetime(at):%Y-%m-%d at %H:%M} UTC, and came in within {_days(terms)}."
        yield msgspec.structs.replace(told(Sign.YOUNG, because), young_until=until)
    name = package.key[1]
    said = answer.said
    if said is None or not terms.is_internal(name):
        return
    if not said.is_there:
        if not is_scoped(name):
            yield told(
                Sign.NAME_FREE, "The public registry has nothing of this name: whoever publishes it first has it."
            )
    elif not set(said.publishers) & set(terms.publishers):
        by = ", ".join(said.publishers[:MOST_PUBLISHERS])
        because = f"It is published there by {by}." if by else "The registry does not say who publishes it."
        yield told(Sign.NAME_TAKEN, because)


def is_scoped(name: str) -> bool:
    """A name in a scope can be taken by whoever has the scope, and no answer tells who that is."""
    return name.startswith("@")


def came_young(began: int, at: int, until: Instant) -> bool:
    """Whether a version came into a manifest while it was young. What was there when the manifest was first known did not come."""
    return began < at < until


def not_evaluated(terms: Sequence[Terms], problems: Sequence[str] = (), in_scopes: int = 0) -> tuple[str, ...]:
    """Sentences about what nobody, or no registry, could be asked."""
    if not terms and not problems:
        return (NOBODY_ASKS,)
    sentences = list(problems)
    covered = {each.ecosystem for each in terms}
    if missing := [each for each in ECOSYSTEMS if each not in covered]:
        sentences.append(f"How new a release of {' and '.join(missing)} is: no [[registry]] is configured for it.")
    if unnamed := [each for each in ECOSYSTEMS if not any(x.internal for x in terms if x.ecosystem == each)]:
        sentences.append(
            f"Internal names of {' and '.join(unnamed)}: none are configured (`internal` of the registry)."
        )
    if in_scopes:
        sentences.append(
            f"Internal names in scopes: of {in_scopes:,} that the registry does not have, nobody can tell whether "
            "the scope is yours."
        )
    return tuple(sentences)


def _days(terms: Terms) -> str:
    return "1 day" if terms.young_days == 1 else f"{terms.young_days} days"
