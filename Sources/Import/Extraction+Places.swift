import Text
import Values

/// A location in S3 in some text.
struct FoundPlace {
  var path: BodyPath
  /// Where `s3://…` is in the text.
  var range: Range<Int>
  /// `s3://BUCKET/`.
  var bucket: String
  /// The folders after the bucket up to the first thing that isn't literal: `a/b/`.
  var folders: [String]
}

extension Extraction {
  /// Each bucket that isn't EMR's own becomes a member of the configuration, with the folders that
  /// all texts share.
  mutating func takePlaces() {
    let found = texts.paths.filter { !texts.isReplaced($0) }.flatMap(places)
    var buckets: [String] = []
    for place in found where !buckets.contains(place.bucket) { buckets.append(place.bucket) }
    for bucket in buckets {
      let own = found.filter { $0.bucket == bucket }
      guard var shared = own.first?.folders else { continue }
      for place in own.dropFirst() {
        shared = Array(zip(shared, place.folders).prefix { $0 == $1 }.map(\.0))
      }
      let start = bucket + shared.map { $0 + "/" }.joined()
      let expression = config.add(
        ["storage", Self.name(bucket, shared)], .string(start),
        ConfigDraft.Facet(
          description: shared.isEmpty ? "A bucket." : "A folder.", change: ["data"],
          pattern: "^s3[an]?://.+/$",
          patternDescription: "a folder in S3, with a slash at its end"))
      // The last one in a text first, so that the places of the others stay.
      for place in own.reversed() {
        let end = place.range.lowerBound + start.utf8.count
        texts.replace(place.path, place.range.lowerBound..<end, by: expression)
      }
    }
  }

  private static func name(_ bucket: String, _ shared: [String]) -> String {
    let name = bucket.dropFirst(bucket.hasPrefix("s3:") ? 5 : 6).dropLast()
    guard let last = shared.last(where: { $0.utf8.contains(where: ASCII.isLetter) }) else {
      return String(name)
    }
    return last
  }

  private func places(_ path: BodyPath) -> [FoundPlace] {
    guard let text = texts[path], text.plain.contains("s3") else { return [] }
    let bytes = Array(text.plain.utf8)
    var found: [FoundPlace] = []
    for literal in text.literalRanges {
      var at = literal.lowerBound
      while at < literal.upperBound {
        if let place = place(bytes, at, literal.upperBound, path) {
          found.append(place)
          at = place.range.upperBound
        } else {
          at += 1
        }
      }
    }
    return found
  }

  private static let schemes = ["s3://", "s3a://", "s3n://"].map { Array($0.utf8) }

  private func place(
    _ bytes: [UInt8], _ start: Int, _ end: Int, _ path: BodyPath
  ) -> FoundPlace? {
    if start > 0, ASCII.isWord(bytes[start - 1]) { return nil }
    guard let scheme = Self.schemes.first(where: { bytes[start..<end].starts(with: $0) }) else {
      return nil
    }
    let name = bytes[(start + scheme.count)..<end].prefix { Self.isBucket($0) }
    guard name.count > 2, name.endIndex < end, bytes[name.endIndex] == .slash else { return nil }
    let bucket = String(decoding: name, as: UTF8.self)
    guard !Self.isPublic(bucket) else { return nil }
    var folders: [String] = []
    var at = name.endIndex + 1
    var begin = at
    while at < end, !Self.isEnd(bytes[at]) {
      if bytes[at] == .slash {
        guard at > begin else { break }
        folders.append(String(decoding: bytes[begin..<at], as: UTF8.self))
        begin = at + 1
      }
      at += 1
    }
    return FoundPlace(
      path: path, range: start..<at,
      bucket: String(decoding: scheme, as: UTF8.self) + bucket + "/", folders: folders)
  }

  private static func isBucket(_ byte: UInt8) -> Bool {
    ASCII.isDigit(byte) || UInt8.lowercase.contains(byte) || byte == .dot || byte == .hyphen
      || byte == .underscore
  }

  /// What ends a location in a text, or is a pattern in it.
  private static func isEnd(_ byte: UInt8) -> Bool {
    byte <= .space
      || [
        .quote, .apostrophe, .backtick, .comma, .semicolon, .bar, .less, .greater, .asterisk,
        .question, .openBracket, .openBrace, .closeBrace, .closeParenthesis, .closeBracket,
        .dollar, .ampersand, .backslash, .percent,
      ].contains(byte)
  }

  /// Buckets of AWS itself.
  private static func isPublic(_ bucket: String) -> Bool {
    bucket == "elasticmapreduce" || bucket.hasSuffix(".elasticmapreduce")
      || bucket.hasSuffix("elasticmapreduce.samples") || bucket.hasPrefix("aws-")
      || bucket.hasPrefix("amazon-") || bucket.hasSuffix("-elasticmapreduce")
  }
}
