import AWSServices
import Foundation
import TestSupport
import Testing

/// The documents show what happens: their files are written, their commands run, and the text below
/// a command is what it prints.
///
/// A block below `<!-- file: NAME -->` is a file, one below `<!-- quotes: PATH -->` lines of a file
/// of the repository. In a `console` block a line after `$ ` is a command (`\` continues it) and
/// the rest its output, in which a line `…` stands for any number of lines, and `…` in a line for
/// any part of it. `cd FOLDER` as a command of its own holds for the rest of the page.
@Suite struct DocumentTests {
  private static let pages =
    ["README.md"]
    + ["docs", "docs/targets"].flatMap { folder in
      Locations.files(
        in: Locations.repository.appending(path: folder), withEnding: ".md"
      ).map { "\(folder)/" + $0.lastPathComponent }
    }

  @Test(arguments: pages)
  func commandsDoWhatThePageSays(page: String) throws {
    let scratch = try Scratch()
    for folder in ["examples", "pipelines"] {
      try FileManager.default.createSymbolicLink(
        at: scratch.folder.appending(path: folder),
        withDestinationURL: Locations.repository.appending(path: folder))
    }
    var folder = scratch.folder
    for block in try Self.blocks(of: page) {
      if let name = block.file { try scratch.file(name, block.text) }
      guard block.language == "console" else { continue }
      for session in Self.sessions(block.lines) {
        if session.command.wholeMatch(of: /cd [\w.\/-]+/) != nil {
          folder = folder.appending(path: String(session.command.dropFirst(3)))
          #expect(FileManager.default.fileExists(atPath: folder.path), "\(page): \(folder.path)")
          continue
        }
        let printed = try Self.run(session.command, in: folder)
        #expect(
          Self.matches(session.output, printed),
          "\(page): \(session.command)\n\(printed.joined(separator: "\n"))")
      }
    }
  }

  /// The demo shows a whole run on standard error, and only the job flow on standard output.
  @Test func theDemoEndsWell() throws {
    let demo = try Run(
      ["scripts/demo", Run.binary.path], folder: Locations.repository,
      program: URL(filePath: "/bin/bash"))
    #expect(demo.status == 0, "\(demo.errors)")
    let jobFlow = try JSONSerialization.jsonObject(with: Data(demo.output)) as? [String: Any]
    #expect((jobFlow?["Steps"] as? [Any])?.count == 17)
    #expect(demo.errors.contains("to recover:"))
    #expect(demo.errors.contains("an earlier process began this run"))
  }

  /// The policy for Penstock's role allows what the clients call, and nothing else.
  @Test func thePolicyAllowsWhatIsCalled() throws {
    let policy = try #require(Self.blocks(of: "docs/iam.md").first { $0.file != nil })
    let tree = try JSONSerialization.jsonObject(with: Data(policy.text.utf8)) as? [String: Any]
    let statements = try #require(tree?["Statement"] as? [[String: Any]])
    let allowed = statements.flatMap { statement in
      statement["Action"] as? [String] ?? [statement["Action"] as? String ?? ""]
    }
    let objects = [
      "ListObjectsV2": ["s3:ListBucket"], "GetObject": ["s3:GetObject"],
      "HeadObject": ["s3:GetObject"], "CopyObject": ["s3:GetObject", "s3:PutObject"],
      "PutObject": ["s3:PutObject"], "DeleteObject": ["s3:DeleteObject"],
    ]
    let clusters = try Self.operations(in: ["EMRClient.swift"])
    var needed = Set(clusters.map { "elasticmapreduce:\($0)" })
    #expect(needed.count > 5)
    for name in try Self.operations(in: ["S3Client.swift", "S3Client+Listing.swift"]) {
      needed.formUnion(try #require(objects[name], "\(name)"))
    }
    // A cluster that waits is compared with what the pipeline describes.
    let compared = [
      ClusterQuestion.instanceGroups, .instanceFleets, .bootstrapActions, .managedScaling,
    ]
    needed.formUnion(compared.map { "elasticmapreduce:\($0.rawValue)" })
    // Clusters are given two roles.
    #expect(Set(allowed) == needed.union(["iam:PassRole"]))
    let page = try String(
      decoding: Locations.bytes(Locations.repository.appending(path: "docs/iam.md")), as: UTF8.self)
    for name in try Self.operations(in: ["STSClient.swift"]) { #expect(page.contains(name)) }
  }

  /// The operations that a client's source calls by name.
  private static func operations(in files: [String]) throws -> Set<String> {
    var names: Set<String> = []
    for file in files {
      let source = Locations.repository.appending(path: "Sources/AWSClient/\(file)")
      let text = String(decoding: try Locations.bytes(source), as: UTF8.self)
      for match in text.matches(of: /(?:call|pages)\(\s*"([A-Za-z0-9]+)"/) {
        names.insert(String(match.1))
      }
    }
    return names
  }

  /// What a document quotes from a file is in that file, in the same order.
  @Test(arguments: pages) func quotesAreOfTheFile(page: String) throws {
    for block in try Self.blocks(of: page) {
      guard let path = block.quoted else { continue }
      let file = Locations.repository.appending(path: path)
      let text = String(decoding: try Locations.bytes(file), as: UTF8.self)
      #expect(
        Self.stand(block.lines, in: text.components(separatedBy: "\n")), "\(page) quotes \(path)")
    }
  }

  /// All JSON in the documents is valid.
  @Test(arguments: pages) func jsonCanBeRead(page: String) throws {
    for block in try Self.blocks(of: page) where block.language == "json" {
      #expect(throws: Never.self, "\(block.text)") {
        try JSONSerialization.jsonObject(with: Data(block.text.utf8), options: .fragmentsAllowed)
      }
    }
  }

  /// A part of a file that a page explains is a part of a file that it shows whole: its lines stand
  /// there in the same order.
  @Test func partsAreThoseOfTheWhole() throws {
    let blocks = try Self.blocks(of: "docs/writing-a-pipeline.md")
    let whole = blocks.filter { $0.file != nil }
    #expect(whole.count >= 4)
    for part in blocks where part.file == nil && ["yaml", "json"].contains(part.language) {
      #expect(whole.contains { Self.stand(part.lines, in: $0.lines) }, "\(part.text)")
    }
  }

  /// The page on the language names every member that its schemas have.
  @Test(arguments: ["pipeline", "step-kind"])
  func languagePageNamesEveryMember(schema: String) throws {
    let page = try String(
      decoding: Locations.bytes(Locations.repository.appending(path: "docs/language.md")),
      as: UTF8.self)
    let file = Locations.repository.appending(path: "schemas/\(schema).schema.json")
    var names: Set<String> = []
    func collect(_ node: Any) {
      if let map = node as? [String: Any] {
        names.formUnion((map["properties"] as? [String: Any] ?? [:]).keys)
        map.values.forEach(collect)
      } else if let list = node as? [Any] {
        list.forEach(collect)
      }
    }
    collect(try JSONSerialization.jsonObject(with: Data(contentsOf: file)))
    #expect(names.count > 10)
    let words = Set(
      page.split { !($0.isLetter || $0.isNumber || "-$".contains($0)) }.map(String.init))
    #expect(names.subtracting(words) == [])
  }

  struct Block {
    var language: String
    var file: String?
    var quoted: String?
    var lines: [String]
    var text: String { lines.joined(separator: "\n") + "\n" }
  }

  static func blocks(of page: String) throws -> [Block] {
    let bytes = try Locations.bytes(Locations.repository.appending(path: page))
    var blocks: [Block] = []
    var open: Block?
    var before = ""
    for line in String(decoding: bytes, as: UTF8.self).components(separatedBy: "\n") {
      if line.hasPrefix("```") {
        if let closed = open {
          blocks.append(closed)
          open = nil
        } else {
          open = Block(
            language: String(line.dropFirst(3)), file: Self.mark("file", in: before),
            quoted: Self.mark("quotes", in: before), lines: [])
        }
      } else {
        open?.lines.append(line)
      }
      before = line
    }
    #expect(open == nil, "\(page) has a block without end")
    return blocks
  }

  /// The text of a comment `<!-- NAME: … -->`.
  private static func mark(_ name: String, in line: String) -> String? {
    let (start, end) = ("<!-- \(name): ", " -->")
    guard line.hasPrefix(start), line.hasSuffix(end) else { return nil }
    return String(line.dropFirst(start.count).dropLast(end.count))
  }

  private static func sessions(_ lines: [String]) -> [(command: String, output: [String])] {
    var sessions: [(command: String, output: [String])] = []
    var isContinued = false
    for line in lines {
      if isContinued, !sessions.isEmpty {
        sessions[sessions.count - 1].command += "\n" + line
      } else if line.hasPrefix("$ ") {
        sessions.append((String(line.dropFirst(2)), []))
      } else if !sessions.isEmpty {
        sessions[sessions.count - 1].output.append(line)
        continue
      }
      isContinued = line.hasSuffix("\\")
    }
    return sessions
  }

  private static func run(_ command: String, in folder: URL) throws -> [String] {
    let scratch = try Scratch()
    let output = try scratch.file("output")
    let process = Process()
    process.executableURL = URL(filePath: "/bin/sh")
    process.arguments = ["-c", command]
    process.currentDirectoryURL = folder
    process.environment = [
      "PATH": Run.binary.deletingLastPathComponent().path + ":/usr/bin:/bin", "TZ": "UTC",
      "AWS_SNOWPLOW_ACCESS_KEY": "AKIA0000000000000000", "AWS_SNOWPLOW_SECRET_KEY": "secret",
    ]
    let file = try FileHandle(forWritingTo: output)
    process.standardOutput = file
    process.standardError = file
    process.standardInput = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    return trimmed(
      String(decoding: try Locations.bytes(output), as: UTF8.self).components(separatedBy: "\n"))
  }

  private static func trimmed(_ lines: [String]) -> [String] {
    var lines = lines
    while lines.last == "" { lines.removeLast() }
    return lines
  }

  /// A line `…` matches any number of lines.
  private static func matches(_ wanted: [String], _ printed: [String]) -> Bool {
    fits(trimmed(wanted), printed, any: "…") { wanted, printed in
      wanted == printed || fits(Array(wanted), Array(printed), any: "…") { $0 == $1 }
    }
  }

  /// Whether the pieces match the wanted ones, where `any` matches any number of pieces.
  private static func fits<Piece: Equatable>(
    _ wanted: [Piece], _ printed: [Piece], any: Piece, _ isSame: (Piece, Piece) -> Bool
  ) -> Bool {
    let parts = wanted.split(separator: any, omittingEmptySubsequences: false)
    guard parts.count > 1, let first = parts.first, let last = parts.last else {
      return wanted.elementsEqual(printed, by: isSame)
    }
    guard printed.count >= first.count + last.count,
      first.elementsEqual(printed.prefix(first.count), by: isSame),
      last.elementsEqual(printed.suffix(last.count), by: isSame)
    else { return false }
    var rest = printed.dropFirst(first.count).dropLast(last.count)
    for part in parts.dropFirst().dropLast() {
      guard
        let at = rest.indices.first(where: {
          part.elementsEqual(rest[$0...].prefix(part.count), by: isSame)
        })
      else { return false }
      rest = rest[(at + part.count)...]
    }
    return true
  }

  private static func stand(_ lines: [String], in whole: [String]) -> Bool {
    var rest = whole[...]
    for line in lines {
      guard let at = rest.firstIndex(of: line) else { return false }
      rest = rest[(at + 1)...]
    }
    return true
  }
}
