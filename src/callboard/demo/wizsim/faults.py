"""Everything that can go wrong on purpose. One switch per field; all are off in a fresh look-alike.

On a shell `--fault NAME[=VALUE]`, while it runs `POST /admin/faults` with `{"NAME": value}`. A switch that takes a number of
calls is counted down: `http_503=2` fails the next two calls, `http_503=2@5` lets five pass first.
"""

# ruff: noqa: ANN401  values of GraphQL are typed by its schema, not by Python

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from typing import Any, Final, Literal

Empties = Literal["null", "list", "blank", "absent"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Faults:
    """The switches."""

    empties: Empties = "null"
    """How an empty list is told: null (what samples show), [], "" or not at all."""

    total_count_zero: bool = False
    """`totalCount` is 0 after the first page for every kind, not only for vulnerabilities."""

    empty_page: bool = False
    """Every third page is empty and says that more follows."""

    repeated_cursor: bool = False
    """From the second page on, the cursor given back is the one that was sent."""

    null_cursor: bool = False
    """`hasNextPage` is true and `endCursor` is null."""

    rate_limit: float = 0.0
    """Calls per second above which 429 is answered; 0 is off. The public figure is 10 (wiz-api.md section 2)."""

    rate_form: Literal["http", "seconds", "date", "graphql"] = "http"
    """Without Retry-After, with seconds, with a date, or as a GraphQL error with status 200."""

    retry_after: int = 1
    """Seconds that Retry-After asks for."""

    partial: int = 0
    """That many calls answer 200 with errors beside partial data."""

    http_500: int = 0
    http_502: int = 0
    http_503: int = 0
    truncated: int = 0
    """That many calls end in the middle of the JSON text, with a length that fits."""

    reset: int = 0
    """That many calls lose the connection in the middle of the body."""

    hang: int = 0
    """That many calls are not answered until the caller gives up (at most 30 seconds)."""

    not_json: int = 0
    """That many calls answer a page of HTML with status 200."""

    skip_calls: int = 0
    """Calls that pass before the counted faults begin."""

    latency_ms: int = 0
    """Waiting time of every GraphQL call."""

    revoke_after: int = 0
    """A token is refused with 401 after that many calls; a new one works again."""

    token_rate_limit: float = 0.0
    """Token requests per second above which 429 is answered."""

    account_expired: bool = False
    """The token endpoint refuses the service account as expired."""

    forbidden_ip: bool = False
    """Every GraphQL call answers 403 with the code FORBIDDEN_IP."""

    missing_scopes: str = ""
    """Scopes that the service account lost, separated by commas."""

    unknown_enum: bool = False
    """Every seventh node carries a status, a severity and a type that no schema names."""

    vanishing_field: str = ""
    """A field that does not arrive although it was asked for."""

    wrong_type: str = ""
    """A field that arrives as a number where a text or object belongs."""

    duplicate_item: bool = False
    """The last item of a page is also the first of the next."""

    missing_item: bool = False
    """The first item of every later page is left out."""

    drop_share: float = 0.0
    """This share of all findings is no longer told of."""

    id_change: int = 0
    """Every finding has another id, one set of ids per number."""

    cost_limit: int = 0
    """A larger `first` is answered with "input exceeded"."""

    changes_body: bool = field(init=False, default=False)

    def __post_init__(self) -> None:
        changing = (
            self.empties != "null" or self.unknown_enum or bool(self.vanishing_field or self.wrong_type or self.partial)
        )
        object.__setattr__(self, "changes_body", changing)


COUNTED: Final = ("http_500", "http_502", "http_503", "truncated", "reset", "hang", "not_json", "partial")
_ALL_CALLS: Final = 1_000_000_000
NAMES: Final = tuple(f.name for f in fields(Faults) if f.init)


class UnknownFaultError(ValueError):
    """There is no fault of that name, or its value cannot be read."""


def parse_fault(text: str) -> dict[str, Any]:
    """Read `NAME`, `NAME=VALUE` or `NAME=TIMES@SKIP`."""
    name, has_value, value = text.partition("=")
    changes: dict[str, Any] = {}
    if name in COUNTED and "@" in value:
        value, _at, skip = value.partition("@")
        changes["skip_calls"] = _read("skip_calls", skip)
    changes[name] = _read(name, value if has_value else None)
    return changes


def change(faults: Faults, changes: dict[str, Any]) -> Faults:
    """The switches with some of them set; values may be text."""
    return replace(faults, **{name: _read(name, value) for name, value in changes.items()})


def _read(name: str, value: Any) -> Any:
    if name not in NAMES:
        raise UnknownFaultError(f"There is no fault {name!r}. Known: {', '.join(NAMES)}.")
    default = getattr(Faults(), name)
    try:
        if isinstance(default, bool):
            return value is None or str(value).lower() in ("1", "true", "yes", "on")
        if isinstance(default, int):
            return (_ALL_CALLS if name in COUNTED else 1) if value is None or value is True else int(value)
        if isinstance(default, float):
            return 10.0 if value is None or value is True else float(value)
    except (TypeError, ValueError):
        raise UnknownFaultError(f"The fault {name!r} does not take {value!r}.") from None
    return "" if value is None else str(value)
