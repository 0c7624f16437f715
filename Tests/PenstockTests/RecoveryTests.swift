import Foundation
import TestSupport
import Testing

/// Every step of pipelines fails, and the report is followed: S3 ends as without the failure, and
/// what must not be done twice is done once.
@Suite struct RecoveryTests {
  /// A pipeline, and how it is run.
  struct Form: Sendable, CustomTestStringConvertible {
    var pipeline: String
    /// The first run's arguments in addition to the pipeline.
    var options: [String] = []
    /// A step that fails in an earlier run, which is then resumed by hand with the options.
    var earlierFault: String?
    /// When that run was; nil: at the time of the other.
    var earlierTime: String?

    var testDescription: String { ([pipeline] + options).joined(separator: " ") }
  }

  static let forms = [
    Form(pipeline: "backfill"), Form(pipeline: "backfill", options: ["--skip", "sum"]),
    Form(pipeline: "moves"), Form(pipeline: "moves", options: ["--skip", "load"]),
    Form(pipeline: "moves", options: ["--skip-step", "Load"]),
    Form(pipeline: "moves", options: ["--only", "take,work"]),
    Form(
      pipeline: "moves",
      options: ["Take s3://acme/in/", "Fetch", "Work", "Keep"].flatMap { ["--only-step", $0] }),
    Form(pipeline: "params", options: ["--param", "day=2026-02-28", "--param", "size=large"]),
    Form(
      pipeline: "moves",
      options: ["--resume-from", "load", "--run-id", "2026-03-01-02-00-00"], earlierFault: "Load"),
    Form(pipeline: "fixed"), Form(pipeline: "latest"),
    // The latest folder is that of the run that failed, under another id.
    Form(
      pipeline: "latest", options: ["--resume-from", "load"], earlierFault: "Load",
      earlierTime: "2026-02-28T02:00:00Z"),
    Form(
      pipeline: "latest", options: ["--skip", "make"], earlierFault: "Load",
      earlierTime: "2026-02-28T02:00:00Z"),
    Form(
      pipeline: "latest",
      options: ["--skip", "make", "--resume-from", "keep", "--run-id", "2026-02-28-02-00-00"],
      earlierFault: "Archive", earlierTime: "2026-02-28T02:00:00Z"),
  ]

  private static let time = ["--run-time", "2026-03-01T02:00:00Z"]

  /// A sandbox with the pipeline's input.
  private struct Trial {
    let scratch: Scratch
    var box: URL { scratch.folder.appending(path: "box") }

    init(_ form: Form) throws {
      scratch = try Scratch()
      let source = Locations.repository.appending(
        path: "Tests/PenstockTests/Recoveries/\(form.pipeline).yml")
      try FileManager.default.copyItem(
        at: source, to: scratch.folder.appending(path: "pipeline.yml"))
      for number in 1...3 { try scratch.file("box/acme/in/\(number)", "line \(number)\n") }
      try scratch.file("box/acme/in2/4", "line 4\n")
      if let fault = form.earlierFault {
        let time = form.earlierTime.map { ["--run-time", $0] } ?? time
        #expect(try run(time + ["--fault", "\(fault)=fail"]).status == 1)
      }
    }

    func run(_ options: [String]) throws -> Run {
      try command(["run", "pipeline.yml", "--sandbox", "box", "--format", "json"] + options)
    }

    func command(_ arguments: [String]) throws -> Run {
      try Run(arguments, folder: scratch.folder)
    }

    /// Follows a report, in a world in which a step may fail again.
    func follow(_ failed: Run, fault: String? = nil) throws -> Run {
      let recovery = try #require(failed.event("failed")?["recovery"] as? [String: Any])
      for folder in try #require(recovery["emptyByHand"] as? [[String: Any]]) {
        let place = try #require(folder["place"] as? String).dropFirst("s3://".count)
        try FileManager.default.removeItem(at: box.appending(path: String(place)))
      }
      let command = try #require(failed.recovery, "\(recovery)")
      return try self.command(
        command + ["--format", "json"] + (fault.map { ["--fault", "\($0)=fail"] } ?? []))
    }

    /// Each object in S3 but EMR's logs, and how often each load was made.
    func world() -> [String: String] {
      var files: [String: String] = [:]
      for top in ["", ".penstock/loads"] {
        let folder = box.appending(path: top)
        let names = FileManager.default.enumerator(atPath: folder.path)
        for case let name as String in names ?? .init() {
          guard !name.hasPrefix("acme/logs/"), !name.hasPrefix("."),
            let data = FileManager.default.contents(atPath: folder.appending(path: name).path),
            names?.fileAttributes?[.type] as? FileAttributeType == .typeRegular
          else { continue }
          let key = top.isEmpty ? name : "load of " + (name.split(separator: "/").first ?? "")
          files[key, default: ""] += String(decoding: data, as: UTF8.self)
        }
      }
      return files
    }
  }

  @Test(arguments: forms) func everyFailureIsRecovered(form: Form) throws {
    let options = Self.time + form.options
    let reference = try Trial(form)
    let fine = try reference.run(options)
    #expect(fine.status == 0, "\(fine.errors)")
    let world = reference.world()
    let steps = fine.event("began")?["steps"] as? [String] ?? []
    #expect(!steps.isEmpty)
    for (index, step) in steps.enumerated() {
      let next = index + 1 < steps.count ? steps[index + 1] : step
      // The recovery is fine, or fails in the same step, or in the next one.
      for second in [nil, step, next] {
        let trial = try Trial(form)
        let failed = try trial.run(options + ["--fault", "\(step)=fail"])
        #expect(failed.status == 1)
        var recovered = try trial.follow(failed, fault: second)
        if second != nil, recovered.status == 1 { recovered = try trial.follow(recovered) }
        let what = "`\(step)`, then `\(second ?? "nothing")`"
        #expect(recovered.status == 0, "\(what): \(recovered.errors)")
        #expect(trial.world() == world, "\(what)")
      }
    }
  }

  /// One day of a backfill failed: one day is made again.
  @Test func whatIsDoneIsNotDoneAgain() throws {
    let trial = try Trial(Form(pipeline: "backfill"))
    let failed = try trial.run(Self.time + ["--fault", "Day 20260228=fail"])
    #expect(failed.status == 1)
    let recovered = try trial.follow(failed)
    let steps = recovered.event("began")?["steps"] as? [String] ?? []
    #expect(steps == ["Day 20260228", "Sum", "Publish"])
    let again = try trial.command(["run", "--recover", "2026-03-01-02-00-00", "--sandbox", "box"])
    #expect(again.status == 1)
    #expect(again.errors.contains("error[run-not-recoverable]: all steps of the run"))
  }

  /// A plan of the recovery shows what it would do, and does nothing.
  @Test func aRecoveryIsPlanned() throws {
    let trial = try Trial(Form(pipeline: "moves"))
    #expect(try trial.run(Self.time + ["--fault", "Keep=fail"]).status == 1)
    let before = trial.world()
    let plan = try trial.command(
      ["plan", "--recover", "2026-03-01-02-00-00", "--sandbox", "box", "--format", "json"])
    #expect(plan.status == 0, "\(plan.errors)")
    #expect(trial.world() == before)
    let document = try JSONSerialization.jsonObject(with: Data(plan.output)) as? [String: Any]
    let done = (document?["done"] as? [[String: Any]])?.compactMap { $0["name"] as? String }
    #expect(done == ["Take s3://acme/in/", "Take s3://acme/in2/"])
    let run = document?["run"] as? [String: Any]
    #expect(
      run?["emptiedFirst"] as? [String]
        == ["s3://acme/bad/", "s3://acme/out/run=2026-03-01-02-00-00/"])
  }

  @Test(arguments: [
    (["--skip", "load"], "`--skip` can't be given with `--recover`"),
    (["--run-id", "x"], "`--run-id` can't be given with `--recover`"),
  ]) func whatSelectsARunIsTheFailedRuns(_ options: [String], _ message: String) throws {
    let trial = try Trial(Form(pipeline: "fixed"))
    let run = try trial.command(["run", "--recover", "r", "--sandbox", "box"] + options)
    #expect(run.status == 1 && run.errors.contains("error[run-not-recoverable]: \(message)"))
  }

  @Test func aRunThatNobodyKnowsIsNotRecovered() throws {
    let trial = try Trial(Form(pipeline: "fixed"))
    let run = try trial.command(["run", "--recover", "nonesuch", "--sandbox", "box"])
    #expect(run.status == 1 && run.errors.contains("error[run-unknown]"))
  }
}
