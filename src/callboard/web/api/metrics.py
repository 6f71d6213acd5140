"""`/api/v1/metrics/…`: how soon findings are fixed, as JSON, as a table and as a picture."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from litestar.response import Response

from callboard.domain.remediation.flow import DueReport, Flow, OpenReport
from callboard.domain.remediation.times import Times
from callboard.domain.remediation.use import Use
from callboard.usecases.remediation import measure, measure_flow
from callboard.usecases.remediation.measure_channels import Effect, effect, source_names
from callboard.web import answers, exports, plots, plots_flow
from callboard.web.params import metrics as params_metrics
from callboard.web.plots import Plot
from callboard.web.to_wire import effect as to_wire_effect
from callboard.web.to_wire import flow as to_wire_flow
from callboard.web.to_wire import metrics as to_wire_metrics
from callboard.web.view import View, Viewing


def times(view: Viewing) -> Response[bytes]:
    """How long findings take."""
    return answers.fresh(view, lambda: to_wire_metrics.times(_times(view)))


def times_csv(view: Viewing) -> Response[str]:
    """The same as a table."""
    return _table("times", to_wire_metrics.TIMES_COLUMNS, to_wire_metrics.times_rows(_times(view)))


def times_svg(view: Viewing) -> Response[str]:
    """The same as a picture."""
    return _picture("times", plots.lives(_times(view)))


def flow(view: Viewing) -> Response[bytes]:
    """What came and went."""
    return answers.fresh(view, lambda: to_wire_flow.flow(_flow(view)))


def flow_csv(view: Viewing) -> Response[str]:
    """The same as a table."""
    return _table("flow", to_wire_flow.FLOW_COLUMNS, to_wire_flow.flow_rows(_flow(view)))


def flow_svg(view: Viewing) -> Response[str]:
    """The same as a picture."""
    return _picture("flow", plots_flow.flow(_flow(view)))


def opened(view: Viewing) -> Response[bytes]:
    """What was open at the end of a day, or is now."""
    return answers.fresh(view, lambda: to_wire_flow.opened(_opened(view)))


def opened_csv(view: Viewing) -> Response[str]:
    """The same as a table."""
    return _table("open", to_wire_flow.OPEN_COLUMNS, to_wire_flow.open_rows(_opened(view)))


def opened_svg(view: Viewing) -> Response[str]:
    """The same as a picture."""
    return _picture("open", plots_flow.opened(_opened(view)))


def due(view: Viewing) -> Response[bytes]:
    """How dates were kept."""
    return answers.fresh(view, lambda: to_wire_flow.due(_due(view)))


def due_csv(view: Viewing) -> Response[str]:
    """The same as a table."""
    return _table("due", to_wire_flow.DUE_COLUMNS, to_wire_flow.due_rows(_due(view)))


def due_svg(view: Viewing) -> Response[str]:
    """The same as a picture."""
    return _picture("due", plots_flow.due(_due(view)))


def use(view: Viewing) -> Response[bytes]:
    """Whether the board is of use. What people do changes no revision, so that no tag can tell that it is the same."""
    return answers.json(to_wire_flow.use(_use(view)))


def use_csv(view: Viewing) -> Response[str]:
    """The same as a table."""
    return _table("use", to_wire_flow.USE_COLUMNS, to_wire_flow.use_rows(_use(view)))


def channels(view: Viewing) -> Response[bytes]:
    """The portal against tickets; what people do changes no revision, as with use."""
    return answers.json(to_wire_effect.effect(_channels(view), source_names(view.store)))


def channels_csv(view: Viewing) -> Response[str]:
    """What is compared with what, as a table."""
    return _table("channels", to_wire_effect.COLUMNS, to_wire_effect.rows(_channels(view), source_names(view.store)))


def channels_svg(view: Viewing) -> Response[str]:
    """The ratios as a picture."""
    return _picture("channels", to_wire_effect.drawn(_channels(view)))


def _channels(view: View) -> Effect:
    asked, designs = params_metrics.channels(view.query, now=view.now)
    return effect(view.store, view.viewer, asked.query, asked.period, now=view.now, designs=designs)


def _use(view: View) -> Use:
    asked = params_metrics.use(view.query, now=view.now)
    return measure_flow.use(view.store, view.viewer, asked.query, asked.period, now=view.now)


def _times(view: View) -> Times:
    return measure.times(view.store, view.viewer, params_metrics.times(view.query, now=view.now), now=view.now)


def _flow(view: View) -> Flow:
    asked = params_metrics.flow(view.query, now=view.now)
    return measure_flow.flow(view.store, view.viewer, asked.query, asked.period, now=view.now)


def _opened(view: View) -> OpenReport:
    asked = params_metrics.opened(view.query, now=view.now)
    return measure_flow.open_at(view.store, view.viewer, asked.query, by=asked.by, at=asked.at, now=view.now)


def _due(view: View) -> DueReport:
    asked = params_metrics.due(view.query, now=view.now)
    return measure_flow.due(view.store, view.viewer, asked.query, asked.period, by=asked.by, now=view.now)


def _table(name: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> Response[str]:
    return _file(exports.table(columns, rows), f"callboard-{name}.csv", "text/csv")


def _picture(name: str, drawn: Sequence[Plot]) -> Response[str]:
    return _file(plots.alone(drawn), f"callboard-{name}.svg", "image/svg+xml")


def _file(text: str, name: str, media: str) -> Response[str]:
    return Response(text, media_type=media, headers={"Content-Disposition": f'attachment; filename="{name}"'})
