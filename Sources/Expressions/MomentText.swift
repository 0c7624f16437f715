package import Values

/// Moments in texts, as they are given from outside.
package enum MomentText {
  /// RFC 3339; nil for anything else.
  package static func time(_ text: String) -> Value.Timestamp? { try? Time.moment(of: text) }

  /// A moment in a format of `formatTime`, in UTC; nil for a format that it hasn't.
  package static func text(_ moment: Value.Timestamp, _ format: String) -> String? {
    try? TimeFormat.text(moment, format)
  }

  /// The start of a day in UTC: `2026-03-01`; nil for anything else.
  package static func date(_ text: String) -> Value.Timestamp? {
    text.utf8.count == 10 ? time(text + "T00:00:00Z") : nil
  }
}
