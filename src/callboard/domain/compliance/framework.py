"""A framework: which measures stand behind which control. Tables only; nothing here decides anything."""

from __future__ import annotations

import msgspec

from callboard.domain.compliance.measure import AnyMeasure

OBJECTS = {
    "E1": "asset inventory", "E2": "finding register", "E3": "decision log", "E4": "remediation timeline",
    "E5": "bills of materials", "E6": "ownership coverage", "E7": "access report", "E8": "sync log",
    "E9": "notification log", "E10": "policies", "E11": "exploited-vulnerability dossier", "E12": "own assurance",
}  # fmt: skip
"""What evidence is made of, by code."""


class Control(msgspec.Struct, frozen=True):
    """One line of a framework."""

    id: str
    title: str
    """In short and in our own words; the framework itself has the text that binds."""
    objects: str
    """Codes of what its evidence is made of, separated by blanks."""
    measures: tuple[AnyMeasure, ...] = ()
    missing: tuple[str, ...] = ()
    """What it asks for that nobody here can tell, in sentences. Then it is never complete."""


class Framework(msgspec.Struct, frozen=True, kw_only=True):
    """A framework, as far as Callboard has evidence for it."""

    key: str
    name: str
    version: str
    source: str
    """Where the framework itself can be read."""
    controls: tuple[Control, ...]
