import PlanFormat
import Reports
import Testing

/// Graphs of a small run, as text and as JSON.
@Suite struct GraphTests {
  private static var graph: RunGraph {
    var graph = RunGraph(title: "a \"run\" \\ <b>")
    graph.stages = [
      .init(name: nil, steps: [0]), .init(name: "load", steps: [1, 2]),
      .init(name: "archive", absence: "skipped", steps: []),
      .init(name: "none", absence: "no steps", steps: []),
    ]
    graph.steps = [
      .init(name: "setup", number: 1), .init(name: "copy", number: 2, note: "for each table"),
      .init(name: "say \"hi\"\nto <all> & #1", number: nil),
    ]
    graph.data = [
      .init(name: "events", locations: ["s3://b/e/"], isDurable: true),
      .init(name: nil, locations: ["hdfs:///tmp/"], isDurable: false),
    ]
    graph.edges = [
      .init(step: 1, datum: 0, kind: .read), .init(step: 1, datum: 1, kind: .write),
      .init(step: 2, datum: 0, kind: .delete),
    ]
    return graph
  }

  @Test func dot() {
    #expect(
      DotWriter.write(Self.graph) == #"""
        digraph "a \"run\" \\ <b>" {
          rankdir=LR;
          node [shape=box];
          subgraph cluster0 {
            label="cluster";
            step0 [label="1. setup"];
          }
          subgraph cluster1 {
            label="load";
            step1 [label="2. copy\nfor each table"];
            step2 [label="say \"hi\"\nto <all> & #1"];
          }
          stage2 [label="archive\nskipped", style=dashed];
          stage3 [label="none\nno steps", style=dashed];
          data0 [shape=cylinder, label="events\ns3://b/e/"];
          data1 [shape=cylinder, label="hdfs:///tmp/", style=dashed];
          data0 -> step1;
          step1 -> data1;
          step2 -> data0 [style=dashed, label=deletes];
        }

        """#)
  }

  @Test func mermaid() {
    #expect(
      MermaidWriter.write(Self.graph) == #"""
        ---
        title: "a \"run\" \\ <b>"
        ---
        flowchart LR
          subgraph stage0["cluster"]
            step0["1. setup"]
          end
          subgraph stage1["load"]
            step1["2. copy<br/>for each table"]
            step2["say #34;hi#34;#10;to #60;all#62; #38; #35;1"]
            step1 ~~~ step2
          end
          stage2["archive<br/>skipped"]:::off
          stage3["none<br/>no steps"]:::off
          data0[("events<br/>s3://b/e/")]
          data1[("hdfs:///tmp/")]:::ephemeral
          data0 --> step1
          step1 --> data1
          step2 -. deletes .-> data0
          classDef off stroke-dasharray: 4 4,opacity: 0.6
          classDef ephemeral stroke-dasharray: 4 4

        """#)
  }

  /// Three steps: the second waits for what the first one makes, which arrows show, and for two others
  /// for reasons that only the order tells.
  private static var ordered: RunGraph {
    var graph = RunGraph(title: "order")
    graph.stages = [.init(name: "a", steps: [0, 1]), .init(name: "b", steps: [2, 3])]
    graph.steps = ["make", "use", "sweep", "end"].map { .init(name: $0, number: nil) }
    graph.data = [
      .init(name: "x", locations: ["s3://b/x/"], isDurable: true),
      .init(name: nil, locations: ["s3://b/x/y/"], isDurable: true),
    ]
    graph.edges = [
      .init(step: 0, datum: 0, kind: .write), .init(step: 1, datum: 0, kind: .read),
      .init(step: 2, datum: 1, kind: .delete),
    ]
    graph.order = [
      .init(earlier: 0, later: 1, reason: .data(0, earlier: .write, later: .read)),
      .init(earlier: 1, later: 2, reason: .data(1, earlier: .read, later: .delete)),
      .init(earlier: 2, later: 3, reason: .after), .init(earlier: 1, later: 3, reason: .cluster),
    ]
    return graph
  }

  @Test func theOrderIsDrawnWhereDataDoesNotShowIt() {
    let mermaid = MermaidWriter.write(Self.ordered).split(separator: "\n")
    #expect(
      mermaid.filter { $0.hasPrefix("  step") && $0.contains(".->") && !$0.contains("data") } == [
        "  step1 -. \"s3://b/x/y/: read, then deleted\" .-> step2",
        "  step2 -. \"after\" .-> step3", "  step1 -. \"cluster\" .-> step3",
      ])
    #expect(!mermaid.contains { $0.contains("~~~") })
    let dot = DotWriter.write(Self.ordered).split(separator: "\n")
    #expect(
      dot.filter { $0.contains("dotted") } == [
        "  step1 -> step2 [style=dotted, label=\"s3://b/x/y/: read, then deleted\"];",
        "  step2 -> step3 [style=dotted, label=\"after\"];",
        "  step1 -> step3 [style=dotted, label=\"cluster\"];",
      ])
    let drawing = GraphDrawing.file(Self.ordered)
    #expect(
      drawing.contains("<title>sweep waits for use (s3://b/x/y/: read, then deleted)</title>"))
    #expect(drawing.contains("<title>end waits for use (cluster)</title>"))
    #expect(!drawing.contains("<title>use waits for make"))
  }

  /// Without a write and a read of the same data there are no arrows to follow.
  @Test func theOrderIsDrawnWherePlacesDiffer() {
    var graph = Self.ordered
    graph.edges[1].datum = 1
    #expect(
      MermaidWriter.write(graph).contains("  step0 -. \"x: written, then read\" .-> step1\n"))
  }

  @Test func theOrderIsInJSON() {
    let text = String(decoding: GraphJSON.bytes(Self.ordered), as: UTF8.self)
      .filter { $0 != " " && $0 != "\n" }
    for part in [
      #""name":"make","reads":[],"writes":[1],"deletes":[],"order":[]}"#,
      #""order":[{"step":1,"because":"data","data":1,"first":"write","then":"read"}]"#,
      #""order":[{"step":3,"because":"after"},{"step":2,"because":"cluster"}]"#,
    ] { #expect(text.contains(part), "\(part) in \(text)") }
    #expect(!String(decoding: GraphJSON.bytes(Self.graph), as: UTF8.self).contains("order"))
  }

  @Test func json() {
    let lines = String(decoding: GraphJSON.bytes(Self.graph), as: UTF8.self)
      .split(separator: "\n").map { $0.filter { $0 != " " } }
    #expect(lines.prefix(2) == ["{", "\"formatVersion\":1,"])
    let text = lines.joined()
    for part in [
      #"{"steps":[1]}"#, #"{"name":"archive","absence":"skipped","steps":[]}"#,
      #"{"number":2,"name":"copy","note":"foreachtable","reads":[1],"writes":[2],"deletes":[]}"#,
      #"{"number":2,"locations":["hdfs:///tmp/"],"durable":false}"#,
    ] { #expect(text.contains(part), "\(part) in \(text)") }
  }

  @Test func anEmptyGraphIsAGraph() {
    #expect(
      DotWriter.write(RunGraph(title: ""))
        == "digraph \"\" {\n  rankdir=LR;\n  node [shape=box];\n}\n")
    #expect(MermaidWriter.write(RunGraph(title: "x\ny")).hasPrefix("---\ntitle: \"x y\"\n---\n"))
  }
}
