import DiagnosticRendering
import Diagnostics
import Glibc
import SourceText
import Values
import YAMLSyntax

/// What is fuzzed: each takes any bytes, and must neither trap nor hang on them.
enum FuzzTarget: String, CaseIterable {
  case json, yaml, ruby

  func run(_ bytes: [UInt8]) {
    var diagnostics: [Diagnostic] = []
    let source = SourceID(index: 0)
    let file = SourceFile(name: "fuzz", text: bytes)
    switch self {
    case .json:
      _ = JSONReader.read(bytes, source: source, into: &diagnostics)
    case .yaml:
      _ = YAMLReader.read(file, source: source, rules: .core, into: &diagnostics)
    case .ruby:
      let rendered = TemplateRenderer.render(
        bytes, name: "fuzz", environment: { $0 == "EMPTY" ? "" : $0 }, source: source,
        into: &diagnostics)
      if let rendered {
        _ = YAMLReader.read(rendered, source: source, rules: .ruby, into: &diagnostics)
      }
    }
    Self.render(diagnostics, file)
  }

  /// What is said of any bytes must be sayable.
  private static func render(_ diagnostics: [Diagnostic], _ file: SourceFile) {
    var sources = SourceSet()
    sources.add(file)
    for format in DiagnosticRenderer.Format.allCases {
      _ = DiagnosticRenderer.render(
        Array(diagnostics.prefix(20)), sources: sources, format: format)
    }
  }

  /// PENSTOCK_FUZZ_TARGET names it.
  static let chosen: FuzzTarget? = getenv("PENSTOCK_FUZZ_TARGET").flatMap {
    FuzzTarget(rawValue: String(cString: $0))
  }
}
