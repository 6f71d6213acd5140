"""Labels: what people say whose resources are, read from CSV or JSON lines. Pure."""

from __future__ import annotations

import csv
from collections.abc import Iterator

import msgspec

from callboard.errors import LabelsError

MOST = 100_000
"""Labels of one file."""
LONGEST = 4_000
"""Characters of one label or id."""
COLUMNS = ("resource", "label", "second")
_GUARDED = ("'=", "'+", "'-", "'@")
"""How an id is written that a spreadsheet would take for a formula."""


class Label(msgspec.Struct, frozen=True, kw_only=True):
    """What a person said about one resource."""

    line: int
    resource: str
    """By its id at the source, or by another name that only it has."""
    label: str
    second: str = ""
    """What another person said who did not see the first label. Empty: nobody did."""


def read_labels(text: str) -> list[Label]:
    """The labels of a CSV file with the columns `resource` and `label` (and `second`), or of JSON lines of these names.

    Raises LabelsError that names the line.
    """
    text = text.removeprefix("\ufeff")
    found: list[Label] = []
    for line, row in _json_lines(text) if text.lstrip().startswith("{") else _csv_rows(text):
        resource, label, second = (row.get(name, "").strip() for name in COLUMNS)
        if resource.startswith(_GUARDED):
            resource = resource[1:]
        if not resource or not label:
            raise LabelsError(f"Line {line}: a label needs a resource and a label.")
        if max(len(resource), len(label), len(second)) > LONGEST:
            raise LabelsError(f"Line {line}: a resource or label of more than {LONGEST:,} characters.")
        if len(found) >= MOST:
            raise LabelsError(f"Line {line}: more than {MOST:,} labels.")
        found.append(Label(line=line, resource=resource, label=label, second=second))
    if not found:
        raise LabelsError("The file holds no label.", hint="The first line of a CSV file has to be: resource,label")
    return found


def _csv_rows(text: str) -> Iterator[tuple[int, dict[str, str]]]:
    reader = csv.reader(text.splitlines(keepends=True), strict=True)
    columns: list[str] | None = None
    try:
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            if columns is None:
                columns = [cell.strip().casefold() for cell in cells]
                if not {"resource", "label"} <= set(columns):
                    raise LabelsError(
                        f"Line {reader.line_num}: expected the columns resource and label.",
                        hint="The first line of a CSV file has to be: resource,label",
                    )
                continue
            yield reader.line_num, dict(zip(columns, cells, strict=False))
    except csv.Error as error:
        raise LabelsError(f"Line {reader.line_num}: {error}.") from None


def _json_lines(text: str) -> Iterator[tuple[int, dict[str, str]]]:
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            yield number, msgspec.json.decode(line, type=dict[str, str])
        except (msgspec.DecodeError, RecursionError):
            raise LabelsError(
                f"Line {number}: expected one JSON object of texts a line.",
                hint='For example {"resource": "…", "label": "payments-api"}',
            ) from None
