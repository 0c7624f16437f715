import Documents
import RegularExpressions
import SourceText
import Synchronization
import Values

/// A range of one of an arena's tables.
struct TableRange: Sendable, BitwiseCopyable {
  var start: UInt32 = 0
  var count: UInt32 = 0

  static let empty = TableRange()

  var isEmpty: Bool { count == 0 }
  var indices: Range<Int> { Int(start)..<(Int(start) + Int(count)) }
}

/// The types of instances, as a set.
struct TypeSet: OptionSet, Hashable, Sendable {
  var rawValue: UInt8

  static let null = TypeSet(rawValue: 1)
  static let boolean = TypeSet(rawValue: 2)
  static let integer = TypeSet(rawValue: 4)
  static let number = TypeSet(rawValue: 8)
  static let string = TypeSet(rawValue: 16)
  static let array = TypeSet(rawValue: 32)
  static let object = TypeSet(rawValue: 64)
  static let all = TypeSet(rawValue: 127)

  init(rawValue: UInt8) { self.rawValue = rawValue }

  init?(name: String) {
    switch name {
    case "null": self = .null
    case "boolean": self = .boolean
    case "integer": self = .integer
    case "number": self = .number
    case "string": self = .string
    case "array": self = .array
    case "object": self = .object
    default: return nil
    }
  }
}

/// A compiled schema: indices into its arena's tables (-1 for absent ones), no references.
struct SchemaNode: Sendable, BitwiseCopyable {
  struct Flags: OptionSet, Sendable {
    var rawValue: UInt32

    static let isFalse = Flags(rawValue: 1)
    static let isSecret = Flags(rawValue: 2)
    static let addsSlash = Flags(rawValue: 4)
    static let warnsOfUnknownKeys = Flags(rawValue: 8)
    static let hasUniqueItems = Flags(rawValue: 16)
    /// Only the reference counts.
    static let isReference = Flags(rawValue: 32)
    static let hasApplicators = Flags(rawValue: 64)
    static let hasUnevaluated = Flags(rawValue: 128)
    static let assertsFormat = Flags(rawValue: 256)
    static let hasTypes = Flags(rawValue: 512)
    static let countsWholeFloats = Flags(rawValue: 1024)
    static let hasPropertyKeywords = Flags(rawValue: 2048)
    static let hasStringKeywords = Flags(rawValue: 4096)
    static let hasItemKeywords = Flags(rawValue: 8192)
    static let hasNumberKeywords = Flags(rawValue: 16384)
    /// `contains` doesn't mark items as evaluated for `unevaluatedItems`.
    static let containsIsSilent = Flags(rawValue: 32768)
    static let hasEnumeration = Flags(rawValue: 65536)
    /// It, or a schema of a part, marks values: as secret, for a trailing slash, or with a default.
    static let leadsToMarks = Flags(rawValue: 131072)
    /// Not secret, although an enclosing schema marks everything inside it.
    static let isPublic = Flags(rawValue: 262144)
  }

  var flags: Flags = []
  var types: TypeSet = .all
  var format: Format = .none
  var contentEncodingIsBase64 = false
  var contentIsJSON = false
  var document: UInt32
  var node: UInt32
  var resource: UInt32

  var reference: Int32 = -1
  var dynamicReference: Int32 = -1

  /// The default for an absent value, in the schema's document.
  var defaultNode: Int32 = -1
  var constant: Int32 = -1
  var enumeration = TableRange.empty

  var minimum: Int32 = -1
  var maximum: Int32 = -1
  var exclusiveMinimum: Int32 = -1
  var exclusiveMaximum: Int32 = -1
  var multipleOf: Int32 = -1
  var minLength: Int32 = -1
  var maxLength: Int32 = -1
  var pattern: Int32 = -1

  var minItems: Int32 = -1
  var maxItems: Int32 = -1
  var minContains: Int32 = -1
  var maxContains: Int32 = -1
  var contains: Int32 = -1
  var prefix = TableRange.empty
  var items: Int32 = -1
  var unevaluatedItems: Int32 = -1

  var minProperties: Int32 = -1
  var maxProperties: Int32 = -1
  var properties = TableRange.empty
  /// The properties' indices by name; empty if there are few.
  var sortedProperties = TableRange.empty
  var requiredCount: UInt32 = 0
  var patterns = TableRange.empty
  var additional: Int32 = -1
  var propertyNames: Int32 = -1
  var unevaluatedProperties: Int32 = -1
  var dependencies = TableRange.empty

  var allOf = TableRange.empty
  var anyOf = TableRange.empty
  var oneOf = TableRange.empty
  var not: Int32 = -1
  var ifSchema: Int32 = -1
  var thenSchema: Int32 = -1
  var elseSchema: Int32 = -1
}

/// A name in `properties` or `required`.
struct PropertyEntry: Sendable, BitwiseCopyable {
  var word: UInt64
  var nameStart: UInt32
  var nameCount: UInt32
  /// -1 if only `required` has it.
  var schema: Int32
  /// Its number among the required ones; -1 if it isn't required.
  var required: Int32
  /// The key in the schema's document, or else the name in `required`.
  var keyNode: UInt32
  /// Leaves no byte of a row undefined, so that a snapshot's bytes are the same in each build.
  private let filler: UInt32 = 0
}

struct PatternEntry: Sendable, BitwiseCopyable {
  var expression: Int32
  var schema: Int32
}

/// What the presence of a key requires: other keys, or a schema for the whole object.
struct DependencyEntry: Sendable, BitwiseCopyable {
  var nameStart: UInt32
  var nameCount: UInt32
  /// In `names`.
  var required: TableRange
  var schema: Int32
}

/// A value of `enum` or `const`.
struct ConstantEntry: Sendable, BitwiseCopyable {
  var kind: Tree.Kind
  private let filler: UInt8 = 0
  private let longFiller: UInt16 = 0
  var count: UInt32
  var word: UInt64
  /// A string's bytes.
  var text: TextRange
  var document: UInt32
  var node: UInt32
}

/// The number of a keyword: an integer, or its text if it isn't one or is too large.
struct LimitEntry: Sendable, BitwiseCopyable {
  var integer: Int64
  /// Empty for an integer.
  var text: TextRange

  var isInteger: Bool { text.count == 0 }
  var wholeNumber: Int64? { isInteger ? integer : nil }
}

/// A `$dynamicRef` (or `$recursiveRef`) that looks for its anchor in the dynamic scope.
struct DynamicEntry: Sendable, BitwiseCopyable {
  /// The number of the anchor's name.
  var name: Int32
  /// The target if no resource in scope has the anchor.
  var fallback: Int32
}

/// Compiled schemas and the tables they refer to: built once, then shared.
final class SchemaArena: Sendable {
  let nodes: FlatTable<SchemaNode>
  let properties: FlatTable<PropertyEntry>
  let sortedProperties: FlatTable<UInt32>
  let patterns: FlatTable<PatternEntry>
  let dependencies: FlatTable<DependencyEntry>
  let names: FlatTable<TextRange>
  let constants: FlatTable<ConstantEntry>
  let children: FlatTable<Int32>
  let limits: FlatTable<LimitEntry>
  /// The patterns' texts.
  let patternTexts: FlatTable<TextRange>
  /// The patterns as automata, if the arena is a snapshot, and the bytes of these.
  let automata: FlatTable<TextRange>
  let automataBytes: FlatTable<UInt8>
  let dynamics: FlatTable<DynamicEntry>
  /// The bytes of all names, patterns, long constants and large numbers.
  let text: FlatTable<UInt8>
  let traits: Traits
  /// The schemas' documents; empty in a snapshot, which never needs them.
  let documents: [Tree]
  /// For each anchor's name: the schema that has it, by resource.
  let dynamicTargets: [[UInt32: Int32]]
  private let expressions: Mutex<[RegularExpression?]>
  private let isOwner: Bool

  /// Properties that at least one schema of the arena has.
  struct Traits: OptionSet, Sendable {
    var rawValue: UInt64

    static let hasSecrets = Traits(rawValue: 1)
    static let addsSlashes = Traits(rawValue: 2)
    static let hasDefaults = Traits(rawValue: 4)
  }

  init(_ tables: SchemaTables, documents: [Tree], targets: [[UInt32: Int32]]) {
    self.documents = documents
    dynamicTargets = targets
    expressions = Mutex([])
    isOwner = true
    nodes = FlatTable(copying: tables.nodes)
    properties = FlatTable(copying: tables.properties)
    sortedProperties = FlatTable(copying: tables.sortedProperties)
    patterns = FlatTable(copying: tables.patterns)
    dependencies = FlatTable(copying: tables.dependencies)
    names = FlatTable(copying: tables.names)
    constants = FlatTable(copying: tables.constants)
    children = FlatTable(copying: tables.children)
    limits = FlatTable(copying: tables.limits)
    patternTexts = FlatTable(copying: tables.patternTexts)
    automata = FlatTable(copying: [])
    automataBytes = FlatTable(copying: [])
    dynamics = FlatTable(copying: tables.dynamics)
    text = FlatTable(copying: tables.text)
    var traits: Traits = []
    for node in tables.nodes {
      if node.flags.contains(.isSecret) { traits.insert(.hasSecrets) }
      if node.flags.contains(.addsSlash) { traits.insert(.addsSlashes) }
      if node.defaultNode >= 0 { traits.insert(.hasDefaults) }
    }
    self.traits = traits
  }

  /// An arena in the program's read-only data; nil if the data isn't a snapshot of one.
  init?(snapshot reader: inout SnapshotReader) {
    guard let traits = reader.number(), let nodes = reader.flatTable(of: SchemaNode.self),
      let properties = reader.flatTable(of: PropertyEntry.self),
      let sortedProperties = reader.flatTable(of: UInt32.self),
      let patterns = reader.flatTable(of: PatternEntry.self),
      let dependencies = reader.flatTable(of: DependencyEntry.self),
      let names = reader.flatTable(of: TextRange.self),
      let constants = reader.flatTable(of: ConstantEntry.self),
      let children = reader.flatTable(of: Int32.self),
      let limits = reader.flatTable(of: LimitEntry.self),
      let patternTexts = reader.flatTable(of: TextRange.self),
      let automata = reader.flatTable(of: TextRange.self),
      let automataBytes = reader.flatTable(of: UInt8.self),
      let dynamics = reader.flatTable(of: DynamicEntry.self),
      let text = reader.flatTable(of: UInt8.self)
    else { return nil }
    self.traits = Traits(rawValue: UInt64(traits))
    self.nodes = nodes
    self.properties = properties
    self.sortedProperties = sortedProperties
    self.patterns = patterns
    self.dependencies = dependencies
    self.names = names
    self.constants = constants
    self.children = children
    self.limits = limits
    self.patternTexts = patternTexts
    self.automata = automata
    self.automataBytes = automataBytes
    self.dynamics = dynamics
    self.text = text
    documents = []
    dynamicTargets = []
    expressions = Mutex([])
    isOwner = false
  }

  deinit {
    guard isOwner else { return }
    nodes.deallocate()
    properties.deallocate()
    sortedProperties.deallocate()
    patterns.deallocate()
    dependencies.deallocate()
    names.deallocate()
    constants.deallocate()
    children.deallocate()
    limits.deallocate()
    patternTexts.deallocate()
    automata.deallocate()
    automataBytes.deallocate()
    dynamics.deallocate()
    text.deallocate()
  }

  /// Whether a pattern matches anywhere in a text; nil if it isn't a valid expression.
  func matches(_ index: Int, _ text: UnsafeBufferPointer<UInt8>) -> Bool? {
    if index < automata.count,
      let answer = ByteAutomaton(automataBytes.buffer(automata[index]))?.matches(text)
    {
      return answer
    }
    return expression(index)?.matches(utf8: text)
  }

  /// The expression of a pattern, compiled on first use; nil if it isn't valid.
  private func expression(_ index: Int) -> RegularExpression? {
    let known = expressions.withLock { index < $0.count ? $0[index] : nil }
    if let known { return known }
    let text = string(patternTexts[index])
    guard case .success(let expression) = RegularExpression.compile(text, syntax: .ecma) else {
      return nil
    }
    expressions.withLock { expressions in
      while expressions.count <= index { expressions.append(nil) }
      expressions[index] = expression
    }
    return expression
  }

  /// The number of `minimum`, `maximum` or `multipleOf`.
  func number(_ index: Int) -> DecimalNumber {
    let limit = limits[index]
    guard !limit.isInteger else { return DecimalNumber(limit.integer) }
    let bytes = UnsafeBufferPointer(rebasing: text.buffer(limit.text))
    return DecimalNumber(bytes) ?? DecimalNumber(0)
  }
}

/// A name in an arena's text.
struct TextRange: Sendable, BitwiseCopyable {
  var start: UInt32
  var count: UInt32

  var indices: Range<Int> { Int(start)..<(Int(start) + Int(count)) }
}

/// An arena while it is being built.
struct SchemaTables {
  var nodes: [SchemaNode] = []
  var properties: [PropertyEntry] = []
  var sortedProperties: [UInt32] = []
  var patterns: [PatternEntry] = []
  var dependencies: [DependencyEntry] = []
  var names: [TextRange] = []
  var constants: [ConstantEntry] = []
  var children: [Int32] = []
  var limits: [LimitEntry] = []
  var patternTexts: [TextRange] = []
  var dynamics: [DynamicEntry] = []
  var text: [UInt8] = []

  mutating func name(_ bytes: UnsafeBufferPointer<UInt8>) -> TextRange {
    let start = UInt32(clamping: text.count)
    text.append(contentsOf: bytes)
    return TextRange(start: start, count: UInt32(clamping: bytes.count))
  }
}

extension SchemaArena {
  func string(_ range: TextRange) -> String {
    String(decoding: text.buffer(range), as: UTF8.self)
  }

  func name(_ entry: PropertyEntry) -> String {
    string(TextRange(start: entry.nameStart, count: entry.nameCount))
  }

  /// The index of a property by its name's bytes; nil if `properties` and `required` lack it.
  func property(_ node: Int, _ key: UnsafeBufferPointer<UInt8>) -> Int? {
    let range = nodes[node].properties
    let word = PackedName.word(key, 0)
    let sorted = nodes[node].sortedProperties
    if !sorted.isEmpty { return search(sorted, key, word) }
    for at in range.indices
    where properties[at].word == word && properties[at].nameCount == key.count && rest(at, key) {
      return at
    }
    return nil
  }

  private func search(
    _ sorted: TableRange, _ key: UnsafeBufferPointer<UInt8>, _ word: UInt64
  ) -> Int? {
    var low = Int(sorted.start)
    var high = low + Int(sorted.count)
    let end = high
    while low < high {
      let middle = (low + high) / 2
      let entry = properties[Int(sortedProperties[middle])]
      if (entry.word, Int(entry.nameCount)) < (word, key.count) {
        low = middle + 1
      } else {
        high = middle
      }
    }
    while low < end {
      let at = Int(sortedProperties[low])
      guard properties[at].word == word, properties[at].nameCount == key.count else { return nil }
      if rest(at, key) { return at }
      low += 1
    }
    return nil
  }

  /// Whether the bytes after the first eight are the same.
  private func rest(_ at: Int, _ key: UnsafeBufferPointer<UInt8>) -> Bool {
    guard key.count > 8 else { return true }
    var index = Int(properties[at].nameStart) + 8
    for byte in key.dropFirst(8) {
      guard text[index] == byte else { return false }
      index += 1
    }
    return true
  }
}
