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
    YOUNG = "young-release"
    """A version came in only days after it was released."""
    NAME_FREE = "internal-name-free"
    """A name that is used for something of the company's own can be taken by anybody at a public registry."""
    NAME_TAKEN = "internal-name-taken"
    """A name that is used for something of the company's own belongs to somebody else at a public registry."""

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
    def often(self) -> str:
        """How often it was seen where nothing was wrong, as a sentence; or why that is not evaluated."""
        return UNMEASURED if self.measured is None else self.measured.words

    @property
    def measured(self) -> Measured | None:
        """How often it was seen where nothing was wrong. None: that depends on the company, and was not measured."""
        return _SAID[self].measured

    @property
    def ended(self) -> str:
        """Why it is told no more of a version that is still in use."""
        return _SAID[self].ended


UNMEASURED = "How often it is seen where nothing is wrong was not evaluated: it depends on a company's own names."


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
    measured: Measured | None = None
    ended: str = "What is looked for as a sign has changed."


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
    # Active repositories take honest releases on their first day.
    Sign.YOUNG: _Said(
        words="Young release",
        what="A version came in only days after it was released. Most poisoned releases are found within days.",
        ask="Wait with it until others have had time to look, or read what changed; and let updates wait a few days.",
        severity=Severity.LOW,
        measured=Measured(
            4, 314, "packages of two Python projects, had all of them come in when the newest of each was released"
        ),
        ended="The release is not young any more.",
    ),
    Sign.NAME_FREE: _Said(
        words="Internal name that anybody can take",
        what="A name that is used inside the company is free at the public registry.",
        ask="Take the name there yourselves, or move to a scope of yours, and let installers ask only your own registry for it.",
        severity=Severity.LOW,
        ended="The public registry answers otherwise now, or is not asked about this name any more.",
    ),
    Sign.NAME_TAKEN: _Said(
        words="Internal name that somebody else has",
        what="A name that is used inside the company exists at the public registry, and is not known to be the company's there.",
        ask=(
            "Find out who publishes it there and where each installation got it from. If it is yours, add its publishers to "
            "`publishers` of the registry in callboard.toml."
        ),
        severity=Severity.HIGH,
        ended="The public registry answers otherwise now, or is not asked about this name any more.",
    ),
}
"""Measured on real lockfiles by `python -m benchmarks.signals`, which fails when these figures are not what it finds. Of young
releases with the seven days that are the default, on locks that tell when files were uploaded. Internal names are measured
nowhere: the figure would be one of the company's own names."""


def sign_named(id_: str) -> Sign | None:
    """The sign with this id. None: it names an advisory."""
    return Sign(id_.removeprefix(PREFIX).lower()) if id_.startswith(PREFIX) else None
