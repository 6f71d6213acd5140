"""The GraphQL documents that Callboard sends, and how they shrink for a tenant that lacks something.

Every connection is aliased `page`, so that one envelope reads all answers. The field that moves on every scan is selected
first (nodes keep the order of the selection), so that it can be cut from a record's bytes before they are hashed:

- vulnerability: `lastDetectedAt`;
- misconfiguration: `analyzedAt`, the date of the last assessment;
- issue: `updatedAt`. No published payload shows that it moves when nothing else does, but it tells nothing that other
  selected fields do not, and if it moved it would make every record look changed.

Never selected: secrets (`clientSecret`, the tokens of users), `exportUrl` (mints an export), signed links.
Lines that end in `#?` are dropped for a tenant that does not know them.
"""

from __future__ import annotations

import enum
import re
from functools import cache

_PAGE = """\
    pageInfo { hasNextPage endCursor }
    totalCount @include(if: $counted)"""

_RULE_PARTS = """\
        securitySubCategories { title category { name framework { name } } }
        risks  #?"""

ISSUES = f"""\
query CallboardIssues($first: Int!, $after: String, $filterBy: IssueFilters, $orderBy: IssueOrder, $counted: Boolean!) {{
  page: issuesV2(first: $first, after: $after, filterBy: $filterBy, orderBy: $orderBy) {{
{_PAGE}
    nodes {{
      updatedAt
      id
      type
      severity
      status
      createdAt
      statusChangedAt
      resolvedAt
      reopenedAt  #?
      dueAt
      url
      resolutionReason
      description
      assignee {{ name primaryEmail }}  #?
      validatedAsExploitable  #?
      entitySnapshot {{
        id
        type
        nativeType
        name
        status
        cloudPlatform
        cloudProviderURL
        providerId
        externalId
        region
        subscriptionExternalId
        subscriptionName
        resourceGroupExternalId
        kubernetesClusterName
        kubernetesNamespaceName
        tags
      }}
      sourceRules {{
        __typename
        id
        name
        description
{_RULE_PARTS}
        ... on Control {{ resolutionRecommendation }}
        ... on CloudConfigurationRule {{ shortId remediationInstructions }}  #?
      }}
      projects {{ id name slug isFolder businessUnit riskProfile {{ businessImpact }} }}
      applicationServices {{ displayName sources }}  #?
      serviceTickets {{ externalId name url }}
      notes {{ text createdAt user {{ name }} serviceAccount {{ name }} }}
    }}
  }}
}}
"""

_ASSET = """\
          id
          type
          name
          nativeType
          status
          cloudPlatform
          cloudProviderURL
          providerUniqueId
          externalId
          region
          subscriptionExternalId
          subscriptionName
          resourceGroupExternalId
          hasWideInternetExposure
          hasLimitedInternetExposure
          tags"""

VULNERABILITIES = f"""\
query CallboardVulnerabilities(
  $first: Int!, $after: String, $filterBy: VulnerabilityFindingFilters, $orderBy: VulnerabilityFindingOrder, $counted: Boolean!
) {{
  page: vulnerabilityFindings(first: $first, after: $after, filterBy: $filterBy, orderBy: $orderBy) {{
{_PAGE}
    maxCountReached @include(if: $counted)  #?
    nodes {{
      lastDetectedAt
      id
      name
      severity
      CVSSSeverity
      vendorSeverity
      status
      firstDetectedAt
      updatedAt
      statusUpdatedAt  #?
      resolvedAt
      resolutionReason
      portalUrl
      score
      epssProbability
      hasExploit
      hasCisaKevExploit
      validatedInRuntime
      detailedName
      version
      fixedVersion
      locationPath
      detectionMethod
      layerMetadata {{ isBaseLayer }}  #?
      link
      remediation
      description
      CVEDescription
      projects {{ id name slug isFolder businessUnit riskProfile {{ businessImpact }} }}
      applicationServices {{ displayName sources }}  #?
      vulnerableAsset {{
        ... on VulnerableAssetBase {{
{_ASSET}
        }}
        ... on VulnerableAssetRepositoryBranch {{ repositoryId repositoryExternalId repositoryName }}  #?
        ... on VulnerableAssetVirtualMachine {{ operatingSystem }}  #?
        ... on VulnerableAssetContainerImage {{ imageId tagReferences }}  #?
        ... on VulnerableAssetContainer {{ ImageExternalId PodNamespace PodName }}  #?
      }}
    }}
  }}
}}
"""

MISCONFIGURATIONS = f"""\
query CallboardMisconfigurations(
  $first: Int!, $after: String, $filterBy: ConfigurationFindingFilters, $orderBy: ConfigurationFindingOrder,
  $counted: Boolean!
) {{
  page: configurationFindings(first: $first, after: $after, filterBy: $filterBy, orderBy: $orderBy) {{
{_PAGE}
    maxCountReached @include(if: $counted)  #?
    nodes {{
      analyzedAt
      id
      name
      severity
      status
      result
      deleted  #?
      firstSeenAt
      updatedAt
      statusChangedAt
      resolutionReason
      remediation
      targetExternalId
      targetObjectProviderUniqueId
      evidence {{ currentValue expectedValue configurationPath cloudConfigurationLink }}  #?
      rule {{
        id
        shortId
        name
        description
        remediationInstructions
{_RULE_PARTS}
      }}
      resource {{
        id
        type
        name
        nativeType
        status  #?
        cloudPlatform
        providerId
        region
        isAccessibleFromInternet  #?
        subscription {{ name externalId }}
        projects {{ id name slug isFolder businessUnit riskProfile {{ businessImpact }} }}
        tags {{ key value }}  #?
      }}
    }}
  }}
}}
"""

PROJECTS = f"""\
query CallboardProjects($first: Int!, $after: String, $filterBy: ProjectFilters, $orderBy: ProjectOrder, $counted: Boolean!) {{
  page: projects(first: $first, after: $after, filterBy: $filterBy, orderBy: $orderBy) {{
{_PAGE}
    nodes {{
      id
      name
      slug
      isFolder
      archived
      nestingLevel  #?
      businessUnit
      riskProfile {{ businessImpact }}
      parentProject {{ id }}  #?
      projectOwners {{ email }}
      securityChampions {{ email }}
      repositoryLinks {{ repositoryV2 {{ id name url }} }}  #?
      applicationServiceLinks {{ applicationService {{ id displayName }} }}  #?
    }}
  }}
}}
"""

OWN_SCOPES = """\
query CallboardOwnScopes($first: Int!, $after: String) {
  page: serviceAccounts(first: $first, after: $after) {
    pageInfo { hasNextPage endCursor }
    nodes { clientId scopes expiresAt enabled }
  }
}
"""

_COUNTED = {"issue": "issuesV2", "vulnerability": "vulnerabilityFindings", "misconfiguration": "configurationFindings"}
_FILTERS = {
    "issue": "IssueFilters",
    "vulnerability": "VulnerabilityFindingFilters",
    "misconfiguration": "ConfigurationFindingFilters",
    "project": "ProjectFilters",
}

COUNTS = {
    kind: f"""\
query CallboardCount($first: Int!, $filterBy: {_FILTERS[kind]}) {{
  page: {field}(first: $first, filterBy: $filterBy) {{
    totalCount
    {"" if kind in ("issue", "project") else "maxCountReached  #?"}
    pageInfo {{ hasNextPage endCursor }}
    nodes {{ id }}
  }}
}}
"""
    for kind, field in {**_COUNTED, "project": "projects"}.items()
}
"""Count-only reads: `first: 1`, which is how a shipped client counts (2026-08)."""

WORDS = {
    kind: f"""\
query CallboardWords {{
  page: __type(name: "{_FILTERS[kind]}") {{
    nodes: inputFields {{ name type {{ ofType {{ ofType {{ enumValues(includeDeprecated: true) {{ name }} }} }} }} }}
  }}
}}
"""
    for kind in _COUNTED
}
"""Which words the fields of a filter take. Introspection is open as of 2026-08, with the type's name written out: given as
a variable it was refused (measured by third parties)."""

PAGES = {
    "issue": ISSUES,
    "vulnerability": VULNERABILITIES,
    "misconfiguration": MISCONFIGURATIONS,
    "project": PROJECTS,
}
"""The document of each part kind."""

MOVING = {
    "issue": "updatedAt",
    "vulnerability": "lastDetectedAt",
    "misconfiguration": "analyzedAt",
    "project": None,
}
"""The field that is cut before hashing."""

DETECTED = frozenset({"vulnerability", "misconfiguration"})
"""Kinds whose moving field is a date of detection."""


@enum.unique
class Shape(enum.StrEnum):
    """How much of a document is sent."""

    WHOLE = "whole"
    BASE = "base"
    """Without the lines that some tenants do not know."""


@cache
def shaped(document: str, shape: Shape) -> str:
    """The document as it is sent, without our marks."""
    if shape is Shape.BASE:
        document = re.sub(r"\n[^\n]*#\?[^\n]*", "", document)
    return re.sub(r"\n\s*(?=\n)", "", document.replace("  #?", ""))


def sendable() -> list[str]:
    """Every document that can be sent, for the test that holds them against the schema."""
    documents = (*PAGES.values(), *COUNTS.values(), *WORDS.values(), OWN_SCOPES)
    return [shaped(document, shape) for document in documents for shape in Shape]
