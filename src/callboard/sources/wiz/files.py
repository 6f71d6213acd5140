"""Files that Wiz or a client of it wrote: report exports, and records as JSON or JSON lines.

What a file is, is told by its content, not by its name. A record that cannot be read is rejected with its place; a file
that holds something of Wiz's that is no finding is refused with what it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from callboard.domain.finding import Observed, Rejected
from callboard.errors import ImportRefusedError
from callboard.sources.wiz import report
from callboard.sources.wiz.lenient import kind_of, loads
from callboard.sources.wiz.parse import parse

ISSUE_REPORT = "issue-report"
VULNERABILITY_REPORT = "vulnerability-report"
NODES = "nodes"
KINDS = (ISSUE_REPORT, VULNERABILITY_REPORT, NODES)

MAX_JSON_BYTES = 256 * 1024 * 1024
"""A JSON document is read whole, so it is bounded. JSON lines and reports are streamed and are not."""

MAX_LINE_BYTES = 8 * 1024 * 1024

_HEAD_BYTES = 64 * 1024

_OPERATIONS = {
    "issues": "issue",
    "issuesV2": "issue",
    "issue": "issue",
    "vulnerabilityFindings": "vulnerability",
    "vulnerabilityFinding": "vulnerability",
    "configurationFindings": "misconfiguration",
    "configurationFinding": "misconfiguration",
}
"""Fields of a whole API answer that hold findings."""

_WRAPPED = {
    "issue": "issue",
    "vulnerability_finding": "vulnerability",
    "configuration_finding": "misconfiguration",
}
"""The `_kind` under which a third-party tool writes records (published fixtures, 2026-08)."""

_EXPECTED = (
    "Expected a Wiz issue report or vulnerability report (CSV), or issues, vulnerability findings or configuration "
    "findings as JSON or JSON lines."
)


def detect(path: Path) -> str:
    """Which of `KINDS` the file is. Raises ImportRefusedError naming what was expected."""
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD_BYTES)
    except OSError as error:
        raise ImportRefusedError(f"{path.name} cannot be opened ({error.strerror}).") from error
    text = head.decode("utf-8-sig", "replace").lstrip()
    if not text:
        raise ImportRefusedError(f"{path.name} is empty.", hint=_EXPECTED)
    if text[0] in "{[":
        return NODES
    kind = report.kind_of_header(text.partition("\n")[0])
    if kind is None:
        raise ImportRefusedError(f"{path.name} is nothing that Callboard can import from Wiz.", hint=_EXPECTED)
    return kind


def read_file(path: Path, kind: str | None) -> Iterator[Observed | Rejected]:
    """The findings in a file, one by one. `kind` is one of `KINDS`, or None to detect it.

    Raises ImportRefusedError for a file that is no such file, before the first record.
    """
    detected = detect(path) if kind is None else kind
    if detected == NODES:
        return _read_nodes(path)
    if detected in (ISSUE_REPORT, VULNERABILITY_REPORT):
        return report.read(path, detected)
    raise ImportRefusedError(f"{kind!r} is not a kind of Wiz file.", hint=f"Use any of {', '.join(KINDS)}.")


def _read_nodes(path: Path) -> Iterator[Observed | Rejected]:
    if _is_lines(path):
        return _read_lines(path)
    if path.stat().st_size > MAX_JSON_BYTES:
        raise ImportRefusedError(
            f"{path.name} is larger than {MAX_JSON_BYTES // 1024 // 1024} MB.", hint="Split it, or write JSON lines."
        )
    body = path.read_bytes().removeprefix(b"\xef\xbb\xbf")
    value = loads(body)
    if value is NotImplemented:
        raise ImportRefusedError(f"{path.name} is not valid JSON.", hint=_EXPECTED)
    return _read_records(path, list(_records(value, path)))


def _is_lines(path: Path) -> bool:
    """Whether the file is JSON lines: its first line is a whole JSON object and there may be more of them."""
    with path.open("rb") as file:
        first = file.readline(MAX_LINE_BYTES).removeprefix(b"\xef\xbb\xbf").strip()
        second = file.readline(64).strip()
    return first.startswith(b"{") and isinstance(loads(first), dict) and (not second or second.startswith(b"{"))


def _read_lines(path: Path) -> Iterator[Observed | Rejected]:
    with path.open("rb") as file:
        number = 0
        found = False
        while line := file.readline(MAX_LINE_BYTES + 1):
            number += 1
            where = f"{path.name}:{number}"
            if len(line) > MAX_LINE_BYTES:
                yield Rejected(where=where, reason=f"expected a line of at most {MAX_LINE_BYTES:,} bytes")
                while line and not line.endswith(b"\n"):
                    line = file.readline(MAX_LINE_BYTES)
                continue
            text = line.removeprefix(b"\xef\xbb\xbf").strip()
            if not text:
                continue
            value = loads(text)
            if value is NotImplemented:
                yield Rejected(where=where, reason="expected a JSON object")
                continue
            try:
                records = list(_records(value, path))
            except ImportRefusedError:
                if not found:
                    raise
                yield Rejected(where=where, reason="expected a finding, found something else")
                continue
            found = True
            for record_kind, record in records:
                yield _read_record(record_kind, record, where)


def _read_records(path: Path, records: list[tuple[str, object]]) -> Iterator[Observed | Rejected]:
    for number, (kind, record) in enumerate(records, start=1):
        yield _read_record(kind, record, f"{path.name}[{number}]")


def _read_record(kind: str, record: object, where: str) -> Observed | Rejected:
    result = parse(kind, msgspec.json.encode(record))
    if isinstance(result, Rejected):
        place = f"{where} {result.where}".rstrip()
        return msgspec.structs.replace(result, where=place)
    return result


def _records(value: object, path: Path) -> Iterator[tuple[str, object]]:
    """The findings in a JSON value, with their kinds. Raises ImportRefusedError when it is something else altogether."""
    if isinstance(value, list):
        kinds = [_kind(item) for item in value]
        if value and not any(kinds):
            raise _no_findings(path, _what(value[0]))
        known = next((kind for kind in kinds if kind), "issue")
        yield from ((kind or known, item) for kind, item in zip(kinds, value, strict=True))
        return
    if not isinstance(value, dict):
        raise _no_findings(path, kind_of(value))
    if (kind := _kind(value)) is not None:
        yield kind, value
        return
    answers = [value, *(inner for inner in value.values() if isinstance(inner, dict))]
    connections = [
        (_OPERATIONS[field], connection)
        for answer in answers
        for field, connection in _data(answer).items()
        if field in _OPERATIONS
    ]
    if not connections:
        raise _no_findings(path, _what(value))
    for kind, connection in connections:
        nodes = connection.get("nodes", [connection]) if isinstance(connection, dict) else [connection]
        yield from ((kind, node) for node in (nodes if isinstance(nodes, list) else []))


def _data(answer: dict[str, Any]) -> dict[str, Any]:
    """What a whole API answer holds. Empty: it is none."""
    data = answer.get("data")
    return data if isinstance(data, dict) else {}


def _kind(record: object) -> str | None:
    """Which finding a record is, by what only that kind has. None: it is none."""
    if not isinstance(record, dict):
        return None
    if isinstance(wrapped := record.get("_kind"), str):
        return _WRAPPED.get(wrapped)
    if "vulnerableAsset" in record or "firstDetectedAt" in record:
        return "vulnerability"
    if "rule" in record and "resource" in record:
        return "misconfiguration"
    if "createdAt" in record and "status" in record and record.keys() & _ISSUE_KEYS:
        return "issue"
    return None


_ISSUE_KEYS = {"entitySnapshot", "sourceRule", "sourceRules", "control"}

_SHAPES = (
    ("a GraphQL schema", {"types", "_meta"}),
    ("a webhook body or its template", {"trigger", "issue"}),
    ("a control", {"resolutionRecommendation"}),
    ("a technology on a resource", {"technology", "resource"}),
    ("a technology", {"ownerName", "categories"}),
    ("a service ticket", {"externalId", "name", "url"}),
    ("a project", {"isFolder"}),
    ("an error answer", {"errors"}),
)
"""What else Wiz's JSON may be, by keys that go together."""


def _what(value: object) -> str:
    if not isinstance(value, dict):
        return kind_of(value)
    if isinstance(wrapped := value.get("_kind"), str):
        return f"records of the kind {wrapped[:60]!r}"
    return next((what for what, keys in _SHAPES if keys <= value.keys()), "an unknown object")


def _no_findings(path: Path, what: str) -> ImportRefusedError:
    return ImportRefusedError(f"{path.name} holds no findings: it is {what}.", hint=_EXPECTED)
