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
    #expect(try Run(["diff", one, other, "--fail-on", "security"]).status == 0)
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
    for path in [other, list, later] {
      let run = try Run(["diff", path, plan("snowplow")])
      #expect(run.status == 1 && run.errors.contains("error[diff-side]: "), "\(run.errors)")
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
          ~  InstanceGroups › CORE › InstanceCount  3 → 5  [cost]  config.yml:49

        """), "\(changed.text)\(changed.errors)")
  }
}
