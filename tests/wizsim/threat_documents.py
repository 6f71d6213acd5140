"""Query documents about threats, in the shapes that public clients send: detections, their events, and evidence.

The wording is ours, as in `documents`.
"""

# ruff: noqa: E501  a query document reads better in long lines than in very many

from __future__ import annotations

from typing import Any, Final

_EVIDENCE = """
query Q($filterBy: IssueFilters, $first: Int, $after: String, $orderBy: IssueOrder) {
  issues: issuesV2(filterBy: $filterBy, first: $first, after: $after, orderBy: $orderBy) {
    nodes { type evidenceQuery threatDetectionDetails { ...Main ...Who ...Found ...Groups } } pageInfo { hasNextPage endCursor } } }
fragment Main on ThreatDetectionIssueDetails { mainDetection { id startedAt severity description(format: MARKDOWN) ruleMatch { rule { id name origins } } } }
fragment Who on ThreatDetectionIssueDetails { actors { id name externalId providerUniqueId type } resources { id name externalId providerUniqueId type nativeType } }
fragment Found on ThreatDetectionIssueDetails { detections(first: 500) { nodes { id startedAt severity description(format: MARKDOWN)
  primaryResource { id type name externalId region cloudAccount { id name externalId cloudProvider } }
  actors { id name externalId providerUniqueId type }
  ruleMatch { rule { id name securitySubCategories { id title category { id name framework { id } } } } } } } }
fragment Groups on ThreatDetectionIssueDetails { cloudEventGroups(first: 500) { nodes { id name kind status origin groupType description firstEventAt lastEventAt cloudEvents { ...Event } } } }
fragment Event on CloudEvent { id category externalName isForeignActorIP rawAuditLogRecord errorMessage errorCode timestamp origin path kind cloudPlatform status
  statusDetails { errorReason providerErrorMessage providerErrorCode }
  actor { id externalId name type email userAgent accessKeyId providerUniqueId inactiveInLast90Days friendlyName hasAdminKubernetesPrivileges hasAdminPrivileges
    hasHighKubernetesPrivileges hasHighPrivileges isExternalCloudAccount actingAs { id name friendlyName externalId providerUniqueId type } }
  actorIP actorIPMeta { relatedAttackGroupNames city country countryCode reputation autonomousSystemOrganization }
  subjectResource { id type name nativeType externalId providerUniqueId region openToAllInternet cloudAccount { id name externalId cloudProvider }
    containerService { id name type providerUniqueId } containerServiceGraphEntity { ...Thing providerUniqueId }
    kubernetesCluster { id name type providerUniqueId } kubernetesClusterGraphEntity { ...Thing providerUniqueId }
    kubernetesNamespace { id name providerUniqueId } kubernetesNamespaceGraphEntity { id name providerUniqueId }
    kubernetesController { id name type providerUniqueId } kubernetesControllerGraphEntity { ...Thing providerUniqueId } }
  matchedRules { rule { id builtInId name } }
  extraDetails { ...Runtime ...Admission ...Fim ...Integrity ...Scan }
  trigger { ...Sensor ...AdmissionTrigger } }
fragment Thing on GraphEntity { id name type }
fragment Runtime on CloudEventRuntimeDetails { sensor { id name lastSeenAt firstSeenAt sensorVersion definitionsVersion status ipAddress type workload { id name sensorName } cluster { id name type } }
  processTree { ...Process userName userId hash stdin stdout name wizResponse enforcementResult { action errorMessage } containerGraphEntity { ...Thing properties }
    container { id name externalId image { id externalId } imageGraphEntity { ...Thing } podGraphEntity { ...Thing }
      pod { id name externalId ips namespace namespaceGraphEntity { ...Thing } } kubernetesController { id name externalId type } kubernetesControllerGraphEntity { ...Thing }
      kubernetesCluster { id name externalId } kubernetesClusterGraphEntity { ...Thing } serviceAccount
      ecsContainerDetails { ecsTask { id externalId } ecsTaskGraphEntity { ...Thing } ecsCluster { id name externalId } ecsClusterGraphEntity { ...Thing } ecsService { id name externalId } ecsServiceGraphEntity { ...Thing } } } }
  hostGraphEntity { properties ...Thing } host { id externalId type hostname kernelVersion computeInstanceGroupGraphEntity { id name type } }
  rawDetails runtimeExecutionDataId type
  context { ... on CloudEventRuntimeTypeFileContext { fileName } ... on CloudEventRuntimeTypeNetworkConnectContext { remoteIP remotePort }
    ... on CloudEventRuntimeTypeDNSQueryContext { query } ... on CloudEventRuntimeTypeProcessStartContext { commandLine }
    ... on CloudEventRuntimeTypeIMDSQueryContext { query } ... on CloudEventRuntimeTypeChangeDirectoryContext { path } } }
fragment Process on CloudEventRuntimeProcess { id command path executionTime }
fragment Admission on CloudEventAdmissionReviewDetails { verdict policyEnforcement reviewDuration infoMatches lowMatches mediumMatches highMatches criticalMatches totalMatches policies { ...Policy }
  cloudConfigurationFindings { cloudConfigurationRule { id shortId name severity cloudProvider } passedPolicies { ...Policy } failedPolicies { ...Policy } } }
fragment Policy on CICDScanPolicy { id name description policyLifecycleEnforcements { enforcementMethod deploymentLifecycle } params { __typename
  ... on CICDScanPolicyParamsIAC { severityThreshold } ... on CICDScanPolicyParamsVulnerabilities { severity } ... on CICDScanPolicyParamsSensitiveData { dataFindingSeverityThreshold }
  ... on CICDScanPolicyParamsHostConfiguration { hostConfigurationSeverity rulesScope { type securityFrameworks { id name } } failCountThreshold passPercentageThreshold } } }
fragment Fim on CloudEventFimDetails { previousHash }
fragment Integrity on CloudEventImageIntegrityAdmissionReviewDetails { verdict policyEnforcement reviewDuration policies { ...Policy } images { id name imageVerdict sources digest
  policiesFailedBasedOnNoMatchingValidators { id name } imageIntegrityValidators { imageIntegrityValidator { ...Validator } verdict failedPolicies { ...Policy } passedPolicies { ...Policy }
    extraDetails { ... on ImageIntegrityAdmissionReviewImageValidatorExtraDetailsWizScan { cicdScan { id status { verdict } } } } } } }
fragment Validator on ImageIntegrityValidator { id name description imagePatterns projects { id isFolder slug name } value { method notary { certificate } cosign { method key certificate certificateChain } wizScan { maxAgeHours policyId serviceAccountIds } } }
fragment Scan on CloudEventCICDScanDetails { cicdScanPolicyEnforcement: policyEnforcement scanDuration trigger tags { key value } createdBy { serviceAccount { id name } user { id name email } }
  cliDetails { scanOriginResource { name __typename ... on CICDScanOriginIAC { subTypes name } ... on CICDScanOriginContainerImage { digest id name } } scanOriginResourceType clientName clientVersion
    buildParams { commitUrl branch commitHash committedBy platform repository extraDetails { ... on CICDBuildParamsContainerImage { dockerfilePath dockerfileContents } } } }
  codeAnalyzerDetails { taskUrl commit { author infoURL messageSnippet ref sha } webhookEvent { createdAt hookID payload processedAt receivedAt source sourceRequestID type wizRequestID }
    pullRequest { author title baseCommit { sha ref infoURL } headCommit { sha ref infoURL } bodySnippet infoURL analytics { additions deletions changedFiles commits } } }
  warnedPolicies { ...Policy } failedPolicies { ...Policy } passedPolicies { ...Policy } policies { ...Policy __typename id name params { __typename } }
  secretDetails { failedPolicyMatches { policy { __typename id name } } secrets { id contains { name type } details { __typename } failedPolicyMatches { policy { __typename id name } } description lineNumber offset path snippet type severity hasAdminPrivileges hasHighPrivileges relatedEntities { id type name properties } } }
  iacDetails { ruleMatches { rule { id shortId name description cloudProvider } deletedRuleFallback: rule { id name } severity failedResourceCount failedPolicyMatches { policy { id } } matches { resourceName fileName lineNumber matchContent expected found } }
    scanStatistics { infoMatches lowMatches highMatches mediumMatches criticalMatches totalMatches } }
  hostConfigurationDetails { hostConfigurationFrameworks { framework { id name } matches { policyMatch { policy { id } } } }
    hostConfigurationFindings { rule { description name id securitySubCategories { id resolutionRecommendation title description category { id name framework { id name enabled } } } } status severity failedPolicyMatches { policy { id } } } }
  vulnerabilityDetails { vulnerableSBOMArtifactsByNameVersion { id name version filePath vulnerabilityFindings { fixedVersion remediation severities { criticalCount highCount infoCount lowCount mediumCount }
      findings { id vulnerabilityExternalId vulnerableAsset { ... on VulnerableAssetRepositoryBranch { id type name providerUniqueId repositoryName } } remediationPullRequestAvailable remediationPullRequestConnector { id name type { id name } } severity } }
      layerMetadata { id isBaseLayer details } type { group codeLibraryLanguage osPackageManager hostedTechnology { id name icon } plugin } }
    cpes { name version path vulnerabilities { ...Weak } detectionMethod } osPackages { name version vulnerabilities { ...Weak } detectionMethod } libraries { name version path vulnerabilities { ...Weak } detectionMethod }
    applications { name vulnerabilities { path pathType version vulnerability { ...Weak } } detectionMethod } }
  dataDetails { full: findings { dataClassifier { id name category originalDataClassifierOverridden } ...Data } short: findings { dataClassifier { id name } ...Data } }
  status { details state verdict } }
fragment Weak on DiskScanVulnerability { name severity fixedVersion source score exploitabilityScore hasExploit hasCisaKevExploit cisaKevReleaseDate cisaKevDueDate epssProbability epssPercentile epssSeverity publishDate fixPublishDate
  gracePeriodEnd gracePeriodRemainingHours failedPolicyMatches { policy { id name params { ... on CICDScanPolicyParamsHostConfiguration { failCountThreshold passPercentageThreshold rulesScope { type } } } } } weightedSeverity finding { id version } }
fragment Data on CICDDiskScanResultDataFinding { matchCount severity examples { path matchCount value } }
fragment Sensor on CloudEventSensorRulesMatch { sensorEngineRules { rule { id name description MITRETactics MITRETechniques } version }
  fileReputationHashMatch { name md5 sha1 sha256 sampleFirstSeen sampleLastSeen scannerMatch scannerCount scannerPercent trustFactor malwareClassification { isGeneric type platform subPlatform family vulnerability { id } } }
  connectivityReputation { source { ip port } destination { ip ipReputation port } process { ...Process } } dnsQueryReputation { domain domainReputation process { ...Process } } }
fragment AdmissionTrigger on CloudEventAdmissionReview { cloudConfigurationRuleMatches { cloudConfigurationRule { id } cicdScanPolicies { id name params { __typename } } } }"""
_PATHS = """
query Q($query: GraphEntityQueryInput, $controlId: ID, $projectId: String!, $first: Int, $after: String, $t: Boolean!, $quick: Boolean = true, $a: Boolean = false, $b: Boolean = false, $c: Boolean = false, $d: Boolean = false, $e: Boolean = false) {
 graphSearch(query: $query, controlId: $controlId, projectId: $projectId, first: $first, after: $after, quick: $quick) { totalCount @include(if: $t) maxCountReached @include(if: $t) pageInfo { endCursor hasNextPage }
  nodes { entities { ...P userMetadata { isInWatchlist isIgnored note } technologies { id icon }
    publicExposures(first: 10) @include(if: $a) { nodes { ...N } } otherSubscriptionExposures(first: 10) @include(if: $b) { nodes { ...N } } otherVnetExposures(first: 10) @include(if: $b) { nodes { ...N } }
    lateralMovementPaths(first: 10) @include(if: $d) { nodes { id pathEntities { entity { ...P } } } } kubernetesPaths(first: 10) @include(if: $e) { nodes { id path { ...P } } } } aggregateCount } } }
fragment P on GraphEntity { id name type properties issueAnalytics: issues(filterBy: { status: [IN_PROGRESS, OPEN] }) @include(if: $c) { lowSeverityCount mediumSeverityCount highSeverityCount criticalSeverityCount } }
fragment N on NetworkExposure { id portRange sourceIpRange destinationIpRange path { ...P } applicationEndpoints { ...P } }"""
_DETECTIONS = """
query Q($filterBy: DetectionFilters $first: Int $after: String $orderBy: DetectionOrder){ detections(filterBy: $filterBy first: $first after: $after orderBy: $orderBy) { nodes { type origins
 actors { id name externalId providerUniqueId type } resources { id name externalId providerUniqueId type } cloudAccounts { id name externalId cloudProvider } cloudOrganizations { id name externalId cloudProvider } createdAt updatedAt id severity description(format: MARKDOWN)
 primaryResource { type name externalId region id } issue { id } primaryActor { id name type nativeType email userAgent MFA federated friendlyName accessKeyId externalId providerUniqueId hasHighPrivileges hasAdminPrivileges hasHighKubernetesPrivileges hasAdminKubernetesPrivileges inactiveInLast90Days actingAs { id name type friendlyName accessKeyId externalId providerUniqueId } cloudAccount { id externalId name cloudProvider } }
 triggeringEvents(first: 50) { totalCountV2 nodes { ... on CloudEvent { id description actorIP timestamp rawAuditLogRecord commandLine runtimeProgram { name } parentRuntimeProgram { name } } } }
 ruleMatch { rule { id name builtin securitySubCategories { id title category { id name framework { id } } } } } } pageInfo { hasNextPage endCursor } totalCount } }"""
_DESK_DETECTIONS = """
query D($filterBy: DetectionFilters, $first: Int, $after: String, $orderBy: DetectionOrder, $events: Boolean = true) {
  detections(filterBy: $filterBy, first: $first, after: $after, orderBy: $orderBy, enforceTimestampContinuity: true) {
    pageInfo { hasNextPage endCursor }
    nodes { id description severity createdAt startedAt endedAt issue { id url dueAt projects { id name } resolutionReason notes { text } }
      ruleMatch { rule { id name sourceType } } cloudAccounts { cloudProvider externalId name linkedProjects { id name } }
      cloudOrganizations { cloudProvider externalId name }
      actors { id externalId name type nativeType actingAs { id externalId name type nativeType } } primaryActor { id } primaryResource { id }
      resources { id externalId name type nativeType region cloudAccount { cloudProvider externalId name }
        kubernetesNamespace { id providerUniqueId name } kubernetesCluster { id providerUniqueId name } }
      triggeringEvents(first: 10) @include(if: $events) { nodes { ... on CloudEvent { id origin name description cloudProviderUrl cloudPlatform
        timestamp source category status actor { id actingAs { id } } actorIP
        actorIPMeta { country autonomousSystemNumber autonomousSystemOrganization reputation reputationDescription reputationSource
          relatedAttackGroupNames customIPRanges { id name isInternal ipRanges } } resources { id }
        extraDetails { ... on CloudEventRuntimeDetails { processTree { command path hash size executionTime runtimeProgramId userId userName
          container { id externalId name image { id externalId } } } } } } } } } } }"""
_DESK_THREATS = """
query T($filterBy: IssueFilters, $filterScope: IssueFiltersScope, $first: Int, $after: String, $orderBy: IssueOrder, $score: Boolean = false,
  $details: Boolean = false, $selection: SecurityScoreImpactSelection, $count: Boolean = true, $entities: Boolean = false, $accounts: Boolean = false,
  $rules: Boolean = false, $comments: Boolean = false, $known: Boolean = false, $logic: Boolean = false, $frameworks: Boolean = false) {
  issues: issuesV2(filterBy: $filterBy, first: $first, after: $after, orderBy: $orderBy, filterScope: $filterScope) {
    totalCount @include(if: $count) pageInfo { hasNextPage endCursor }
    nodes { id type resolutionNote resolvedAt resolutionReason ...By createdAt updatedAt dueAt rejectionExpiredAt status severity environments
      control { id name description severity type query enabled enabledForLBI enabledForMBI enabledForHBI enabledForUnattributed tagsV2 { key value }
        risks threats sourceCloudConfigurationRule { id name } serviceTickets { ...Ticket } }
      sourceRules { ...Rule securitySubCategories @include(if: $frameworks) { id title category { id name framework { id name enabled } } } }
      sourceRules @include(if: $rules) { ...Rule }
      projects { id name slug isFolder businessUnit riskProfile { businessImpact } }
      entitySnapshot { id type status name cloudPlatform region subscriptionName subscriptionId subscriptionExternalId nativeType kubernetesClusterId
        kubernetesClusterName kubernetesNamespaceName tags externalId }
      notes { id text } cloudAccounts @include(if: $accounts) { id name externalId cloudProvider }
      cloudOrganizations @include(if: $accounts) { id name externalId cloudProvider }
      threatDetectionDetails @include(if: $details) { ...Who ...Main detections(first: 0) { totalCount } eventOrigin }
      threatCenterActors @include(if: $known) { id name type } serviceTickets { id externalId name url } applicationServices { id displayName }
      commentThread @include(if: $comments) { id hasComments } } } }
fragment By on Issue { resolvedBy { user { id email name } } }
fragment Ticket on ServiceTicket { id externalId name url project { id name } integration { id type name typeConfiguration { type iconUrl } } }
fragment Rule on IssueSourceRule {
  ... on CloudConfigurationRule { id tags { key value } builtin createdBy { name } name description subjectEntityType hasAutoRemediation cloudProvider
    securityScoreImpact(selection: $selection) @include(if: $score) risks threats control { id resolutionRecommendation } }
  ... on CloudEventRule { id name kind: type description ruleSeverity: severity builtin createdBy { name } generateIssues generateFindings enabled sourceType
    ...Logic @include(if: $logic) securityScoreImpact(selection: $selection) @include(if: $score) risks threats }
  ... on Control { id tagsV2 { key value } name query type enabled enabledForHBI enabledForLBI enabledForMBI enabledForUnattributed builtin createdBy { name }
    resolutionRecommendation text: description securityScoreImpact(selection: $selection) @include(if: $score) risks threats } }
fragment Logic on CloudEventRule { params { ...Parameters } }
fragment Parameters on CorrelationCloudEventRuleParams { securityGraphContext { description inUse } detectionThresholds { inUse }
  behavioralBaselines { id builtInId title description } }
fragment Who on ThreatDetectionIssueDetails { actorsMaxCountReached actorsTotalCount
  actors { id name externalId providerUniqueId type nativeType graphEntity @include(if: $entities) { id deletedAt type name properties } }
  resourcesTotalCount resourcesMaxCountReached
  resources { id name externalId providerUniqueId type nativeType graphEntity @include(if: $entities) { id type deletedAt name properties } } }
fragment Main on ThreatDetectionIssueDetails { mainDetection { id startedAt severity description(format: MARKDOWN) ruleMatch { rule { id name origins } } } }"""
_SINCE = "2026-01-01T00:00:00Z"

THREAT_DOCUMENTS: Final[dict[str, tuple[str, dict[str, Any]]]] = {
    "xsoar, evidence of a threat": (_EVIDENCE, {"first": 1, "filterBy": {"id": "<threat>"}}),
    "xsoar, evidence of any issue": (_EVIDENCE, {"first": 20, "filterBy": {"status": ["OPEN"]}}),
    "xsoar, paths of evidence": (
        _PATHS,
        {
            "first": 5,
            "projectId": "*",
            "query": {"type": ["CLOUD_RESOURCE"], "where": {"name": {"CONTAINS": "cart"}}},
            **dict.fromkeys(("t", "a", "b", "c", "d", "e"), True),
        },
    ),
    "xsoar, detections for the desk": (
        _DESK_DETECTIONS,
        {
            "first": 50,
            "filterBy": {"type": {"equals": ["GENERATED_THREAT"]}, "createdAt": {"after": _SINCE}},
            "orderBy": {"field": "CREATED_AT", "direction": "ASC"},
        },
    ),
    "xsoar, threats for the desk": (
        _DESK_THREATS,
        {
            "first": 20,
            "filterBy": {"type": ["THREAT_DETECTION"]},
            "filterScope": "ALL_ISSUE_DETECTIONS",
            "orderBy": {"field": "CREATED_AT", "direction": "DESC"},
            **dict.fromkeys(
                ("score", "details", "entities", "accounts", "rules", "comments", "known", "logic", "frameworks"), True
            ),
        },
    ),
    "xsoar, threats of a resource": (
        _DESK_THREATS,
        {
            "first": 20,
            "filterBy": {
                "type": ["THREAT_DETECTION"],
                "threatResource": {"ids": ["<threat resource>"]},
                "eventOrigin": {"equals": ["WIZ_SENSOR", "AWS_CLOUDTRAIL", "AZURE_ACTIVITY_LOGS", "GCP_AUDIT_LOGS"]},
            },
            "filterScope": "ALL_ISSUE_DETECTIONS",
            "orderBy": {"field": "CREATED_AT", "direction": "DESC"},
        },
    ),
    "elastic, detections": (
        _DETECTIONS,
        {
            "first": 50,
            "after": None,
            "filterBy": {"updatedAt": {"after": _SINCE}, "type": {"equals": ["GENERATED_THREAT", "MATCH_ONLY"]}},
        },
    ),
    "cartography, detections": (
        """query R($filterBy: DetectionFilters, $first: Int, $after: String, $orderBy: DetectionOrder) {
            detections(filterBy: $filterBy, first: $first, after: $after, orderBy: $orderBy) { pageInfo { hasNextPage endCursor }
              nodes { id type origins severity description createdAt updatedAt primaryResource { id type name externalId region }
                actors { id name externalId providerUniqueId type } resources { id name externalId providerUniqueId type }
                cloudAccounts { id name externalId cloudProvider } cloudOrganizations { id name externalId cloudProvider }
                ruleMatch { rule { id name builtin } } } } }""",
        {
            "first": 100,
            "after": None,
            "filterBy": {
                "severity": {"equals": ["INFORMATIONAL", "LOW", "MEDIUM", "HIGH", "CRITICAL"]},
                "updatedAt": {"after": _SINCE},
            },
        },
    ),
}
