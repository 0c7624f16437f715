import Host
import Expressions

/// The system's time zone files.
enum ZoneFiles {
  /// Where systems have them; `TZDIR` takes precedence, as for the C library.
  private static let folders = [
    "/usr/share/zoneinfo", "/usr/lib/zoneinfo", "/usr/share/lib/zoneinfo", "/etc/zoneinfo",
  ]

  static let all = TimeZones { lookUp($0) }

  static func lookUp(_ name: String) -> TimeZones.File {
    let candidates = Environment.value("TZDIR").map { [$0] } ?? folders
    guard let folder = candidates.first(where: Files.isFolder) else {
      return .unavailable(
        "the system has no zoneinfo in \(candidates.joined(separator: ", ")), which the package `tzdata` provides"
      )
    }
    let path = Files.join(folder, name)
    guard Files.isFile(path) else { return .unknownName }
    do throws(FileFailure) {
      return .rules(try Files.read(path))
    } catch {
      return .unavailable("`\(path)`: \(error.reason)")
    }
  }
}
