import AWSServices
import Diagnostics
import Documents
import Foundation
import SourceText
import TestSupport
import Testing
import Text
import Values
import YAMLSyntax

/// One recorded case of EmrEtlRunner: what it was given, and what it did.
struct UpstreamCase: Sendable {
  var name: String
  var arguments: [String]
  var environment: [String: String]
  var runTime: String
  var files: [(name: String, text: String)]
  var facts: Value
  /// The status that it ended with.
  var status: Int32
  /// The class and the message of its error.
  var error: String
  /// What it sent to EMR; nil if that wasn't recorded.
  var requests: [Value]?

  struct Malformed: Error {}

  init(_ file: URL) throws {
    let value = try #require(Self.json(try Locations.bytes(file)))
    let expected = value["expected"]
    name = value["name"].text ?? ""
    arguments = value["args"].texts
    environment = Dictionary(uniqueKeysWithValues: Self.texts(value["env"]).map { ($0, $1) })
    runTime = value["run_time"].text ?? ""
    files = Self.texts(value["files"])
    facts = value["facts"]
    status = Int32(clamping: expected["exit"].integer ?? 0)
    let failure = expected["upstream_error"]
    error = "\(failure["class"].text ?? ""): \(failure["message"].text ?? "")"
    if case .list(let sent) = expected["requests"] { requests = sent }
    guard !name.isEmpty, !arguments.isEmpty, !files.isEmpty else { throw Malformed() }
  }

  private static func texts(_ map: Value) -> [(name: String, text: String)] {
    guard case .map(let entries) = map else { return [] }
    return entries.entries.compactMap { entry in
      guard let name = entry.key.text, let text = entry.value.text else { return nil }
      return (name, text)
    }
  }

  static func json(_ bytes: [UInt8]) -> Value? {
    var diagnostics: [Diagnostic] = []
    let tree = JSONReader.read(bytes, source: SourceID(index: 0), into: &diagnostics)
    return tree.flatMap { tree in tree.root.map { Value(tree, $0) } }
  }

  // MARK: Deviations

  /// What Penstock does differently, one text for each difference:
  ///
  ///     exit 1, not 0: check-failed: the message; run -c config.yml …
  ///     accepted, not CLASS: MESSAGE; run -c config.yml …, and then all input files
  ///     differs Instances/Placement: {"AvailabilityZone":null} -> nothing
  func deviations() throws -> [String] {
    let scratch = try Scratch()
    for (name, text) in files { try scratch.file(name, text) }
    for folder in ["targets", "enrichments"] {
      try FileManager.default.createDirectory(
        at: scratch.folder.appending(path: folder), withIntermediateDirectories: true)
    }
    try scratch.file("facts.json", Self.text(facts))
    let command = arguments.joined(separator: " ")
    let isRun = arguments.first == "run"
    let run = try Run(
      isRun
        ? ["compile"] + arguments.dropFirst() + [
          "--emit", "requests", "--reveal-secrets", "--facts", "facts.json", "--run-time", runTime,
          "--diagnostics", "json",
        ]
        : arguments + [
          "--registry", Locations.conformance("iglu")?.path ?? "", "--diagnostics", "json",
        ], environment: environment, folder: scratch.folder)
    if run.status != status {
      guard run.status != 0 else {
        let inputs = files.map(\.text).joined(separator: "\n")
        return ["accepted, not \(error); \(command)\n\(inputs)"]
      }
      let told = Self.json(Array(run.errors.utf8))?.items ?? []
      return told.filter { $0["severity"].text == "error" }.map { diagnostic in
        "exit \(run.status), not \(status): \(diagnostic["code"].text ?? ""): "
          + "\(diagnostic["message"].text ?? ""); \(command)"
      }
    }
    guard isRun, let requests, run.status == 0 else { return [] }
    guard case .list(let sent) = Self.json(run.output) else { return ["nothing is sent"] }
    return differences(requests, sent)
  }

  private func differences(_ theirs: [Value], _ ours: [Value]) -> [String] {
    var found: [String] = []
    let operations = [theirs, ours].map { requests in
      requests.compactMap { $0["operation"].text }.joined(separator: ", ")
    }
    if operations[0] != operations[1] {
      found.append("differs requests: \(operations[0]) -> \(operations[1])")
    }
    let clusters = [theirs, ours].map { requests in
      var body = requests.first { $0["operation"].text == "RunJobFlow" }?["body"] ?? .null
      if case .map(var map) = body {
        map["Steps"] = nil
        body = .map(map)
      }
      return body
    }
    Self.compare(clusters[0], clusters[1], "cluster", &found)
    let steps = [theirs, ours].map { requests in
      Value.list(requests.flatMap { $0["body"]["Steps"].items })
    }
    Self.compare(steps[0], steps[1], "Steps", &found)
    return found
  }

  private static func compare(
    _ theirs: Value, _ ours: Value, _ path: String, _ found: inout [String]
  ) {
    switch (theirs, ours) {
    case (.map(let one), .map(let other)):
      var keys = one.keys.compactMap(\.text)
      keys += other.keys.compactMap(\.text).filter { !keys.contains($0) }
      for key in keys {
        switch (one[key], other[key]) {
        case (let mine?, let yours?): compare(mine, yours, "\(path)/\(key)", &found)
        case (let mine, let yours):
          let texts = [mine, yours].map { $0.map(text) ?? "nothing" }
          found.append("differs \(path)/\(key): \(texts[0]) -> \(texts[1])")
        }
      }
    case (.list(let one), .list(let other)) where one.count == other.count:
      for (mine, yours) in zip(one, other) { compare(mine, yours, path, &found) }
    default:
      let (mine, yours) = (decoded(theirs), decoded(ours))
      if !mine.equals(yours) { found.append("differs \(path): \(text(mine)) -> \(text(yours))") }
    }
  }

  /// An argument's document, if it is one in Base64; a log's name without the UUID in it.
  private static func decoded(_ value: Value) -> Value {
    guard let text = value.text else { return value }
    if text.hasPrefix("s3://"), let match = text.firstMatch(of: /\/rdb-loader\/[0-9-]+\//) {
      return .string(String(text[..<match.range.upperBound]))
    }
    guard text.utf8.count >= 16, let bytes = Base64.decode(text.utf8) else { return value }
    var diagnostics: [Diagnostic] = []
    let tree = YAMLReader.read(
      SourceFile(name: "argument", text: bytes), source: SourceID(index: 0), rules: .ruby,
      into: &diagnostics)
    guard let tree, let root = tree.root, tree.kind(root) == .map else { return value }
    return Value(tree, root)
  }

  private static func text(_ value: Value) -> String {
    var writer = CanonicalJSONWriter(pretty: false)
    writer.value(value, revealingSecrets: false)
    return String(decoding: writer.bytes, as: UTF8.self)
  }
}
