import Text

/// Runs a program over a text by Pike's algorithm: all threads advance together, scalar by scalar.
struct RegularExpressionMatcher {
  private let expression: RegularExpression
  private let program: [RegularExpression.Instruction]
  private let text: UnsafeBufferPointer<UInt8>
  private let slots: Int

  init(_ expression: RegularExpression, _ text: UnsafeBufferPointer<UInt8>, capturing: Bool) {
    self.expression = expression
    program = expression.program
    self.text = text
    slots = capturing ? (expression.groupCount + 1) * 2 : 0
  }

  /// Threads in order of preference: their places in the program, and their captures in a row.
  private struct Threads {
    var places: [Int] = []
    var captures: [Int] = []
    /// For each instruction, the step in which it was last added.
    var marks: [Int]

    init(count: Int) { marks = Array(repeating: -1, count: count) }
  }

  /// The ranges of the match and of the groups; without captures, an empty list for a match.
  func run() -> [Range<Int>?]? {
    var current = Threads(count: program.count)
    var next = Threads(count: program.count)
    var found: [Int]?
    var stack: [(Int, [Int])] = []
    var at = 0
    var step = 0
    while true {
      let (scalar, width) = decode(at)
      if found == nil {
        var start = [Int](repeating: -1, count: slots)
        if slots > 0 { start[0] = at }
        add(0, start, at, step, &current, &stack)
      }
      if current.places.isEmpty && found != nil { break }
      next.places.removeAll(keepingCapacity: true)
      next.captures.removeAll(keepingCapacity: true)
      for index in current.places.indices {
        let place = current.places[index]
        let captures =
          slots > 0 ? Array(current.captures[(index * slots)..<((index + 1) * slots)]) : []
        if case .match = program[place] {
          found = captures
          if slots > 0 { found?[1] = at }
          break
        }
        if width > 0, expression.accepts(program[place], scalar) {
          add(place + 1, captures, at + width, step + 1, &next, &stack)
        }
      }
      if slots == 0, found != nil { return [] }
      swap(&current, &next)
      guard width > 0 else { break }
      at += width
      step += 1
    }
    return found.map(ranges)
  }

  private func ranges(_ found: [Int]) -> [Range<Int>?] {
    stride(from: 0, to: found.count, by: 2).map { index in
      found[index] >= 0 && found[index + 1] >= found[index]
        ? found[index]..<found[index + 1] : nil
    }
  }

  /// Adds a thread, and follows instructions that consume no scalar. An explicit stack replaces
  /// recursion.
  private func add(
    _ place: Int, _ captures: [Int], _ at: Int, _ step: Int, _ threads: inout Threads,
    _ stack: inout [(Int, [Int])]
  ) {
    stack.append((place, captures))
    while let (place, captures) = stack.popLast() {
      guard threads.marks[place] != step else { continue }
      threads.marks[place] = step
      switch program[place] {
      case .jump(let target): stack.append((target, captures))
      case .split(let first, let second):
        stack.append((second, captures))
        stack.append((first, captures))
      case .save(let slot):
        var captures = captures
        if slot < slots { captures[slot] = at }
        stack.append((place + 1, captures))
      case .assert(let assertion):
        if holds(assertion, at) { stack.append((place + 1, captures)) }
      case .scalar, .any, .anyButLineEnd, .set, .match:
        threads.places.append(place)
        threads.captures.append(contentsOf: captures)
      }
    }
  }

  private func holds(_ assertion: RegularExpression.Assertion, _ at: Int) -> Bool {
    switch assertion {
    case .textStart: at == 0
    case .textEnd: at == text.count
    case .lineStart: at == 0 || text[at - 1] == .newline
    case .lineEnd: at == text.count || text[at] == .newline
    case .wordBoundary: isWord(at - 1) != isWord(at)
    case .noWordBoundary: isWord(at - 1) == isWord(at)
    }
  }

  private func isWord(_ at: Int) -> Bool {
    at >= 0 && at < text.count && ASCII.isWord(text[at])
  }

  /// The scalar at an offset and its length; length 0 at the end. A byte that isn't UTF-8 counts as
  /// U+FFFD.
  private func decode(_ at: Int) -> (UInt32, Int) {
    guard at < text.count else { return (0, 0) }
    let first = text[at]
    if first < 0x80 { return (UInt32(first), 1) }
    let width = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2
    guard first >= 0xC2, at + width <= text.count else { return (0xFFFD, 1) }
    var scalar = UInt32(first) & (0x7F >> UInt32(width))
    for index in (at + 1)..<(at + width) {
      guard text[index] & 0xC0 == 0x80 else { return (0xFFFD, 1) }
      scalar = scalar << 6 | UInt32(text[index] & 0x3F)
    }
    return (scalar, width)
  }
}

extension RegularExpression {
  /// Whether an instruction accepts a scalar.
  func accepts(_ instruction: Instruction, _ scalar: UInt32) -> Bool {
    switch instruction {
    case .scalar(let wanted): scalar == wanted
    case .any: true
    case .anyButLineEnd:
      scalar != 0x0A
        && !(syntax == .ecma && (scalar == 0x0D || scalar == 0x2028 || scalar == 0x2029))
    case .set(let index): sets[index].contains(scalar)
    case .split, .jump, .save, .assert, .match: false
    }
  }
}
