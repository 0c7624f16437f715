import PlanFormat
import Diagnostics
import Locations
import Values

extension Program {
  /// What of its invariants doesn't hold, in words; nothing in a program that a pass may see.
  ///
  /// They hold after each pass that reports no error, whatever the user wrote: what is broken here is
  /// a mistake of the pass.
  package var brokenInvariants: [String] {
    var verifier = ProgramVerifier(self)
    verifier.verify()
    return verifier.problems
  }
}

/// Goes through the tables of a program, and notes what of its invariants doesn't hold.
struct ProgramVerifier {
  let program: Program
  private let textCount: Int
  private(set) var problems: [String] = []

  init(_ program: Program) {
    self.program = program
    textCount = program.texts.withAllBytes { $0.count }
  }

  mutating func verify() {
    verifyStages()
    verifyData()
    verifySteps()
    verifyArguments()
    verifyAccesses(program.accesses, of: "the program")
    verifyOrders()
    verifyCluster()
    verifyResumption()
    verifyLeftOut()
  }

  mutating func expect(_ holds: Bool, _ problem: @autoclosure () -> String) {
    if !holds { problems.append(problem()) }
  }

  mutating func expectText(_ text: TextID, _ what: @autoclosure () -> String) {
    expect(
      Int(text.start) + Int(text.count) <= textCount, "the text of \(what()) is beyond the pool")
  }

  private mutating func expectUnique(_ names: [String], _ what: String) {
    var seen: Set<String> = []
    for name in names where !seen.insert(name).inserted {
      problems.append("two \(what) are named `\(name)`")
    }
  }

  func isStage(_ id: StageID) -> Bool { program.stages.indices.contains(Int(id.index)) }
  func isPlace(_ id: PlaceID) -> Bool { program.places.indices.contains(Int(id.index)) }
  func isKind(_ id: KindID) -> Bool { program.kinds.indices.contains(Int(id.index)) }
}

// MARK: Stages and data

extension ProgramVerifier {
  private mutating func verifyStages() {
    expectUnique(program.stages.map(\.name), "stages")
    expectUnique(program.kinds.map(\.name), "kinds")
    for (index, stage) in program.stages.enumerated() {
      if let whole = stage.partOf {
        expect(
          isStage(whole) && Int(whole.index) < index,
          "stage `\(stage.name)` is part of one that isn't above it")
        expect(
          stage.status != .selected || program.isSelected(whole),
          "stage `\(stage.name)` runs without the one that it is part of")
      }
      if let runs = program.selection[stage.name] {
        expect(
          runs.equals(.bool(stage.status == .selected)),
          "expressions see something else of stage `\(stage.name)` than its status")
      }
    }
  }

  private mutating func verifyData() {
    for (index, place) in program.places.enumerated() {
      expectText(place.text, "place \(index)")
    }
    expectUnique(program.places.map { program.text($0.text) }, "places")
    expectUnique(program.datasets.map(\.name), "datasets")
    let areSeen = !program.data.entries.isEmpty
    for dataset in program.datasets {
      verifyHomes(of: dataset)
      guard areSeen else { continue }
      let seen = program.data[dataset.name]
      let isSame =
        switch (seen, dataset.value) {
        case (let seen?, let value?): seen.equals(value)
        case (nil, nil): true
        case (nil, _?), (_?, nil): false
        }
      expect(isSame, "expressions see dataset `\(dataset.name)` at another place")
    }
  }

  private mutating func verifyHomes(of dataset: Dataset) {
    let locations = dataset.locations ?? []
    expect(
      dataset.isList || locations.count <= 1,
      "dataset `\(dataset.name)` isn't a list, and has several places")
    for (location, place) in zip(locations, dataset.places) {
      let isThere =
        isPlace(place) && (try? Location(location))?.folder.text == program.placeText(place)
      expect(isThere, "dataset `\(dataset.name)` isn't at the place of `\(location)`")
    }
  }
}

// MARK: Steps

extension ProgramVerifier {
  private mutating func verifySteps() {
    verifyRanges(program.steps.map(\.arguments), count: program.arguments.count, of: "arguments")
    verifyRanges(program.steps.map(\.accesses), count: program.accesses.count, of: "accesses")
    var last: StageID?
    var extras: Set<Int32> = []
    for (index, step) in program.steps.enumerated() {
      expectText(step.name, "step \(index)'s name")
      expectText(step.jar, "step \(index)'s jar")
      if let mainClass = step.mainClass { expectText(mainClass, "step \(index)'s class") }
      expect(isKind(step.kind), "step \(index) is of a kind that there isn't")
      if let stage = step.stage {
        expect(program.isSelected(stage), "step \(index) is of a stage that doesn't run")
        expect(last.map { $0 <= stage } ?? true, "step \(index) is of a stage above the last one's")
        last = stage
      }
      expect(step.timeoutSeconds >= 0, "step \(index) is cancelled before it starts")
      expect(
        step.retries == -1 || program.retries(of: step)?.waits.allSatisfy { $0 > 0 } == true,
        "step \(index) has retries that there aren't")
      guard step.extras != -1 else { continue }
      expect(
        program.stepExtras.indices.contains(Int(step.extras)),
        "step \(index) has members that there aren't")
      expect(extras.insert(step.extras).inserted, "step \(index) shares members with another one")
    }
  }

  /// Ranges lie in their table, and no two overlap.
  private mutating func verifyRanges(_ ranges: [Range<Int32>], count: Int, of table: String) {
    var taken = [Bool](repeating: false, count: count)
    for (step, range) in ranges.enumerated() where !range.isEmpty {
      guard range.lowerBound >= 0, Int(range.upperBound) <= count else {
        problems.append("step \(step) has \(table) beyond the table")
        continue
      }
      let own = Int(range.lowerBound)..<Int(range.upperBound)
      expect(!taken[own].contains(true), "step \(step) shares \(table) with another one")
      for index in own { taken[index] = true }
    }
  }

  private mutating func verifyArguments() {
    for (index, argument) in program.arguments.enumerated() {
      expectText(argument.text, "argument \(index)")
      guard argument.secret != -1 else { continue }
      guard program.secrets.indices.contains(Int(argument.secret)) else {
        problems.append("argument \(index) is a secret that there isn't")
        continue
      }
      expect(
        program.text(argument.text) == program.secrets[Int(argument.secret)].placeholder,
        "argument \(index) isn't what stands for its secret")
    }
  }

  private mutating func verifyAccesses(_ accesses: [Access], of owner: String) {
    for (index, access) in accesses.enumerated() {
      expect(isPlace(access.place), "access \(index) of \(owner) is to a place that there isn't")
      guard let part = access.part else { continue }
      expect(isKind(part.kind), "access \(index) of \(owner) has a part of a kind that there isn't")
      expect(
        part.values.contains { $0 != 0 },
        "access \(index) of \(owner) has a part that nothing says which")
    }
  }

  /// Orders and logs name steps of the program, whatever was put between them.
  private mutating func verifyOrders() {
    let names = Set(program.steps.map { program.text($0.name) })
    for order in program.stepOrders {
      let name = program.text(order.step)
      expect(names.contains(name), "`\(name)`, which waits for others, isn't a step")
      expect(!order.after.isEmpty, "`\(name)` waits for no step")
    }
    var last = (-1, -1)
    for edge in program.order {
      expect(
        program.steps.indices.contains(edge.later) && edge.earlier >= 0
          && edge.earlier < edge.later,
        "step \(edge.later) comes after \(edge.earlier), which isn't before it")
      expect(last < (edge.later, edge.earlier), "the order isn't sorted, or has a pair twice")
      last = (edge.later, edge.earlier)
      if case .data(let place, _, _) = edge.reason {
        expect(isPlace(place), "steps are ordered by a place that there isn't")
      }
    }
    for log in program.stepLogs {
      let name = program.text(log.step)
      expect(names.contains(name), "`\(name)`, which leaves a log, isn't a step")
    }
  }
}

// MARK: The run

extension ProgramVerifier {
  private mutating func verifyCluster() {
    expect(
      program.cluster.reusedID == nil || program.cluster.isPersistent,
      "a cluster is taken that ends with the run")
    var asked: Set<String> = []
    for fact in program.facts {
      let question = "\(fact.question)"
      expect(asked.insert(question).inserted, "\(question) is asked twice")
      expect(
        fact.exitStatus != .success, "\(question) ends a run with success")
    }
  }

  /// Resume points are derived last, of a program whose stages are decided.
  private mutating func verifyResumption() {
    if !program.resumePoints.isEmpty {
      expectUnique(program.steps.map { program.text($0.name) }, "steps")
      expect(
        !program.stages.contains { $0.status == .undecided }, "whether a stage runs is undecided")
    }
    var last: StageID?
    for point in program.resumePoints {
      expect(
        program.isSelected(point.stage), "stage \(point.stage.index) is resumed and doesn't run")
      expect(
        last.map { $0 < point.stage } ?? true,
        "stage \(point.stage.index) is resumed out of its order")
      last = point.stage
    }
  }

  private mutating func verify(_ steps: [DoneStep], _ what: String) {
    var position = 0
    for step in steps {
      expect(
        (position...program.steps.count).contains(step.before),
        "\(what) `\(step.name)` is out of its order")
      position = min(max(position, step.before), program.steps.count)
      if let stage = step.stage {
        expect(program.isSelected(stage), "\(what) `\(step.name)` is of a stage that doesn't run")
      }
      verifyAccesses(step.accesses, of: "\(what) `\(step.name)`")
    }
  }

  private mutating func verifyLeftOut() {
    verify(program.doneSteps, "done step")
    verify(program.stepsLeftOut, "left out step")
    var last: StageID?
    for stage in program.wouldBe {
      let status = program.stage(stage.stage)?.status
      expect(
        status == .skipped || status == .beforeResumption,
        "stage \(stage.stage.index) would do something, and isn't left out")
      expect(
        last.map { $0 < stage.stage } ?? true, "stage \(stage.stage.index) is out of its order")
      last = stage.stage
      for access in stage.accesses {
        let isSound =
          isPlace(access.place)
          && access.datasets.allSatisfy { program.datasets.indices.contains($0) }
        expect(isSound, "stage \(stage.stage.index) would touch data that there isn't")
      }
    }
  }
}
