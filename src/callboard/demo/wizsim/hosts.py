"""The checks inside hosts that a tenant knows. The company's hosts are not checked, so none of them has findings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from callboard.demo.company.frameworks import subcategories
from callboard.demo.company.ids import entity_id
from callboard.demo.company.values import Subcategory

_RULES: Final = """
HostConfig-001|MEDIUM|deb apk|4.1|Root may not sign in over SSH|Sign in as yourself and raise your rights there.
HostConfig-002|MEDIUM|deb apk|5.2|Passwords over SSH are refused|Keys cannot be guessed, passwords can.
HostConfig-003|LOW|deb|8.2|The audit service runs|Without it nobody can say later what happened.
HostConfig-004|HIGH|deb apk|4.4|The firewall refuses what is not named|Ports that nobody knows of stay shut.
HostConfig-005|LOW|deb|7.3|Security updates install themselves|An update that waits for a person waits long.
HostConfig-006|MEDIUM|apk|A.8.9|The container runtime listens on its socket alone|An open port is a way to the whole host.
"""


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class HostRule:
    """One check inside a host."""

    id: str
    short_name: str
    name: str
    description: str
    severity: str
    platforms: tuple[str, ...]
    """Keys of the operating systems that it is for."""

    subcategories: tuple[Subcategory, ...]
    enabled: bool = True
    builtin: bool = True


def host_rules(seed: int) -> list[HostRule]:
    """Every check, in the order of its number."""
    known = subcategories()
    rules = []
    for line in _RULES.strip().splitlines():
        short, severity, platforms, requirement, name, text = line.split("|")
        rules.append(
            HostRule(
                id=entity_id(seed, "host rule", short),
                short_name=short,
                name=name,
                description=text,
                severity=severity,
                platforms=tuple(platforms.split()),
                subcategories=(known[requirement],),
            )
        )
    return rules
