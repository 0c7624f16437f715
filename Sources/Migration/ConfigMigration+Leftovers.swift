import Documents
import Diagnostics
import SourceText
import Values

/// Reports the parts of the older file that are left over.
extension ConfigMigration {
  mutating func reportLeftovers() { reportLeftovers(main.outline.entries, "") }

  mutating func reportLeftovers(_ entries: [Outline.Entry], _ base: String) {
    for entry in entries {
      let path = base.isEmpty ? entry.key : "\(base).\(entry.key)"
      if rules.targets.from.contains(path) || isOtherFile(path) { continue }
      if case .map(let inner) = entry.content, !isWhole(path) {
        if rules.dropped.contains(where: { $0.from == path }), !hasOtherFile(path) {
          drop(path, entry, of: main)
        } else {
          reportLeftovers(inner, path)
        }
        continue
      }
      if !consumed.contains(path) { drop(path, entry, of: main) }
    }
  }

  /// Reports a key that went nowhere, unless it has no value.
  mutating func drop(_ path: String, _ entry: Outline.Entry, of document: MigrationDocument) {
    guard !isEmpty(entry.content) else {
      keys.append(key(document, path, entry.keySpan, .empty))
      return
    }
    let why = rules.dropped.first { $0.from == path || path.hasPrefix($0.from + ".") }?.why
    keys.append(key(document, path, entry.keySpan, .dropped))
    diagnostics.append(
      .migrationDropped(
        path, why ?? "the current configuration has no such key", at: entry.keySpan))
  }

  // MARK: Companions

  /// Reports the parts of a companion's file that the configuration doesn't have too.
  mutating func reportLeftovers(ofCompanion index: Int) {
    reportLeftovers(companions[index].document.outline.entries, "", ofCompanion: index)
  }

  private mutating func reportLeftovers(
    _ entries: [Outline.Entry], _ base: String, ofCompanion index: Int
  ) {
    let (document, shape) = companions[index]
    for entry in entries {
      let path = base.isEmpty ? entry.key : "\(base).\(entry.key)"
      if rules.targets.from.contains(path) || companionsConsumed[index].contains(path) { continue }
      if case .map(let inner) = entry.content {
        reportLeftovers(inner, path, ofCompanion: index)
      } else if let today = (shape.moved + shape.same).first(where: { $0.from == path })?.to,
        !isEmpty(entry.content), let own = text(at: today)
      {
        let isSame = entry.content.text == own
        keys.append(key(document, path, entry.keySpan, isSame ? .same(as: today) : .dropped))
        if !isSame {
          diagnostics.append(.migrationDiffers(path, from: today, at: entry.keySpan))
        }
      } else {
        drop(path, entry, of: document)
      }
    }
  }

  /// Whether a part became a separate file.
  func isOtherFile(_ path: String) -> Bool {
    consumed.contains(path) && (path == rules.resolver || rules.extras.contains { $0.from == path })
  }

  /// Whether a part of a map became a separate file.
  func hasOtherFile(_ path: String) -> Bool {
    rules.extras.contains { $0.from.hasPrefix(path + ".") && consumed.contains($0.from) }
  }

  /// Whether a map was carried over whole: its keys are the user's own.
  func isWhole(_ path: String) -> Bool {
    guard consumed.contains(path) else { return false }
    return !hasDeclaredKeys(path)
  }

  /// Whether today's schema declares the keys of the map that a path became.
  func hasDeclaredKeys(_ path: String) -> Bool {
    let moves = layoutMoves + rules.moved
    let today =
      moves.first { $0.from == path }?.to
      ?? moves.first { path.hasPrefix($0.from + ".") }
      .map { $0.to + path.dropFirst($0.from.utf8.count) } ?? path
    var node = schema.root
    for part in today.split(separator: ".") {
      node = node.flatMap { schema.value($0, "properties") }.flatMap {
        schema.value($0, String(part))
      }
    }
    return node.flatMap { schema.value($0, "properties") } != nil
  }

  func isEmpty(_ content: Outline.Content) -> Bool {
    switch content {
    case .text(let text): Self.isNull(text) || text == "{}" || text == "[]"
    case .map(let entries): entries.allSatisfy { isEmpty($0.content) }
    case .list(let items): items.isEmpty
    }
  }

  func comments(_ entries: [Outline.Entry], _ base: String) -> [String] {
    entries.flatMap { entry -> [String] in
      let path = base.isEmpty ? entry.key : "\(base).\(entry.key)"
      // Comments about what became another file don't belong here.
      if rules.targets.from.contains(path) || isOtherFile(path) { return [] }
      let own = entry.comments.above + [entry.comments.behind].compactMap { $0 }
      switch entry.content {
      case .text: return own
      case .map(let inner): return own + comments(inner, path)
      case .list(let items):
        return own
          + items.flatMap { $0.comments.above + [$0.comments.behind].compactMap { $0 } }
      }
    }
  }
}

extension Outline.Content {
  /// A scalar as written.
  fileprivate var text: String? { if case .text(let text) = self { text } else { nil } }
}
