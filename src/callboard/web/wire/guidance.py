"""JSON shapes of guidance: what to change to mend a finding. As `wire`: names here are added to, never changed."""

from __future__ import annotations

import msgspec


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """What to do at one place."""

    where: str
    """The manifest."""
    folder: str
    """Where commands are typed, from the repository's root; empty: in the root itself."""
    say: str
    commands: tuple[str, ...]
    """For a POSIX shell, names quoted. Empty: none can be told."""
    file: str
    """What `patch` is for."""
    patch: str
    """Lines to write where no command does it."""
    otherwise: str
    """What to do where that does not move it."""


class Runbook(msgspec.Struct, frozen=True, kw_only=True):
    """Where owners write down what to do."""

    component: str
    of: str
    """Who names it: the component, its system, or its owner."""
    url: str


class Guidance(msgspec.Struct, frozen=True, kw_only=True):
    """What to change, as far as it can be worked out."""

    changes: tuple[Change, ...]
    runbooks: tuple[Runbook, ...]
