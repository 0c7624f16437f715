import Documents

/// A comment or empty lines before something.
enum LayoutTrivia: Equatable {
  case blank
  case comment(LayoutComment)

  var comment: LayoutComment? { if case .comment(let comment) = self { comment } else { nil } }
}

/// A comment at the end of a line, and those that go on below it in the same column.
typealias LineComments = [LayoutComment]

/// A node with all that its text has: what a tree doesn't keep.
struct LayoutNode {
  indirect enum Content {
    case alias([UInt8])
    case scalar(LayoutScalar)
    case list(LayoutList)
    case map(LayoutMap)
  }

  /// Its anchor and tag as written, in their order.
  var properties: [[UInt8]] = []
  /// Between what introduces it (`key:`, `-`) and itself.
  var before: [LayoutTrivia] = []
  /// Between its properties and its content.
  var inner: [LayoutTrivia] = []
  var content: Content
  /// At the end of its last line.
  var trailing: LineComments = []
  /// After an empty value, further to the right than its key.
  var tail: [LayoutTrivia] = []

  /// Whether nothing is written for it but its properties.
  var isEmpty: Bool {
    if case .scalar(let scalar) = content {
      scalar.style == .plain && scalar.raw.isEmpty
    } else {
      false
    }
  }
}

struct LayoutScalar {
  var style: Tree.Style
  /// The bytes as written, with quotes; of a block, from its `|` or `>` to the end of its text.
  var raw: [UInt8]
  /// The decoded text.
  var value: [UInt8]
  /// The column that a block's text is indented to, if it says so itself.
  var blockColumn: Int?
  /// The comment after a block's `|` or `>`.
  var headComment: LayoutComment?
  /// Whether it is a key.
  var isKey = false
  /// Whether expressions in it are expressions.
  var isTemplate = false
}

struct LayoutList {
  struct Item {
    var leading: [LayoutTrivia] = []
    var node: LayoutNode
  }

  var isFlow: Bool
  var items: [Item] = []
  /// After the last item.
  var tail: [LayoutTrivia] = []
}

struct LayoutMap {
  struct Entry {
    var leading: [LayoutTrivia] = []
    var key: LayoutNode
    var value: LayoutNode
    /// Whether the key was introduced by a `?`.
    var isExplicit = false
  }

  var isFlow: Bool
  /// Whether it is a pair in a list, without braces: `[key: value]`.
  var isPair = false
  var entries: [Entry] = []
  var tail: [LayoutTrivia] = []
}

struct LayoutDocument {
  /// Directives and comments before its `---`.
  var head: [LayoutMark.Kind] = []
  var hasMarker = false
  /// The comment after `---`.
  var markerComment: LayoutComment?
  var root: LayoutNode
  /// What comes after the root.
  var tail: [LayoutTrivia] = []
  /// Whether `...` ends it.
  var hasEndMarker = false
  var endComment: LayoutComment?
}
