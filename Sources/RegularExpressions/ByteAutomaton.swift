/// A regular expression as a table: matching anywhere in ASCII text costs one look-up per byte.
/// Made when the program is built, and read in place.
///
///     128 bytes: the class of each character; the number of classes; for each state (the first two
///     have no rows) the next state by class, and whether a text that ends there matches
package struct ByteAutomaton {
  /// The final states: the rest of the text doesn't matter.
  private static let matched: UInt8 = 0
  private static let failed: UInt8 = 1
  private static let start: UInt8 = 2

  private let table: Slice<UnsafeBufferPointer<UInt8>>

  /// - Parameter table: the result of `RegularExpression.automaton`; nil if that is empty.
  package init?(_ table: Slice<UnsafeBufferPointer<UInt8>>) {
    guard table.count > 129 else { return nil }
    self.table = table
  }

  /// Nil if the result depends on something that isn't ASCII.
  package func matches(_ text: UnsafeBufferPointer<UInt8>) -> Bool? {
    let table = UnsafeBufferPointer(rebasing: table)
    let classes = Int(table[128])
    var state = Self.start
    for byte in text {
      guard byte < 0x80 else { return nil }
      state = table[Self.row(state, classes) + Int(table[Int(byte)])]
      if state < Self.start { return state == Self.matched }
    }
    return table[Self.row(state, classes) + classes] == 1
  }

  private static func row(_ state: UInt8, _ classes: Int) -> Int {
    129 + (Int(state) - 2) * (classes + 1)
  }
}

extension RegularExpression {
  /// The expression's `ByteAutomaton`; nil if it would be large, or uses line or word boundaries.
  package var automaton: [UInt8]? {
    var builder = AutomatonBuilder(self)
    return builder?.build()
  }
}

/// Builds an automaton by following all threads of Pike's algorithm at once.
private struct AutomatonBuilder {
  private static let programLimit = 1000
  private static let stateLimit = 200

  private let expression: RegularExpression
  private var classOfByte: [UInt8] = []
  /// One character of each class.
  private var samples: [UInt32] = []
  /// The places in the program where each state waits, and whether it is at the start of a text.
  private var states: [Threads] = []
  private var numbers: [Threads: UInt8] = [:]

  private struct Threads: Hashable {
    var places: [Int]
    var isStart: Bool
  }

  init?(_ expression: RegularExpression) {
    guard expression.program.count <= Self.programLimit else { return nil }
    for instruction in expression.program {
      guard case .assert(let assertion) = instruction else { continue }
      guard assertion == .textStart || assertion == .textEnd else { return nil }
    }
    self.expression = expression
    var known: [[Bool]: UInt8] = [:]
    for byte in UInt32(0)..<128 {
      let accepted = expression.program.map { expression.accepts($0, byte) }
      if known[accepted] == nil {
        known[accepted] = UInt8(known.count)
        samples.append(byte)
      }
      classOfByte.append(known[accepted] ?? 0)
    }
  }

  mutating func build() -> [UInt8]? {
    var table = classOfByte + [UInt8(samples.count)]
    let first = closure(of: [0], isStart: true)
    guard number(of: first) == 2 else { return nil }
    var at = 0
    while at < states.count {
      let state = states[at]
      for sample in samples {
        guard let next = next(state, sample) else { return nil }
        table.append(next)
      }
      table.append(endsWell(state) ? 1 : 0)
      at += 1
    }
    return table
  }

  /// The state of threads: 0 if they have matched, 1 if they no longer can; nil if there are too
  /// many states.
  private mutating func number(of threads: Threads) -> UInt8? {
    if threads.places.contains(where: { isMatch($0) }) { return 0 }
    if threads.places.isEmpty { return 1 }
    if let known = numbers[threads] { return known }
    guard states.count < Self.stateLimit else { return nil }
    states.append(threads)
    numbers[threads] = UInt8(states.count + 1)
    return UInt8(states.count + 1)
  }

  private func isMatch(_ place: Int) -> Bool {
    if case .match = expression.program[place] { true } else { false }
  }

  /// A match may also start after each character.
  private mutating func next(_ state: Threads, _ scalar: UInt32) -> UInt8? {
    let moved = state.places.filter { expression.accepts(expression.program[$0], scalar) }
    return number(of: closure(of: moved.map { $0 + 1 } + [0], isStart: false))
  }

  private func endsWell(_ state: Threads) -> Bool {
    closure(of: state.places, isStart: state.isStart, isEnd: true).places.contains(where: isMatch)
  }

  /// All places reachable without consuming a character, sorted.
  private func closure(of places: [Int], isStart: Bool, isEnd: Bool = false) -> Threads {
    var seen: Set<Int> = []
    var waiting = places
    var found: [Int] = []
    while let place = waiting.popLast() {
      guard seen.insert(place).inserted else { continue }
      switch expression.program[place] {
      case .jump(let target): waiting.append(target)
      case .split(let first, let second): waiting += [first, second]
      case .save: waiting.append(place + 1)
      case .assert(.textStart): if isStart { waiting.append(place + 1) }
      case .assert(.textEnd): if isEnd { waiting.append(place + 1) } else { found.append(place) }
      case .assert: break
      case .scalar, .any, .anyButLineEnd, .set, .match: found.append(place)
      }
    }
    return Threads(places: found.sorted(), isStart: isStart)
  }
}
