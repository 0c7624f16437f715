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
