import CommandLineSyntax
import Compiler
import Diagnostics
import Formatting
import Host
import Platform
import SourceText
import Text
import Values

/// `penstock fmt [PATH…]`: lays out pipelines, step kinds and configurations.
enum FmtCommand {
  static func run(_ context: CommandContext) -> ExitStatus {
    let arguments =
      [context.invocation.argument, context.invocation.secondArgument].compactMap { $0 }
      + context.invocation.moreArguments
    var search = FormatSearch()
    for argument in arguments { search.add(argument.value, at: argument.span) }
    if arguments.isEmpty { search.add(".", at: nil) }
    var status: ExitStatus = .success
    if !search.diagnostics.isEmpty {
      context.console.report(search.diagnostics, context.sources)
      status = .failure
    }
    for path in search.paths {
      if format(path, context) != .success { status = .failure }
    }
    return status
  }

  private static func format(_ path: FormatSearch.Path, _ context: CommandContext) -> ExitStatus {
    let text: [UInt8]
    do throws(FileFailure) {
      text = try path.isStandardInput ? Files.readStandardInput() : Files.read(path.name)
    } catch {
      return context.refuse([.unreadableFile(path.name, error.reason, at: path.span)], .failure)
    }
    if path.isFound, !FormatSearch.isOurs(path.name, text) { return .success }
    let name = path.isStandardInput ? "<stdin>" : path.name
    var sources = context.sources
    let source = sources.add(SourceFile(name: name, text: text))
    var diagnostics: [Diagnostic] = []
    let formatted = Formatter.format(text, name: name, source: source, into: &diagnostics)
    if !diagnostics.isEmpty {
      sources.hideSecrets(SecretText.ranges(in: text), in: source, diagnostics)
      context.console.report(diagnostics, sources)
    }
    guard let formatted else { return .failure }
    return write(formatted, of: path, insteadOf: text, named: name, context)
  }

  private static func write(
    _ formatted: [UInt8], of path: FormatSearch.Path, insteadOf text: [UInt8], named name: String,
    _ context: CommandContext
  ) -> ExitStatus {
    let isChecking = context.invocation.has(.check)
    let isShowing = context.invocation.has(.differences)
    let isQuiet = context.invocation.has(.quiet)
    if !isChecking, !isShowing, path.isStandardInput { return context.write(formatted) }
    guard formatted != text else { return .success }
    if isChecking || isShowing {
      var told = isChecking && !isQuiet ? name + "\n" : ""
      if isShowing { told += LineDiff(text, formatted).unified(name, name) }
      let written = context.write(told)
      return isChecking ? .failure : written
    }
    do throws(FileFailure) {
      try Output.replace(path.name, with: formatted)
    } catch {
      return context.refuse([.outputFailed(path.name, error.reason, at: path.span)], .failure)
    }
    return isQuiet ? .success : context.write(name + "\n")
  }
}

/// Which files a command line names.
struct FormatSearch {
  struct Path {
    var name: String
    var span: Span?
    /// Whether a folder was named and not the file itself.
    var isFound = false
    var isStandardInput = false
  }

  private(set) var paths: [Path] = []
  private(set) var diagnostics: [Diagnostic] = []

  mutating func add(_ name: String, at span: Span?) {
    if name == "-" {
      paths.append(Path(name: name, span: span, isStandardInput: true))
    } else if Files.isFolder(name) {
      search(name, at: span)
    } else if Self.otherEndings.contains(where: name.hasSuffix) {
      diagnostics.append(.notFormatted(name, at: span))
    } else {
      paths.append(Path(name: name, span: span))
    }
  }

  private static let endings = [".yml", ".yaml"]
  private static let otherEndings = [".json", ".hocon", ".conf"]

  /// Looks in a folder and those below it, but not in hidden ones, nor through links to folders.
  private mutating func search(_ folder: String, at span: Span?) {
    let names: [String]
    do throws(FileFailure) {
      names = try Files.names(in: folder, withEnding: "")
    } catch {
      diagnostics.append(.unreadableFile(folder, error.reason, at: span))
      return
    }
    for name in names {
      let path = folder == "." ? name : Files.join(folder, name)
      if Files.isFolder(path) {
        if !Self.isLink(path) { search(path, at: span) }
      } else if Self.endings.contains(where: name.hasSuffix), Files.isFile(path) {
        paths.append(Path(name: path, span: span, isFound: true))
      }
    }
  }

  private static func isLink(_ path: String) -> Bool {
    var status = stat()
    return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFLNK
  }

  /// Whether a file in a folder is one of Penstock's: it has a member `penstock`, or is a
  /// `config.yml`.
  static func isOurs(_ path: String, _ text: [UInt8]) -> Bool {
    let name = path.split(separator: "/").last.map(String.init) ?? path
    return FormatKind(of: text) != .config || endings.contains { name == "config" + $0 }
  }
}
