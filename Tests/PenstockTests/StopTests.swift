import Foundation
import TestSupport
import Testing

/// A command that waits ends when it is told to, whatever it waits for.
@Suite struct StopTests {
  /// Runs the shell's words with a time limit; `$P` is the program.
  private func shell(_ words: String, in folder: URL) throws -> (run: Run, seconds: Double) {
    let begun = Date()
    let run = try Run(
      ["-c", words], environment: ["P": Run.binary.path, "HOME": folder.path], folder: folder,
      program: URL(filePath: "/bin/sh"))
    return (run, Date().timeIntervalSince(begun))
  }

  @Test(arguments: ["mkfifo L", "mkdir L", "ln -s none L", "ln -s p.yml L", "ln -s L L"])
  func aLockThatIsNoFileIsAnErrorAtOnce(make: String) throws {
    let scratch = try Scratch()
    try scratch.file("p.yml", "penstock: v1\npipeline: small\n")
    let (run, seconds) = try shell(
      "\(make); timeout -s KILL 20 $P unlock ./L; echo $?; timeout -s KILL 20 $P unlock ./L --force;"
        + " echo $?", in: scratch.folder)
    #expect(run.text == "1\n1\n", "\(run.errors)")
    #expect(run.errors.contains("not a regular file"))
    #expect(seconds < 30)
  }

  /// The journal's file may be kept by another program; then SQLite waits, and hears no signal.
  @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/python3")))
  func endsWithinSecondsOfSIGTERM() throws {
    let scratch = try Scratch()
    try scratch.file(
      "hold.py",
      """
      import sqlite3, time, sys
      db = sqlite3.connect("j.db", isolation_level=None)
      db.execute("begin exclusive")
      open("held", "w").close()
      time.sleep(30)
      """)
    let (run, seconds) = try shell(
      """
      $P history --journal j.db
      python3 hold.py & holder=$!
      while [ ! -e held ]; do sleep 0.1; done
      timeout -s TERM -k 6 1 $P status x --journal j.db; echo $?
      kill $holder
      """, in: scratch.folder)
    // 137 would be the end by SIGKILL.
    #expect(!run.text.contains("137"), "\(run.text) \(run.errors)")
    #expect(seconds < 30)
  }

  // MARK: What a command waits for

  enum Wait: String, CaseIterable, Sendable {
    case configurationPipe, pipelinePipe, planPipe, input, journal, journalToRead, sandbox, clock
    case credentialProcess, tokenPipe, endpoint, metadata, consul, registry
  }

  /// A command that waits, and what makes it wait.
  private final class Waiting {
    let scratch: Scratch
    var arguments: [String] = []
    var environment: [String: String] = [:]
    var input: Any = FileHandle.nullDevice
    var helper: Process?
    let process = Process()

    init(_ scratch: Scratch) { self.scratch = scratch }

    deinit { helper?.terminate() }

    func begin() throws {
      process.executableURL = Run.binary
      process.arguments = arguments
      process.environment = ["PATH": "/usr/bin:/bin", "HOME": scratch.folder.path].merging(
        environment
      ) { $1 }
      process.currentDirectoryURL = scratch.folder
      process.standardInput = input
      process.standardOutput = FileHandle.nullDevice
      process.standardError = try FileHandle(forWritingTo: scratch.file("errors"))
      try process.run()
    }

    var errors: String {
      (try? String(contentsOf: scratch.folder.appending(path: "errors"), encoding: .utf8)) ?? ""
    }

    func pipe(_ name: String) { mkfifo(scratch.folder.appending(path: name).path, 0o600) }

    /// Runs a script of Python until it has made a file.
    func help(_ script: String, until name: String) throws {
      let process = Process()
      process.executableURL = URL(filePath: "/usr/bin/python3")
      process.arguments = ["-c", script]
      process.currentDirectoryURL = scratch.folder
      try process.run()
      helper = process
      let path = scratch.folder.appending(path: name).path
      for _ in 0..<600 where !FileManager.default.fileExists(atPath: path) { usleep(50_000) }
    }

    /// A server that takes connections and never answers; its address.
    func listen() throws -> String {
      try help(
        """
        import os, socket, time
        server = socket.socket()
        server.bind(("127.0.0.1", 0))
        server.listen(50)
        open("new", "w").write("http://127.0.0.1:%d" % server.getsockname()[1])
        os.rename("new", "address")
        time.sleep(100)
        """, until: "address")
      return try String(
        contentsOf: scratch.folder.appending(path: "address"), encoding: .utf8)
    }

    func prepare(_ wait: Wait) throws {
      let keys = ["AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b"]
      let inAWS = ["run", "p.yml", "--journal", "j.db"]
      switch wait {
      case .configurationPipe:
        pipe("fifo")
        arguments = ["run", "-c", "fifo"]
      case .pipelinePipe:
        pipe("fifo")
        arguments = ["compile", "./fifo"]
      case .planPipe:
        pipe("fifo")
        arguments = ["apply", "./fifo"]
      case .input:
        input = Pipe()
        arguments = ["apply", "-"]
      case .journal, .journalToRead:
        try help(
          """
          import sqlite3, time
          db = sqlite3.connect("j.db", isolation_level=None)
          db.execute("begin exclusive")
          db.execute("create table x (y)")
          open("held", "w")
          time.sleep(100)
          """, until: "held")
        arguments =
          wait == .journal
          ? ["run", "p.yml", "--sandbox", "box", "--journal", "j.db"]
          : ["status", "--journal", "j.db"]
      case .sandbox:
        try help(
          """
          import fcntl, os, time
          os.makedirs("box/.penstock")
          file = open("box/.penstock/emr.lock", "w")
          fcntl.flock(file, fcntl.LOCK_EX)
          open("held", "w")
          time.sleep(100)
          """, until: "held")
        arguments = ["run", "p.yml", "--sandbox", "box"]
      case .clock: arguments = ["run", "p.yml", "--sandbox", "box", "--pace", "1"]
      case .credentialProcess:
        try scratch.file("aws", "[default]\ncredential_process = /bin/sleep 100\n")
        environment["AWS_CONFIG_FILE"] = "aws"
        arguments = inAWS
      case .tokenPipe:
        pipe("token")
        environment = [
          "AWS_ROLE_ARN": "arn:aws:iam::1:role/r", "AWS_WEB_IDENTITY_TOKEN_FILE": "token",
        ]
        arguments = inAWS
      case .endpoint:
        environment = keys.merging(["AWS_ENDPOINT_URL": try listen()]) { $1 }
        arguments = inAWS
      case .metadata:
        environment["AWS_EC2_METADATA_SERVICE_ENDPOINT"] = try listen()
        arguments = inAWS
      case .consul:
        environment = keys.merging(["AWS_REGION": "eu-west-1"]) { $1 }
        arguments = ["unlock", "some/lock", "--consul", try listen()]
      case .registry:
        try scratch.file(
          "r.json",
          """
          { "schema": "iglu:com.snowplowanalytics.iglu/resolver-config/jsonschema/1-0-1",
            "data": { "cacheSize": 5, "repositories": [{ "name": "x", "priority": 0,
              "vendorPrefixes": [], "connection": { "http": { "uri": "\(try listen())" } } }] } }
          """)
        arguments = ["lint", "all", "-r", "r.json"]
      }
    }
  }

  /// All at once, as each takes seconds. Where this build of the program can't wait for something,
  /// it ends before.
  @Test(
    .enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/python3")),
    arguments: [SIGTERM, SIGINT])
  func endsWhateverItWaitsFor(signal: Int32) throws {
    let all = try Wait.allCases.map { wait in
      let scratch = try Scratch()
      try scratch.file("p.yml", FileModeTests.pipeline)
      try scratch.file("box/b-in/in/a", "x\n")
      let waiting = Waiting(scratch)
      try waiting.prepare(wait)
      try waiting.begin()
      return (wait, waiting)
    }
    usleep(1_500_000)
    let begun = Date()
    for (_, waiting) in all { kill(waiting.process.processIdentifier, signal) }
    func isOver(_ seconds: Double) -> Bool {
      all.allSatisfy { !$0.1.process.isRunning } || Date().timeIntervalSince(begun) > seconds
    }
    // Five seconds, on a machine that has time for it.
    while !isOver(60) { usleep(20_000) }
    for (wait, waiting) in all {
      #expect(!waiting.process.isRunning, "\(wait): \(waiting.errors)")
      kill(waiting.process.processIdentifier, SIGKILL)
      waiting.process.waitUntilExit()
    }
  }
}
