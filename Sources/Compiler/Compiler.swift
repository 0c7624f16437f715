package import Diagnostics
package import PipelineIR
package import SourceText
package import Values

/// A file that a run takes, as it was read.
package struct InputFile: Sendable {
  /// The name of the pipeline's input that it is for.
  package var role: String
  package var file: SourceFile

  package init(role: String, file: SourceFile) {
    self.role = role
    self.file = file
  }
}

/// What the command line says about a compilation.
package struct CompilerOptions: Sendable {
  package var debug = false
  package var resumeFrom: String?
  package var skip: [String] = []
  package var include: [String] = []
  package var persistent = false
  package var persistentMinutes = 0
  package var runID: String?
  package var runTime: Value.Timestamp
  package var utcOffsetSeconds: Int
  package var strict = false
  package var revealSecrets = false
  package var allowed: [DiagnosticCode] = []
  package var warned: [DiagnosticCode] = []

  package init(runTime: Value.Timestamp, utcOffsetSeconds: Int) {
    self.runTime = runTime
    self.utcOffsetSeconds = utcOffsetSeconds
  }
}

/// Everything that a compilation reads.
package struct CompilerInput: Sendable {
  package var pipeline: SourceFile
  package var files: [InputFile]
  package var environment: [String: String]
  package var facts: SourceFile?
  package var options: CompilerOptions

  package init(
    pipeline: SourceFile, files: [InputFile], environment: [String: String], facts: SourceFile?,
    options: CompilerOptions
  ) {
    self.pipeline = pipeline
    self.files = files
    self.environment = environment
    self.facts = facts
    self.options = options
  }
}

/// What a compilation can be written as.
package enum Emit: String, Sendable, CaseIterable {
  case jobFlow = "job-flow"
  case requests, plan, ir
}

/// One thing that a pass added, dropped or changed, and why.
package struct Explanation: Hashable, Sendable {
  package enum Change: String, Sendable {
    case added, dropped, changed, kept
  }

  package var pass: String
  package var subject: String
  package var change: Change
  package var reason: String
  package var span: Span?
}

package struct CompilerResult: Sendable {
  package var diagnostics: [Diagnostic] = []
  package var sources = SourceSet()
  package var exitStatus: Int32 = 1
  package var explanations: [Explanation] = []
  package var program: Program?

  package func write(_ emit: Emit, pretty: Bool, to sink: ([UInt8]) -> Void) {}
}

package enum Compiler {
  package static func compile(_ input: CompilerInput) -> CompilerResult { CompilerResult() }
  package static func check(_ input: CompilerInput) -> CompilerResult { CompilerResult() }
}
