import Diagnostics
import Locations
import JobRunsBackend
import Passes
import PipelineIR
import PlanFormat
import SourceText
import Targets

/// A plan whose steps are known, while it is checked.
struct PlanDraft: CheckSubject {
  private(set) var plan: Plan
  let options: CompilerOptions
  private let program: Program
  private(set) var diagnostics: [Diagnostic] = []

  init(plan: Plan, options: CompilerOptions, _ program: Program) {
    self.plan = plan
    self.options = options
    self.program = program
  }

  /// Turns the steps into jobs, if the run is for EMR Serverless or EMR on EKS.
  mutating func makeJobs() {
    guard let host = program.cluster.jobs else { return }
    let deployment = Deployment(
      plan: plan, conditions: [], endings: [], stepSpans: program.steps.map(\.origin.span),
      jobFlow: program.cluster.jobFlow, standIns: StandIns())
    let target: Target = host.service == .serverless ? .emrServerless : .emrOnEKS
    let capabilities = Capabilities(Builtins.file(Capabilities.path) ?? [])
    diagnostics += capabilities.check(deployment, for: target, TargetOptions(madeBy: plan.madeBy))
    plan.requests = [JobRuns.request(of: deployment, on: host, into: &diagnostics)]
  }

  mutating func checkEmptied() {
    for (index, place) in options.emptiedFirst.enumerated() {
      if let why = obstacle(to: place) {
        diagnostics.append(
          .unsafeEmpty(place, why, at: options.places.emptiedFirst.place(of: index)))
      }
    }
  }

  /// Why a place must not be emptied; nil if the run writes it again before anything reads it. In a
  /// recovery the place holds only what the failed run left, so a step may read an enclosing folder.
  private func obstacle(to location: String) -> String? {
    let isRecovery = options.recovered != nil
    guard let place = Location(folderInBucket: location) else {
      return "it isn't a folder in S3"
    }
    for step in plan.done {
      for access in step.accesses where access.mode == .write {
        guard let touched = try? Location(access.place), place.overlaps(touched) else { continue }
        return "`\(step.name)`, which is left out, wrote there"
      }
    }
    for step in plan.steps {
      for access in step.accesses {
        guard let touched = try? Location(access.place) else { continue }
        switch access.mode {
        case .write where place.isPlace(of: touched) || place.lies(in: touched): return nil
        case .read
        where isRecovery
          ? touched.isPlace(of: place) || touched.lies(in: place) : place.overlaps(touched):
          return "`\(step.name)` reads what is there"
        case .read, .write, .delete: continue
        }
      }
    }
    return "no step of the run writes it again"
  }
}
