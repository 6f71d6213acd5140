"""The sources page: how fresh and how whole everything on the board is, and whether its links lead anywhere."""

from __future__ import annotations

from dataclasses import dataclass

from litestar.response import Response

from callboard.domain.instant import Instant
from callboard.domain.link import Verdict
from callboard.domain.run import Mode
from callboard.domain.things import SourceLine
from callboard.store.board.links import LinkCheck, Tally
from callboard.usecases import browse, jobs, things
from callboard.usecases.jobs import AtWork
from callboard.web import freshness, links, render, words
from callboard.web.params import board as params
from callboard.web.view import Viewing, sees_figures

MODE = {
    Mode.FULL: "full sync",
    Mode.DELTA: "sync of what changed",
    Mode.IMPORT: "file import",
    Mode.HOOK: "webhook",
}
VERDICT = {
    Verdict.OK: "right",
    Verdict.MISSING: "no link given",
    Verdict.UNSAFE: "unsafe",
    Verdict.FOREIGN_HOST: "to a foreign host",
    Verdict.UNKNOWN_SHAPE: "of a form that may open nothing",
    Verdict.WRONG_ID: "to another finding",
    Verdict.DEAD: "to an id the source does not know",
    Verdict.UNCHECKED: "right as far as the text tells",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Checked:
    """The links of one kind and form, as the last check found them."""

    kind: str
    shape: str
    checked: int
    verdicts: tuple[tuple[str, int, bool], ...]
    """In words, how many, and whether that is a broken link."""
    example: str | None
    """The page of a finding whose link is broken."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Check:
    """The last check of one source's links."""

    source: str
    at: Instant
    rows: tuple[Checked, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Context:
    """What the template is given."""

    lines: tuple[SourceLine, ...]
    banners: tuple[freshness.Banner, ...]
    modes: dict[Mode, str]
    checks: tuple[Check, ...]
    unchecked: tuple[str, ...]
    """Sources of which no check of links is kept."""
    broken: dict[str, int]
    """By source, findings whose link somebody called broken."""
    workers: tuple[AtWork, ...] | None
    """The processes that do what is due. None: not for this viewer."""


def show(view: Viewing) -> Response[str]:
    """Every source with its last runs, and the state of its links."""
    params.nothing(view.query)
    lines = things.source_list(view.store, view.viewer, now=view.now)
    checks = tuple(_check(check) for check in browse.link_checks(view.store, view.visibility))
    checked = {check.source for check in checks}
    context = Context(
        lines=lines,
        banners=freshness.banners([line.health for line in lines], view.now),
        modes=MODE,
        checks=checks,
        unchecked=tuple(line.health.name for line in lines if line.health.name not in checked),
        broken=browse.broken_links(view.store, view.visibility, now=view.now),
        workers=jobs.at_work(view.store, now=view.now) if sees_figures(view.viewer) else None,
    )
    return render.answer("sources.html", title="Sources", here="sources", now=view.now, c=context)


def _check(check: LinkCheck) -> Check:
    return Check(source=check.source, at=check.at, rows=tuple(_checked(tally) for tally in check.tallies))


def _checked(tally: Tally) -> Checked:
    return Checked(
        kind=words.KIND[tally.kind][1],
        shape=words.reason(tally.shape.value),
        checked=tally.checked,
        verdicts=tuple(
            (VERDICT[verdict], tally.counts[verdict], verdict.is_broken)
            for verdict in Verdict
            if tally.counts.get(verdict)
        ),
        example=None if tally.example is None else links.finding(tally.example),
    )
