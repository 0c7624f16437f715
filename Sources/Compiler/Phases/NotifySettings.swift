import Diagnostics
import Passes
import PipelineIR
import SourceText
import Values

/// Where notifications of a run's end go: the evaluated `run.notify`.
enum NotifySettings {
  static var name: String { "notify" }

  /// The settings with all addresses of webhooks as secrets, and times in seconds.
  static func checked(
    _ located: SpannedValue, into diagnostics: inout [Diagnostic]
  ) -> SpannedValue {
    guard case .list(let items) = located.content else { return located }
    var located = located
    located.content = .list(
      items.enumerated().map { index, item in checked(item, index, into: &diagnostics) })
    return located
  }

  private static func checked(
    _ item: SpannedValue, _ index: Int, into diagnostics: inout [Diagnostic]
  ) -> SpannedValue {
    guard case .map(var entries) = item.content else { return item }
    for at in entries.indices {
      let value = entries[at].value
      guard case .scalar(let scalar) = value.content else {
        if entries[at].key == "command", case .list(let words) = value.content {
          check(command: words, value, into: &diagnostics)
        }
        continue
      }
      switch entries[at].key {
      case "webhook":
        check(webhook: scalar, value, into: &diagnostics)
        if case .string = scalar {
          let reference = "pipeline#/run/\(name)/\(index)/webhook"
          entries[at].value.content = .scalar(.secret(Secret(scalar, reference: reference)))
        }
      case "sns": check(topic: scalar, value, into: &diagnostics)
      case "timeout":
        entries[at].value.content = .scalar(seconds(scalar, value, into: &diagnostics))
      default: break
      }
    }
    let kinds = entries.filter { ["webhook", "sns", "command"].contains($0.key) }
    if kinds.isEmpty {
      diagnostics.append(
        .notifyInvalid(
          "the entry notifies of nothing: none of `webhook`, `sns` and `command` has a value",
          at: item.span,
          hint: "give it a value, or leave the entry out with `$when`"))
    }
    var checked = item
    checked.content = .map(entries)
    return checked
  }

  private static func check(
    webhook: Value, _ located: SpannedValue, into diagnostics: inout [Diagnostic]
  ) {
    guard case .string(let text) = webhook.revealed else {
      diagnostics.append(.notifyInvalid("a webhook's address is a text", at: located.span))
      return
    }
    guard !text.hasPrefix("https://"), !text.hasPrefix("http://") else { return }
    // It is a secret, so it isn't quoted.
    diagnostics.append(
      .notifyInvalid(
        "the webhook's address doesn't start with `https://`", at: located.origin ?? located.span))
  }

  private static func check(
    topic: Value, _ located: SpannedValue, into diagnostics: inout [Diagnostic]
  ) {
    let text = if case .string(let text) = topic { text } else { "" }
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    let isTopic =
      parts.count == 6 && parts[0] == "arn" && parts[1].hasPrefix("aws") && parts[2] == "sns"
      && !parts[3].isEmpty && parts[4].utf8.count == 12 && !parts[5].isEmpty
    guard !isTopic else { return }
    diagnostics.append(
      .notifyInvalid(
        "`\(text)` isn't the ARN of an SNS topic", at: located.origin ?? located.span,
        hint: "it is `arn:aws:sns:REGION:ACCOUNT:NAME`: see `aws sns list-topics`"))
  }

  private static func check(
    command words: [SpannedValue], _ located: SpannedValue, into diagnostics: inout [Diagnostic]
  ) {
    for word in words {
      if case .scalar(let value) = word.content, value.revealed.argumentText != nil { continue }
      diagnostics.append(
        .notifyInvalid("a word of a command is a text", at: word.origin ?? word.span))
    }
    if case .scalar(.string(let program))? = words.first?.content, !program.isEmpty { return }
    diagnostics.append(
      .notifyInvalid(
        "a command begins with the name of its program, which isn't a secret", at: located.span))
  }

  private static func seconds(
    _ value: Value, _ located: SpannedValue, into diagnostics: inout [Diagnostic]
  ) -> Value {
    let seconds: Int64? =
      switch value {
      case .string(let text): TimeSpan.seconds(text)
      case .duration(let duration): duration.nanoseconds / 1_000_000_000
      default: nil
      }
    if let seconds, (1...600).contains(seconds) { return .string("\(seconds)s") }
    diagnostics.append(
      .notifyInvalid(
        "a message may take from 1 s to 10 min", at: located.origin ?? located.span,
        hint: "give a time such as `30s`"))
    return value
  }
}
