import Foundation
import TestSupport
import Testing

/// The folders of a module are used in one direction: the types of one never use those of another
/// that uses it.
@Suite struct FolderTests {
  /// A module's types by the folder that declares them; files beside the folders are in "".
  private struct Module {
    var files: [(folder: String, text: String)] = []
    var home: [String: String] = [:]

    init(_ name: String, _ paths: [String]) throws {
      for path in paths {
        let parts = path.dropFirst("Sources/\(name)/".count).split(separator: "/")
        let folder = parts.count > 1 ? String(parts[0]) : ""
        let lines = try Repository.lines(path)
        files.append((folder, lines.map { Repository.code($0) }.joined(separator: "\n")))
        for line in lines { if let type = Self.type(declaredBy: line) { home[type] = folder } }
      }
    }

    /// The name of a type declared at the top of a file.
    private static func type(declaredBy line: String) -> String? {
      guard line.first?.isWhitespace == false else { return nil }
      let words = line.split { !$0.isLetter && !$0.isNumber && $0 != "_" }.map(String.init)
      let kinds: Set = ["struct", "enum", "class", "protocol", "actor", "typealias"]
      guard let kind = words.firstIndex(where: kinds.contains), kind + 1 < words.count else {
        return nil
      }
      return words[kind + 1]
    }

    /// For each folder, the folders whose types it uses, each with one use of it.
    func uses() -> [String: [String: String]] {
      var uses: [String: [String: String]] = [:]
      for (folder, text) in files {
        let words = Set(text.split { !$0.isLetter && !$0.isNumber && $0 != "_" }.map(String.init))
        for word in words.sorted() {
          guard let other = home[word], other != folder else { continue }
          uses[folder, default: [:]][other] = word
        }
      }
      return uses
    }
  }

  @Test func foldersFormNoCircle() throws {
    var looked = 0
    for (name, paths) in Repository.modules {
      let uses = try Module(name, paths).uses()
      looked += uses.count
      for start in uses.keys.sorted() {
        #expect(
          !Self.reaches(start, from: start, uses),
          "\(name): \(start.isEmpty ? "files beside the folders" : start) is in a circle: \(uses)")
      }
    }
    #expect(looked > 10, "no folder was looked at")
  }

  private static func reaches(
    _ goal: String, from start: String, _ uses: [String: [String: String]]
  ) -> Bool {
    var seen: Set<String> = []
    var open = Array((uses[start] ?? [:]).keys)
    while let next = open.popLast() {
      if next == goal { return true }
      if seen.insert(next).inserted { open += (uses[next] ?? [:]).keys }
    }
    return false
  }
}
