/// A program to run: its arguments, starting with its name, and its timeout in seconds.
package struct ProcessRequest: Hashable, Sendable {
  package var arguments: [String]
  package var environment: [String: String]
  package var timeout: Double

  package init(arguments: [String], environment: [String: String], timeout: Double) {
    self.arguments = arguments
    self.environment = environment
    self.timeout = timeout
  }
}

package enum ProcessResult: Hashable, Sendable {
  case finished(status: Int32, output: [UInt8])
  /// It could not be started, and why.
  case notStarted(String)
  case timedOut
  /// It wrote more than the limit.
  case tooMuchOutput
}

/// The result of a program that was waited for.
package struct EndedProcess: Hashable, Sendable {
  package var status: Int32
  package var output: [UInt8]
  package var errors: [UInt8]
}
