import Foundation
import TestSupport
import Testing

/// Completions, driven as the shells drive them.
@Suite struct CompletionTests {
  enum Shell: String, CaseIterable, CustomTestStringConvertible {
    case bash, zsh, fish

    /// Nil if it isn't installed.
    var path: String? {
      ["/bin/\(rawValue)", "/usr/bin/\(rawValue)"].first {
        FileManager.default.isExecutableFile(atPath: $0)
      }
    }
    var testDescription: String { rawValue }
  }

  /// A folder with inputs, a pipeline, and a run that failed in the sandbox `box`.
  private static func scratch() throws -> Scratch {
    let scratch = try Scratch()
    try scratch.file("config.yml", "a: 1\n")
    try scratch.file("targets/a.json", "{}")
    try scratch.file("other file.yml", "")
    try scratch.file("mine.yml", pipeline)
    for name in ["penstock", "snowplow-emr-etl-runner"] {
      try FileManager.default.createSymbolicLink(
        at: scratch.folder.appending(path: name), withDestinationURL: Run.binary)
    }
    return scratch
  }

  private static let pipeline = """
    penstock: v1
    pipeline: mine
    options: {include: [extra, vacuum]}
    inputs: {tables: {schema: s.json}}
    stages:
      - {stage: load, steps: []}
      - {stage: compact, steps: []}

    """

  private static func output(
    _ program: String, _ arguments: [String], in scratch: Scratch
  ) throws -> [String] {
    let process = Process()
    let pipe = Pipe()
    process.executableURL = URL(filePath: program)
    process.arguments = arguments
    process.currentDirectoryURL = scratch.folder
    process.environment = [
      "PATH": scratch.folder.path + ":/usr/bin:/bin", "HOME": scratch.folder.path, "TERM": "xterm",
    ]
    process.standardOutput = pipe
    process.standardInput = FileHandle.nullDevice
    try process.run()
    let bytes = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
  }

  @Test(arguments: Shell.allCases)
  func scriptsAreSound(shell: Shell) throws {
    guard let path = shell.path else { return }
    let scratch = try Scratch()
    let script = try scratch.file("script", Run(["completions", shell.rawValue]).text)
    let process = Process()
    process.executableURL = URL(filePath: path)
    process.arguments = ["-n", script.path]
    try process.run()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
  }

  /// Lines, and what a Tab makes of them in each shell.
  static let lines: [(line: String, completed: String)] = [
    ("penstock compil", "penstock compile"),
    ("penstock compile --reso", "penstock compile --resolver"),
    ("penstock compile --emit re", "penstock compile --emit requests"),
    ("penstock compile --emit=re", "penstock compile --emit=requests"),
    ("penstock check -c con", "penstock check -c config.yml"),
    ("penstock check --config=con", "penstock check --config=config.yml"),
    ("penstock check --input config=con", "penstock check --input config=config.yml"),
    ("penstock run -t tar", "penstock run -t targets"),
    ("penstock run --skip archive_sh", "penstock run --skip archive_shredded"),
    ("penstock run --skip enrich,shr", "penstock run --skip enrich,shred"),
    ("penstock run ./mine.yml --resume-from co", "penstock run ./mine.yml --resume-from compact"),
    ("penstock run ./mine.yml -i ex", "penstock run ./mine.yml -i extra"),
    ("penstock check mine.yml --input tab", "penstock check mine.yml --input tables="),
    ("penstock diff --fail-on=security,d", "penstock diff --fail-on=security,data"),
    ("penstock graph lakeh", "penstock graph lakehouse"),
    ("penstock explain json-synt", "penstock explain json-syntax"),
    ("penstock check --allow data-unr", "penstock check --allow data-unread"),
    ("snowplow-emr-etl-runner histo", "snowplow-emr-etl-runner history"),
  ]

  @Test(.enabled(if: Shell.bash.path != nil, "bash is not installed"))
  func bashCompletes() throws {
    let scratch = try Self.scratch()
    try scratch.file("penstock.bash", Run(["completions", "bash"]).text)
    try scratch.file("drive.bash", Self.bashDriver)
    let found = try Self.output(
      #require(Shell.bash.path), ["drive.bash"] + Self.lines.map(\.line), in: scratch)
    #expect(found == Self.lines.map(\.completed))
    // Several, with what must be quoted.
    #expect(
      try Self.output(
        #require(Shell.bash.path), ["drive.bash", "penstock check -c o"], in: scratch)
        == ["penstock check -c other file.yml"], "bash quotes names of files itself")
  }

  /// Splits a line at bash's word breaks, calls the function, and puts its only reply in.
  private static let bashDriver = #"""
    . ./penstock.bash
    compopt() { :; }
    for line in "$@"; do
      COMP_LINE=$line COMP_POINT=${#line} words=() word=
      for ((i = 0; i < ${#line}; i++)); do
        c=${line:i:1}
        case $c in
          ' ') if [ -n "$word" ]; then words+=("$word"); word=; fi ;;
          [=:]) if [[ -n $word && $word != [=:]* ]]; then words+=("$word"); word=; fi; word+=$c ;;
          *) if [[ $word == [=:]* ]]; then words+=("$word"); word=; fi; word+=$c ;;
        esac
      done
      words+=("$word")
      COMP_WORDS=("${words[@]}") COMP_CWORD=$((${#words[@]} - 1))
      _penstock "${words[0]}"
      case $word in [=:]*) word= ;; esac
      if ((${#COMPREPLY[@]} == 1)); then echo "${line%"$word"}${COMPREPLY[0]}"
      else echo "$line: ${COMPREPLY[*]}"; fi
    done

    """#

  @Test(.enabled(if: Shell.fish.path != nil, "fish is not installed"))
  func fishCompletes() throws {
    let scratch = try Self.scratch()
    let script = """
      penstock completions fish | source
      for line in $argv
        set -l words (string split " " -- $line)
        set -l found (complete -C $line | string split -f 1 \\t | string trim -r -c /)
        echo (string join " " -- $words[1..-2] $found)
      end
      """
    let found = try Self.output(
      #require(Shell.fish.path), ["--no-config", "-c", script] + Self.lines.map(\.line),
      in: scratch)
    #expect(found == Self.lines.map(\.completed))
  }

  @Test(.enabled(if: Shell.zsh.path != nil, "zsh is not installed"), .timeLimit(.minutes(5)))
  func zshCompletes() throws {
    let scratch = try Self.scratch()
    try scratch.file("functions/_penstock", Run(["completions", "zsh"]).text)
    try scratch.file("drive.zsh", Self.zshDriver)
    let found = try Self.output(
      #require(Shell.zsh.path), ["-f", "drive.zsh"] + Self.lines.map(\.line), in: scratch)
    #expect(
      found.map { $0.trimmingCharacters(in: CharacterSet(charactersIn: " /")) }
        == Self.lines.map(\.completed))
  }

  /// Types each line and Tab into an interactive shell, which notes its buffer.
  private static let zshDriver = #"""
    emulate zsh
    zmodload zsh/zpty
    zpty z "exec zsh -f -i"
    zpty -w z "PS1='' ; fpath=($PWD/functions \$fpath); autoload -Uz compinit; compinit -u -D; PATH=$PATH; cd $PWD; stty columns 200"
    zpty -w z "show() { print -r -- \"\$BUFFER\" >> out; zle kill-whole-line }; zle -N show; bindkey '^X' show; bindkey '^I' complete-word; print READY >> out"
    wait_for() { while [[ ! -s out || $(wc -l <out) -lt $1 ]]; do zpty -r -t z x; sleep 0.05; done }
    wait_for 1
    n=1
    for line in "$@"; do
      zpty -w -n z "$line"$'\t\x18'
      wait_for $((++n))
    done
    zpty -d z
    tail -n +2 out

    """#

  /// Names from the journal, and none from where there is no journal.
  @Test func runsAndStepsComeFromTheJournal() throws {
    func complete(_ words: [String], _ folder: URL) throws -> [String] {
      let run = try Run(["completions", "--complete"] + words, folder: folder)
      #expect(run.status == 0 && run.errors.isEmpty, "\(run.errors)")
      return run.text.split(separator: "\n").dropLast().map(String.init)
    }
    let scratch = try Scratch()
    #expect(try complete(["status", "--sandbox", "box", ""], scratch.folder).isEmpty)
    #expect(try complete(["logs", "--journal", "/dev/null", ""], scratch.folder).isEmpty)
    #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.folder.path).isEmpty)

    let folder = scratch.folder.appending(path: "case")
    try FileManager.default.copyItem(
      at: Locations.repository.appending(path: "examples/snowplow"), to: folder)
    try scratch.file("case/box/acme-collector-eu/logs/a.lzo", "x")
    let keys = ["AWS_SNOWPLOW_ACCESS_KEY": "iam", "AWS_SNOWPLOW_SECRET_KEY": "iam"]
    let run = try Run(
      [
        "run", "-c", "config.yml", "-r", "resolver.json", "-t", "targets", "-n", "enrichments",
        "--sandbox", "box", "--run-time", "2026-03-01T02:00:00Z", "-q", "--fault", "rdb_load=fail",
      ], environment: keys, folder: folder)
    #expect(run.status == 1, "\(run.errors)")
    for command in [["status"], ["cancel"], ["down"], ["unlock"], ["run", "--recover"]] {
      let words = [command[0], "--sandbox", "box"] + command.dropFirst() + ["2026"]
      #expect(
        try complete(words, folder) == ["2026-03-01-02-00-00\tsnowplow, failed"], "\(command)")
    }
    #expect(try complete(["apply", "--sandbox", "box", "2026"], folder).isEmpty, "it has ended")
    let steps = try complete(["logs", "--sandbox", "box", "[rdb"], folder)
    #expect(steps == ["[rdb_load] Load Acme Redshift Storage Target"])
  }

  /// Whatever is there, it ends at once, says nothing, and waits for nothing.
  @Test func itIsSafe() throws {
    let scratch = try Scratch()
    #expect(mkfifo(scratch.folder.appending(path: "pipe.yml").path, 0o600) == 0)
    try scratch.file("broken.yml", ": : [")
    try scratch.file("odd.yml", "penstock: v1\npipeline: p\nstages:\n- {stage: \"a\\tb\\e[2J\"}\n")
    for words in [
      [], [""], ["run", "pipe.yml", "--skip", ""], ["run", "broken.yml", "--skip", ""],
      ["run", "odd.yml", "--skip", ""], ["run", "nonesuch.yml", "-x", ""], ["run", "-x"],
      ["run", "--skip-step", ""], ["nonesuch", "--x=", ""], ["status", "--journal", "/", ""],
      ["--", ""], ["run", "--skip=\u{1B}", "--", "-"],
    ] {
      let run = try Run(["completions", "--complete"] + words, folder: scratch.folder)
      #expect(run.status == 0 && run.errors.isEmpty, "\(words): \(run.errors)")
      #expect(run.text.split(separator: "\n").last?.hasPrefix(":") == true)
      #expect(!run.text.contains("\u{1B}"))
    }
  }
}
