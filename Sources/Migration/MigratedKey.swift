package import SourceText

/// Where a key of an older file went.
package struct MigratedKey: Sendable {
  package enum Fate: Sendable, Hashable {
    /// To a key of the new configuration, with everything below it.
    case carried(to: String)
    /// A key of the new configuration has another value instead, which a diagnostic says.
    case changed(to: String)
    /// To a part of another file: its path, and dot-separated keys in it.
    case file(String, at: String)
    /// To the configuration's own key, which has the same value: it is a companion's.
    case same(as: String)
    /// Nowhere, which a diagnostic says.
    case dropped
    /// It had no value.
    case empty
  }

  /// The file.
  package var source: SourceID
  /// Dot-separated keys; `[2]` is an item of a list.
  package var path: String
  /// The place of the key.
  package var span: Span
  package var fate: Fate
}
