"""What the company's security team has laid down about whose things are: a small rule set, as one grows over a year."""

from __future__ import annotations

from datetime import timedelta

from callboard.domain.instant import Instant, to_datetime
from callboard.domain.ownership import mapping_text
from callboard.domain.ownership.mapping import RuleSet

REASON = "What the catalog cannot say, agreed with the teams."
"""Why the set was applied, as the log tells it."""

_ENDS_IN = timedelta(days=12)
"""One rule ends soon, so that people are told of it."""


def rule_set(now: Instant) -> RuleSet:
    """The rule set. Some things stay without an owner: the company has not found out about all of them."""
    return mapping_text.read(
        {
            "name": "brightwater",
            "rules": [
                {
                    "name": "jump hosts of production",
                    "match": {"resource": "bastion-*", "account": "bw-production"},
                    "owners": ["system:default/accounts"],
                    "reason": "Identity runs the way into production and rotates its keys.",
                },
                {
                    "name": "cart experiments",
                    "match": {"path": "github.com/brightwater-example/cart-experiments"},
                    "owners": ["component:default/cart"],
                    "reason": "A trial of the checkout team that was never registered in the catalog.",
                },
                {
                    "name": "order history until it is registered",
                    "match": {"tag": "component=order-history"},
                    "owners": ["component:default/order-history"],
                    "reason": "Its catalog file lost its project in a move; the team is putting it back.",
                    "until": f"{to_datetime(now) + _ENDS_IN:%Y-%m-%d}",
                },
                {
                    "name": "base images",
                    "match": {"resource": "docker.io/library/*"},
                    "owners": ["component:default/artifact-store"],
                    "reason": "Developer experience mirrors what everybody builds on, and rebuilds it when it is mended.",
                },
            ],
            "defaults": [
                {
                    "account": "bw-insights-dev",
                    "owner": "system:default/data-lake",
                    "reason": "Only the data platform works in this account.",
                }
            ],
        }
    )
