package import Diagnostics

/// What help and man pages say of a command besides its options.
extension CommandName {
  /// A command line after the program's name, and what it does.
  package typealias Example = (line: String, does: String)

  package var examples: [Example] {
    switch self {
    case .compile, .check, .plan, .run, .up, .backfill, .graph, .diff, .lint, .fmt, .initialize,
      .migrate, .import, .lsp:
      examplesOfFiles
    case .apply, .status, .history, .logs, .cancel, .down, .unlock, .doctor: examplesOfRuns
    case .test:
      [
        ("test", "all tests below this folder"),
        ("test tests/nightly.yml --filter archive", "some tests of one file"),
        ("test --format junit -o results.xml", "for CI"),
        ("test --coverage --fail-under 100", "what the tests leave out of the pipelines"),
      ]
    case .explain: [("explain data-unread", "explain the diagnostic")]
    case .pipelines:
      [("pipelines lakehouse -o mine.yml", "a copy of a built-in pipeline to start from")]
    case .schema:
      [("schema \(Self.defaultPipeline)/config", "the JSON Schema of the input `config`")]
    case .completions:
      [
        ("completions bash -o ~/.penstock.bash", "for bash: source the file in ~/.bashrc"),
        ("completions fish -o ~/.config/fish/completions/penstock.fish", "for fish"),
      ]
    case .version: [("version --format json", "the version for programs")]
    case .help:
      [("help run", "the options of `run`"), ("help --man /usr/local/share/man/man1", "man pages")]
    }
  }

  private var examplesOfFiles: [Example] {
    switch self {
    case .compile:
      [
        ("compile -c config.yml -r resolver.json", "the body of RunJobFlow, to standard output"),
        ("compile mine.yml --input tables=tables.yml --emit requests", "all calls, as JSON"),
      ]
    case .check:
      [
        ("check mine.yml", "the pipeline alone"),
        ("check -c config.yml -r resolver.json --strict", "warnings fail, as for CI"),
      ]
    case .plan:
      [
        ("plan -c config.yml -r resolver.json -o plan.json", "show a run and write its plan"),
        ("plan -c config.yml -r resolver.json --recovery", "what to do after a failure"),
        ("plan --recover 2026-03-01-02-00-00", "show the recovery of a failed run"),
      ]
    case .run:
      [
        ("run -c config.yml -r resolver.json --lock etl.lock", "run with a lock, as from cron"),
        ("run -c config.yml -r resolver.json --sandbox box", "try it without AWS"),
        ("run --recover 2026-03-01-02-00-00", "recover a failed run"),
      ]
    case .up:
      [
        ("up etl.yml --lease 2h", "a cluster that EMR ends when it has been idle for two hours"),
        ("up etl.yml --sandbox trial", "in a simulated EMR"),
      ]
    case .backfill:
      [
        ("for daily.yml --run-time 2026-01-01..2026-01-31", "31 runs, one after the other"),
        (
          "for daily.yml --run-time 2026-01-01..2026-01-31 --max-active 4",
          "four at a time"
        ),
        ("for daily.yml --run-time 2025-01-01..2025-12-01 --every 1mo --dry-run", "show the times"),
      ]
    case .diff:
      [
        ("diff old.json new.json", "two plans or job flows"),
        ("diff --git origin/main etl --fail-on security,data", "a change of inputs, as for CI"),
      ]
    case .graph:
      [
        ("graph lakehouse", "a pipeline as Mermaid"),
        ("graph -c config.yml --format svg -o graph.svg", "a run as a picture"),
      ]
    case .lint:
      [
        ("lint resolver -r resolver.json", "the resolver"),
        ("lint all -r resolver.json -n enrichments -t targets", "everything"),
      ]
    case .fmt:
      [
        ("fmt", "every pipeline, step kind and config below the working folder"),
        ("fmt --check --diff", "change nothing, and show what would change, as for CI"),
        ("fmt - < mine.yml", "from standard input to standard output, as for editors"),
      ]
    case .import:
      [
        ("import job-flow.json -o sessions", "the body of RunJobFlow, as JSON or YAML"),
        ("import create-cluster.sh -o sessions", "a command line of the AWS CLI"),
        ("import cluster.json playbook.json -o sessions", "Dataflow Runner's files"),
        ("import j-2AXXXXXXGAPLF -o sessions", "a cluster, as EMR describes it"),
      ]
    case .lsp:
      [
        ("lsp", "as an editor starts it: standard input and output"),
        ("lsp --check etl", "all pipelines and inputs of a folder, as an editor would show them"),
      ]
    case .initialize:
      [
        ("init orders --region eu-west-1", "a new project in the folder orders"),
        (
          "init etl --from \(Self.defaultPipeline)",
          "a copy of a built-in pipeline, with its example"
        ),
      ]
    default:
      [
        ("migrate old-config.yml -o new", "to the current layout"),
        ("migrate config.yml --to rdb -o new", "to the RDB Transformer's pipeline"),
      ]
    }
  }

  private var examplesOfRuns: [Example] {
    switch self {
    case .apply:
      [
        ("apply plan.json", "carry out a plan"),
        ("apply 2026-03-01-02-00-00", "continue a run whose process was killed"),
      ]
    case .status: [("status", "the latest run"), ("status --format json", "for monitoring")]
    case .history: [("history", "all runs, the latest first")]
    case .logs:
      [("logs", "of the step that failed"), ("logs shred --lines 500", "of a step by its name")]
    case .cancel: [("cancel 2026-03-01-02-00-00", "stop this run")]
    case .down:
      [
        ("down", "end the cluster of the latest run"),
        ("down etl.yml -c config.yml", "the one that this pipeline's runs would take"),
        ("down 2026-03-01-02-00-00 --dry-run", "show whether this run's cluster would be ended"),
      ]
    case .unlock:
      [
        ("unlock etl.lock", "a lock in a file"), ("unlock s3://acme-etl/lock", "a lock in S3"),
      ]
    default:
      [
        ("doctor -c config.yml -r resolver.json", "before the first run on a machine"),
        ("doctor --offline", "without asking AWS"),
      ]
    }
  }

  // MARK: Exit statuses

  package typealias Exit = (status: ExitStatus, when: String)

  /// The statuses that the command ends with, in order.
  package var exits: [Exit] {
    let wrongUsage: [Exit] =
      usageStatus == .failure ? [] : [(.usage, "wrong usage, such as an unknown option")]
    return [(.success, success)] + [(.failure, failure)] + moreExits + wrongUsage
      + (canBeInterrupted ? [(.interrupted, interruption)] : [])
  }

  private var success: String {
    switch self {
    case .diff: "success, whatever the differences"
    case .backfill: "no run failed, and one had data at least"
    case .doctor: "no problem was found"
    case .import: "the pipeline asks EMR for the same as the source"
    case .test: "all tests passed"
    case .up: "the cluster takes steps, or was up already"
    case .down: "the cluster is being ended, or there is none"
    case .unlock: "the lock is released, or isn't held"
    default: "success"
    }
  }

  private var failure: String {
    let more = usageStatus == .failure ? ", or wrong usage" : ""
    return switch self {
    case .run, .apply: "an error, invalid input, or a failed run" + more
    case .up: "an error, invalid input, or the cluster ended before it was ready"
    case .backfill: "an error, invalid input, or one of the runs failed"
    case .lint: "a file is invalid" + more
    case .initialize: "an error, or one of the files exists already"
    case .fmt: "a file can't be formatted; with --check, also if a file's layout would change"
    case .import: "an error, invalid input, or the pipeline asks for something else than the source"
    case .test: "a test failed, a file of tests is invalid, or too little is covered"
    case .lsp: "with --check: a file has errors; else: the editor ended without `shutdown`"
    case .doctor: "a run would fail: something has to be fixed first"
    case .status, .logs, .cancel, .down: "an error, or no such run in the journal"
    default: "an error, or invalid input" + more
    }
  }

  private var moreExits: [Exit] {
    let ofRuns: [Exit] = [
      (.noData, "no data to process"),
      (.notEmpty, "a place that must be empty isn't: another run seems to be under way"),
    ]
    let busy: Exit = (.clusterBusy, "the persistent cluster is busy")
    switch self {
    case .compile, .check, .graph: return ofRuns + [busy]
    case .plan:
      return [(.changes, "with --detailed-exitcode: there is something to run")] + ofRuns + [busy]
    case .run, .apply:
      return ofRuns + [
        (.lockHeld, "the lock is held, or another process applies the same plan"), busy,
      ]
    case .up: return [(.lockHeld, "the lock is held")]
    case .backfill:
      return [
        (.noData, "no run had data to process"),
        (.notEmpty, "a place that must be empty isn't, and nothing worse"),
        (.lockHeld, "the lock is held, or another process makes one of the runs"), busy,
      ]
    case .diff: return [(.changes, "with --exit-code or --fail-on: there are such changes")]
    case .down: return [(.clusterBusy, "the cluster works, or may be used by others: see --force")]
    case .unlock: return [(.lockHeld, "its holder may still be at work: see --force")]
    default: return []
    }
  }

  private var canBeInterrupted: Bool {
    switch self {
    case .plan, .run, .up, .backfill, .apply, .status, .logs, .cancel, .down, .unlock, .doctor: true
    default: false
    }
  }

  private var interruption: String {
    switch self {
    case .run, .up, .apply: "interrupted: the run continues, and `apply` picks it up again"
    case .backfill: "interrupted: what was begun continues, and the same command picks it up again"
    default: "interrupted"
    }
  }
}
