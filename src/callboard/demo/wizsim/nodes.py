"""What resolvers hand on: a finding is its row, and an asset is a resource seen as one of the asset types."""

from __future__ import annotations

from callboard.demo.company.ledger import Ledger
from callboard.demo.company.values import Resource, Rule, Weakness


class FindingRow:
    """What all findings have: their ledger, their row and their id."""

    __slots__ = ("_id", "ledger", "row")

    _id: str
    ledger: Ledger
    row: int

    @property
    def id(self) -> str:
        """The UUID, worked out once."""
        try:
            return self._id
        except AttributeError:
            self._id = self.ledger.ids.of(self.row)
            return self._id


class IssueRow(FindingRow):
    """One issue."""

    __slots__ = ("resource", "rule")

    def __init__(self, ledger: Ledger, row: int, rule: Rule, resource: Resource) -> None:
        self.ledger, self.row, self.rule, self.resource = ledger, row, rule, resource


class ConfigurationRow(IssueRow):
    """One configuration finding."""

    __slots__ = ()


class VulnerabilityRow(FindingRow):
    """One vulnerability finding."""

    __slots__ = ("resource", "weakness")

    def __init__(self, ledger: Ledger, row: int, weakness: Weakness, resource: Resource) -> None:
        self.ledger, self.row, self.weakness, self.resource = ledger, row, weakness, resource
