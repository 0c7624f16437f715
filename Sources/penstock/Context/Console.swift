import CommandLineSyntax
import Host
import DiagnosticRendering
import Diagnostics
import Platform
import SourceText
import Values

/// Where a command reports diagnostics: standard error, in the requested format.
struct Console: Sendable {
  var format: DiagnosticRenderer.Format = .text
  var isColored = false
  var isQuiet = false
  var isChatty = false

  /// For a valid command line.
  init(_ invocation: Invocation) {
    format = invocation[.diagnostics].flatMap { .init(rawValue: $0.value) } ?? .text
    isColored = Self.isColored(invocation[.color]?.value)
    isQuiet = invocation.has(.quiet)
    isChatty = invocation.has(.verbose)
    PendingReport.begin(format)
  }

  /// For an invalid command line: uses its format options, as far as they are valid.
  init(arguments: [String]) {
    for (index, argument) in arguments.enumerated() {
      let next = index + 1 < arguments.count ? arguments[index + 1] : ""
      let name = "--" + Option.diagnostics.long
      let value = argument == name ? next : String(argument.dropFirst(name.count + 1))
      guard argument.hasPrefix(name) else { continue }
      format = .init(rawValue: value) ?? format
    }
    isColored = Self.isColored(nil)
    PendingReport.begin(format)
  }

  /// `auto`: on a terminal, unless NO_COLOR is set to any value (no-color.org).
  static func isColored(_ choice: String?, on file: Int32 = STDERR_FILENO) -> Bool {
    switch choice {
    case "always": true
    case "never": false
    default:
      (Environment.value("NO_COLOR") ?? "").isEmpty && Environment.value("TERM") != "dumb"
        && Output.isTerminal(file)
    }
  }

  /// The cells of a terminal, or the usual ones of one that doesn't know; nil for anything else.
  static func size(of file: Int32) -> (width: Int, height: Int)? {
    guard Output.isTerminal(file) else { return nil }
    var size = winsize()
    let isKnown = ioctl(file, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0
    return isKnown ? (Int(size.ws_col), Int(size.ws_row)) : (80, 24)
  }

  /// - Parameter tellingAll: whether to report information even without `--verbose`.
  func report(_ diagnostics: [Diagnostic], _ sources: SourceSet, tellingAll: Bool = false) {
    let shown = shown(diagnostics, tellingAll: tellingAll).map(\.namingTheProgram)
    guard !format.isDocument else { return PendingReport.add(shown, sources) }
    Output.report(
      DiagnosticRenderer.render(shown, sources: sources, format: format, color: isColored))
  }

  /// A command's answer as JSON, with the diagnostics that it would report.
  func document(
    _ members: [(name: String, value: Value)], _ diagnostics: [Diagnostic], _ sources: SourceSet,
    tellingAll: Bool = false
  ) -> [UInt8] {
    let shown = shown(diagnostics, tellingAll: tellingAll).sortedAndUnique()
    let counts = [("errors", Severity.error), ("warnings", .warning)].map { name, severity in
      (name: name, value: Value.int(Int64(shown.count { $0.severity == severity })))
    }
    return DiagnosticRenderer.document(
      members + counts, shown.map(\.namingTheProgram), sources: sources)
  }

  /// The diagnostics to report with these options.
  func shown(_ diagnostics: [Diagnostic], tellingAll: Bool = false) -> [Diagnostic] {
    diagnostics.filter { diagnostic in
      switch diagnostic.severity {
      case .error: true
      case .warning: !isQuiet
      case .information: (isChatty || tellingAll) && !isQuiet
      }
    }
  }
}

extension Diagnostic {
  /// With the commands that it quotes under the name that the program was called by.
  fileprivate var namingTheProgram: Diagnostic {
    var diagnostic = self
    diagnostic.message = ProgramName.naming(message)
    diagnostic.hint = hint.map(ProgramName.naming)
    diagnostic.notes = notes.map { Note(ProgramName.naming($0.message), at: $0.span) }
    return diagnostic
  }
}
