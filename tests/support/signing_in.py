"""There and back to a provider, as a browser goes: what a session is begun by."""

from __future__ import annotations

from typing import Any

import httpx

from tests.support.named import NamedDoor

PUBLIC = "https://board.example"
HOST = "board.example"
SESSION = "__Host-callboard"
ATTEMPT = "__Host-callboard-attempt"


def ask(door: NamedDoor, path: str, *, cookies: dict[str, str] | None = None, method: str = "GET") -> httpx.Response:
    """One request as a proxy passes it on."""
    headers = {"host": HOST, "cookie": "; ".join(f"{key}={value}" for key, value in (cookies or {}).items())}
    with httpx.Client(base_url=door.url, trust_env=False, timeout=60) as client:
        return client.request(method, path, headers=headers)


def begun(door: NamedDoor, to: str = "/findings") -> tuple[str, str]:
    """The first half: the provider's address, and the attempt's cookie."""
    answer = ask(door, f"/sign-in/begin?to={to}")
    assert answer.status_code == 303
    return answer.headers["location"], cookie_of(answer, ATTEMPT)


def back(door: NamedDoor, attempt: str | None, **returned: str) -> httpx.Response:
    """The second half."""
    query = "&".join(f"{key}={value}" for key, value in returned.items())
    return ask(door, f"/sign-in/done?{query}", cookies={} if attempt is None else {ATTEMPT: attempt})


def signed_in(door: NamedDoor, **claims: Any) -> str:
    """The session of somebody who went there and back."""
    address, attempt = begun(door)
    provider = door.provider
    assert provider is not None
    provider.claims = claims
    answer = back(door, attempt, **provider.sign_in(address))
    assert answer.status_code == 200, answer.text
    return cookie_of(answer, SESSION)


def cookie_of(answer: httpx.Response, name: str) -> str:
    """The value that an answer gives a cookie."""
    for line in answer.headers.get_list("set-cookie"):
        if line.startswith(f"{name}="):
            return line.partition("=")[2].partition(";")[0].strip('"')
    raise AssertionError(f"no cookie {name}: {answer.text[:500]}")
