import Diagnostics
import Expressions
import SourceText
import Values

/// The values of paths in one scope.
final class KnownPathValues {
  private var paths = PlainPaths()
  private var values: [Value] = []

  /// The value of a path; nil where `find` has none, and where there are too many.
  func value(of path: UnsafeBufferPointer<UInt8>, find: (String) -> Value?) -> Value? {
    if let number = paths.number(of: path) { return values[number] }
    guard paths.hasRoom, let value = find(String(decoding: path, as: UTF8.self)) else { return nil }
    paths.add(path)
    values.append(value)
    return value
  }
}

/// The types of paths in one environment, for texts whose expressions are paths alone.
final class KnownPathTypes {
  private var environment = TypeEnvironment()
  private var paths = PlainPaths()
  private var types: [ValueType] = []

  /// The type of a text; nil where it has to be parsed to tell, or to say what is wrong with it.
  func type(of node: NodeID, _ tree: Tree, _ environment: TypeEnvironment) -> ValueType? {
    if !self.environment.isIdentical(to: environment) {
      self.environment = environment
      paths.removeAll()
      types.removeAll(keepingCapacity: true)
    }
    return tree.withBytes(node) { bytes in
      var at = 0
      while at < bytes.count {
        switch PlainPaths.piece(of: bytes, from: at) {
        case .other: return nil
        case .text(let range): at = range.upperBound
        case .path(let range):
          guard let type = type(of: UnsafeBufferPointer(rebasing: bytes[range])) else { return nil }
          if at == 0, range.upperBound + 1 == bytes.count { return type }
          guard case .string = type else { return nil }
          at = range.upperBound + 1
        }
      }
      return .string
    }
  }

  private func type(of path: UnsafeBufferPointer<UInt8>) -> ValueType? {
    if let number = paths.number(of: path) { return types[number] }
    guard paths.hasRoom,
      let type = Self.type(ofPath: String(decoding: path, as: UTF8.self), environment)
    else { return nil }
    paths.add(path)
    types.append(type)
    return type
  }

  private static func type(ofPath path: String, _ environment: TypeEnvironment) -> ValueType? {
    var found: [Diagnostic] = []
    let place = Span(SourceID(index: 0), 0, 0)
    let expression = Expression.parse(path, locate: { _ in place }, into: &found)
    let type = expression?.check(in: environment, into: &found)
    return found.isEmpty ? type : nil
  }
}
