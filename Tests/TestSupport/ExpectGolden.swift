import Foundation
package import Testing

/// Expects bytes to be those of Tests/Goldens/PATH. With PENSTOCK_RECORD=1 the file is written
/// instead, and the test fails, so that recording never passes as a test.
package func expectGolden(
  _ actual: [UInt8], _ path: String,
  sourceLocation: Testing.SourceLocation = #_sourceLocation
) {
  let file = Locations.repository.appending(path: "Tests/Goldens/\(path)")
  let golden = (try? Locations.bytes(file)) ?? nil
  if golden == actual { return }
  if ProcessInfo.processInfo.environment["PENSTOCK_RECORD"] == "1" {
    do {
      try FileManager.default.createDirectory(
        at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(actual).write(to: file)
      Issue.record("recorded \(path)", sourceLocation: sourceLocation)
    } catch {
      Issue.record("cannot record \(path): \(error)", sourceLocation: sourceLocation)
    }
    return
  }
  guard let golden else {
    Issue.record("there is no golden \(path)", sourceLocation: sourceLocation)
    return
  }
  Issue.record(
    "\(path) differs: \(firstDifference(golden, actual))", sourceLocation: sourceLocation)
}

package func expectGolden(
  _ actual: String, _ path: String,
  sourceLocation: Testing.SourceLocation = #_sourceLocation
) {
  expectGolden(Array(actual.utf8), path, sourceLocation: sourceLocation)
}

private func firstDifference(_ golden: [UInt8], _ actual: [UInt8]) -> String {
  let wanted = golden.split(separator: 0x0A, omittingEmptySubsequences: false)
  let given = actual.split(separator: 0x0A, omittingEmptySubsequences: false)
  let line = zip(wanted, given).prefix { $0 == $1 }.count
  func text(_ lines: [ArraySlice<UInt8>]) -> String {
    line < lines.count ? String(decoding: lines[line], as: UTF8.self) : "(end of text)"
  }
  return "line \(line + 1):\n  golden: \(text(wanted))\n  actual: \(text(given))"
}
