/// A template tag that rendered to nothing because its variables are unset or empty.
package struct EmptyMark: Hashable, Sendable {
  /// Its offset in the parsed text.
  package var offset: Int
  /// The tag in the text as written: several tags can leave nothing at one offset.
  package var written: Range<Int>
  package var variables: [String]
  /// Whether the tag asks for nothing in this case: `ENV['X'] || ''`.
  package var isDefault: Bool

  package init(offset: Int, written: Range<Int>, variables: [String], isDefault: Bool) {
    self.offset = offset
    self.written = written
    self.variables = variables
    self.isDefault = isDefault
  }
}

/// A text as it was read, and how it became the text that was parsed.
package struct SourceFile: Sendable {
  /// The path as the user named it, or a name in angle brackets (`<stdin>`, `<builtin>/x.yml`).
  package private(set) var name: String
  /// The bytes as written.
  package let text: [UInt8]
  /// The bytes that were parsed: `text`, unless a template was rendered first.
  package let parsed: [UInt8]
  /// Maps offsets of `parsed` to those of `text`; nil if the two are the same.
  package let rendering: OffsetMap?
  /// The parts of `parsed` that came from the environment, in order: they may be secrets.
  package let substituted: [Span]
  /// Template tags that rendered to nothing, in order.
  package let emptyMarks: [EmptyMark]
  /// The ranges of `text` that are never shown.
  package fileprivate(set) var hidden: [Range<Int>] = []

  package init(name: String, text: [UInt8]) {
    self.name = name
    self.text = text
    self.parsed = text
    self.rendering = nil
    self.substituted = []
    self.emptyMarks = []
  }

  package init(
    name: String, text: [UInt8], parsed: [UInt8], rendering: OffsetMap,
    substituted: [Span] = [], emptyMarks: [EmptyMark] = []
  ) {
    self.name = name
    self.text = text
    self.parsed = parsed
    self.rendering = rendering
    self.substituted = substituted
    self.emptyMarks = emptyMarks
  }

  /// The file with another name.
  package func named(_ name: String) -> SourceFile {
    var file = self
    file.name = name
    return file
  }

  /// The file with ranges of it as written hidden from all output.
  package func hiding(_ ranges: [Range<Int>]) -> SourceFile {
    var file = self
    file.hidden += ranges
    return file
  }

  /// Whether a span of the parsed text holds something from the environment, which messages must
  /// not quote.
  package func isSubstituted(_ span: Span) -> Bool {
    var low = 0
    var high = substituted.count
    while low < high {
      let middle = (low + high) / 2
      if substituted[middle].end <= span.start {
        low = middle + 1
      } else {
        high = middle
      }
    }
    return low < substituted.count && substituted[low].start < span.end
  }

  /// The bytes of the file as written that a span of the parsed text came from.
  package func written(_ span: Span) -> Range<Int> {
    let range = Int(span.start)..<Int(span.end)
    let origin = rendering?.origin(of: range) ?? range
    let low = min(origin.lowerBound, text.count)
    return low..<min(max(origin.upperBound, low), text.count)
  }
}

/// All files of one compilation, in the order of adding them.
package struct SourceSet: Sendable {
  package private(set) var files: [SourceFile] = []

  package init() {}

  @discardableResult
  package mutating func add(_ file: SourceFile) -> SourceID {
    files.append(file)
    return SourceID(index: UInt32(clamping: files.count - 1))
  }

  /// Replaces a file with its rendered form.
  package mutating func replace(_ id: SourceID, with file: SourceFile) {
    guard Int(id.index) < files.count else { return }
    files[Int(id.index)] = file
  }

  /// Hides ranges of a file as written from all output.
  package mutating func hide(_ ranges: [Range<Int>], in id: SourceID) {
    guard Int(id.index) < files.count else { return }
    files[Int(id.index)].hidden += ranges
  }

  /// Adds another set's files that this one doesn't have.
  ///
  /// - Returns: the id here of each of those.
  package mutating func add(allOf others: SourceSet) -> [SourceID] {
    others.files.map { file in
      guard let same = files.firstIndex(where: { $0.name == file.name && $0.text == file.text })
      else { return add(file) }
      files[same].hidden += file.hidden.filter { !files[same].hidden.contains($0) }
      return SourceID(index: UInt32(clamping: same))
    }
  }

  package subscript(id: SourceID) -> SourceFile? {
    Int(id.index) < files.count ? files[Int(id.index)] : nil
  }

  package func position(of span: Span) -> Position? {
    guard let file = self[span.source] else { return nil }
    let range = file.written(span)
    return LineTable(file.text).position(of: range.lowerBound, in: file.text)
  }
}
