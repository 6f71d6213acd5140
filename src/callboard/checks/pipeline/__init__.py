"""What pipelines run that others wrote, checked one by one: whether it can change without a line changing here."""

from __future__ import annotations

from callboard.checks.manifest import ManifestCheck
from callboard.checks.pipeline import movable_action, movable_image, movable_module, piped_script

ALL: tuple[ManifestCheck, ...] = (
    movable_action.CHECK, movable_image.CHECK, movable_module.CHECK, piped_script.CHECK,
)  # fmt: skip
"""Every check of a pipeline."""
