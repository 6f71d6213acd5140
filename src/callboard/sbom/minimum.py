"""How a bill stands against the minimum elements: NTIA's of 2021-07 and CISA's draft of 2025-08 (both read 2026-11)."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec

from callboard.domain.packages.bom import Bom, Completeness, Component

NTIA, CISA = "NTIA 2021", "CISA 2025"
SHOWN = 20
"""Names of components that miss an element, at most; the count is whole."""


class Element(msgspec.Struct, frozen=True, kw_only=True):
    """One element, and how much of it is there."""

    name: str
    lists: tuple[str, ...]
    """Which lists ask for it."""
    has: int
    of: int
    """Components that were looked at; 1 for what the bill says once."""
    missing: tuple[str, ...] = ()
    """Components without it, the first of them."""
    hint: str

    @property
    def ok(self) -> bool:
        """Whether none misses it."""
        return self.has == self.of


class Score(msgspec.Struct, frozen=True, kw_only=True):
    """How a bill stands."""

    elements: tuple[Element, ...]

    def share(self, which: str) -> float:
        """How much of a list is there, from 0 to 1: the mean over its elements."""
        asked = [each for each in self.elements if which in each.lists]
        return sum(each.has / each.of if each.of else 1 for each in asked) / len(asked) if asked else 1.0

    def passes(self, which: str) -> bool:
        """Whether everything that a list asks for is there."""
        return all(each.ok for each in self.elements if which in each.lists)


_EACH: tuple[tuple[str, tuple[str, ...], Callable[[Component], bool], str], ...] = (
    (
        "supplier",
        (NTIA, CISA),
        lambda each: bool(each.supplier),
        "Who produces a component. CISA calls it the software producer; lockfiles do not tell it.",
    ),
    ("name", (NTIA, CISA), lambda each: bool(each.name), "What its producer calls it."),
    ("version", (NTIA, CISA), lambda each: bool(each.version), "Which release it is."),
    (
        "identifier",
        (NTIA, CISA),
        lambda each: bool(each.purl or each.identifiers),
        "A package URL, CPE or the like by which it is found elsewhere.",
    ),
    ("hash", (CISA,), lambda each: bool(each.hashes), "A hash of the component as it is delivered."),
    ("licence", (CISA,), lambda each: bool(each.licences), "The terms under which it may be used."),
)


def score(bom: Bom) -> Score:
    """Counts every element over all components that are not the project's own, and those that a bill has once."""
    looked_at = [each for each in bom.components if not each.is_own and each.ref != bom.root]
    elements = [_element(name, lists, looked_at, has, hint) for name, lists, has, hint in _EACH]
    linked = {ref for by, to, _ in bom.edges for ref in (by, to)}
    elements.append(
        _element(
            "relationship",
            (NTIA, CISA),
            looked_at,
            lambda each: each.ref in linked,
            "What needs it or what it needs. A component that nothing names stands alone.",
        )
    )
    once = (
        ("author", (NTIA, CISA), bool(bom.authors), "Who made the bill: --author."),
        ("timestamp", (NTIA, CISA), bool(bom.timestamp), "When it was made."),
        ("subject", (NTIA, CISA), bool(bom.root), "What the bill is about."),
        ("tool name", (CISA,), bool(bom.tools), "What it was made with."),
        ("generation context", (CISA,), bool(bom.phases), "Whether it was made before, during or after the build."),
        (
            "coverage and known unknowns",
            (CISA,),
            bom.completeness in {Completeness.COMPLETE, Completeness.INCOMPLETE, Completeness.UNKNOWN},
            "Whether the bill is complete, said by itself.",
        ),
    )
    for name, lists, there, hint in once:
        elements.append(Element(name=name, lists=lists, has=int(there), of=1, hint=hint))
    return Score(elements=tuple(elements))


def _element(
    name: str, lists: tuple[str, ...], all_of_them: Sequence[Component], has: Callable[[Component], bool], hint: str
) -> Element:
    missing = [each for each in all_of_them if not has(each)]
    return Element(
        name=name,
        lists=lists,
        has=len(all_of_them) - len(missing),
        of=len(all_of_them),
        missing=tuple(f"{each.group}/{each.name}@{each.version}".strip("/@") for each in missing[:SHOWN]),
        hint=hint,
    )
