import Foundation
import Host
import Testing
import Values

@Suite struct EnvironmentTests {
  @Test func variablesAreTheProcesss() {
    let all = Environment.all()
    #expect(all == ProcessInfo.processInfo.environment)
    #expect(!all.isEmpty)
    for (name, value) in all { #expect(Environment.value(name) == value, "\(name)") }
    #expect(Environment.value("PENSTOCK_NO_SUCH_VARIABLE") == nil)
  }

  @Test func theClockIsTheMachines() {
    let difference = Double(Clock.now().seconds) - Date().timeIntervalSince1970
    #expect(abs(difference) < 60)
    #expect((0..<1_000_000_000).contains(Clock.now().nanoseconds))
  }

  @Test(arguments: [0, 1_772_341_567, 1_783_000_000] as [Int64])
  func theZoneIsTheMachines(seconds: Int64) {
    let moment = Value.Timestamp(seconds: seconds, nanoseconds: 0)
    let date = Date(timeIntervalSince1970: Double(seconds))
    #expect(Clock.utcOffset(at: moment) == TimeZone.current.secondsFromGMT(for: date))
  }

  @Test func failuresAreInTheSystemsWords() {
    let reasons = [ENOENT, EACCES, EPERM, EISDIR, ENOTDIR, ENOSPC].map {
      FileFailure(number: $0).reason
    }
    #expect(
      reasons == [
        "there is no such file or folder", "permission denied", "permission denied",
        "it is a folder", "it is not a folder", "No space left on device",
      ])
  }

  @Test func otherProgramsAreNamedPenstock() {
    #expect(ProgramName.current == "penstock" && !ProgramName.isRunner)
    #expect(ProgramName.version == "penstock \(Version.text)")
  }
}
