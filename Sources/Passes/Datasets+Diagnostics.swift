import Diagnostics
import SourceText

/// One of two places that overlap.
struct OverlapSite {
  /// The dataset's name; nil for the cluster's logs.
  var name: String?
  /// Where it is given.
  var span: Span
}

/// Why two places must not overlap.
enum OverlapReason {
  /// A step moves or deletes what a dataset holds.
  case emptied(String, by: String, at: Span)
  /// A stage requires that a dataset is empty.
  case required(String, by: String, at: Span)
  /// Two steps write there.
  case written(String, String)

  init(_ clearing: DatasetFates.Clearing, dataset: String) {
    self =
      switch clearing {
      case .deleted(let step, let span): .emptied(dataset, by: step, at: span)
      case .required(let stage, let span): .required(dataset, by: stage, at: span)
      }
  }

  fileprivate var words: String {
    switch self {
    case .emptied(let dataset, let step, _): "step `\(step)` empties `\(dataset)`"
    case .required(let dataset, let stage, _): "stage `\(stage)` requires `\(dataset)` to be empty"
    case .written(let first, let second): "steps `\(first)` and `\(second)` both write there"
    }
  }

  fileprivate var notes: [Diagnostic.Note] {
    switch self {
    case .emptied(_, _, let span): [Diagnostic.Note("it is emptied here", at: span)]
    case .required(_, _, let span): [Diagnostic.Note("it is required here", at: span)]
    case .written: []
    }
  }
}

extension Diagnostic {
  /// - Parameters:
  ///   - inner: the place inside the other, or the same place.
  ///   - isOfInput: whether an input gives one of the two places, so that the pipeline needn't be
  ///     changed.
  static func datasetOverlap(
    _ inner: OverlapSite, _ outer: OverlapSite, isOne: Bool, _ reason: OverlapReason,
    isOfInput: Bool
  ) -> Diagnostic {
    let other = outer.name ?? ""
    let fact: String
    var hint = "give each its own place, outside the other"
    if let name = inner.name {
      if name == other {
        fact =
          isOne
          ? "dataset `\(name)` has the same place twice" : "two places of dataset `\(name)` overlap"
      } else {
        fact =
          isOne
          ? "datasets `\(name)` and `\(other)` are at the same place"
          : "dataset `\(name)` is inside dataset `\(other)`"
        if !isOfInput { hint += "; if it is meant to be there, give `\(name)` `within: \(other)`" }
      }
    } else {
      fact = "the cluster's logs are written into dataset `\(other)`"
      hint = "give the logs their own place"
    }
    return Diagnostic(
      .datasetOverlap, "\(fact), and \(reason.words)", at: inner.span,
      notes: [Note("the other place is here", at: outer.span)] + reason.notes, hint: hint)
  }
}
