"""Links that lie, for chosen findings: `POST /admin/links` with `{"<id>": "<way>"}`, and an empty way to mend one.

The ways: `foreign-host` (a host that is not the tenant's), `wrong-id` (another finding's id), `path` (the form
`/issues/<id>`, which opens nothing), `unsafe` (a script instead of an address), `none` (no link), and `dead`: the finding is
no longer told of by anybody, and its page says so. The count of a longer list is then right only on the page it stood on.
"""

# ruff: noqa: ANN401  values of GraphQL are typed by its schema, not by Python

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlsplit
from uuid import NAMESPACE_URL, uuid5

import msgspec

DEAD: Final = "dead"
WAYS: Final = ("foreign-host", "wrong-id", "path", "unsafe", "none", DEAD)
FOREIGN: Final = "app.wiz.io.example"
_LINKS: Final = ("url", "portalUrl")


def read(body: Mapping[str, Any], before: Mapping[str, str]) -> dict[str, str]:
    """The ways as they are to be from now on. Raises ValueError for one that there is not."""
    after = {**before, **{str(id_): str(way) for id_, way in body.items()}}
    for way in after.values():
        if way and way not in WAYS:
            raise ValueError(f"There is no way {way!r}. Known: {', '.join(WAYS)}.")
    return {id_: way for id_, way in after.items() if way}


def bend(raw: bytes, crooked: Mapping[str, str]) -> bytes:
    """An answer in which the links of these findings lie."""
    if not any(id_.encode() in raw for id_ in crooked):
        return raw
    answer = msgspec.json.decode(raw)
    return msgspec.json.encode(_bent(answer, crooked))


def _bent(value: Any, crooked: Mapping[str, str]) -> Any:
    if isinstance(value, list):
        told = (each for each in value if not (isinstance(each, dict) and crooked.get(str(each.get("id"))) == DEAD))
        return [_bent(each, crooked) for each in told]
    if not isinstance(value, dict):
        return value
    way = crooked.get(str(value.get("id")))
    bent = {name: _bent(inner, crooked) for name, inner in value.items()}
    if isinstance(nodes := value.get("nodes"), list) and isinstance(value.get("totalCount"), int):
        bent["totalCount"] -= len(nodes) - len(bent["nodes"])
    for name in _LINKS:
        if way and way != DEAD and isinstance(bent.get(name), str):
            bent[name] = _link(bent[name], str(value["id"]), way)
    return bent


def _link(link: str, id_: str, way: str) -> str | None:
    parts = urlsplit(link)
    match way:
        case "foreign-host":
            return parts._replace(scheme="https", netloc=FOREIGN).geturl()
        case "wrong-id":
            return link.replace(id_, str(uuid5(NAMESPACE_URL, id_)))
        case "path":
            return f"{parts.scheme}://{parts.netloc}/issues/{id_}"
        case "unsafe":
            return f"javascript:alert(1)//{parts.netloc}{parts.path}"
        case _:
            return None
