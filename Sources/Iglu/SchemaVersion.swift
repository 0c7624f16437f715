import Text

/// A version of a schema (SchemaVer): MODEL-REVISION-ADDITION.
package struct SchemaVersion: Hashable, Sendable {
  package var model: Int
  package var revision: Int
  package var addition: Int

  package init(_ model: Int, _ revision: Int, _ addition: Int) {
    self.model = model
    self.revision = revision
    self.addition = addition
  }

  /// Nil for anything but three hyphenated numbers without leading zeros; models count from 1.
  package init?(_ text: some StringProtocol) {
    let parts = text.utf8.split(separator: .hyphen, omittingEmptySubsequences: false)
    let numbers = parts.compactMap { part -> Int? in
      guard part.allSatisfy({ ASCII.isDigit($0) }) else { return nil }
      if part.count > 1, part.first == UInt8(ascii: "0") { return nil }
      return Int(String(decoding: part, as: UTF8.self))
    }
    guard parts.count == 3, numbers.count == 3, numbers[0] > 0 else { return nil }
    self.init(numbers[0], numbers[1], numbers[2])
  }
}

extension SchemaVersion: Comparable, CustomStringConvertible {
  package var description: String { "\(model)-\(revision)-\(addition)" }

  package static func < (left: SchemaVersion, right: SchemaVersion) -> Bool {
    (left.model, left.revision, left.addition) < (right.model, right.revision, right.addition)
  }

  /// The next addition to this version; nil if the number overflows.
  package var nextAddition: SchemaVersion? {
    let (next, overflow) = addition.addingReportingOverflow(1)
    return overflow ? nil : SchemaVersion(model, revision, next)
  }

  /// Versions likely to exist if this one doesn't, nearest first.
  package var neighbours: [SchemaVersion] {
    var found: [SchemaVersion] = []
    func add(_ model: Int, _ revision: Int, _ addition: Int) {
      let version = SchemaVersion(model, revision, addition)
      guard model > 0, revision >= 0, addition >= 0, version != self, !found.contains(version)
      else { return }
      found.append(version)
    }
    if addition < Int.max { add(model, revision, addition + 1) }
    for back in 1...3 { add(model, revision, addition - back) }
    add(model, revision, 0)
    add(model, revision - 1, 0)
    add(model, 0, 0)
    add(model - 1, 0, 0)
    add(1, 0, 0)
    return found
  }
}
