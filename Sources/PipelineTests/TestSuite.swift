package import Compiler
package import Diagnostics
package import Expressions
package import Host
package import PlanFormat
package import SourceText
import Values

/// What tests are run with.
package struct TestWorld: Sendable {
  package var disk: any FileTree
  package var sandbox: any SandboxRunner
  /// A plan as `plan` shows it, without colours.
  package var planText: @Sendable (Plan) -> String
  /// Whether files of snapshots are to be written.
  package var updates = false
  /// Whether it is noted what tests cover.
  package var covers = false

  package init(
    disk: any FileTree, sandbox: any SandboxRunner,
    planText: @escaping @Sendable (Plan) -> String
  ) {
    self.disk = disk
    self.sandbox = sandbox
    self.planText = planText
  }
}

/// A file of tests with its pipeline, ready to run.
package struct TestSuite: Sendable {
  package let test: TestFile
  /// The file of tests is the first.
  package let sources: SourceSet
  package let prepared: PreparedPipeline
  /// The pipeline's path, or the name of a built-in one.
  package let pipeline: String

  /// - Parameter parsed: the pipeline, with the file of tests as its command line.
  package init(_ test: TestFile, _ sources: SourceSet, _ parsed: Parsed, pipeline: String) {
    self.test = test
    self.sources = sources
    self.pipeline = pipeline
    prepared = PreparedPipeline(parsed)
  }

  /// Runs one of its tests.
  package func run(_ index: Int, in world: TestWorld) async -> TestResult {
    await TestRun(self, test.tests[index], world).run()
  }
}

/// An expectation that isn't met, or a mistake in a test.
package struct TestFailure: Sendable {
  /// Its place is in the file of tests.
  package var diagnostic: Diagnostic
  /// Lines that begin with `-` (expected), `+` (what came out) or a blank.
  package var difference: [String] = []

  /// With the difference in a note, for formats that have nothing else.
  package var fullDiagnostic: Diagnostic {
    guard !difference.isEmpty else { return diagnostic }
    var full = diagnostic
    full.notes.append(Diagnostic.Note(difference.joined(separator: "\n")))
    return full
  }
}

/// What became of a test.
package struct TestResult: Sendable {
  package var name: String
  package var failures: [TestFailure] = []
  /// Files of snapshots to write.
  package var snapshots: [(path: String, text: [UInt8])] = []
  /// What it came across; places are in the sources of `PreparedPipeline`.
  package var outcomes: [Span: CoverageRecord.Outcomes] = [:]

  package init(name: String) { self.name = name }

  package var hasPassed: Bool { failures.isEmpty }
}
