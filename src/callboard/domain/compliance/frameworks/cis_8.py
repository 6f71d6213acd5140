"""CIS Critical Security Controls 8.1."""

from __future__ import annotations

from callboard.domain.compliance.framework import Control, Framework
from callboard.domain.compliance.frameworks import missing
from callboard.domain.compliance.measures import findings as f
from callboard.domain.compliance.measures import kept as k
from callboard.domain.compliance.measures import things as t

CIS_8 = Framework(
    key="cis-8", name="CIS Critical Security Controls", version="8.1", source="https://www.cisecurity.org/controls/v8-1",
    controls=(
        Control("1.1", "Inventory of assets", "E1", (t.RESOURCES, t.MAPPED), (missing.ACCOUNTS,)),
        Control("1.2", "Unknown assets are dealt with", "E6", (t.UNMAPPED, t.UNMAPPED_LONG, t.CONFLICTS)),
        Control("2.1", "Inventory of software", "E5", (t.COMPONENTS, t.BILLED, t.BILLED_FRESH)),
        Control("2.2", "Software is supported", "E5", (), (missing.END_OF_LIFE,)),
        Control("2.3", "Unwanted software is dealt with", "E5", (f.MALICIOUS,), (missing.ALLOWED,)),
        Control("7.1", "A process for vulnerabilities", "E10", (k.DUE_POLICY,)),
        Control("7.2", "A process for remediation, by risk, looked at each month", "E4 E10", (f.DATED, f.ON_TIME, k.DUE_POLICY)),
        Control("7.3", "Operating systems are patched each month", "E4", (f.FIX_30,), (missing.SPLIT,)),
        Control("7.4", "Applications are patched each month", "E4", (f.FIX_30,), (missing.SPLIT,)),
        Control("7.5", "Scans from inside each quarter", "E8", (k.QUARTERLY, k.WHOLE)),
        Control("7.6", "Scans from outside each month", "E8", (k.MONTHLY,), (missing.SCANNERS,)),
        Control("7.7", "What was found is remedied each month", "E4", (f.FIX_30, f.FIX_MEDIAN, f.OVERDUE)),
        Control("16.1", "A process for secure development", "E10", (), (missing.DOCUMENTED,)),
        Control("16.2", "Reports of vulnerabilities are taken and handled", "E2 E11", (), (missing.DISCLOSURES,)),
        Control("16.3", "Root causes are looked for", "E3", (f.CAME_BACK,), (missing.CAUSES,)),
        Control("16.4", "Inventory of parts by others, each month", "E5", (t.BILLED, t.BILLED_MONTH)),
        Control("16.5", "Parts are up to date and trusted", "E5", (f.OPEN_SUPPLY, f.MALICIOUS), (missing.ALLOWED,)),
        Control("16.6", "Severity says what comes first", "E2", (f.RATED, f.DATED, f.OPEN_SEVERE)),
        Control("16.11", "Vetted parts for security", "E5", (), (missing.ALLOWED,)),
        Control("16.12", "Checks of code", "E8", (k.SOURCES,), (missing.SCANNERS,)),
    ),
)  # fmt: skip
