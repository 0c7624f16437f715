import Values

/// States in the order in which they are written, each with an upper bound of the events that it adds
/// to an execution's history.
struct MachineStates {
  private(set) var states = ValueMap()
  private(set) var events = 0

  mutating func add(_ name: String, _ state: ValueMap, events count: Int) {
    states[name] = .map(state)
    let (sum, overflow) = events.addingReportingOverflow(count)
    events = overflow ? Int.max : sum
  }

  mutating func add(_ other: MachineStates) {
    for entry in other.states.entries { states[entry.key] = entry.value }
    let (sum, overflow) = events.addingReportingOverflow(other.events)
    events = overflow ? Int.max : sum
  }

  /// As a branch of a Parallel state, or as the machine.
  func branch(startingAt start: String) -> ValueMap {
    ValueMap(["StartAt": .string(start), "States": .map(states)])
  }
}

/// A JSON object.
func object(_ entries: KeyValuePairs<String, Value>) -> Value { .map(ValueMap(entries)) }

/// Upper bounds of how many events states add.
enum Events {
  /// Entered and exited: Pass, Choice, Wait, Succeed, Fail.
  static let plain = 2
  /// Entered, scheduled, started, submitted, ended, exited.
  static let task = 6
  /// Each further try: scheduled, started, submitted, failed.
  static let retry = 4
  /// Entered, started, ended, exited.
  static let parallel = 4

  static func task(tries: Int64) -> Int { task + retry * Int(clamping: max(0, tries - 1)) }
}

extension ValueMap {
  /// A state that chooses by a JSONata condition.
  static func choice(if condition: String, then next: String, otherwise other: String) -> ValueMap {
    ValueMap([
      "Type": .string("Choice"),
      "Choices": .list([
        object(["Condition": .string(JSONata.braced(condition)), "Next": .string(next)])
      ]),
      "Default": .string(other),
    ])
  }

  /// Goes on with a state, or ends the branch.
  mutating func link(to next: String?) {
    if let next {
      self["Next"] = .string(next)
    } else {
      self["End"] = .bool(true)
    }
  }
}

/// Names of states: unique, and of at most 80 characters.
struct StateNames {
  private var taken: Set<String> = []

  mutating func name(_ wish: String) -> String {
    let limit = 80
    var name = String(String.UnicodeScalarView(wish.unicodeScalars.prefix(limit)))
    var number = 2
    while !taken.insert(name).inserted {
      let mark = " (\(number))"
      name = String(String.UnicodeScalarView(wish.unicodeScalars.prefix(limit - mark.count))) + mark
      number += 1
    }
    return name
  }
}
