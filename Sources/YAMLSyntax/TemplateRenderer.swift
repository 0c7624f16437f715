import Text
package import Diagnostics
package import SourceText

/// Renders the subset of ERB that configs use: values of environment variables.
///
/// Like ERB, it renders everywhere, in quotes and comments too, before the text is YAML. No Ruby
/// runs: an unsupported expression is an error at its place.
package enum TemplateRenderer {
  /// The file with its rendered text; positions remain those of the text as written. Nil and at
  /// least one error if it can't be rendered. No diagnostic holds a variable's value.
  package static func render(
    _ text: [UInt8], name: String, environment: (String) -> String?, source: SourceID,
    into diagnostics: inout [Diagnostic]
  ) -> SourceFile? {
    guard hasMark(text) else { return SourceFile(name: name, text: text) }
    var rendering = Rendering(text: text, source: source)
    withoutActuallyEscaping(environment) { rendering.run($0) }
    diagnostics.append(contentsOf: rendering.diagnostics)
    guard !rendering.diagnostics.hasErrors else { return nil }
    return SourceFile(
      name: name, text: text, parsed: rendering.out, rendering: rendering.map,
      substituted: rendering.substituted, emptyMarks: rendering.emptyMarks)
  }

  private static func hasMark(_ text: [UInt8]) -> Bool {
    text.withUnsafeBufferPointer { bytes in
      var at = 0
      while at + 1 < bytes.count {
        if bytes[at] == .less, bytes[at + 1] == .percent { return true }
        at += 1
      }
      return false
    }
  }

  private struct Rendering {
    let text: [UInt8]
    let source: SourceID
    var out: [UInt8] = []
    var map = OffsetMap()
    var substituted: [Span] = []
    var emptyMarks: [EmptyMark] = []
    var diagnostics: [Diagnostic] = []
    /// How many mistakes are reported.
    static var limit: Int { 100 }

    init(text: [UInt8], source: SourceID) {
      self.text = text
      self.source = source
    }

    func span(_ range: Range<Int>) -> Span { Span(source, range) }

    mutating func run(_ environment: @escaping (String) -> String?) {
      var at = 0
      var copied = 0
      while at + 1 < text.count {
        guard text[at] == .less, text[at + 1] == .percent else {
          at += 1
          continue
        }
        if at + 2 < text.count, text[at + 2] == .percent {
          copy(copied..<at)
          replace((at)..<(at + 3), by: [.less, .percent])
          at += 3
          copied = at
          continue
        }
        guard let tag = Tag(text, at: at) else {
          diagnostics.append(.templateUnclosed(at: span(at..<(at + 2))))
          return
        }
        copy(copied..<max(copied, tag.whole.lowerBound))
        render(tag, environment)
        guard diagnostics.count < Self.limit else { return }
        at = tag.whole.upperBound
        copied = at
      }
      copy(copied..<text.count)
    }

    private mutating func render(_ tag: Tag, _ environment: @escaping (String) -> String?) {
      switch tag.kind {
      case .comment: replace(tag.whole, by: [])
      case .code:
        if !tag.isEmpty {
          diagnostics.append(
            .templateRubyUnsupported(
              "Ruby code in a template isn't run", at: span(tag.written)))
        }
        replace(tag.whole, by: [])
      case .expression:
        var expression = RubyExpression(
          tag.content, start: tag.contentStart, source: source, environment: environment)
        let value = expression.evaluate()
        diagnostics.append(contentsOf: expression.diagnostics)
        let start = out.count
        replace(tag.whole, by: value?.text ?? [])
        if value?.isFromEnvironment ?? false, out.count > start {
          substituted.append(span(start..<out.count))
        } else if let value, out.count == start, !expression.absentVariables.isEmpty {
          emptyMarks.append(
            EmptyMark(
              offset: start, written: tag.whole, variables: expression.absentVariables,
              isDefault: value.text != nil && !value.isFromEnvironment))
        }
      }
    }

    private mutating func copy(_ range: Range<Int>) {
      guard !range.isEmpty else { return }
      out.append(contentsOf: text[range])
      map.append(derivedCount: range.count, origin: range)
    }

    private mutating func replace(_ range: Range<Int>, by new: [UInt8]) {
      out.append(contentsOf: new)
      map.appendReplacement(derivedCount: new.count, origin: range)
    }
  }

  /// `<% … %>` in any of its forms.
  private struct Tag {
    enum Kind { case expression, code, comment }

    var kind: Kind
    /// All that the tag replaces, including the spaces and the line end that `-` trims.
    var whole: Range<Int>
    /// The tag itself.
    var written: Range<Int>
    var content: [UInt8]
    var contentStart: Int

    var isEmpty: Bool { content.allSatisfy(Composer.isSpace) }

    /// Nil if the tag isn't closed.
    init?(_ text: [UInt8], at start: Int) {
      var at = start + 2
      kind = .code
      var low = start
      if at < text.count {
        switch text[at] {
        case .equals:
          kind = .expression
          at += 1
        case .hash:
          kind = .comment
          at += 1
        case .hyphen:
          at += 1
          while low > 0, SourceLines.isBlank(text[low - 1]) { low -= 1 }
          if low > 0, !SourceLines.isBreak(text[low - 1]) { low = start }
        default: break
        }
      }
      contentStart = at
      content = []
      while at + 1 < text.count {
        if text[at] == .percent, text[at + 1] == .percent, at + 2 < text.count,
          text[at + 2] == .greater
        {
          content.append(contentsOf: [.percent, .greater])
          at += 3
        } else if text[at] == .percent, text[at + 1] == .greater {
          break
        } else if text[at] == .less, text[at + 1] == .percent, kind != .comment {
          // Another tag opens before this one closes.
          return nil
        } else {
          content.append(text[at])
          at += 1
        }
      }
      guard at + 1 < text.count else { return nil }
      var end = at + 2
      written = start..<end
      if content.last == .hyphen, kind != .comment {
        content.removeLast()
        if end < text.count, text[end] == .carriageReturn { end += 1 }
        if end < text.count, text[end] == .newline { end += 1 }
      }
      whole = low..<end
    }
  }
}
