import Text
import Values

/// The arguments of a step, parsed into options with their values, and others.
///
///     {"program": "spark-submit"}                  what the command runner runs
///     {"option": "--src", "value": "s3://x/"}      an option; without `value` a flag
///     {"option": "--conf spark.executor.cores", "value": "5"}   an option that names a property
///     {"application": "s3://x/job.jar"}            what spark-submit submits
///     {"argument": "1.10"}                         anything else
///
/// `form` is present if an option is written in an unusual way: `=` for `--src=s3://x/`.
struct Arguments {
  private var items: [Value] = []
  private let texts: [String]
  private var at = 0

  static func parse(_ texts: [String]) -> [Value] {
    var arguments = Arguments(texts)
    arguments.read()
    return arguments.items
  }

  private init(_ texts: [String]) { self.texts = texts }

  private mutating func read() {
    if let first = texts.first, Self.isProgram(first) {
      items.append(.map(ValueMap(["program": .string(first)])))
      at = 1
      if first.hasSuffix("spark-submit") { readSparkOptions() }
    }
    while at < texts.count { readOne() }
  }

  private static func isProgram(_ text: String) -> Bool {
    [
      "spark-submit", "spark-sql", "spark-example", "s3-dist-cp", "hadoop-streaming",
      "hive-script", "pig-script", "hadoop", "bash", "sh",
    ].contains(text.split(separator: "/").last.map(String.init) ?? text)
  }

  /// Reads up to the application: options have one value each, except for a few flags.
  private mutating func readSparkOptions() {
    let flags = ["--supervise", "--verbose", "-v", "--version", "--help", "-h", "--usage-error"]
    while at < texts.count, Self.isOption(texts[at]) {
      readOne(isFlag: flags.contains(texts[at]))
    }
    guard at < texts.count else { return }
    items.append(.map(ValueMap(["application": .string(texts[at])])))
    at += 1
  }

  private mutating func readOne(isFlag: Bool = false) {
    let text = texts[at]
    at += 1
    guard Self.isOption(text) else {
      items.append(.map(ValueMap(["argument": .string(text)])))
      return
    }
    if let equals = text.utf8.firstIndex(of: .equals), text.hasPrefix("--"),
      text.utf8[..<equals].allSatisfy({ ASCII.isWord($0) || $0 == .hyphen || $0 == .dot })
    {
      let value = String(text[text.utf8.index(after: equals)...])
      add(String(text[..<equals]), value, form: "=")
    } else if !isFlag, at < texts.count, !Self.isOption(texts[at]) {
      add(text, texts[at], form: nil)
      at += 1
    } else {
      items.append(.map(ValueMap(["option": .string(text)])))
    }
  }

  private mutating func add(_ option: String, _ value: String, form: String?) {
    var item = ValueMap(["option": .string(option), "value": .string(value)])
    let properties = ["--conf", "-D", "-d", "-p", "-hiveconf", "--hiveconf", "--define"]
    if properties.contains(option), let equals = value.utf8.firstIndex(of: .equals) {
      item["option"] = .string(option + " " + value[..<equals])
      item["value"] = .string(String(value[value.utf8.index(after: equals)...]))
    }
    if let form { item["form"] = .string(form) }
    items.append(.map(item))
  }

  /// Whether it starts with a dash and isn't a number.
  private static func isOption(_ text: String) -> Bool {
    var bytes = text.utf8.makeIterator()
    guard bytes.next() == .hyphen, let second = bytes.next() else { return false }
    return !ASCII.isDigit(second) && second != .dot
  }
}
