"""Rooms that findings come from, found by looking: one package or module each, which offers a `SOURCE`.

An import error in a room is an import error here, on purpose: a source that silently vanished would look like "no findings".
"""

from __future__ import annotations

import importlib
import pkgutil

from callboard.ports import SourceSpec


def _discover() -> dict[str, SourceSpec]:
    found: dict[str, SourceSpec] = {}
    for module in pkgutil.iter_modules(__path__):
        spec = importlib.import_module(f"{__name__}.{module.name}").SOURCE
        if spec.kind in found:
            raise RuntimeError(f"two sources are called {spec.kind!r}")
        found[spec.kind] = spec
    return found


SOURCES: dict[str, SourceSpec] = _discover()
"""Every source by its kind."""
