"""5. Another analyser's word about workflows: zizmor, of the extra `assess`, asked for what our own checks do not look at.

It is started from our own environment and from nowhere else, without network, without the settings of the project that is
judged, and with a time limit. What it says of a line that one of our checks names as well is left out.
Facts: zizmor's documentation and its answers, version 1.32, read 2026-11-30: https://docs.zizmor.sh/
"""

from __future__ import annotations

import subprocess
import sysconfig
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from callboard.domain.finding import Severity
from callboard.domain.posture import Advice, Fault, Hits, Judged, Place, Reach

SECONDS = 120
"""For all files together; a hundred workflows take one."""
MOST_FAULTS = 1_000

_OURS = {"unpinned-uses": "movable-action", "unpinned-images": "movable-image"}
"""What it looks at as our own checks do."""
_SEVERITIES = {
    "Informational": Severity.INFO,
    "Low": Severity.LOW,
    "Medium": Severity.MEDIUM,
    "High": Severity.HIGH,
}
_ADVICE = Advice(
    key="workflow-audit",
    area="pipeline",
    number=5,
    title="A workflow can be abused",
    severity=Severity.MEDIUM,
    reach=Reach.BUILDERS,
    hits=Hits.PORTAL,
    why="A pipeline holds the tokens that publish and deploy; who makes it run their words has them.",
    remedy="Do what the page of the rule says.",
    before="on: pull_request_target",
    after="on: pull_request",
)


class _Point(msgspec.Struct):
    row: int


class _Where(msgspec.Struct):
    start_point: _Point


class _Concrete(msgspec.Struct):
    location: _Where


class _Local(msgspec.Struct):
    verbatim_path: str


class _Key(msgspec.Struct):
    local: _Local | None = msgspec.field(default=None, name="Local")


class _Symbolic(msgspec.Struct):
    key: _Key
    annotation: str = ""
    kind: str = ""


class _Location(msgspec.Struct):
    symbolic: _Symbolic
    concrete: _Concrete


class _Determinations(msgspec.Struct):
    severity: str = ""


class _Finding(msgspec.Struct):
    ident: str
    desc: str
    url: str = ""
    ignored: bool = False
    determinations: _Determinations = msgspec.field(default_factory=_Determinations)
    locations: list[_Location] = []


def program() -> Path | None:
    """The analyser of our own environment; None: it is not installed."""
    found = Path(sysconfig.get_path("scripts")) / "zizmor"
    return found if found.is_file() else None


def audit(folder: Path, names: Sequence[str], known: Sequence[Judged]) -> Judged:
    """What it says of these workflows and actions.

    Args:
        folder: of the portal.
        names: files below it.
        known: what our own checks found.
    """
    analyser = program()
    if not names:
        return Judged(advice=_ADVICE, not_evaluated="no workflow was found")
    if analyser is None:
        return Judged(advice=_ADVICE, not_evaluated="zizmor is not installed (the extra `assess`)")
    command = [str(analyser), "--offline", "--no-config", "--no-progress", "--no-ignores", "--quiet", "--no-exit-codes"]
    try:
        done = subprocess.run(
            [*command, "--format", "json-v1", "--", *names],
            cwd=folder, capture_output=True, timeout=SECONDS, check=False, stdin=subprocess.DEVNULL, env={},
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return Judged(advice=_ADVICE, not_evaluated=f"zizmor took more than {SECONDS} s")
    except OSError as error:
        return Judged(advice=_ADVICE, not_evaluated=f"zizmor could not be started ({error.strerror})")
    if done.returncode:
        last = done.stderr.decode("utf-8", "replace").strip().split("\n")[0][:200]
        return Judged(advice=_ADVICE, not_evaluated=f"zizmor ended with {done.returncode}: {last}")
    return read(done.stdout, known)


def read(answer: bytes, known: Sequence[Judged]) -> Judged:
    """An answer of its, in the form `json-v1`, without what our own checks found on the same line."""
    try:
        findings = msgspec.json.decode(answer, type=list[_Finding])
    except msgspec.MsgspecError as error:
        return Judged(advice=_ADVICE, not_evaluated=f"zizmor's answer has another form than expected ({error})")
    told = {
        (judged.advice.key, fault.place.file, fault.place.line)
        for judged in known
        for fault in judged.faults
        if fault.place is not None
    }
    faults = [
        fault
        for finding in findings
        for fault in _faults(finding)
        if fault.place is None or (_OURS.get(finding.ident), fault.place.file, fault.place.line) not in told
    ]
    more = len(faults) - MOST_FAULTS
    return Judged(
        advice=_ADVICE,
        faults=tuple(faults[:MOST_FAULTS]),
        not_evaluated=f"{more} more faults are not listed" if more > 0 else None,
    )


def _faults(finding: _Finding) -> Iterator[Fault]:
    where = next((each for each in finding.locations if each.symbolic.kind == "Primary"), None)
    if where is None:
        return
    local = where.symbolic.key.local
    said = f"{finding.desc[:1].upper()}{finding.desc[1:]}: {where.symbolic.annotation.rstrip('.')}. {finding.url}"
    severity = _SEVERITIES.get(finding.determinations.severity, Severity.UNKNOWN)
    yield Fault(
        path=finding.ident,
        # Who may change the file may write such a remark: it makes the fault small, and hides nothing.
        said=f"Set aside by a remark in the file. {said}" if finding.ignored else said,
        place=Place(local.verbatim_path, where.concrete.location.start_point.row + 1) if local is not None else None,
        severity=Severity.INFO if finding.ignored else severity,
    )
