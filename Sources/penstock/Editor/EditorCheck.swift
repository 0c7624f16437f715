import CommandLineSyntax
import Diagnostics
import Host
import LanguageServer
import Platform
import SourceText
import Values

/// `penstock lsp --check`: what an editor would show for files, or for all of a folder.
struct EditorCheck {
  let context: CommandContext
  let server: Server

  func run() -> ExitStatus {
    let path = context.invocation.argument?.value ?? "."
    let working = Self.workingFolder
    let whole = path.hasPrefix("/") ? path : Files.join(working, path)
    guard Files.isFolder(whole) || Files.isFile(whole) else {
      return context.refuse(
        [
          .unreadableFile(
            path, "there is no such file or folder", at: context.invocation.argument?.span)
        ], .failure)
    }
    var paths: [String] = []
    if Files.isFolder(whole) {
      collect(path == "." ? working : whole, depth: 0, into: &paths)
    } else {
      paths = [whole]
    }
    let (found, count) = server.check(paths, root: Files.join(working, ""))
    return report(found, count)
  }

  private static var workingFolder: String {
    guard let folder = getcwd(nil, 0) else { return "/" }
    defer { free(folder) }
    return String(cString: folder)
  }

  /// The files of a folder and those in it that may be pipelines or inputs.
  private func collect(_ folder: String, depth: Int, into paths: inout [String]) {
    guard depth < 12, let names = try? Files.names(in: folder, withEnding: "") else { return }
    for name in names {
      let path = Files.join(folder, name)
      if Files.isFolder(path) {
        if name != "node_modules" { collect(path, depth: depth + 1, into: &paths) }
      } else if [".yml", ".yaml", ".json"].contains(where: { name.hasSuffix($0) }) {
        paths.append(path)
      }
    }
  }

  private func report(_ found: [Server.Found], _ count: Int) -> ExitStatus {
    let isValid = !found.contains { $0.diagnostics.hasErrors }
    if context.invocation[.format]?.value == "json" {
      var sources = SourceSet()
      var diagnostics: [Diagnostic] = []
      for one in found {
        let ids = sources.add(allOf: one.sources)
        diagnostics += one.diagnostics.map { $0.moved(to: ids) }
      }
      let written = context.write(
        context.console.document(
          [("files", .int(Int64(count))), ("valid", .bool(isValid))],
          diagnostics.sortedAndUnique(), sources))
      return written == .success && !isValid ? .failure : written
    }
    for one in found { context.console.report(one.diagnostics, one.sources) }
    if context.console.isChatty { Output.report("\(count) file\(count == 1 ? "" : "s") checked\n") }
    return isValid ? .success : .failure
  }
}
