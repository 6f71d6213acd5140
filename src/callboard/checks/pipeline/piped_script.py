"""A script from the network is run as it comes."""

from __future__ import annotations

import re
from collections.abc import Iterator

from callboard.checks.check import NotEvaluated
from callboard.checks.manifest import Manifest, ManifestCheck
from callboard.domain.finding import Severity
from callboard.domain.posture import Advice, Fault, Hits, Place, Reach

_FETCH = r"(?:curl|wget|iwr|Invoke-WebRequest)\b[^|;&\n]{0,400}"
_RUN = r"(?:sudo\s+(?:-\S+\s+)*)?(?:\S*/)?(?:ba|z|da|k)?sh\b|(?:sudo\s+)?(?:python3?|node|perl|ruby|pwsh|iex)\b"
_PIPED = re.compile(rf"{_FETCH}\|\s*(?:{_RUN})")
_INSIDE = re.compile(rf"(?:(?:ba|z|da|k)?sh|eval|source|\.)\s+(?:-c\s+)?[\"']?(?:<\(|\$\(|`)\s*{_FETCH}")
_LONGEST = 4_000
"""Characters of a line; a longer one is judged by its beginning."""


def _judge(manifest: Manifest) -> Iterator[Fault | NotEvaluated]:
    text = manifest.raw.decode("utf-8", "replace")
    # A command may go on behind a backslash; its line is the one that it begins on.
    number, pending, begun = 0, "", 1
    for number, line in enumerate(text.split("\n"), 1):
        if not pending:
            begun = number
        if line.lstrip().startswith("#"):
            continue
        if line.rstrip().endswith("\\"):
            pending = f"{pending} {line.rstrip()[:-1]}"[:_LONGEST]
            continue
        whole = f"{pending} {line}"[:_LONGEST]
        pending = ""
        if _PIPED.search(whole) or _INSIDE.search(whole):
            yield Fault(
                path=manifest.lock.path,
                said="A script from the network is run as it comes.",
                place=Place(manifest.lock.path, begun),
            )


CHECK = ManifestCheck(
    advice=Advice(
        key="piped-script",
        number=4,
        area="pipeline",
        title="A script from the network is run unseen",
        severity=Severity.MEDIUM,
        reach=Reach.SUPPLIERS,
        hits=Hits.PORTAL,
        why="Whoever serves it decides what the pipeline does, and may serve machines something else than people.",
        remedy="Fetch it, compare its hash with the one you looked at, and run it then; or install the package instead.",
        before="curl -fsSL https://get.tool.example | sh",
        after="curl -fsSLo install.sh https://get.tool.example && echo '…  install.sh' | sha256sum -c && sh install.sh",
    ),
    judge=_judge,
    formats=frozenset({"dockerfile", "github-actions"}),
)
