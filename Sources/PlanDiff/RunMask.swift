import Text
import Values

/// Shows a run's id as `<run>`, and its time as `<run time>`: a comparison says the same whenever it
/// is made.
struct RunMask: Sendable {
  private let texts: [(text: String, mask: String)]

  init(_ runs: RunName?...) {
    // Shorter texts occur in others by chance.
    texts = runs.compactMap(\.self).flatMap { run in
      run.texts.filter { $0.utf8.count >= 8 }.map { text in
        (text, text == run.id ? "<run>" : "<run time>")
      }
    }
  }

  func masked(_ text: String) -> String {
    var text = text
    for (known, mask) in texts where text.contains(known) {
      text = text.replacing(known, with: mask)
    }
    return text
  }

  func masked(_ value: Value) -> Value {
    guard !texts.isEmpty else { return value }
    switch value {
    case .string(let text): return .string(masked(text))
    case .list(let items): return .list(items.map { masked($0) })
    case .map(let map): return .map(ValueMap(map.entries.map { ($0.key, masked($0.value)) }))
    default: return value
    }
  }
}

extension Comparison {
  /// A text without the ids and times of the two runs.
  package func hidingRuns(_ text: String) -> String {
    before.runMask.masked(after.runMask.masked(text))
  }

  /// What was said in sentences: the values of changes have no runs in them.
  mutating func hideRuns() {
    for index in dangers.indices { dangers[index].text = hidingRuns(dangers[index].text) }
    flow = flow.map {
      FlowChange(
        place: hidingRuns($0.place), dataset: $0.dataset, text: hidingRuns($0.text))
    }
    newWarnings = newWarnings.map(hidingRuns)
    notes = notes.map(hidingRuns)
  }
}
