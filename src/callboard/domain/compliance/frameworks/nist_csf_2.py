"""NIST Cybersecurity Framework 2.0 (February 2024)."""

from __future__ import annotations

from callboard.domain.compliance.framework import Control, Framework
from callboard.domain.compliance.frameworks import missing
from callboard.domain.compliance.measures import findings as f
from callboard.domain.compliance.measures import kept as k
from callboard.domain.compliance.measures import said as s
from callboard.domain.compliance.measures import things as t

NIST_CSF_2 = Framework(
    key="nist-csf-2", name="NIST Cybersecurity Framework", version="2.0", source="https://doi.org/10.6028/NIST.CSWP.29",
    controls=(
        Control("GV.RR-02", "Roles and responsibilities are set", "E6 E10", (t.OWNED, t.ABLE, f.OPEN_MAPPED, k.POLICIES)),
        Control("GV.SC-04", "Suppliers are known and ranked", "E5", (t.BILLED, t.SUPPLIED), (missing.SUPPLIERS,)),
        Control("GV.SC-07", "Risks of suppliers are recorded and followed", "E2 E5", (f.OPEN_SUPPLY, t.SUPPLIED), (missing.SUPPLIED_BY,)),
        Control("GV.OV-03", "Performance is evaluated", "E4", (f.ON_TIME, f.CAPACITY, f.FIX_MEDIAN)),
        Control("ID.AM-01", "Inventory of hardware", "E1", (t.RESOURCES, t.MAPPED), (missing.ACCOUNTS,)),
        Control("ID.AM-02", "Inventory of software and services", "E1 E5", (t.COMPONENTS, t.BILLED, t.BILLED_FRESH)),
        Control("ID.AM-04", "Inventory of services by suppliers", "E1", (), (missing.EXTERNAL,)),
        Control("ID.AM-05", "Assets are prioritised", "E1", (t.COMPONENTS,), (missing.CRITICALITY,)),
        Control("ID.AM-08", "Life cycles are managed", "E1", (t.COMPONENTS,), (missing.DEPRECATED, missing.END_OF_LIFE)),
        Control("ID.RA-01", "Vulnerabilities are identified and recorded", "E2 E8", (f.OPEN, f.OPENED, k.SOURCES, k.FRESH)),
        Control("ID.RA-02", "Threat intelligence is received", "E10 E8", (k.FRESH, k.FEEDS, k.FEEDS_FRESH)),
        Control("ID.RA-03", "Threats are recorded", "E2", (f.MALICIOUS,), (missing.EXPLOITED,)),
        Control("ID.RA-04", "Impact and likelihood are recorded", "E2", (f.RATED,), (missing.EXPLOITED,)),
        Control("ID.RA-05", "They decide what comes first", "E2 E4", (f.DATED, f.ON_TIME, f.FIX_30)),
        Control(
            "ID.RA-06", "Responses are chosen, tracked and told", "E3 E4 E9",
            (f.SEVERE_ANSWERED, s.DECISIONS, s.EXPIRED, k.MESSAGES),
        ),
        Control("ID.RA-07", "Changes and exceptions are managed", "E3", (s.ACCEPTED, s.EXPIRED, s.BY_TWO, s.DISMISSALS)),
        Control("ID.RA-08", "Disclosures are received and handled", "E2 E11", (), (missing.DISCLOSURES,)),
        Control("ID.IM-02", "Improvements come from tests", "E4", (f.CAME_BACK, f.LASTED, f.NOT_USEFUL)),
        Control("ID.IM-03", "Improvements come from operations", "E4", (f.CAME_BACK, f.LASTED, f.NOT_USEFUL)),
        Control("PR.AA-05", "Access is as little as is needed", "E7", (k.DENIED, k.GRANTS), (missing.MATRIX,)),
        Control("PR.PS-02", "Software is maintained and replaced", "E4 E5", (f.OPEN_SUPPLY, f.FIX_30), (missing.END_OF_LIFE,)),
        Control("PR.PS-06", "Development is secure", "E4 E5", (t.BILLED,), (missing.RELEASES,)),
        Control("DE.CM-09", "Software and its runtime are watched", "E8", (k.SOURCES, k.FRESH, k.RUNS, k.FAILED)),
        Control("RS.MA-02", "Reports are triaged and validated", "E4", (f.ANSWERED, f.ANSWER_MEDIAN)),
        Control("RS.MA-03", "They are categorised and put in order", "E2", (f.RATED, f.DATED)),
        Control("RS.MA-04", "They are escalated where needed", "E9", (f.OVERDUE, f.OVERDUE_TOLD)),
        Control("RS.AN-03", "What happened is analysed", "E3 E11", (), (missing.CAUSES,)),
        Control("RS.AN-06", "What was done is recorded, and cannot be changed", "E3", (s.DECISIONS, k.ENTRIES)),
        Control("RS.CO-02", "Those concerned are told", "E9", (f.SEVERE_TOLD, f.TOLD_MEDIAN, k.MESSAGES, k.MISSING)),
        Control("RS.CO-03", "Information is shared", "E11", (), (missing.DISCLOSURES,)),
        Control("RS.MI-01", "Incidents are contained", "E3", (s.MITIGATED, s.MITIGATED_DATED)),
        Control("RS.MI-02", "Causes are removed", "E4", (f.FIXED, f.SET_ASIDE, f.GONE, f.LASTED)),
    ),
)  # fmt: skip
