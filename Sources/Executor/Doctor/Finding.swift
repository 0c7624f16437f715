/// One thing that a run would meet on this machine or at AWS.
package struct Finding: Hashable, Sendable {
  package enum Level: String, Hashable, Sendable, CaseIterable {
    case ok
    /// It can't be known beforehand, or was not asked.
    case unknown
    /// A run may go wrong.
    case warning
    /// A run can't go well.
    case problem
  }

  /// `credentials`, `journal`, …
  package var area: String
  package var level: Level
  package var text: String
  /// What to do; nil if there is nothing to do.
  package var advice: String?

  package init(_ area: String, _ level: Level, _ text: String, advice: String? = nil) {
    self.area = area
    self.level = level
    self.text = text
    self.advice = advice
  }
}
