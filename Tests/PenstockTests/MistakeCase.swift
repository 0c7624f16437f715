import Foundation
import TestSupport

/// One file of Tests/PenstockTests/Mistakes: a mistake, the command that meets it, and its whole
/// output.
///
///     What is wrong, in a sentence.
///     $ penstock check -c config.yml
///     > config.yml:5 error: regoin
///     ? did you mean `region`
///     ~ hint: what is known to be wrong with it
///     @ base telemetry
///     @ edit config.yml
///     -    region: eu-west-1
///     +    regoin: eu-west-1
///     @ file other.yml
///     its whole text
///     @ exit 1
///     standard error
///
/// `>` is where the mistake must be reported, how gravely, and what the first line must say to be
/// enough; `?` is the way out; both by hand (see ``MistakeJudgement``). `~` is an aspect that is known
/// to be wrong: the test fails once it is right.
///
/// The command runs in a copy of Mistakes/base, or of the example or the folder in Edits/bases that
/// `@ base` names, with the edits made. `@ remove NAME` takes a file
/// away, `@ file NAME <` makes it standard input, `@ keep NAME` is a file that must stay as it is,
/// and a section marked `escaped` may hold `\xHH` and `\t`. Standard output must be empty where the
/// exit status is not 0.
struct MistakeCase {
  enum Change {
    case edit(file: String, old: [UInt8], new: [UInt8])
    case write(file: String, [UInt8], isInput: Bool)
    case remove(file: String)
    /// A file that the command must leave as it is.
    case keep(file: String, [UInt8])
  }

  struct Malformed: Error, CustomStringConvertible {
    var description: String
  }

  let path: URL
  /// The part of the file before `@ exit`.
  private(set) var head = ""
  private(set) var command: [String] = []
  private(set) var environment = ["ACCESS_KEY": "AKIAEXAMPLEACCESSKEY", "SECRET_KEY": "s3kr1t-key"]
  private(set) var changes: [Change] = []
  private(set) var judgement = MistakeJudgement()
  private var base: String?
  /// What is expected, from `@ exit` on.
  private(set) var golden: String?

  static let folder = Locations.repository.appending(path: "Tests/PenstockTests/Mistakes")

  init(_ path: URL) throws {
    self.path = path
    let text = String(decoding: try Locations.bytes(path), as: UTF8.self)
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    if let end = lines.firstIndex(where: { $0.hasPrefix("@ exit ") }) {
      golden = lines[end...].joined(separator: "\n")
      lines.removeSubrange(end...)
    } else if lines.last == "" {
      lines.removeLast()
    }
    head = lines.map { $0 + "\n" }.joined()
    var section: (title: [String], lines: [String]) = ([], [])
    for line in lines {
      if line.hasPrefix("@ ") {
        try finish(section)
        section = (line.dropFirst(2).split(separator: " ").map(String.init), [])
      } else if section.title.isEmpty, line.hasPrefix("$ ") {
        readCommand(line.dropFirst(2))
      } else if section.title.isEmpty, judgement.read(line) {
        continue
      } else {
        section.lines.append(line)
      }
    }
    try finish(section)
    if command.isEmpty { throw Malformed(description: "no command in \(path.lastPathComponent)") }
  }

  /// Its first line.
  var summary: String { head.split(separator: "\n").first.map(String.init) ?? "" }

  /// There may be variables before `penstock`; quotes protect spaces.
  private mutating func readCommand(_ text: Substring) {
    var words: [String] = []
    for (index, part) in text.split(separator: "'", omittingEmptySubsequences: false).enumerated() {
      if index % 2 == 1 {
        words.append(String(part))
      } else {
        words += part.split(separator: " ").map(String.init)
      }
    }
    while let word = words.first, word != "penstock" {
      let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      environment[String(parts[0])] = parts.count > 1 ? String(parts[1]) : nil
      words.removeFirst()
    }
    command = Array(words.dropFirst())
  }

  private mutating func finish(_ section: (title: [String], lines: [String])) throws {
    guard section.title.count >= 2 else { return }
    let file = section.title[1]
    let isEscaped = section.title.contains("escaped")
    func bytes(_ lines: [String]) -> [UInt8] {
      let text = Array(lines.map { $0 + "\n" }.joined().utf8)
      return isEscaped ? Self.unescaped(text) : text
    }
    switch section.title[0] {
    case "base": base = file
    case "edit":
      changes += try Self.hunks(section.lines).map {
        .edit(file: file, old: bytes($0.old), new: bytes($0.new))
      }
    case "file":
      changes.append(
        .write(file: file, bytes(section.lines), isInput: section.title.contains("<")))
    case "keep": changes.append(.keep(file: file, bytes(section.lines)))
    case "remove": changes.append(.remove(file: file))
    default: throw Malformed(description: "`@ \(section.title[0])` in \(path.lastPathComponent)")
    }
  }

  /// Lines with `-`, replaced by the lines with `+` after them.
  static func hunks(_ lines: [String]) throws -> [(old: [String], new: [String])] {
    var hunks: [(old: [String], new: [String])] = []
    var isBehindNew = true
    for line in lines {
      switch line.first {
      case "-":
        if isBehindNew { hunks.append(([], [])) }
        isBehindNew = false
        hunks[hunks.count - 1].old.append(String(line.dropFirst()))
      case "+" where !hunks.isEmpty:
        isBehindNew = true
        hunks[hunks.count - 1].new.append(String(line.dropFirst()))
      default: throw Malformed(description: "`\(line)` in an edit")
      }
    }
    return hunks
  }

  private static func unescaped(_ text: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    var at = 0
    while at < text.count {
      if text[at...].starts(with: Array("\\x".utf8)), at + 4 <= text.count,
        let byte = UInt8(String(decoding: text[(at + 2)..<(at + 4)], as: UTF8.self), radix: 16)
      {
        result.append(byte)
        at += 4
      } else if text[at...].starts(with: Array("\\t".utf8)) {
        result.append(0x09)
        at += 2
      } else {
        result.append(text[at])
        at += 1
      }
    }
    return result
  }
}

extension MistakeCase {
  private var source: URL {
    guard let base else { return Self.folder.appending(path: "base") }
    let own = EditCase.folder.appending(path: "bases/\(base)")
    if FileManager.default.fileExists(atPath: own.path) { return own }
    return Locations.repository.appending(path: "examples/\(base)")
  }

  /// Runs the command in a folder of its own.
  func run() throws -> Run {
    let scratch = try Scratch()
    let folder = scratch.folder.appending(path: "case")
    try FileManager.default.copyItem(at: source, to: folder)
    var input: String?
    for change in changes {
      switch change {
      case .remove(let file): try FileManager.default.removeItem(at: folder.appending(path: file))
      case .keep(let file, let text):
        try Data(text).write(to: folder.appending(path: file))
      case .write(let file, let text, let isInput):
        if isInput { input = String(decoding: text, as: UTF8.self) }
        let url = folder.appending(path: file)
        try FileManager.default.createDirectory(
          at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text).write(to: url)
      case .edit(let file, let old, let new):
        let url = folder.appending(path: file)
        let text = Data(try Locations.bytes(url))
        guard let range = text.range(of: Data(old)) else {
          throw Malformed(description: "`\(file)` has no `\(String(decoding: old, as: UTF8.self))`")
        }
        try text.replacingSubrange(range, with: new).write(to: url)
      }
    }
    let run = try Run(command, input: input, environment: environment, folder: folder)
    for case .keep(let file, let text) in changes {
      let now = try Locations.bytes(folder.appending(path: file))
      if now != text { throw Malformed(description: "`\(file)` was written") }
    }
    return run
  }
}

extension Data {
  fileprivate func replacingSubrange(_ range: Range<Int>, with bytes: [UInt8]) -> Data {
    var copy = self
    copy.replaceSubrange(range, with: bytes)
    return copy
  }
}
