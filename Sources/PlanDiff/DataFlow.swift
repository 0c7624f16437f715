import Locations
import Values

/// How the flow of data through the job flow has changed, in words, and where that is dangerous.
struct DataFlow {
  private(set) var changes: [FlowChange] = []
  private(set) var dangers: [Danger] = []
  private let before: Side
  private let after: Side
  private let old: Accesses
  private let new: Accesses
  /// For each step of the second side, its partner on the first.
  private var origin: [Int?]
  /// Sorted by place.
  private var uses: [(place: String, use: Use)] = []
  private var required: Set<String> = []
  /// How many places of a dataset moved, and which danger says so. Never iterated in order.
  private var moved: [String: (count: Int, danger: Int)] = [:]

  /// Which steps of each side use a place, in order.
  struct Use {
    var dataset = ""
    var before = Users()
    var after = Users()
  }

  struct Users: Hashable {
    var readers: [Int] = []
    var writers: [Int] = []
    var deleters: [Int] = []

    var isEmpty: Bool { readers.isEmpty && writers.isEmpty && deleters.isEmpty }
  }

  init(_ before: Side, _ after: Side, partners: [Int?], changed: Set<Int>, required: Set<String>) {
    self.before = before
    self.after = after
    let isPlanned = !before.planSteps.isEmpty && !after.planSteps.isEmpty
    old = Accesses(before, planned: isPlanned)
    new = Accesses(after, planned: isPlanned)
    origin = [Int?](repeating: nil, count: after.stepCount)
    for (index, partner) in partners.enumerated() {
      if let partner { origin[partner] = index }
    }
    self.required = required
    collect(partners, changed)
    tell()
  }

  // MARK: Uses

  /// Collects the uses of every place whose uses changed.
  private mutating func collect(_ partners: [Int?], _ changed: Set<Int>) {
    var places: Set<String> = []
    for (index, partner) in partners.enumerated() {
      guard let partner else {
        places.formUnion(old.of(index).map(\.place))
        continue
      }
      guard changed.contains(index) else { continue }
      let difference = Set(old.of(index)).symmetricDifference(new.of(partner))
      places.formUnion(difference.map(\.place))
    }
    for (index, partner) in origin.enumerated() where partner == nil {
      places.formUnion(new.of(index).map(\.place))
    }
    guard !places.isEmpty else { return }
    let texts = Set(places.flatMap { [$0, String($0.dropLast())] })
    var found: [String: Use] = [:]
    for index in partners.indices where old.mayTouch(index, texts) {
      for access in old.of(index) where places.contains(access.place) {
        found[access.place, default: Use()].before.add(index, access.mode)
        if !access.dataset.isEmpty { found[access.place]?.dataset = access.dataset }
      }
    }
    for index in origin.indices where new.mayTouch(index, texts) {
      for access in new.of(index) where places.contains(access.place) {
        found[access.place, default: Use()].after.add(index, access.mode)
        if !access.dataset.isEmpty { found[access.place]?.dataset = access.dataset }
      }
    }
    // Sorted, for determinism.
    uses = found.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }

  // MARK: Words

  private mutating func tell() {
    let moves = relocated()
    for (from, to) in moves { tellMove(uses[from], uses[to]) }
    countMoves()
    let told = Set(moves.flatMap { [$0.from, $0.to] })
    for (index, entry) in uses.enumerated() where !told.contains(index) {
      tellUsers(entry.place, entry.use)
      findDangers(entry.place, entry.use)
    }
  }

  /// Pairs of places that only one side has and that the same steps use.
  private func relocated() -> [(from: Int, to: Int)] {
    var targets: [Users: [Int]] = [:]
    for (index, entry) in uses.enumerated().reversed() where entry.use.before.isEmpty {
      targets[entry.use.after.mapped(origin), default: []].append(index)
    }
    var result: [(from: Int, to: Int)] = []
    for (index, entry) in uses.enumerated() where entry.use.after.isEmpty {
      if let to = targets[entry.use.before]?.popLast() { result.append((index, to)) }
    }
    return result
  }

  private mutating func tellMove(
    _ from: (place: String, use: Use), _ to: (place: String, use: Use)
  ) {
    let name = from.use.dataset.isEmpty ? from.place : "`\(from.use.dataset)`"
    changes.append(
      FlowChange(
        place: to.place, dataset: to.use.dataset,
        text: "\(name) is now at \(to.place)"
          + (from.use.dataset.isEmpty ? "" : ", was at \(from.place)")
      ))
    guard Self.isInS3(from.place), Self.isInS3(to.place) else { return }
    let key = "\(name) \(from.use.before.writers.isEmpty)"
    let isKnown = moved[key] != nil
    moved[key, default: (0, dangers.count)].count += 1
    guard !isKnown else { return }
    let users = from.use.before
    if users.writers.isEmpty {
      guard !users.readers.isEmpty else {
        moved[key] = nil
        return
      }
      dangers.append(
        Danger(
          .dropsData,
          "\(name) is now read from \(to.place): data left in \(from.place) is not processed"))
    } else if !users.readers.isEmpty {
      dangers.append(
        Danger(
          .unsafeResume,
          "a run that failed before this change must not be resumed with it: \(name) moves from "
            + "\(from.place) to \(to.place), and the failed run's output is in the old place"))
    } else {
      moved[key] = nil
    }
  }

  /// Only the first of many places of one dataset is reported, with the number of the others.
  private mutating func countMoves() {
    for (count, danger) in moved.values where count > 1 && dangers.indices.contains(danger) {
      dangers[danger].text += "; the same for \(count - 1) more of its places"
    }
  }

  private mutating func tellUsers(_ place: String, _ use: Use) {
    var texts: [String] = []
    let was = use.before
    let now = use.after.mapped(origin)
    texts += words(was.writers, now.writers, use.after.writers, "written")
    texts += words(was.readers, now.readers, use.after.readers, "read")
    texts += words(was.deleters, now.deleters, use.after.deleters, "emptied")
    guard !texts.isEmpty else { return }
    changes.append(
      FlowChange(
        place: place, dataset: use.dataset,
        text: "\(named(place, use)) \(texts.joined(separator: "; "))"))
  }

  /// `is now read by x`, `is no longer read by y`; -1 means a step that the first side lacks.
  private func words(_ was: [Int], _ now: [Int], _ after: [Int], _ verb: String) -> [String] {
    let gone = was.filter { !now.contains($0) }
    let come = zip(now, after).filter { $0.0 < 0 || !was.contains($0.0) }.map(\.1)
    var texts: [String] = []
    if !come.isEmpty {
      texts.append("is now \(verb) by \(list(come.map { nameAfter($0) }))")
    }
    if !gone.isEmpty {
      let who = list(gone.map { nameBefore($0) })
      texts.append(
        now.isEmpty ? "is no longer \(verb) (\(who) did)" : "is no longer \(verb) by \(who)")
    }
    return texts
  }

  private func nameBefore(_ step: Int) -> String { Self.name(before.stepName(step)) }
  private func nameAfter(_ step: Int) -> String { Self.name(after.stepName(step)) }

  private static func name(_ step: Side.StepName) -> String {
    step.name.hasPrefix("[") || step.stage.isEmpty
      ? "`\(step.name)`" : "`\(step.name)` of `\(step.stage)`"
  }

  private func list(_ names: [String]) -> String {
    names.count <= 3
      ? names.joined(separator: ", ")
      : names.prefix(2).joined(separator: ", ") + " and \(names.count - 2) more"
  }

  private func named(_ place: String, _ use: Use) -> String {
    use.dataset.isEmpty ? place : "`\(use.dataset)` (\(place))"
  }

  private static func isInS3(_ place: String) -> Bool { (try? Location(place))?.isInS3 ?? false }

  // MARK: Dangers

  private mutating func findDangers(_ place: String, _ use: Use) {
    let (was, now) = (use.before, use.after)
    let name = named(place, use)
    let hasReader = now.readers.contains { !now.deleters.contains($0) }
    let hadReader = was.readers.contains { !was.deleters.contains($0) }
    // What is in S3 stays there.
    if !was.readers.isEmpty, now.readers.isEmpty, !now.writers.isEmpty, !Self.isInS3(place) {
      dangers.append(
        Danger(
          .dropsData,
          "nothing reads \(name) any more, and \(list(now.writers.map { nameAfter($0) })) still "
            + "writes it"))
    } else if hadReader, !hasReader, !now.deleters.isEmpty {
      dangers.append(
        Danger(
          .dropsData,
          "\(name) is emptied by \(list(now.deleters.map { nameAfter($0) })), and nothing "
            + "processes it any more"))
    }
    if was.deleters.isEmpty, !now.deleters.isEmpty, !was.isEmpty {
      dangers.append(
        Danger(
          .dropsData,
          "\(name) is now emptied by \(list(now.deleters.map { nameAfter($0) }))"))
    }
    if !was.writers.isEmpty, now.writers.isEmpty, !now.readers.isEmpty {
      dangers.append(
        Danger(
          .dropsData,
          "\(name) is still read by \(list(now.readers.map { nameAfter($0) })), and nothing "
            + "writes it any more"))
    }
    tellKept(place, name, was, now)
  }

  /// Reports data that used to be moved away once processed and that now stays.
  private mutating func tellKept(_ place: String, _ name: String, _ was: Users, _ now: Users) {
    guard !was.deleters.isEmpty, now.deleters.isEmpty, !now.isEmpty, Self.isInS3(place)
    else { return }
    let moved = was.deleters.flatMap { step in
      old.of(step).filter { $0.mode == .write }.map { access in
        access.dataset.isEmpty ? access.place : "`\(access.dataset)`"
      }
    }
    let what = moved.isEmpty ? "is no longer emptied" : "is no longer moved to \(list(moved))"
    let next =
      required.contains(place)
      ? "the next run will not start, because it requires that place to be empty"
      : "the next run will process the same data again"
    dangers.append(Danger(.dropsData, "\(name) \(what): \(next)"))
  }
}

extension DataFlow.Users {
  mutating func add(_ step: Int, _ mode: Accesses.Access.Mode) {
    switch mode {
    case .read: if readers.last != step { readers.append(step) }
    case .write: if writers.last != step { writers.append(step) }
    case .delete: if deleters.last != step { deleters.append(step) }
    }
  }

  /// With the first side's step numbers; distinct negative numbers for steps that it lacks.
  func mapped(_ origin: [Int?]) -> DataFlow.Users {
    func map(_ steps: [Int]) -> [Int] { steps.map { origin[$0] ?? -1 - $0 } }
    return DataFlow.Users(
      readers: map(readers), writers: map(writers), deleters: map(deleters))
  }
}
