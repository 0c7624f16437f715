/// What a pipeline may ask of an engine; each is a row of data/targets/capabilities.yml.
package enum Construct: String, Sendable, CaseIterable {
  case bootstrapActions = "bootstrap-actions"
  case instanceFleets = "instance-fleets"
  case managedScaling = "managed-scaling"
  case automaticScaling = "automatic-scaling"
  case spotOutsideTask = "spot-outside-task"
  case autoTermination = "auto-termination"
  case terminationProtection = "termination-protection"
  case securityConfiguration = "security-configuration"
  case logEncryption = "log-encryption"
  case kerberos
  case customAmi = "custom-ami"
  case runtimeRole = "runtime-role"
  case nestedConfigurations = "nested-configurations"
  case sharedCluster = "shared-cluster"
  case bootstrapTries = "bootstrap-tries"
  case hdfs
  case s3DistCp = "s3-dist-cp"
  case hadoopJar = "hadoop-jar"
  case spark
  case hive
  case pig
  case streaming
  case mainClass = "main-class"
  case javaProperties = "java-properties"
  case stepMonitoring = "step-monitoring"
  case parallelSteps = "parallel-steps"
  case continueOnFailure = "continue-on-failure"
  case manySteps = "many-steps"
  case stepTimeout = "step-timeout"
  case runTimeout = "run-timeout"
  case stepRetries = "step-retries"
  case emptiedBeforeRetry = "emptied-before-retry"
  case conditionalSteps = "conditional-steps"
  case runConditions = "run-conditions"
  case textAnswers = "text-answers"
  case secrets
  case credentials
  case runID = "run-id"
  case runTime = "run-time"
  case parameters
  case notifications
  case events
  case lineage
  case programLogs = "program-logs"
}
