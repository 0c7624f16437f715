import Documents
import Diagnostics
import Foundation
import SourceText
import TestSupport
import Testing
import Values
import YAMLSyntax

/// Real files: each is read, or rejected at a place.
@Suite(
  .enabled(if: Locations.conformance("real-world") != nil, "no conformance data"),
  .timeLimit(.minutes(1)))
struct RealWorldTests {
  static var files: [URL] {
    guard let folder = Locations.conformance("real-world"),
      let found = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)
    else { return [] }
    return found.compactMap { $0 as? URL }.filter {
      !$0.hasDirectoryPath && $0.pathExtension != "md"
    }
    .sorted { $0.path < $1.path }
  }

  static func isJSON(_ file: URL) -> Bool { file.lastPathComponent.contains(".json") }

  /// Reads like the compiler: templates are rendered first.
  static func read(_ text: [UInt8], isJSON: Bool) -> (Tree?, [Diagnostic]) {
    var diagnostics: [Diagnostic] = []
    let source = SourceID(index: 0)
    if isJSON {
      let tree = JSONReader.read(text, source: source, into: &diagnostics)
      return (tree, diagnostics)
    }
    guard
      let file = TemplateRenderer.render(
        text, name: "file", environment: { _ in nil }, source: source, into: &diagnostics)
    else { return (nil, diagnostics) }
    let tree = YAMLReader.read(file, source: source, rules: .ruby, into: &diagnostics)
    return (tree, diagnostics)
  }

  @Test func everyFileIsReadOrRefusedAtAPlace() throws {
    #expect(Self.files.count > 100)
    var refused = 0
    for file in Self.files {
      let text = try Locations.bytes(file)
      let (tree, diagnostics) = Self.read(text, isJSON: Self.isJSON(file))
      let name = file.lastPathComponent
      if tree == nil { refused += 1 }
      #expect(tree != nil || diagnostics.hasErrors, "\(name)")
      for diagnostic in diagnostics {
        let span = try #require(diagnostic.span, "\(name)")
        #expect(Int(span.end) <= text.count, "\(name)")
        #expect(
          diagnostic.severity != .error || diagnostic.hint != nil,
          "\(name): \(diagnostic)")
      }
    }
    #expect(refused < 25)
  }

  /// Nothing traps or hangs on any beginning of a file.
  @Test func everyPrefixIsReadOrRefused() throws {
    for name in ["config.yml__2018-06-19_c0a363200", "dataflow-runner__cluster__2017-11-22_d5ac"] {
      let file = try #require(Self.files.first { $0.path.contains(name) })
      let text = try Locations.bytes(file)
      for length in stride(from: 0, to: text.count, by: text.count > 4000 ? 3 : 1) {
        try Self.check(Array(text[..<length]), isJSON: Self.isJSON(file))
      }
    }
  }

  /// Nothing traps or hangs on files with bytes changed, the same ones on each run.
  @Test func changedBytesAreReadOrRefused() throws {
    var state: UInt64 = 0x2545_F491_4F6C_DD1D
    func next() -> Int {
      state ^= state << 13
      state ^= state >> 7
      state ^= state << 17
      return Int(state >> 33)
    }
    let marks = Array("{}[]\"'`%@&*!|>-?:,# \t\n\r<=\\\u{0}\u{7F}é".utf8)
    for file in Self.files {
      let text = try Locations.bytes(file)
      guard !text.isEmpty else { continue }
      for _ in 0..<4 {
        var changed = text
        for _ in 0...(next() % 6) {
          let at = next() % changed.count
          switch next() % 3 {
          case 0: changed[at] ^= UInt8(1 << (next() % 8))
          case 1: changed[at] = marks[next() % marks.count]
          default: changed.removeSubrange(at..<min(changed.count - 1, at + next() % 20))
          }
          if changed.isEmpty { changed = text }
        }
        try Self.check(changed, isJSON: Self.isJSON(file))
      }
    }
  }

  private static func check(_ text: [UInt8], isJSON: Bool) throws {
    let (tree, diagnostics) = read(text, isJSON: isJSON)
    #expect(tree != nil || diagnostics.hasErrors)
    for diagnostic in diagnostics {
      #expect(diagnostic.span.map { $0.start <= $0.end } ?? false)
    }
    guard let tree else { return }
    _ = TemplateMarks.scan(tree)
    for index in tree.nodes.indices {
      let node = NodeID(index: UInt32(index))
      #expect(Int(tree.span(node).end) <= tree.text.count)
      guard tree.count(node) == 0 else { continue }
      #expect(tree.decodedMap(of: node).derivedCount == tree.withBytes(node, \.count))
    }
  }
}
