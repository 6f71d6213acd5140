"""The proxy's endpoints, as both of its forms hold them."""

from __future__ import annotations

from collections.abc import Mapping

from callboard.checks.configuration import Setting, Settings


def endpoints(settings: Settings) -> Mapping[str, Setting]:
    """Path to endpoint. Before `proxy.endpoints` there was `proxy` itself, whose keys that begin with a slash are paths."""
    listed = settings.get("proxy.endpoints")
    if listed is not None:
        return listed.items
    proxy = settings.get("proxy")
    return {} if proxy is None else {path: each for path, each in proxy.items.items() if path.startswith("/")}


def headers(endpoint: Setting) -> Mapping[str, Setting]:
    """The headers that an endpoint adds, by name in lower case."""
    found = endpoint.get("headers")
    return {} if found is None else {name.lower(): each for name, each in found.items.items()}


def is_credential(header: str) -> bool:
    """Whether a header carries what lets its bearer in."""
    return header in ("authorization", "cookie", "proxy-authorization") or any(
        word in header for word in ("token", "key", "secret", "auth")
    )


def target(endpoint: Setting) -> Setting | None:
    """Where an endpoint leads; a bare text is the target itself."""
    return endpoint if endpoint.text is not None else endpoint.get("target")
