import Foundation
import TestSupport
import Testing

/// What earlier versions wrote is read: journals, plans, locks and sandboxes. Nothing is converted by
/// hand, and a run that an earlier version began is finished.
@Suite struct FormerFilesTests {
  /// A copy of what a version left.
  private final class Left: Sendable {
    let scratch: Scratch

    init(_ version: String) throws {
      scratch = try Scratch()
      let files = Locations.repository.appending(path: "Tests/PenstockTests/Former/\(version)")
      for name in try FileManager.default.contentsOfDirectory(atPath: files.path) {
        try FileManager.default.copyItem(
          at: files.appending(path: name), to: scratch.folder.appending(path: name))
      }
    }

    func penstock(_ arguments: String...) throws -> Run {
      try Run(arguments + ["--sandbox", "box"], folder: scratch.folder)
    }

    func lines(of run: String) throws -> [String] {
      let folder = scratch.folder.appending(path: "box/acme-meters/totals/run=\(run)")
      return try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
    }

    func clusters() throws -> Int {
      let data = try Data(contentsOf: scratch.folder.appending(path: "box/.penstock/emr.json"))
      let world = try JSONSerialization.jsonObject(with: data) as? [String: Any]
      return (world?["clusters"] as? [Any])?.count ?? 0
    }
  }

  private static let versions = ["0.1.0"]

  @Test(arguments: versions) func itsRunsAreListed(version: String) throws {
    let left = try Left(version)
    let history = try left.penstock("history")
    #expect(history.status == 0, "\(history.errors)")
    let runs = history.text.split(separator: "\n").map { $0.split(separator: " ").prefix(3) }
    #expect(
      runs == [
        ["2026-11-03-02-00-00", "meters", "running"],
        ["2026-11-02-02-00-00", "meters", "failed"],
        ["2026-11-01-02-00-00", "meters", "succeeded"],
      ])
    let status = try left.penstock("status", "2026-11-03-02-00-00")
    #expect(status.text.contains("RUNNING   Take readings"), "\(status.text)\(status.errors)")
    #expect(status.text.contains("process 3469 on etl-1"))
  }

  /// The host is gone that carried it out: the same cluster goes on.
  @Test(arguments: versions) func aRunIsFinished(version: String) throws {
    let left = try Left(version)
    let clusters = try left.clusters()
    let run = "2026-11-03-02-00-00"
    let held = try left.penstock("apply", run, "-q")
    #expect(held.status == 17 && held.errors.contains("error[run-locked]"), "\(held.errors)")
    #expect(held.errors.contains("hint: if you know that it is gone, `unlock --force`"))
    let freed = try left.penstock("unlock", "--force", run)
    #expect(freed.status == 0, "\(freed.errors)")
    let locked = try left.penstock("apply", run, "-q")
    #expect(locked.status == 17 && locked.errors.contains("error[lock-held]"), "\(locked.errors)")
    #expect(locked.errors.contains("hint: if you know that the process is gone, `penstock unlock"))
    #expect(!locked.errors.contains("^"), "the lock is named in the plan, not here")
    #expect(try left.penstock("unlock", "--force", "lock").status == 0)
    let done = try left.penstock("apply", run, "-q")
    #expect(done.status == 0, "\(done.errors)")
    #expect(try left.clusters() == clusters)
    #expect(try left.lines(of: run).contains("_SUCCESS"))
  }

  @Test(arguments: versions) func aFailedRunIsRecovered(version: String) throws {
    let left = try Left(version)
    let run = "2026-11-02-02-00-00"
    #expect(try !left.lines(of: run).contains("_SUCCESS"))
    let done = try left.penstock("run", "--recover", run, "-q")
    #expect(done.status == 0, "\(done.errors)")
    #expect(try left.lines(of: run).contains("_SUCCESS"))
  }

  @Test(arguments: versions) func aPlanIsApplied(version: String) throws {
    let left = try Left(version)
    // The run under way takes the data that the plan has seen, but for one file.
    for freed in ["lock", "2026-11-03-02-00-00"] {
      #expect(try left.penstock("unlock", "--force", freed).status == 0)
    }
    #expect(try left.penstock("apply", "2026-11-03-02-00-00", "-q").status == 0)
    try left.scratch.file("box/acme-meters/readings/f4", "r 4\n")
    let done = try left.penstock("apply", "plan.json", "-q")
    #expect(done.status == 0, "\(done.errors)")
    #expect(try left.lines(of: "2026-11-04-02-00-00").contains("_SUCCESS"))
    let again = try left.penstock("apply", "plan.json", "-q")
    #expect(again.status == 0 || again.errors.contains("run-done"), "\(again.errors)")
  }

  @Test(arguments: versions) func aLockIsReadAndReleased(version: String) throws {
    let left = try Left(version)
    let file = left.scratch.folder.appending(path: "lock").path
    let held = try left.penstock("unlock", "lock")
    #expect(held.status == 17 && held.errors.contains("process 3469 on etl-1"), "\(held.errors)")
    #expect(try left.penstock("unlock", "--force", "lock").status == 0)
    #expect(!FileManager.default.fileExists(atPath: file))
  }

  @Test(arguments: versions) func plansCompare(version: String) throws {
    let left = try Left(version)
    let planned = try left.penstock(
      "plan", "pipeline.yml", "-c", "config.yml", "--run-time", "2026-11-04T02:00:00Z", "-q", "-o",
      "new.json")
    #expect(planned.status == 0, "\(planned.errors)")
    let same = try Run(
      ["diff", "plan.json", "new.json", "--exit-code"], folder: left.scratch.folder)
    #expect(same.status == 0, "\(same.text)\(same.errors)")
  }
}
