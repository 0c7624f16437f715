import Foundation
import Subprocess
import Testing

/// Programs that end well, badly, late, or not at all.
@Suite struct ProcessRunnerTests {
  private static func shell(
    _ script: String, _ environment: [String: String] = ["PATH": "/usr/bin:/bin"],
    timeout: Double = 3000
  ) -> ProcessRequest {
    ProcessRequest(arguments: ["sh", "-c", script], environment: environment, timeout: timeout)
  }

  private static func finished(_ status: Int32, _ output: String) -> ProcessResult {
    .finished(status: status, output: Array(output.utf8))
  }

  @Test(
    arguments: [
      ("true", 0, ""), ("echo out; echo err >&2", 0, "out\n"), ("printf 'a b'; exit 3", 3, "a b"),
      ("kill -9 $$", 137, ""), ("kill -TERM $$", 143, ""), ("cat", 0, ""),
      ("echo \"$X|$HOME\"", 0, "x y|\n"), ("printf '\\377'", 0, nil),
    ] as [(String, Int32, String?)])
  func givesStatusAndOutput(_ script: String, _ status: Int32, _ output: String?) async {
    let result = await ProcessRunner.run(
      Self.shell(script, ["PATH": "/usr/bin:/bin", "X": "x y"]))
    #expect(
      result == output.map { Self.finished(status, $0) } ?? .finished(status: 0, output: [0xFF]))
  }

  /// No shell is between: what a shell would read stays as it is.
  @Test func passesArgumentsAsTheyAre() async {
    let words = ["$HOME", "a b", "*", "", "'\"", "ü\n"]
    let result = await ProcessRunner.run(
      ProcessRequest(
        arguments: ["printf", "%s|"] + words, environment: ["PATH": "/usr/bin:/bin"], timeout: 3000)
    )
    #expect(result == Self.finished(0, words.map { $0 + "|" }.joined()))
  }

  @Test(arguments: [["/no/such/program"], ["penstock-no-such-program", "x"], []])
  func saysWhyItDidNotStart(_ arguments: [String]) async {
    let program = ProcessRequest(arguments: arguments, environment: [:], timeout: 5)
    guard case .notStarted(let reason) = await ProcessRunner.run(program) else {
      Issue.record("it was started")
      return
    }
    #expect(reason == (arguments.isEmpty ? "it has no name" : "No such file or directory"))
    #expect(ProcessRunner.runToEnd(program) == nil)
  }

  @Test func aFileThatIsNoProgramIsNotStarted() async {
    let result = await ProcessRunner.run(
      ProcessRequest(arguments: ["/etc/passwd"], environment: [:], timeout: 5))
    #expect(result == .notStarted("Permission denied"))
  }

  /// A program that kept them open would keep whoever waits for their end waiting.
  @Test func programsDontInheritOpenFiles() async throws {
    var ends: [Int32] = [0, 0]
    try #require(pipe(&ends) == 0)
    defer { for end in ends { close(end) } }
    let script =
      "for end in \(ends[0]) \(ends[1]); do test -e /proc/$$/fd/$end && echo $end; done; true"
    #expect(await ProcessRunner.run(Self.shell(script)) == Self.finished(0, ""))
    let ended = try #require(ProcessRunner.runToEnd(Self.shell(script)))
    #expect(ended.output.isEmpty && ended.status == 0)
  }

  @Test func endsWhatTakesTooLong() async {
    #expect(await ProcessRunner.run(Self.shell("sleep 3600", timeout: 0.2)) == .timedOut)
  }

  /// All that a program starts is in its group, and is ended with it.
  @Test func endsWhatItStartedToo() async throws {
    let file = FileManager.default.temporaryDirectory.appending(
      path: "penstock-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: file) }
    let script = "sleep 3600 & echo $! > '\(file.path)'; wait"
    #expect(await ProcessRunner.run(Self.shell(script, timeout: 2)) == .timedOut)
    let process = try String(contentsOf: file, encoding: .utf8).filter(\.isNumber)
    try #require(!process.isEmpty)
    // One that has ended has no command any more, though it may not be waited for yet.
    for _ in 0..<100 where !Self.command(of: process).isEmpty {
      try await Task.sleep(for: .milliseconds(50))
    }
    #expect(Self.command(of: process).isEmpty)
  }

  private static func command(of process: String) -> Data {
    (try? Data(contentsOf: URL(filePath: "/proc/\(process)/cmdline"))) ?? Data()
  }

  /// What goes on in the background is not waited for beyond the time limit.
  @Test func isOverThoughAChildKeepsThePipe() async {
    let script = "sleep 62 & echo done"
    #expect(
      await ProcessRunner.run(Self.shell(script, timeout: 0.5)) == Self.finished(0, "done\n"))
  }

  @Test func endsWhatWritesTooMuch() async {
    let endless = await ProcessRunner.run(Self.shell("while :; do echo xxxxxxxxxxxxxxxx; done"))
    #expect(endless == .tooMuchOutput)
    let most = await ProcessRunner.run(Self.shell("head -c 1048576 /dev/zero"))
    #expect(most == .finished(status: 0, output: [UInt8](repeating: 0, count: 1_048_576)))
    let more = await ProcessRunner.run(Self.shell("head -c 1048577 /dev/zero"))
    #expect(more == .tooMuchOutput)
  }

  @Test func endsWithItsTask() async {
    let task = Task { await ProcessRunner.run(Self.shell("sleep 3600")) }
    try? await Task.sleep(for: .milliseconds(100))
    task.cancel()
    #expect(await task.value == .timedOut)
  }

  @Test func toTheEndBothStreamsAreRead() {
    let ended = ProcessRunner.runToEnd(
      Self.shell("cat; echo err >&2; exit 4"), input: Array("in\0put".utf8))
    #expect(ended?.status == 4)
    #expect(ended?.output == Array("in\0put".utf8))
    #expect(ended?.errors == Array("err\n".utf8))
  }

  /// More than any pipe holds, in and out and aside.
  @Test func toTheEndNothingBlocks() {
    let input = [UInt8](repeating: 65, count: 3_000_000)
    let ended = ProcessRunner.runToEnd(Self.shell("tee /dev/stderr"), input: input)
    #expect(ended?.status == 0)
    #expect(ended?.output == input && ended?.errors == input)
    // One that doesn't read its input ends all the same.
    #expect(ProcessRunner.runToEnd(Self.shell("exit 2"), input: input)?.status == 2)
  }

  @Test func toTheEndASignalIsAStatus() {
    #expect(ProcessRunner.runToEnd(Self.shell("kill -INT $$"))?.status == 130)
  }
}
