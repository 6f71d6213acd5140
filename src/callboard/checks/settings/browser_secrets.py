"""33. A secret is given to every browser."""

from __future__ import annotations

from collections.abc import Iterator

from callboard.checks.check import Check, NotEvaluated, Portal, fault
from callboard.checks.configuration import Setting
from callboard.checks.secrets import is_secret_name
from callboard.domain.finding import Severity
from callboard.domain.packages.versions.semver import semver_key
from callboard.domain.posture import Advice, Fault, Hits, Reach

_BACKEND = "@backstage/plugin-app-backend"
_MENDED = "0.3.75"
"""CVE-2024-47762: before it every APP_CONFIG_* variable was sent to browsers."""


def _judge(portal: Portal) -> Iterator[Fault | NotEvaluated]:
    app = portal.settings.get("app")
    for each in app.below() if app is not None else ():
        if _is_held(each) and is_secret_name(each.key):
            yield fault(each, f"{each.name} is a secret among the settings of the frontend.")
    if portal.shown_to_browsers is None:
        yield NotEvaluated("no plugin's schema was read that says which settings browsers get")
    for name in portal.unread_schemas:
        yield NotEvaluated(f"{name} is written as types, and what reads them is not installed (the extra `assess`)")
    for path in portal.shown_to_browsers or ():
        shown = portal.settings.get(path)
        for each in shown.below() if shown is not None else ():
            if _is_held(each) and is_secret_name(each.key):
                yield fault(each, f"A schema of the portal's own plugins gives {each.name} to browsers.")
    if portal.locked is None:
        yield NotEvaluated(f"no lock file says which {_BACKEND} is installed")
        return
    for version in portal.locked.get(_BACKEND, ()):
        if _is_older(version):
            yield Fault(
                path=_BACKEND,
                said=f"{_BACKEND} {version} gives every APP_CONFIG_ variable to browsers (CVE-2024-47762).",
                place=None,
            )


def _is_held(setting: Setting) -> bool:
    return setting.text is not None or setting.elsewhere is not None


def _is_older(version: str) -> bool:
    ours, theirs = semver_key(version), semver_key(_MENDED)
    return ours is not None and theirs is not None and ours < theirs


CHECK = Check(
    advice=Advice(
        key="browser-secrets",
        number=33,
        title="A secret is given to every browser",
        severity=Severity.CRITICAL,
        reach=Reach.ANYBODY,
        hits=Hits.PART,
        why="Everybody who opens the page reads it, before anybody has signed in.",
        remedy="Keep secrets under keys of the backend, and go to plugin-app-backend 0.3.75 or newer.",
        before="app:\n  analytics:\n    ga:\n      apiSecret: ${GA_SECRET}\n",
        after="app:\n  analytics:\n    ga:\n      measurementId: G-000000\n",
    ),
    judge=_judge,
)
