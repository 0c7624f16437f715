package import Subprocess

/// What the search for credentials needs from the machine; tests pass their own.
package struct SystemAccess: Sendable {
  /// The environment's variables.
  package var variables: [String: String]
  /// A file's bytes; nil if it can't be read.
  package var readFile: @Sendable (_ path: String) -> [UInt8]?
  /// Runs a program without a shell and returns its output.
  package var run: @Sendable (_ program: ProcessRequest) async -> ProcessResult

  package init(
    variables: [String: String], readFile: @escaping @Sendable (String) -> [UInt8]?,
    run: @escaping @Sendable (ProcessRequest) async -> ProcessResult = ProcessRunner.run
  ) {
    self.variables = variables
    self.readFile = readFile
    self.run = run
  }

  /// A variable's value, if it is set and not empty.
  package func variable(_ name: String) -> String? {
    variables[name].flatMap { $0.isEmpty ? nil : $0 }
  }

  /// A path whose leading `~` is the home folder.
  package func expanded(_ path: String) -> String {
    guard path == "~" || path.hasPrefix("~/"), let home = variable("HOME") else { return path }
    return home + path.dropFirst()
  }
}
