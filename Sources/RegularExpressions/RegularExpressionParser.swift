import Text

/// Parses a pattern into a program. Depth and the program's size are bounded.
struct RegularExpressionParser {
  private static let depthLimit = 100
  private static let sizeLimit = 20_000
  private static let repeatLimit = 1000

  private typealias Instruction = RegularExpression.Instruction

  let scalars: [Unicode.Scalar]
  let syntax: RegularExpression.Syntax
  var at = 0
  private var sets: [ScalarSet] = []
  private var groupCount = 0
  private var depth = 0
  private var ignoresCase = false
  private var dotMatchesAll = false
  private var isMultiline = false

  init(_ pattern: String, syntax: RegularExpression.Syntax) {
    scalars = Array(pattern.unicodeScalars)
    self.syntax = syntax
  }

  mutating func parse() throws(RegularExpressionError) -> RegularExpression {
    let body = try alternation()
    guard at == scalars.count else { throw error("unmatched `)`") }
    return RegularExpression(
      program: body + [.match], sets: sets, groupCount: groupCount, syntax: syntax)
  }

  func error(_ reason: String) -> RegularExpressionError {
    let bytes = scalars.prefix(at).reduce(0) { $0 + UTF8.width($1) }
    return RegularExpressionError(reason: reason, offset: bytes)
  }

  var next: Unicode.Scalar? { at < scalars.count ? scalars[at] : nil }

  mutating func take(_ scalar: Unicode.Scalar) -> Bool {
    guard next == scalar else { return false }
    at += 1
    return true
  }

  mutating func take(all text: String) -> Bool {
    var end = at
    for scalar in text.unicodeScalars {
      guard end < scalars.count, scalars[end] == scalar else { return false }
      end += 1
    }
    at = end
    return true
  }

  // MARK: Structure. Targets in a piece of code are relative to its start until it is joined.

  private mutating func alternation() throws(RegularExpressionError) -> [Instruction] {
    depth += 1
    defer { depth -= 1 }
    guard depth <= Self.depthLimit else { throw error("the pattern is nested too deep") }
    let outer = (ignoresCase, dotMatchesAll, isMultiline)
    defer { (ignoresCase, dotMatchesAll, isMultiline) = outer }
    var branches = [try sequence()]
    while take("|") { branches.append(try sequence()) }
    guard var code = branches.popLast() else { return [] }
    while let branch = branches.popLast() {
      // split L1, L2; L1: branch; jump end; L2: rest
      code =
        [.split(1, branch.count + 2)] + shifted(branch, 1) + [.jump(branch.count + 2 + code.count)]
        + shifted(code, branch.count + 2)
    }
    try checkSize(code)
    return code
  }

  private mutating func sequence() throws(RegularExpressionError) -> [Instruction] {
    var code: [Instruction] = []
    while let scalar = next, scalar != "|", scalar != ")" {
      // Most of most patterns is single literal letters.
      if isLetterAlone(scalar) {
        at += 1
        code.append(literal(scalar.value))
        continue
      }
      let piece = try quantified()
      code += shifted(piece, code.count)
      try checkSize(code)
    }
    return code
  }

  private func isLetterAlone(_ scalar: Unicode.Scalar) -> Bool {
    guard ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar), at + 1 < scalars.count
    else { return false }
    switch scalars[at + 1] {
    case "*", "+", "?", "{": return false
    default: return true
    }
  }

  private func shifted(_ code: [Instruction], _ by: Int) -> [Instruction] {
    guard by != 0 else { return code }
    return code.map { instruction in
      switch instruction {
      case .split(let first, let second): .split(first + by, second + by)
      case .jump(let target): .jump(target + by)
      default: instruction
      }
    }
  }

  private func checkSize(_ code: [Instruction]) throws(RegularExpressionError) {
    if code.count > Self.sizeLimit { throw error("the pattern is too large") }
  }

  private mutating func quantified() throws(RegularExpressionError) -> [Instruction] {
    var code = try atom()
    var isQuantified = false
    while let scalar = next {
      var low = 0
      var high: Int?
      switch scalar {
      case "*": at += 1
      case "+":
        at += 1
        low = 1
      case "?":
        at += 1
        high = 1
      case "{":
        guard let bounds = try braces() else { return code }
        (low, high) = bounds
      default: return code
      }
      if isQuantified { throw error("nothing to repeat") }
      isQuantified = true
      let isLazy = take("?")
      code = try repeated(code, low, high, isLazy: isLazy)
    }
    return code
  }

  /// `{n}`, `{n,}`, `{n,m}`; nil (and nothing consumed) where the brace is text for RE2.
  private mutating func braces() throws(RegularExpressionError) -> (Int, Int?)? {
    let start = at
    at += 1
    guard let low = number() else {
      at = start
      if syntax == .ecma { throw error("`{` without a number") }
      return nil
    }
    var high: Int? = low
    if take(",") { high = next == "}" ? nil : number() ?? -1 }
    guard take("}"), high != -1 else {
      at = start
      if syntax == .ecma { throw error("`{` without `}`") }
      return nil
    }
    if let high, high < low { throw error("the bounds are in the wrong order") }
    if low > Self.repeatLimit || high ?? 0 > Self.repeatLimit {
      throw error("more than \(Self.repeatLimit) repetitions")
    }
    return (low, high)
  }

  private mutating func number() -> Int? {
    var value: Int?
    while let scalar = next, ("0"..."9").contains(scalar) {
      value = min((value ?? 0) * 10 + Int(scalar.value - 0x30), 1_000_000)
      at += 1
    }
    return value
  }

  private func repeated(
    _ code: [Instruction], _ low: Int, _ high: Int?, isLazy: Bool
  ) throws(RegularExpressionError) -> [Instruction] {
    let split = { (inside: Int, after: Int) -> Instruction in
      isLazy ? .split(after, inside) : .split(inside, after)
    }
    guard (low + max(0, (high ?? low) - low) + 1) * (code.count + 1) <= Self.sizeLimit else {
      throw error("the pattern is too large")
    }
    var out: [Instruction] = []
    for _ in 0..<low { out += shifted(code, out.count) }
    if let high {
      let optional = high - low
      let end = out.count + optional * (code.count + 1)
      for _ in 0..<optional {
        out.append(split(out.count + 1, end))
        out += shifted(code, out.count)
      }
    } else {
      // L: split in, end; in: code; jump L
      let start = out.count
      out.append(split(start + 1, start + code.count + 2))
      out += shifted(code, out.count)
      out.append(.jump(start))
    }
    return out
  }

  // MARK: Atoms

  private mutating func atom() throws(RegularExpressionError) -> [Instruction] {
    guard let scalar = next else { return [] }
    switch scalar {
    case "(": return try group()
    case "[":
      at += 1
      return [set(try bracketed())]
    case ".":
      at += 1
      return [dotMatchesAll ? .any : .anyButLineEnd]
    case "^":
      at += 1
      return [.assert(isMultiline ? .lineStart : .textStart)]
    case "$":
      at += 1
      return [.assert(isMultiline ? .lineEnd : .textEnd)]
    case "\\": return try escape()
    case "*", "+", "?": throw error("nothing to repeat")
    case "{" where syntax == .ecma, "}" where syntax == .ecma, "]" where syntax == .ecma:
      throw error("`\(scalar)` must be escaped")
    default:
      at += 1
      return [literal(scalar.value)]
    }
  }

  private mutating func literal(_ scalar: UInt32) -> Instruction {
    guard ignoresCase else { return .scalar(scalar) }
    return set(ScalarSet(ranges: [scalar...scalar]))
  }

  private mutating func set(_ set: ScalarSet) -> Instruction {
    sets.append(ignoresCase ? set.ignoringCase() : set)
    return .set(sets.count - 1)
  }

  private mutating func group() throws(RegularExpressionError) -> [Instruction] {
    let start = at
    at += 1
    var slot: Int?
    if take("?") {
      if take("=") || take("!") || take(all: "<=") || take(all: "<!") {
        at = start
        throw error("look-around isn't supported")
      }
      if take(all: "P<") || take("<") {
        try skipName()
        groupCount += 1
        slot = groupCount
      } else if !take(":") {
        if try flags() { return [] }
      }
    } else {
      groupCount += 1
      slot = groupCount
    }
    let body = try alternation()
    guard take(")") else {
      at = start
      throw error("`(` without `)`")
    }
    guard let slot else { return body }
    return [.save(slot * 2)] + shifted(body, 1) + [.save(slot * 2 + 1)]
  }

  private mutating func skipName() throws(RegularExpressionError) {
    let start = at
    while let scalar = next, scalar != ">" {
      guard scalar == "_" || scalar.properties.isAlphabetic || scalar.properties.numericType != nil
      else { break }
      at += 1
    }
    guard at > start, take(">") else { throw error("a group's name is missing") }
  }

  /// Flags of a group, as `(?i:…)`; true if they are alone, as `(?i)`, and apply from there on.
  private mutating func flags() throws(RegularExpressionError) -> Bool {
    var value = true
    while let scalar = next {
      at += 1
      switch scalar {
      case "i": ignoresCase = value
      case "s": dotMatchesAll = value
      case "m": isMultiline = value
      case "U" where syntax == .re2: throw error("the flag `U` isn't supported")
      case "-" where value: value = false
      case ":": return false
      case ")": return true
      default:
        at -= 1
        throw error("unknown group")
      }
    }
    throw error("`(` without `)`")
  }

  // MARK: Escapes

  private mutating func escape() throws(RegularExpressionError) -> [Instruction] {
    let start = at
    at += 1
    guard let scalar = next else { throw error("a backslash at the end") }
    switch scalar {
    case "b":
      at += 1
      return [.assert(.wordBoundary)]
    case "B":
      at += 1
      return [.assert(.noWordBoundary)]
    case "A" where syntax == .re2:
      at += 1
      return [.assert(.textStart)]
    case "z" where syntax == .re2:
      at += 1
      return [.assert(.textEnd)]
    case "1"..."9":
      at = start
      throw error("back references are not supported")
    case "k" where syntax == .ecma:
      at = start
      throw error("back references are not supported")
    case "Q" where syntax == .re2:
      at += 1
      return quoted()
    default:
      if let found = try classEscape() { return [set(found)] }
      return [literal(try scalarEscape(inSet: false))]
    }
  }

  private mutating func quoted() -> [Instruction] {
    var code: [Instruction] = []
    while let scalar = next {
      if take(all: "\\E") { break }
      at += 1
      code.append(literal(scalar.value))
    }
    return code
  }

  /// `\d` and the like, with the scalar after the backslash next; otherwise nil (and nothing
  /// consumed).
  mutating func classEscape() throws(RegularExpressionError) -> ScalarSet? {
    guard let scalar = next else { return nil }
    var set: ScalarSet
    switch scalar {
    case "d", "D": set = .digits
    case "w", "W": set = .word
    case "s", "S": set = .space(syntax)
    case "p", "P":
      at += 1
      return try property(isNegated: scalar == "P")
    default: return nil
    }
    at += 1
    if ("A"..."Z").contains(scalar) { set.isNegated = true }
    return set
  }

  private mutating func property(
    isNegated: Bool
  ) throws(RegularExpressionError) -> ScalarSet {
    var name = ""
    var isNegated = isNegated
    if take("{") {
      if syntax == .re2, take("^") { isNegated.toggle() }
      while let scalar = next, scalar != "}" {
        name.unicodeScalars.append(scalar)
        at += 1
      }
      guard take("}") else { throw error("`\\p{` without `}`") }
    } else if syntax == .re2, let scalar = next {
      name.unicodeScalars.append(scalar)
      at += 1
    }
    guard let property = ScalarProperty(name) else {
      throw error("unknown property `\(name)`")
    }
    return ScalarSet(properties: [.init(name: property, isNegated: isNegated)])
  }

  /// The scalar that an escape means, with the one after the backslash next.
  mutating func scalarEscape(inSet: Bool) throws(RegularExpressionError) -> UInt32 {
    guard let scalar = next else { throw error("a backslash at the end") }
    at += 1
    switch scalar {
    case "n": return 0x0A
    case "r": return 0x0D
    case "t": return 0x09
    case "f": return 0x0C
    case "v": return 0x0B
    case "a" where syntax == .re2: return 0x07
    case "b" where inSet: return 0x08
    case "0":
      guard syntax == .re2 else { return 0 }
      return octal()
    case "x": return try hexadecimal(exactly: 2)
    case "u" where syntax == .ecma: return try unicode()
    case "c" where syntax == .ecma:
      guard let letter = next, letter.isASCII, letter.properties.isAlphabetic else {
        throw error("`\\c` needs a letter")
      }
      at += 1
      return letter.value & 31
    default:
      let isWord = scalar.properties.isAlphabetic || ("0"..."9").contains(scalar)
      guard scalar.isASCII, !isWord else {
        at -= 1
        throw error("unknown escape `\\\(scalar)`")
      }
      return scalar.value
    }
  }

  private mutating func octal() -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<2 {
      guard let scalar = next, ("0"..."7").contains(scalar) else { break }
      value = value * 8 + (scalar.value - 0x30)
      at += 1
    }
    return value
  }

  private mutating func hexadecimal(exactly count: Int) throws(RegularExpressionError) -> UInt32 {
    if take("{") {
      var value: UInt32 = 0
      var digits = 0
      while let digit = hexadecimalDigit() {
        value = value << 4 | digit
        digits += 1
        guard value <= 0x10FFFF else { throw error("no such character") }
      }
      guard digits > 0, take("}") else { throw error("a hexadecimal number is missing") }
      return value
    }
    var value: UInt32 = 0
    for _ in 0..<count {
      guard let digit = hexadecimalDigit() else { throw error("a hexadecimal digit is missing") }
      value = value << 4 | digit
    }
    return value
  }

  private mutating func hexadecimalDigit() -> UInt32? {
    guard let scalar = next, let byte = UInt8(exactly: scalar.value),
      let digit = ASCII.hexValue(byte)
    else { return nil }
    at += 1
    return UInt32(digit)
  }

  /// `\uXXXX`, a pair of surrogates, or `\u{X…}`.
  private mutating func unicode() throws(RegularExpressionError) -> UInt32 {
    let high = try hexadecimal(exactly: 4)
    let before = at
    if high & 0xFC00 == 0xD800, take(all: "\\u"), next != "{" {
      let low = try hexadecimal(exactly: 4)
      if low & 0xFC00 == 0xDC00 { return 0x10000 + (high & 0x3FF) << 10 + low & 0x3FF }
      at = before
    }
    return high
  }
}
