"""27. Who somebody is comes in a header that anybody could send."""

from __future__ import annotations

from collections.abc import Iterator

from callboard.checks.check import Check, NotEvaluated, Portal, fault
from callboard.domain.finding import Severity
from callboard.domain.posture import Advice, Fault, Hits, Reach

_NEEDED = {"cfaccess": ("teamName", "audience"), "gcpiap": ("audience",), "awsalb": ("issuer", "signer")}
"""What ties the signed header to this portal, by provider; names as the documentation of each has them (2026-11)."""


def _judge(portal: Portal) -> Iterator[Fault | NotEvaluated]:
    providers = portal.settings.get("auth.providers")
    for name, provider in providers.items.items() if providers is not None else ():
        kind = name.replace("-", "").lower()
        if kind == "oauth2proxy":
            yield fault(
                provider, "The header is believed as it comes: whoever reaches the backend around the proxy is anybody."
            )
        for needed in _NEEDED.get(kind, ()):
            if not any(each.key == needed for each in provider.below()):
                yield fault(
                    provider,
                    f"{needed} is not set, so a token made for another application counts here.",
                    Severity.MEDIUM,
                )


CHECK = Check(
    advice=Advice(
        key="header-identity",
        number=27,
        title="A header says who somebody is",
        severity=Severity.HIGH,
        reach=Reach.ANYBODY,
        hits=Hits.PORTAL,
        why="Whoever reaches the backend directly, or brings a token of another application, is whoever they say.",
        remedy="Use a provider that signs people in itself, or one whose header is signed, with issuer and audience set.",
        before="auth:\n  providers:\n    oauth2Proxy: {}\n",
        after="auth:\n  providers:\n    gcpIap:\n      audience: /projects/1/global/backendServices/2\n",
    ),
    judge=_judge,
)
