"""Frameworks that evidence is exported for, one file each. The titles are ours and short; the frameworks' own text binds."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from callboard.domain.compliance.framework import Framework
from callboard.domain.compliance.frameworks.cis_8 import CIS_8
from callboard.domain.compliance.frameworks.iso_27001_2022 import ISO_27001_2022
from callboard.domain.compliance.frameworks.nist_csf_2 import NIST_CSF_2

FRAMEWORKS: Mapping[str, Framework] = MappingProxyType({each.key: each for each in (NIST_CSF_2, ISO_27001_2022, CIS_8)})
