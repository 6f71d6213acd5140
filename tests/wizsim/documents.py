"""Query documents in the shapes that public Wiz clients send: the acceptance list of the look-alike.

The wording is ours. Each covers the fields, arguments, fragments and variable types that the named client's own documents
use (wiz-api.md section 15), so a client that is not ours finds here what it asks for.
"""

# ruff: noqa: E501  a query document reads better in long lines than in very many

from __future__ import annotations

from typing import Any, Final

from tests.wizsim.estate_documents import ESTATE_DOCUMENTS
from tests.wizsim.threat_documents import THREAT_DOCUMENTS

_TEXTS = "id name d: description"
_FRAMEWORKS = "securitySubCategories { title category { name framework { name } } }"
_RULES = f"""sourceRule {{ __typename
  ... on Control {{ {_TEXTS} resolutionRecommendation {_FRAMEWORKS} }}
  ... on CloudConfigurationRule {{ id name configurationText: description remediationInstructions serviceType }}
  ... on CloudEventRule {{ id name eventText: description sourceType type }} }}"""
_SNAPSHOT = """entitySnapshot { id type nativeType name status cloudPlatform cloudProviderURL providerId region
  resourceGroupExternalId subscriptionExternalId subscriptionName subscriptionTags tags externalId createdAt }"""
_PROJECTS = "projects { id name slug businessUnit riskProfile { businessImpact } }"
_NOTES = "notes { id createdAt updatedAt text user { name email } serviceAccount { name } }"
_TICKETS = "serviceTickets { externalId name url }"
_MORE = "pageInfo { hasNextPage endCursor }"
_ISSUE_ARGUMENTS = "$filterBy: IssueFilters, $first: Int, $after: String, $orderBy: IssueOrder"
_ISSUE_CALL = "filterBy: $filterBy, first: $first, after: $after, orderBy: $orderBy"
_FINDING_ARGUMENTS = (
    "$filterBy: VulnerabilityFindingFilters, $first: Int, $after: String, $orderBy: VulnerabilityFindingOrder"
)
_ASSET = "id type name region providerUniqueId cloudProviderURL cloudPlatform status subscriptionName subscriptionExternalId tags"
_ASSETS = f"""vulnerableAsset {{
  ... on VulnerableAssetBase {{ {_ASSET} subscriptionId hasLimitedInternetExposure hasWideInternetExposure isAccessibleFromVPN
    isAccessibleFromOtherVnets isAccessibleFromOtherSubscriptions }}
  ... on VulnerableAssetVirtualMachine {{ operatingSystem ipAddresses }}
  ... on VulnerableAssetServerless {{ runtime }}
  ... on VulnerableAssetContainerImage {{ imageId }}
  ... on VulnerableAssetContainer {{ ImageExternalId VmExternalId ServerlessContainer PodNamespace PodName NodeName }}
  ... on VulnerableAssetRepositoryBranch {{ repositoryId repositoryName repositoryExternalId }} }}"""
_SCORES = """score exploitabilityScore impactScore epssSeverity epssPercentile epssProbability CVSSSeverity vendorSeverity
  hasExploit hasCisaKevExploit"""
_PACKAGE = (
    "name detailedName version fixedVersion detectionMethod link locationPath remediation description CVEDescription"
)
_DATES = "firstDetectedAt lastDetectedAt resolvedAt"
_COUNTS = """fragment Counts on IssueConnection { totalCount criticalSeverityCount highSeverityCount mediumSeverityCount
  lowSeverityCount informationalSeverityCount }"""
_MODERN_ISSUE = f"id {_RULES} createdAt updatedAt dueAt type resolvedAt statusChangedAt {_PROJECTS} status severity"

DOCUMENTS: Final[dict[str, tuple[str, dict[str, Any]]]] = {
    "backstage plugin, issues": (
        f"""query A({_ISSUE_ARGUMENTS}) {{ issues: issuesV2({_ISSUE_CALL}) {{ totalCount {_MORE} nodes {{ url id
            sourceRule {{ __typename ... on Control {{ id name }} ... on CloudConfigurationRule {{ id name }} ... on CloudEventRule {{ id name }} }}
            createdAt type status severity entitySnapshot {{ id type name }} }} }} }}""",
        {
            "first": 20,
            "filterBy": {"status": ["OPEN", "IN_PROGRESS"]},
            "orderBy": {"direction": "DESC", "field": "SEVERITY"},
        },
    ),
    "backstage plugin, counters": (
        f"""query B({_ISSUE_ARGUMENTS}, $filterScope: IssueFiltersScope) {{
            issues: issuesV2({_ISSUE_CALL}, filterScope: $filterScope) {{ ...Counts }} }} {_COUNTS}""",
        {"filterBy": {"status": ["OPEN"], "project": ["cart"]}},
    ),
    "backstage plugin, groups": (
        """query C($groupBy: IssuesGroupedByValueField!, $filterBy: IssueFilters) {
            issuesGroupedByValue(groupBy: $groupBy, filterBy: $filterBy) { totalCount } }""",
        {"groupBy": "RESOURCE", "filterBy": {"status": ["OPEN", "IN_PROGRESS"]}},
    ),
    "backstage plugin, vulnerabilities": (
        f"""query D({_FINDING_ARGUMENTS}) {{ vulnerabilityFindings(filterBy: $filterBy, first: $first, after: $after, orderBy: $orderBy) {{
            totalCount {_MORE} nodes {{ id vulnerabilityExternalId portalUrl name CVSSSeverity hasExploit hasCisaKevExploit
            relatedIssueAnalytics {{ issueCount criticalSeverityCount highSeverityCount mediumSeverityCount lowSeverityCount informationalSeverityCount }}
            status vendorSeverity firstDetectedAt lastDetectedAt fixedVersion vulnerableAsset {{
              ... on VulnerableAssetBase {{ id type name providerUniqueId }} ... on VulnerableAssetContainer {{ id type name providerUniqueId }} }} }} }} }}""",
        {
            "first": 20,
            "filterBy": {"status": ["OPEN"], "projectId": ["cart"]},
            "orderBy": {"direction": "DESC", "field": "RELATED_ISSUE_SEVERITY"},
        },
    ),
    "backstage plugin, cloud resources": (
        f"""query E($filterBy: CloudResourceFilters, $first: Int, $after: String) {{
            cloudResources(filterBy: $filterBy, first: $first, after: $after) {{ nodes {{ id }} {_MORE} }} }}""",
        {"first": 500, "after": None, "filterBy": {"search": "cart"}},
    ),
    "backstage plugin, version control": (
        f"""query F($first: Int, $after: String, $filterBy: VersionControlResourceFilters) {{
            versionControlResources(first: $first, after: $after, filterBy: $filterBy) {{ nodes {{ id }} {_MORE} }} }}""",
        {"first": 500, "after": None, "filterBy": {"search": "cart"}},
    ),
    "xsoar, issues": (
        f"query G({_ISSUE_ARGUMENTS}) {{ issues: issuesV2({_ISSUE_CALL}) {{ {_MORE} nodes {{ {_MODERN_ISSUE} {_SNAPSHOT} {_TICKETS} {_NOTES} }} }} }}",
        {"first": 1, "filterBy": {"status": ["OPEN"]}, "orderBy": {"field": "SEVERITY", "direction": "DESC"}},
    ),
    "xsoar, graph search": (
        f"""query H($query: GraphEntityQueryInput, $controlId: ID, $projectId: String!, $first: Int, $after: String,
              $fetchTotalCount: Boolean!, $quick: Boolean = true, $exposed: Boolean = false, $counted: Boolean = false) {{
            graphSearch(query: $query, controlId: $controlId, projectId: $projectId, first: $first, after: $after, quick: $quick) {{
              totalCount @include(if: $fetchTotalCount) maxCountReached @include(if: $fetchTotalCount) {_MORE}
              nodes {{ entities {{ ...Entity userMetadata {{ isInWatchlist isIgnored note }} technologies {{ id icon }}
                publicExposures(first: 10) @include(if: $exposed) {{ nodes {{ id portRange path {{ ...Entity }} }} }} }} aggregateCount }} }} }}
            fragment Entity on GraphEntity {{ id name type properties
              issueAnalytics: issues(filterBy: {{ status: [IN_PROGRESS, OPEN] }}) @include(if: $counted) {{
                highSeverityCount criticalSeverityCount }} }}""",
        {
            "projectId": "*",
            "first": 50,
            "fetchTotalCount": True,
            "exposed": True,
            "counted": True,
            "quick": True,
            "query": {"type": ["CLOUD_RESOURCE"], "select": True, "where": {"name": {"CONTAINS": "cart"}}},
        },
    ),
    "xsoar, resources": (
        f"""query I($filterBy: CloudResourceFilters, $first: Int, $after: String) {{
            cloudResources(filterBy: $filterBy, first: $first, after: $after) {{ {_MORE} nodes {{ id name type subscriptionId
              subscriptionExternalId graphEntity {{ id providerUniqueId name type projects {{ id }} properties firstSeen lastSeen }} }} }} }}""",
        {"first": 50, "filterBy": {"type": ["BUCKET"]}},
    ),
    "elastic, issues": (
        f"query J({_ISSUE_ARGUMENTS}) {{ issues: issuesV2({_ISSUE_CALL}) {{ nodes {{ {_MODERN_ISSUE} {_SNAPSHOT} {_TICKETS} {_NOTES} }} {_MORE} }} }}",
        {"first": 500, "after": None, "filterBy": {"statusChangedAt": {"after": "2026-03-01T00:00:00Z"}}},
    ),
    "elastic, vulnerabilities": (
        f"""query K({_FINDING_ARGUMENTS}) {{ vulnerabilityFindings(filterBy: $filterBy, first: $first, after: $after, orderBy: $orderBy) {{
            nodes {{ id portalUrl status {_PACKAGE} {_SCORES} dataSourceName {_DATES} resolutionReason validatedInRuntime
              layerMetadata {{ id details isBaseLayer }} {_PROJECTS} ignoreRules {{ id name enabled expiredAt }} {_ASSETS} }} {_MORE} }} }}""",
        {"first": 200, "after": None, "filterBy": {"updatedAt": {"after": "2026-03-01T00:00:00.000Z"}}},
    ),
    "elastic, configuration": (
        f"""query L($filterBy: ConfigurationFindingFilters, $first: Int, $after: String, $orderBy: ConfigurationFindingOrder) {{
            configurationFindings(filterBy: $filterBy, first: $first, after: $after, orderBy: $orderBy) {{ {_MORE}
              nodes {{ id name analyzedAt severity result remediation status resource {{ id providerId name nativeType type region cloudPlatform
                subscription {{ id name externalId cloudProvider }} tags {{ key value }} }}
                rule {{ id shortId name description remediationInstructions }}
                evidence {{ currentValue expectedValue configurationPath cloudConfigurationLink }} }} }} }}""",
        {"first": 100, "filterBy": {"includeDeleted": False, "status": ["OPEN", "RESOLVED"]}},
    ),
    "port, projects": (
        f"""query M($filterBy: ProjectFilters, $first: Int, $after: String, $orderBy: ProjectOrder) {{
            projects(filterBy: $filterBy, first: $first, after: $after, orderBy: $orderBy) {{
              nodes {{ id name isFolder archived businessUnit description }} {_MORE} }} }}""",
        {"first": 100, "filterBy": {"includeArchived": True, "impact": "HBI"}},
    ),
    "port, vulnerabilities": (
        f"""query N({_FINDING_ARGUMENTS}) {{ vulnerabilityFindings(filterBy: $filterBy, first: $first, after: $after, orderBy: $orderBy) {{ {_MORE}
            nodes {{ id severity categories version detectionMethod score status description resolvedAt updatedAt firstDetectedAt publishedDate
              remediation environments link vulnerabilityExternalId portalUrl origin CVEDescription name detailedName
              artifactType {{ group ciComponent custom plugin osPackageManager codeLibraryLanguage }} hasFix hasExploit isHighProfileThreat
              projects {{ id name }} rootComponent {{ name }} applicationServices {{ id }} }} }} }}""",
        {"first": 100, "filterBy": {"firstSeenAt": {"after": "2026-01-01T00:00:00Z"}, "severity": ["HIGH"]}},
    ),
    "port, repositories": (
        f"""query O($filterBy: RepositoryFilters, $first: Int, $after: String) {{
            repositories(filterBy: $filterBy, first: $first, after: $after) {{ {_MORE} nodes {{ id name url platform public archived visibility
              organization {{ id name }} projects {{ id name }} branches {{ id name url }} }} }} }}""",
        {"first": 100},
    ),
    "cartography, issues": (
        f"""query P({_ISSUE_ARGUMENTS}) {{ issuesV2({_ISSUE_CALL}) {{ {_MORE} nodes {{ id createdAt updatedAt dueAt resolvedAt statusChangedAt
            status severity type control {{ id name description resolutionRecommendation }} sourceRule {{ id name }} project {{ id name slug }}
            {_SNAPSHOT} {_TICKETS} }} }} }}""",
        {
            "first": 100,
            "after": None,
            "filterBy": {
                "createdAt": {"after": "2026-01-01T00:00:00Z"},
                "status": ["OPEN", "IN_PROGRESS", "RESOLVED", "REJECTED"],
                "severity": ["INFORMATIONAL", "LOW", "MEDIUM", "HIGH", "CRITICAL"],
                "type": ["TOXIC_COMBINATION", "THREAT_DETECTION", "CLOUD_CONFIGURATION"],
            },
        },
    ),
    "cartography, configuration": (
        f"""query Q($filterBy: ConfigurationFindingFilters, $first: Int, $after: String, $orderBy: ConfigurationFindingOrder) {{
            configurationFindings(filterBy: $filterBy, first: $first, after: $after, orderBy: $orderBy) {{ {_MORE}
              nodes {{ id targetExternalId targetObjectProviderUniqueId firstSeenAt severity result status remediation
                resource {{ id providerId name nativeType type region subscription {{ id name externalId cloudProvider }}
                  projects {{ id name riskProfile {{ businessImpact }} }} tags {{ key value }} }}
                rule {{ id graphId name description remediationInstructions functionAsControl }}
                securitySubCategories {{ id title category {{ id name framework {{ id name }} }} }}
                ignoreRules {{ id name enabled expiredAt }} }} }} }}""",
        {
            "first": 100,
            "filterBy": {
                "result": ["PASS", "FAIL", "ERROR", "NOT_ASSESSED"],
                "severity": ["NONE", "LOW", "MEDIUM", "HIGH", "CRITICAL"],
                "firstSeenAt": {"after": "2026-01-01T00:00:00Z"},
            },
        },
    ),
    "fortinet, issues": (
        f"""query R({_ISSUE_ARGUMENTS}) {{ issues({_ISSUE_CALL}) {{ totalCount {_MORE} nodes {{ id severity status
            entity {{ id name type }} control {{ name }} }} }} }}""",
        {"first": 50},
    ),
    "fortinet, assets": (
        f"""query S($query: GraphEntityQueryInput, $projectId: String, $first: Int) {{
            graphSearch(query: $query, projectId: $projectId, first: $first) {{ totalCount {_MORE} nodes {{ entities {{ id name properties type
              technologies {{ name risk usage status }} }} }} }} }}""",
        {"query": {"type": ["BUCKET"], "select": True}, "projectId": "*", "first": 20},
    ),
    "fortinet, issues by asset": (
        f"""query T($groupBy: IssuesGroupedByValueField!, $filterBy: IssueFilters, $orderBy: IssueOrder,
              $groupOrderBy: IssuesGroupedByValueOrder, $first: Int, $after: String, $fetchIssues: Boolean!) {{
            issuesGroupedByValue(groupBy: $groupBy, filterBy: $filterBy, first: $first, after: $after, orderBy: $groupOrderBy) {{
              nodes {{ id issues(first: 5, orderBy: $orderBy) {{ nodes @include(if: $fetchIssues) {{ ...Details
                  basic: entity {{ id type name }} extra: entity {{ id properties {_PROJECTS} }} }} ...Counts pageInfo {{ hasNextPage }} }} }}
              {_MORE} totalCount }} }}
            fragment Details on Issue {{ id type control {{ id name description severity type query enabled enabledForLBI enabledForMBI
                enabledForHBI enabledForUnattributed securitySubCategories {{ id category {{ id }} }} sourceCloudConfigurationRule {{ id name }}
                createdBy {{ id name email }} serviceTickets {{ ...Ticket }} }}
              sourceRule {{ ...Rule }} createdAt status severity resolutionReason
              entitySnapshot {{ kubernetesClusterId kubernetesClusterName kubernetesNamespaceName containerServiceId containerServiceName tags }}
              notes {{ id text }} serviceTickets {{ id externalId name url }} }}
            fragment Ticket on ServiceTicket {{ id externalId name url project {{ id name }} integration {{ id type name }} }}
            fragment Rule on IssueSourceRule {{
              ... on CloudConfigurationRule {{ id name description subjectEntityType {_FRAMEWORKS} control {{ id resolutionRecommendation }} }}
              ... on CloudEventRule {{ id name description ruleSeverity: severity builtin generateIssues generateFindings enabled sourceType
                subCategories {{ id title category {{ id name framework {{ id name description enabled }} }} }} }}
              ... on Control {{ id name query type enabled resolutionRecommendation controlDescription: description {_FRAMEWORKS} }} }}
            {_COUNTS}""",
        {
            "groupBy": "RESOURCE",
            "first": 10,
            "fetchIssues": True,
            "groupOrderBy": {"field": "SEVERITY", "direction": "DESC"},
            "orderBy": {"field": "SEVERITY", "direction": "DESC"},
        },
    ),
    "fortinet, projects": (
        f"""query U($filterBy: ProjectFilters, $first: Int, $after: String, $orderBy: ProjectOrder) {{
            projects(filterBy: $filterBy, first: $first, after: $after, orderBy: $orderBy) {{ {_MORE} totalCount nodes {{ id name slug isFolder
              childProjectCount cloudAccountCount repositoryCount kubernetesClusterCount containerRegistryCount securityScore archived businessUnit
              description workloadCount licensedWorkloadQuota riskProfile {{ businessImpact }} nestingLevel ancestorProjects {{ ...Crumb }} }} }} }}
            fragment Crumb on Project {{ id name isFolder }}""",
        {"first": 50, "orderBy": {"field": "NAME", "direction": "ASC"}},
    ),
    "terraform, project": (
        """query V($id: ID) { project(id: $id) { id name isFolder ancestorProjects { id } description identifiers slug archived businessUnit
            projectOwners { id name email } securityChampions { id name email } riskProfile { businessImpact isActivelyDeveloped hasAuthentication
              hasExposedAPI isInternetFacing isCustomerFacing storesData sensitiveDataTypes isRegulated regulatoryStandards }
            cloudOrganizationLinks { cloudOrganization { externalId id name path } resourceTags { key value } resourceGroups shared environment }
            cloudAccountLinks { cloudAccount { externalId id name } resourceTags { key value } resourceGroups shared environment }
            kubernetesClustersLinks { kubernetesCluster { id } environment namespaces shared } } }""",
        {"id": "<project>"},
    ),
    "terraform, users": (
        f"""query W($first: Int, $filterBy: UserFilters, $after: String) {{ users(first: $first, filterBy: $filterBy, after: $after) {{
            nodes {{ id name email identityProvider {{ name }} identityProviderType effectiveRole {{ id name scopes }} }} {_MORE} totalCount }} }}""",
        {"first": 500},
    ),
    "terraform, cloud accounts": (
        f"""query X($filterBy: CloudAccountFilters, $first: Int, $after: String) {{
            cloudAccounts(filterBy: $filterBy, first: $first, after: $after) {{ nodes {{ id externalId name cloudProvider
              sourceConnectors {{ id }} status linkedProjects {{ id }} }} {_MORE} totalCount }} }}""",
        {"first": 50, "filterBy": {"search": "bw-production"}},
    ),
    "terraform, account search": (
        """query Y($externalId: String!, $projectId: String!, $quick: Boolean) {
            graphSearch(query: { type: [SUBSCRIPTION], where: { externalId: { EQUALS: [$externalId] } } }, projectId: $projectId, quick: $quick) {
              nodes { entities { id } } } }""",
        {"externalId": "<account>", "projectId": "*", "quick": True},
    ),
    "roadie plugin, issues": (
        f"""query Z({_ISSUE_ARGUMENTS}) {{ issues: issuesV2({_ISSUE_CALL}) {{ {_MORE} nodes {{ id createdAt updatedAt type resolvedAt status severity
            sourceRule {{ __typename ... on Control {{ {_TEXTS} {_FRAMEWORKS} risks }} }} entitySnapshot {{ id type name status createdAt }} }} }} }}""",
        {"first": 500, "filterBy": {"project": ["cart"]}, "orderBy": {"direction": "DESC", "field": "SEVERITY"}},
    ),
    **THREAT_DOCUMENTS,
    **ESTATE_DOCUMENTS,
}
