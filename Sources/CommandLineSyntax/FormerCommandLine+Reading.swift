import SourceText
import Text

extension FormerCommandLine {
  private enum Known {
    case former(FormerOption)
    case today(Option)

    var long: String {
      switch self {
      case .former(let option): option.long
      case .today(let option): option.long
      }
    }

    var needsText: Bool {
      switch self {
      case .former(let option): option.meaning != .skip && option.meaning != .include
      case .today(let option): option.needsText
      }
    }

    /// What its value is.
    var valueName: String {
      switch self {
      case .former(let option): option.valueName
      case .today(let option): option.value?.name ?? ""
      }
    }
  }

  /// Reads the arguments from the given one on.
  mutating func readAll(from start: Int) {
    var at = start
    var mayBeValue = false
    while at < arguments.count {
      let argument = arguments[at]
      let problemsBefore = problems.count
      if argument.hasPrefix("--"), argument != "--" {
        readLong(argument, &at)
      } else if argument.hasPrefix("-"), argument != "-" {
        readShort(argument, &at)
      } else if !mayBeValue {
        readPlain(argument, at)
      }
      // What comes after an option that isn't known may be its value.
      mayBeValue = problems.count > problemsBefore
      at += 1
    }
  }

  private mutating func readPlain(_ argument: String, _ at: Int) {
    if argument == today.first { return }
    // Programs of that time had no arguments; today's commands have a pipeline.
    if hasCommand { return keep([argument]) }
    problems.append(
      .unexpectedArgument(argument, at: text.span(at, 0..<argument.utf8.count)))
  }

  private mutating func keep(_ words: [String]) { today += words }

  private func known(_ long: String) -> Known? {
    if let option = former.first(where: { $0.long == long }) { return .former(option) }
    if let option = options.first(where: { $0.long == long }) { return .today(option) }
    let begun = former.filter { $0.long.hasPrefix(long) }
    let others = options.filter { option in
      option.long.hasPrefix(long) && !former.contains { $0.long == option.long }
    }
    guard begun.count + others.count == 1, !long.isEmpty else { return nil }
    return begun.first.map { .former($0) } ?? others.first.map { .today($0) }
  }

  private mutating func readLong(_ argument: String, _ at: inout Int) {
    let body = argument.utf8.dropFirst(2)
    let name = String(decoding: body.prefix { $0 != .equals }, as: UTF8.self)
    let place = text.span(at, 0..<(2 + name.utf8.count))
    let inline =
      body.count > name.utf8.count
      ? String(decoding: body.dropFirst(name.utf8.count + 1), as: UTF8.self) : nil
    guard let known = known(name) else {
      let names = (former.map(\.long) + options.map(\.long)).map { "--" + $0 }
      problems.append(.unknownOption("--" + name, among: names, at: place))
      return
    }
    read(known, inline, inlineAt: 3 + name.utf8.count, argument, place, &at)
  }

  private mutating func readShort(_ argument: String, _ at: inout Int) {
    let start = at
    var offset = 1
    var rest = argument.dropFirst()
    while let letter = rest.first {
      rest.removeFirst()
      let known: Known? =
        if let option = former.first(where: { $0.short == letter }) {
          .former(option)
        } else {
          options.first { $0.short == letter }.map { .today($0) }
        }
      let place = text.span(start, offset..<(offset + letter.utf8.count))
      offset += letter.utf8.count
      guard let known else {
        problems.append(.unknownOption("-\(letter)", among: [], at: place))
        return
      }
      if case .today(let option) = known, option.value == nil {
        knownOptions += 1
        keep(["-\(letter)"])
        continue
      }
      return read(
        known, rest.isEmpty ? nil : String(rest), inlineAt: offset, "-\(letter)\(rest)", place, &at)
    }
  }

  private mutating func read(
    _ known: Known, _ inline: String?, inlineAt offset: Int, _ word: String, _ place: Span,
    _ at: inout Int
  ) {
    knownOptions += 1
    if case .today(let option) = known, option.value == nil { return keep([word]) }
    let valueAt: Span
    let value: String
    if let inline {
      (value, valueAt) = (inline, text.span(at, offset..<(offset + inline.utf8.count)))
    } else {
      guard at + 1 < arguments.count, !isOption(arguments[at + 1]) else {
        return lacksValue(known, place)
      }
      at += 1
      (value, valueAt) = (arguments[at], text.span(at, 0..<arguments[at].utf8.count))
    }
    if value.isEmpty, known.needsText {
      problems.append(.emptyOptionValue("--" + known.long, at: valueAt))
      return note(known, place)
    }
    switch known {
    case .today: keep(inline == nil ? [word, value] : [word])
    case .former(let option): take(option, value, place, valueAt)
    }
  }

  private func isOption(_ argument: String) -> Bool {
    let isFormer = former.contains { option in
      argument == "--" + option.long || option.short.map { argument == "-\($0)" } ?? false
    }
    return isFormer || argument == "--"
      || options.contains { option in
        argument == "--" + option.long || option.short.map { argument == "-\($0)" } ?? false
      }
  }

  private mutating func lacksValue(_ known: Known, _ place: Span) {
    problems.append(
      .missingOptionValue("--" + known.long, kind: known.valueName, at: place))
    note(known, place)
  }

  /// Says of an option that is gone that it is, though its value isn't known.
  private mutating func note(_ known: Known, _ place: Span) {
    guard case .former(let option) = known, option.isGone else { return }
    parts.append(("`--\(option.long)` is gone since R91", place))
  }

  // MARK: What became of an option

  private mutating func take(
    _ option: FormerOption, _ value: String, _ place: Span, _ valueAt: Span
  ) {
    switch option.meaning {
    case .config: keep(["--\(Option.config.long)", value])
    case .targets: keep(["--\(Option.targets.long)", value])
    case .resolver: keep(["--\(Option.resolver.long)", value])
    case .include: include(value, valueAt)
    case .skip: skip(value, valueAt)
    case .day:
      // Up to 0.9.6, the letter of `--skip` too.
      if option.long == "start", !value.utf8.contains(where: ASCII.isDigit) {
        parts.append(("`-s` stood for `--skip` until release 0.9.7: today it is `-x`", place))
        skip(value, valueAt)
      } else {
        let message =
          "since R91 days can't be chosen: a run processes all logs in `aws.s3.buckets.raw.in`"
        if !parts.contains(where: { $0.message == message }) { parts.append((message, place)) }
      }
    case .raw, .enriched: takeFrom(FormerPlace(option, value), place)
    case .text:
      parts.append(("the configuration is given as a file: `-` reads standard input", place))
    case .file: keep(["--\(Option.out.long)", value])
    case .schema: break
    }
  }

  private mutating func takeFrom(_ new: FormerPlace, _ span: Span) {
    if let other = self.place, other.option.long != new.option.long {
      problems.append(.exclusiveOptions(other.option.long, new.option.long, at: span))
    }
    self.place = new
    parts.append((new.message, span))
  }

  private mutating func skip(_ value: String, _ span: Span) {
    for item in Invocation.items(of: Spanned(value, span)) {
      let known = FormerStage.names(ofLoader: isLoader)
      guard known.contains(item.value) else {
        problems.append(
          .invalidOptionValue(
            item.value, of: "--\(Option.skip.long)", among: known, at: item.span))
        continue
      }
      guard let stages = FormerStage.today(item.value, ofLoader: isLoader) else {
        skipped.append(item.value)
        continue
      }
      if item.value == "emr" { skipsCluster = true }
      skipped += stages
      parts.append((FormerStage.fate(item.value, ofLoader: isLoader), item.span))
    }
  }

  private mutating func include(_ value: String, _ span: Span) {
    for item in Invocation.items(of: Spanned(value, span)) {
      switch item.value {
      case "compupdate": parts.append(("there is no `compupdate` since R90", item.span))
      case "vacuum": keep(["--\(Option.include.long)", item.value])
      default:
        problems.append(
          .invalidOptionValue(
            item.value, of: "--\(Option.include.long)", among: ["compupdate", "vacuum"],
            at: item.span))
      }
    }
  }
}
