import Documents
import Text
import Diagnostics
import SourceText
import Values

extension Validator {
  mutating func checkConstants(
    _ node: Instance.Node, _ kind: Tree.Kind, _ index: Int
  ) -> Bool {
    var isValid = true
    let constant = arena.nodes[index].constant
    if constant >= 0, !isEqual(node, kind, Int(constant)) {
      isValid = fail(
        .notAmong([TableRange(start: UInt32(constant), count: 1)]), node, kind, index)
    }
    let range = arena.nodes[index].enumeration
    guard arena.nodes[index].flags.contains(.hasEnumeration) else { return isValid }
    for at in range.indices where isEqual(node, kind, at) { return isValid }
    return fail(.notAmong([range]), node, kind, index)
  }

  private func isEqual(_ node: Instance.Node, _ kind: Tree.Kind, _ at: Int) -> Bool {
    let constant = arena.constants[at]
    if kind == .string || constant.kind == .string {
      guard kind == constant.kind else { return false }
      return instance.withBytes(node) { bytes in
        guard bytes.count == constant.count, PackedName.word(bytes, 0) == constant.word else {
          return false
        }
        guard bytes.count > 8 else { return true }
        return arena.text.buffer(constant.text).elementsEqual(bytes)
      }
    }
    guard !arena.documents.isEmpty else { return isEqualWord(node, kind, constant) }
    let other = TreeInstance(tree: arena.documents[Int(constant.document)])
    return InstanceEquality.areEqual(instance, node, other, NodeID(index: constant.node))
  }

  /// A snapshot's constants are texts, bools and nulls.
  private func isEqualWord(
    _ node: Instance.Node, _ kind: Tree.Kind, _ constant: ConstantEntry
  ) -> Bool {
    guard kind == constant.kind else { return false }
    return kind == .null || instance.withBytes(node) { PackedName.word($0, 0) == constant.word }
  }

  mutating func checkString(_ node: Instance.Node, _ index: Int) -> Bool {
    var isValid = true
    let minimum = arena.nodes[index].minLength
    let maximum = arena.nodes[index].maxLength
    if minimum >= 0 || maximum >= 0 {
      let length = instance.withBytes(node) { bytes in
        bytes.reduce(0) { $0 + ($1 & 0xC0 == 0x80 ? 0 : 1) }
      }
      if minimum >= 0, length < minimum {
        isValid = fail(.tooShort(length), node, .string, index)
      }
      if maximum >= 0, length > maximum { isValid = fail(.tooLong(length), node, .string, index) }
    }
    let pattern = arena.nodes[index].pattern
    if pattern >= 0, instance.withBytes(node, { arena.matches(Int(pattern), $0) }) == false {
      isValid = fail(.badPattern, node, .string, index)
    }
    guard isValid || isCollecting else { return false }
    let asserts = options.assertsFormats || arena.nodes[index].flags.contains(.assertsFormat)
    if asserts {
      let format = arena.nodes[index].format
      if format != .none, !instance.withBytes(node, { format.matches($0) }) {
        isValid = fail(.badFormat, node, .string, index)
      }
      isValid = checkContent(node, index) && isValid
    }
    return isValid
  }

  private mutating func checkContent(_ node: Instance.Node, _ index: Int) -> Bool {
    let isEncoded = arena.nodes[index].contentEncodingIsBase64
    let isJSON = arena.nodes[index].contentIsJSON
    guard isEncoded || isJSON else { return true }
    var bytes = instance.withBytes(node) { Array($0) }
    if isEncoded {
      guard let decoded = Base64.decode(bytes) else {
        return fail(.badContent, node, .string, index)
      }
      bytes = decoded
    }
    var ignored: [Diagnostic] = []
    if isJSON, JSONReader.read(bytes, source: SourceID(index: 0), into: &ignored) == nil {
      return fail(.badContent, node, .string, index)
    }
    return true
  }

  mutating func checkNumber(
    _ node: Instance.Node, _ kind: Tree.Kind, _ index: Int
  ) -> Bool {
    if let integer = instance.integer(node) { return checkInteger(integer, node, kind, index) }
    guard let number = instance.withBytes(node, { DecimalNumber($0) }) else { return true }
    let arena = self.arena
    return checkLimits(node, kind, index) { limit in
      DecimalNumber.compare(number, arena.number(limit))
    } isMultiple: {
      number.isMultiple(of: $0)
    }
  }

  private mutating func checkInteger(
    _ integer: Int64, _ node: Instance.Node, _ kind: Tree.Kind, _ index: Int
  ) -> Bool {
    let arena = self.arena
    return checkLimits(node, kind, index) { limit in
      if let other = arena.limits[limit].wholeNumber {
        return integer < other ? -1 : integer == other ? 0 : 1
      }
      return DecimalNumber.compare(DecimalNumber(integer), arena.number(limit))
    } isMultiple: { divisor in
      if let other = divisor.integer, other != 0 {
        return integer.remainderReportingOverflow(dividingBy: other).partialValue == 0
      }
      return DecimalNumber(integer).isMultiple(of: divisor)
    }
  }

  private mutating func checkLimits(
    _ node: Instance.Node, _ kind: Tree.Kind, _ index: Int, compare: (Int) -> Int,
    isMultiple: (DecimalNumber) -> Bool
  ) -> Bool {
    var isValid = true
    let minimum = Int(arena.nodes[index].minimum)
    if minimum >= 0, compare(minimum) < 0 {
      isValid = fail(.belowMinimum, node, kind, index)
    }
    let maximum = Int(arena.nodes[index].maximum)
    if maximum >= 0, compare(maximum) > 0 {
      isValid = fail(.aboveMaximum, node, kind, index)
    }
    let above = Int(arena.nodes[index].exclusiveMinimum)
    if above >= 0, compare(above) <= 0 {
      isValid = fail(.notAboveMinimum, node, kind, index)
    }
    let below = Int(arena.nodes[index].exclusiveMaximum)
    if below >= 0, compare(below) >= 0 {
      isValid = fail(.notBelowMaximum, node, kind, index)
    }
    let divisor = Int(arena.nodes[index].multipleOf)
    if divisor >= 0, !isMultiple(arena.number(divisor)) {
      isValid = fail(.notMultiple, node, kind, index)
    }
    return isValid
  }
}
