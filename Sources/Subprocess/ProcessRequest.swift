/// A program to run: its arguments, its name first, and how many seconds it has.
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
  /// It could not be started: why.
  case notStarted(String)
  case timedOut
  /// It wrote more than it may.
  case tooMuchOutput
}

/// What a program that was waited for left.
package struct EndedProcess: Hashable, Sendable {
  package var status: Int32
  package var output: [UInt8]
  package var errors: [UInt8]
}
