import Diagnostics
import PipelineIR
import PipelineSyntax
import SourceText
import Values

/// Finds data that this run writes and then moves away or deletes, although the stages that read it
/// in between don't run.
struct UnreadData {
  private let program: Program
  private let datasets: DatasetIndex
  /// For each dataset, those that are restored from it.
  private let restored: RestoreSources
  private var fates: [Fate]

  init(_ program: Program, _ context: Context, _ places: PlaceIndex) {
    self.program = program
    datasets = DatasetIndex(program, places)
    restored = program.wouldBe.isEmpty ? RestoreSources() : RestoreSources(program, context)
    fates = Array(repeating: Fate(), count: program.datasets.count)
  }

  /// What has happened to a dataset so far.
  private struct Fate {
    var writer: Actor?
    /// The writer's index among the run's steps.
    var position = 0
    var isRead = false
  }

  /// A step of the run, or one that was done before.
  private struct Actor {
    var name: String
    /// Nil for a step of the cluster.
    var stage: StageID?
    var accesses: [Access]
    /// What it reads, writes and deletes, by dataset.
    var reads: Set<Int> = []
    var writes: Set<Int> = []
    var deletions: [Int: Access] = [:]

    init(_ name: String, _ stage: StageID?, _ accesses: [Access], _ datasets: DatasetIndex) {
      self.name = name
      self.stage = stage
      self.accesses = accesses
      for access in accesses {
        for dataset in datasets.touched(by: access.place) {
          switch access.mode {
          case .read: reads.insert(dataset)
          case .write: writes.insert(dataset)
          case .delete: deletions[dataset] = deletions[dataset] ?? access
          }
        }
      }
    }
  }

  mutating func check(_ report: inout Report) {
    guard !program.wouldBe.isEmpty || !program.stepsLeftOut.isEmpty else { return }
    var done = program.doneSteps[...]
    for index in 0...program.steps.count {
      while let next = done.first, next.before <= index {
        note(Actor(next.name, next.stage, next.accesses, datasets))
        done.removeFirst()
      }
      guard index < program.steps.count else { return }
      let step = program.steps[index]
      let actor = Actor(
        program.text(step.name), step.stage, Array(program.accesses(of: step)), datasets)
      // A step of the cluster deletes for the stage that comes after it.
      let stage = step.stage ?? program.steps[index...].lazy.compactMap(\.stage).first
      for (dataset, deletion) in actor.deletions.sorted(by: { $0.key < $1.key }) {
        checkDeletion(deletion, of: dataset, by: actor.name, in: stage, before: index, &report)
      }
      note(actor, at: index)
    }
  }

  private mutating func note(_ actor: Actor, at position: Int = 0) {
    for dataset in actor.writes where fates[dataset].writer == nil {
      fates[dataset].writer = actor
      fates[dataset].position = position
    }
    for dataset in actor.reads {
      for read in restored.sources(of: dataset, ifUnknown: []).union([dataset])
      where fates[read].writer != nil && actor.deletions[read] == nil
        && (read == dataset || program.datasets[read].mustBeRead)
      {
        fates[read].isRead = true
      }
    }
  }

  private func checkDeletion(
    _ deletion: Access, of dataset: Int, by name: String, in stage: StageID?,
    before position: Int, _ report: inout Report
  ) {
    if let writer = fates[dataset].writer, !fates[dataset].isRead,
      let reader = stepLeftOut(reading: dataset, between: fates[dataset].position, and: position)
    {
      report.diagnostics.append(
        .dataUnread(
          program.datasets[dataset].name, filledBy: writer.name, deletedBy: name,
          reader: reader, isStep: true, doubt: nil,
          mustBeRead: program.datasets[dataset].mustBeRead, at: deletion.span))
      return
    }
    guard let writer = fates[dataset].writer, !fates[dataset].isRead, let stage,
      let reader = program.wouldBe.first(where: { other in
        other.stage < stage && (writer.stage.map { $0 < other.stage } ?? true)
          && isReader(other, of: dataset)
      })
    else { return }
    report.diagnostics.append(
      .dataUnread(
        program.datasets[dataset].name, filledBy: writer.name, deletedBy: name,
        reader: program.stage(reader.stage)?.name ?? "", doubt: reader.doubt,
        mustBeRead: program.datasets[dataset].mustBeRead, at: deletion.span))
  }

  /// A step that `--only-step` leaves out and that would read a dataset between two steps.
  private func stepLeftOut(reading dataset: Int, between first: Int, and last: Int) -> String? {
    program.stepsLeftOut.first { step in
      guard first < step.before, step.before <= last else { return false }
      let touching = step.accesses.filter { datasets.touched(by: $0.place).contains(dataset) }
      return touching.contains { $0.mode == .read } && !touching.contains { $0.mode == .delete }
    }?.name
  }

  /// Whether a stage that doesn't run would read a dataset without deleting it.
  private func isReader(_ stage: WouldBeStage, of dataset: Int) -> Bool {
    let touching = stage.accesses.filter { $0.datasets.contains(dataset) }
    if touching.contains(where: { $0.mode == .delete }) { return false }
    if stage.doubt != nil || touching.contains(where: { $0.mode == .read }) { return true }
    return program.datasets[dataset].mustBeRead
      && stage.accesses.contains { access in
        access.mode == .read
          && access.datasets.contains {
            restored.sources(of: $0, ifUnknown: [dataset]).contains(dataset)
          }
      }
  }
}

/// The datasets that other datasets are restored from.
struct RestoreSources {
  /// By dataset; nil if that can't be known.
  private var sources: [Int: Set<Int>?] = [:]

  init() {}

  init(_ program: Program, _ context: Context) {
    let silent = context.with(context.options, facts: context.facts.recalling())
    for (number, dataset) in context.pipeline.datasets.enumerated() {
      guard let restore = dataset.restore else { continue }
      var bare = program
      bare.steps = []
      var expander = StepExpander(context: silent, program: bare, lowersArguments: false)
      var report = Report()
      expander.expand(restore, stage: nil, pass: .restoreData, &report)
      let index = DatasetIndex(expander.program)
      let reads = expander.program.steps.flatMap { step in
        expander.program.accesses(of: step).filter { $0.mode == .read }
      }
      sources[number] =
        report.diagnostics.hasErrors
        ? .some(nil) : Set(reads.flatMap { index.touched(by: $0.place) })
    }
  }

  func sources(of dataset: Int, ifUnknown: Set<Int>) -> Set<Int> {
    switch sources[dataset] {
    case nil: []
    case .some(nil): ifUnknown
    case .some(let known?): known
    }
  }
}
