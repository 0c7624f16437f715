/// A keyword of any draft, or one of our extensions.
enum Keyword: String, CaseIterable, Sendable {
  case id = "$id"
  case oldID = "id"
  case schema = "$schema"
  case anchor = "$anchor"
  case dynamicAnchor = "$dynamicAnchor"
  case recursiveAnchor = "$recursiveAnchor"
  case reference = "$ref"
  case dynamicReference = "$dynamicRef"
  case recursiveReference = "$recursiveRef"
  case vocabulary = "$vocabulary"
  case definitions, defs = "$defs"

  case type, const
  case enumeration = "enum"
  case multipleOf, maximum, exclusiveMaximum, minimum, exclusiveMinimum
  case maxLength, minLength, pattern, format
  case maxItems, minItems, uniqueItems, maxContains, minContains
  case maxProperties, minProperties, required, dependentRequired

  case allOf, anyOf, oneOf, not
  case ifSchema = "if"
  case thenSchema = "then"
  case elseSchema = "else"
  case dependentSchemas, dependencies
  case prefixItems, items, additionalItems, contains
  case properties, patternProperties, additionalProperties, propertyNames
  case unevaluatedItems, unevaluatedProperties
  case contentEncoding, contentMediaType, contentSchema

  case title, description, writeOnly
  case defaultValue = "default"
  case secret = "x-secret"
  case trailingSlash = "x-trailing-slash"
  case unknownKeys = "x-unknown-keys"
  case patternDescription = "x-pattern-description"
  case otherNames = "x-other-names"

  /// How a keyword holds schemas, in a draft.
  enum Shape {
    case none, schema, schemas, map, schemaOrSchemas, mapOfSchemasOrNames
  }

  func shape(in dialect: Dialect) -> Shape {
    switch self {
    case .definitions: .map
    case .defs: dialect >= .draft2019 ? .map : .none
    case .properties, .patternProperties: .map
    case .dependentSchemas: dialect >= .draft2019 ? .map : .none
    case .dependencies: .mapOfSchemasOrNames
    case .allOf, .anyOf, .oneOf: .schemas
    case .prefixItems: dialect >= .draft2020 ? .schemas : .none
    case .not, .additionalProperties: .schema
    case .additionalItems: dialect <= .draft2019 ? .schema : .none
    case .items: dialect <= .draft2019 ? .schemaOrSchemas : .schema
    case .contains, .propertyNames: dialect >= .draft6 ? .schema : .none
    case .ifSchema, .thenSchema, .elseSchema: dialect >= .draft7 ? .schema : .none
    case .unevaluatedItems, .unevaluatedProperties, .contentSchema:
      dialect >= .draft2019 ? .schema : .none
    case .id, .oldID, .schema, .anchor, .dynamicAnchor, .recursiveAnchor, .reference,
      .dynamicReference, .recursiveReference, .vocabulary, .type, .const, .enumeration,
      .multipleOf, .maximum, .exclusiveMaximum, .minimum, .exclusiveMinimum, .maxLength,
      .minLength, .pattern, .format, .maxItems, .minItems, .uniqueItems, .maxContains,
      .minContains, .maxProperties, .minProperties, .required, .dependentRequired,
      .contentEncoding, .contentMediaType, .title, .description, .writeOnly, .defaultValue,
      .secret, .trailingSlash, .unknownKeys, .patternDescription, .otherNames:
      .none
    }
  }
}

/// The first 24 bytes of a name, and its length: equal names compare in a few instructions.
struct PackedName: Hashable {
  var a: UInt64 = 0
  var b: UInt64 = 0
  var c: UInt64 = 0
  var count: Int

  init(_ bytes: UnsafeBufferPointer<UInt8>) {
    count = bytes.count
    a = Self.word(bytes, 0)
    if count > 8 { b = Self.word(bytes, 8) }
    if count > 16 { c = Self.word(bytes, 16) }
  }

  /// Up to eight bytes as a number, the first byte lowest.
  static func word(_ bytes: UnsafeBufferPointer<UInt8>, _ from: Int) -> UInt64 {
    guard let base = bytes.baseAddress else { return 0 }
    if from + 8 <= bytes.count {
      return UInt64(
        littleEndian: UnsafeRawPointer(base).loadUnaligned(fromByteOffset: from, as: UInt64.self))
    }
    var word: UInt64 = 0
    var shift: UInt64 = 0
    var at = from
    while at < bytes.count {
      word |= UInt64(base[at]) << shift
      shift += 8
      at += 1
    }
    return word
  }

  var slot: Int {
    let mixed = (a &* 0x9E37_79B9_7F4A_7C15) ^ (b &* 0xC2B2_AE3D_27D4_EB4F) ^ (c &* 0x1656_67B1)
    return Int(truncatingIfNeeded: (mixed &* 0x9E37_79B9_7F4A_7C15) >> 56)
  }
}

extension Keyword {
  private struct Table: Sendable {
    struct Entry: Sendable {
      var a: UInt64
      var b: UInt64
      var c: UInt64
      var keyword: Keyword
    }

    var slots = [Entry?](repeating: nil, count: 256)

    init() {
      for keyword in Keyword.allCases {
        var text = keyword.rawValue
        let name = text.withUTF8 { PackedName($0) }
        var slot = name.slot
        while slots[slot] != nil { slot = (slot + 1) & 255 }
        slots[slot] = Entry(a: name.a, b: name.b, c: name.c, keyword: keyword)
      }
    }
  }

  private static let table = Table()

  /// The keyword of a name; nil for any other name.
  init?(_ bytes: UnsafeBufferPointer<UInt8>) {
    guard bytes.count <= 24 else { return nil }
    let name = PackedName(bytes)
    var slot = name.slot
    while let entry = Self.table.slots[slot] {
      if entry.a == name.a, entry.b == name.b, entry.c == name.c {
        self = entry.keyword
        return
      }
      slot = (slot + 1) & 255
    }
    return nil
  }
}
