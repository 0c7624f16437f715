import Foundation
import TestSupport
import Testing

/// `penstock fmt`: which files it takes, what it writes, and how it ends.
@Suite struct FmtCommandTests {
  private let scratch: Scratch
  private static let untidy = "penstock:   v1\npipeline:  x\n"
  private static let tidy = "penstock: v1\npipeline: x\n"

  init() throws { scratch = try Scratch() }

  private func fmt(_ arguments: String..., input: String? = nil) throws -> Run {
    try Run(["fmt"] + arguments, input: input, folder: scratch.folder)
  }

  private func text(_ name: String) throws -> String {
    String(decoding: try Locations.bytes(scratch.folder.appending(path: name)), as: UTF8.self)
  }

  @Test func aFolderIsSearched() throws {
    for name in [
      "a/mine.yml", "a/b/config.yml", "a/other.yml", ".hidden/mine.yml", "a/mine.json", "b.yaml",
    ] {
      let isOther = name == "a/other.yml" || name == "a/b/config.yml"
      try scratch.file(name, isOther ? "x:   1\n" : Self.untidy)
    }
    let run = try fmt()
    #expect(run.status == 0 && run.errors.isEmpty)
    #expect(run.text == "a/b/config.yml\na/mine.yml\nb.yaml\n")
    #expect(try text("a/mine.yml") == Self.tidy)
    #expect(try text("a/b/config.yml") == "x: 1\n")
    #expect(try text("a/other.yml") == "x:   1\n")
    #expect(try text(".hidden/mine.yml") == Self.untidy)
    let again = try fmt("--check")
    #expect(again.status == 0 && again.text.isEmpty)
    // A file that is named is formatted whatever it is.
    #expect(try fmt("a/other.yml", "-q").text.isEmpty)
    #expect(try text("a/other.yml") == "x: 1\n")
  }

  @Test func checkAndDiffWriteNothing() throws {
    try scratch.file("mine.yml", Self.untidy)
    let check = try fmt("--check", "mine.yml")
    #expect(check.status == 1 && check.text == "mine.yml\n")
    let diff = try fmt("--diff", "mine.yml")
    #expect(diff.status == 0)
    #expect(
      diff.text == """
        --- mine.yml
        +++ mine.yml
        @@ -1,2 +1,2 @@
        -penstock:   v1
        -pipeline:  x
        +penstock: v1
        +pipeline: x

        """)
    #expect(try fmt("--check", "--diff", "-q", "mine.yml").status == 1)
    #expect(try text("mine.yml") == Self.untidy)
  }

  @Test func standardInputGoesToStandardOutput() throws {
    let run = try fmt("-", input: Self.untidy)
    #expect(run.status == 0 && run.text == Self.tidy)
    let check = try fmt("--check", "-", input: Self.untidy)
    #expect(check.status == 1 && check.text == "<stdin>\n")
    let tidy = try fmt("-", input: Self.tidy)
    #expect(tidy.text == Self.tidy)
  }

  @Test func permissionsAndLinksStay() throws {
    let file = try scratch.file("real.yml", Self.untidy)
    try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: file.path)
    let link = scratch.folder.appending(path: "link.yml")
    try FileManager.default.createSymbolicLink(at: link, withDestinationURL: file)
    #expect(try fmt("link.yml").status == 0)
    #expect(try text("real.yml") == Self.tidy)
    let attributes = try FileManager.default.attributesOfItem(atPath: file.path)
    #expect(attributes[.posixPermissions] as? Int == 0o640)
    let kind = try FileManager.default.attributesOfItem(atPath: link.path)[.type]
    #expect(kind as? FileAttributeType == .typeSymbolicLink)
  }

  @Test func aFileWithMistakesIsLeftAloneAndTheOthersAreFormatted() throws {
    try scratch.file("bad.yml", "a: [1\n")
    try scratch.file("good.yml", Self.untidy)
    let run = try fmt("bad.yml", "good.yml", "none.yml", "facts.json")
    #expect(run.status == 1)
    #expect(run.text == "good.yml\n")
    #expect(run.errors.contains("bad.yml:2:1: error[yaml-syntax]"))
    #expect(run.errors.contains("none.yml"))
    #expect(run.errors.contains("error[format-refused]: `facts.json` isn't YAML"))
    #expect(try text("bad.yml") == "a: [1\n")
  }

  @Test func wrongUsage() throws {
    #expect(try fmt("--nonesuch").status == 64)
  }
}
