"""29. Programs may register with any address to come back to."""

from __future__ import annotations

from collections.abc import Iterator

from callboard.checks.check import Check, NotEvaluated, Portal, fault
from callboard.checks.configuration import Setting
from callboard.domain.finding import Severity
from callboard.domain.posture import Advice, Fault, Hits, Reach

_DOORS = ("clientIdMetadataDocuments", "experimentalDynamicClientRegistration")


def _judge(portal: Portal) -> Iterator[Fault | NotEvaluated]:
    for door in _DOORS:
        found = portal.settings.get(f"auth.{door}")
        if found is None or not (found.get("enabled") and found.get("enabled").is_true):  # type: ignore[union-attr]
            continue
        for key in ("allowedRedirectUriPatterns", "allowedClientIdPatterns"):
            patterns = found.get(key)
            for each in patterns.parts if patterns is not None else ():
                if _is_wide(each):
                    yield fault(each, f"{each.text} fits addresses of anybody.")
    for each in portal.settings.parts("auth.experimentalExtraAllowedOrigins"):
        if each.text and "*" in each.text:
            yield fault(each, f"Sign-in answers go to every site that {each.text} fits.")


def _is_wide(pattern: Setting) -> bool:
    text = pattern.text or ""
    host = text.partition("://")[2].partition("/")[0] if "://" in text else text
    # Port and path may vary; the host is what says whose it is.
    return host.partition(":")[0].startswith("*")


CHECK = Check(
    advice=Advice(
        key="client-registration",
        number=29,
        title="Programs may come back to anybody's address",
        severity=Severity.HIGH,
        reach=Reach.ANYBODY,
        hits=Hits.PEOPLE,
        why="Somebody who follows a link hands a code for their own account to a stranger's site (CVE-2026-32235).",
        remedy="Name the hosts. The defaults of 1.55 allow this machine alone.",
        before=(
            "auth:\n  experimentalDynamicClientRegistration:\n    enabled: true\n"
            "    allowedRedirectUriPatterns: ['*']\n"
        ),
        after=(
            "auth:\n  experimentalDynamicClientRegistration:\n    enabled: true\n"
            "    allowedRedirectUriPatterns: ['http://127.0.0.1:*']\n"
        ),
    ),
    judge=_judge,
)
