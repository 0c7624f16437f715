import Text
import Diagnostics
import Locations
import PipelineIR
import PlanFormat
import SourceText
import Values

/// Whether the failed run that `--resume-from` and `--run-id` name has left anything.
struct NamedRun {
  private let id: String
  private let context: Context
  private let program: Program

  /// Reports an id of which there is no folder in any place that the run reads and that is named
  /// after it: its steps would find nothing, or be left out.
  static func check(_ program: Program, _ context: Context, _ report: inout Report) {
    let options = context.options
    guard options.resumeFrom != nil, !options.isRecovery, let id = options.runID else { return }
    NamedRun(id: id, context: context, program: program).check(&report)
  }

  private func check(_ report: inout Report) {
    var missing: [String] = []
    for place in inputs {
      let mark = context.facts.askedCount
      guard context.facts.isEmpty(place, pattern: nil) else {
        context.facts.expect(
          .isEmpty(location: place), exitStatus: .noData,
          message: "the run `\(id)` has no data in any place that this run reads", at: stageSpan)
        return
      }
      // What wasn't asked refuses nothing.
      guard context.facts.grounds(since: mark).isEmpty else { return }
      missing.append(place)
    }
    guard !missing.isEmpty else { return }
    report.diagnostics.append(absent(from: missing))
    report.exitStatus = .noData
  }

  /// Where the stage is that the run resumes from: a plan keeps no place in a command line.
  private var stageSpan: Span? {
    context.options.resumeFrom.flatMap(program.stageID(named:)).flatMap(program.stage)?.span
  }

  // MARK: What it reads

  /// The places in S3 that are named after the run and that it reads before it writes there, in the
  /// order of its steps. Facts may leave out steps whose data isn't there: they count too.
  private var inputs: [String] {
    var inputs: [String] = []
    // What is asked for it is in the plan, which is made again from its answers.
    for facts in [context.facts, context.facts.assumingData()] {
      var run = Rehearsal(context.with(context.options, facts: facts))
      _ = run.expand { $0.status == .selected }
      let own = run.context.placesOfThisRun(run.program)
      for place in reads(of: run) where own.contains(place) && !inputs.contains(place) {
        guard (try? Location(place))?.isInS3 == true else { continue }
        inputs.append(place)
      }
    }
    return inputs
  }

  /// What the steps read that none before them writes; of data on the cluster, where it is restored
  /// from.
  private func reads(of run: Rehearsal) -> [String] {
    let program = run.program
    let restorable = run.context.restorableData(of: program)
    var written: [String] = []
    var reads: [String] = []
    for step in program.steps {
      for access in program.accesses(of: step) where access.mode == .read {
        let place = program.placeText(access.place)
        guard !written.contains(where: { Location.overlap($0, place) }) else { continue }
        if program.isDurable(access.place) {
          reads.append(place)
        } else {
          for data in restorable
          where data.places.contains(where: { Location.overlap($0, place) }) {
            reads += data.sources.filter { source in
              !written.contains { Location.overlap($0, source) }
            }
          }
        }
      }
      written += program.accesses(of: step).filter { $0.mode == .write }
        .map { program.placeText($0.place) }
    }
    return reads
  }

  // MARK: What there is instead

  /// A place named after the run, with what is around its id.
  private struct Folder: Hashable {
    var parent: String
    var prefix: String
    var suffix: String

    /// Nil if no part of the place's path has the id in it.
    init?(_ place: String, _ id: String) {
      let parts = place.split(separator: "/", omittingEmptySubsequences: false)
      guard let index = parts.indices.dropFirst(3).last(where: { parts[$0].contains(id) }),
        let range = parts[index].firstRange(of: id)
      else { return nil }
      parent = parts[..<index].joined(separator: "/") + "/"
      prefix = String(parts[index][..<range.lowerBound])
      suffix = String(parts[index][range.upperBound...])
    }

    /// Captures the folder's name.
    var pattern: String { "^\(Self.quoted(prefix))([^/]+)\(Self.quoted(suffix))/" }

    private static func quoted(_ text: String) -> String {
      text.unicodeScalars.map { scalar in
        scalar.isASCII && !scalar.properties.isAlphabetic && !("0"..."9").contains(scalar)
          ? "\\\(scalar)" : String(scalar)
      }.joined()
    }
  }

  private func absent(from missing: [String]) -> Diagnostic {
    var ids: [String] = []
    var notes: [String] = []
    var seen: Set<Folder> = []
    for folder in missing.compactMap({ Folder($0, id) }) where seen.insert(folder).inserted {
      let found = context.facts.all(folder.parent, pattern: folder.pattern)
      ids += found.filter { !ids.contains($0) }
      let names = found.map { "`\(folder.prefix)\($0)\(folder.suffix)/`" }
      notes.append(
        names.isEmpty
          ? "`\(folder.parent)` has no folder of a run"
          : "`\(folder.parent)` has \(Self.list(names))")
    }
    return .runFolderAbsent(
      id, missing, notes: notes, among: ids, at: context.options.places.runID)
  }

  /// The last of many.
  private static func list(_ names: [String]) -> String {
    let shown = names.suffix(5).reversed().joined(separator: ", ")
    return names.count > 5 ? "\(shown) and \(names.count - 5) older" : shown
  }
}
