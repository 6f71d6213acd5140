"""The security requirements that rules point at: CIS Controls 8, NIST CSF 2.0 and ISO/IEC 27001:2022.

Numbers and short titles are those of the published documents; the explanations around them are ours.
"""

from __future__ import annotations

from functools import cache
from typing import Final

from callboard.demo.company.values import Category, Framework, Subcategory

_FRAMEWORKS: Final = {
    "cis": ("wf-id-101", "CIS Controls v8", "8", "Prioritised safeguards against common attacks."),
    "csf": ("wf-id-102", "NIST CSF v2.0", "2.0", "Outcomes of a security programme, by function."),
    "iso": ("wf-id-103", "ISO/IEC 27001:2022", "2022", "Controls of an information security management system."),
}

_REQUIREMENTS: Final = """
cis|2|Inventory and Control of Software Assets|2.2|Authorized software is currently supported
cis|3|Data Protection|3.3|Configure data access control lists
cis|3|Data Protection|3.10|Encrypt sensitive data in transit
cis|3|Data Protection|3.11|Encrypt sensitive data at rest
cis|4|Secure Configuration of Enterprise Assets and Software|4.1|Maintain a secure configuration process
cis|4|Secure Configuration of Enterprise Assets and Software|4.4|Manage a firewall on servers
cis|5|Account Management|5.2|Use unique passwords
cis|5|Account Management|5.3|Disable dormant accounts
cis|5|Account Management|5.4|Restrict administrator privileges
cis|6|Access Control Management|6.3|Require MFA for externally exposed applications
cis|6|Access Control Management|6.5|Require MFA for administrative access
cis|6|Access Control Management|6.8|Maintain role-based access control
cis|7|Continuous Vulnerability Management|7.3|Automate operating system patching
cis|7|Continuous Vulnerability Management|7.7|Remediate detected vulnerabilities
cis|8|Audit Log Management|8.2|Collect audit logs
cis|10|Malware Defenses|10.1|Deploy anti-malware software
cis|11|Data Recovery|11.2|Perform automated backups
cis|11|Data Recovery|11.3|Protect recovery data
cis|12|Network Infrastructure Management|12.2|Maintain a secure network architecture
cis|13|Network Monitoring and Defense|13.3|Deploy network intrusion detection
cis|16|Application Software Security|16.4|Keep an inventory of third-party components
cis|16|Application Software Security|16.7|Use hardening templates for application infrastructure
csf|PR.AA|Identity Management, Authentication and Access Control|PR.AA-01|Identities and credentials are managed
csf|PR.AA|Identity Management, Authentication and Access Control|PR.AA-03|Users and services are authenticated
csf|PR.AA|Identity Management, Authentication and Access Control|PR.AA-05|Access permissions follow least privilege
csf|PR.DS|Data Security|PR.DS-01|Data at rest is protected
csf|PR.DS|Data Security|PR.DS-02|Data in transit is protected
csf|PR.DS|Data Security|PR.DS-11|Backups are made, protected and tested
csf|PR.PS|Platform Security|PR.PS-01|Configuration management is practised
csf|PR.PS|Platform Security|PR.PS-02|Software is maintained and replaced
csf|PR.PS|Platform Security|PR.PS-04|Log records are generated
csf|PR.IR|Technology Infrastructure Resilience|PR.IR-01|Networks are protected from unauthorised use
csf|DE.CM|Continuous Monitoring|DE.CM-01|Networks are monitored
csf|DE.CM|Continuous Monitoring|DE.CM-09|Computing and software are monitored
csf|ID.RA|Risk Assessment|ID.RA-01|Vulnerabilities are identified and recorded
csf|ID.AM|Asset Management|ID.AM-02|Software inventories are maintained
csf|RS.MI|Incident Mitigation|RS.MI-01|Incidents are contained
iso|A.5|Organizational controls|A.5.15|Access control
iso|A.5|Organizational controls|A.5.17|Authentication information
iso|A.5|Organizational controls|A.5.18|Access rights
iso|A.8|Technological controls|A.8.2|Privileged access rights
iso|A.8|Technological controls|A.8.3|Information access restriction
iso|A.8|Technological controls|A.8.4|Access to source code
iso|A.8|Technological controls|A.8.5|Secure authentication
iso|A.8|Technological controls|A.8.7|Protection against malware
iso|A.8|Technological controls|A.8.8|Management of technical vulnerabilities
iso|A.8|Technological controls|A.8.9|Configuration management
iso|A.8|Technological controls|A.8.12|Data leakage prevention
iso|A.8|Technological controls|A.8.13|Information backup
iso|A.8|Technological controls|A.8.15|Logging
iso|A.8|Technological controls|A.8.16|Monitoring activities
iso|A.8|Technological controls|A.8.20|Networks security
iso|A.8|Technological controls|A.8.22|Segregation of networks
iso|A.8|Technological controls|A.8.24|Use of cryptography
iso|A.8|Technological controls|A.8.28|Secure coding
"""


@cache
def subcategories() -> dict[str, Subcategory]:
    """Every requirement, by its number in its own document (the numbers do not collide)."""
    frameworks = {
        key: Framework(id=id_, name=name, version=version, description=text)
        for key, (id_, name, version, text) in _FRAMEWORKS.items()
    }
    categories: dict[tuple[str, str], Category] = {}
    found: dict[str, Subcategory] = {}
    for line in _REQUIREMENTS.strip().splitlines():
        framework, chapter, chapter_title, number, title = line.split("|")
        if (framework, chapter) not in categories:
            categories[framework, chapter] = Category(
                id=f"wct-id-{2000 + len(categories)}",
                external_id=chapter,
                name=f"{chapter} {chapter_title}",
                framework=frameworks[framework],
            )
        found[number] = Subcategory(
            id=f"wsct-id-{7000 + len(found)}",
            external_id=number,
            title=f"{number} {title}",
            category=categories[framework, chapter],
        )
    return found
