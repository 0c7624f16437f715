import Foundation
import TestSupport
import Testing

/// The files in examples/github do what they say.
@Suite struct PullRequestTests {
  private static let folder = Locations.repository.appending(path: "examples/github")

  private func shell(
    _ script: String, _ arguments: [String], in folder: URL, environment: [String: String]
  ) throws -> (status: Int32, output: String) {
    let process = Process()
    let pipe = Pipe()
    process.executableURL = Locations.repository.appending(path: script)
    process.arguments = arguments
    process.currentDirectoryURL = folder
    process.environment = environment
    process.standardOutput = pipe
    process.standardError = pipe
    try process.run()
    let bytes = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: bytes, as: UTF8.self))
  }

  private func program(_ name: String, _ text: String, in scratch: Scratch) throws {
    let file = try scratch.file("bin/\(name)", text)
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: file.path)
  }

  private static let hasJQ = FileManager.default.fileExists(atPath: "/usr/bin/jq")

  /// A fake `gh`, which answers with the existing comments and records its calls.
  private func comment(on comments: String) throws -> (status: Int32, calls: String, output: String)
  {
    let scratch = try Scratch()
    try scratch.file("comments.json", comments)
    try program(
      "gh",
      """
      #!/bin/bash
      printf '%s\\n' "$*" | sed 's|--input [^ ]*|--input BODY|' >> "$CALLS"
      for word; do if [ -f "$word" ]; then cat "$word" >> "$CALLS"; fi; done
      case "$*" in *--method*) ;; *) cat "$COMMENTS" ;; esac

      """, in: scratch)
    try scratch.file("diff.md", "<!-- penstock-diff -->\n### Job flow: \"1\" change\n")
    let calls = scratch.folder.appending(path: "calls")
    let run = try shell(
      "scripts/action/comment", ["12", "diff.md"], in: scratch.folder,
      environment: [
        "PATH": scratch.folder.appending(path: "bin").path + ":/usr/bin:/bin",
        "GITHUB_REPOSITORY": "acme/etl", "CALLS": calls.path,
        "COMMENTS": scratch.folder.appending(path: "comments.json").path,
      ])
    let text = (try? Locations.bytes(calls)).map { String(decoding: $0, as: UTF8.self) } ?? ""
    return (run.status, text, run.output)
  }

  @Test(.enabled(if: hasJQ, "jq is not installed"))
  func oneCommentIsPostedAndThenUpdated() throws {
    let none = try comment(on: "[{\"id\": 1, \"body\": \"hello\", \"user\": {\"type\": \"Bot\"}}]")
    #expect(none.status == 0, "\(none.output)")
    #expect(
      none.calls.contains(
        "api --method POST repos/acme/etl/issues/12/comments --input BODY --silent"))
    #expect(none.calls.contains("<!-- penstock-diff -->\\n### Job flow: \\\"1\\\" change\\n"))
    // A person's comment that quotes the mark is left alone; `gh` gives one list for each page.
    let known = try comment(
      on: """
        [{"id": 2, "body": "<!-- penstock-diff -->\\n", "user": {"type": "User"}}]
        [{"id": 3, "body": "<!-- penstock-diff -->\\nold", "user": {"type": "Bot"}}]
        """)
    #expect(known.status == 0, "\(known.output)")
    #expect(
      known.calls.contains("api --method PATCH repos/acme/etl/issues/comments/3 --input BODY"))
  }

  @Test func theHookChecksWhatChanged() throws {
    let scratch = try Scratch()
    for name in ["one", "two"] {
      try FileManager.default.copyItem(
        at: Locations.repository.appending(path: "examples/snowplow"),
        to: scratch.folder.appending(path: "etl/\(name)"),
        creatingFolderIn: scratch.folder.appending(path: "etl"))
    }
    func git(_ arguments: [String]) throws {
      let process = Process()
      process.executableURL = URL(filePath: "/usr/bin/env")
      process.arguments = ["git"] + arguments
      process.currentDirectoryURL = scratch.folder
      try process.run()
      process.waitUntilExit()
      try #require(process.terminationStatus == 0)
    }
    func hook() throws -> (status: Int32, output: String) {
      try shell(
        "examples/github/pre-commit", [], in: scratch.folder,
        environment: EditCase.environment.merging(
          ["PATH": "/usr/bin:/bin", "PENSTOCK": Run.binary.path]) { $1 })
    }
    try git(["init", "-q"])
    try git(["add", "etl/one"])
    let sound = try hook()
    #expect(sound.status == 0, "\(sound.output)")
    // A mistake in a folder that isn't committed is ignored; once committed, it isn't.
    try scratch.file("etl/two/targets/redshift.json", "{}")
    #expect(try hook().status == 0)
    try git(["add", "etl/two/targets/redshift.json"])
    let broken = try hook()
    #expect(broken.status == 1)
    #expect(broken.output.contains("etl/two/targets/redshift.json:1:1: error["), "\(broken.output)")
  }

  /// The page names the files. (What the action and its scripts do is tested in Tests/Dist.)
  @Test func thePageNamesTheFiles() throws {
    let readme = String(
      decoding: try Locations.bytes(Self.folder.appending(path: "README.md")), as: UTF8.self)
    for name in ["penstock.yml", "pre-commit", "pre-commit-config.yaml"] {
      #expect(readme.contains("| `\(name)` |"))
      #expect(FileManager.default.fileExists(atPath: Self.folder.appending(path: name).path))
    }
  }

  @Test(.enabled(if: Python.hasModules, "the tests' Python modules are not installed"))
  func theWorkflowIsYAML() throws {
    let text = String(
      decoding: try Locations.bytes(Self.folder.appending(path: "penstock.yml")), as: UTF8.self)
    let check = try Python.run(
      script: "import sys, yaml; print(sorted(yaml.safe_load(sys.stdin)['jobs']))", [], input: text)
    #expect(check.output == "['job-flow']\n")
  }
}

extension FileManager {
  fileprivate func copyItem(at source: URL, to target: URL, creatingFolderIn parent: URL) throws {
    try createDirectory(at: parent, withIntermediateDirectories: true)
    try copyItem(at: source, to: target)
  }
}
