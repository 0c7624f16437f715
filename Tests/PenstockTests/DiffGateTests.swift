import Foundation
import TestSupport
import Testing

/// Any edit of any leaf of the example's inputs closes the gates of the classes that its schema says.
@Suite struct DiffGateTests {
  /// The leaves of a file: a line, and the keys that lead to its value.
  private struct Leaf: CustomTestStringConvertible {
    var file: String
    var schema: String
    var line: Int
    var path: [String]
    var testDescription: String { "\(file): \(path.joined(separator: "."))" }
  }

  /// Those of `config.yml`, whose values are on one line each.
  private static let configuration: [Leaf] = {
    let url = Locations.repository.appending(path: "examples/snowplow/config.yml")
    let text = String(decoding: (try? Locations.bytes(url)) ?? [], as: UTF8.self)
    var stack: [(indent: Int, key: String)] = []
    var leaves: [Leaf] = []
    for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
    {
      let indent = line.prefix { $0 == " " }.count
      guard let colon = line.firstIndex(of: ":"), !line.contains("<%") else { continue }
      let key = String(line[..<colon].dropFirst(indent))
      guard !key.isEmpty, key.allSatisfy({ $0.isLetter || $0 == "_" }) else { continue }
      while let last = stack.last, last.indent >= indent { stack.removeLast() }
      stack.append((indent, key))
      let value = line[line.index(after: colon)...].split(separator: "#").first ?? ""
      if !value.trimmingCharacters(in: .whitespaces).isEmpty {
        leaves.append(
          Leaf(
            file: "config.yml", schema: "schemas/snowplow/config.schema.json", line: index,
            path: stack.map(\.key)))
      }
    }
    return leaves
  }()

  /// Some, by chance; the same in each run.
  private static let some: [Leaf] = configuration.enumerated().filter {
    $0.offset % 3 == 1
  }.map(\.element)

  /// Another value of the same kind on a line.
  private static func edited(_ line: String) -> String {
    guard let colon = line.range(of: ": ") else { return line }
    let head = line[..<colon.upperBound]
    let value = line[colon.upperBound...].split(separator: "#").first ?? ""
    let text = value.trimmingCharacters(in: .whitespaces)
    if let number = Double(text) {
      return head + (text.contains(".") ? String(number + 0.5) : String(Int(number) + 1))
    }
    switch text {
    case "true": return head + "false"
    case "false": return head + "true"
    case "GZIP": return head + "NONE"
    case "https": return head + "http"
    case "gp2": return head + "standard"
    case "INFO": return head + "DEBUG"
    case "get": return head + "post"
    default: break
    }
    if text.hasSuffix("xlarge") { return head + "r5.4xlarge" }
    // A version's last number, or a name.
    if let last = text.last?.wholeNumberValue, text.contains(".") {
      return head + text.dropLast() + String((last + 1) % 10)
    }
    return head + text + "x"
  }

  /// The classes that the nearest `x-change` says.
  private static func classes(_ leaf: Leaf) throws -> Set<String> {
    let url = Locations.repository.appending(path: leaf.schema)
    var schema = try #require(
      JSONSerialization.jsonObject(with: Data(contentsOf: url)) as? [String: Any])
    var found: Set<String> = []
    for key in leaf.path {
      let members = schema["properties"] as? [String: Any]
      schema = (members?[key] ?? schema["additionalProperties"]) as? [String: Any] ?? [:]
      guard let marks = schema["x-change"] as? [Any] else { continue }
      found = Set(marks.compactMap { ($0 as? [String: Any])?["class"] as? String ?? $0 as? String })
    }
    return found.subtracting(["by-name", "cosmetic"])
  }

  private struct Written: Decodable {
    struct Change: Decodable {
      var classes: [String]
      var consequence: Bool
    }

    var changes: [Change]
  }

  @Test func thereAreLeaves() { #expect(Self.some.count >= 15) }

  @Test(arguments: some)
  private func closesItsGates(leaf: Leaf) throws {
    let scratch = try Scratch()
    for name in ["before", "after"] {
      try FileManager.default.copyItem(
        at: Locations.repository.appending(path: "examples/snowplow"),
        to: scratch.folder.appending(path: name))
    }
    let url = scratch.folder.appending(path: "after/" + leaf.file)
    var lines = String(decoding: try Locations.bytes(url), as: UTF8.self)
      .split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    lines[leaf.line] = Self.edited(lines[leaf.line])
    try Data(lines.joined(separator: "\n").utf8).write(to: url)
    let wanted = try Self.classes(leaf)
    let run = try diff(["--format", "json"], in: scratch)
    // A value that is refused has no diff; then the gate is closed as well.
    guard run.status == 0 else { return }
    let written = try JSONDecoder().decode(Written.self, from: Data(run.output))
    let told = Set(written.changes.filter { !$0.consequence }.flatMap(\.classes))
    #expect(wanted.isSubset(of: told), "\(leaf.testDescription): \(wanted) and \(told)")
    #expect(!told.contains("unknown"))
    if let one = wanted.sorted().first {
      #expect(try diff(["--fail-on", one], in: scratch).status == 2, "\(one)")
    }
  }

  /// A key that no schema knows closes every gate.
  @Test func anUnknownKeyClosesEveryGate() throws {
    let scratch = try Scratch()
    for name in ["before", "after"] {
      let folder = scratch.folder.appending(path: name)
      try FileManager.default.copyItem(
        at: Locations.repository.appending(path: "examples/snowplow"), to: folder)
    }
    let url = scratch.folder.appending(path: "after/config.yml")
    let text = String(decoding: try Locations.bytes(url), as: UTF8.self)
    try Data(
      text.replacing("  output_compression:", with: "  novel: 1\n  output_compression:").utf8
    )
    .write(to: url)
    for one in ["security", "data", "new-cluster", "cost"] {
      #expect(try diff(["--fail-on", one], in: scratch).status == 2, "\(one)")
    }
  }

  private func diff(_ options: [String], in scratch: Scratch) throws -> Run {
    try Run(
      ["diff", "before", "after", "--pipeline", "snowplow", "--run-time", "2026-03-01T05:06:07Z"]
        + options, environment: EditCase.environment, folder: scratch.folder)
  }
}
