import Text

/// Finds placeholders that mean other things elsewhere, but not in a location of data: `{x}`, `%{x}`,
/// `$(x)`, `%X%`, `@X@` and `__X__`.
enum DataMarks {
  /// Whether a text is in a file system of Hadoop's that pipelines use.
  static func isLocation(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
    ["s3://", "s3a://", "s3n://", "hdfs://"].contains { scheme in
      text.count > scheme.utf8.count
        && zip(text, scheme.utf8).allSatisfy { $0 == $1 || $0 | 0x20 == $1 }
    }
  }

  /// The placeholder that starts at an offset.
  static func mark(_ text: UnsafeBufferPointer<UInt8>, at start: Int) -> Range<Int>? {
    switch text[start] {
    case .openBrace: return enclosed(text, start, from: start + 1, by: .closeBrace)
    case .dollar where next(text, start) == .openParenthesis:
      return enclosed(text, start, from: start + 2, by: .closeParenthesis)
    case .percent:
      return next(text, start) == .openBrace
        ? enclosed(text, start, from: start + 2, by: .closeBrace) : percents(text, start)
    case .at:
      return capitals(text, from: start + 1).flatMap { end in
        end < text.count && text[end] == .at ? start..<(end + 1) : nil
      }
    case .underscore: return underscores(text, start)
    default: return nil
    }
  }

  private static func next(_ text: UnsafeBufferPointer<UInt8>, _ at: Int) -> UInt8? {
    at + 1 < text.count ? text[at + 1] : nil
  }

  /// One name up to a closing byte: `{a,b}` is a pattern of Hadoop's.
  private static func enclosed(
    _ text: UnsafeBufferPointer<UInt8>, _ start: Int, from first: Int, by close: UInt8
  ) -> Range<Int>? {
    var at = first
    while at < text.count, KeyShape.isKeyByte(text[at]) { at += 1 }
    guard at > first, at < text.count, text[at] == close, !ASCII.isDigit(text[first]) else {
      return nil
    }
    return start..<(at + 1)
  }

  /// The end of a name in capitals, of three or more characters.
  private static func capitals(_ text: UnsafeBufferPointer<UInt8>, from first: Int) -> Int? {
    var at = first
    while at < text.count,
      UInt8.uppercase.contains(text[at]) || ASCII.isDigit(text[at])
        || text[at] == .underscore
    {
      at += 1
    }
    return at - first > 2 && UInt8.uppercase.contains(text[first]) ? at : nil
  }

  /// `%NAME%`, unless the second percent sign encodes a byte.
  private static func percents(_ text: UnsafeBufferPointer<UInt8>, _ start: Int) -> Range<Int>? {
    guard let end = capitals(text, from: start + 1), end < text.count, text[end] == .percent else {
      return nil
    }
    let rest = text[(end + 1)...].prefix(2)
    let isByte = rest.count == 2 && rest.allSatisfy { ASCII.hexValue($0) != nil }
    return isByte ? nil : start..<(end + 1)
  }

  /// `__NAME__` as a whole word, unless it is Hive's name of a partition without a value.
  private static func underscores(_ text: UnsafeBufferPointer<UInt8>, _ start: Int) -> Range<Int>? {
    guard next(text, start) == .underscore, start == 0 || !ASCII.isWord(text[start - 1]),
      let end = capitals(text, from: start + 2), end - start > 6,
      text[end - 1] == .underscore, text[end - 2] == .underscore,
      end == text.count || !ASCII.isWord(text[end])
    else { return nil }
    let isHives = text[start..<end].elementsEqual("__HIVE_DEFAULT_PARTITION__".utf8)
    return isHives ? nil : start..<end
  }
}
