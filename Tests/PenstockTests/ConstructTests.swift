import Compiler
import Foundation
import Targets
import TestSupport
import Testing

/// Each engine can do what data/targets/capabilities.yml says, and refuses the rest where the pipeline
/// asks for it.
@Suite struct ConstructTests {
  /// The engines whose documents are files.
  private static let engines: [Target] = [.airflow, .stepFunctions, .dataflowRunner]
  private static let capabilities = Capabilities(Builtins.file(Capabilities.path) ?? [])

  private static let config = """
    password: hunter2
    key: AKIAEXAMPLE
    """

  @Test func everyConstructHasACase() {
    #expect(
      ConstructCase.all.map(\.construct.rawValue).sorted()
        == Construct.allCases.map(\.rawValue).sorted())
  }

  @Test(arguments: Construct.allCases, engines)
  func isAsTheMatrixSays(construct: Construct, target: Target) throws {
    let test = try #require(ConstructCase.all.first { $0.construct == construct })
    let cell = try #require(Self.capabilities[construct, target])
    let (run, documents) = try Self.compile(test, target)
    let about = "\(construct) on \(target): \(run.errors)"
    switch cell.extent {
    case .all, .part, .dropped:
      #expect(run.status == 0, "\(about)")
      #expect(documents.count == target.documents.count, "\(about)")
      if let shown = test.showsInstead[target] ?? test.shows {
        #expect(documents.contains { $0.contains(shown) }, "no `\(shown)`: \(about)")
      }
      if cell.extent == .dropped {
        Self.expect("warning", cell, test, target, run.errors)
      } else {
        #expect(!run.errors.contains("target-lacks"), "\(about)")
      }
    case .none:
      #expect(run.status == 1 && documents.isEmpty, "\(about)")
      Self.expect("error", cell, test, target, run.errors)
      #expect(run.errors.contains("hint: \(cell.instead)"), "\(about)")
    }
    guard !cell.unless.isEmpty else { return }
    let (assumed, files) = try Self.compile(test, target, ["--target-option", cell.unless])
    #expect(assumed.status == 0 && files.count == target.documents.count, "\(assumed.errors)")
    Self.expect("warning", cell, test, target, assumed.errors)
  }

  private static func compile(
    _ test: ConstructCase, _ target: Target, _ more: [String] = []
  ) throws -> (Run, documents: [String]) {
    let scratch = try Scratch()
    try scratch.file("trial.yml", test.pipeline)
    try scratch.file("config.yml", config)
    try scratch.file("config.schema.json", #"{ "type": "object" }"#)
    let run = try Run(
      ["compile", "trial.yml", "-c", "config.yml", "--target", target.rawValue, "-o", "out/"]
        + test.arguments + more, folder: scratch.folder)
    let out = scratch.folder.appending(path: "out")
    let names = (try? FileManager.default.contentsOfDirectory(atPath: out.path)) ?? []
    let documents = try names.sorted().map {
      String(decoding: try Locations.bytes(out.appending(path: $0)), as: UTF8.self)
    }
    return (run, documents)
  }

  /// Expects the one diagnostic that says what the engine lacks, in the line that needs it.
  private static func expect(
    _ severity: String, _ cell: Capabilities.Cell, _ test: ConstructCase, _ target: Target,
    _ errors: String
  ) {
    let title = capabilities.rows.first { $0.name == test.construct.rawValue }?.title ?? ""
    let told = "\(severity)[target-lacks]: \(target.title) doesn't support \(title): \(cell.reason)"
    let found = errors.split(separator: "\n").filter { $0.contains("[target-lacks]") }
    #expect(found.count == 1 && found.allSatisfy { $0.hasSuffix(told) }, "\(errors)")
    guard let line = test.line else { return }
    #expect(
      found.allSatisfy { $0.hasPrefix("trial.yml:\(line):") }, "not in line \(line): \(errors)")
  }
}
