import AWSServices
package import Diagnostics
package import Executor
import Values

/// What becomes of the runs of a range of times.
package enum BackfillText {
  package struct Row: Sendable {
    package var time: String
    package var id: String
    /// What the journal knows; nil if that isn't told, or nothing.
    package var standing: RunOverview.Standing?
    /// What its run ended with; nil if it wasn't made.
    package var status: ExitStatus?
    package var words: String

    package init(
      time: String, id: String, standing: RunOverview.Standing? = nil, status: ExitStatus? = nil,
      words: String
    ) {
      self.time = time
      self.id = id
      self.standing = standing
      self.status = status
      self.words = words
    }
  }

  package static func text(_ rows: [Row], colored: Bool) -> String {
    var text = StyledText(colored: colored)
    text.table(
      rows.map { row in
        [
          StyledText.Cell(row.time), StyledText.Cell(row.id),
          StyledText.Cell(row.words, style(row)),
        ]
      }, indent: 0)
    return text.text
  }

  private static func style(_ row: Row) -> StyledText.Style {
    switch row.status {
    case .success?: .green
    case .noData?, nil: .faint
    case .interrupted?: .yellow
    default: .red
    }
  }

  /// The event that ends the output of programs.
  package static func bytes(_ rows: [Row]) -> [UInt8] {
    let runs = rows.map { row in
      Value.object([
        "time": .string(row.time), "run": .string(row.id),
        "standing": .string(ifAny: row.standing?.rawValue),
        "status": .int(ifAny: row.status.map { Int64($0.code) }), "result": .string(row.words),
      ])
    }
    return JSONEventRenderer.line(.object(["event": .string("range"), "runs": .list(runs)]))
  }
}
