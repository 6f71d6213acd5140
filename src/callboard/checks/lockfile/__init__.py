"""Lock files, checked one by one. Facts: the formats' own documentation, and what past attacks did (read 2026-11-22)."""

from __future__ import annotations

from callboard.checks.lockfile import (
    foreign_host,
    install_runs,
    install_scripts,
    integrity_missing,
    moving_target,
    outside_folder,
    plain_http,
    renamed_archive,
    weak_hash,
)
from callboard.checks.manifest import ManifestCheck

ALL: tuple[ManifestCheck, ...] = (
    integrity_missing.CHECK, weak_hash.CHECK, foreign_host.CHECK, plain_http.CHECK, moving_target.CHECK,
    outside_folder.CHECK, install_runs.CHECK, renamed_archive.CHECK, install_scripts.CHECK,
)  # fmt: skip
"""Every check of a lock."""
