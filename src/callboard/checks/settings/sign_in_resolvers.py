"""3. People whom the catalog does not know are let in."""

from __future__ import annotations

from collections.abc import Iterator

from callboard.checks.check import Check, NotEvaluated, Portal, fault, unknown
from callboard.checks.configuration import Setting
from callboard.domain.finding import Severity
from callboard.domain.posture import Advice, Fault, Hits, Reach

_LOCAL_PART = "emailLocalPartMatchingUserEntityName"


def _judge(portal: Portal) -> Iterator[Fault | NotEvaluated]:
    for resolver in _resolvers(portal.settings.get("auth.providers")):
        unlisted = resolver.get("dangerouslyAllowSignInWithoutUserInCatalog")
        if unlisted is not None and unlisted.is_true:
            yield fault(unlisted, "People who are not in the catalog get an identity.")
        elif unlisted is not None and unlisted.elsewhere:
            yield unknown(unlisted)
        kind = resolver.get("resolver")
        domains = resolver.get("allowedDomains")
        if kind is not None and kind.text == _LOCAL_PART and (domains is None or not domains.parts):
            yield fault(
                kind,
                "The part before the @ decides who somebody is, whatever domain follows: name the domains in allowedDomains.",
                Severity.HIGH,
            )


def _resolvers(providers: Setting | None) -> Iterator[Setting]:
    for each in providers.below() if providers is not None else ():
        if each.key == "resolvers":
            yield from each.parts


CHECK = Check(
    advice=Advice(
        key="sign-in-resolvers",
        number=3,
        title="A sign-in resolver lets people in whom the catalog does not know",
        severity=Severity.HIGH,
        reach=Reach.ANYBODY,
        hits=Hits.PORTAL,
        why="Whoever has an account at the provider becomes a user, and with a loose resolver the user of somebody else.",
        remedy="Let the resolver match users of the catalog only, and name the mail domains that it may trust.",
        before=(
            "auth:\n  providers:\n    google:\n      production:\n        signIn:\n          resolvers:\n"
            "            - resolver: emailLocalPartMatchingUserEntityName\n"
            "              dangerouslyAllowSignInWithoutUserInCatalog: true\n"
        ),
        after=(
            "auth:\n  providers:\n    google:\n      production:\n        signIn:\n          resolvers:\n"
            "            - resolver: emailLocalPartMatchingUserEntityName\n"
            "              allowedDomains: [acme.example]\n"
        ),
    ),
    judge=_judge,
)
