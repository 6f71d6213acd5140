"""Every measure there is, by key."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from callboard.domain.compliance.measure import AnyMeasure
from callboard.domain.compliance.measures import findings, kept, said, things

BY_KEY: Mapping[str, AnyMeasure] = MappingProxyType(
    {each.key: each for each in (*findings.ALL, *said.ALL, *things.ALL, *kept.ALL)}
)
