import Foundation
import TestSupport
import Testing

/// Real files are accepted, or rejected in a way that lets their authors fix them.
@Suite(.enabled(if: Locations.conformance("real-world") != nil, "needs the conformance data"))
struct RealWorldTests {
  /// How each folder's files are passed to `check`, together with valid ones.
  private static let roles: [(folder: String, role: String)] = [
    ("dataflow_runner", "--config"), ("eer_config", "--config"),
    ("eer_sample_history", "--config"), ("general_emr", "--config"),
    ("storageloader_config", "--config"), ("iglu_resolver", "--resolver"),
    ("enrichment", "--enrichments"), ("storage_target", "--targets"),
  ]

  static let files: [String] = roles.flatMap { folder, _ in
    guard let root = Locations.conformance("real-world") else { return [String]() }
    return Locations.files(in: root.appending(path: folder), withEnding: "")
      .map { "\(folder)/\($0.lastPathComponent)" }
  }

  /// A marked place is one diagnostic, for each has to be filled; apart from those a file gives a
  /// few.
  @Test(arguments: files) func isAcceptedOrRefusedAtItsPlaces(name: String) throws {
    let root = try #require(Locations.conformance("real-world"))
    let file = root.appending(path: name)
    let scratch = try Scratch()
    let folder = scratch.folder.appending(path: "case")
    try FileManager.default.copyItem(at: MistakeCase.folder.appending(path: "base"), to: folder)
    let role = try #require(Self.roles.first { name.hasPrefix($0.folder + "/") }).role
    var options = ["--config": "config.yml", "--resolver": "resolver.json"]
    if role == "--enrichments" || role == "--targets" {
      try scratch.file("case/it/it.json")
      try FileManager.default.removeItem(at: folder.appending(path: "it/it.json"))
      try FileManager.default.copyItem(at: file, to: folder.appending(path: "it/it.json"))
      options[role] = "it"
    } else {
      try FileManager.default.copyItem(at: file, to: folder.appending(path: "it"))
      options[role] = "it"
    }
    let run = try Run(
      ["check", "--diagnostics", "json"]
        + options.sorted { $0.key < $1.key }.flatMap { [$0.key, $0.value] },
      environment: ["ACCESS_KEY": "a", "SECRET_KEY": "b"], folder: folder)
    #expect([0, 1, 3].contains(run.status), "\(run.errors)")
    #expect(run.output.isEmpty)

    let diagnostics = try JSONDecoder().decode([Shown].self, from: Data(run.errors.utf8))
    let errors = diagnostics.filter { $0.severity == "error" }
    #expect(errors.isEmpty == (run.status == 0))
    for error in errors { #expect(error.file != nil, "\(error.message) stands nowhere") }
    let codes = errors.map(\.code)
    if codes.contains("input-legacy-layout") {
      #expect(errors.count <= 3, "\(codes)")
      #expect(errors.contains { $0.hint != nil })
    }
    if codes.contains("schema-wrong-document") { #expect(errors.count == 1, "\(codes)") }
    let others = codes.filter { !["template-mark", "template-unset"].contains($0) }
    #expect(others.count <= 12, "\(codes)")
  }

  private struct Shown: Decodable {
    var file: String?
    var severity: String
    var code: String
    var message: String
    var hint: String?
  }
}
