package import Executor
import AWSServices
package import Values
import Text

/// Events on a terminal: the steps with their states, redrawn in place as they change.
package struct LiveRenderer: Sendable {
  private var steps: [(name: String, state: StepState?, started: Int64?, ended: Int64?)] = []
  private var header = ""
  private var note = ""
  private var now: Int64 = 0
  private var began: Int64 = 0
  /// How many lines on the screen are redrawn.
  private var drawn = 0
  private var isOver = false
  private let hasColor: Bool
  private let width: Int
  private let height: Int

  /// - Parameters:
  ///   - width: the terminal's columns.
  ///   - height: its rows.
  package init(hasColor: Bool, width: Int, height: Int) {
    self.hasColor = hasColor
    self.width = max(20, width)
    self.height = max(8, height)
  }

  /// What to write to the terminal for an event.
  package mutating func render(_ event: RunEvent) -> String {
    now = event.time.seconds
    var above = ""
    switch event.kind {
    case .began(_, _, let names):
      began = now
      steps = names.map { ($0, nil, nil, nil) }
      header = EventText.line(event, steps: names) ?? ""
    case .step(let index, let step):
      guard steps.indices.contains(index) else { return "" }
      steps[index] = (step.name, step.state, step.started?.seconds, step.ended?.seconds)
    case .failed(let report):
      isOver = true
      return redraw(above: "", isLast: true)
        + ReportText.lines(report).map { $0 + "\n" }.joined()
    case .refused:
      note = ""
      return redraw(above: "", isLast: true)
    case .ended:
      note = ""
      let line = VisibleText.line(EventText.line(event, steps: []) ?? "")
      // After a failure's report, the steps would only push it off the screen.
      if isOver { return line + "\n" }
      return redraw(above: "", isLast: true) + line + "\n"
    case .notified: return ""
    case .callFailed, .warning, .interrupted, .programLog:
      var lines = LineRenderer()
      above = lines.render(event)
    case .factChecked(_, let isUnchanged):
      if isUnchanged { return "" }
      note = EventText.line(event, steps: []) ?? ""
    case .resumed, .emptied, .searching, .launching, .launched, .attached, .jobsRun, .addingSteps,
      .retrying,
      .addedSteps,
      .cluster, .clusterLost, .outputRead, .stageDecided, .noData, .heldBack, .cancellingStep,
      .cancelling, .terminating:
      note = EventText.line(event, steps: []) ?? ""
    }
    return redraw(above: above, isLast: false)
  }

  /// Redraws for a later time, so that durations advance.
  package mutating func tick(_ time: Value.Timestamp) -> String {
    now = time.seconds
    return drawn > 0 ? redraw(above: "", isLast: false) : ""
  }

  private mutating func redraw(above: String, isLast: Bool) -> String {
    var text = drawn > 0 ? "\u{1B}[\(drawn)A\u{1B}[J" : ""
    text += above
    let lines = frame
    text += lines.map { $0 + "\n" }.joined()
    drawn = isLast ? 0 : lines.count
    return text
  }

  /// The lines to draw: if the terminal has no room for all steps, those around the running one.
  private var frame: [String] {
    var lines = [cut("\(header), \(EventText.duration(now - began))")]
    let room = height - 4
    let current =
      steps.firstIndex { $0.state == .running } ?? steps.lastIndex { $0.state != nil } ?? 0
    let first = steps.count <= room ? 0 : max(0, min(current - room / 2, steps.count - room))
    for index in steps.indices.dropFirst(first).prefix(room) { lines.append(line(index)) }
    if steps.count > room { lines.append(cut("  … \(steps.count) steps in all")) }
    if !note.isEmpty { lines.append(cut("  \(note)")) }
    return lines
  }

  private func line(_ index: Int) -> String {
    let step = steps[index]
    let (mark, color) = Self.mark(step.state)
    var tail = ""
    if let started = step.started {
      tail = "  " + EventText.duration((step.ended ?? now) - started)
    }
    let text = cut("\(mark) \(step.name)\(tail)", less: 2)
    return hasColor ? "  \u{1B}[\(color)m\(text)\u{1B}[0m" : "  \(text)"
  }

  private static func mark(_ state: StepState?) -> (mark: String, color: Int) {
    switch state {
    case nil, .pending: ("·", 2)
    case .running, .cancelPending: ("▸", 36)
    case .completed: ("✓", 32)
    case .failed: ("✗", 31)
    case .cancelled, .interrupted: ("–", 33)
    }
  }

  /// No line may wrap, since redrawing counts lines.
  private func cut(_ text: String, less: Int = 0) -> String {
    let text = VisibleText.of(text)
    let room = width - less - 1
    return text.count <= room ? text : String(text.prefix(max(0, room - 1))) + "…"
  }
}
