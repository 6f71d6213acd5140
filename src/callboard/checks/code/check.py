"""What a check of the portal's own code is."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

import msgspec

from callboard.domain.posture import Advice, Fault

if TYPE_CHECKING:
    from callboard.checks.code.source import Source


class CodeCheck(msgspec.Struct, frozen=True, kw_only=True):
    """One rule about the portal's own code."""

    advice: Advice
    judge: Callable[[Source], Iterable[Fault]]
    """What it finds in one file."""
