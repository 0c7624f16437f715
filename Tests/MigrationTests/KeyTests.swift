import Documents
import Diagnostics
import Foundation
import Migration
import SourceText
import TestSupport
import Testing
import Values

/// Each key of an older file is somewhere in the new ones, with its value, or is reported.
@Suite struct KeyTests {
  /// Older files of our own, of each layout, and a companion's.
  static let own = ["r70", "r90", "v0.8.11", "v0.9.5", "v0.9.5+loader"]

  @Test(arguments: own) func keysOfOurFiles(_ name: String) throws {
    let texts = try name.split(separator: "+").enumerated().map { index, part in
      try Self.text(
        Locations.repository.appending(
          path: "Tests/Goldens/migration/\(index == 0 ? "" : "storage-")\(part).yml"))
    }
    let fates = try expectNothingIsLost(texts)
    expectGolden(Array(fates.utf8), "migration/\(name).txt")
  }

  private static let folders = ["eer_sample_history", "eer_config"]

  static let files: [String] = folders.flatMap { folder -> [String] in
    guard let root = Locations.conformance("real-world") else { return [] }
    return Locations.files(in: root.appending(path: folder), withEnding: "")
      .map { "\(folder)/\($0.lastPathComponent)" }
  }

  @Test(
    .enabled(if: Locations.conformance("real-world") != nil, "needs the conformance data"),
    arguments: files)
  func keysOfPublicFiles(_ name: String) throws {
    let root = try #require(Locations.conformance("real-world"))
    try expectNothingIsLost([Self.text(root.appending(path: name))])
  }

  /// StorageLoader's public files, with values for their placeholders, beside a sample of their
  /// time.
  @Test(.enabled(if: Locations.conformance("real-world") != nil, "needs the conformance data"))
  func keysOfCompanionsFiles() throws {
    let root = try #require(Locations.conformance("real-world"))
    let sample = try #require(
      Locations.files(
        in: root.appending(path: "eer_sample_history"), withEnding: "2015-06-08_bfdd86dac.sample"
      ).first)
    let folder = root.appending(path: "storageloader_config")
    for file in Locations.files(in: folder, withEnding: ".tpl") {
      let text = try Self.text(file).replacing(/\{\{\s*([A-Za-z_]+)[^}]*\}\}/) { "my-\($0.1)" }
      let fates = try expectNothingIsLost([Self.text(sample), text])
      #expect(fates.contains("old1.yml: targets[0].host -> targets/redshift.json: data.host"))
    }
  }

  private static func text(_ file: URL) throws -> String {
    String(decoding: try Locations.bytes(file), as: UTF8.self)
  }

  // MARK: What is expected

  /// A value of an older file.
  private struct Leaf {
    var path: String
    /// The place of its key.
    var key: Span?
    var node: NodeID
  }

  /// Expects each value of the files to be where it is said to be.
  /// - Returns: where each went, one a line.
  @discardableResult private func expectNothingIsLost(_ texts: [String]) throws -> String {
    let migrated = try Migrated(texts)
    if migrated.diagnostics.hasErrors {
      #expect(migrated.files.isEmpty && migrated.keys.isEmpty)
      #expect(migrated.diagnostics.contains { $0.severity == .error && $0.span != nil })
      return "refused"
    }
    var lines: [String] = []
    for (index, text) in texts.enumerated() {
      let tree = try Migrated.tree(text, source: index)
      let leaves = try Self.leaves(tree, #require(tree.root), "", nil)
      #expect(leaves.count > 3, "there is something to look at")
      for leaf in leaves {
        lines.append(
          "old\(index).yml: \(leaf.path) -> " + expectIsFound(leaf, tree, migrated))
      }
    }
    return lines.map { $0 + "\n" }.joined()
  }

  private static func leaves(
    _ tree: Tree, _ node: NodeID, _ path: String, _ key: Span?
  ) -> [Leaf] {
    switch tree.kind(node) {
    case .map where tree.count(node) > 0:
      return tree.entries(node).flatMap { entry in
        let key = tree.string(entry.key)
        return leaves(
          tree, entry.value, path.isEmpty ? key : "\(path).\(key)", tree.span(entry.key))
      }
    case .list where tree.items(node).contains(where: { tree.kind($0) == .map }):
      return tree.items(node).enumerated().flatMap { index, item in
        leaves(tree, item, "\(path)[\(index)]", key)
      }
    case .null, .bool, .int, .float, .string, .map, .list:
      return [Leaf(path: path, key: key, node: node)]
    }
  }

  /// Expects one value to be where the nearest entry says; tells where.
  private func expectIsFound(_ leaf: Leaf, _ tree: Tree, _ migrated: Migrated) -> String {
    let found = migrated.keys.filter { key in
      key.source == tree.span(leaf.node).source
        && (leaf.path == key.path || leaf.path.hasPrefix(key.path + ".")
          || leaf.path.hasPrefix(key.path + "["))
    }.max { left, right in
      // A list of targets may be there twice.
      left.path == right.path
        ? right.span == leaf.key : left.path.utf8.count < right.path.utf8.count
    }
    guard let key = found else {
      Issue.record("`\(leaf.path)` is lost")
      return "lost"
    }
    let rest = String(leaf.path.dropFirst(key.path.utf8.count))
    switch key.fate {
    case .carried(let to):
      let new = value("config.yml", at: to + rest, migrated)
      #expect(
        new.map { isSame(tree, leaf.node, $0.tree, $0.node) } ?? Self.isEmpty(tree, leaf.node),
        "`\(leaf.path)` isn't at `\(to + rest)`")
      return to + rest
    case .changed(let to):
      #expect(value("config.yml", at: to, migrated) != nil, "`\(leaf.path)`")
      #expect(
        migrated.diagnostics.contains {
          $0.code == .migrationChanged && $0.span == key.span && $0.message.contains("`\(to)`")
        }, "`\(leaf.path)`")
      return to + ", changed"
    case .file(let path, let at):
      expectIsInFile(leaf, tree, path, at + rest, migrated)
      return "\(path): \(at + rest)"
    case .same(let today):
      let new = value("config.yml", at: today, migrated)
      #expect(
        new.map { isSame(tree, leaf.node, $0.tree, $0.node) } ?? false, "`\(leaf.path)`")
      return "as \(today)"
    case .dropped:
      let why = migrated.diagnostics.first {
        $0.code == .migrationDropped && $0.span.map { key.span.contains($0) } ?? false
      }
      #expect(why != nil, "`\(leaf.path)` is dropped without a word")
      return "dropped: \(why?.message ?? "")"
    case .empty:
      #expect(Self.isEmpty(tree, leaf.node), "`\(leaf.path)` has a value")
      return "nothing"
    }
  }

  /// In another file, values have the forms that its schema wants.
  private func expectIsInFile(
    _ leaf: Leaf, _ tree: Tree, _ path: String, _ at: String, _ migrated: Migrated
  ) {
    if Self.isEmpty(tree, leaf.node) { return }
    let old = tree.string(leaf.node)
    guard let new = value(path, at: at, migrated) else {
      Issue.record("`\(leaf.path)` isn't at `\(at)` of \(path)")
      return
    }
    if at == "schema" {
      #expect(new.tree.string(new.node).contains("_config/"), "`\(leaf.path)`")
    } else if at.hasSuffix(".jdbc") {
      #expect(new.tree.value(new.node, "ssl") != nil, "`\(leaf.path)`")
    } else if new.tree.string(new.node) == "ADD HERE" {
      let span = tree.span(leaf.node)
      #expect(
        old == "ADD HERE"
          || migrated.diagnostics.contains { $0.code == .migrationDropped && $0.span == span },
        "`\(leaf.path)` is replaced without a word")
    } else {
      let text = new.tree.kind(new.node) == .list ? old : new.tree.string(new.node)
      let form = { (text: String) in text.lowercased().replacing("-", with: "_") }
      // Of `atomic.events`, a target names the schema.
      #expect(
        form(old) == form(text) || at.hasSuffix(".schema") && old.hasPrefix(text + "."),
        "`\(leaf.path)` is `\(text)`")
    }
  }

  // MARK: Values

  private func value(
    _ file: String, at path: String, _ migrated: Migrated
  ) -> (tree: Tree, node: NodeID)? {
    guard let text = migrated.text(file), let tree = try? Migrated.tree(text) else { return nil }
    return tree.root.flatMap { Self.find(path[...], tree, $0) }.map { (tree, $0) }
  }

  /// The node at a path, whose keys may have dots.
  private static func find(_ path: Substring, _ tree: Tree, _ node: NodeID) -> NodeID? {
    if path.isEmpty { return node }
    if path.hasPrefix(".") { return find(path.dropFirst(), tree, node) }
    if path.hasPrefix("["), let end = path.firstIndex(of: "]") {
      let items = Array(tree.items(node))
      guard let index = Int(path.dropFirst()[..<end]), index < items.count else { return nil }
      return find(path[path.index(after: end)...], tree, items[index])
    }
    for entry in tree.entries(node) {
      // A resolver's keys are in JSON's spelling.
      for key in [tree.string(entry.key), snakeCased(tree.string(entry.key))]
      where path.hasPrefix(key) {
        let rest = path.dropFirst(key.count)
        if rest.isEmpty || rest.hasPrefix(".") || rest.hasPrefix("["),
          let found = find(rest, tree, entry.value)
        {
          return found
        }
      }
    }
    return nil
  }

  private static func snakeCased(_ name: String) -> String {
    name.map { $0.isUppercase ? "_" + $0.lowercased() : String($0) }.joined()
  }

  private static func isEmpty(_ tree: Tree, _ node: NodeID) -> Bool {
    switch tree.kind(node) {
    case .null: true
    case .string: tree.string(node).isEmpty
    case .map, .list: tree.count(node) == 0
    case .bool, .int, .float: false
    }
  }

  /// Whether two values are equal; one may be the only item of a list, and names a map's keys.
  private func isSame(_ old: Tree, _ oldNode: NodeID, _ new: Tree, _ newNode: NodeID) -> Bool {
    switch (old.kind(oldNode), new.kind(newNode)) {
    case (.list, .map):
      return old.items(oldNode).map { old.string($0) }
        == new.entries(newNode).map { new.string($0.key) }
    case (.list, .list):
      return old.items(oldNode).map { old.string($0) } == new.items(newNode).map { new.string($0) }
    case (_, .list):
      return [old.string(oldNode)] == new.items(newNode).map { new.string($0) }
    case (.map, .map): return old.count(oldNode) == new.count(newNode)
    default: return old.string(oldNode) == new.string(newNode)
    }
  }
}

extension Span {
  fileprivate func contains(_ other: Span) -> Bool {
    source == other.source && start <= other.start && other.end <= end
  }
}
