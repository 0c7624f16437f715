import Text
import Synchronization
import Values

/// The time zones that expressions name, from the zone files its creator provides.
///
/// A file is read once, when an expression first names its zone, so a compilation sees one state of
/// it.
package final class TimeZones: Sendable {
  /// What looking up a zone's name found.
  package enum File: Sendable {
    /// Its rules, as RFC 9636 writes them (TZif).
    case rules([UInt8])
    case unknownName
    /// There are no zone files at all; says why.
    case unavailable(String)
  }

  /// Has no zones.
  package static let none = TimeZones { _ in .unavailable("no time zone files are available") }

  private let file: @Sendable (_ name: String) -> File
  private let known = Mutex<[String: Result<ZoneRules, EvaluationError>]>([:])

  package init(_ file: @escaping @Sendable (_ name: String) -> File) { self.file = file }

  /// How many seconds local time is ahead of UTC at a given time.
  func offset(_ zone: String, at seconds: Int64) throws(EvaluationError) -> Int64 {
    if let offset = Time.fixedOffset(zone) { return offset }
    let rules = known.withLock { known in
      if let rules = known[zone] { return rules }
      let rules = read(zone)
      known[zone] = rules
      return rules
    }
    return try rules.get().offset(at: seconds)
  }

  private func read(_ zone: String) -> Result<ZoneRules, EvaluationError> {
    let problem: String
    if Self.isName(zone) {
      switch file(zone) {
      case .rules(let bytes):
        if let rules = ZoneRules(bytes) { return .success(rules) }
        problem = "the system's file for time zone `\(zone)` cannot be read"
      case .unknownName: problem = "there is no time zone `\(zone)`"
      case .unavailable(let reason):
        problem = "the time zone `\(zone)` cannot be looked up: \(reason)"
      }
    } else {
      problem = "there is no time zone `\(zone)`"
    }
    return .failure(
      EvaluationError(
        problem, hint: "give a name such as `Europe/Berlin`, or an offset such as `+02:00`"))
  }

  /// Whether it can be a name in the time zone database; other names are never looked up as files.
  private static func isName(_ zone: String) -> Bool {
    zone.utf8.count <= 64
      && zone.utf8.split(separator: .slash, omittingEmptySubsequences: false).allSatisfy { part in
        part.first.map { $0 | 0x20 >= UInt8(ascii: "a") && $0 | 0x20 <= UInt8(ascii: "z") } ?? false
          && part.allSatisfy { byte in
            switch byte {
            case UInt8.digits, UInt8.uppercase, UInt8.lowercase, .plus, .hyphen, .underscore: true
            default: false
            }
          }
      }
  }
}
