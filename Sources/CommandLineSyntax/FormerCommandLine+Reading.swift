import SourceText
import Text

extension FormerCommandLine {
  private enum Known {
    case former(FormerOption)
    case today(Option)
  }

  /// Whether every option is one of that time or of today's `run`.
  mutating func readAll(from start: Int) -> Bool {
    var at = start
    while at < arguments.count {
      let argument = arguments[at]
      let isRead =
        if argument.hasPrefix("--"), argument != "--" {
          readLong(argument, &at)
        } else if argument.hasPrefix("-"), argument != "-" {
          readShort(argument, &at)
        } else {
          argument == today.first || keep([argument])
        }
      guard isRead else { return false }
      at += 1
    }
    return true
  }

  private mutating func keep(_ words: [String]) -> Bool {
    today += words
    return true
  }

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

  private mutating func readLong(_ argument: String, _ at: inout Int) -> Bool {
    let body = argument.utf8.dropFirst(2)
    let name = String(decoding: body.prefix { $0 != .equals }, as: UTF8.self)
    let place = text.span(at, 0..<(2 + name.utf8.count))
    let inline =
      body.count > name.utf8.count
      ? String(decoding: body.dropFirst(name.utf8.count + 1), as: UTF8.self) : nil
    return read(known(name), inline, inlineAt: 3 + name.utf8.count, argument, place, &at)
  }

  private mutating func readShort(_ argument: String, _ at: inout Int) -> Bool {
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
      if case .today(let option)? = known, option.value == nil {
        today.append("-\(letter)")
        continue
      }
      return read(
        known, rest.isEmpty ? nil : String(rest), inlineAt: offset, "-\(letter)\(rest)", place, &at)
    }
    return true
  }

  private mutating func read(
    _ known: Known?, _ inline: String?, inlineAt offset: Int, _ word: String, _ place: Span,
    _ at: inout Int
  ) -> Bool {
    let isFlag = if case .today(let option)? = known { option.value == nil } else { false }
    guard let known else { return false }
    if isFlag { return keep([word]) }
    let valueAt: Span
    let value: String
    if let inline {
      (value, valueAt) = (inline, text.span(at, offset..<(offset + inline.utf8.count)))
    } else {
      guard at + 1 < arguments.count else { return false }
      at += 1
      (value, valueAt) = (arguments[at], text.span(at, 0..<arguments[at].utf8.count))
    }
    switch known {
    case .today: return keep(inline == nil ? [word, value] : [word])
    case .former(let option): return take(option, value, place, valueAt)
    }
  }

  // MARK: What became of an option

  private mutating func take(
    _ option: FormerOption, _ value: String, _ place: Span, _ valueAt: Span
  ) -> Bool {
    switch option.meaning {
    case .config: return keep(["--\(Option.config.long)", value])
    case .targets: return keep(["--\(Option.targets.long)", value])
    case .resolver: return keep(["--\(Option.resolver.long)", value])
    case .include: include(value, valueAt)
    case .skip: skip(value, valueAt)
    case .day:
      // Up to 0.9.0, the letter of `--skip` too.
      if option.long == "start", !value.utf8.contains(where: UInt8.digits.contains) {
        parts.append(("`-s` stood for `--skip` until EmrEtlRunner 0.9.0: today it is `-x`", place))
        skip(value, valueAt)
      } else {
        let message =
          "since R91 days can't be chosen: a run processes all logs in `aws.s3.buckets.raw.in`"
        if !parts.contains(where: { $0.message == message }) { parts.append((message, place)) }
      }
    case .raw:
      parts.append(
        (
          "`--\(option.long)` is gone since R91: set `aws.s3.buckets.raw.processing` to `\(value)` in "
            + "a copy of the configuration, and skip `staging`; the stages after it run too",
          place
        ))
      skipped.append("staging")
    case .enriched:
      parts.append(
        (
          "`--\(option.long)` is gone since R91: set `aws.s3.buckets.enriched.good` to `\(value)` in a "
            + "copy of the configuration, and resume from `shred`; the stages after it run too",
          place
        ))
      resumesFromShred = true
    case .text:
      parts.append(("the configuration is given as a file: `-` reads standard input", place))
    case .file: return keep(["--\(Option.out.long)", value])
    case .schema: return true
    }
    return true
  }

  private mutating func skip(_ value: String, _ span: Span) {
    for item in Invocation.items(of: Spanned(value, span)) {
      guard let stages = FormerStage.today(item.value, ofLoader: isLoader) else {
        skipped.append(item.value)
        continue
      }
      skipped += stages
      parts.append((FormerStage.fate(item.value, ofLoader: isLoader), item.span))
    }
  }

  private mutating func include(_ value: String, _ span: Span) {
    for item in Invocation.items(of: Spanned(value, span)) {
      if item.value == "compupdate" {
        parts.append(("there is no `compupdate` since R90", item.span))
      } else {
        today += ["--\(Option.include.long)", item.value]
      }
    }
  }
}
