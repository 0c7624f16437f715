import Text

/// A property of Unicode scalars that `\p{…}` can name.
enum ScalarProperty: Sendable {
  /// General categories, as a bit set in the order of `categories`.
  case category(UInt32)
  case script([ClosedRange<UInt32>])
  case any, ascii, alphabetic, uppercase, lowercase, whiteSpace, emoji

  func holds(_ value: UInt32) -> Bool {
    guard let scalar = Unicode.Scalar(value) else { return false }
    switch self {
    case .category(let bits): return bits & Self.bit(scalar.properties.generalCategory) != 0
    case .script(let ranges): return ranges.contains { $0.contains(value) }
    case .any: return true
    case .ascii: return value < 0x80
    case .alphabetic: return scalar.properties.isAlphabetic
    case .uppercase: return scalar.properties.isUppercase
    case .lowercase: return scalar.properties.isLowercase
    case .whiteSpace: return scalar.properties.isWhitespace
    case .emoji: return scalar.properties.isEmoji
    }
  }

  /// The property with a name as in ECMA 262 and RE2; nil for an unknown one.
  init?(_ name: String) {
    let parts = name.split(separator: "=", maxSplits: 1).map(String.init)
    let value = parts.last ?? name
    if parts.count == 2 {
      switch parts[0] {
      case "General_Category", "gc":
        guard let bits = Self.categories[value] else { return nil }
        self = .category(bits)
      case "Script", "sc", "Script_Extensions", "scx":
        guard let ranges = Self.scripts[value] else { return nil }
        self = .script(ranges)
      default: return nil
      }
      return
    }
    if let bits = Self.categories[value] {
      self = .category(bits)
    } else if let ranges = Self.scripts[value] {
      self = .script(ranges)
    } else {
      switch value {
      case "Any": self = .any
      case "ASCII": self = .ascii
      case "Alphabetic", "Alpha": self = .alphabetic
      case "Uppercase", "Upper": self = .uppercase
      case "Lowercase", "Lower": self = .lowercase
      case "White_Space", "space": self = .whiteSpace
      case "Emoji": self = .emoji
      default: return nil
      }
    }
  }

  private static func bit(_ category: Unicode.GeneralCategory) -> UInt32 {
    let index: UInt32 =
      switch category {
      case .uppercaseLetter: 0
      case .lowercaseLetter: 1
      case .titlecaseLetter: 2
      case .modifierLetter: 3
      case .otherLetter: 4
      case .nonspacingMark: 5
      case .spacingMark: 6
      case .enclosingMark: 7
      case .decimalNumber: 8
      case .letterNumber: 9
      case .otherNumber: 10
      case .connectorPunctuation: 11
      case .dashPunctuation: 12
      case .openPunctuation: 13
      case .closePunctuation: 14
      case .initialPunctuation: 15
      case .finalPunctuation: 16
      case .otherPunctuation: 17
      case .mathSymbol: 18
      case .currencySymbol: 19
      case .modifierSymbol: 20
      case .otherSymbol: 21
      case .spaceSeparator: 22
      case .lineSeparator: 23
      case .paragraphSeparator: 24
      case .control: 25
      case .format: 26
      case .surrogate: 27
      case .privateUse: 28
      case .unassigned: 29
      @unknown default: 29
      }
    return 1 << index
  }

  private static let categories: [String: UInt32] = {
    let names = [
      ["Lu", "Uppercase_Letter"], ["Ll", "Lowercase_Letter"], ["Lt", "Titlecase_Letter"],
      ["Lm", "Modifier_Letter"], ["Lo", "Other_Letter"], ["Mn", "Nonspacing_Mark"],
      ["Mc", "Spacing_Mark"], ["Me", "Enclosing_Mark"], ["Nd", "Decimal_Number", "digit"],
      ["Nl", "Letter_Number"], ["No", "Other_Number"], ["Pc", "Connector_Punctuation"],
      ["Pd", "Dash_Punctuation"], ["Ps", "Open_Punctuation"], ["Pe", "Close_Punctuation"],
      ["Pi", "Initial_Punctuation"], ["Pf", "Final_Punctuation"], ["Po", "Other_Punctuation"],
      ["Sm", "Math_Symbol"], ["Sc", "Currency_Symbol"], ["Sk", "Modifier_Symbol"],
      ["So", "Other_Symbol"], ["Zs", "Space_Separator"], ["Zl", "Line_Separator"],
      ["Zp", "Paragraph_Separator"], ["Cc", "Control", "cntrl"], ["Cf", "Format"],
      ["Cs", "Surrogate"], ["Co", "Private_Use"], ["Cn", "Unassigned"],
    ]
    var table: [String: UInt32] = [:]
    for (index, group) in names.enumerated() {
      for name in group { table[name] = 1 << UInt32(index) }
    }
    let groups: [(String, String, Range<UInt32>)] = [
      ("L", "Letter", 0..<5), ("M", "Mark", 5..<8), ("N", "Number", 8..<11),
      ("P", "Punctuation", 11..<18), ("S", "Symbol", 18..<22), ("Z", "Separator", 22..<25),
      ("C", "Other", 25..<30),
    ]
    for (short, long, range) in groups {
      let bits = range.reduce(UInt32(0)) { $0 | 1 << $1 }
      table[short] = bits
      table[long] = bits
    }
    table["LC"] = 7
    table["Cased_Letter"] = 7
    table["punct"] = table["P"]
    return table
  }()

  /// The main blocks of the scripts that patterns use most.
  private static let scripts: [String: [ClosedRange<UInt32>]] = [
    "Latin": [
      0x41...0x5A, 0x61...0x7A, 0xAA...0xAA, 0xBA...0xBA, 0xC0...0xD6, 0xD8...0xF6, 0xF8...0x2B8,
      0x1E00...0x1EFF, 0x2C60...0x2C7F, 0xA722...0xA787, 0xFB00...0xFB06, 0xFF21...0xFF3A,
      0xFF41...0xFF5A,
    ],
    "Greek": [
      0x370...0x373, 0x375...0x377, 0x37A...0x37D, 0x37F...0x37F, 0x384...0x384, 0x386...0x386,
      0x388...0x3E1, 0x3F0...0x3FF, 0x1F00...0x1FFE,
    ],
    "Cyrillic": [
      0x400...0x484, 0x487...0x52F, 0x1C80...0x1C88, 0x1D2B...0x1D2B, 0x2DE0...0x2DFF,
      0xA640...0xA69F,
    ],
    "Armenian": [0x531...0x556, 0x559...0x58A, 0x58D...0x58F],
    "Hebrew": [0x591...0x5C7, 0x5D0...0x5EA, 0x5EF...0x5F4, 0xFB1D...0xFB4F],
    "Arabic": [
      0x600...0x604, 0x606...0x60B, 0x60D...0x61A, 0x61C...0x61E, 0x620...0x63F, 0x641...0x64A,
      0x656...0x66F, 0x671...0x6DC, 0x6DE...0x6FF, 0x750...0x77F, 0xFB50...0xFDFF, 0xFE70...0xFEFC,
    ],
    "Devanagari": [0x900...0x950, 0x955...0x963, 0x966...0x97F],
    "Bengali": [0x980...0x9FE],
    "Tamil": [0xB82...0xBFA],
    "Thai": [0xE01...0xE3A, 0xE40...0xE5B],
    "Hangul": [0x1100...0x11FF, 0x3131...0x318E, 0xA960...0xA97C, 0xAC00...0xD7A3],
    "Hiragana": [0x3041...0x3096, 0x309D...0x309F, 0x1B001...0x1B11F],
    "Katakana": [
      0x30A1...0x30FA, 0x30FD...0x30FF, 0x31F0...0x31FF, 0xFF66...0xFF6F, 0xFF71...0xFF9D,
    ],
    "Han": [
      0x2E80...0x2FD5, 0x3005...0x3005, 0x3007...0x3007, 0x3021...0x3029, 0x3038...0x303B,
      0x3400...0x4DBF, 0x4E00...0x9FFF, 0xF900...0xFAD9, 0x20000...0x323AF,
    ],
  ]
}
