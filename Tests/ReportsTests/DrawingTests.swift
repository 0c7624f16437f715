import Foundation
import PlanDiff
import Reports
import Testing

/// Drawings of graphs: where boxes are, and what they show.
@Suite struct DrawingTests {
  /// A rectangle of a drawing.
  private struct Box {
    var kind: String
    var x, y, width, height: Int

    func overlaps(_ other: Box) -> Bool {
      x < other.x + other.width && other.x < x + width && y < other.y + other.height
        && other.y < y + height
    }
  }

  /// The stages and the data outside of them, in the order of the drawing.
  private static func boxes(_ svg: String) -> [Box] {
    let all = svg.split(separator: "\n").compactMap { line -> Box? in
      guard let start = line.range(of: "<rect class=\"") else { return nil }
      let rest = line[start.upperBound...]
      let kind = String(rest.prefix { $0 != "\"" })
      guard kind == "frame" || kind == "pill", !rest.contains("y=\"-11\"") else { return nil }
      func number(_ name: String) -> Int? {
        rest.range(of: " \(name)=\"").flatMap { range in
          Int(rest[range.upperBound...].prefix { $0 != "\"" })
        }
      }
      guard let x = number("x"), let y = number("y"), let width = number("width"),
        let height = number("height")
      else { return nil }
      return Box(kind: kind, x: x, y: y, width: width, height: height)
    }
    let frames = all.filter { $0.kind == "frame" }
    return frames
      + all.filter { box in
        box.kind == "pill"
          && !frames.contains { $0.x < box.x && $0.overlaps(box) && box.x < $0.x + $0.width }
      }
  }

  /// A run in which each of `width` chains of `depth` stages reads what the stage before it writes,
  /// and the last stage reads all.
  private static func chains(_ width: Int, _ depth: Int, more: Int = 0) -> RunGraph {
    var graph = RunGraph(title: "chains")
    func datum(_ name: String) -> Int {
      graph.data.append(.init(name: name, locations: ["s3://bucket/\(name)/"], isDurable: true))
      return graph.data.count - 1
    }
    var ends: [Int] = (0..<width).map { datum("in_\($0)") }
    for level in 0..<depth {
      for chain in 0..<width {
        let step = graph.steps.count
        graph.append(
          .init(name: "step \(level) of \(chain)", number: step + 1), to: "s\(level)_\(chain)")
        graph.edges.append(.init(step: step, datum: ends[chain], kind: .read))
        ends[chain] = datum("d\(level)_\(chain)")
        graph.edges.append(.init(step: step, datum: ends[chain], kind: .write))
        for number in 0..<more {
          graph.edges.append(
            .init(step: step, datum: datum("x\(level)_\(chain)_\(number)"), kind: .write))
        }
      }
    }
    let step = graph.steps.count
    graph.append(.init(name: "all", number: step + 1), to: "all")
    for end in ends { graph.edges.append(.init(step: step, datum: end, kind: .read)) }
    return graph
  }

  @Test(arguments: [(1, 6, 0), (6, 1, 2), (4, 4, 1), (8, 3, 0)])
  func boxesAreApartAndGoRight(_ width: Int, _ depth: Int, _ more: Int) {
    let graph = Self.chains(width, depth, more: more)
    let svg = GraphDrawing.file(graph)
    let boxes = Self.boxes(svg)
    #expect(boxes.count == graph.stages.count + graph.data.count)
    for (index, box) in boxes.enumerated() {
      for other in boxes[(index + 1)...] { #expect(!box.overlaps(other), "\(box), \(other)") }
    }
    // Stages are drawn in the order of the run: from left to right, then from top to bottom.
    let stages = boxes.prefix(graph.stages.count)
    for (one, next) in zip(stages, stages.dropFirst()) {
      #expect(one.x < next.x || one.x == next.x && one.y < next.y)
    }
    #expect(GraphDrawing.file(graph) == svg, "the same bytes")
  }

  /// Chains that don't have to cross don't.
  @Test func chainsBesideEachOtherDoNotCross() {
    var graph = Self.chains(3, 1)
    graph.data.reverse()
    let count = graph.data.count
    for index in graph.edges.indices {
      graph.edges[index].datum = count - 1 - graph.edges[index].datum
    }
    let data = Self.boxes(GraphDrawing.file(graph)).dropFirst(graph.stages.count)
    // In the order of the stages that read and write them, not of the list.
    let inputs = data.filter { $0.x == data.map(\.x).min() }
    #expect(inputs.count == 3)
    #expect(inputs.map(\.y) == inputs.map(\.y).sorted(by: >))
  }

  @Test func longNamesAreWhole() {
    var graph = RunGraph(title: "long")
    let name = "a step with a name that is much longer than what fits into one line of its box"
    let place = "s3://a-bucket-with-a-long-name/and/a/long/path/run=2026-03-01-05-06-07/"
    graph.append(.init(name: name, number: 1), to: "stage_with_a_name")
    graph.data = [.init(name: nil, locations: [place], isDurable: true)]
    graph.edges = [.init(step: 0, datum: 0, kind: .write)]
    let svg = GraphDrawing.file(graph)
    let texts = svg.split(separator: "\n").filter { $0.hasPrefix("<text") }.map { line in
      String(line.drop { $0 != ">" }.dropFirst().prefix { $0 != "<" })
    }
    #expect(!svg.contains("…"))
    #expect(texts.joined(separator: " ").contains(name))
    #expect(texts.joined().contains(place))
  }

  @Test func dataInsideOfAStageIsInItsBox() {
    var graph = RunGraph(title: "inside")
    for number in 1...3 { graph.append(.init(name: "s\(number)", number: number), to: "one") }
    graph.data = [
      .init(name: "in", locations: ["s3://b/in/"], isDurable: true),
      .init(name: "between", locations: ["hdfs:///x/"], isDurable: false),
      .init(name: "out", locations: ["s3://b/out/"], isDurable: true),
    ]
    graph.edges = [
      .init(step: 0, datum: 0, kind: .read), .init(step: 0, datum: 1, kind: .write),
      .init(step: 1, datum: 1, kind: .read), .init(step: 1, datum: 2, kind: .write),
      .init(step: 2, datum: 2, kind: .read),
    ]
    let svg = GraphDrawing.file(graph)
    #expect(Self.boxes(svg).count == 3, "the stage, `in` and `out`")
    #expect(svg.contains("on the cluster only"))
  }

  /// Only what changed in a step marks it.
  @Test func changesAreMarkedByClass() {
    var graph = Self.chains(2, 1)
    graph.isComparison = true
    graph.steps[0].state = .changed
    graph.steps[0].classes = [.security, .data]
    graph.steps[1].state = .changed
    graph.steps[1].classes = [.cost]
    graph.steps[1].isShared = true
    let svg = GraphDrawing.file(graph)
    #expect(svg.contains("<g class=\"mark security\">") && svg.contains("<g class=\"mark data\">"))
    #expect(svg.contains("<g class=\"mark cost shared\">"))
    #expect(svg.contains("the same change in several steps"))
    #expect(svg.contains("<g class=\"stage touched\">") && svg.contains("<g class=\"stage same\">"))
    for line in svg.split(separator: "\n") where line.contains("step 3, all") {
      #expect(line.hasPrefix("<g class=\"node step same\""))
    }
  }

  @Test func noTextIsMarkup() {
    var graph = RunGraph(title: "<b> & \"c\"")
    graph.append(.init(name: "</svg><script>x</script>\u{202E}", number: 1), to: "<i>")
    let svg = GraphDrawing.file(graph)
    #expect(!svg.contains("<script") && !svg.contains("<i>") && !svg.contains("\u{202E}"))
    #expect(svg.contains("prefers-color-scheme: dark") && !svg.contains("var(--"))
  }

  /// As large as EMR allows, and larger.
  @Test(.timeLimit(.minutes(5)), arguments: [(8, 32, 7), (256, 1, 7), (1, 256, 7)])
  func largeRunsAreDrawn(_ width: Int, _ depth: Int, _ more: Int) {
    let graph = Self.chains(width, depth, more: more)
    #expect(graph.data.count >= 2000 && graph.steps.count == 257)
    let boxes = Self.boxes(GraphDrawing.file(graph))
    #expect(boxes.count == graph.stages.count + graph.data.count)
  }
}
