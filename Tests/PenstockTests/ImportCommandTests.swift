import Foundation
import TestSupport
import Testing

/// `penstock import`, as a user runs it: what it writes, where, and how it ends.
@Suite struct ImportCommandTests {
  private static let jobFlow = """
    {"Name": "Daily sessions", "ReleaseLabel": "emr-7.5.0",
     "ServiceRole": "EMR_DefaultRole", "JobFlowRole": "EMR_EC2_DefaultRole",
     "Applications": [{"Name": "Spark"}],
     "Configurations": [{"Classification": "spark-env", "Configurations": [
       {"Classification": "export", "Properties": {"DB_PASSWORD": "hunter2secret"}}]}],
     "Instances": {"InstanceGroups": [
       {"InstanceRole": "MASTER", "InstanceType": "m5.xlarge", "InstanceCount": 1}]},
     "Steps": [{"Name": "Sessions", "ActionOnFailure": "TERMINATE_CLUSTER", "HadoopJarStep":
       {"Jar": "command-runner.jar", "Args": ["spark-submit", "s3://acme-code/sessions.py",
        "--day", "2026-03-01"]}}]}
    """

  @Test func whatItWritesCompilesToTheSame() throws {
    let scratch = try Scratch()
    try scratch.file("job.json", Self.jobFlow)
    let run = try Run(
      ["import", "job.json", "--region", "eu-west-1", "-o", "out"], folder: scratch.folder)
    #expect(run.status == 0)
    #expect(
      run.text == "out/daily-sessions.yml\nout/config.yml\nout/config.schema.json\nout/facts.json\n"
    )
    #expect(run.errors.contains("asks EMR for the same as its source"))
    #expect(!run.errors.contains("hunter2secret"))
    let inputs = ["out/daily-sessions.yml", "-c", "out/config.yml"]
    let check = try Run(["check"] + inputs, folder: scratch.folder)
    // The source passes a password to the cluster; that is all there is to say.
    #expect(check.status == 0 && check.errors.contains("1 warning"), "\(check.errors)")
    #expect(check.errors.contains("[secret-in-arguments]"), "\(check.errors)")
    let time = ["--run-time", "2026-03-01T00:00:00Z"]
    let made = try Run(["compile", "--reveal-secrets"] + inputs + time, folder: scratch.folder)
    try scratch.file("made.json", made.text)
    let diff = try Run(["diff", "job.json", "made.json", "--exit-code"], folder: scratch.folder)
    #expect(diff.status == 0, "\(diff.text)")
    let later = try Run(
      ["compile"] + inputs + ["--run-time", "2026-03-02T00:00:00Z"], folder: scratch.folder)
    #expect(later.text.contains("2026-03-02") && !later.text.contains("2026-03-01"))
    let pipeline = try scratch.text(of: "out/daily-sessions.yml")
    #expect(!pipeline.contains("hunter2secret"))
    let mode =
      try FileManager.default.attributesOfItem(
        atPath: scratch.folder.appending(path: "out/config.yml").path)[.posixPermissions] as? Int
    #expect(mode == 0o600)
  }

  @Test func itReplacesNothingUnlessTold() throws {
    let scratch = try Scratch()
    try scratch.file("job.json", Self.jobFlow)
    try scratch.file("out/config.yml", "mine: true\n")
    let command = ["import", "job.json", "-o", "out"]
    let refused = try Run(command, folder: scratch.folder)
    #expect(refused.status == 1 && refused.errors.contains("[output-exists]"))
    #expect(try scratch.text(of: "out/config.yml") == "mine: true\n")
    let pipeline = scratch.folder.appending(path: "out/daily-sessions.yml")
    #expect(!FileManager.default.fileExists(atPath: pipeline.path))
    let forced = try Run(command + ["--force"], folder: scratch.folder)
    #expect(forced.status == 0)
    #expect(try scratch.text(of: "out/config.yml").contains("emr-7.5.0"))
  }

  @Test func withoutAFolderItPrints() throws {
    let run = try Run(["import", "-"], input: Self.jobFlow)
    #expect(run.status == 0)
    #expect(run.text.contains("==> daily-sessions.yml <==") && run.text.contains("spark-submit:"))
    #expect(!run.text.contains("hunter2secret"))
  }

  @Test(arguments: [
    (["import"], "", 64, "missing-argument"),
    (["import", "-", "--from", "cobol"], "{}", 64, "invalid-option-value"),
    (["import", "-", "--var", "x"], "{}", 64, "invalid-option-value"),
    (["import", "none.json"], "", 1, "unreadable-file"),
    (["import", "-"], "a: 1\n", 1, "import-unknown"),
    (["import", "-", "--from", "job-flow"], "a: 1\n", 1, "import-malformed"),
    (["import", "-"], #"{"Name": "a", "Instances": []}"#, 1, "import-unknown"),
    (
      ["import", "-", "--from", "job-flow"], #"{"Name": "a", "Steps": "s3://x/y"}"#, 1,
      "import-malformed"
    ),
    (["import", "-"], "aws emr create-cluster --name x\n", 1, "import-malformed"),
    (
      ["import", "-"],
      "aws emr create-cluster --release-label emr-7.5.0 --instance-type m5.xlarge --steps nonsense\n",
      1, "import-malformed"
    ),
    (
      ["import", "-"],
      "aws emr create-cluster --release-label emr-7.5.0 --instance-type m5.xlarge --steps file://no\n",
      1, "import-malformed"
    ),
  ])
  func mistakesAreTold(arguments: [String], input: String, status: Int32, code: String) throws {
    let run = try Run(arguments, input: input)
    #expect(run.status == status, "\(run.errors)")
    #expect(run.errors.contains("[\(code)]"), "\(run.errors)")
  }

  /// What EMR itself refuses can't be proved to be the same; what is wrong is told.
  @Test func aRefusedJobFlowIsShownWithItsMistake() throws {
    let run = try Run(
      ["import", "-"],
      input: Self.jobFlow.replacingOccurrences(
        of: "\"InstanceCount\": 1", with: "\"InstanceCount\": 2"))
    #expect(run.status == 1)
    #expect(run.errors.contains("[emr-master-count]"), "\(run.errors)")
  }

  /// Steps that only a pipeline without claims compiles with.
  @Test func whatDataFlowRefusesIsWrittenWithoutClaims() throws {
    let steps = """
      [{"Name": "Move", "HadoopJarStep": {"Jar": "command-runner.jar", "Args":
        ["s3-dist-cp", "--src", "s3://acme/in/", "--dest", "hdfs:///in/", "--deleteOnSuccess"]}},
       {"Name": "Again", "HadoopJarStep": {"Jar": "command-runner.jar", "Args":
        ["s3-dist-cp", "--src", "s3://acme/in/", "--dest", "hdfs:///in2/"]}}]
      """
    let run = try Run(["import", "-"], input: steps)
    #expect(run.status == 0, "\(run.errors)")
    #expect(run.errors.contains("data-deleted-before-read"), "\(run.errors)")
    #expect(run.text.contains("(data-deleted-before-read)"), "\(run.text)")
  }
}

extension Scratch {
  fileprivate func text(of path: String) throws -> String {
    String(decoding: try Locations.bytes(folder.appending(path: path)), as: UTF8.self)
  }
}
