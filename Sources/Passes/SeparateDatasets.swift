import Documents
import Diagnostics
import Locations
import PipelineIR
import PipelineSyntax
import SourceText
import Values

extension Pass {
  /// Finds datasets inside one another of which one is emptied: more is moved or deleted there than
  /// was meant. Changes nothing.
  ///
  /// `within` declares that it is meant.
  static let separateDatasets = Pass(
    "separate-datasets", "finds datasets inside one another of which one is emptied",
    codes: [.datasetOverlap]
  ) { program, context, report in
    var check = SeparationCheck(program: program, context: context)
    check.run()
    report.diagnostics += check.diagnostics
  }
}

private struct SeparationCheck {
  /// One place of a dataset.
  private struct Home {
    var dataset: Int
    /// Its index among the dataset's places.
    var item: Int
    var location: Location
  }

  let program: Program
  let context: Context
  private(set) var diagnostics: [Diagnostic] = []
  /// Pairs of places in the user's files that were reported, since one text can give several
  /// datasets' places.
  private var told: Set<[Span]> = []
  /// Computed when two places first overlap.
  private var fates: DatasetFates?

  init(program: Program, context: Context) {
    self.program = program
    self.context = context
  }

  mutating func run() {
    let homes = self.homes()
    let nesting = Nesting(homes.map { Array($0.location.text.utf8) })
    for inner in nesting.order {
      for outer in nesting.chain(inner).dropFirst().reversed() { check(homes[inner], homes[outer]) }
    }
    checkLogs(nesting.order.map { homes[$0] })
    // Assumptions are asked about, so that they alone don't cause an error.
    if let fates, !diagnostics.isEmpty { context.facts.ask(whatWasAssumedBy: fates.facts) }
  }

  /// The places of all datasets, as they are declared.
  private func homes() -> [Home] {
    program.datasets.enumerated().flatMap { index, dataset in
      (dataset.locations ?? []).enumerated().compactMap { item, text in
        (try? Location(text).folder).map { Home(dataset: index, item: item, location: $0) }
      }
    }
  }

  // MARK: Two datasets

  private mutating func check(_ inner: Home, _ outer: Home) {
    guard !context.pipeline.isMeant(inner.dataset, within: outer.dataset) else { return }
    let fates = knownFates()
    let isOne = inner.location == outer.location
    let reason: OverlapReason
    if let clearing = fates.clearing(of: outer.dataset, at: outer.location) {
      reason = OverlapReason(clearing, dataset: name(outer))
    } else if let clearing = fates.clearing(of: inner.dataset, at: inner.location) {
      reason = OverlapReason(clearing, dataset: name(inner))
    } else if isOne, let writers = fates.twoWriters(of: inner.location) {
      reason = .written(writers.0, writers.1)
    } else {
      return
    }
    let places = self.places(inner, outer)
    guard told.insert(places.sorted(by: Self.precedes)).inserted else { return }
    diagnostics.append(
      .datasetOverlap(
        OverlapSite(name: name(inner), span: places[0]),
        OverlapSite(name: name(outer), span: places[1]), isOne: isOne, reason,
        isOfInput: isOfInput(places)))
  }

  /// Where two places are given. If both come from one place in an input, it is the pipeline that
  /// puts one inside the other.
  private func places(_ inner: Home, _ outer: Home) -> [Span] {
    let places = [span(of: inner), span(of: outer)]
    guard places[0] == places[1] else { return places }
    return [inner, outer].map { home in
      context.pipeline.datasets[home.dataset].at.map(context.pipeline.tree.span) ?? places[0]
    }
  }

  private static func precedes(_ left: Span, _ right: Span) -> Bool {
    (left.source, left.start, left.end) < (right.source, right.start, right.end)
  }

  private mutating func knownFates() -> DatasetFates {
    if let fates { return fates }
    let found = DatasetFates(program, context)
    fates = found
    return found
  }

  private func name(_ home: Home) -> String { program.datasets[home.dataset].name }

  // MARK: Logs

  /// The folder into which EMR writes its logs must not be emptied.
  private mutating func checkLogs(_ homes: [Home]) {
    let tree = context.pipeline.tree
    guard case .map(let entries)? = program.cluster.jobFlow?.content,
      let entry = entries.first(where: { $0.key == "LogUri" }),
      case .scalar(.string(let text)) = entry.value.content, let logs = try? Location(text),
      let node = context.pipeline.cluster?.jobFlow.flatMap({ tree.value($0, "LogUri") })
    else { return }
    for home in homes where logs.isPlace(of: home.location) || logs.lies(in: home.location) {
      guard let clearing = knownFates().clearing(of: home.dataset, at: home.location) else {
        continue
      }
      let places = [context.blame.place(of: node) ?? tree.span(node), span(of: home)]
      guard told.insert(places.sorted(by: Self.precedes)).inserted else { continue }
      diagnostics.append(
        .datasetOverlap(
          OverlapSite(name: nil, span: places[0]),
          OverlapSite(name: name(home), span: places[1]),
          isOne: logs.isPlace(of: home.location), OverlapReason(clearing, dataset: name(home)),
          isOfInput: isOfInput(places)))
    }
  }

  // MARK: Places

  private func isOfInput(_ places: [Span]) -> Bool {
    places.contains { !context.pipeline.tree.sources.contains($0.source) }
  }

  /// Where a place is given: in an input, or else in the pipeline.
  private func span(of home: Home) -> Span {
    guard let at = context.pipeline.datasets[home.dataset].at else {
      return program.datasets[home.dataset].span
    }
    return context.span(ofItem: home.item, in: at)
  }
}

extension PipelineDecl {
  /// Whether either dataset is declared to be within the other.
  fileprivate func isMeant(_ one: Int, within other: Int) -> Bool {
    enclosing(one).contains(other) || enclosing(other).contains(one)
  }

  /// The datasets that a dataset is declared to be within, also indirectly.
  private func enclosing(_ index: Int) -> [Int] {
    var found: [Int] = []
    var next = datasets[index].within
    while let name = next, let outer = dataset(named: name.value), !found.contains(outer) {
      found.append(outer)
      next = datasets[outer].within
    }
    return found
  }
}

extension Context {
  /// Where an item of a dataset's `at` is given: in an input, or else in the pipeline.
  func span(ofItem item: Int, in at: NodeID) -> Span {
    let tree = pipeline.tree
    var node = at
    if tree.kind(at) == .list {
      let items = Array(tree.items(at))
      if items.indices.contains(item) { node = items[item] }
    }
    guard let place = blame.place(of: node) else { return tree.span(node) }
    return node == at ? self.item(item, ofListAt: place) ?? place : place
  }

  /// The place of an item of an input's list.
  private func item(_ item: Int, ofListAt place: Span) -> Span? {
    for tree in inputTrees.values.joined() where tree.sources.contains(place.source) {
      var stack = tree.root.map { [$0] } ?? []
      while let node = stack.popLast() {
        switch tree.kind(node) {
        case .map: stack += tree.entries(node).map(\.value)
        case .list:
          let items = Array(tree.items(node))
          if tree.span(node) == place {
            return items.indices.contains(item) ? tree.span(items[item]) : nil
          }
          stack += items
        case .null, .bool, .int, .float, .string: break
        }
      }
    }
    return nil
  }
}
