"""What Callboard says about itself: log lines on stderr, and figures for Prometheus.

Logs never go to stdout, which belongs to answers. Every line passes `mask`, so that a secret that reaches a log call
by mistake is not written. structlog and prometheus-client are imported when first needed: `callboard --help` needs
neither.
"""

from __future__ import annotations

import contextlib
import functools
import logging
import re
import sys
import uuid
from collections.abc import Iterator, MutableMapping
from typing import TYPE_CHECKING, Any, TextIO

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

MASK = "•••"
"""What stands in a log line where a secret would have been."""

SHORTEST_SECRET = 8
"""Characters."""

_SECRET_KEY = re.compile(
    r"secret|password|passwd|token|authorization|cookie|credential|private_?key|api_?key|session_?id", re.IGNORECASE
)
_HARMLESS_KEY = re.compile(r"token_(?:url|kind|type)|(?:secret|token|password)s?_(?:count|file|path)", re.IGNORECASE)
_SECRET_TEXT = (
    re.compile(r"(?i)\b(bearer|basic)\s+[A-Za-z0-9._~+/=-]{6,}"),
    re.compile(
        r"(?i)\b(client_secret|access_token|refresh_token|id_token|password|assertion)(\"?\s*[=:]\s*\"?)[^\s&\",;]+"
    ),
    re.compile(r"\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]*)?"),
    re.compile(r"(?s)-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)"),
    re.compile(r"(?<=://)[^\s/@:]*:[^\s/@]+(?=@)"),
)
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")

_known_secrets: set[str] = set()

EventDict = MutableMapping[str, Any]


def never_say(secret: str) -> None:
    """From now on this text is covered wherever it stands. Very short ones are not: they would cover ordinary words."""
    if len(secret) >= SHORTEST_SECRET:
        _known_secrets.add(secret)


def mask_text(text: str) -> str:
    """The text with secrets replaced and control characters shown.

    Secrets are those that `never_say` was told, and what looks like one: bearer tokens, JWTs, private keys, passwords in URLs.
    """
    for secret in _known_secrets:
        text = text.replace(secret, MASK)
    for pattern in _SECRET_TEXT:
        text = pattern.sub(_cover, text)
    return _CONTROL.sub(lambda match: repr(match[0])[1:-1], text)


def _cover(match: re.Match[str]) -> str:
    kept = match[1] if match.lastindex else ""
    between = match[2] if (match.lastindex or 0) > 1 else " " if kept else ""
    return f"{kept}{between}{MASK}"


def mask(_logger: object, _method: str, event: EventDict) -> EventDict:
    """A structlog processor: covers values under secret-looking names and secret-looking text anywhere."""
    for key in list(event):
        event[key] = _masked(key, event[key])
    return event


def _masked(key: object, value: object) -> object:
    if isinstance(key, str) and _SECRET_KEY.search(key) and not _HARMLESS_KEY.fullmatch(key):
        return value if value is None or isinstance(value, bool) else MASK
    if isinstance(value, str):
        return mask_text(value)
    if isinstance(value, dict):
        return {inner: _masked(inner, item) for inner, item in value.items()}
    if isinstance(value, list | tuple):
        return [_masked(None, item) for item in value]
    if isinstance(value, int | float | None):
        return value
    return mask_text(str(value))


class _Stderr:
    """The stderr of the moment, not the one of import time, so that tests and redirections see what is written."""

    def write(self, text: str) -> int:
        return sys.stderr.write(text)

    def flush(self) -> None:
        sys.stderr.flush()


def set_up_logging(*, debug: bool = False, pretty: bool | None = None, stream: TextIO | None = None) -> None:
    """Sends all logs, ours and those of libraries, through `mask` to stderr.

    `pretty` None: lines for people on a terminal, one JSON object a line elsewhere.
    """
    import structlog

    if pretty is None:
        pretty = (stream or sys.stderr).isatty()
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    # An exception becomes text before masking, so that a secret inside its message is covered too.
    errors = structlog.processors.format_exc_info
    last: Any = (
        structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)
        if pretty
        else structlog.processors.JSONRenderer(ensure_ascii=False)
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(stream or _Stderr())
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, errors, mask, last],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)
    logging.getLogger("callboard").setLevel(logging.DEBUG if debug else logging.INFO)
    # Libraries speak up only when something is wrong; uvicorn's access lines would hold search text.
    for name in (
        "alembic",
        "aiohttp",
        "asyncio",
        "procrastinate",
        "psycopg",
        "sqlalchemy",
        "uvicorn",
        "uvicorn.access",
        "litestar",
    ):
        logging.getLogger(name).handlers.clear()
        logging.getLogger(name).propagate = True
        logging.getLogger(name).setLevel(logging.WARNING)


@contextlib.contextmanager
def request_id(given: str | None = None) -> Iterator[str]:
    """Binds one id to every log line of a request or a run. A given id is kept when it is short and plain."""
    import structlog

    value = given if given and re.fullmatch(r"[A-Za-z0-9._-]{1,64}", given) else uuid.uuid4().hex
    with structlog.contextvars.bound_contextvars(request_id=value):
        yield value


class Metrics:
    """The figures of the run road, in a registry of their own. The web door counts its requests itself."""

    registry: CollectorRegistry
    runs: Counter
    """Runs by source and the state they ended in."""
    seen: Counter
    """Findings read, by source."""
    rejected: Counter
    """Records that could not be read, by source."""
    page_seconds: Histogram
    """Time to fetch one page of a source, by source."""
    freshness_seconds: Gauge
    """Age of the last complete full run, by source. Absent before the first: unknown is not zero."""

    def __init__(self) -> None:
        from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

        self.registry = CollectorRegistry()
        own: Any = {"namespace": "callboard", "registry": self.registry}
        self.runs = Counter("sync_runs", "Runs by the state they ended in.", ["source", "state"], **own)
        self.seen = Counter("findings_seen", "Findings read from sources.", ["source"], **own)
        self.rejected = Counter("records_rejected", "Records that could not be read.", ["source"], **own)
        self.page_seconds = Histogram("source_page_seconds", "Time to fetch one page of a source.", ["source"], **own)
        self.freshness_seconds = Gauge(
            "source_freshness_seconds", "Age of the last complete full run of a source.", ["source"], **own
        )

    def text(self) -> bytes:
        """All of it in the Prometheus text format."""
        from prometheus_client import generate_latest

        return generate_latest(self.registry)


@functools.cache
def metrics() -> Metrics:
    """The figures of this process."""
    return Metrics()
