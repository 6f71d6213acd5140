"""Fails when a file of the repository holds an address it must not hold.

Where packages come from is the business of the machine that installs them: no host name of a package registry stands in
any file, and no npm lock carries `resolved` addresses. Nor does any path of the machine a file was written on.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

# Joined from parts, so that this file passes its own check.
HOSTS = (
    ("registry", "(npmjs|yarnpkg)"),
    ("files", "pythonhosted"),
    (r"(^|[^a-z.])pypi", "(org|io)"),
    ("(deb|security|snapshot)", "debian"),
)
PLACES = (("", "work", "(main|steering|[.]lib)"), ("", "farm", ""), ("", "root", ""))

FORBIDDEN = {
    "host name of a package registry": re.compile("|".join("[.]".join(parts) for parts in HOSTS)),
    "path of one machine": re.compile("|".join("/".join(parts) for parts in PLACES)),
}
NPM_LOCKS = ("package-lock.json", "npm-shrinkwrap.json")
RESOLVED = re.compile(r'^\s*"resolved"\s*:\s*"[^"]*://')


def main() -> int:
    """Print every place that breaks the rule; 1 when there is one."""
    found = [complaint for path in files() for complaint in look(path)]
    for complaint in found:
        print(complaint)
    return 1 if found else 0


def files() -> list[Path]:
    """The files git tracks, and those it would if they were added."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], check=True, capture_output=True
    )
    paths = [Path(name) for name in listed.stdout.decode().split("\0") if name]
    return sorted(path for path in paths if path.is_file() and not path.is_symlink())


def look(path: Path) -> list[str]:
    """What is wrong in one file, as `path:line: reason: text`."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except UnicodeDecodeError:
        return []  # an archive or a picture
    found = []
    # A lock among the fixtures is somebody else's, kept as it was found (with made-up hosts).
    is_our_lock = path.name in NPM_LOCKS and "fixtures" not in path.parts
    for number, line in enumerate(lines, start=1):
        reasons = [reason for reason, pattern in FORBIDDEN.items() if pattern.search(line)]
        if is_our_lock and RESOLVED.match(line):
            reasons.append("npm lock with an address")
        found += [f"{path}:{number}: {reason}: {line.strip()[:160]}" for reason in reasons]
    return found


if __name__ == "__main__":
    sys.exit(main())
