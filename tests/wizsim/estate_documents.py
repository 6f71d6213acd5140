"""Query documents about what a company has and who runs it, in the shapes that public clients send.

The wording is ours, as in `documents`.
"""

# ruff: noqa: E501  a query document reads better in long lines than in very many

from __future__ import annotations

from typing import Any, Final

_MORE = "pageInfo { hasNextPage endCursor }"
_ARTIFACT_PLACES = " ".join(
    f"... on SBOMArtifactAsset{kind} {{ id name type region nativeType cloudPlatform status subscription {{ id name }} }}"
    for kind in ("VirtualMachine", "Serverless", "ContainerImage", "Container")
)

ESTATE_DOCUMENTS: Final[dict[str, tuple[str, dict[str, Any]]]] = {
    "elastic, audit log": (
        f"""query A($first: Int, $after: String, $filterBy: AuditLogEntryFilters) {{
            auditLogEntries(first: $first, after: $after, filterBy: $filterBy) {{ {_MORE} nodes {{ id action requestId status timestamp
              actionParameters userAgent sourceIP serviceAccount {{ id name }} user {{ id name }} }} }} }}""",
        {"first": 100, "after": None, "filterBy": {"timestamp": {"after": "2026-01-01T00:00:00Z"}}},
    ),
    "port, count of vulnerabilities": (
        """query B($filterBy: VulnerabilityFindingFilters) { vulnerabilityFindings(first: 1, filterBy: $filterBy) { totalCount } }""",
        {
            "filterBy": {
                "firstSeenAt": {"after": "2025-01-01T00:00:00Z", "before": "2026-05-01T00:00:00Z"},
                "severity": ["CRITICAL"],
                "status": ["OPEN"],
            }
        },
    ),
    "port, one issue": (
        """query C($filterBy: IssueFilters, $first: Int) { issues: issuesV2(filterBy: $filterBy, first: $first) { nodes { id status } } }""",
        {"first": 1, "filterBy": {"id": "<threat>", "status": ["OPEN", "IN_PROGRESS", "RESOLVED", "REJECTED"]}},
    ),
    "port, technologies": (
        f"""query D($filterBy: TechnologyFilters, $first: Int, $after: String, $orderBy: TechnologyOrder) {{
            technologies(filterBy: $filterBy, first: $first, after: $after, orderBy: $orderBy) {{ {_MORE} nodes {{ id name description
              categories {{ name }} usage status risk note ownerName businessModel popularity projectCount codeRepoCount isCloudService
              supportedOperatingSystems }} }} }}""",
        {"first": 100, "filterBy": {}},
    ),
    "port, hosted technologies": (
        f"""query E($filterBy: HostedTechnologyFilters, $first: Int, $after: String, $orderBy: HostedTechnologyOrder) {{
            hostedTechnologies(filterBy: $filterBy, first: $first, after: $after, orderBy: $orderBy) {{ {_MORE}
              nodes {{ id name technology {{ id name }} resource {{ id name }} detectionMethods installedPackages firstSeen updatedAt cpe }} }} }}""",
        {"first": 100, "filterBy": {}},
    ),
    "port, packages by name": (
        f"""query F($first: Int, $after: String) {{ sbomArtifactsGroupedByName(first: $first, after: $after) {{ totalCount {_MORE} nodes {{ id name
            type {{ codeLibraryLanguage osPackageManager plugin ciComponent custom group }} artifacts {{ totalCount }} }} }} }}""",
        {"first": 100},
    ),
    "port, packages": (
        f"""query G($first: Int, $after: String, $filterBy: SBOMArtifactFilters) {{ sbomArtifacts(first: $first, after: $after, filterBy: $filterBy) {{
            totalCount {_MORE} nodes {{ id name version filePath transitivity validatedInRuntime usedInCodeResult licenses {{ id name }}
              asset {{ __typename {_ARTIFACT_PLACES}
                ... on SBOMArtifactAssetRepositoryBranch {{ id name type nativeType cloudPlatform repositoryId repositoryExternalId repositoryName }}
                ... on SBOMArtifactAssetCIWorkflow {{ id name type nativeType cloudPlatform }}
                ... on SBOMArtifactAssetCIJob {{ id name type nativeType }} }} }} }} }}""",
        {"first": 100, "filterBy": {"type": {"codeLibraryLanguage": ["JAVA"]}, "resource": {"scanSource": "WORKLOAD"}}},
    ),
    "terraform, configuration rules": (
        f"""query H($filterBy: CloudConfigurationRuleFilters, $first: Int, $after: String, $orderBy: CloudConfigurationRuleOrder) {{
            cloudConfigurationRules(filterBy: $filterBy, first: $first, after: $after, orderBy: $orderBy) {{ {_MORE} totalCount
              nodes {{ id shortId name description enabled severity externalReferences {{ id name }} targetNativeTypes supportsNRT
                subjectEntityType serviceType builtin cloudProvider hasAutoRemediation remediationInstructions functionAsControl graphId
                control {{ id }} opaPolicy securitySubCategories {{ id title }} scopeAccounts {{ id }} iacMatchers {{ id type regoCode }} }} }} }}""",
        {"first": 100, "filterBy": {"hasAutoRemediation": False, "severity": ["HIGH", "MEDIUM"]}},
    ),
    "terraform, host rules": (
        f"""query I($filterBy: HostConfigurationRuleFilters, $first: Int, $after: String, $orderBy: HostConfigurationRuleOrder) {{
            hostConfigurationRules(filterBy: $filterBy, first: $first, after: $after, orderBy: $orderBy) {{ {_MORE} totalCount
              rules: nodes {{ id externalId shortName name description enabled builtin directOVAL targetPlatforms {{ id name }}
                securitySubCategories {{ id title }} }} }} }}""",
        {"first": 100, "filterBy": {"enabled": True}},
    ),
    "terraform, clusters": (
        f"""query J($filterBy: KubernetesClusterFilters, $first: Int, $after: String) {{
            kubernetesClusters(filterBy: $filterBy, first: $first, after: $after) {{ {_MORE} totalCount nodes {{ id externalId name kind
              cloudAccount {{ id name cloudProvider externalId }} projects {{ id name slug riskProfile {{ businessImpact }} }} }} }} }}""",
        {"first": 50, "filterBy": {"kind": ["EKS"]}},
    ),
    "terraform, cloud organizations": (
        f"""query K($filterBy: CloudOrganizationFilters, $first: Int) {{ cloudOrganizations(filterBy: $filterBy, first: $first) {{ {_MORE}
            nodes {{ id externalId name cloudProvider path }} }} }}""",
        {"first": 50, "filterBy": {"search": ["o-"]}},
    ),
    "terraform, resource groups": (
        """query L($query: GraphEntityQueryInput, $quick: Boolean = false, $first: Int) {
            graphSearch(first: $first, query: $query, quick: $quick) { nodes { entities { id name } } } }""",
        {
            "first": 100,
            "query": {
                "type": ["RESOURCE_GROUP"],
                "relationships": [
                    {
                        "type": [{"type": "CONTAINS", "reverse": True}],
                        "with": {"type": ["SUBSCRIPTION"], "where": {"_vertexID": {"EQUALS": "<azure>"}}},
                    }
                ],
            },
        },
    ),
    "terraform, framework": (
        """query M($id: ID!) { securityFramework(id: $id) { id name description enabled
            categories { id name description subCategories { id title description } } } }""",
        {"id": "<framework>"},
    ),
    "terraform, control": (
        """query N($id: ID!) { control(id: $id) { id name description query scopeQuery scopeProject { id } severity enabled type
            resolutionRecommendation securitySubCategories { id } } }""",
        {"id": "<control>"},
    ),
    "terraform, user": (
        """query O($id: ID!) { user(id: $id) { id name email role { id } effectiveAssignedProjects { id } isSuspended } }""",
        {"id": "<user>"},
    ),
    "terraform, service account": (
        """query P($id: ID!) { serviceAccount(id: $id) { id name clientId clientSecret scopes type createdAt lastRotatedAt assignedProjects { id } } }""",
        {"id": "<service account>"},
    ),
    "terraform, found users": (
        f"""query Q($filterBy: UserFilters, $first: Int) {{ users(filterBy: $filterBy, first: $first) {{ {_MORE} totalCount nodes {{ id email }} }} }}""",
        {"first": 20, "filterBy": {"role": ["GLOBAL_ADMIN"], "source": "MODERN"}},
    ),
}
