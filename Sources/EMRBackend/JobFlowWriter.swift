import Documents
package import PipelineIR
import PlanFormat
import Values

/// Writes a program as requests to EMR.
///
/// Canonical: `Name` first, `Steps` last, other members sorted by name; map entries sorted by key.
/// Output goes to a sink in pieces, so that memory doesn't grow with the job flow.
package struct JobFlowWriter {
  private let program: Program
  private let revealsSecrets: Bool
  /// The placeholders, numbered as in a plan: secrets are met in the order of `JobFlowValue`.
  private var secrets = SecretReferences()
  private var writer: CanonicalJSONWriter
  private let sink: (borrowing [UInt8]) -> Void
  private static let pieceSize = 1 << 16

  package init(
    _ program: Program, revealingSecrets: Bool, pretty: Bool,
    sink: @escaping (borrowing [UInt8]) -> Void
  ) {
    self.program = program
    self.revealsSecrets = revealingSecrets
    self.writer = CanonicalJSONWriter(pretty: pretty)
    self.sink = sink
    // Unused capacity costs nothing, but growing copies.
    writer.reserve(Self.pieceSize + Self.pieceSize / 4)
  }

  /// The body of RunJobFlow, or of AddJobFlowSteps if the run reuses a waiting cluster.
  package mutating func writeJobFlow() {
    writeBody(program.steps.indices)
    finish()
  }

  /// Every call that would change EMR: `[{"operation": …, "body": {…}}]`.
  package mutating func writeRequests() {
    writer.beginArray()
    for (index, batch) in JobFlowValue.batches(of: program).enumerated() {
      writer.beginObject()
      writer.key("operation")
      writer.string(index == 0 ? JobFlowValue.operation(of: program) : "AddJobFlowSteps")
      writer.key("body")
      writeBody(batch, isAddition: index > 0)
      writer.endObject()
    }
    writer.endArray()
    finish()
  }

  /// - Parameter isAddition: whether the steps are for the cluster that the first request starts or
  ///   takes.
  private mutating func writeBody(_ steps: Range<Int>, isAddition: Bool = false) {
    writer.beginObject()
    if isAddition {
      // Its id is known only then.
    } else if let id = program.cluster.reusedID {
      writer.key("JobFlowId")
      writer.string(id)
    } else if let body = program.cluster.jobFlow {
      writeEntries(body)
    }
    if !steps.isEmpty {
      writer.key("Steps")
      writer.beginArray()
      for step in program.steps[steps] {
        write(step)
        if writer.bytes.count >= Self.pieceSize { writer.flush(to: sink) }
      }
      writer.endArray()
    }
    writer.endObject()
  }

  private mutating func finish() {
    writer.newline()
    sink(writer.take())
  }

  private mutating func write(_ step: Step) {
    writer.beginObject()
    writer.key("Name")
    write(step.name)
    writer.key("ActionOnFailure")
    writer.string(step.actionOnFailure.rawValue)
    writer.key("HadoopJarStep")
    writer.beginObject()
    writer.key("Jar")
    write(step.jar)
    if let mainClass = step.mainClass {
      writer.key("MainClass")
      write(mainClass)
    }
    let arguments = program.arguments(of: step)
    if !arguments.isEmpty {
      writer.key("Args")
      writer.beginArray()
      for argument in arguments {
        if argument.secret >= 0 {
          write(.secret(program.secrets[Int(argument.secret)]))
        } else {
          write(argument.text)
        }
      }
      writer.endArray()
    }
    let extras = program.extras(of: step)
    if let properties = extras?.properties {
      writer.key("Properties")
      write(properties)
    }
    writer.endObject()
    if let monitoring = extras?.monitoring {
      writer.key("StepMonitoringConfiguration")
      write(monitoring)
    }
    writer.endObject()
  }

  private mutating func write(_ text: TextID) {
    program.texts.withBytes(text) { writer.string(utf8: $0) }
  }

  private mutating func write(_ value: Value) {
    var shown = revealsSecrets ? value : JobFlowValue.withPlaceholders(value, &secrets)
    // A job flow has no documents beside it, as a plan has: another content is told by its digest.
    if !revealsSecrets, case .secret(let secret) = value, let document = secret.document,
      case .string(let placeholder) = shown
    {
      shown = .string("\(placeholder.dropLast(2))@\(document.asWritten.contentDigest)}}")
    }
    writer.value(shown, revealingSecrets: revealsSecrets)
  }

  private mutating func write(_ located: SpannedValue) {
    switch located.content {
    case .scalar(let value): write(value)
    case .list(let items):
      writer.beginArray()
      for item in items { write(item) }
      writer.endArray()
    case .map:
      writer.beginObject()
      writeEntries(located)
      writer.endObject()
    }
  }

  private mutating func writeEntries(_ located: SpannedValue) {
    guard case .map(let entries) = located.content else { return }
    for entry in Self.ordered(entries) {
      writer.key(entry.key)
      write(entry.value)
    }
  }

  /// `Name` first, the others sorted by name, for determinism.
  static func ordered(_ entries: [SpannedValue.Entry]) -> [SpannedValue.Entry] {
    entries.sorted { left, right in
      if left.key == right.key { return false }
      if left.key == "Name" { return true }
      if right.key == "Name" { return false }
      return left.key < right.key
    }
  }
}
