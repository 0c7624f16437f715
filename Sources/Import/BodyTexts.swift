import Values

/// The texts of a request's body, in which parts become expressions.
struct BodyTexts {
  /// The places of all texts, in the body's order.
  private(set) var paths: [BodyPath] = []
  private var texts: [BodyPath: DraftText] = [:]
  /// What is written in place of a part that isn't a text, or of a list or map as a whole.
  var parts: [BodyPath: Draft] = [:]
  let body: SpannedValue

  init(_ body: SpannedValue) {
    self.body = body
    collect(body, [])
  }

  private mutating func collect(_ value: SpannedValue, _ path: BodyPath) {
    switch value.content {
    case .scalar(.string(let text)):
      paths.append(path)
      texts[path] = DraftText(text)
    case .scalar: return
    case .list(let items):
      for (at, item) in items.enumerated() { collect(item, path + [.index(at)]) }
    case .map(let entries):
      for entry in entries { collect(entry.value, path + [.key(entry.key)]) }
    }
  }

  subscript(path: BodyPath) -> DraftText? { texts[path] }

  /// Whether a text is there that has no expression yet, nor is in a part that is replaced.
  func isFree(_ path: BodyPath) -> Bool { texts[path]?.literal != nil && !isReplaced(path) }

  func isReplaced(_ path: BodyPath) -> Bool {
    !parts.isEmpty && path.indices.contains { parts[Array(path[...$0])] != nil }
  }

  /// Whether all texts in a part are free.
  func isAllFree(_ path: BodyPath) -> Bool {
    !isReplaced(path) && !parts.keys.contains { $0.starts(with: path) }
      && paths.allSatisfy { !$0.starts(with: path) || texts[$0]?.literal != nil }
  }

  /// Replaces a text, or some of its bytes, by an expression that yields them.
  ///
  /// - Returns: whether it did; not if some of them are in an expression already.
  @discardableResult
  mutating func replace(_ path: BodyPath, _ range: Range<Int>? = nil, by expression: String) -> Bool
  {
    guard let text = texts[path] else { return false }
    let count = text.plain.utf8.count
    guard let range, range != 0..<count else {
      guard text.literal != nil else { return false }
      texts[path] = DraftText(expression: expression, yields: text.plain)
      return true
    }
    guard !range.isEmpty, range.upperBound <= count,
      let replaced = text.replacing(range, by: expression)
    else { return false }
    texts[path] = replaced
    return true
  }

  /// A part of the body as the pipeline has it; null and absent members are left out.
  func draft(_ value: SpannedValue, _ path: BodyPath) -> Draft? {
    if let part = parts[path] { return part }
    switch value.content {
    case .scalar(.string(let text)): return .text(texts[path] ?? DraftText(text))
    case .scalar(let scalar): return Draft(scalar)
    case .list(let items):
      return .list(
        items.enumerated().compactMap { at, item in
          draft(item, path + [.index(at)]).map { Draft.Item(value: $0) }
        })
    case .map(let entries):
      return .map(
        entries.compactMap { entry in
          draft(entry.value, path + [.key(entry.key)]).map { Draft.Entry(entry.key, $0) }
        })
    }
  }
}

extension Draft {
  /// A scalar that isn't a text; nil for one that is absent.
  init?(_ value: Value) {
    switch value {
    case .bool(let flag): self = .scalar(flag ? "true" : "false")
    case .int(let number): self = .scalar(String(number))
    case .uint(let number): self = .scalar(String(number))
    case .number(let text): self = .scalar(text)
    case .double(let number): self = .scalar(Value.text(of: number))
    case .string(let text): self = .text(text)
    default: return nil
    }
  }
}

/// The places of secrets in a body: whole texts, or some of their bytes.
struct SecretPlaces {
  struct Place {
    var path: BodyPath
    /// Nil for the whole text.
    var range: Range<Int>?
    /// A name that says what it is: `KdcAdminPassword`, `--password`.
    var name: String
  }

  private(set) var places: [Place] = []

  init(_ body: SpannedValue) { find(body, [], SecretHint(), name: "secret") }

  private mutating func find(
    _ value: SpannedValue, _ path: BodyPath, _ hint: SecretHint, name: String
  ) {
    switch value.content {
    case .scalar(.string(var text)):
      if hint.marksWhole(text) {
        places.append(Place(path: path, range: nil, name: name))
      } else {
        let ranges = text.withUTF8 { SecretParts.ranges(in: $0) }
        let count = text.utf8.count
        for range in ranges {
          let isWhole = range == 0..<count
          places.append(Place(path: path, range: isWhole ? nil : range, name: name))
        }
      }
    case .scalar: return
    case .list(let items):
      var before: String?
      for (at, item) in items.enumerated() {
        let isAfterOption = before?.hasPrefix("-") ?? false
        find(
          item, path + [.index(at)], hint.item(after: before),
          name: isAfterOption ? before ?? name : name)
        before = item.text
      }
    case .map(let entries):
      let pair = entries.first { SecretHint.isPairName($0.key) }?.value.text
      for entry in entries {
        let isPair = pair != nil && SecretHint.isPairValue(entry.key)
        find(
          entry.value, path + [.key(entry.key)], hint.member(entry.key, in: pair),
          name: isPair ? pair ?? entry.key : entry.key)
      }
    }
  }

  /// Whether some bytes of a text are, or are in, a secret.
  func contains(_ path: BodyPath, _ range: Range<Int>?) -> Bool {
    places.contains { place in
      guard place.path == path else { return false }
      guard let own = place.range, let range else { return true }
      return own.overlaps(range)
    }
  }
}
