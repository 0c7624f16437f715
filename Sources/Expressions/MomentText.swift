package import Values

/// Moments in texts, as they are given from outside.
package enum MomentText {
  /// RFC 3339; nil for anything else.
  package static func time(_ text: String) -> Value.Timestamp? { try? Time.moment(of: text) }

  /// The start of a day in UTC: `2026-03-01`; nil for anything else.
  package static func date(_ text: String) -> Value.Timestamp? {
    text.utf8.count == 10 ? time(text + "T00:00:00Z") : nil
  }
}
