"""Progress: how soon findings are fixed, what came and went, what is open, and how dates were kept; each with its table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from litestar.response import Response

from callboard.domain.remediation.channels import Compared, Mix
from callboard.domain.remediation.engagement import Door, Engagement
from callboard.domain.remediation.flow import DueReport, Flow, OpenReport
from callboard.domain.remediation.question import By, Measure
from callboard.domain.remediation.rolled import Rolled
from callboard.domain.remediation.times import HORIZON, Times
from callboard.domain.remediation.use import Use
from callboard.usecases.remediation import measure, measure_channels, measure_flow
from callboard.usecases.remediation.measure_channels import Effect
from callboard.web import links, plots, plots_flow, render
from callboard.web.params import metrics as params_metrics
from callboard.web.to_wire import channels as to_wire_channels
from callboard.web.to_wire import effect as to_wire_effect
from callboard.web.to_wire import rollout as to_wire_rollout
from callboard.web.view import Viewing

PATH = "/progress"
CUTS = {By.SEVERITY: "severity", By.TEAM: "team", By.SOURCE: "source", By.RULE: "rule", By.KIND: "kind"}
WHATS = {
    Engagement.NOTIFIED: "Named in a message that arrived", Engagement.SEEN: "Seen by the team that owns it",
    Engagement.SEEN_BY_SECURITY: "Seen by security", Engagement.SEEN_BY_OTHERS: "Seen by others", Engagement.OPENED: "Opened",
    Engagement.FOLLOWED: "Followed to the source", Engagement.ACTED: "Acted on",
}  # fmt: skip
DOORS = {Door.PAGE: "These pages", Door.PLUGIN: "The portal", Door.API: "Programs", Door.MESSAGE: "Messages"}
CHANNELS = {
    Door.SLACK: "Slack", Door.EMAIL: "Mail", Door.PORTAL: "Notifications of the portal", Door.WEBHOOK: "Programs that pass messages on",
}  # fmt: skip
PLOTS = 12
"""Plots of one page at most; the table has the rest."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Frame:
    """What every page of these has around its numbers."""

    tab: str
    """The address of the tab that is open."""
    drawn: tuple[plots.Plot, ...]
    asked: Mapping[str, str]
    """The parameters of this address, as they are in force."""
    cuts: Mapping[str, tuple[str, bool]]
    """Address → its word, and whether this is it. Empty: nothing to choose."""
    csv_url: str
    svg_url: str

    @classmethod
    def of(cls, name: str, drawn: list[plots.Plot], asked: Mapping[str, str]) -> Frame:
        """The frame of one report; `name` is its own in the API."""
        tab = PATH if name == "times" else f"{PATH}/{name}"
        at = f"/api/v1/metrics/{name}"
        by = asked.get("by")
        cuts = {
            links.address(tab, {**asked, "by": each.value}): (word, each.value == by)
            for each, word in (CUTS.items() if by else ())
        }
        is_second = asked.get("measure") == Measure.INVESTIGATE
        return cls(
            tab=f"{tab}?measure={Measure.INVESTIGATE}" if is_second else tab,
            drawn=tuple(drawn[:PLOTS]),
            asked=asked,
            cuts=cuts,
            csv_url=links.address(f"{at}.csv", asked),
            svg_url=links.address(f"{at}.svg", asked),
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class TimesContext:
    """What the template of the first tab is given."""

    frame: Frame
    report: Times
    verb: str
    horizon: int


@dataclass(frozen=True, kw_only=True, slots=True)
class FlowContext:
    """What the template of the flow is given."""

    frame: Frame
    report: Flow


@dataclass(frozen=True, kw_only=True, slots=True)
class OpenContext:
    """What the template of what is open is given."""

    frame: Frame
    report: OpenReport


@dataclass(frozen=True, kw_only=True, slots=True)
class DueContext:
    """What the template of dates is given."""

    frame: Frame
    report: DueReport


@dataclass(frozen=True, kw_only=True, slots=True)
class UseContext:
    """What the template of use is given."""

    frame: Frame
    report: Use
    whats: Mapping[Engagement, str]
    doors: Mapping[Door, str]
    channels: Mapping[Door, str]
    arrived: Engagement = Engagement.ARRIVED


@dataclass(frozen=True, kw_only=True, slots=True)
class ChannelsContext:
    """What the template of the portal against tickets is given."""

    frame: Frame
    report: Effect
    rolled: tuple[tuple[Rolled, str, str, list[str]], ...]
    """Each comparison by a rollout with its title, what may be said of it, and what is taken for granted."""
    arms: Mapping[str, str]
    told: tuple[tuple[Compared, str, str, list[tuple[str, Mix]]], ...]
    """Each comparison with its title, what may be said of it, and what is compared with what."""
    left_out: str
    assumptions: tuple[str, ...]


def show(view: Viewing) -> Response[str]:
    """How long findings take."""
    asked = params_metrics.times(view.query, now=view.now)
    report = measure.times(view.store, view.viewer, asked, now=view.now)
    told = {
        "q": params_metrics.text(report.question.query), "by": asked.by.value, "measure": asked.measure.value,
        "from": asked.period.first, "to": asked.period.last,
    }  # fmt: skip
    context = TimesContext(
        frame=Frame.of("times", plots.lives(report), told),
        report=report,
        verb=plots.VERB[asked.measure],
        horizon=HORIZON,
    )
    return render.answer("progress.html", title="How soon things are fixed", here="progress", now=view.now, c=context)


def flow(view: Viewing) -> Response[str]:
    """What came and went."""
    asked = params_metrics.flow(view.query, now=view.now)
    report = measure_flow.flow(view.store, view.viewer, asked.query, asked.period, now=view.now)
    told = {"q": report.query, "from": asked.period.first, "to": asked.period.last}
    context = FlowContext(frame=Frame.of("flow", plots_flow.flow(report), told), report=report)
    return render.answer("progress_flow.html", title="What came and went", here="progress", now=view.now, c=context)


def opened(view: Viewing) -> Response[str]:
    """What was open on a day, or is now."""
    asked = params_metrics.opened(view.query, now=view.now)
    report = measure_flow.open_at(view.store, view.viewer, asked.query, by=asked.by, at=asked.at, now=view.now)
    told = {"q": report.query, "by": asked.by.value, "on": report.on or ""}
    context = OpenContext(frame=Frame.of("open", plots_flow.opened(report), told), report=report)
    return render.answer("progress_open.html", title="What is open", here="progress", now=view.now, c=context)


def due(view: Viewing) -> Response[str]:
    """How dates were kept."""
    asked = params_metrics.due(view.query, now=view.now)
    report = measure_flow.due(view.store, view.viewer, asked.query, asked.period, by=asked.by, now=view.now)
    told = {"q": report.query, "by": asked.by.value, "from": asked.period.first, "to": asked.period.last}
    context = DueContext(frame=Frame.of("due", plots_flow.due(report), told), report=report)
    return render.answer("progress_due.html", title="How dates were kept", here="progress", now=view.now, c=context)


def use(view: Viewing) -> Response[str]:
    """Whether the board is of use."""
    asked = params_metrics.use(view.query, now=view.now)
    report = measure_flow.use(view.store, view.viewer, asked.query, asked.period, now=view.now)
    told = {"q": report.query, "from": asked.period.first, "to": asked.period.last}
    context = UseContext(frame=Frame.of("use", [], told), report=report, whats=WHATS, doors=DOORS, channels=CHANNELS)
    return render.answer("progress_use.html", title="Is it of use", here="progress", now=view.now, c=context)


def channels(view: Viewing) -> Response[str]:
    """The portal against tickets."""
    asked, designs = params_metrics.channels(view.query, now=view.now)
    report = measure_channels.effect(
        view.store, view.viewer, asked.query, asked.period, now=view.now, designs=designs
    )  # fmt: skip
    names = measure_channels.source_names(view.store)
    told = {"q": report.query, "from": asked.period.first, "to": asked.period.last}
    if len(designs) == 1:
        told["design"] = designs[0].value
    channels = report.channels
    context = ChannelsContext(
        frame=Frame.of("channels", to_wire_effect.drawn(report), told),
        report=report,
        rolled=tuple(
            (
                each,
                to_wire_rollout.TITLES[each.design],
                to_wire_rollout.sentence(each),
                to_wire_rollout.caveats(each, report),
            )
            for each in report.rolled
        ),
        arms=to_wire_rollout.ARMS,
        told=tuple(
            (
                each,
                to_wire_channels.TITLES[each.design],
                to_wire_channels.sentence(each),
                to_wire_channels.mixed(each, names),
            )
            for each in (channels.compared if channels else ())
        ),
        left_out=to_wire_channels.left_out(channels) if channels else "",
        assumptions=to_wire_channels.ASSUMPTIONS,
    )
    return render.answer("progress_channels.html", title="Portal and tickets", here="progress", now=view.now, c=context)
