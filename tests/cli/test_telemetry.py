"""Logs without secrets, and figures for Prometheus."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from callboard import telemetry
from callboard.telemetry import MASK, Metrics, mask_text, request_id, set_up_logging

JWT = "eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJhbmEifQ.c2lnbmF0dXJlLWJ5dGVz"


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """What is logged, one JSON object a line."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    stream = io.StringIO()
    set_up_logging(pretty=False, stream=stream)
    yield stream
    root.handlers[:], root.level = handlers, level
    structlog.reset_defaults()


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        (f"Authorization: Bearer {JWT}", "Authorization: Bearer "),
        ("grant_type=client_credentials&client_secret=abcdef&x=1", "&x=1"),
        ('{"access_token": "abcdef", "expires_in": 3}', '"expires_in": 3'),
        (f"token was {JWT}.", "token was"),
        ("postgresql://user:abcdef@host/db", "@host/db"),
        ("-----BEGIN PRIVATE KEY-----\nabcdef\n-----END PRIVATE KEY-----", ""),
    ],
)
def test_secret_text_is_covered(text: str, kept: str) -> None:
    """Wherever it stands in a message; what is beside it stays."""
    said = mask_text(text)
    assert MASK in said
    assert kept in said
    assert "abcdef" not in said
    assert JWT not in said


def test_known_secrets_are_covered_anywhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever surrounds them; too short ones would cover ordinary words."""
    monkeypatch.setattr(telemetry, "_known_secrets", set())
    telemetry.never_say("correct-horse")
    telemetry.never_say("a")
    assert mask_text("xcorrect-horsey at a stable") == f"x{MASK}y at a stable"


def test_ordinary_text_stays() -> None:
    """A mask that covers too much makes logs useless."""
    for text in ("The bearer of bad news", "read 3 tokens", "https://host/path?x=1", "token_url is set"):
        assert mask_text(text) == text


def test_no_line_can_be_forged() -> None:
    """Control characters are shown, not sent."""
    assert mask_text("a\r\x1b[31mb") == "a\\r\\x1b[31mb"


def test_lines_are_json_with_secrets_covered(log: io.StringIO) -> None:
    """Ours and those of libraries, arguments and exceptions included."""
    structlog.get_logger("callboard.x").warning(
        "said", client_secret="abcdef", token_url="https://t", inner={"password": "abcdef"}, many=[f"Bearer {JWT}"], n=3
    )
    logging.getLogger("uvicorn").warning("header %s", f"Bearer {JWT}")
    error = ValueError(f"client_secret={JWT}")
    structlog.get_logger("callboard.x").error("failed", exc_info=error)
    lines = [json.loads(line) for line in log.getvalue().splitlines()]
    assert [line["event"] for line in lines] == ["said", f"header Bearer {MASK}", "failed"]
    assert (lines[0]["client_secret"], lines[0]["token_url"], lines[0]["n"]) == (MASK, "https://t", 3)
    assert "ValueError" in lines[2]["exception"]
    assert "abcdef" not in log.getvalue()
    assert JWT not in log.getvalue()


def test_request_ids_are_bound_and_checked(log: io.StringIO) -> None:
    """A given one is kept only when it is short and plain."""
    with request_id("abc-1") as kept:
        structlog.get_logger("callboard.x").info("inside")
    with request_id("x\ny") as made:
        pass
    assert kept == "abc-1"
    assert len(made) == 32
    assert json.loads(log.getvalue().splitlines()[0])["request_id"] == "abc-1"


def test_figures() -> None:
    """In the Prometheus text format; what is not known is not there."""
    figures = Metrics()
    figures.runs.labels("main", "applied").inc()
    figures.page_seconds.labels("main").observe(0.2)
    text = figures.text().decode()
    assert 'callboard_sync_runs_total{source="main",state="applied"} 1.0' in text
    assert "callboard_source_page_seconds_bucket" in text
    assert "callboard_source_freshness_seconds{" not in text
