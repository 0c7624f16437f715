import Values
import Compiler
import Diagnostics
import TestSupport
import Testing

@Suite struct EMRReleaseRuleTests {
  static let cases = [
    RuleCase(.emrReleaseMissing, "# no ReleaseLabel:", fine: "ReleaseLabel: emr-5.36.2"),
    RuleCase(
      .emrReleaseTwice, "ReleaseLabel: emr-5.36.2\n1️⃣AmiVersion: 3.11.0", fine: "AmiVersion: 3.11.0"),
    RuleCase(.emrReleaseUnknown, "ReleaseLabel: 1️⃣emr-5.29.7", fine: "ReleaseLabel: emr-5.29.0"),
    RuleCase(.emrReleaseUnknown, "ReleaseLabel: 1️⃣5.29.0", fine: "ReleaseLabel: emr-6.0.1"),
    RuleCase(.emrReleaseUnknown, "ReleaseLabel: 1️⃣emr-99.1.0", fine: "ReleaseLabel: emr-7.13.0"),
    RuleCase(.emrAMIVersion, "AmiVersion: 1️⃣4.5.0", fine: "AmiVersion: 2.4.11"),
    RuleCase(
      .emrReleaseTooOld, "ReleaseLabel: emr-5.27.1\n1️⃣StepConcurrencyLevel: 1",
      fine: "ReleaseLabel: emr-5.28.0\nStepConcurrencyLevel: 1"),
    RuleCase(
      .emrReleaseTooOld,
      "ReleaseLabel: emr-6.0.0\nLogUri: s3://bkt/l/\n1️⃣LogEncryptionKmsKeyId: k",
      fine: "ReleaseLabel: emr-5.30.0\nLogUri: s3://bkt/l/\nLogEncryptionKmsKeyId: k"),
    RuleCase(
      .emrReleaseTooOld, "ReleaseLabel: emr-5.6.1\n1️⃣CustomAmiId: ami-0123abcd",
      fine: "ReleaseLabel: emr-5.7.0\nCustomAmiId: ami-0123abcd"),
    RuleCase(
      .emrReleaseTooOld, "ReleaseLabel: emr-6.14.0\n1️⃣EbsRootVolumeIops: 4000",
      fine: "ReleaseLabel: emr-6.15.0\nEbsRootVolumeIops: 4000"),
    RuleCase(
      .emrReleaseTooOld, "ReleaseLabel: emr-6.14.0\n1️⃣EbsRootVolumeThroughput: 200",
      fine: "ReleaseLabel: emr-7.0.0\nEbsRootVolumeThroughput: 200"),
    RuleCase(
      .emrReleaseTooOld, "ReleaseLabel: emr-4.7.2\n1️⃣SecurityConfiguration: s",
      fine: "ReleaseLabel: emr-4.8.0\nSecurityConfiguration: s"),
    RuleCase(
      .emrApplicationTwice, "Applications:\n  - { Name: Spark }\n  - { Name: 1️⃣spark }",
      fine: "Applications: [{ Name: spark }, { Name: Hive }]"),
    RuleCase(
      .emrProductsWithRelease, "1️⃣SupportedProducts: [mapr-m5]",
      fine: "AmiVersion: 3.11.0\nSupportedProducts: [mapr-m5]"),
    RuleCase(
      .emrProductsWithRelease, "1️⃣NewSupportedProducts: [{ Name: mapr }]",
      fine: "AmiVersion: 3.11.0\nNewSupportedProducts: [{ Name: mapr }]"),
    RuleCase(
      .emrApplicationsWithoutRelease, "AmiVersion: 3.11.0\n1️⃣Applications: [{ Name: Hive }]",
      fine: "Applications: [{ Name: Hive }]"),
    RuleCase(
      .emrExtendedSupport, "1️⃣ExtendedSupport: true", fine: "VisibleToAllUsers: true"),
  ]

  @Test(arguments: cases) func isChecked(_ rule: RuleCase) { rule.check() }

  /// The program must not become wrong as it ages.
  @Test func newerReleasesAreNoErrors() {
    for label in ["emr-7.99.0", "emr-9.0.0", "emr-5.99.0"] {
      let result = RuleCase.compile(RuleCase.pipeline("ReleaseLabel: \(label)"))
      #expect(result.exitStatus == .success, "\(label)")
      #expect(result.diagnostics.map(\.code) == [.emrReleaseUnknown], "\(label)")
    }
  }
}

@Suite struct EMRSoftwareRuleTests {
  static let cases = [
    RuleCase(
      .emrApplicationUnknown, "Applications: [{ Name: 1️⃣Sparkk }]",
      fine: "Applications: [{ Name: spark }]"),
    RuleCase(
      .emrApplicationUnknown, "ReleaseLabel: emr-5.27.0\nApplications: [{ Name: 1️⃣Hudi }]",
      fine: "ReleaseLabel: emr-5.28.0\nApplications: [{ Name: Hudi }]"),
    // After the last release that the lists cover, an unknown name may be that of a later application.
    RuleCase(
      .emrApplicationUnknown, "ReleaseLabel: emr-6.5.0\nApplications: [{ Name: 1️⃣Quux42 }]",
      fine: "ReleaseLabel: emr-spark-8.0.0\nApplications: [{ Name: Quux42 }]"),
    RuleCase(
      .emrClassificationTwice,
      """
      Configurations:
        - { Classification: core-site, Properties: { a: "1" } }
        - { Classification: 1️⃣core-site, Properties: { b: "2" } }
      """,
      fine: """
        Configurations:
          - { Classification: core-site, Properties: { a: "1", b: "2" } }
          - Classification: hadoop-env
            Configurations: [{ Classification: export, Properties: { A: "1" } }]
          - Classification: yarn-env
            Configurations: [{ Classification: export, Properties: { A: "1" } }]
        """),
    RuleCase(
      .emrClassificationUnknown,
      "ReleaseLabel: emr-6.5.0\nConfigurations: [{ Classification: 1️⃣spark-default }]",
      fine: "ReleaseLabel: emr-6.5.0\nConfigurations: [{ Classification: spark-defaults }]"),
    // What the release guide's pages on the web say of later releases.
    RuleCase(
      .emrClassificationUnknown,
      "ReleaseLabel: emr-7.13.0\nConfigurations: [{ Classification: 1️⃣spark-log4j }]",
      fine: "ReleaseLabel: emr-7.13.0\nConfigurations: [{ Classification: spark-log4j2 }]"),
    RuleCase(
      .emrClassificationUnknown,
      "ReleaseLabel: emr-7.14.0\nConfigurations: [{ Classification: 1️⃣spark-default }]",
      fine: "ReleaseLabel: emr-7.5.0\nConfigurations: [{ Classification: delta-defaults }]"),
    RuleCase(
      .emrApplicationUnknown, "ReleaseLabel: emr-7.5.0\nApplications: [{ Name: 1️⃣Sqoop }]",
      fine: "ReleaseLabel: emr-7.4.0\nApplications: [{ Name: Sqoop }]"),
    RuleCase(
      .emrPropertyValue,
      "Configurations: [{ Classification: core-site, Properties: { spark.executor.memory: 1️⃣2 GB } }]",
      fine:
        "Configurations: [{ Classification: core-site, Properties: { spark.executor.memory: 2GB } }]"
    ),
    RuleCase(
      .emrPropertyUnknown,
      "Configurations: [{ Classification: spark-defaults, Properties: { 1️⃣spark.executor.memroy: 2g } }]",
      fine:
        "Configurations: [{ Classification: spark-defaults, Properties: { spark.executor.x: 2g } }]"
    ),
    RuleCase(
      .emrMemory,
      "Configurations: [{ Classification: spark-defaults, Properties: { spark.executor.memory: 1️⃣8g } }]",
      fine:
        "Configurations: [{ Classification: spark-defaults, Properties: { spark.executor.memory: 6g } }]"
    ),
    RuleCase(
      .emrRepoUpgrade, "1️⃣RepoUpgradeOnBoot: SECURITY",
      fine: "RepoUpgradeOnBoot: SECURITY\nCustomAmiId: ami-0123456789abcdef0"),
    RuleCase(
      .emrCustomAMI, "CustomAmiId: 1️⃣ami-0123", fine: "CustomAmiId: ami-0123456789abcdef0"),
    RuleCase(
      .emrTooManyBootstrapActions, "BootstrapActions:" + actions(17),
      fine: "BootstrapActions:" + actions(16)),
  ]

  private static func actions(_ count: Int) -> String {
    (1...count).map { "\n  - { Name: b\($0), ScriptBootstrapAction: { Path: s3://bkt/\($0) } }" }
      .joined()
  }

  @Test(arguments: cases) func isChecked(_ rule: RuleCase) { rule.check() }
}

@Suite struct EMRClusterRuleTests {
  private static func tag(_ key: String, _ value: String = "v") -> String {
    "Tags: [{ Key: \(key), Value: \(value) }]"
  }

  static let cases = [
    RuleCase(.emrClusterName, "Name: 1️⃣a<b", fine: "Name: a (b) [c]"),
    RuleCase(.emrClusterName, "Name: 1️⃣\"x `y`\"", fine: "Name: \"x 'y'\""),
    RuleCase(.emrRegionUnknown, "", fine: "", region: "1️⃣eu-vest-1"),
    RuleCase(.emrRegionUnknown, "", fine: "", region: "1️⃣Ireland"),
    RuleCase(
      .emrKerberosSecurity, "1️⃣KerberosAttributes: { Realm: EC2.INTERNAL, KdcAdminPassword: p }",
      fine:
        "SecurityConfiguration: s\nKerberosAttributes: { Realm: EC2.INTERNAL, KdcAdminPassword: p }"
    ),
    RuleCase(
      .emrRoleARN, "StepExecutionRoleArn: 1️⃣arn:aws:iam::123456789012:user/jo-anne-smith",
      fine: "StepExecutionRoleArn: arn:aws-cn:iam::123456789012:role/a/b"),
    RuleCase(
      .emrLogEncryption, "1️⃣LogEncryptionKmsKeyId: k",
      fine: "LogUri: s3n://bkt/\nLogEncryptionKmsKeyId: k"),
    RuleCase(.emrLogLocation, "LogUri: 1️⃣hdfs:///logs/", fine: "LogUri: s3://bucket/logs/"),
    RuleCase(.emrTooManyTags, "Tags:" + tags(51), fine: "Tags:" + tags(50)),
    RuleCase(.emrTagKey, tag("1️⃣\"\""), fine: tag("k", "\"\"")),
    RuleCase(
      .emrTagKey, tag("1️⃣" + String(repeating: "k", count: 129)),
      fine: tag(String(repeating: "k", count: 128))),
    RuleCase(
      .emrTagValue, tag("k", "1️⃣" + String(repeating: "v", count: 257)),
      fine: tag("k", String(repeating: "v", count: 256))),
    RuleCase(.emrTagReserved, tag("1️⃣AWS:stack"), fine: tag("my:aws:stack")),
    RuleCase(
      .emrTagTwice, "Tags: [{ Key: a, Value: b }, { Key: 1️⃣a, Value: c }]",
      fine: "Tags: [{ Key: a, Value: b }, { Key: A, Value: b }]"),
    RuleCase(
      .secretInArguments, "Tags: [{ Key: password, Value: 1️⃣hunter2 }]",
      fine: "Tags: [{ Key: passwordFile, Value: hunter2 }]"),
    RuleCase(
      .emrIdleTimeout, idle("AutoTerminationPolicy: { IdleTimeout: 1️⃣59 }"),
      fine: idle("AutoTerminationPolicy: { IdleTimeout: 60 }")),
    RuleCase(
      .emrIdleTimeout, idle("AutoTerminationPolicy: { IdleTimeout: 1️⃣604801 }"),
      fine: idle("AutoTerminationPolicy: { IdleTimeout: 604800 }")),
    RuleCase(
      .emrIdleWithoutKeepAlive, "1️⃣AutoTerminationPolicy: { IdleTimeout: 60 }",
      fine: idle("AutoTerminationPolicy: {}")),
    RuleCase(
      .emrTerminationProtected,
      """
      Instances:
        1️⃣TerminationProtected: true
        InstanceGroups:
          - { InstanceRole: MASTER, InstanceType: m4.large, InstanceCount: 1 }
      """,
      fine: """
        Instances:
          TerminationProtected: false
          InstanceGroups:
            - { InstanceRole: MASTER, InstanceType: m4.large, InstanceCount: 1 }
        """),
    RuleCase(
      .emrLogType, watch("{ 1️⃣STEP_LOG: [STDOUT] }"), fine: watch("{ STEP_LOGS: [STDOUT] }")),
    RuleCase(
      .emrLogType, watch("{ SPARK_DRIVER: [1️⃣stdout] }"),
      fine: watch("{ SPARK_DRIVER: [STDOUT, STDERR] }")),
  ]

  private static func tags(_ count: Int) -> String {
    (1...count).map { "\n  - { Key: k\($0), Value: v }" }.joined()
  }

  private static func watch(_ types: String) -> String {
    "MonitoringConfiguration: { CloudWatchLogConfiguration: { Enabled: true, LogTypes: \(types) } }"
  }

  private static func idle(_ policy: String) -> String {
    """
    \(policy)
    Instances:
      KeepJobFlowAliveWhenNoSteps: true
      InstanceGroups:
        - { InstanceRole: MASTER, InstanceType: m5.xlarge, InstanceCount: 1 }
    """
  }

  @Test(arguments: cases) func isChecked(_ rule: RuleCase) { rule.check() }

  @Test func newRegionsAreNoErrors() {
    let result = RuleCase.compile(RuleCase.pipeline("", region: "xx-north-7"))
    #expect(result.exitStatus == .success)
    #expect(RuleCase.compile(RuleCase.pipeline("", region: "Ireland")).exitStatus == .failure)
  }
}

@Suite struct EMRStepRuleTests {
  private static func step(_ argument: String, name: String = "One") -> String {
    "- 1️⃣{ name: \(name), command: { command: [echo, \(argument)] } }"
  }

  private static let many =
    "- name: One ${n}\n  each: { n: \"${lists.range(257)}\" }\n  command: { command: [echo, one] }"

  static let cases = [
    RuleCase(.emrTooManySteps, "AmiVersion: 3.1.0", fine: "", steps: many),
    RuleCase(
      .emrStepTooLong, "", fine: "",
      steps: step(String(repeating: "x", count: 10_240 - "command-runner.jarecho".count + 1))),
    RuleCase(
      .emrStepName, "", fine: "", steps: step("x", name: String(repeating: "n", count: 257))),
    RuleCase(.emrStepText, "", fine: "", steps: step("\"a\\u0007b\"")),
    RuleCase(.emrArgumentEmpty, "", fine: "", steps: step("\"\"")),
    RuleCase(
      .emrJarEmpty, "", fine: "", steps: "- 1️⃣{ name: One, hadoop-jar: { jar: \"\" } }"),
    RuleCase(
      .emrStepConcurrencyRange, "StepConcurrencyLevel: 1️⃣257", fine: "StepConcurrencyLevel: 1"),
    RuleCase(
      .emrStepConcurrency, "StepConcurrencyLevel: 1️⃣2", fine: "StepConcurrencyLevel: 1",
      steps: "- { name: One, command: { command: [echo, x] }, on-failure: CANCEL_AND_WAIT }"),
    RuleCase(
      .emrApplicationMissing, "", fine: "",
      steps: "- 1️⃣{ name: One, command: { command: [hive, -f, s3://bkt/q.sql] } }"),
    RuleCase(
      .emrPropertyValue, "Applications: [{ Name: Spark }]", fine: "",
      steps: "- 1️⃣{ name: One, command: { command: [spark-submit, --executor-memory, 2 GB] } }"),
    RuleCase(
      .emrMemory, "Applications: [{ Name: Spark }]", fine: "",
      steps: "- 1️⃣{ name: One, command: { command: [spark-submit, --executor-memory, 9g] } }"),
    RuleCase(.locationInvalid, "", fine: "", steps: step("s3:/bkt/q.sql")),
  ]

  @Test(arguments: cases) func isChecked(_ rule: RuleCase) { rule.check() }

  @Test func nearMissesPass() {
    let fit = String(repeating: "x", count: 10_240 - "command-runner.jarecho".count)
    let fine = [
      Self.step(fit), Self.step("x", name: String(repeating: "é", count: 256)),
      Self.step("\"a\\tb\\nc\""), Self.step("\" \""),
      Self.many.replacing("257", with: "256"),
    ]
    for steps in fine {
      let source = RuleCase.pipeline("", steps: steps)
      expectDiagnostics(RuleCase.compile(source).diagnostics, in: source, [])
    }
    let flow = "- { name: One, on-failure: CONTINUE, command: { command: [echo, x] } }"
    let source = RuleCase.pipeline("StepConcurrencyLevel: 256", steps: flow)
    expectDiagnostics(RuleCase.compile(source).diagnostics, in: source, [])
  }

  /// If an account may have a higher limit, the rule can be made a warning.
  @Test func theLimitOfStepsCanBeAWarning() {
    let source = RuleCase.pipeline("AmiVersion: 3.1.0", steps: Self.many)
    let result = RuleCase.compile(source, warned: [.emrTooManySteps])
    #expect(result.exitStatus == .success)
    #expect(result.program != nil)
  }
}

/// Locations that EMR is told, by the words of the one reader of them all.
@Suite struct EMRLocationRuleTests {
  static let cases = [
    RuleCase(
      .locationInvalid, "", fine: "",
      steps: "- { name: One, hadoop-jar: { jar: \"s3://b!d/x.jar\" } }"),
    RuleCase(
      .locationInvalid, script("1️⃣s3://b!d/x.sh"), fine: script("s3://bkt/x.sh")),
    RuleCase(.locationInvalid, "LogUri: 1️⃣s3://b!d/logs/", fine: "LogUri: s3://bkt/logs/"),
    RuleCase(.locationSuspicious, "LogUri: 1️⃣s3://My_Logs/", fine: "LogUri: s3://my-logs/"),
  ]

  private static func script(_ path: String) -> String {
    "BootstrapActions: [{ Name: b, ScriptBootstrapAction: { Path: \(path) } }]"
  }

  @Test(arguments: cases) func isChecked(_ rule: RuleCase) { rule.check(sayingSource: false) }
}
