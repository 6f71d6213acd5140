"""30. Everybody reads clusters with the portal's own account."""

from __future__ import annotations

from collections.abc import Iterator

from callboard.checks.check import Check, NotEvaluated, Portal, fault
from callboard.domain.finding import Severity
from callboard.domain.posture import Advice, Fault, Hits, Reach


def _judge(portal: Portal) -> Iterator[Fault | NotEvaluated]:
    for method in portal.settings.parts("kubernetes.clusterLocatorMethods"):
        kind = method.get("type")
        if kind is not None and kind.text == "catalog":
            yield fault(kind, "A catalog entity says where a cluster is and how it is reached.")
        clusters = method.get("clusters")
        for cluster in clusters.parts if clusters is not None else ():
            unchecked, provider = cluster.get("skipTLSVerify"), cluster.get("authProvider")
            if unchecked is not None and unchecked.is_true:
                yield fault(
                    unchecked,
                    "Whoever stands between may answer in the cluster's name, and gets the token.",
                    Severity.HIGH,
                )
            if provider is not None and provider.text == "serviceAccount":
                yield fault(provider, "Every user sees what the portal's service account sees.")


CHECK = Check(
    advice=Advice(
        key="kubernetes",
        number=30,
        title="Clusters are read with the portal's account",
        severity=Severity.MEDIUM,
        reach=Reach.SIGNED_IN,
        hits=Hits.PART,
        why="Everybody who signs in reads the cluster as far as one account may; and entities may point it elsewhere.",
        remedy="List clusters in the settings, check their certificates, and let users bring their own rights.",
        before=(
            "kubernetes:\n  clusterLocatorMethods:\n    - type: config\n      clusters:\n"
            "        - name: prod\n          authProvider: serviceAccount\n          skipTLSVerify: true\n"
        ),
        after=(
            "kubernetes:\n  clusterLocatorMethods:\n    - type: config\n      clusters:\n"
            "        - name: prod\n          authProvider: oidc\n          skipTLSVerify: false\n"
        ),
    ),
    judge=_judge,
)
