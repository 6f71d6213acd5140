"""What a check of the portal is: advice, and a judge of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

import msgspec

from callboard.checks.configuration import Setting, Settings
from callboard.domain.finding import Severity
from callboard.domain.posture import Advice, Fault, Judged, Place


class Portal(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a portal."""

    settings: Settings
    packages: Mapping[str, Place] | None = None
    """What its own package.json files ask for, by name; None: there are none."""
    locked: Mapping[str, tuple[str, ...]] | None = None
    """The versions of each package in its lock file; None: there is none."""
    shown_to_browsers: Mapping[str, Place] | None = None
    """Paths of settings that a schema of its own plugins gives to browsers; None: no schema was read."""
    unread_schemas: tuple[str, ...] = ()
    """Schemas of its own plugins that could not be read."""


class NotEvaluated(msgspec.Struct, frozen=True):
    """Why a part of a check could not be judged."""

    reason: str


class Check(msgspec.Struct, frozen=True, kw_only=True):
    """One check."""

    advice: Advice
    judge: Callable[[Portal], Iterable[Fault | NotEvaluated]]
    only_production: bool = False
    """It means nothing for the settings of a developer's machine."""

    def judged(self, portal: Portal) -> Judged:
        """What it finds."""
        if self.only_production and not portal.settings.is_production:
            return Judged(advice=self.advice, not_evaluated="no settings for production were given")
        found = list(self.judge(portal))
        reasons = dict.fromkeys(each.reason for each in found if isinstance(each, NotEvaluated))
        return Judged(
            advice=self.advice,
            faults=tuple(each for each in found if isinstance(each, Fault)),
            not_evaluated="; ".join(reasons) or None,
        )


def fault(setting: Setting, said: str, severity: Severity | None = None) -> Fault:
    """A fault at a setting."""
    return Fault(path=setting.name, said=said, place=setting.place, severity=severity)


def missing(path: str, said: str, severity: Severity | None = None) -> Fault:
    """A fault since a setting is not there."""
    return Fault(path=path, said=said, place=None, severity=severity)


def unknown(setting: Setting) -> NotEvaluated:
    """The setting's value is elsewhere."""
    return NotEvaluated(f"{setting.name} is in {setting.elsewhere}")
