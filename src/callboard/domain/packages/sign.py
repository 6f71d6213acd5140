"""Signs that something about a package is odd, and what is said of each: what was seen, what to do, and how often it is wrong.

Signs, not proofs. Where they are looked for stands in `signals` (between two locks) and `package_signs` (in what is stored).
"""

from __future__ import annotations

import enum
from collections.abc import Mapping

import msgspec

from callboard.domain.finding import Severity

PREFIX = "SIGN-"
"""How the ids of signs begin, where findings of advisories name the advisory."""


@enum.unique
class Sign(enum.StrEnum):
    """What is odd."""

    LOOK_ALIKE = "look-alike"
    """A new name that is one letter, or a separator, away from a well-known one, and not well known itself."""
    NEW_SCRIPT = "new-install-script"
    """A package that ran no code when it was installed does so in the new version."""
    NEW_WITH_SCRIPT = "new-with-install-script"
    """A package that was not there before comes with an install script."""
    INTEGRITY = "integrity-conflict"
    """One name and version has different hashes in two places."""

    @property
    def id(self) -> str:
        """What findings of it are told under, where those of an advisory name the advisory."""
        return f"{PREFIX}{self.value.upper()}"

    @property
    def words(self) -> str:
        """What people call it."""
        return _SAID[self].words

    @property
    def what(self) -> str:
        """What was seen, as a sentence."""
        return _SAID[self].what

    @property
    def ask(self) -> str:
        """What to do about it: a sign is a question, and only who uses the package can answer."""
        return f"{_SAID[self].ask} This is a sign, and no proof: if all is well, dismiss it and say why."

    @property
    def severity(self) -> Severity:
        """Never critical, which is for what is proven."""
        return _SAID[self].severity

    @property
    def measured(self) -> Measured:
        """How often it was seen where nothing was wrong."""
        return _SAID[self].measured


class Measured(msgspec.Struct, frozen=True):
    """How often a sign was seen where nothing was wrong."""

    alarms: int
    of: int
    what: str
    """What it was looked for in, as the end of a sentence."""

    @property
    def words(self) -> str:
        """A sentence."""
        share = f" ({100 * self.alarms / self.of:.1f} %)" if self.alarms else ""
        return f"Where nothing was wrong it was seen {self.alarms:,} times in {self.of:,} {self.what}{share}."


class _Said(msgspec.Struct, frozen=True, kw_only=True):
    words: str
    what: str
    ask: str
    severity: Severity
    measured: Measured


_SAID: Mapping[Sign, _Said] = {
    Sign.LOOK_ALIKE: _Said(
        words="Look-alike name",
        what="A package was added whose name is easily taken for that of a well-known one.",
        ask="Check that it is the package that was meant: who publishes it, since when, and who else uses it.",
        severity=Severity.LOW,
        measured=Measured(2, 371, "names that were added to a portal in 18 months"),
    ),
    Sign.NEW_SCRIPT: _Said(
        words="New install script",
        what="A package that ran no code when it was installed does so since a newer version.",
        ask="Read what the script does before the next installation, or forbid install scripts and allow those you know.",
        severity=Severity.MEDIUM,
        measured=Measured(0, 69, "steps between versions of one package"),
    ),
    Sign.NEW_WITH_SCRIPT: _Said(
        words="New package with an install script",
        what="A package was added that runs code when it is installed.",
        ask="Read what the script does, or forbid install scripts and allow those you know.",
        severity=Severity.LOW,
        measured=Measured(6, 999, "packages, had all of them been new"),
    ),
    # Two files of one version are hardly ever honest.
    Sign.INTEGRITY: _Said(
        words="One version, two files",
        what="One version of a package is one file, and two different ones are in use.",
        ask=(
            "Find out which registry each file comes from, and what differs. Until then install it nowhere: whoever changed "
            "a file under a version that was published can do so again."
        ),
        severity=Severity.HIGH,
        measured=Measured(0, 980, "hashes that two real projects share"),
    ),
}
"""Measured on real lockfiles by `python -m benchmarks.signals`, which fails when these figures are not what it finds."""


def sign_named(id_: str) -> Sign | None:
    """The sign with this id. None: it names an advisory."""
    return Sign(id_.removeprefix(PREFIX).lower()) if id_.startswith(PREFIX) else None
