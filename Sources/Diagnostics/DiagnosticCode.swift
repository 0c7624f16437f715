/// Every diagnostic that Penstock can give: one case each, with a page in docs/diagnostics and a
/// golden. Its raw value is what users see and pass to `penstock explain`.
///
/// Cases stand in sections, one for each module that gives them, alphabetical within.
package enum DiagnosticCode: String, Sendable, Hashable, CaseIterable {
  // MARK: Reading (the command line and files)
  case gitFailed = "git-failed"
  case graphvizFailed = "graphviz-failed"
  case invalidOptionValue = "invalid-option-value"
  case missingArgument = "missing-argument"
  case missingOptionValue = "missing-option-value"
  case outputFailed = "output-failed"
  case unexpectedArgument = "unexpected-argument"
  case unexpectedOptionValue = "unexpected-option-value"
  case unknownCommand = "unknown-command"
  case unknownDiagnostic = "unknown-diagnostic"
  case unknownOption = "unknown-option"
  case unknownPipeline = "unknown-pipeline"
  case unknownSchema = "unknown-schema"
  case unreadableFile = "unreadable-file"

  // MARK: Differences
  case diffSide = "diff-side"

  // MARK: Running
  case awsCallFailed = "aws-call-failed"
  case awsUnavailable = "aws-unavailable"
  case journalUnusable = "journal-unusable"
  case lockHeld = "lock-held"
  case lockUnusable = "lock-unusable"
  case planStale = "plan-stale"
  case runFailed = "run-failed"
  case runNotRecoverable = "run-not-recoverable"
  case runUnknown = "run-unknown"

  // MARK: JSON
  case jsonSyntax = "json-syntax"
  case jsonDuplicateKey = "json-duplicate-key"
  case jsonTooDeep = "json-too-deep"

  // MARK: YAML and templates
  case templateMark = "template-mark"
  case templateRuby = "template-ruby"
  case templateSyntax = "template-syntax"
  case templateUnset = "template-unset"
  case yamlAlias = "yaml-alias"
  case yamlDuplicateKey = "yaml-duplicate-key"
  case yamlEncoding = "yaml-encoding"
  case yamlKey = "yaml-key"
  case yamlMerge = "yaml-merge"
  case yamlSeveralDocuments = "yaml-several-documents"
  case yamlSuspiciousText = "yaml-suspicious-text"
  case yamlSyntax = "yaml-syntax"
  case yamlTag = "yaml-tag"
  case yamlTooCostly = "yaml-too-costly"
  case yamlTooDeep = "yaml-too-deep"

  // MARK: Schemas
  case schemaBadEnum = "schema-bad-enum"
  case schemaBadFormat = "schema-bad-format"
  case schemaBadLength = "schema-bad-length"
  case schemaBadPattern = "schema-bad-pattern"
  case schemaDuplicateItem = "schema-duplicate-item"
  case schemaInvalid = "schema-invalid"
  case schemaMissingItem = "schema-missing-item"
  case schemaMissingKey = "schema-missing-key"
  case schemaNoAlternative = "schema-no-alternative"
  case schemaNotAllowed = "schema-not-allowed"
  case schemaNotFound = "schema-not-found"
  case schemaOutOfRange = "schema-out-of-range"
  case schemaTooDeep = "schema-too-deep"
  case schemaUnknownKey = "schema-unknown-key"
  case schemaWrongDocument = "schema-wrong-document"
  case schemaWrongType = "schema-wrong-type"

  // MARK: Expressions
  case expressionAbsentOptional = "expression-absent-optional"
  case expressionEvaluation = "expression-evaluation"
  case expressionSyntax = "expression-syntax"
  case expressionType = "expression-type"
  case expressionUnknownField = "expression-unknown-field"
  case expressionUnknownFunction = "expression-unknown-function"
  case expressionUnknownName = "expression-unknown-name"

  // MARK: Pipelines
  case pipelineCyclicLet = "pipeline-cyclic-let"
  case pipelineDuplicateName = "pipeline-duplicate-name"
  case pipelineReservedName = "pipeline-reserved-name"
  case pipelineSeveralStepKinds = "pipeline-several-step-kinds"
  case pipelineUnknownDataset = "pipeline-unknown-dataset"
  case pipelineUnknownParameter = "pipeline-unknown-parameter"
  case pipelineUnknownStage = "pipeline-unknown-stage"
  case pipelineUnknownStepKind = "pipeline-unknown-step-kind"
  case pipelineStepKindMissing = "pipeline-step-kind-missing"

  // MARK: Passes
  case checkFailed = "check-failed"
  case clusterAmbiguous = "cluster-ambiguous"
  case clusterBusy = "cluster-busy"
  case dataDeletedBeforeRead = "data-deleted-before-read"
  case dataLost = "data-lost"
  case dataNotProduced = "data-not-produced"
  case dataUnread = "data-unread"
  case dataWrittenTwice = "data-written-twice"
  case datasetAbsent = "dataset-absent"
  case datasetNotEmpty = "dataset-not-empty"
  case factAssumed = "fact-assumed"
  case factsShape = "facts-shape"
  case includeUnknown = "include-unknown"
  case locationInvalid = "location-invalid"
  case locationSuspicious = "location-suspicious"
  case noDataToProcess = "no-data-to-process"
  case requirementFailed = "requirement-failed"
  case resumeUnknownStage = "resume-unknown-stage"
  case resumeUnsafe = "resume-unsafe"
  case resumeWithSkip = "resume-with-skip"
  case secretInArguments = "secret-in-arguments"
  case unsafeEmpty = "unsafe-empty"
  case skipUnknownStage = "skip-unknown-stage"
  case skipUnknownStep = "skip-unknown-step"
  case stageUnreachable = "stage-unreachable"

  // MARK: Plans
  case factUnanswered = "fact-unanswered"
  case planFormat = "plan-format"

  // MARK: EMR
  case emrAMIVersion = "emr-ami-version"
  case emrApplicationUnknown = "emr-application-unknown"
  case emrApplicationsWithoutRelease = "emr-applications-without-release"
  case emrArgumentEmpty = "emr-argument-empty"
  case emrAutoScalingLimits = "emr-auto-scaling-limits"
  case emrAutoScalingMaster = "emr-auto-scaling-master"
  case emrAutoScalingRole = "emr-auto-scaling-role"
  case emrBidPrice = "emr-bid-price"
  case emrBidPriceTwice = "emr-bid-price-twice"
  case emrBidPriceUnused = "emr-bid-price-unused"
  case emrBlockDuration = "emr-block-duration"
  case emrClassificationTwice = "emr-classification-twice"
  case emrClassificationUnknown = "emr-classification-unknown"
  case emrClusterName = "emr-cluster-name"
  case emrCustomAMI = "emr-custom-ami"
  case emrExtendedSupport = "emr-extended-support"
  case emrFleetCapacity = "emr-fleet-capacity"
  case emrFleetPriority = "emr-fleet-priority"
  case emrFleetTypes = "emr-fleet-types"
  case emrIdleTimeout = "emr-idle-timeout"
  case emrIdleWithoutKeepAlive = "emr-idle-without-keep-alive"
  case emrInstanceCount = "emr-instance-count"
  case emrInstanceRoles = "emr-instance-roles"
  case emrInstanceTypeNotOffered = "emr-instance-type-not-offered"
  case emrInstanceTypeRelease = "emr-instance-type-release"
  case emrInstanceTypeUnknown = "emr-instance-type-unknown"
  case emrInstancesMissing = "emr-instances-missing"
  case emrInstancesTwice = "emr-instances-twice"
  case emrJarEmpty = "emr-jar-empty"
  case emrKerberosSecurity = "emr-kerberos-security"
  case emrLogEncryption = "emr-log-encryption"
  case emrLogLocation = "emr-log-location"
  case emrLogType = "emr-log-type"
  case emrMasterCount = "emr-master-count"
  case emrMasterFleet = "emr-master-fleet"
  case emrNoSteps = "emr-no-steps"
  case emrPlacementGroup = "emr-placement-group"
  case emrProductsWithRelease = "emr-products-with-release"
  case emrRegionUnknown = "emr-region-unknown"
  case emrReleaseMissing = "emr-release-missing"
  case emrReleaseTooOld = "emr-release-too-old"
  case emrReleaseTwice = "emr-release-twice"
  case emrReleaseUnknown = "emr-release-unknown"
  case emrRepoUpgrade = "emr-repo-upgrade"
  case emrResizeTimeout = "emr-resize-timeout"
  case emrRoleARN = "emr-role-arn"
  case emrRootVolume = "emr-root-volume"
  case emrScalingIndex = "emr-scaling-index"
  case emrScalingLimits = "emr-scaling-limits"
  case emrScalingTwice = "emr-scaling-twice"
  case emrScalingUnit = "emr-scaling-unit"
  case emrSecurityGroups = "emr-security-groups"
  case emrServiceSecurityGroup = "emr-service-security-group"
  case emrSpotTimeout = "emr-spot-timeout"
  case emrStepConcurrency = "emr-step-concurrency"
  case emrStepConcurrencyRange = "emr-step-concurrency-range"
  case emrStepName = "emr-step-name"
  case emrStepText = "emr-step-text"
  case emrStepTooLong = "emr-step-too-long"
  case emrSubnetTwice = "emr-subnet-twice"
  case emrSubnetWithZone = "emr-subnet-with-zone"
  case emrSubnetsWithoutFleets = "emr-subnets-without-fleets"
  case emrTagKey = "emr-tag-key"
  case emrTagReserved = "emr-tag-reserved"
  case emrTagTwice = "emr-tag-twice"
  case emrTagValue = "emr-tag-value"
  case emrTerminationProtected = "emr-termination-protected"
  case emrTooManyBootstrapActions = "emr-too-many-bootstrap-actions"
  case emrTooManySteps = "emr-too-many-steps"
  case emrTooManyTags = "emr-too-many-tags"
  case emrVolumeCount = "emr-volume-count"
  case emrVolumeIops = "emr-volume-iops"
  case emrVolumeSize = "emr-volume-size"
  case emrVolumeThroughput = "emr-volume-throughput"
  case emrVolumeType = "emr-volume-type"
  case emrVolumesOptimized = "emr-volumes-optimized"
  case emrWeightedCapacity = "emr-weighted-capacity"
  case emrZoneTwice = "emr-zone-twice"
  case emrZonesWithoutFleets = "emr-zones-without-fleets"

  // MARK: Registries and what they describe
  case enrichmentDisabled = "enrichment-disabled"
  case enrichmentLocation = "enrichment-location"
  case enrichmentMisnamed = "enrichment-misnamed"
  case enrichmentTwice = "enrichment-twice"
  case igluSchemaMissing = "iglu-schema-missing"
  case igluSchemaNewer = "iglu-schema-newer"
  case igluURI = "iglu-uri"
  case notSelfDescribing = "not-self-describing"
  case registryFailed = "registry-failed"
  case registryMalformed = "registry-malformed"
  case registryUnauthorised = "registry-unauthorised"
  case registryUnreachable = "registry-unreachable"
  case resolverKeyInPlain = "resolver-key-in-plain"
  case resolverPriorityTwice = "resolver-priority-twice"
  case resolverWithoutCentral = "resolver-without-central"
  case schemaFormatUnknown = "schema-format-unknown"
  case targetPasswordPlain = "target-password-plain"
  case targetPurposeUnused = "target-purpose-unused"
  case targetTwice = "target-twice"

  // MARK: Inputs
  case inputLegacyLayout = "input-legacy-layout"
  case inputMissing = "input-missing"
  case inputUnknown = "input-unknown"
  case migrationAdded = "migration-added"
  case migrationChanged = "migration-changed"
  case migrationDropped = "migration-dropped"
  case migrationRefused = "migration-refused"
  case outputExists = "output-exists"
  case schemaUnknown = "schema-unknown"

  /// What a diagnostic of this code is unless its giver says otherwise.
  package var severity: Severity {
    switch self {
    case .dataLost, .dataUnread, .secretInArguments, .stageUnreachable, .yamlSuspiciousText:
      .warning
    case .emrApplicationUnknown, .emrArgumentEmpty, .emrClassificationUnknown,
      .emrBidPriceUnused, .emrFleetPriority, .emrIdleWithoutKeepAlive,
      .emrInstanceTypeNotOffered, .emrInstanceTypeRelease, .emrInstanceTypeUnknown,
      .emrLogEncryption, .emrRepoUpgrade, .emrTerminationProtected:
      .warning
    case .migrationDropped, .enrichmentMisnamed, .enrichmentTwice, .resolverKeyInPlain,
      .resolverPriorityTwice,
      .resolverWithoutCentral, .targetPasswordPlain, .targetPurposeUnused:
      .warning
    case .enrichmentDisabled, .factAssumed, .igluSchemaNewer, .migrationAdded, .migrationChanged:
      .information
    default: .error
    }
  }
}
