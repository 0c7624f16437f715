import PlanFormat
import Documents

/// A graph as canonical JSON (`penstock schema graph`).
package struct GraphJSON {
  private static var formatVersion: Int64 { 1 }

  private var writer = CanonicalJSONWriter(pretty: true)

  package static func bytes(_ graph: RunGraph) -> [UInt8] {
    var json = GraphJSON()
    json.write(graph)
    return json.writer.take()
  }

  private mutating func write(_ graph: RunGraph) {
    writer.beginObject()
    writer.key("formatVersion")
    writer.int(Self.formatVersion)
    member("pipeline", graph.title)
    list("stages", graph.stages) { json, stage in
      json.member("name", stage.name)
      json.member("absence", stage.absence)
      json.numbers("steps", stage.steps.map { $0 + 1 })
    }
    var uses: [[RunGraph.Edge]] = graph.steps.map { _ in [] }
    for edge in graph.edges { uses[edge.step].append(edge) }
    var waits: [[RunGraph.Order]] = graph.steps.map { _ in [] }
    for order in graph.order ?? [] { waits[order.later].append(order) }
    list("steps", Array(graph.steps.enumerated())) { json, entry in
      let (index, step) = (entry.offset, entry.element)
      json.writer.key("number")
      json.writer.int(Int64(index + 1))
      json.member("name", step.name)
      if !step.note.isEmpty { json.member("note", step.note) }
      for (key, kind) in [
        ("reads", RunGraph.Edge.Kind.read), ("writes", .write), ("deletes", .delete),
      ] {
        json.numbers(key, uses[index].filter { $0.kind == kind }.map { $0.datum + 1 })
      }
      if graph.order != nil { json.list("order", waits[index]) { $0.write($1) } }
    }
    list("data", Array(graph.data.enumerated())) { json, entry in
      json.writer.key("number")
      json.writer.int(Int64(entry.offset + 1))
      json.member("dataset", entry.element.name)
      json.writer.key("locations")
      json.writer.beginArray()
      for location in entry.element.locations { json.writer.string(location) }
      json.writer.endArray()
      json.writer.key("durable")
      json.writer.bool(entry.element.isDurable)
    }
    writer.endObject()
    writer.newline()
  }

  private mutating func write(_ order: RunGraph.Order) {
    writer.key("step")
    writer.int(Int64(order.earlier + 1))
    switch order.reason {
    case .after: member("because", "after")
    case .cluster: member("because", "cluster")
    case .data(let datum, let earlier, let later):
      member("because", "data")
      writer.key("data")
      writer.int(Int64(datum + 1))
      member("first", earlier.word)
      member("then", later.word)
    }
  }

  private mutating func list<Item>(
    _ key: String, _ items: [Item], _ write: (inout GraphJSON, Item) -> Void
  ) {
    writer.key(key)
    writer.beginArray()
    for item in items {
      writer.beginObject()
      write(&self, item)
      writer.endObject()
    }
    writer.endArray()
  }

  private mutating func member(_ key: String, _ text: String?) {
    guard let text else { return }
    writer.key(key)
    writer.string(text)
  }

  private mutating func numbers(_ key: String, _ numbers: [Int]) {
    writer.key(key)
    writer.beginArray()
    for number in numbers { writer.int(Int64(number)) }
    writer.endArray()
  }
}

extension RunGraph.Edge.Kind {
  fileprivate var word: String {
    switch self {
    case .read: "read"
    case .write: "write"
    case .delete: "delete"
    }
  }
}
