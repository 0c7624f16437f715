import Documents
import Diagnostics
import Locations
import PipelineIR
import PipelineSyntax
import SourceText
import Values

extension Pass {
  /// Finds out where each dataset is.
  static let placeDatasets = Pass(
    "place-datasets", "finds out where each dataset is"
  ) { program, context, report in
    var table = PlaceTable()
    let binder = context.binder(context.scope(for: program))
    var told: Set<Spanned<DiagnosticCode>> = []
    for index in program.datasets.indices {
      let declaration = context.pipeline.datasets[index]
      let mark = context.facts.askedCount
      defer {
        context.facts.note(
          "data.\(declaration.name.value)",
          restsOn: binder.grounds(of: declaration.when, declaration.at, since: mark))
      }
      if let when = declaration.when {
        guard let exists = binder.bool(when, into: &report.diagnostics) else { continue }
        if !exists {
          report.explain(
            "dataset `\(declaration.name.value)`", .dropped, "its `when` is false",
            at: declaration.name.span)
          continue
        }
      }
      if let flag = declaration.mustBeRead {
        guard let value = binder.bool(flag, into: &report.diagnostics) else { continue }
        program.datasets[index].mustBeRead = value
      }
      guard let at = declaration.at, let value = binder.value(at, into: &report.diagnostics),
        !value.isAbsent
      else { continue }
      var placing = Placing(span: context.pipeline.tree.span(at))
      placing.place(index, value.unwrapped, &program, &table)
      guard !placing.problems.isEmpty else { continue }
      let blame = context.blame.place(of: at)
      for problem in placing.problems.map({ $0.blaming(blame) }) {
        // If several datasets use one place in an input, it is reported once.
        guard let span = problem.span, told.insert(Spanned(problem.code, span)).inserted else {
          continue
        }
        report.diagnostics.append(problem)
      }
    }
    var data: [(key: Value, value: Value)] = []
    data.reserveCapacity(program.datasets.count)
    for dataset in program.datasets {
      if let value = dataset.value { data.append((.string(dataset.name), value)) }
    }
    program.data = ValueMap(data)
  }
}

/// Finds the places of one dataset.
private struct Placing {
  let span: Span
  private(set) var problems: [Diagnostic] = []

  init(span: Span) { self.span = span }

  /// The problem of a location with a user in it, which is why it is a secret.
  private static func user(in text: String) -> LocationProblem? {
    do throws(LocationProblem) {
      _ = try Location(text)
      return nil
    } catch {
      if case .user = error { return error }
      return nil
    }
  }

  mutating func place(
    _ index: Int, _ value: Value, _ program: inout Program, _ table: inout PlaceTable
  ) {
    var isList = false
    var items = [value]
    if case .list(let several) = value { (items, isList) = (several, true) }
    var homes: [(location: String, place: PlaceID)] = []
    for item in items {
      guard case .string(let text) = item.unwrapped else {
        // Plans and graphs show where data is.
        if case .string(let text) = item.unwrapped.revealed, let problem = Self.user(in: text) {
          problems.append(.locationInvalid(text, problem, at: span))
          return
        }
        let wanted = item.secretReferences.isEmpty ? "a location" : "a location that isn't secret"
        problems.append(.wrongValue(wanted, found: item, at: span))
        return
      }
      do throws(LocationProblem) {
        let location = try Location(text)
        homes.append((text, table.intern(location, in: &program)))
        if let doubt = location.doubt {
          problems.append(.locationSuspicious(location, doubt, at: span))
        }
      } catch {
        problems.append(.locationInvalid(text, error, at: span))
        return
      }
    }
    program.datasets[index].place(at: homes, isList: isList)
  }
}
