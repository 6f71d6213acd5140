"""7. A proxy endpoint hands users' tokens to others, or does not check whom it speaks to."""

from __future__ import annotations

from collections.abc import Iterator

from callboard.checks.check import Check, NotEvaluated, Portal, fault, unknown
from callboard.checks.configuration import Setting
from callboard.checks.hosts import host_of, is_here, is_inside, is_kin, scheme_of
from callboard.checks.proxy import endpoints, target
from callboard.domain.finding import Severity
from callboard.domain.posture import Advice, Fault, Hits, Reach

_TELLING = ("authorization", "cookie")


def _judge(portal: Portal) -> Iterator[Fault | NotEvaluated]:
    ours = [
        host
        for path in ("app.baseUrl", "backend.baseUrl")
        if (setting := portal.settings.get(path)) and setting.text and (host := host_of(setting.text))
    ]
    for path, endpoint in endpoints(portal.settings).items():
        where = target(endpoint)
        secure = endpoint.get("secure")
        if secure is not None and secure.is_false:
            yield fault(secure, f"The certificate of what lies behind {path} is not checked.")
        yield from _passed_on(path, endpoint)
        if where is None or where.text is None:
            if where is not None and where.elsewhere:
                yield unknown(where)
            continue
        host = host_of(where.text) or ""
        if scheme_of(where.text) == "http" and not is_here(host):
            yield fault(where, f"What goes to {host} is not encrypted.")
        credentials = endpoint.get("credentials")
        if credentials is not None and credentials.text == "forward" and not is_inside(host) and not is_kin(host, ours):
            yield fault(
                credentials,
                f"The portal's token of each user goes to {host}, which is not under a domain of the portal.",
            )


def _passed_on(path: str, endpoint: Setting) -> Iterator[Fault]:
    allowed = endpoint.get("allowedHeaders")
    for each in allowed.parts if allowed is not None else ():
        if each.text and each.text.lower() in _TELLING:
            yield fault(each, f"The browser's {each.text} header is passed on to what lies behind {path}.")


CHECK = Check(
    advice=Advice(
        key="proxy-leaks",
        number=7,
        title="A proxy endpoint hands on tokens or trusts anybody",
        severity=Severity.HIGH,
        reach=Reach.SIGNED_IN,
        hits=Hits.PART,
        why="Whoever runs or impersonates the other side gets the tokens of the portal's users, and with them the portal.",
        remedy="Forward credentials to services of your own alone, over https with checked certificates, and pass on no cookie.",
        before=(
            "app:\n  baseUrl: https://portal.acme.example\nproxy:\n  endpoints:\n    /status:\n"
            "      target: https://status.elsewhere.example\n      credentials: forward\n      secure: false\n"
        ),
        after=(
            "app:\n  baseUrl: https://portal.acme.example\nproxy:\n  endpoints:\n    /callboard:\n"
            "      target: https://callboard.acme.example\n      credentials: forward\n"
        ),
    ),
    judge=_judge,
)
