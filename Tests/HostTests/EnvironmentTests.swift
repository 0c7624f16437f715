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

  /// A lacking HOME is looked up by the user's number, which no other field has to match.
  @Test func theUsersEntryHasTheHome() {
    let passwd = """
      root:x:0:0:root:/root:/bin/bash
      # 1000:x:1:1
      short:x:1000
      etl:x:1000:0:ETL,,1001:/srv/etl:/bin/sh
      etl:x:1000:0::/other:/bin/sh
      relative:x:1001:1001::srv:/bin/sh
      """
    func home(_ user: UInt32) -> String? {
      Environment.home(of: user, in: Array(passwd.utf8))
    }
    #expect(home(0) == "/root" && home(1000) == "/srv/etl")
    #expect(home(1001) == nil && home(1) == nil && home(100) == nil)
    let entries = (try? Files.read("/etc/passwd")) ?? []
    #expect(
      Environment.home(of: getuid(), in: entries)
        == getpwuid(getuid()).flatMap { String(validatingCString: $0.pointee.pw_dir) })
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
