import Foundation
import TestSupport

/// The repository's files, for hygiene tests.
enum Repository {
  /// All files below a folder, as paths from the repository's top, sorted.
  static func files(under folder: String, withEnding ending: String = "") -> [String] {
    let top = Locations.repository.appending(path: folder)
    guard
      let all = FileManager.default.enumerator(
        at: top, includingPropertiesForKeys: [.isRegularFileKey], options: [.skipsHiddenFiles])
    else { return [] }
    let prefix = Locations.repository.path + "/"
    return all.compactMap { $0 as? URL }
      .filter { (try? $0.resourceValues(forKeys: [.isRegularFileKey]).isRegularFile) == true }
      .map { String($0.path.dropFirst(prefix.count)) }
      .filter { $0.hasSuffix(ending) }.sorted()
  }

  static func text(_ path: String) throws -> String {
    String(
      decoding: try Locations.bytes(Locations.repository.appending(path: path)), as: UTF8.self)
  }

  static func lines(_ path: String) throws -> [String] {
    try text(path).split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
  }

  /// The Swift files of the program, by module.
  static var modules: [String: [String]] {
    Dictionary(grouping: files(under: "Sources", withEnding: ".swift")) { path in
      String(path.split(separator: "/")[1])
    }
  }

  /// A line without its comment and its string literals: the code.
  static func code(_ line: String) -> String {
    var result = ""
    var isText = false
    var previous: Character = " "
    for character in line {
      if character == "\"", previous != "\\" {
        isText.toggle()
      } else if !isText {
        if character == "/", previous == "/" { return String(result.dropLast()) }
        result.append(character)
      }
      previous = character
    }
    return result
  }
}
