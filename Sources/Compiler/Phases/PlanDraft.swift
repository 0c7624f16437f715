import Diagnostics
import Locations
import Passes
import PlanFormat

/// A plan whose steps are known, while it is checked.
struct PlanDraft: CheckSubject {
  let plan: Plan
  let options: CompilerOptions
  private(set) var diagnostics: [Diagnostic] = []

  init(plan: Plan, options: CompilerOptions) {
    self.plan = plan
    self.options = options
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
