import Foundation
import TestSupport
import Testing

@Suite struct DiffCommandTests {
  static let environment = [
    "AWS_SNOWPLOW_ACCESS_KEY": "AKIA0000000000000000", "AWS_SNOWPLOW_SECRET_KEY": "secret",
  ]

  private func plan(_ name: String) -> String {
    Locations.repository.appending(path: "Tests/Goldens/plans/\(name).json").path
  }

  @Test func tellsWhetherThereIsAChange() throws {
    let same = try Run(["diff", plan("snowplow"), plan("snowplow"), "--exit-code"])
    #expect(same.status == 0 && same.errors.isEmpty)
    #expect(same.text.hasSuffix("no changes\n"))
    let (one, other) = (plan("snowplow"), plan("snowplow-resumed"))
    #expect(try Run(["diff", one, other]).status == 0)
    #expect(try Run(["diff", one, other, "--exit-code"]).status == 2)
    #expect(try Run(["diff", one, other, "--fail-on", "data"]).status == 2)
    #expect(try Run(["diff", one, one, "--fail-on", "data"]).status == 0)
    #expect(try Run(["diff", one, other, "--fail-on=security,cost"]).status == 2)
  }

  @Test(arguments: [
    (["diff"], Int32(64), "missing-argument"),
    (["diff", "a.json"], 64, "missing-argument"),
    (["diff", "a", "b", "c"], 64, "unexpected-argument"),
    (["diff", "a", "b", "--fail-on", "money"], 64, "invalid-option-value"),
    (["diff", "a", "b", "--run-time", "now"], 64, "invalid-option-value"),
    (["diff", "/nonesuch.json", "b"], 1, "unreadable-file"),
    (["diff", "/nonesuch.yml", "b"], 1, "unreadable-file"),
  ])
  func refusesWhatItDoesNotKnow(arguments: [String], status: Int32, code: String) throws {
    let run = try Run(arguments)
    #expect(run.status == status && run.output.isEmpty)
    #expect(run.errors.contains("error[\(code)]: "), "\(run.errors)")
  }

  @Test func refusesWhatIsNoJobFlow() throws {
    let scratch = try Scratch()
    let other = try scratch.file("other.json", "{\"a\": 1}").path
    let list = try scratch.file("list.json", "[]").path
    let later = try scratch.file("later.json", "{\"formatVersion\": 99}").path
    for (path, code) in [(other, "diff-side"), (list, "diff-side"), (later, "plan-format")] {
      let run = try Run(["diff", path, plan("snowplow")])
      #expect(run.status == 1 && run.errors.contains("error[\(code)]: "), "\(run.errors)")
    }
    let broken = try scratch.file("broken.json", "{").path
    #expect(try Run(["diff", plan("snowplow"), broken]).errors.contains("error[json-syntax]"))
  }

  /// Two folders are compiled for one run, wherever they are.
  @Test func comparesFoldersOfInputs() throws {
    let scratch = try Scratch()
    let example = Locations.repository.appending(path: "examples/snowplow")
    for name in ["one", "two"] {
      try FileManager.default.copyItem(at: example, to: scratch.folder.appending(path: name))
    }
    let folders = ["one", "two"].map { scratch.folder.appending(path: $0).path }
    let same = try Run(["diff"] + folders, environment: Self.environment)
    #expect(same.status == 0 && same.text.hasSuffix("\nno changes\n"), "\(same.text)\(same.errors)")
    let config = scratch.folder.appending(path: "two/config.yml")
    let text = String(decoding: try Locations.bytes(config), as: UTF8.self)
    try Data(text.replacing("core_instance_count: 3", with: "core_instance_count: 5").utf8)
      .write(to: config)
    let changed = try Run(["diff"] + folders, environment: Self.environment)
    #expect(
      changed.text.hasSuffix(
        """

        1 change: 1 cost

        Cluster
          ~  InstanceGroups › CORE › InstanceCount  3 → 5  [cost: dearer]  config.yml:49

        """), "\(changed.text)\(changed.errors)")
  }

  // MARK: Revisions

  /// A repository with two commits: the example, and the example with other machines and without
  /// its enrichments.
  private func repository() throws -> Scratch {
    let scratch = try Scratch()
    let folder = scratch.folder.appending(path: "acme")
    try FileManager.default.copyItem(
      at: Locations.repository.appending(path: "examples/snowplow"), to: folder)
    try git(["init", "-q", "-b", "main"], in: scratch.folder)
    try commit("one", in: scratch.folder)
    let config = folder.appending(path: "config.yml")
    let text = String(decoding: try Locations.bytes(config), as: UTF8.self)
    try Data(text.replacing("core_instance_count: 3", with: "core_instance_count: 5").utf8)
      .write(to: config)
    try FileManager.default.removeItem(at: folder.appending(path: "enrichments"))
    try commit("two", in: scratch.folder)
    return scratch
  }

  private func commit(_ message: String, in folder: URL) throws {
    try git(["add", "-A"], in: folder)
    try git(
      ["-c", "user.name=t", "-c", "user.email=t@example.org", "commit", "-q", "-m", message],
      in: folder)
  }

  private func git(_ arguments: [String], in folder: URL) throws {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["git"] + arguments
    process.currentDirectoryURL = folder
    try process.run()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0, "git \(arguments)")
  }

  private func diff(_ arguments: [String], in folder: URL) throws -> Run {
    try Run(["diff"] + arguments, environment: Self.environment, folder: folder)
  }

  /// The working tree doesn't matter, and stays unchanged.
  @Test func comparesRevisions() throws {
    let scratch = try repository()
    let config = try scratch.file("acme/config.yml", "not even: [yaml")
    let run = try diff(["--git", "HEAD~1", "acme"], in: scratch.folder)
    #expect(run.status == 0 && run.errors.isEmpty, "\(run.errors)")
    #expect(run.text.hasPrefix("HEAD~1 → HEAD\n8 changes: "), "\(run.text)")
    #expect(run.text.contains("InstanceCount  3 → 5  [cost: dearer]  acme/config.yml:49"))
    #expect(run.text.contains("--enrichments › data › anon_ip"))
    #expect(run.text.contains("enrichments/anon_ip.json:1 (before)"))
    #expect(String(decoding: try Locations.bytes(config), as: UTF8.self) == "not even: [yaml")
    let dots = try diff(
      ["--git", "main~1...main", "-c", "acme/config.yml", "-r", "acme/resolver.json"],
      in: scratch.folder)
    #expect(dots.text.contains("InstanceCount  3 → 5  [cost: dearer]  acme/config.yml:49"))
    // From within, and from without.
    let inside = try diff(["--git", "HEAD~1", "."], in: scratch.folder.appending(path: "acme"))
    #expect(inside.text == run.text)
    let path = scratch.folder.appending(path: "acme").path
    #expect(try diff(["--git", "HEAD~1", path], in: URL(filePath: "/")).text == run.text)
  }

  @Test func tellsOfASideThatIsNotThere() throws {
    let scratch = try repository()
    try git(["rm", "-q", "-r", "acme"], in: scratch.folder)
    try scratch.file("README", "empty")
    try commit("three", in: scratch.folder)
    let gone = try diff(["--git", "HEAD~1", "acme"], in: scratch.folder)
    #expect(gone.status == 0 && gone.errors.isEmpty, "\(gone.errors)")
    #expect(gone.text.contains("there is no job flow in HEAD\n"))
    #expect(gone.text.contains("- [enrich] spark: Enrich Raw Events"))
    let come = try diff(["--git", "HEAD..HEAD~1", "acme"], in: scratch.folder)
    #expect(come.text.contains("there is no job flow in HEAD\n"))
    #expect(come.text.contains("+ [enrich] spark: Enrich Raw Events"))
  }

  @Test func readsShallowClones() throws {
    let scratch = try repository()
    let other = try Scratch()
    try git(
      ["clone", "-q", "--depth", "1", "file://\(scratch.folder.path)", "clone"], in: other.folder)
    let clone = other.folder.appending(path: "clone")
    let lacking = try diff(["--git", "HEAD~1", "acme"], in: clone)
    #expect(lacking.status == 1 && lacking.errors.contains("git fetch --depth 1 origin BASE"))
    try git(["fetch", "-q", "--depth", "2", "origin", "main"], in: clone)
    let run = try diff(["--git", "FETCH_HEAD~1", "acme"], in: clone)
    #expect(run.text.contains("8 changes: "), "\(run.text)\(run.errors)")
  }

  @Test func saysWhatGitCannotRead() throws {
    let scratch = try repository()
    let unknown = try diff(["--git", "nonesuch", "acme"], in: scratch.folder)
    #expect(unknown.status == 1 && unknown.errors.contains("there is no revision `nonesuch`"))
    let option = try diff(["--git=--all", "acme"], in: scratch.folder)
    #expect(option.status == 1 && option.errors.contains("`--all` isn't a revision"))
    let second = try diff(["--git", "HEAD", "acme", "b"], in: scratch.folder)
    #expect(second.status == 64 && second.errors.contains("error[unexpected-argument]"))
    let outside = try Scratch()
    let none = try diff(["--git", "HEAD", "."], in: outside.folder)
    #expect(none.status == 1 && none.errors.contains("error[git-failed]"), "\(none.errors)")
    let broken = try scratch.file("acme/config.yml", "aws: [")
    try commit("broken", in: scratch.folder)
    let errors = try diff(["--git", "HEAD~1", "acme"], in: scratch.folder)
    #expect(errors.status == 1 && errors.errors.hasPrefix("HEAD:\nconfig.yml:"), "\(broken)")
  }
}
