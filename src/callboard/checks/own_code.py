"""Which files of a portal's folder are the code of its own packages. Links are not followed, and tests are left out."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import msgspec

from callboard.checks.code.judging import CodeFile
from callboard.checks.code.source import ENDINGS
from callboard.checks.folder import package_files, read_file
from callboard.errors import PortalError

MOST_FILES = 20_000
"""Files of code that are read at most: two minutes' work."""
_NO_PRODUCT = re.compile(r"\.(?:test|spec|stories)\.|^setupTests\.")
"""Files that no portal runs."""
_NO_PRODUCTS = frozenset({"__tests__", "__fixtures__", "__mocks__", "__testUtils__", "node_modules"})
_IN_BROWSERS = {
    "frontend": True, "frontend-plugin": True, "frontend-plugin-module": True, "web-library": True,
    "backend": False, "backend-plugin": False, "backend-plugin-module": False, "node-library": False, "cli": False,
    "cli-module": False,
}  # fmt: skip
"""Roles of packages, as Backstage's build system tells them (read 2026-11-22). What both sides use tells nothing."""


class _Role(msgspec.Struct):
    role: str = ""


class _Package(msgspec.Struct):
    backstage: _Role = msgspec.field(default_factory=_Role)


def code_files(folder: Path) -> Iterator[CodeFile]:
    """The code of the portal's packages, one file after the other.

    Raises:
        PortalError: a file cannot be read, or there are more than MOST_FILES.
    """
    count = 0
    for package in package_files(folder):
        if package.parent == folder:
            continue
        frontend = _in_browsers(folder, package)
        for file in _code(package.parent):
            count += 1
            if count > MOST_FILES:
                raise PortalError(f"{folder}: more than {MOST_FILES:,} files of code")
            name, raw = read_file(folder, file)
            yield CodeFile(path=name, raw=raw, frontend=frontend)


def _in_browsers(folder: Path, package: Path) -> bool | None:
    _, raw = read_file(folder, package)
    try:
        return _IN_BROWSERS.get(msgspec.json.decode(raw, type=_Package).backstage.role)
    except msgspec.MsgspecError:
        return None


def _code(package: Path) -> Iterator[Path]:
    schema = package / "config.d.ts"
    if schema.is_file() and not schema.is_symlink():
        yield schema
    for here, folders, names in os.walk(package / "src"):
        folders[:] = sorted(name for name in folders if name not in _NO_PRODUCTS)
        for name in sorted(names):
            file = Path(here) / name
            if name.endswith(ENDINGS) and _NO_PRODUCT.search(name) is None and not file.is_symlink():
                yield file
