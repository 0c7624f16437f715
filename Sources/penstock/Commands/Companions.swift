import SourceText
import Values

/// The files that belong to a pipeline of the user's own: step kinds and schemas beside it.
///
/// The compiler reads nothing, and only it can say for sure which schemas a pipeline names. So all
/// files that the text could mean are read: what follows a `schema:`, or a `$ref` in such a file,
/// where a file of that path is there.
struct Companions {
  private(set) var stepKinds: [SourceFile] = []
  private(set) var schemas: [String: SourceFile] = [:]
  /// What is there and cannot be read.
  private(set) var failures: [(path: String, reason: String)] = []
  private let folder: String
  private let tree: any FileTree

  init(of pipeline: SourceFile, in tree: any FileTree = Disk()) {
    folder = Files.folder(of: pipeline.name)
    self.tree = tree
    readStepKinds()
    var wanted = Self.texts(behind: "schema:", in: pipeline.text)
    while let path = wanted.popLast() {
      guard schemas[path] == nil, !path.contains("://") else { continue }
      let file = path.hasPrefix("/") ? path : folder + path
      guard tree.isFile(file) else { continue }
      guard let schema = read(file) else { continue }
      schemas[path] = schema
      let home = Files.folder(of: path)
      for reference in Self.texts(behind: "\"$ref\":", in: schema.text) {
        let target = reference.prefix { $0 != "#" }
        if !target.isEmpty { wanted.append(target.hasPrefix("/") ? String(target) : home + target) }
      }
    }
  }

  private mutating func readStepKinds() {
    let home = folder + "step-kinds"
    guard tree.isFolder(home) else { return }
    do throws(FileFailure) {
      for name in try tree.names(in: home, withEnding: ".yml") {
        if let file = read(Files.join(home, name)) { stepKinds.append(file) }
      }
    } catch {
      failures.append((home, error.reason))
    }
  }

  private mutating func read(_ path: String) -> SourceFile? {
    do throws(FileFailure) {
      return SourceFile(name: path, text: try tree.read(path))
    } catch {
      failures.append((path, error.reason))
      return nil
    }
  }

  /// The words that follow each occurrence of a key on its line, without quotes; each once.
  static func texts(behind key: String, in text: [UInt8]) -> [String] {
    let key = Array(key.utf8)
    var found: [String] = []
    var at = 0
    while let end = Self.end(of: key, in: text, from: at) {
      at = end
      while at < text.count, text[at] == 0x20 { at += 1 }
      let first = at < text.count ? text[at] : 0
      let quote: UInt8? = first == 0x22 || first == 0x27 ? first : nil
      if quote != nil { at += 1 }
      let word = text[at...].prefix { byte in
        guard byte > 0x1F else { return false }
        if let quote { return byte != quote }
        return byte != 0x20 && byte != 0x2C && byte != 0x7D
      }
      let path = String(decoding: word, as: UTF8.self)
      if !path.isEmpty, !found.contains(path) { found.append(path) }
      at += word.count
    }
    return found
  }

  /// Behind the next occurrence of a key.
  private static func end(of key: [UInt8], in text: [UInt8], from start: Int) -> Int? {
    text.withUnsafeBufferPointer { text in
      key.withUnsafeBufferPointer { key in
        ByteScan.first(key, in: text, from: start).map { $0 + key.count }
      }
    }
  }
}
