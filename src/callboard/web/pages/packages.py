"""Pages about packages: who uses one, what a component consists of, and for how much of the catalog that is known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from litestar.params import FromPath
from litestar.response import Response

from callboard.domain.component import EntityRef, short_name
from callboard.domain.packages.composition import Composition, Packages, SbomCoverage
from callboard.domain.packages.who_uses import WhoUses, read_period, read_wanted
from callboard.errors import InvalidQueryError
from callboard.gathering import BILL_FORMATS
from callboard.usecases.packages import manifests
from callboard.web import links, render
from callboard.web.api.packages import PAGE
from callboard.web.params import board as params
from callboard.web.view import Viewing

PATH = "/packages"
FIELDS = ("package", "at", "from", "to", "cursor")
ROWS = 50


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """What the template of the search is given."""

    asked: Mapping[str, str]
    """The fields as they were written."""
    found: WhoUses | None
    """None: nothing was asked yet, or not understood."""
    problem: str | None
    first_url: str | None
    next_url: str | None
    coverage: SbomCoverage


@dataclass(frozen=True, kw_only=True, slots=True)
class Consists:
    """What the template of a component is given."""

    ref: EntityRef
    composition: Composition
    packages: Packages
    formats: tuple[tuple[str, str], ...]
    """Names of formats, and where the bill is in each."""
    first_url: str | None
    next_url: str | None


def who_uses(view: Viewing) -> Response[str]:
    """Who uses a package, now or in the past."""
    asked = params.texts(view.query, FIELDS)
    found, problem = None, None
    if asked["package"]:
        try:
            found = _found(view, asked)
        except InvalidQueryError as error:
            problem = f"{error.message} {error.hint or ''}".strip()
    context = Asked(
        asked=asked,
        found=found,
        problem=problem,
        first_url=_page(asked, "") if asked["cursor"] else None,
        next_url=_page(asked, found.next) if found is not None and found.next else None,
        coverage=manifests.coverage(view.store, view.visibility),
    )
    return render.answer("who_uses.html", title="Who uses a package", here="packages", now=view.now, c=context)


def component(view: Viewing, kind: FromPath[str], namespace: FromPath[str], name: FromPath[str]) -> Response[str]:
    """What one component consists of."""
    start, _ = params.numbers(view.query, PAGE)
    ref = params.component_ref(kind, namespace, name)
    found = manifests.used(view.store, view.visibility, ref, start=start, limit=ROWS)
    here = links.packages_of(ref)
    end = start + len(found.rows)
    context = Consists(
        ref=ref,
        composition=manifests.composition(view.store, view.visibility, ref),
        packages=found,
        formats=tuple((each, f"/api/v1{links.component(ref)}/sbom/{each}") for each in BILL_FORMATS),
        first_url=here if start else None,
        next_url=links.address(here, {"start": str(end)}) if end < found.total else None,
    )
    title = f"Packages of {short_name(ref)}"
    return render.answer("packages.html", title=title, here="components", now=view.now, c=context)


def coverage(view: Viewing) -> Response[str]:
    """For how much of the catalog it is known what it consists of."""
    params.nothing(view.query)
    found = manifests.coverage(view.store, view.visibility)
    return render.answer("sbom_coverage.html", title="SBOM coverage", here="packages", now=view.now, c=found)


def _found(view: Viewing, asked: Mapping[str, str]) -> WhoUses:
    ends = (asked["from"], asked["to"] or asked["from"]) if asked["from"] else None
    if asked["to"] and not asked["from"]:
        raise InvalidQueryError("A time needs its first day as well.", field="from")
    return manifests.who_uses(
        view.store,
        view.visibility,
        read_wanted(asked["package"]),
        read_period(asked["at"] or None, ends),
        limit=ROWS,
        cursor=asked["cursor"] or None,
    )


def _page(asked: Mapping[str, str], cursor: str) -> str:
    return links.address(PATH, {name: value for name, value in {**asked, "cursor": cursor}.items() if value})
