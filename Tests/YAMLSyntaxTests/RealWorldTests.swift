import Diagnostics
import Foundation
import SourceText
import TestSupport
import Testing
import Values
import YAMLSyntax

/// Files that people wrote: each is read, or refused at a place.
@Suite(.enabled(if: Locations.conformance("real-world") != nil, "no conformance data"))
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

  /// As the compiler reads a file: templates are rendered first.
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
          Self.isJSON(file) || diagnostic.severity != .error || diagnostic.hint != nil,
          "\(name): \(diagnostic)")
      }
      if ProcessInfo.processInfo.environment["PENSTOCK_SHOW"] != nil, !diagnostics.isEmpty {
        let lines = LineTable(text)
        for d in diagnostics.prefix(6) {
          let p = lines.position(of: Int(d.span?.start ?? 0), in: text)
          let place = "\(name.suffix(70)):\(p.line):\(p.column)"
          print("\(place): [\(d.code.rawValue)] \(d.message) | \(d.hint ?? "-")")
        }
      }
    }
    #expect(refused < 25)
  }
}
