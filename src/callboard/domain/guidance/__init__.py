"""Guidance: what to change to mend a finding, as a command or a patch where it can be worked out. Pure.

`shell` is the only place that puts a command together, and `managers` the only one that knows package managers.
"""

from __future__ import annotations

from callboard.domain.guidance.managers import Change, Use, changes
from callboard.domain.guidance.place import use_at
from callboard.domain.guidance.runbook import Runbook, runbook_of
from callboard.domain.guidance.shell import Command

__all__ = ["Change", "Command", "Runbook", "Use", "changes", "runbook_of", "use_at"]
