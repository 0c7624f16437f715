import Targets

extension ConstructCase {
  static let all: [ConstructCase] = ofClusters + ofSteps + ofRuns

  private static func group(_ role: String, _ more: String = "") -> String {
    let sized = "InstanceRole: \(role), InstanceType: m5.xlarge, InstanceCount: 1"
    return "  - { \(sized)\(more) }\n"
  }

  private static let ofClusters: [ConstructCase] = [
    ConstructCase(
      construct: .bootstrapActions,
      jobFlow: """
        BootstrapActions: # here
          - { Name: set up, ScriptBootstrapAction: { Path: s3://trial/set-up.sh } }
        """, shows: "s3://trial/set-up.sh"),
    ConstructCase(
      construct: .instanceFleets,
      instances: """
        InstanceFleets: # here
          - InstanceFleetType: MASTER
            TargetOnDemandCapacity: 1
            InstanceTypeConfigs: [{ InstanceType: m5.xlarge }]
        """, shows: "TargetOnDemandCapacity"),
    ConstructCase(
      construct: .managedScaling,
      jobFlow: """
        ManagedScalingPolicy: # here
          ComputeLimits: { UnitType: Instances, MinimumCapacityUnits: 1, MaximumCapacityUnits: 7 }
        """, instances: "InstanceGroups:\n" + group("MASTER") + group("CORE"),
      shows: "MaximumCapacityUnits"),
    ConstructCase(
      construct: .automaticScaling,
      jobFlow: "AutoScalingRole: EMR_AutoScaling_DefaultRole",
      instances: "InstanceGroups:\n" + group("MASTER") + """
          - InstanceRole: CORE
            InstanceType: m5.xlarge
            InstanceCount: 1
            AutoScalingPolicy: # here
              Constraints: { MinCapacity: 1, MaxCapacity: 3 }
              Rules:
                - Name: more
                  Action:
                    SimpleScalingPolicyConfiguration:
                      { AdjustmentType: CHANGE_IN_CAPACITY, ScalingAdjustment: 1, CoolDown: 300 }
                  Trigger:
                    CloudWatchAlarmDefinition:
                      ComparisonOperator: LESS_THAN
                      MetricName: YARNMemoryAvailablePercentage
                      Namespace: AWS/ElasticMapReduce
                      Period: 300
                      Statistic: AVERAGE
                      Threshold: 15.0
                      Unit: PERCENT
                      EvaluationPeriods: 1
        """, shows: "CHANGE_IN_CAPACITY"),
    ConstructCase(
      construct: .spotOutsideTask,
      instances: "InstanceGroups:\n" + group("MASTER")
        + group("CORE", ", Market: SPOT").dropLast() + " # here\n", shows: "SPOT"),
    ConstructCase(
      construct: .autoTermination,
      jobFlow: "AutoTerminationPolicy: { IdleTimeout: 4321 } # here", shows: "4321"),
    ConstructCase(
      construct: .terminationProtection,
      inInstances: "TerminationProtected: true # here", shows: "TerminationProtected"),
    ConstructCase(
      construct: .securityConfiguration,
      jobFlow: "SecurityConfiguration: sealed # here", shows: "\"sealed\""),
    ConstructCase(
      construct: .logEncryption,
      jobFlow: "LogEncryptionKmsKeyId: arn:aws:kms:eu-west-1:123456789012:key/logs # here",
      shows: "key/logs"),
    ConstructCase(
      construct: .kerberos,
      jobFlow: """
        SecurityConfiguration: sealed
        KerberosAttributes: { Realm: TRIAL, KdcAdminPassword: "${config.password}" } # here
        """, shows: "\"TRIAL\""),
    ConstructCase(
      construct: .customAmi, jobFlow: "CustomAmiId: ami-0123456789abcdef0 # here",
      shows: "ami-0123456789abcdef0"),
    ConstructCase(
      construct: .runtimeRole,
      jobFlow: """
        SecurityConfiguration: roles
        StepExecutionRoleArn: arn:aws:iam::123456789012:role/works # here
        """, shows: "role/works"),
    ConstructCase(
      construct: .nestedConfigurations,
      jobFlow: """
        Configurations:
          - Classification: hadoop-env
            Configurations: # here
              - { Classification: export, Properties: { JAVA_HOME: /usr/lib/jvm/trial } }
        """, shows: "/usr/lib/jvm/trial"),
    ConstructCase(
      construct: .sharedCluster, cluster: "reuse: { name: trial } # here",
      arguments: ["--use-persistent-jobflow"]),
    ConstructCase(
      construct: .bootstrapTries, cluster: "bootstrap-tries: 3 # here", shows: "trial"),
  ]

  private static let ofSteps: [ConstructCase] = [
    ConstructCase(
      construct: .hdfs,
      steps: """
        - name: fetch # here
          s3-dist-cp: { src: s3://trial/in/, dest: hdfs:///in/ }
        """, shows: "hdfs:///in/"),
    ConstructCase(
      construct: .s3DistCp,
      steps: """
        - name: copy # here
          s3-dist-cp: { src: s3://trial/in/, dest: "s3://trial/out/${run.id}/" }
        """, shows: "s3-dist-cp"),
    ConstructCase(
      construct: .hadoopJar,
      steps: """
        - name: work # here
          hadoop-jar: { jar: s3://trial/work.jar, args: [one] }
        """, shows: "s3://trial/work.jar"),
    ConstructCase(
      construct: .spark,
      steps: """
        - name: work # here
          spark-submit: { deploy-mode: cluster, application: s3://trial/work.py }
        """, shows: "s3://trial/work.py"),
    ConstructCase(
      construct: .hive,
      steps: """
        - name: work # here
          hive: { script: s3://trial/work.q }
        """, shows: "s3://trial/work.q"),
    ConstructCase(
      construct: .pig,
      steps: """
        - name: work # here
          pig: { script: s3://trial/work.pig }
        """, shows: "s3://trial/work.pig"),
    ConstructCase(
      construct: .streaming,
      steps: """
        - name: work # here
          hadoop-streaming:
            { input: [s3://trial/in/], output: "s3://trial/out/${run.id}/", mapper: cat }
        """, shows: "-mapper"),
    ConstructCase(
      construct: .mainClass,
      steps: """
        - name: work # here
          hadoop-jar: { jar: s3://trial/work.jar, class: com.example.Work }
        """, shows: "com.example.Work"),
    ConstructCase(
      construct: .javaProperties,
      steps: """
        - name: work # here
          hadoop-jar: { jar: s3://trial/work.jar }
          properties: { depth: "12345" }
        """, shows: "12345"),
    ConstructCase(
      construct: .stepMonitoring,
      steps: """
        - name: work # here
          shell: { run: work }
          monitoring: { S3MonitoringConfiguration: { LogUri: s3://trial/own-logs/ } }
        """, shows: "s3://trial/own-logs/"),
    ConstructCase(
      construct: .parallelSteps,
      steps: """
        - { name: one, on-failure: CONTINUE, shell: { run: one } }
        - { name: two, on-failure: CONTINUE, shell: { run: two } }
        """, jobFlow: "StepConcurrencyLevel: 4 # here", shows: "StepConcurrencyLevel"),
    ConstructCase(
      construct: .continueOnFailure,
      steps: """
        - name: work # here
          shell: { run: work }
          on-failure: CONTINUE
        - { name: more, shell: { run: more } }
        """, shows: "CONTINUE"),
    ConstructCase(
      construct: .manySteps,
      steps: """
        - name: work ${a} ${b} # here
          each: { a: "${[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17]}", b: "${[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16]}" }
          shell: { run: "work ${a} ${b}" }
        """, shows: "work 17 16"),
    ConstructCase(
      construct: .stepTimeout,
      steps: """
        - name: work # here
          shell: { run: work }
          timeout: 77m
        """, shows: "77", showsInstead: [.stepFunctions: "4620"]),
    ConstructCase(
      construct: .stepRetries,
      steps: """
        - name: work # here
          shell: { run: work }
          retry: true
          fresh-output: false
          retries: { times: 7, wait: 1m }
        """, shows: "7"),
    ConstructCase(
      construct: .emptiedBeforeRetry,
      steps: """
        - name: work # here
          spark-submit:
            deploy-mode: cluster
            application: s3://trial/work.py
            args: { output: "s3://trial/out/${run.id}/" }
          writes: ["s3://trial/out/${run.id}/"]
          retry: true
          fresh-output: true
          retries: 2
        """, shows: "delete"),
    ConstructCase(
      construct: .conditionalSteps,
      steps: """
        - { name: first, shell: { run: first } }
        - name: work # here
          when: ${!s3.isEmpty("s3://trial/in/")}
          shell: { run: work }
        """, shows: "s3://trial/in/", showsInstead: [.stepFunctions: "\"in/\""]),
  ]

  private static let ofRuns: [ConstructCase] = [
    ConstructCase(construct: .runTimeout, top: "run:\n  timeout: 7h # here", shows: "7"),
    ConstructCase(
      construct: .runConditions, top: "datasets:\n  inbox: { at: s3://trial/in/ }",
      stage: """
        requires:
          - data: inbox # here
            message: nothing has come
        """, shows: "nothing has come"),
    ConstructCase(
      construct: .secrets,
      steps: """
        - name: work
          shell: { run: "work ${config.password}" }
        """, shows: "password", showsInstead: [.dataflowRunner: "PASSWORD"]),
    ConstructCase(
      construct: .credentials,
      top: """
        run:
          credentials: # here
            access-key-id: ${config.key}
            secret-access-key: ${config.password}
        """, shows: "trial"),
    ConstructCase(
      construct: .runID,
      steps: """
        - { name: work, shell: { run: "work --as ${run.id}" } }
        """, shows: "work --as ",
      showsInstead: [.dataflowRunner: "work --as {{.runId}}", .stepFunctions: "$runId"]),
    ConstructCase(
      construct: .textAnswers,
      steps: """
        - { name: work, shell: { run: 'work --since ${s3.last("s3://trial/in/", "^([0-9]+)/").orValue("none")}' } } # here
        """, shows: "s3://trial/in/", showsInstead: [.stepFunctions: "in/"]),
    ConstructCase(
      construct: .runTime,
      steps: """
        - { name: work, shell: { run: 'work --on ${formatTime(run.time, "%Y-%m-%d")}' } }
        """, shows: "work --on ",
      showsInstead: [.dataflowRunner: "{{timeWithFormat .runTime \"2006-01-02\"}}"]),
    ConstructCase(
      construct: .parameters, top: "params:\n  mode: { type: string, default: full }",
      steps: """
        - { name: work, shell: { run: "work --mode ${params.mode}" } }
        """, shows: "work --mode ",
      showsInstead: [.dataflowRunner: "work --mode {{.mode}}"]),
    ConstructCase(
      construct: .notifications,
      top: """
        run:
          notify: # here
            - webhook: https://alerts.example/hook
        """),
    ConstructCase(
      construct: .events,
      top: """
        run:
          events: # here
            collector: collector.example
            paths: { get: /i, post: /p }
            envelopes: { event: "iglu:a/e/jsonschema/1-0-0", contexts: "iglu:a/c/jsonschema/1-0-0", payload: "iglu:a/p/jsonschema/1-0-0" }
            schemas:
              started: iglu:a/started/jsonschema/1-0-0
              succeeded: iglu:a/succeeded/jsonschema/1-0-0
              failed: iglu:a/failed/jsonschema/1-0-0
              application: iglu:a/application/jsonschema/1-0-0
              job: iglu:a/job/jsonschema/1-0-0
              step: iglu:a/step/jsonschema/1-0-0
            application: { name: trial }
        """),
    ConstructCase(
      construct: .lineage,
      top: """
        run:
          lineage: # here
            url: https://lineage.example
        """),
    ConstructCase(
      construct: .programLogs,
      steps: """
        - name: work
          shell: { run: work }
          log: s3://trial/own/${run.id}.txt
        """, shows: "trial"),
  ]
}
