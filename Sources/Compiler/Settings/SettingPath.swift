import Documents
import Text

/// A path into an input as `--set` names it: `a.b.c`, `a.list[0].b`; `\.` is a dot within a key.
struct SettingPath {
  /// The steps, each with its text and its bytes in the path.
  private(set) var steps: [(step: TreeEdit.Step, text: String, range: Range<Int>)] = []

  /// Nil if it isn't one: an empty key, a bracket that isn't closed.
  init?(_ text: String) {
    let bytes = Array(text.utf8)
    var key: [UInt8] = []
    var start = 0
    var at = 0
    var isAfterItem = false
    func flush(_ steps: inout [(step: TreeEdit.Step, text: String, range: Range<Int>)]) -> Bool {
      if key.isEmpty { return isAfterItem }
      let name = String(decoding: key, as: UTF8.self)
      steps.append((.key(name), name, start..<at))
      return true
    }
    while at < bytes.count {
      switch bytes[at] {
      case .backslash where at + 1 < bytes.count:
        key.append(bytes[at + 1])
        at += 2
      case .dot:
        guard flush(&steps) else { return nil }
        (key, isAfterItem) = ([], false)
        at += 1
        start = at
      case UInt8(ascii: "["):
        guard flush(&steps), !steps.isEmpty,
          let close = bytes[at...].firstIndex(of: UInt8(ascii: "]")),
          let index = Int(String(decoding: bytes[(at + 1)..<close], as: UTF8.self)), index >= 0
        else { return nil }
        steps.append((.item(index), String(index), at..<(close + 1)))
        at = close + 1
        (key, start, isAfterItem) = ([], at, true)
        guard at == bytes.count || bytes[at] == .dot || bytes[at] == UInt8(ascii: "[") else {
          return nil
        }
      default:
        key.append(bytes[at])
        at += 1
      }
    }
    guard flush(&steps) else { return nil }
  }

  /// Without its first step.
  var dropping: SettingPath? {
    guard steps.count > 1 else { return nil }
    var path = self
    path.steps.removeFirst()
    return path
  }

  var first: String? {
    if case .key(let name)? = steps.first?.step { name } else { nil }
  }
}
