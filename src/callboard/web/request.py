"""One request, read for itself alone.

Litestar keeps the last 1,024 queries and cookies that it has read, whoever sent them, for as long as the process lives
(2.25, `litestar/_parsers.py`): anybody could fill hundreds of megabytes with that, and what people look for would stay there.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl

from litestar.connection import Request
from litestar.datastructures import MultiDict

from callboard.web.place import values


class WebRequest(Request[Any, Any, Any]):
    """Litestar's request; the three types it is generic over are not used."""

    @cached_property
    def query_params(self) -> MultiDict[str]:
        """The query's pairs, decoded, in order."""
        query = self.scope.get("query_string", b"").decode("latin-1")
        return MultiDict(parse_qsl(query, keep_blank_values=True))

    @cached_property
    def cookies(self) -> dict[str, str]:
        """What the browser's cookies hold, as it stands there: ours have no letter that has to be spelled.

        Of a name that is there twice the last one counts. Browsers send first what was set for a longer path, and ours are
        for every path.
        """
        pairs = (each.partition("=") for line in values(self.scope["headers"], b"cookie") for each in line.split(";"))
        return {name.strip(): value.strip() for name, _, value in pairs}
