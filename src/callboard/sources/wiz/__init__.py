"""Wiz: cloud security findings, read from its GraphQL API, its report files and its webhooks.

None of the API is documented in public. What Callboard takes for a fact about it carries its date and where it was seen.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from callboard.domain.finding import Observed, Rejected
from callboard.ports import Source, SourceSpec, TurnsOf
from callboard.sources.wiz.config import WizConfig

# The rooms behind are imported when they are used: aiohttp alone costs a command line that only prints its help more
# than everything else together.


def _build(config: WizConfig, user_agent: str, turns: TurnsOf | None) -> Source:
    from callboard.sources.wiz.source import WizSource

    return WizSource(config, user_agent=user_agent, turns=turns)


def _detect_file(path: Path) -> str:
    from callboard.sources.wiz.files import detect

    return detect(path)


def _read_file(path: Path, kind: str | None) -> Iterator[Observed | Rejected]:
    from callboard.sources.wiz.files import read_file

    return read_file(path, kind)


def _hook_ids(body: bytes) -> tuple[str, ...]:
    from callboard.sources.wiz.hook import issue_ids

    return issue_ids(body)


SOURCE = SourceSpec(
    kind="wiz",
    title="Wiz",
    config=WizConfig,
    build=_build,
    file_kinds=("issue-report", "vulnerability-report", "nodes"),
    detect_file=_detect_file,
    read_file=_read_file,
    hook_ids=_hook_ids,
)
