import Import
import SourceText
import Values

/// A value as a source computes it: known parts, and parts that the source's variables fill.
struct Draft: Sendable {
  enum Content: Sendable {
    /// Null (which stands for nothing), a bool or a number.
    case scalar(Value)
    /// A text; a single piece that is a variable is the variable's value, of whatever type.
    case text([Piece])
    case list([Draft])
    case map([Entry])
  }

  enum Piece: Sendable, Hashable {
    case known(String)
    case variable(VariableTable.ID)
  }

  struct Entry: Sendable {
    var key: String
    var keySpan: Span?
    var value: Draft
  }

  var content: Content
  var span: Span?

  init(_ content: Content, at span: Span?) {
    self.content = content
    self.span = span
  }

  init(_ text: String, at span: Span? = nil) { self.init(.text([.known(text)]), at: span) }

  static func bool(_ flag: Bool, at span: Span? = nil) -> Draft {
    Draft(.scalar(.bool(flag)), at: span)
  }

  static func int(_ number: Int64, at span: Span? = nil) -> Draft {
    Draft(.scalar(.int(number)), at: span)
  }

  static func nothing(at span: Span? = nil) -> Draft { Draft(.scalar(.null), at: span) }

  /// A map of the members that there are.
  static func members(_ members: KeyValuePairs<String, Draft?>, at span: Span? = nil) -> Draft {
    Draft(
      .map(members.compactMap { member in member.value.map { Entry(key: member.key, value: $0) } }),
      at: span)
  }

  /// A document's value: all of it is known.
  init(_ value: SpannedValue) {
    switch value.content {
    case .scalar(.string(let text)): self.init(text, at: value.span)
    case .scalar(let scalar): self.init(.scalar(scalar), at: value.span)
    case .list(let items): self.init(.list(items.map { Draft($0) }), at: value.span)
    case .map(let entries):
      self.init(
        .map(
          entries.map { Entry(key: $0.key, keySpan: $0.keySpan, value: Draft($0.value)) }),
        at: value.span)
    }
  }
}

extension Draft {
  var isNothing: Bool { if case .scalar(.null) = content { true } else { false } }

  var entries: [Entry] { if case .map(let entries) = content { entries } else { [] } }

  var items: [Draft] { if case .list(let items) = content { items } else { [] } }

  var isMap: Bool { if case .map = content { true } else { false } }

  var isList: Bool { if case .list = content { true } else { false } }

  /// The variable that is the whole value.
  var variable: VariableTable.ID? {
    guard case .text(let pieces) = content, pieces.count == 1,
      case .variable(let id)? = pieces.first
    else { return nil }
    return id
  }

  /// The text, if no variable has a part in it.
  var known: String? {
    guard case .text(let pieces) = content else { return nil }
    var text = ""
    for piece in pieces {
      guard case .known(let part) = piece else { return nil }
      text += part
    }
    return text
  }

  /// A map's member; nil if there is none, or if it is null.
  subscript(key: String) -> Draft? {
    get { entries.first { $0.key == key && !$0.value.isNothing }?.value }
    set {
      var entries = entries
      let at = entries.firstIndex { $0.key == key }
      switch (at, newValue) {
      case (let at?, let value?): entries[at].value = value
      case (let at?, nil): entries.remove(at: at)
      case (nil, let value?): entries.append(Entry(key: key, value: value))
      case (nil, nil): return
      }
      content = .map(entries)
    }
  }

  /// The map with a member under another name.
  func renaming(_ old: String, _ new: String) -> Draft {
    var draft = self
    draft.content = .map(
      entries.map { $0.key == old ? Entry(key: new, keySpan: $0.keySpan, value: $0.value) : $0 })
    return draft
  }

  /// Texts one after the other; nil if one of them isn't a text.
  static func joined(_ parts: [Draft], separator: String = "") -> [Piece]? {
    var pieces: [Piece] = []
    for (index, part) in parts.enumerated() {
      if index > 0, !separator.isEmpty { pieces.append(.known(separator)) }
      switch part.content {
      case .text(let more): pieces += more
      case .scalar(.null): continue
      case .scalar(let value): pieces.append(.known(EMRMember.text(of: value)))
      case .list, .map: return nil
      }
    }
    return merged(pieces)
  }

  /// Known pieces that follow each other as one; without empty ones.
  static func merged(_ pieces: [Piece]) -> [Piece] {
    var result: [Piece] = []
    for piece in pieces {
      if case .known(let text) = piece {
        if text.isEmpty { continue }
        if case .known(let before)? = result.last {
          result[result.count - 1] = .known(before + text)
          continue
        }
      }
      result.append(piece)
    }
    return result.isEmpty ? [.known("")] : result
  }
}
