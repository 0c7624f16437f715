import Import
import SourceText
import Text
import Values

/// The names under which a source has values, each once, in the order of their first use.
struct VariableTable: Sendable {
  struct ID: Hashable, Sendable {
    let index: Int
  }

  struct Row: Sendable {
    var name: String
    var meaning: Variable.Meaning = .value
    /// Nil if the source doesn't say it.
    var value: Value?
    /// Whether the source doesn't say the value, which is one of those that it allows.
    var isStandIn = false
    var summary: String?
    var isSecret = false
    var choices: [Value] = []
    var span: Span?
  }

  private(set) var rows: [Row] = []

  /// The variable of this name, and of this meaning: the same one each time.
  mutating func id(of row: Row) -> ID {
    if let known = rows.firstIndex(where: { $0.name == row.name && $0.meaning == row.meaning }) {
      return ID(index: known)
    }
    var row = row
    if case .string(let text)? = row.value, Unsaid.isPlaceholder(text) { row.value = nil }
    row.isSecret = row.isSecret || SecretNames.isTelling(row.name)
    rows.append(row)
    return ID(index: rows.count - 1)
  }

  subscript(id: ID) -> Row { rows[id.index] }
}

/// A job flow whose values still have their variables in them.
struct FlowDraft: Sendable {
  var name: String
  var region: Spanned<String>?
  var operation: ImportedFlow.Operation = .newCluster
  var body: Draft
  var variables: VariableTable
  var notes: [ImportNote] = []

  /// The run's time for the texts of times where nothing says one: the start of 2026.
  private static let moment = Value.Timestamp(seconds: 1_767_225_600, nanoseconds: 0)

  init(name: String, body: Draft, variables: VariableTable) {
    self.name = name
    self.body = body
    self.variables = variables
  }

  /// The flow with each variable's value in the body, and the texts of times for `moment`.
  func finished(at moment: Value.Timestamp? = nil) -> ImportedFlow {
    let moment = moment ?? Self.moment
    var variables = variables
    let body = Self.marked(body, &variables)
    var placing = Placing(rows: variables.rows, moment: moment)
    placing.look(at: body, [])
    placing.decide()
    let placed = placing.placed(body, []) ?? SpannedValue(.map([]), span: body.span)
    var flow = ImportedFlow(
      name: name, region: region, operation: operation, body: placed,
      variables: placing.variables, notes: notes + placing.notes,
      moment: placing.hasTimes ? moment : nil)
    if let region, !Unsaid.isRegion(region.value) { flow.region = nil }
    Unsaid.complete(&flow)
    return flow
  }

  /// The value with placeholders as variables.
  private static func marked(_ draft: Draft, _ variables: inout VariableTable) -> Draft {
    var draft = draft
    switch draft.content {
    case .scalar: break
    case .text(let pieces):
      draft.content = .text(Unsaid.pieces(pieces, at: draft.span, &variables))
    case .list(let items): draft.content = .list(items.map { marked($0, &variables) })
    case .map(let entries):
      draft.content = .map(
        entries.map {
          Draft.Entry(key: $0.key, keySpan: $0.keySpan, value: marked($0.value, &variables))
        })
    }
    return draft
  }
}

/// Puts the values of variables into a body, and remembers where.
private struct Placing {
  struct Need {
    var path: BodyPath
    var kind: EMRMember.Kind
    /// What is before it in its text; nil if it is the whole value.
    var before: String?
  }

  let rows: [VariableTable.Row]
  private let moment: Value.Timestamp
  private let types = RequestTypes()
  /// The places of each variable.
  private var needs: [[Need]]
  private var values: [Value?]
  private var uses: [[Variable.Use]]
  var notes: [ImportNote] = []

  init(rows: [VariableTable.Row], moment: Value.Timestamp) {
    self.rows = rows
    self.moment = moment
    needs = rows.map { _ in [] }
    values = rows.map(\.value)
    uses = rows.map { _ in [] }
  }

  var hasTimes: Bool { rows.contains { $0.meaning != .value } }

  // MARK: What variables are used for

  mutating func look(at draft: Draft, _ path: BodyPath) {
    switch draft.content {
    case .scalar: return
    case .list(let items):
      for (index, item) in items.filter({ !$0.isNothing }).enumerated() {
        look(at: item, path + [.index(index)])
      }
    case .map(let entries):
      for entry in entries { look(at: entry.value, path + [.key(entry.key)]) }
    case .text(let pieces):
      let isWhole = pieces.count == 1
      var before = ""
      for piece in pieces {
        switch piece {
        case .known(let text): before += text
        case .variable(let id):
          needs[id.index].append(
            Need(
              path: path, kind: isWhole ? EMRMember.kind(at: path, types) : .text,
              before: isWhole ? nil : before))
          before += "…"
        }
      }
    }
  }

  /// Chooses a value for those that have none, of the type that EMR wants, and converts the others.
  mutating func decide() {
    for at in rows.indices {
      let row = rows[at]
      if case .time(let format, let offset) = row.meaning {
        values[at] = .string(TimeFormat.text(format, moment.seconds &+ offset))
        continue
      }
      let typed = needs[at].first {
        $0.before == nil && ![.text, .container, .other].contains($0.kind)
      }
      guard let need = typed ?? needs[at].first else { continue }
      if let value = values[at] {
        values[at] = EMRMember.converted(value, to: need.kind)
      } else if let value = EMRMember.standIn(
        for: row.name, need.kind, at: need.path, before: need.before)
      {
        values[at] = value
      }
    }
  }

  // MARK: The body

  /// Nil if there is nothing at this place.
  mutating func placed(_ draft: Draft, _ path: BodyPath) -> SpannedValue? {
    switch draft.content {
    case .scalar(.null): return nil
    case .scalar(let value):
      return SpannedValue(
        .scalar(EMRMember.converted(value, to: EMRMember.kind(at: path, types))), span: draft.span)
    case .list(let items):
      var placed: [SpannedValue] = []
      for item in items {
        if let value = self.placed(item, path + [.index(placed.count)]) { placed.append(value) }
      }
      return SpannedValue(.list(placed), span: draft.span)
    case .map(let entries):
      var placed: [SpannedValue.Entry] = []
      for entry in entries {
        guard let value = self.placed(entry.value, path + [.key(entry.key)]) else { continue }
        placed.append(SpannedValue.Entry(key: entry.key, keySpan: entry.keySpan, value: value))
      }
      return SpannedValue(.map(placed), span: draft.span)
    case .text(let pieces): return text(pieces, path, draft)
    }
  }

  private mutating func text(
    _ pieces: [Draft.Piece], _ path: BodyPath, _ draft: Draft
  ) -> SpannedValue? {
    if pieces.count == 1, case .variable(let id)? = pieces.first { return whole(id, path, draft) }
    var text = ""
    for piece in pieces {
      switch piece {
      case .known(let part): text += part
      case .variable(let id):
        let part = EMRMember.text(of: values[id.index] ?? .null)
        let start = text.utf8.count
        text += part
        uses[id.index].append(Variable.Use(path, start..<text.utf8.count))
      }
    }
    let value = EMRMember.converted(.string(text), to: EMRMember.kind(at: path, types))
    return SpannedValue(value: value, span: draft.span)
  }

  private mutating func whole(
    _ id: VariableTable.ID, _ path: BodyPath, _ draft: Draft
  ) -> SpannedValue? {
    let row = rows[id.index]
    guard let value = values[id.index] else {
      let name: String
      if case .key(let key)? = path.last { name = key } else { name = row.name }
      notes.append(
        ImportNote(
          .lost, name, "the source doesn't say what `\(row.name)` holds", at: draft.span))
      return nil
    }
    // A number that is also used as a text: the text is the number's.
    let here = EMRMember.converted(value, to: EMRMember.kind(at: path, types))
    if case .string(let text) = here, !here.equals(value) {
      uses[id.index].append(Variable.Use(path, 0..<text.utf8.count))
    } else {
      uses[id.index].append(Variable.Use(path))
    }
    return SpannedValue(value: here, span: draft.span)
  }

  /// The variables that have a place in the body.
  var variables: [Variable] {
    rows.indices.compactMap { at in
      guard !uses[at].isEmpty, let value = values[at] else { return nil }
      let row = rows[at]
      return Variable(
        row.name, row.meaning, value: value,
        isKnown: (row.value != nil && !row.isStandIn) || row.meaning != .value,
        summary: row.summary, isSecret: row.isSecret, choices: row.choices, uses: uses[at],
        span: row.span)
    }
  }
}

/// The formats of times that a pipeline can write.
enum TimeFormat {
  /// The text of a time in UTC; `%Y %m %d %H %M %S %L %s %%`.
  static func text(_ format: String, _ seconds: Int64) -> String {
    let civil = Value.Timestamp(seconds: seconds, nanoseconds: 0).civil
    var out = ""
    var isCode = false
    for character in format {
      guard isCode else {
        if character == "%" { isCode = true } else { out.append(character) }
        continue
      }
      isCode = false
      switch character {
      case "Y": out += Value.Timestamp.padded(Int(clamping: civil.year), 4)
      case "m": out += Value.Timestamp.padded(civil.month, 2)
      case "d": out += Value.Timestamp.padded(civil.day, 2)
      case "H": out += Value.Timestamp.padded(civil.hour, 2)
      case "M": out += Value.Timestamp.padded(civil.minute, 2)
      case "S": out += Value.Timestamp.padded(civil.second, 2)
      case "L": out += "000"
      case "s": out += String(seconds)
      default: out.append(character)
      }
    }
    return out
  }

  /// A format of Python's or C's `strftime` in these terms; nil if it has something else, such as a
  /// month's name.
  static func ofC(_ format: String) -> String? {
    var out = ""
    var isCode = false
    for character in format {
      if !isCode {
        if character == "%" { isCode = true } else { out.append(character) }
        continue
      }
      isCode = false
      switch character {
      case "Y", "m", "d", "H", "M", "S", "s", "%": out += "%\(character)"
      case "F": out += "%Y-%m-%d"
      case "T": out += "%H:%M:%S"
      default: return nil
      }
    }
    return isCode ? nil : out
  }

  /// A format of Go's: the time 2006-01-02 15:04:05 as it would be written; nil if it has something
  /// else, such as a month's name or a time zone.
  static func ofGo(_ layout: String) -> String? {
    let parts = [
      ("2006", "%Y"), ("01", "%m"), ("02", "%d"), ("15", "%H"), ("04", "%M"), ("05", "%S"),
    ]
    var rest = Substring(layout)
    var out = ""
    while let first = rest.first {
      if let part = parts.first(where: { rest.hasPrefix($0.0) }) {
        out += part.1
        rest = rest.dropFirst(part.0.utf8.count)
      } else if first.isLetter || first.isNumber || first == "_" {
        // `T` and `Z` between digits are themselves; other letters and digits may mean something.
        guard first == "T" || (first == "Z" && !rest.hasPrefix("Z0")) else { return nil }
        out.append(first)
        rest = rest.dropFirst()
      } else {
        out += first == "%" ? "%%" : String(first)
        rest = rest.dropFirst()
      }
    }
    return out
  }
}
