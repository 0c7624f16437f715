import Foundation
import TestSupport
import Testing

/// What Penstock writes is only its owner's, whatever the umask.
@Suite struct FileModeTests {
  private static let pipeline = """
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
      $P history --journal out/state.db
      $P history
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

  /// The files beside a journal that is open.
  @Test(arguments: ["000", "077"])
  func theJournalsOtherFilesAreItsOwners(umask: String) throws {
    let scratch = try prepare()
    try scratch.file("out/box/b-in/in/a", "x\n")
    let run = try shell(
      """
      $P run ./p.yml --sandbox out/box --run-id one --pace 1 -q & sleep 1
      stat -c '%a %n' out/box/.penstock/journal.db*
      kill -9 $!
      """, umask: umask, in: scratch.folder)
    let lines = run.text.split(separator: "\n")
    #expect(lines.count >= 2, "\(run.text) \(run.errors)")
    for line in lines { #expect(line.hasPrefix("600 "), "\(line)") }
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
}
