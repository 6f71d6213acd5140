"""Wiz's report exports: the issue report and the vulnerability report, as CSV.

As of 2026-08, from published exports: values are in Title Case in one and upper case in the other, `IGNORED` stands for
REJECTED, dates come as RFC 3339 and as Go prints them, project ids and names are each sorted for themselves, so that they
cannot be paired. Columns that are missing leave their fields unset.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

from msgspec import UNSET, UnsetType

from callboard.domain import alias
from callboard.domain.finding import Detail, Kind, Note, Observed, Project, Rejected, Resource, Rule, State, Ticket
from callboard.domain.instant import Instant
from callboard.errors import ImportRefusedError
from callboard.sources.wiz.code import file_in, readable, repository_names, repository_of
from callboard.sources.wiz.lenient import loads
from callboard.sources.wiz.resource import label_names
from callboard.sources.wiz.words import (
    LINE_CHARACTERS,
    TEXT_CHARACTERS,
    clean,
    instant,
    noted,
    severity_of,
    state_of,
)

MAX_FIELD_CHARACTERS = 1024 * 1024
"""A longer field makes its row unreadable; "Resource original JSON" can be long."""

_NEEDED = {
    "issue-report": ("Issue ID", "Created At", "Title", "Severity", "Status"),
    "vulnerability-report": ("ID", "Name", "FindingStatus", "FirstDetected", "AssetID"),
}
"""Columns without which a file is not that report."""

_NEEDED_BY_ROWS = {**_NEEDED, "issue-report": (*_NEEDED["issue-report"], "Resource vertex ID")}
"""Columns without which no row of it can be taken in."""

_GO_DATE = re.compile(
    r"(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(\.\d{1,9})? ([+-]\d\d)(\d\d)(?: [A-Z]{1,5}|[+-]\d{2,4})?(?: m=\S+)?"
)

Row = dict[str, str]
Make = Callable[[Row, str], Observed | Rejected]


def kind_of_header(line: str) -> str | None:
    """Which report a header line belongs to. None: neither."""
    try:
        columns = _columns(next(csv.reader([line]), []))
    except csv.Error:
        return None
    return next((kind for kind, needed in _NEEDED.items() if set(needed) <= set(columns)), None)


def read(path: Path, kind: str) -> Iterator[Observed | Rejected]:
    """The rows of a report. Raises ImportRefusedError for a wrong header, before the first row is asked for."""
    file = path.open(encoding="utf-8-sig", errors="replace", newline="")
    # Strict: a quote in the wrong place is an error with a line number, not a silently shifted row.
    rows = csv.reader(_Lines(file), strict=True)
    try:
        columns = _columns(next(rows, []))
    except csv.Error as error:
        file.close()
        raise ImportRefusedError(f"{path.name}: the first line is not a CSV header ({error}).") from error
    missing = [column for column in _NEEDED_BY_ROWS[kind] if column not in columns]
    if missing:
        file.close()
        raise ImportRefusedError(
            f"{path.name} is not a Wiz {kind.replace('-', ' ')}: it has no column {_quoted(missing)}.",
            hint=f"Expected at least the columns {_quoted(_NEEDED_BY_ROWS[kind])}.",
        )
    return _rows(path.name, file, rows, columns, _issue if kind == "issue-report" else _vulnerability)


class _Lines:
    """The lines of a file, none longer than a field may be, so that a missing quote does not fill the memory."""

    def __init__(self, file: IO[str]) -> None:
        self._file = file

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._file.readline(MAX_FIELD_CHARACTERS)
        if not line:
            raise StopIteration
        return line.replace("\0", "")


def _rows(
    name: str, file: IO[str], rows: Iterator[list[str]], columns: list[str], make: Make
) -> Iterator[Observed | Rejected]:
    limit = csv.field_size_limit(MAX_FIELD_CHARACTERS)
    try:
        with file:
            while True:
                start = rows.line_num + 1  # type: ignore[attr-defined]
                where = f"{name}:{start}"
                csv.field_size_limit(MAX_FIELD_CHARACTERS)
                try:
                    cells = next(rows)
                except StopIteration:
                    return
                except csv.Error as error:
                    yield Rejected(where=where, reason=f"expected a CSV row: {error}")
                    continue
                if not any(cells):
                    continue
                if len(cells) != len(columns):
                    reason = f"expected {len(columns)} columns, found {len(cells)}"
                    yield Rejected(where=where, reason=reason)
                    continue
                yield make(dict(zip(columns, cells, strict=True)), where)
    finally:
        csv.field_size_limit(limit)


def _issue(row: Row, where: str) -> Observed | Rejected:
    issue_id = row["Issue ID"].strip()
    if not issue_id:
        return Rejected(where=where, reason="expected an Issue ID, found none")
    drift: list[str] = []
    first = _date(row, "Created At", drift)
    if not isinstance(first, int):
        return Rejected(where=where, reason="expected a date under Created At", external_id=issue_id)
    resource_id = row.get("Resource vertex ID", "").strip()
    if not resource_id:
        return Rejected(where=where, reason="expected a Resource vertex ID, found none", external_id=issue_id)
    title = _line(row["Title"], "Title", drift).strip() or "Untitled issue"
    rule_id = row.get("Control ID", "").strip() or f"title:{title}"
    state = state_of(row["Status"].strip(), row.get("Resolution", "").strip(), drift)
    external = _told(row, "Resource external ID", drift)
    remediation = _told(row, "Remediation Recommendation", drift, TEXT_CHARACTERS)
    kind = _told(row, "Resource Type", drift) or "UNKNOWN"
    url = _told(row, "Cloud Provider URL", drift) or None
    repository = repository_of((external or None,), kind, url)
    tags = _tags(row.get("Resource Tags", ""), drift)
    return Observed(
        external_id=issue_id,
        kind=Kind.ISSUE,
        state=state,
        severity=severity_of(row["Severity"].strip() or None, "Severity", drift),
        title=title,
        rule=Rule(external_id=rule_id, name=title, kind="Control", remediation=remediation or None),
        resource=Resource(
            external_id=resource_id,
            name=_told(row, "Resource Name", drift) or resource_id,
            type=kind,
            platform=_told(row, "Resource Platform", drift) or None,
            region=_told(row, "Resource Region", drift) or None,
            account_id=_told(row, "Subscription ID", drift) or None,
            account_name=_told(row, "Subscription Name", drift) or None,
            provider_id=external or None,
            status=_told(row, "Resource Status", drift) or None,
            repository=repository and readable(repository),
            url=url,
            tags=tags,
            aliases=_aliases(
                (alias.WIZ_ASSET, resource_id),
                (alias.WIZ_EXTERNAL, external),
                *(repository_names(repository) if repository else ()),
                (alias.KUBERNETES_NAMESPACE, _told(row, "Kubernetes Namespace", drift)),
                (alias.KUBERNETES_CLUSTER, _told(row, "Kubernetes Cluster", drift)),
                *label_names(tags),
            ),
        ),
        projects=_projects(row, drift),
        first_detected_at=first,
        fixed_at=_fixed_at(row, "Resolved Time", state, drift),
        due_at=_date(row, "Due At", drift),
        url=_told(row, "Wiz URL", drift),
        fix=f"rule:{rule_id}",
        detail=Detail(
            description=_told(row, "Description", drift, TEXT_CHARACTERS),
            remediation=remediation,
            resolution=_told(row, "Resolution", drift),
            notes=_notes(row, drift),
            tickets=_tickets(row, drift),
            source_status=row["Status"].strip() or UNSET,
            source_severity=row["Severity"].strip() or UNSET,
            drift=noted(drift),
        ),
    )


def _vulnerability(row: Row, where: str) -> Observed | Rejected:
    finding_id = row["ID"].strip()
    if not finding_id:
        return Rejected(where=where, reason="expected an ID, found none")
    drift: list[str] = []
    first = _date(row, "FirstDetected", drift)
    if not isinstance(first, int):
        return Rejected(where=where, reason="expected a date under FirstDetected", external_id=finding_id)
    asset_id = row["AssetID"].strip()
    if not asset_id:
        return Rejected(where=where, reason="expected an AssetID, found none", external_id=finding_id)
    name = _line(row["Name"], "Name", drift).strip() or "Unnamed vulnerability"
    state = state_of(row["FindingStatus"].strip(), row.get("ResolutionReason", "").strip(), drift)
    severity = next((word for key in _SEVERITY_COLUMNS if (word := row.get(key, "").strip())), None)
    package, fixed = _told(row, "DetailedName", drift), _told(row, "FixedVersion", drift)
    prefix = name.partition("-")[0]
    return Observed(
        external_id=finding_id,
        kind=Kind.VULNERABILITY,
        state=state,
        severity=severity_of(severity, "CVSSSeverity", drift),
        title=f"{name} in {package}" if package else name,
        rule=Rule(external_id=name, name=name, kind=prefix if prefix in ("CVE", "GHSA", "MAL") else "Advisory"),
        resource=file_in(_asset(row, asset_id, drift), row.get("LocationPath", "").strip()),
        first_detected_at=first,
        last_detected_at=_date(row, "LastDetected", drift),
        fixed_at=_fixed_at(row, "ResolvedAt", state, drift),
        url=_told(row, "WizURL", drift),
        fix=f"package:{package}:{fixed}" if package and fixed else UNSET if fixed is UNSET else None,
        detail=Detail(
            remediation=_told(row, "Remediation", drift, TEXT_CHARACTERS),
            package=package,
            version=_told(row, "Version", drift),
            fixed_version=fixed,
            location=_told(row, "LocationPath", drift),
            detection=_told(row, "DetectionMethod", drift),
            link=_told(row, "Link", drift),
            has_exploit=_flag(row, "HasExploit", drift),
            known_exploited=_flag(row, "HasCisaKevExploit", drift),
            resolution=_told(row, "ResolutionReason", drift),
            # The report names projects without their ids, and a name is not enough to tell which project it is.
            evidence=(("Projects", projects),) if (projects := _told(row, "Projects", drift)) else UNSET,
            source_status=row["FindingStatus"].strip() or UNSET,
            source_severity=severity or UNSET,
            drift=noted(drift),
        ),
    )


def _asset(row: Row, asset_id: str, drift: list[str]) -> Resource:
    # The report does not tell the asset's type; that it is a repository shows in its id alone.
    kind = "UNKNOWN"
    external = _told(row, "ProviderUniqueId", drift) or None
    url = _told(row, "CloudProviderURL", drift) or None
    repository = repository_of((external,), kind, url)
    tags = _tags(row.get("Tags", ""), drift)
    return Resource(
        external_id=asset_id,
        name=_told(row, "AssetName", drift) or asset_id,
        type=kind,
        platform=_told(row, "CloudPlatform", drift) or None,
        region=_told(row, "AssetRegion", drift) or None,
        account_id=_told(row, "SubscriptionExternalId", drift) or None,
        account_name=_told(row, "SubscriptionName", drift) or None,
        provider_id=external,
        repository=repository and readable(repository),
        status=_told(row, "Status", drift) or None,
        url=url,
        tags=tags,
        aliases=_aliases(
            (alias.WIZ_ASSET, asset_id),
            (alias.WIZ_EXTERNAL, external),
            *(repository_names(repository) if repository else ()),
            *label_names(tags),
        ),
    )


_SEVERITY_COLUMNS = ("Severity", "CVSSSeverity", "VendorSeverity")


def _told(row: Row, column: str, drift: list[str], most: int = LINE_CHARACTERS) -> str | None | UnsetType:
    """A cell; None when it is empty, UNSET when the report has no such column."""
    text = row.get(column)
    if text is None:
        return UNSET
    text = text.strip()
    return clean(text, most, column, drift) if text else None


def _line(text: str, column: str, drift: list[str]) -> str:
    return clean(text, LINE_CHARACTERS, column, drift)


def _date(row: Row, column: str, drift: list[str]) -> Instant | None | UnsetType:
    text = row.get(column)
    if text is None:
        return UNSET
    text = text.strip()
    if not text:
        return None
    if (go := _GO_DATE.fullmatch(text)) is not None:
        text = f"{go[1]}T{go[2]}{go[3] or ''}{go[4]}:{go[5]}"
    at = instant(text)
    if at is None:
        drift.append(f"{column}: not a date")
    return at


def _fixed_at(row: Row, column: str, state: State, drift: list[str]) -> Instant | None | UnsetType:
    at = _date(row, column, drift)
    if isinstance(at, int) and state.is_open:
        drift.append(f"{column}: set although open")
        return None
    return at


def _flag(row: Row, column: str, drift: list[str]) -> bool | None | UnsetType:
    text = row.get(column)
    if text is None:
        return UNSET
    match text.strip().lower():
        case "true" | "yes":
            return True
        case "false" | "no":
            return False
        case "":
            return None
        case _:
            drift.append(f"{column}: neither true nor false")
            return None


def _projects(row: Row, drift: list[str]) -> tuple[Project, ...] | UnsetType:
    """Projects by id. Names are taken only where there is one of each: both lists are sorted for themselves."""
    if "Project IDs" not in row:
        return UNSET
    ids = list(dict.fromkeys(part.strip() for part in row["Project IDs"].split(",") if part.strip()))[:500]
    names = row.get("Project Names", "").strip()
    if len(ids) == 1 and names:
        return (Project(external_id=ids[0], name=_line(names, "Project Names", drift)),)
    return tuple(Project(external_id=project_id, name=project_id) for project_id in ids)


def _notes(row: Row, drift: list[str]) -> tuple[Note, ...] | UnsetType:
    if "Note" not in row:
        return UNSET
    text = clean(row["Note"].strip(), TEXT_CHARACTERS, "Note", drift)
    return (Note(text=text),) if text else ()


def _tickets(row: Row, drift: list[str]) -> tuple[Ticket, ...] | UnsetType:
    if "Ticket URLs" not in row:
        return UNSET
    urls = dict.fromkeys(_line(part, "Ticket URLs", drift) for part in re.split(r"[,;\s]+", row["Ticket URLs"]) if part)
    return tuple(Ticket(external_id=url, name=url.rstrip("/").rpartition("/")[2] or url, url=url) for url in urls)


def _tags(text: str, drift: list[str]) -> tuple[tuple[str, str], ...]:
    """Tags, which the reports write as JSON text."""
    if not text.strip():
        return ()
    value = loads(text.encode("utf-8", "ignore"))
    if not isinstance(value, dict):
        drift.append("Tags: not a JSON object")
        return ()
    return tuple(
        (_line(key, "Tags", drift), _line(str("" if word is None else word), "Tags", drift))
        for key, word in list(value.items())[:200]
    )


def _aliases(*pairs: tuple[str, str | None | UnsetType]) -> tuple[tuple[str, str], ...]:
    return tuple((form, value) for form, value in pairs if isinstance(value, str) and value)


def _columns(cells: list[str]) -> list[str]:
    return [cell.strip().removeprefix("\ufeff") for cell in cells]


def _quoted(columns: list[str] | tuple[str, ...]) -> str:
    return ", ".join(repr(column) for column in columns)
