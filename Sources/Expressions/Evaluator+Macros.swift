import SourceText
import Values

/// Macros: comprehensions and bindings.
extension Evaluator {
  func bind(_ node: Expression.Node) throws(EvaluationError) -> Value {
    locals[Int(node.a)] = attempt(Int(node.b))
    return try evaluate(Int(node.c))
  }

  private func attempt(_ index: Int) -> Local {
    do {
      return .value(try evaluate(index))
    } catch {
      return .failure(error)
    }
  }

  func block(_ node: Expression.Node) throws(EvaluationError) -> Value {
    var at = Int(node.b)
    for _ in 0..<Int(node.c) {
      locals[Int(expression.extra[at + 1])] = attempt(Int(expression.extra[at]))
      at += 2
    }
    return try evaluate(Int(expression.extra[at]))
  }

  func optionalMap(
    _ index: Int, _ node: Expression.Node
  ) throws(EvaluationError) -> Value {
    let operand = try evaluate(Int(node.a))
    guard case .optional(let wrapped) = operand else {
      throw located(EvaluationError("expected an optional"), index)
    }
    guard let wrapped else { return operand }
    locals[Int(node.c)] = .value(wrapped)
    let value = try evaluate(Int(node.b))
    guard node.flag == 1 else { return .optional(value) }
    guard case .optional = value else {
      throw located(EvaluationError("`optFlatMap` needs an optional"), Int(node.b))
    }
    return value
  }

  // MARK: Comprehensions

  /// What a comprehension iterates over, and what it does.
  private struct Comprehension {
    var macro: Expression.Macro
    var slot: Int
    var variables: Int
    var filter: Int
    var body: Int
    /// Keys of a map, or none for a list.
    var keys: [Value]?
    var items: [Value]
  }

  func comprehension(
    _ index: Int, _ node: Expression.Node
  ) throws(EvaluationError) -> Value {
    guard let macro = Expression.Macro(rawValue: node.flag) else { return .null }
    let operand = try evaluate(Int(node.a))
    let at = Int(node.b)
    var work = Comprehension(
      macro: macro, slot: Int(expression.extra[at]), variables: Int(expression.extra[at + 1]),
      filter: Int(expression.extra[at + 2]), body: Int(expression.extra[at + 3]), items: [])
    guard gather(operand, into: &work) else {
      throw located(
        EvaluationError("`\(macro)` works on lists and maps, not \(operand.kindName)"), index)
    }
    do {
      try spend(work.items.count)
      switch macro {
      case .all: return try any(work, is: false)
      case .exists: return try any(work, is: true)
      case .existsOne: return try existsOne(work)
      case .map, .filter, .transformList: return .list(try transformList(work))
      case .transformMap, .transformMapEntry: return .map(try transformMap(work))
      case .sortBy: return try sortBy(work)
      }
    } catch {
      throw located(error, index)
    }
  }

  private func gather(_ operand: Value, into work: inout Comprehension) -> Bool {
    switch operand {
    case .list(let items): work.items = items
    case .map(let map):
      work.keys = map.keys
      // With one variable, it iterates over a map's keys.
      work.items = work.variables == 1 ? map.keys : map.entries.map(\.value)
    case .secret(let secret):
      guard gather(secret.value, into: &work) else { return false }
      for at in work.items.indices {
        work.items[at] = work.items[at].marked(secret.member("\(at)"))
      }
    default: return false
    }
    return true
  }

  private func enter(_ work: Comprehension, _ at: Int) {
    if work.variables == 2 {
      locals[work.slot] = .value(work.keys?[at] ?? .int(Int64(at)))
      locals[work.slot + 1] = .value(work.items[at])
    } else {
      locals[work.slot] = .value(work.items[at])
    }
  }

  /// Finds an item for which the body is `wanted`, and yields that; if there is one, failures don't
  /// matter.
  private func any(_ work: Comprehension, is wanted: Bool) throws(EvaluationError) -> Value {
    var failure: EvaluationError?
    var read: [String] = []
    for at in work.items.indices {
      enter(work, at)
      do {
        if try condition(work.body) == wanted { return truth(wanted, decided) }
        if context.traces { read += decided }
      } catch {
        failure = failure ?? error
        if budget < 0 { break }
      }
    }
    if let failure { throw failure }
    return truth(!wanted, read)
  }

  private func existsOne(_ work: Comprehension) throws(EvaluationError) -> Value {
    var count = 0
    var (found, others): ([String], [String]) = ([], [])
    for at in work.items.indices {
      enter(work, at)
      let holds = try condition(work.body)
      if holds { count += 1 }
      if !context.traces { continue }
      if holds { found += decided } else { others += decided }
    }
    return truth(count == 1, count == 0 ? others : found)
  }

  private func transformList(_ work: Comprehension) throws(EvaluationError) -> [Value] {
    var result: [Value] = []
    for at in work.items.indices {
      enter(work, at)
      if work.macro == .filter {
        if try condition(work.body) { result.append(work.items[at]) }
      } else if try passes(work) {
        result.append(try evaluate(work.body))
      }
    }
    return result
  }

  private func passes(_ work: Comprehension) throws(EvaluationError) -> Bool {
    if work.filter < 0 { return true }
    return try condition(work.filter)
  }

  private func transformMap(_ work: Comprehension) throws(EvaluationError) -> ValueMap {
    var result = ValueMap()
    for at in work.items.indices {
      enter(work, at)
      guard try passes(work) else { continue }
      let value = try evaluate(work.body)
      if work.macro == .transformMap {
        let key = work.keys?[at] ?? .int(Int64(at))
        try payForSearch(result, key)
        result[key] = value
        continue
      }
      var made = value
      if case .secret(let secret) = value { made = secret.distributed }
      guard case .map(let entries) = made else {
        throw located(EvaluationError("`transformMapEntry` needs a map"), work.body)
      }
      for entry in entries.entries {
        try payForSearch(result, entry.key)
        guard result[entry.key] == nil else {
          throw located(
            EvaluationError("the key \(entry.key.shown) appears twice in the new map"), work.body)
        }
        result[entry.key] = entry.value
      }
    }
    return result
  }

  private func sortBy(_ work: Comprehension) throws(EvaluationError) -> Value {
    var keys: [Value] = []
    for at in work.items.indices {
      enter(work, at)
      keys.append(try evaluate(work.body).revealed)
    }
    return .list(try sorted(work.items, by: keys))
  }
}
