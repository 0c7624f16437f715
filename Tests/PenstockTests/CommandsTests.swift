import Diagnostics
import Foundation
import TestSupport
import Testing

@Suite struct CommandsTests {
  @Test func explainsEveryDiagnostic() throws {
    let list = try Run(["explain"]).text.split(separator: "\n").map(String.init)
    #expect(list == DiagnosticCode.allCases.map(\.rawValue).sorted())
    let page = Locations.repository.appending(path: "docs/diagnostics/json-syntax.md")
    #expect(try Run(["explain", "json-syntax"]).output == Locations.bytes(page))
    #expect(try Run(["explain", "error[json-syntax]"]).output == Locations.bytes(page))
  }

  @Test func printsBuiltInFilesAsTheyAre() throws {
    for name in try Run(["pipelines"]).text.split(separator: "\n").compactMap({
      $0.split(separator: " ").first
    }) {
      let file = Locations.repository.appending(path: "pipelines/\(name).yml")
      #expect(try Run(["pipelines", String(name)]).output == Locations.bytes(file))
    }
    for name in try Run(["schema"]).text.split(separator: "\n") {
      let run = try Run(["schema", String(name)])
      #expect(run.status == 0)
      #expect(throws: Never.self) {
        try JSONSerialization.jsonObject(with: Data(run.output))
      }
    }
  }

  @Test func listsPipelinesAsJSON() throws {
    let run = try Run(["pipelines", "--format", "json"])
    let list = try JSONSerialization.jsonObject(with: Data(run.output)) as? [[String: String]]
    #expect(list?.allSatisfy { $0["name"] != nil && $0["summary"]?.isEmpty == false } == true)
  }

  @Test func writesFilesWholeAndKeepsTheirPermissions() throws {
    let scratch = try Scratch()
    let file = try scratch.file("page.md", "old")
    try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: file.path)
    let link = scratch.folder.appending(path: "link.md")
    try FileManager.default.createSymbolicLink(at: link, withDestinationURL: file)
    let run = try Run(["explain", "json-syntax", "-o", "link.md"], folder: scratch.folder)
    #expect(run.status == 0 && run.output.isEmpty)
    #expect(try Locations.bytes(file) == Run(["explain", "json-syntax"]).output)
    let mode = try FileManager.default.attributesOfItem(atPath: file.path)[.posixPermissions]
    #expect(mode as? Int == 0o640)
    let names = try FileManager.default.contentsOfDirectory(atPath: scratch.folder.path)
    #expect(names.sorted() == ["link.md", "page.md"])
  }

  @Test func saysWhereItCannotWrite() throws {
    for path in ["/nonesuch/x", "/", "/proc/x"] {
      let run = try Run(["explain", "json-syntax", "--out", path])
      #expect(run.status == 1)
      #expect(run.errors.contains("error[output-failed]: cannot write `\(path)`"))
    }
    let full = try Run(["explain", "json-syntax", "--out", "/dev/full"])
    #expect(full.status == 1 && full.errors.contains("output-failed"))
    #expect(try Run(["explain", "json-syntax", "--out", "/dev/stdout"]).output.count > 50)
  }

  @Test(arguments: ["bash", "zsh", "fish"])
  func completionsNameEveryCommandAndOption(shell: String) throws {
    let run = try Run(["completions", shell])
    #expect(run.status == 0)
    let help = try Run(["help", "compile"]).text
    let options = help.split(whereSeparator: { " ,\n".contains($0) })
      .filter { $0.hasPrefix("--") }.map { String($0.dropFirst(2)) }
    #expect(options.count > 20)
    for name in options + ["compile", "explain", "mermaid"] { #expect(run.text.contains(name)) }
  }

  @Test(.enabled(if: Shell.bash.path != nil, "bash is not installed"))
  func bashReadsItsScript() throws { try expectSoundScript(.bash) }

  @Test(.enabled(if: Shell.zsh.path != nil, "zsh is not installed"))
  func zshReadsItsScript() throws { try expectSoundScript(.zsh) }

  @Test(.enabled(if: Shell.fish.path != nil, "fish is not installed"))
  func fishReadsItsScript() throws { try expectSoundScript(.fish) }

  private enum Shell: String {
    case bash, zsh, fish

    /// Nil where it is not installed.
    var path: String? {
      ["/bin/\(rawValue)", "/usr/bin/\(rawValue)"].first {
        FileManager.default.isExecutableFile(atPath: $0)
      }
    }
  }

  private func expectSoundScript(_ shell: Shell) throws {
    let scratch = try Scratch()
    let script = try scratch.file("script", Run(["completions", shell.rawValue]).text)
    let process = Process()
    process.executableURL = URL(filePath: try #require(shell.path))
    process.arguments = ["-n", script.path]
    try process.run()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
  }

  @Test(.enabled(if: Shell.bash.path != nil, "bash is not installed"))
  func bashCompletesForReal() throws {
    let scratch = try Scratch()
    try scratch.file("penstock.bash", Run(["completions", "bash"]).text)
    func complete(_ words: [String]) throws -> [String] {
      let list = words.map { "'\($0)'" }.joined(separator: " ")
      let script = """
        . ./penstock.bash
        COMP_WORDS=(\(list)) COMP_CWORD=\(words.count - 1)
        _penstock
        printf '%s\\n' "${COMPREPLY[@]}"
        """
      let process = Process()
      let pipe = Pipe()
      process.executableURL = URL(filePath: try #require(Shell.bash.path))
      process.arguments = ["-c", script]
      process.currentDirectoryURL = scratch.folder
      process.standardOutput = pipe
      try process.run()
      let bytes = pipe.fileHandleForReading.readDataToEndOfFile()
      process.waitUntilExit()
      return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
    }
    #expect(try complete(["penstock", "comp"]) == ["compile", "completions"])
    #expect(try complete(["penstock", "compile", "--reso"]) == ["--resolver"])
    #expect(try complete(["penstock", "compile", "--emit", "re"]) == ["requests"])
    #expect(try complete(["penstock", "explain", "json-s"]) == ["json-syntax"])
    #expect(try complete(["penstock", "check", "-c", "penst"]) == ["penstock.bash"])
  }
}

@Suite struct CommandLinePageTests {
  /// docs/command-line.md names every command and option, and no others.
  @Test func pageAndHelpSayTheSame() throws {
    let page = try String(
      decoding: Locations.bytes(Locations.repository.appending(path: "docs/command-line.md")),
      as: UTF8.self)
    let commands = [
      "compile", "check", "plan", "apply", "run", "status", "history", "logs", "cancel", "unlock",
      "diff", "graph", "explain", "pipelines", "schema", "completions",
    ]
    var known: Set<String> = ["--help"]
    for command in commands + ["help"] {
      let isThere = page.contains("| `\(command) ") || page.contains("| `\(command)`")
      #expect(isThere, "\(command)")
      known.formUnion(Self.options(in: try Run(["help", command]).text))
    }
    #expect(Self.options(in: page).union(["--help"]) == known)
  }

  private static func options(in text: String) -> Set<String> {
    let words = text.split { !($0.isLetter || $0.isNumber || $0 == "-") }
    return Set(words.filter { $0.hasPrefix("--") && $0.count > 4 }.map(String.init))
  }
}
