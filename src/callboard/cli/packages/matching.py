"""What `callboard match` does, without the command line's machinery: a lockfile in a pipeline should not wait for imports.

`quick` understands the plain forms of the command. Whatever else is on the line (help, a mistake) goes to the command in
`cli.match`, which explains; both end in `run`.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from callboard.advisories.answering import Match, Report
    from callboard.advisories.index import Index

LEVELS = ("malicious", "critical", "high", "medium", "unknown", "low", "any", "never")
"""What `--fail-on` may say, the worst first."""
DONE, FAILED, INCOMPLETE = 0, 1, 3
SHOWN_MISSES = 20


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What was asked on the command line."""

    paths: tuple[Path, ...] = ()
    purls: tuple[str, ...] = ()
    index: Path | None = None
    config: Path | None = None
    fail_on: str = "malicious"
    as_json: bool = False


def quick(arguments: Sequence[str]) -> Asked | None:
    """The plain forms of the command's line. None: the full command has to look at it."""
    paths: list[Path] = []
    purls: list[str] = []
    index: Path | None = None
    fail_on = "malicious"
    as_json = False
    rest = list(arguments)
    while rest:
        word = rest.pop(0)
        name, has_value, value = word.partition("=")
        if word == "--json":
            as_json = True
        elif name in ("--purl", "--index", "--fail-on"):
            if not has_value:
                value = rest.pop(0) if rest else "-"
            if value.startswith("-") or (name == "--fail-on" and value not in LEVELS):
                return None
            if name == "--purl":
                purls.append(value)
            elif name == "--index":
                index = Path(value)
            else:
                fail_on = value
        elif word.startswith("-") or not Path(word).exists():
            return None
        else:
            paths.append(Path(word))
    if not paths and not purls:
        return None
    return Asked(paths=tuple(paths), purls=tuple(purls), index=index, fail_on=fail_on, as_json=as_json)


def run(asked: Asked) -> int:
    """Answers, and returns the exit code. Raises CallboardError."""
    from callboard.advisories.opening import open_index

    index = open_index(asked.index, asked.config)
    report, broken = _report(index, asked)
    if asked.as_json:
        _document(index, report)
    else:
        _tell(index, report)
    return _code(report, asked.fail_on, broken=broken)


def _report(index: Index, asked: Asked) -> tuple[Report, bool]:
    """What the index says, and whether a file could not be read."""
    from callboard.advisories.answering import NotEvaluated, answer, merge
    from callboard.domain.packages.package import package_of

    by_purl = answer(index, {package_of(purl): () for purl in asked.purls})
    if not asked.paths:
        return by_purl, False
    from callboard.advisories.in_locks import answer_locks
    from callboard.gathering import read_locks

    locks, refused = read_locks(asked.paths)
    missed = [NotEvaluated(each.reason, path=each.path, line=each.line) for each in refused]
    return merge(by_purl, answer_locks(index, locks, missed)), bool(refused)


def _code(report: Report, fail_on: str, *, broken: bool) -> int:
    if any(_is_over(match, fail_on) for match in report.matches):
        return FAILED
    return INCOMPLETE if broken or (report.packages and not report.evaluated) else DONE


def _is_over(match: Match, fail_on: str) -> bool:
    if fail_on == "never" or match.confidence == "hint":
        return False
    return match.malicious or fail_on == "any" or match.severity in LEVELS[1 : LEVELS.index(fail_on) + 1]


def _document(index: Index, report: Report) -> None:
    facts = index.facts
    found = {
        "matches": report.matches,
        "not_evaluated": report.not_evaluated,
        "packages": report.packages,
        "evaluated": report.evaluated,
        "withdrawn": report.withdrawn,
        "advisories": {
            "made_at": _date(facts.made_at),
            "records": facts.records,
            "came_with_callboard": facts.own,
            "ecosystems": facts.ecosystems,
            "feeds": [
                {"name": feed.name, "read_at": _date(feed.read_at), "records": feed.records, "version": feed.version}
                for feed in facts.feeds
            ],
        },
    }
    sys.stdout.write(msgspec.json.format(msgspec.json.encode(found), indent=2).decode() + "\n")


def _tell(index: Index, report: Report) -> None:
    sure = [match for match in report.matches if match.confidence != "hint"]
    hints = [match for match in report.matches if match.confidence == "hint"]
    rows = [_row(match) for match in sure]
    widths = [max(map(len, column), default=0) for column in zip(*rows, strict=True)]
    for row, match in zip(rows, sure, strict=True):
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
        for place in match.places[:3]:
            print(f"    {_plain(place.path)}:{place.line}{_reach(place)}")
    if hints:
        names = sorted({match.purl for match in hints})
        print(f"Once carried malware, in other versions: {', '.join(map(_plain, names))}")
    for miss in report.not_evaluated[:SHOWN_MISSES]:
        what = (
            miss.purl
            or (f"{_count(miss.packages, 'package')} of {miss.ecosystem}" if miss.packages else miss.path)
            or ""
        )
        beside = f" ({miss.advisory})" if miss.advisory else ""
        print(f"Not evaluated: {_plain(what)}{beside}: {_plain(miss.reason)}")
    if len(report.not_evaluated) > SHOWN_MISSES:
        print(f"Not evaluated: {len(report.not_evaluated) - SHOWN_MISSES:,} more; --json names them all")
    malicious = len({match.purl for match in sure if match.malicious})
    facts = index.facts
    print(
        f"{_count(report.packages, 'package')}, {report.evaluated:,} evaluated: {_count(len(sure), 'match', 'es')} in "
        f"{_count(len({match.purl for match in sure}), 'package')}, {malicious:,} of them malicious. "
        f"{_count(facts.records, 'advisory')} of {_date(facts.made_at)[:10]}."
    )
    if not facts.ecosystems:
        print(
            "Hint: These are only the advisories that came with Callboard. `callboard advisories update` reads the others.",
            file=sys.stderr,
        )


def _row(match: Match) -> tuple[str, ...]:
    word = "MALICIOUS" if match.malicious else match.severity
    safe = f"safe: {match.safe}" if match.safe else ("remove it" if match.malicious else "no fix known")
    exploited = " (exploited)" if match.exploited else ""
    return word + exploited, _plain(match.purl), match.advisory, _plain(safe), _plain(match.because)


def _reach(place: Any) -> str:  # noqa: ANN401 - a Place, whose room is imported late
    if place.direct:
        return ", asked for by the project"
    if place.bump:
        more = f" and {place.bring - len(place.bump)} more" if place.bring > len(place.bump) else ""
        return f", brought by {', '.join(map(_plain, place.bump))}{more}"
    return ""


def _count(count: int, word: str, ending: str = "s") -> str:
    if count == 1:
        return f"1 {word}"
    return f"{count:,} {word[:-1]}ies" if word.endswith("y") else f"{count:,} {word}{ending}"


def _plain(text: str) -> str:
    """A stranger's text without what a terminal would obey."""
    return "".join(each if each.isprintable() else "\ufffd" for each in text)


def _date(at: int) -> str:
    from callboard.domain.instant import Instant, to_text

    return to_text(Instant(at))
