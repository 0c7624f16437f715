import Text
package import SourceText

/// A parsed command line: a command, its arguments, and its options.
package struct Invocation: Sendable {
  /// A text and its place on the command line.
  package typealias Text = Spanned<String>

  package var command: CommandName
  package var argument: Text?
  package var secondArgument: Text?
  /// Further ones, where the second is repeatable.
  package var moreArguments: [Text] = []
  /// In the order given; options without a value have an empty one.
  package var options: [(option: Option, value: Text)] = []

  package func has(_ option: Option) -> Bool { options.contains { $0.option == option } }

  /// The effective value: the last.
  package subscript(option: Option) -> Text? { options.last { $0.option == option }?.value }

  package func all(_ option: Option) -> [Text] {
    options.filter { $0.option == option }.map(\.value)
  }

  /// The items of all of an option's comma-separated lists.
  package func list(_ option: Option) -> [Text] { all(option).flatMap(Self.items) }

  /// The items of a comma-separated list.
  static func items(of text: Text) -> [Text] {
    var items: [Text] = []
    var start = Int(text.span.start)
    for item in text.value.utf8.split(separator: .comma, omittingEmptySubsequences: false) {
      let end = start + item.count
      let trimmed = item.drop { $0 == .space }
      if !trimmed.isEmpty {
        let name = String(decoding: trimmed, as: UTF8.self)
        items.append(Text(name, Span(text.span.source, (end - trimmed.count)..<end)))
      }
      start = end + 1
    }
    return items
  }
}
