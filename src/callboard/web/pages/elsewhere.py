"""Addresses that lead nowhere."""

from __future__ import annotations

from callboard.errors import NotFoundError
from callboard.web.view import Viewing


def show(view: Viewing) -> None:  # noqa: ARG001 - who looks is asked all the same
    """There is no such page. Raises NotFoundError."""
    raise NotFoundError
