import Compiler
package import Diagnostics
package import Expressions
package import Host
package import SourceText
import Text
import Values

extension TestSuite {
  /// A file of tests as read: ready to run, or with what is wrong with it.
  package struct Reading: Sendable {
    package var suite: TestSuite?
    package var diagnostics: [Diagnostic] = []
    package var sources = SourceSet()
  }

  package static func read(
    _ file: SourceFile, path: String, on disk: any FileTree, timeZones: TimeZones
  ) -> Reading {
    var reading = Reading()
    guard
      let test = TestFile(
        file, path: path, sources: &reading.sources, into: &reading.diagnostics),
      !reading.diagnostics.hasErrors,
      let (pipeline, name, folder) = pipeline(of: test, on: disk, into: &reading.diagnostics)
    else { return reading }
    var input = CompilerInput(
      pipeline: pipeline, files: [], environment: [:], facts: nil,
      options: CompilerOptions(
        runTime: Value.Timestamp(seconds: 0, nanoseconds: 0), utcOffsetSeconds: 0))
    input.commandLine = file
    input.timeZones = timeZones
    let parsed = parse(input, folder: folder, on: disk, test, into: &reading.diagnostics)
    guard !reading.diagnostics.hasErrors else { return reading }
    let suite = TestSuite(test, reading.sources, parsed, pipeline: name)
    // What is wrong with the pipeline itself would fail every test in the same way.
    if suite.prepared.diagnostics.hasErrors {
      reading.diagnostics = suite.prepared.diagnostics.filter { $0.severity == .error }
      reading.sources = suite.prepared.sources
    } else {
      reading.suite = suite
    }
    return reading
  }

  /// The pipeline, its path or name, and its folder.
  private static func pipeline(
    of test: TestFile, on disk: any FileTree, into diagnostics: inout [Diagnostic]
  ) -> (file: SourceFile, name: String, folder: String)? {
    let written = test.pipeline.value
    let path = test.besides(written)
    if disk.isFile(path) {
      do throws(FileFailure) {
        let text = try disk.read(path)
        // With a slash, so that it is never taken for a built-in one's name.
        let name = path.utf8.contains(UInt8(ascii: "/")) ? path : "./" + path
        return (SourceFile(name: path, text: text), name, Files.folder(of: path))
      } catch {
        diagnostics.append(.testFileMissing(written, error.reason, at: test.pipeline.span))
        return nil
      }
    }
    if let text = BuiltinPipelines.text(of: written) {
      let name = "<builtin>/" + BuiltinPipelines.path(of: written)
      return (SourceFile(name: name, text: text), written, "")
    }
    let beside =
      (try? disk.names(
        in: Files.folder(of: test.path).isEmpty ? "." : Files.folder(of: test.path),
        withEnding: ".yml")) ?? []
    diagnostics.append(
      .testsOfNothing(
        written, among: BuiltinPipelines.names + beside, at: test.pipeline.span))
    return nil
  }

  /// Reads the pipeline and the files beside it that it needs.
  private static func parse(
    _ input: CompilerInput, folder: String, on disk: any FileTree, _ test: TestFile,
    into diagnostics: inout [Diagnostic]
  ) -> Parsed {
    var parsing = Parsing(input)
    while true {
      switch parsing.next() {
      case .done(let parsed): return parsed
      case .needs(let requests):
        for request in requests {
          do throws(FileFailure) {
            parsing.learn(request, try files(request, folder, disk))
          } catch {
            diagnostics.append(
              .testFileMissing(test.pipeline.value, error.reason, at: test.pipeline.span))
            parsing.learn(request, [])
          }
        }
      }
    }
  }

  private static func files(
    _ request: FileRequest, _ folder: String, _ disk: any FileTree
  ) throws(FileFailure) -> [SourceFile] {
    switch request {
    case .stepKinds:
      let path = folder + "step-kinds"
      guard disk.isFolder(path) else { return [] }
      var found: [SourceFile] = []
      for name in try disk.names(in: path, withEnding: ".yml") {
        let path = Files.join(path, name)
        found.append(SourceFile(name: path, text: try disk.read(path)))
      }
      return found
    case .used(let path), .schema(let path):
      guard !path.contains("://") else { return [] }
      let path = path.hasPrefix("/") ? path : folder + path
      return disk.isFile(path) ? [SourceFile(name: path, text: try disk.read(path))] : []
    }
  }
}
