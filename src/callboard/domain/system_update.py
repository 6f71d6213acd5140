"""How the packages of an operating system are brought up to date, told by the versions that it asks for. Pure.

Distributions mark the versions of their packages: Debian's security updates end in `+deb12u3`, Ubuntu's hold `ubuntu`, those
for Red Hat and its kin name the release (`.el9`), as Amazon's (`.amzn2`) and Fedora's (`.fc40`) do, and Alpine's end in their
revision (`-r4`). As of 2026-11; sources: Debian Developer's Reference 5.8.5, Ubuntu's "Version strings", Fedora's "Dist
tag" guidelines, Alpine's "APKBUILD Reference".
"""

from __future__ import annotations

import re
from collections.abc import Iterable

_COMMANDS = (
    # `apt`, unlike `apt-get`, also installs what a new kernel brings along.
    (re.compile(r"\+deb\d+u\d+|ubuntu\d"), "apt upgrade"),
    (re.compile(r"\.(?:el7|amzn[12])(?!\d)"), "yum update"),
    (re.compile(r"\.(?:el\d+|fc\d+|amzn\d{4})"), "dnf upgrade"),
    (re.compile(r"-r\d+$"), "apk upgrade"),
)


def command(versions: Iterable[str]) -> str | None:
    """The command that updates everything. None: no version tells the distribution, or several do."""
    found = {_command(version) for version in versions} - {None}
    return found.pop() if len(found) == 1 else None


def _command(version: str) -> str | None:
    return next((command for mark, command in _COMMANDS if mark.search(version)), None)
