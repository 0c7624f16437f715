import Text
import Documents
package import Values

/// Writes a comparison as canonical JSON (`penstock schema diff`): equal comparisons give equal
/// bytes.
package struct ComparisonWriter {
  /// The version of the format that this program writes.
  package static var formatVersion: Int64 { 1 }

  private var writer = CanonicalJSONWriter(pretty: true)
  private let comparison: Comparison

  package static func bytes(_ comparison: Comparison) -> [UInt8] {
    var writer = ComparisonWriter(comparison: comparison)
    writer.write()
    return writer.writer.take()
  }

  private mutating func write() {
    writer.beginObject()
    writer.key("formatVersion")
    writer.int(Self.formatVersion)
    side("before", comparison.before)
    side("after", comparison.after)
    writeSummary()
    writer.key("clusterLasts")
    writer.bool(comparison.clusterLasts)
    list("dangers", comparison.dangers) { $0.write($1) }
    list("flow", comparison.flow) { $0.write($1) }
    let groups = comparison.groups
    list("changes", Array(zip(comparison.changes, groups.numbers))) { $0.write($1.0, $1.1) }
    texts("newWarnings", comparison.newWarnings)
    texts("notes", comparison.notes)
    list("inputs", comparison.inputChanges) { $0.write($1) }
    writer.endObject()
    writer.newline()
  }

  private mutating func side(_ key: String, _ side: Side) {
    writer.key(key)
    writer.beginObject()
    member("name", side.name)
    member("kind", side.kind.rawValue)
    if let run = side.run { member("run", run.id) }
    writer.endObject()
  }

  private mutating func writeSummary() {
    writer.key("summary")
    writer.beginObject()
    let told = comparison.changes.filter { !$0.isConsequence }
    member("edits", comparison.editCount)
    member("changes", told.count { !$0.isCosmetic })
    for name in ChangeClass.allCases {
      member(name.rawValue, told.count { $0.classes.contains(name) })
    }
    writer.endObject()
  }

  // MARK: Changes

  private mutating func write(_ change: Change, _ group: Int) {
    writer.beginObject()
    member("group", group)
    writer.key("subject")
    write(change.subject)
    member("kind", change.kind.rawValue)
    texts("label", change.label)
    if let before = change.before { member("before", before) }
    if let after = change.after { member("after", after) }
    texts("classes", change.classes.map(\.rawValue))
    if let price = change.price { member("price", price.rawValue) }
    writer.key("consequence")
    writer.bool(change.isConsequence)
    list("causes", change.causes) { $0.write($1) }
    list("edits", change.edits) { $0.write($1) }
    writer.endObject()
  }

  private mutating func write(_ subject: Change.Subject) {
    writer.beginObject()
    switch subject {
    case .run: member("kind", "run")
    case .cluster: member("kind", "cluster")
    case .settings: member("kind", "settings")
    case .input(let name):
      member("kind", "input")
      member("name", name)
    case .check(let name):
      member("kind", "check")
      member("name", name)
    case .stage(let name):
      member("kind", "stage")
      member("name", name)
    case .step(let before, let after):
      let step =
        after.map { comparison.after.stepName($0) } ?? before.map { comparison.before.stepName($0) }
      member("kind", "step")
      member("name", step?.name ?? "")
      if let stage = step?.stage, !stage.isEmpty { member("stage", stage) }
      if let before { member("before", before) }
      if let after { member("after", after) }
    }
    writer.endObject()
  }

  private mutating func write(_ edit: Edit) {
    writer.beginObject()
    switch edit.operation {
    case .set(let value):
      member("op", "set")
      member("path", edit.pointer)
      member("value", value)
    case .remove:
      member("op", "remove")
      member("path", edit.pointer)
    case .insert(let value, let at):
      member("op", "insert")
      member("path", edit.pointer)
      member("at", at)
      member("value", value)
    case .move(let to):
      member("op", "move")
      member("path", edit.pointer)
      member("to", to)
    }
    writer.endObject()
  }

  private mutating func write(_ danger: Danger) {
    writer.beginObject()
    member("kind", danger.kind.rawValue)
    member("text", danger.text)
    writer.endObject()
  }

  private mutating func write(_ flow: FlowChange) {
    writer.beginObject()
    member("place", flow.place)
    if !flow.dataset.isEmpty { member("dataset", flow.dataset) }
    member("text", flow.text)
    writer.endObject()
  }

  private mutating func write(_ line: SourceLine) {
    writer.beginObject()
    member("file", line.file)
    writer.key("line")
    writer.int(line.line)
    member("excerpt", line.excerpt)
    member("side", line.isBefore ? "before" : "after")
    writer.endObject()
  }

  // MARK: Members

  private mutating func member(_ key: String, _ text: String) {
    writer.key(key)
    writer.string(text)
  }

  private mutating func member(_ key: String, _ number: Int) {
    writer.key(key)
    writer.int(Int64(number))
  }

  private mutating func member(_ key: String, _ value: Value) {
    writer.key(key)
    writer.value(value, revealingSecrets: false)
  }

  private mutating func texts(_ key: String, _ texts: [String]) {
    writer.key(key)
    writer.beginArray()
    for text in texts { writer.string(text) }
    writer.endArray()
  }

  private mutating func list<Item>(
    _ key: String, _ items: [Item], _ body: (inout ComparisonWriter, Item) -> Void
  ) {
    writer.key(key)
    writer.beginArray()
    for item in items { body(&self, item) }
    writer.endArray()
  }
}

extension Edit {
  /// The path as a JSON pointer (RFC 6901).
  package var pointer: String {
    path.map { part in
      switch part {
      case .index(let index): "/\(index)"
      case .key(let key):
        "/" + key.replacing("~", with: "~0").replacing("/", with: "~1")
      }
    }.joined()
  }

  /// Reads an edit from a written comparison; nil if it isn't one.
  package init?(_ written: Value) {
    guard case .map(let map) = written, case .string(let pointer)? = map["path"],
      pointer.isEmpty || pointer.hasPrefix("/")
    else { return nil }
    // Only the document tells whether a part is a key or an index.
    let path = pointer.split(separator: "/", omittingEmptySubsequences: false).dropFirst().map {
      Part.key(String($0).replacing("~1", with: "/").replacing("~0", with: "~"))
    }
    switch (map["op"]?.plainText, map["value"], map["at"], map["to"]) {
    case ("set", let value?, _, _): self.init(path, .set(value))
    case ("remove", _, _, _): self.init(path, .remove)
    case ("insert", let value?, .int(let at)?, _): self.init(path, .insert(value, at: Int(at)))
    case ("move", _, _, .int(let to)?): self.init(path, .move(to: Int(to)))
    default: return nil
    }
  }
}
