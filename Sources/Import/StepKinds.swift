import Compiler
import Diagnostics
import PipelineSyntax
import SourceText
import Text
import YAMLSyntax

/// The step kinds that steps may be of.
enum StepKinds {
  static var builtin: [StepKindDecl] {
    Builtins.paths.filter { $0.hasPrefix("step-kinds/") }.compactMap { path in
      Builtins.file(path).flatMap { declaration(path, $0) }
    }
  }

  static func declaration(_ path: String, _ text: [UInt8]) -> StepKindDecl? {
    var ignored: [Diagnostic] = []
    let file = SourceFile(name: path, text: text)
    return YAMLReader.read(file, source: SourceID(index: 0), rules: .core, into: &ignored)
      .flatMap { StepKindDecl($0, into: &ignored) }
  }
}

/// The kind of copies that EMR's command runner starts (`command-runner.jar`, `s3-dist-cp …`): the
/// built-in `s3-dist-cp`, which starts the jar itself, with another jar and first argument.
struct LaunchedCopy {
  static let name = "s3-dist-cp-launched"
  static let otherName = "s3-dist-cp-command"

  let decl: StepKindDecl?
  private let source: String

  init() {
    let text = String(decoding: Builtins.file("step-kinds/s3-dist-cp.yml") ?? [], as: UTF8.self)
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    if let jar = lines.firstIndex(where: { $0.hasPrefix("jar:") }) { lines.removeSubrange(jar...) }
    lines.removeAll { $0.hasPrefix("# yaml-language-server:") }
    source = (lines + Self.end).joined(separator: "\n") + "\n"
    decl = StepKinds.declaration(
      "step-kinds/\(Self.name).yml", Array(Self.named(Self.name, source).utf8))
  }

  private static let end = [
    "# As EMR's command runner starts it. Without this file, the built-in kind of this name starts the",
    "# program's jar itself, which does the same.",
    "jar: command-runner.jar",
    "arguments:",
    "  - s3-dist-cp",
    "  - { options: parameters }",
  ]

  private static func named(_ name: String, _ source: String) -> String {
    source.replacing("step-kind: s3-dist-cp\n", with: "step-kind: \(name)\n")
  }

  func text(named name: String) -> [UInt8] { Array(Self.named(name, source).utf8) }
}
