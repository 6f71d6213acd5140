"""Every rule over every file of the portal's own code, one file after the other."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from callboard.checks.code import ALL
from callboard.checks.code.source import MAX_BYTES, Source, TwistedError, has_engine
from callboard.domain.posture import Fault, Judged

_SHOWN = 3


class CodeFile(msgspec.Struct, frozen=True, kw_only=True):
    """One file of code."""

    path: str
    """Below the portal's folder."""
    raw: bytes
    frontend: bool | None
    """Whether its package is sent to browsers; None: its package.json does not tell."""


def judge(files: Iterable[CodeFile]) -> tuple[Judged, ...]:
    """What each rule finds. What could not be read, or not whole, counts as not evaluated for all of them."""
    if not has_engine():
        reason = "what reads TypeScript is not installed (the extra `assess`)"
        return tuple(Judged(advice=check.advice, not_evaluated=reason) for check in ALL)
    found: dict[str, list[Fault]] = {check.advice.key: [] for check in ALL}
    unread: list[str] = []
    count = 0
    for file in files:
        count += 1
        if len(file.raw) > MAX_BYTES:
            unread.append(f"{file.path} is larger than {MAX_BYTES:,} bytes")
            continue
        try:
            source = Source(file.path, file.raw, frontend=file.frontend)
            here = {check.advice.key: list(check.judge(source)) for check in ALL}
            line = source.unread
        except TwistedError:
            unread.append(f"{file.path} is more deeply nested, or wider, than anybody writes")
            continue
        for key, faults in here.items():
            found[key] += faults
        if line is not None:
            unread.append(f"{file.path} could not be read whole (line {line})")
    if not count:
        unread.append("no code of the portal's own was found")
    missed = _brief(unread)
    return tuple(
        Judged(advice=check.advice, faults=tuple(found[check.advice.key]), not_evaluated=missed) for check in ALL
    )


def _brief(reasons: Sequence[str]) -> str | None:
    shown = [*reasons[:_SHOWN]]
    if len(reasons) > _SHOWN:
        shown.append(f"and {len(reasons) - _SHOWN} more")
    return "; ".join(shown) or None
