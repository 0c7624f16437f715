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

/// Other ways to start a copy than that of the built-in kind `s3-dist-cp`, which starts the
/// program's jar with `--src VALUE`: by EMR's command runner, and with `--src=VALUE`. Each is a
/// kind beside the pipeline, the built-in one with another jar or other arguments.
struct CopyKind: Sendable {
  static let builtinName = "s3-dist-cp"

  let decl: StepKindDecl
  private let text: String

  static let all: [CopyKind] = [(true, true), (true, false), (false, true)].compactMap {
    CopyKind(isLaunched: $0, isJoined: $1)
  }

  private init?(isLaunched: Bool, isJoined: Bool) {
    let builtin = String(decoding: Builtins.file("step-kinds/s3-dist-cp.yml") ?? [], as: UTF8.self)
    var lines = builtin.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    guard let jar = lines.firstIndex(where: { $0.hasPrefix("jar:") }),
      let arguments = lines.firstIndex(of: "arguments:")
    else { return nil }
    let own = lines[jar..<arguments]
    lines.removeSubrange(jar...)
    lines.removeAll { $0.hasPrefix("# yaml-language-server:") }
    lines.append(
      "# As the imported job flow starts it. Without this file, the built-in kind does: the same, by"
    )
    lines.append("# other arguments.")
    lines += isLaunched ? ["jar: command-runner.jar"] : Array(own)
    lines.append("arguments:")
    if isLaunched { lines.append("  - s3-dist-cp") }
    lines.append(
      isJoined ? "  - { options: parameters, join: \"=\" }" : "  - { options: parameters }")
    text = lines.joined(separator: "\n") + "\n"
    let name = "s3-dist-cp-\(isLaunched ? "launched" : "started")-\(isJoined ? "joined" : "apart")"
    let named = Self.named(name, text)
    guard let decl = StepKinds.declaration("step-kinds/\(name).yml", Array(named.utf8)) else {
      return nil
    }
    self.decl = decl
  }

  private static func named(_ name: String, _ text: String) -> String {
    text.replacing("step-kind: s3-dist-cp\n", with: "step-kind: \(name)\n")
  }

  func text(named name: String) -> [UInt8] { Array(Self.named(name, text).utf8) }

  /// What each kind in use is called: the first has the built-in one's name, unless that is in use.
  static func names(_ used: Set<String>) -> [String: String] {
    var names: [String: String] = [:]
    var free = [builtinName, "s3-dist-cp-command", "s3-dist-cp-other", "s3-dist-cp-more"]
    if used.contains(builtinName) { free.removeFirst() }
    for kind in all where used.contains(kind.decl.name.value) {
      names[kind.decl.name.value] = free.removeFirst()
    }
    return names
  }
}
