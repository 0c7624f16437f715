import Foundation
import TestSupport
import Testing

/// What Penstock writes is only its owner's, whatever the umask.
@Suite struct FileModeTests {
  static let pipeline = """
    penstock: v1
    pipeline: small
    stages:
      - stage: one
        steps:
          - name: move
            s3-dist-cp: { src: "s3://b-in/in/", dest: "s3://b-out/out/" }
          - name: fail
            s3-dist-cp: { src: "s3://b-in/none/", dest: "s3://b-out/none/" }
    cluster:
      region: us-east-1
      job-flow:
        Name: small
        LogUri: s3://b-log/logs/
        ReleaseLabel: emr-6.15.0
        ServiceRole: EMR_DefaultRole
        JobFlowRole: EMR_EC2_DefaultRole
        Instances:
          InstanceGroups: [{ InstanceRole: MASTER, InstanceType: m5.xlarge, InstanceCount: 1 }]

    """

  /// Runs the shell's words in a folder, with `$P` for the program.
  private func shell(_ words: String, umask: String, in folder: URL) throws -> Run {
    try Run(
      ["-c", "umask \(umask); \(words)"],
      environment: [
        "P": Run.binary.path, "HOME": folder.appending(path: "home").path,
        "XDG_STATE_HOME": folder.appending(path: "state").path,
      ], folder: folder, program: URL(filePath: "/bin/sh"))
  }

  /// The mode of each file and folder, by its path.
  private func modes(_ folder: URL) throws -> [String: String] {
    var modes: [String: String] = [:]
    for case let path as String in FileManager.default.enumerator(atPath: folder.path) ?? .init() {
      let values = try FileManager.default.attributesOfItem(
        atPath: folder.appending(path: path).path)
      modes[path] = String(values[.posixPermissions] as? Int ?? 0, radix: 8)
    }
    return modes
  }

  private func prepare() throws -> Scratch {
    let scratch = try Scratch()
    try scratch.file("p.yml", Self.pipeline)
    try FileManager.default.createDirectory(
      at: scratch.folder.appending(path: "out"), withIntermediateDirectories: false)
    return scratch
  }

  @Test(arguments: ["000", "022", "077"])
  func everyFileIsItsOwners(umask: String) throws {
    let scratch = try prepare()
    try scratch.file("out/box/b-in/in/a", "x\n")
    let given = Set(try modes(scratch.folder).keys)
    let run = try shell(
      """
      $P plan ./p.yml -o out/plan.json --run-id one
      $P compile ./p.yml --emit plan -o out/plan2.json
      $P run ./p.yml --sandbox out/box --run-id one --lock out/run.lock
      $P run ./p.yml --sandbox out/box --run-id two --journal out/named.db
      $P run ./p.yml --sandbox out/box --run-id three --journal out/state.db
      AWS_EC2_METADATA_DISABLED=true $P run ./p.yml --run-id four
      """, umask: umask, in: scratch.folder)
    let modes = try modes(scratch.folder).filter { !given.contains($0.key) }
    for expected in [
      "out/plan.json", "out/plan2.json", "out/run.lock", "out/box/.penstock/journal.db",
      "out/box/.penstock/emr.json", "out/box/.penstock/emr.lock", "out/box/b-out/out/a",
      "out/named.db", "out/state.db", "state/penstock/journal.db", "state/penstock",
    ] {
      #expect(modes[expected] != nil, "\(expected) isn't there: \(run.errors)")
    }
    for (path, mode) in modes {
      var isFolder: ObjCBool = false
      _ = FileManager.default.fileExists(
        atPath: scratch.folder.appending(path: path).path, isDirectory: &isFolder)
      #expect(mode == (isFolder.boolValue ? "700" : "600"), "\(path), umask \(umask)")
    }
  }

  /// The files beside a journal that is written: there is one only during a commit.
  @Test(arguments: ["000", "077"])
  func theJournalsOtherFilesAreItsOwners(umask: String) throws {
    let scratch = try prepare()
    try scratch.file("out/box/b-in/in/a", "x\n")
    let run = try shell(
      """
      $P run ./p.yml --sandbox out/box --run-id one --pace 200 -q & pid=$!
      i=0; while [ $i -lt 400 ] && kill -0 $pid 2>/dev/null; do
        stat -c '%a %n' out/box/.penstock/journal.db* 2>/dev/null; i=$((i + 1))
      done
      kill -9 $pid
      """, umask: umask, in: scratch.folder)
    let lines = Set(run.text.split(separator: "\n"))
    #expect(lines.count >= 1, "\(run.text) \(run.errors)")
    for line in lines {
      #expect(line.hasPrefix("600 "), "\(line)")
      #expect(!line.hasSuffix("-wal") && !line.hasSuffix("-shm"), "\(line)")
    }
  }

  /// A link isn't followed, and the mode of an older file doesn't matter.
  @Test func aPlanTakesThePlaceOfALink() throws {
    let scratch = try prepare()
    let target = try scratch.file("target", "theirs")
    let run = try shell(
      """
      ln -s ../target out/plan.json; ln -s /nonesuch out/dangling.json
      touch out/old.json; chmod 666 out/old.json
      for out in plan dangling old; do $P plan ./p.yml -o out/$out.json || exit; done
      $P plan ./p.yml -o /dev/stdout --format json | grep -c formatVersion
      """, umask: "000", in: scratch.folder)
    #expect(run.status == 0, "\(run.errors)")
    #expect(try Locations.bytes(target) == Array("theirs".utf8))
    for name in ["plan", "dangling", "old"] {
      let file = scratch.folder.appending(path: "out/\(name).json")
      let values = try FileManager.default.attributesOfItem(atPath: file.path)
      #expect(values[.type] as? FileAttributeType == .typeRegular, "\(name)")
      #expect(values[.posixPermissions] as? Int == 0o600, "\(name)")
    }
    let names = try FileManager.default.contentsOfDirectory(
      atPath: scratch.folder.appending(path: "out").path)
    #expect(names.sorted() == ["dangling.json", "old.json", "plan.json"])
  }

  // MARK: The table of the page

  /// The rows of the table in docs/running.md: the files of each, as paths in this test's folder.
  private static let rows: [(file: String, patterns: [String])] = [
    ("a plan", ["plan\\.json", "plan2\\.json"]),
    ("the journal", ["(out/|box/\\.penstock/|state/penstock/)[a-z]+\\.db"]),
    ("the journal's `-journal`", ["(out/|box/\\.penstock/|state/penstock/)[a-z]+\\.db-journal"]),
    ("a copy of a journal", []),
    ("a lock", ["[a-z]+\\.lock"]),
    ("a sandbox's state", ["box/\\.penstock/.*"]),
    ("a sandbox's objects", ["box/b-.*"]),
    ("cached schemas", []),
    ("files with secrets", ["migrated/.*\\.(yml|json)", "revealed\\.json"]),
    (
      "other outputs",
      [
        "graph\\..*", "page\\.html", "flow\\.json", "diff\\..*", "completions", "schema\\.json",
        "new/.*", "imported/.*",
      ]
    ),
  ]

  /// Each command that can write, with a way to make it.
  private static let walk = """
    $P compile ./p.yml -o flow.json --run-id one
    $P compile ./p.yml --emit plan -o plan2.json --run-id one
    $P compile ./p.yml --reveal-secrets -o revealed.json --run-id one
    $P check ./p.yml; $P version; $P doctor ./p.yml --sandbox box --offline
    $P plan ./p.yml -o plan.json --html page.html --run-id one --sandbox box
    $P plan ./p.yml --format markdown --run-id one --sandbox box
    $P diff plan.json plan2.json --format html -o diff.html
    $P graph ./p.yml -o graph.svg --format svg; $P graph ./p.yml --format dot -o graph.dot
    $P apply plan.json --sandbox box --lock run.lock --fault move=fail
    $P run ./p.yml --sandbox box --run-id two --journal out/named.db --lock other.lock
    AWS_EC2_METADATA_DISABLED=true $P run ./p.yml --run-id three
    $P status --sandbox box; $P history --sandbox box; $P logs --sandbox box
    $P cancel --sandbox box; $P down --sandbox box; $P unlock run.lock --force; $P unlock one --sandbox box --force
    $P apply plan.json --sandbox box --lock run.lock
    $P lint all --offline
    $P migrate old.yml -o migrated
    $P import flow.json -o imported; $P init new; $P test new; $P fmt p.yml; $P lsp --check new
    $P up ./p.yml --sandbox box; $P for ./p.yml --run-time 2026-03-01..2026-03-02 --sandbox box
    $P explain lock-held; $P pipelines; $P pipelines snowplow; $P schema
    $P completions bash; $P help

    """

  /// The walk has each command, and each file that it makes is in one of the table's rows, with its
  /// mode and its folder's.
  @Test(arguments: ["000", "022", "077"])
  func eachFileIsInTheTable(umask: String) throws {
    let scratch = try prepare()
    try scratch.file("box/b-in/in/a", "x\n")
    try FileManager.default.copyItem(
      at: Locations.repository.appending(path: "examples/snowplow/config.yml"),
      to: scratch.folder.appending(path: "old.yml"))
    let overview = try shell("$P help", umask: "022", in: scratch.folder)
    for line in overview.text.split(separator: "\n") where line.hasPrefix("  ") {
      let name = line.split(separator: " ").first ?? ""
      #expect(Self.walk.contains("$P \(name)"), "\(name)")
    }
    let given = Set(try modes(scratch.folder).keys)
    let run = try shell(Self.walk, umask: umask, in: scratch.folder)
    var seen: Set<String> = []
    let byUmask = (
      file: 0o666 & ~(Int(umask, radix: 8) ?? 0), folder: 0o777 & ~(Int(umask, radix: 8) ?? 0)
    )
    for (path, mode) in try modes(scratch.folder) where !given.contains(path) {
      var isFolder: ObjCBool = false
      _ = FileManager.default.fileExists(
        atPath: scratch.folder.appending(path: path).path, isDirectory: &isFolder)
      if isFolder.boolValue {
        let isOutput = ["migrated", "imported", "new"].contains {
          path == $0 || path.hasPrefix($0 + "/")
        }
        let expected = isOutput ? byUmask.folder : 0o700
        #expect(mode == String(expected, radix: 8), "\(path), umask \(umask)")
        continue
      }
      let row = Self.rows.first { row in
        row.patterns.contains { path.range(of: "^(\($0))$", options: .regularExpression) != nil }
      }
      guard let row else {
        Issue.record("\(path) is in no row: \(run.errors)")
        continue
      }
      seen.insert(row.file)
      let expected = row.file == "other outputs" ? byUmask.file : 0o600
      #expect(mode == String(expected, radix: 8), "\(path), umask \(umask)")
    }
    for row in [
      "a plan", "the journal", "a lock", "a sandbox's state", "a sandbox's objects",
      "files with secrets", "other outputs",
    ] {
      #expect(seen.contains(row), "\(row): \(run.errors)")
    }
    let page = try String(
      contentsOf: Locations.repository.appending(path: "docs/running.md"), encoding: .utf8)
    let table = page.split(separator: "\n").filter {
      $0.contains("| 0600") || $0.contains("by the umask")
    }
    let names = table.map {
      $0.split(separator: "|").first?.trimmingCharacters(in: .whitespaces) ?? ""
    }
    #expect(names == Self.rows.map(\.file))
  }
}
