import CommandLineSyntax
import Diagnostics
import Host
import PipelineTests
import Platform
import SourceText

/// Finds files of tests.
struct TestFinder {
  private(set) var files: [(file: SourceFile, path: String)] = []
  private(set) var diagnostics: [Diagnostic] = []
  /// How deep folders are looked into.
  private static let depthLimit = 64

  /// - Parameter paths: files, and folders to look in; none: this folder.
  init(_ paths: [Invocation.Text], end: Span) {
    for path in paths {
      if Files.isFolder(path.value) {
        look(in: path.value, depth: 0)
      } else {
        read(path.value, at: path.span)
      }
    }
    if paths.isEmpty { look(in: "", depth: 0) }
    if files.isEmpty, diagnostics.isEmpty {
      diagnostics.append(
        .testsNotFound(
          in: paths.isEmpty ? ["."] : paths.map(\.value), at: paths.first?.span))
    }
  }

  private mutating func read(_ path: String, at span: Span?) {
    guard !files.contains(where: { $0.path == path }) else { return }
    do throws(FileFailure) {
      files.append((SourceFile(name: path, text: try Files.read(path)), path))
    } catch {
      diagnostics.append(.unreadableFile(path, error.reason, at: span))
    }
  }

  /// Links to folders aren't followed: they may lead in a circle.
  private static func isLink(_ path: String) -> Bool {
    var status = stat()
    return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFLNK
  }

  private mutating func look(in folder: String, depth: Int) {
    let place = folder.isEmpty ? "." : folder
    guard depth < Self.depthLimit, let names = try? Files.names(in: place, withEnding: "") else {
      return
    }
    let isOfTests = folder.split(separator: "/").last.map(String.init) == "tests"
    for name in names {
      let path = folder.isEmpty ? name : Files.join(folder, name)
      if Files.isFolder(path) {
        if Self.isLink(path) { continue }
        if name != "node_modules" { look(in: path, depth: depth + 1) }
      } else if name.hasSuffix(".test.yml") || name.hasSuffix(".test.yaml") {
        read(path, at: nil)
      } else if isOfTests, name.hasSuffix(".yml") || name.hasSuffix(".yaml"),
        let text = try? Files.read(path), TestFile.isOne(SourceFile(name: path, text: text))
      {
        read(path, at: nil)
      }
    }
  }
}
