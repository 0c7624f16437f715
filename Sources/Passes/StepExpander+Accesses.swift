import Documents
import Diagnostics
import Locations
import PipelineIR
import PipelineSyntax
import SourceText
import Values

/// What a step does to data.
extension StepExpander {
  mutating func addAccesses(
    _ declaration: StepDecl, _ kind: StepKindDecl, _ parameters: Parameters,
    _ report: inout Report
  ) {
    // Parameters that name data don't narrow reads and deletions: the place does.
    let source = kind.part.isEmpty ? nil : part(kind, parameters) { !kind.data.contains($0) }
    let target = kind.part.isEmpty ? nil : part(kind, parameters) { _ in true }
    for name in kind.reads { addAccess(.read, parameters[name.value], source) }
    for name in kind.writes { addAccess(.write, parameters[name.value], target) }
    for deletion in kind.deletes {
      if let condition = deletion.condition {
        guard case .bool(true)? = parameters[condition]?.value else { continue }
      }
      // Only a step that moves data knows which part it touches.
      let moves = kind.reads.contains { $0.value == deletion.parameter }
      addAccess(.delete, parameters[deletion.parameter], moves ? source : nil)
    }
    addDeclared(declaration.reads, .read, &report)
    addDeclared(declaration.writes, .write, &report)
    addDeclared(declaration.deletes, .delete, &report)
  }

  private mutating func addDeclared(
    _ list: NodeID?, _ mode: Access.Mode, _ report: inout Report
  ) {
    guard let list else { return }
    for item in tree.kind(list) == .list ? Array(tree.items(list)) : [list] {
      guard let value = binder.value(item, into: &report.diagnostics)?.unwrapped,
        !value.isAbsent, !isAbsentDataset(value),
        let resolved = resolveData(value, from: item, &report)
      else { continue }
      let parameter = Parameter(
        name: "", value: resolved, key: nil, span: tree.span(item), place: nil)
      addAccess(mode, parameter, nil)
    }
  }

  private mutating func addAccess(
    _ mode: Access.Mode, _ parameter: Parameter?, _ part: Access.Part?
  ) {
    guard let parameter else { return }
    if let place = parameter.place {
      return addAccess(mode, at: place, part, parameter.span)
    }
    guard case .list(let items) = parameter.value else {
      return addAccess(mode, to: parameter.value, part, at: parameter.span)
    }
    for item in items { addAccess(mode, to: item.unwrapped, part, at: parameter.span) }
  }

  private mutating func addAccess(
    _ mode: Access.Mode, to value: Value, _ part: Access.Part?, at span: Span
  ) {
    guard case .string(let text) = value, let location = try? Location(text) else { return }
    addAccess(mode, at: places.intern(location, in: &program), part, span)
  }

  private mutating func addAccess(
    _ mode: Access.Mode, at place: PlaceID, _ part: Access.Part?, _ span: Span
  ) {
    program.accesses.append(Access(place: place, mode: mode, part: part, span: span))
  }

  /// Which part of a place a step touches: a hash (FNV-1a) of the value of each parameter that
  /// counts. Nil if the step sets none of them.
  private func part(
    _ kind: StepKindDecl, _ parameters: Parameters, where counts: (String) -> Bool
  ) -> Access.Part? {
    guard let id = context.kindID(named: kind.name.value) else { return nil }
    let values = kind.part.map { name -> UInt64 in
      guard counts(name), let parameter = parameters[name] else { return 0 }
      var hash: UInt64 = 0xcbf2_9ce4_8422_2325
      for byte in identity(of: parameter).utf8 {
        hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3
      }
      return max(hash, 1)
    }
    return values.contains { $0 != 0 } ? Access.Part(kind: id, values: values) : nil
  }

  /// A text that two values have in common only if they mean the same: for data, the place.
  private func identity(of parameter: Parameter) -> String {
    if let place = parameter.place { return program.placeText(place) }
    guard let text = parameter.value.argumentText else {
      var writer = CanonicalJSONWriter(pretty: false)
      writer.value(parameter.value, revealingSecrets: true)
      return String(decoding: writer.take(), as: UTF8.self)
    }
    return (try? Location(text))?.folder.text ?? text
  }
}
