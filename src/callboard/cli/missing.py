"""Names that are not there, said with the name and with what to do next."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from callboard.errors import NotFoundError

if TYPE_CHECKING:
    from callboard.domain.component import EntityRef
    from callboard.domain.query import Query
    from callboard.wiring.services import Services


_BY_NAME = frozenset({"component", "runs", "owner", "system", "domain"})
"""Keys of the query language whose values are references of the catalog."""


@contextmanager
def named(what: str, hint: str) -> Iterator[None]:
    """Says what was looked for where the error only says that it is not there."""
    try:
        yield
    except NotFoundError as error:
        if error.message != NotFoundError().message:
            raise
        raise NotFoundError(f"There is no {what}, or you may not see it.", hint=error.hint or hint) from error


@contextmanager
def entity(services: Services, ref: EntityRef, hint: str) -> Iterator[None]:
    """The same for what the catalog has, with the name that was probably meant."""
    try:
        with named(ref, hint):
            yield
    except NotFoundError as error:
        from callboard.domain.access import AT_THE_LAPTOP
        from callboard.usecases import unknown_names

        near = unknown_names.meant(services.store, AT_THE_LAPTOP, ref)
        if near is None:
            raise
        raise NotFoundError(error.message, hint=f"Did you mean {near}? {error.hint}") from error


def said_of(services: Services, query: Query) -> list[str]:
    """What a reader must know about the names in a query before taking an empty answer for a good one."""
    from callboard.domain.query import OneOf

    asked = [term for term in query.terms if isinstance(term, OneOf) and term.key in _BY_NAME]
    if not asked:
        return []
    from callboard.domain.access import AT_THE_LAPTOP
    from callboard.domain.component import EntityRef, short_name
    from callboard.domain.query.words import ME
    from callboard.usecases import unknown_names

    refs = [EntityRef(value) for term in asked for value in term.values if value != ME]
    return [
        f"The catalog has no {each.ref}" + (f": did you mean {short_name(each.meant)}?" if each.meant else ".")
        for each in unknown_names.among(services.store, AT_THE_LAPTOP, refs)
    ]
