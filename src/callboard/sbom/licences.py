"""The SPDX list of licences."""

from __future__ import annotations

import re

_SINCE = frozenset(
    [
        "ALGLIB-Documentation",
        "Advanced-Cryptics-Dictionary",
        "BOLA-1.1",
        "BSD-3-Clause-Tso",
        "BSD-Mark-Modifications",
        "Buddy",
        "CAPEC-tou",
        "Classpath-exception-2.0-short",
        "ESA-PL-permissive-2.4",
        "ESA-PL-strong-copyleft-2.4",
        "ESA-PL-weak-",
        "copyleft-2.4",
        "HPND-SMC",
        "HPND-sell-variant-critical-systems",
        "ISO-permission",
        "MIT-STK",
        "MMPL-1.0.1",
        "NIST-PD-TNT",
        "OSC-1.0",
        "OSSP",
        "OpenMDW-1.0",
        "ParaType-Free-Font-1.3",
        "SGMLUG-PM",
        "Simple-Library-Usage-exception",
        "TekHVC",
        "UnRAR",
        "Vixie-Cron",
        "WTFNMFPL",
        "WordNet",
        "X11-no-permit-persons",
        "hyphen-bulgarian",
        "kvirc-openssl-exception",
        "rsync-linking-exception",
        "sqlitestudio-OpenSSL-exception",
    ]
)
"""Ids that the list has got since the release (3.27.0) that packaging 26 holds, as CycloneDX had them in 2026-11."""
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9.+-]*")


def is_licence_id(text: str) -> bool:
    """Whether it is an id of the SPDX list: of a licence or of an exception, spelled as there."""
    from packaging.licenses._spdx import EXCEPTIONS, LICENSES

    if not _ID.fullmatch(text):
        return False
    if text in _SINCE:
        return True
    found = LICENSES.get(text.lower()) or EXCEPTIONS.get(text.lower())
    return found is not None and found["id"] == text
