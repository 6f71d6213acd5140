"""ISO/IEC 27001:2022, Annex A. Certificates of the edition of 2013 ended on 31 October 2025."""

from __future__ import annotations

from callboard.domain.compliance.framework import Control, Framework
from callboard.domain.compliance.frameworks import missing
from callboard.domain.compliance.measures import findings as f
from callboard.domain.compliance.measures import kept as k
from callboard.domain.compliance.measures import said as s
from callboard.domain.compliance.measures import things as t

ISO_27001_2022 = Framework(
    key="iso-27001-2022", name="ISO/IEC 27001", version="2022, Annex A", source="https://www.iso.org/standard/27001",
    controls=(
        Control("5.7", "Threat intelligence", "E8", (k.FRESH, k.FEEDS, k.FEEDS_FRESH)),
        Control("5.8", "Security in projects", "E1", (t.OWNED, t.BILLED_FRESH), (missing.CRITICALITY,)),
        Control("5.9", "Inventory and ownership of assets", "E1 E6", (t.COMPONENTS, t.OWNED, t.RESOURCES, t.MAPPED, t.UNMAPPED)),
        Control("5.15", "Access control", "E7", (k.DENIED, k.GRANTS), (missing.MATRIX,)),
        Control("5.21", "The supply chain", "E5", (t.BILLED, t.SUPPLIED, f.OPEN_SUPPLY), (missing.SUPPLIED_BY,)),
        Control("5.23", "Cloud services", "E2", (f.OPEN, t.RESOURCES, t.MAPPED), (missing.ACCOUNTS,)),
        Control("5.25", "Events are assessed", "E4 E11", (f.ANSWERED, f.ANSWER_MEDIAN)),
        Control("5.26", "Events are answered", "E4 E11", (f.SEVERE_ANSWERED, f.ON_TIME, f.FIXED)),
        Control("5.31", "Duties by law and contract", "E10 E11", (k.POLICIES,), (missing.DISCLOSURES,)),
        Control("5.32", "Intellectual property", "E5", (t.BILLED, t.LICENSED)),
        Control("5.33", "Records are protected", "E12", (k.ENTRIES,), (missing.DRILLS,)),
        Control("5.34", "Privacy", "E7", (), (missing.PRIVACY,)),
        Control("5.35", "Independent review", "E12", (), (missing.REVIEWS,)),
        Control("5.36", "Policies are kept to", "E4 E10", (f.ON_TIME, f.OVERDUE, k.DUE_POLICY)),
        Control("8.3", "Access is restricted", "E7", (k.DENIED,), (missing.MATRIX,)),
        Control("8.8", "Technical vulnerabilities", "E2 E4", (f.OPEN, f.OPEN_SEVERE, f.OVERDUE, f.ON_TIME, f.FIX_MEDIAN, f.FIX_30)),
        Control("8.9", "Configuration", "E2", (f.OPEN_CONFIGURATION,)),
        Control("8.15", "Logging", "E7", (k.ENTRIES,)),
        Control("8.16", "Monitoring", "E8", (k.FRESH, k.RUNS, k.FAILED, k.MONTHLY)),
        Control("8.25", "Life cycle of secure development", "E4 E5", (t.BILLED,), (missing.RELEASES,)),
        Control("8.26", "Requirements of applications", "E2", (f.OPEN_SEVERE,), (missing.EXPLOITED,)),
        Control("8.27", "Secure architecture", "E2", (f.OPEN_CONFIGURATION, f.CAME_BACK)),
        Control("8.29", "Tests in development and acceptance", "E8 E2", (k.RUNS, f.OPEN), (missing.RELEASES,)),
        Control("8.30", "Development by others", "E5 E6", (t.OWNED, t.BILLED, t.SUPPLIED), (missing.OUTSIDERS,)),
        Control("8.31", "Environments are kept apart", "E1", (), (missing.ENVIRONMENTS,)),
        Control("8.32", "Changes are managed", "E4", (f.FIXED, f.TICKETED, s.DECISIONS), (missing.CHANGES,)),
        Control("8.33", "Test information", "–", (), (missing.TEST_DATA,)),
    ),
)  # fmt: skip
