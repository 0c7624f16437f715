/// How many terminal cells a character takes.
package enum DisplayWidth {
  /// 0 for a scalar that combines with the one before it, 2 for wide ones (CJK, emoji), else 1.
  package static func of(_ scalar: Unicode.Scalar) -> Int {
    let code = scalar.value
    if code < 0x300 { return 1 }
    if isJoining(scalar) { return 0 }
    if wide.contains(where: { $0.contains(code) }) { return 2 }
    return scalar.properties.isEmojiPresentation ? 2 : 1
  }

  /// Marks, joiners, variation selectors, and the later parts of a Hangul syllable.
  private static func isJoining(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x200C, 0x200D, 0x1160...0x11FF, 0xD7B0...0xD7FF, 0xFE00...0xFE0F, 0xE0100...0xE01EF:
      return true
    case 0xE0020...0xE007F: return true  // tags of subdivision flags
    default: break
    }
    switch scalar.properties.generalCategory {
    case .nonspacingMark, .enclosingMark: return true
    default: return false
    }
  }

  package static func of(_ text: String) -> Int {
    text.unicodeScalars.reduce(0) { $0 + of($1) }
  }

  /// East Asian Wide and Fullwidth blocks (UAX #11); emoji are recognised by their property.
  private static let wide: [ClosedRange<UInt32>] = [
    0x1100...0x115F, 0x2329...0x232A, 0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF,
    0x4E00...0xA4CF, 0xA960...0xA97F, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE10...0xFE19,
    0xFE30...0xFE6F, 0xFF01...0xFF60, 0xFFE0...0xFFE6, 0x16FE0...0x18DFF, 0x1AFF0...0x1B2FF,
    0x1F200...0x1F265, 0x20000...0x3FFFD,
  ]
}
