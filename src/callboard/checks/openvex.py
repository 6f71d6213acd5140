"""A register's weaknesses as an OpenVEX document, for scanners and for whoever is asked "are you affected".

By the specification and its schema, version 0.2.0 (https://github.com/openvex/spec, read 2026-11-30): a document has a
context, an id, an author, a timestamp, a version and at least one statement; "affected" needs an action statement.

What fits a locked version is "affected". A package that only once carried malware, in other versions, is "under
investigation": whether this version is free of it is what nobody has said. Nothing is ever called "not affected" here:
that is a decision of people.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import msgspec

from callboard.domain.instant import to_text
from callboard.domain.packages.purl import make_purl
from callboard.domain.risk.register import Register, Risk
from callboard.domain.risk.weakness import Weakness

CONTEXT = "https://openvex.dev/ns/v0.2.0"
_SPACE = uuid.UUID("3b1f0a52-2f0f-5d0b-8f0f-6f6d2f7c9c11")
"""Of our documents' ids."""

_Key = tuple[str, bool]
"""Name of the vulnerability, and whether it is only a hint."""


def as_openvex(register: Register, version: str) -> dict[str, object] | None:
    """The document; None where there is nothing to state, since OpenVEX has no empty document."""
    statements = list(_statements(register))
    if not statements:
        return None
    content = msgspec.json.encode([register.portal, statements], order="deterministic")
    return {
        "@context": CONTEXT,
        "@id": f"urn:uuid:{uuid.uuid5(_SPACE, content.decode())}",
        "author": f"Callboard, for {register.portal}",
        "role": "Tool",
        "timestamp": to_text(register.at),
        "version": 1,
        "tooling": f"Callboard {version}",
        "statements": statements,
    }


def _statements(register: Register) -> Iterator[dict[str, object]]:
    actions = _actions(register.risks)
    product = f"{make_purl(type='generic', name=register.portal)}"
    groups: dict[_Key, list[Weakness]] = {}
    for each in register.weaknesses:
        groups.setdefault((_name(each), each.hint), []).append(each)
    for (name, hint), members in sorted(groups.items()):
        aliases = sorted({alias for each in members for alias in (each.advisory, *each.names)} - {name})
        parts = sorted({each.package.purl for each in members})
        statement: dict[str, object] = {
            "vulnerability": {"name": name, **({"aliases": aliases} if aliases else {})},
            "products": [{"@id": product, "subcomponents": [{"@id": part} for part in parts]}],
            "status": "under_investigation" if hint else "affected",
            "timestamp": to_text(register.at),
        }  # fmt: skip
        if hint:
            statement["status_notes"] = (
                "Other versions of the package are known to carry malware; this one is not named."
            )
        else:
            told = [actions[each.package.purl, each.advisory] for each in members]
            statement["action_statement"] = " ".join(dict.fromkeys(told))
        yield statement


def _actions(risks: tuple[Risk, ...]) -> dict[tuple[str, str], str]:
    """What to do about each advisory of each package, by the register's own lines."""
    return {
        (one.package, one.reference): risk.action
        for risk in risks
        for one in risk.evidence
        if one.package is not None and one.reference is not None
    }


def _name(weakness: Weakness) -> str:
    """The CVE where it has one, since that is what others look for."""
    return next((name for name in (weakness.advisory, *weakness.names) if name.startswith("CVE-")), weakness.advisory)
