import Foundation
import TestSupport
import Testing

/// Real self-describing files: each is valid, or rejected at a place in it.
@Suite(.enabled(if: Locations.conformance("real-world") != nil, "needs the conformance data"))
struct RealWorldLintTests {
  private static let roles = [
    ("iglu_resolver", "resolver"), ("enrichment", "enrichments"), ("storage_target", "targets"),
  ]

  static let files: [(subject: String, name: String)] = roles.flatMap { folder, subject in
    guard let root = Locations.conformance("real-world") else { return [(String, String)]() }
    return Locations.files(in: root.appending(path: folder), withEnding: "")
      .map { (subject, "\(folder)/\($0.lastPathComponent)") }
  }

  @Test(arguments: files) func isValidOrRefusedAtItsPlaces(subject: String, name: String) throws {
    let root = try #require(Locations.conformance("real-world"))
    let registry = try #require(Locations.conformance("iglu"))
    let scratch = try Scratch()
    let text = String(decoding: try Locations.bytes(root.appending(path: name)), as: UTF8.self)
    let standard = MistakeCase.folder.appending(path: "base/resolver.json").path
    try scratch.file("it/it.json", text)
    let run = try Run(
      [
        "lint", subject, "-r", subject == "resolver" ? "it/it.json" : standard, "-n", "it", "-t",
        "it", "--offline", "--registry", registry.path, "--diagnostics", "json",
      ], folder: scratch.folder)
    #expect([0, 1].contains(run.status), "\(run.errors)")
    let told = try #require(
      try JSONSerialization.jsonObject(with: Data(run.errors.utf8)) as? [[String: Any]])
    let errors = told.filter { $0["severity"] as? String == "error" }
    #expect(errors.isEmpty == (run.status == 0))
    #expect(run.output.isEmpty == (run.status == 1))
    for error in errors {
      #expect((error["file"] as? String)?.hasSuffix("it/it.json") == true, "\(error)")
    }
    #expect(errors.count <= 12, "\(errors.map { $0["message"] ?? "" })")
  }
}
