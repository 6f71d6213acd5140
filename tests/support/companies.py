"""Made-up companies for tests of the look-alike: small, and with much of everything that can be asked about."""

from __future__ import annotations

from callboard.demo.company.world import Sizes


def mixed(findings: int) -> Sizes:
    """So many findings, a third of them issues and judged settings, which real tenants have far fewer of."""
    issues, configurations = findings * 15 // 100, findings * 20 // 100
    return Sizes(issues=issues, vulnerabilities=findings - issues - configurations, configurations=configurations)
