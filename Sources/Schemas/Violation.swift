import Documents
import Values

/// A step from a value to a part of it.
enum PathStep: Hashable {
  case key(String)
  case index(Int)
}

/// What is wrong with an instance, before it is put into words.
struct Violation<Instance: SchemaInstance> {
  enum Reason {
    case wrongType(TypeSet)
    case notAmong([TableRange])
    case belowMinimum, aboveMaximum, notAboveMinimum, notBelowMaximum, notMultiple
    case tooShort(Int), tooLong(Int)
    case badPattern
    case badFormat
    case badContent
    case tooFewItems, tooManyItems
    case duplicateItem(first: Instance.Node, at: Int)
    case notContained, tooFewContained(Int), tooManyContained(Int)
    case tooFewKeys, tooManyKeys
    /// A key that may not be there: not declared.
    case unknownKey(Instance.Key)
    case unknownItem
    case badKeyName(Instance.Key)
    /// A key that `required` has: the property's index.
    case missingKey(Int)
    /// A key that another one's presence asks for: a dependency's index.
    case missingDependent(String, because: String)
    case notAllowed
    case excluded
    case noAlternative
    case severalAlternatives(Int)
    case tooDeep
  }

  var reason: Reason
  var node: Instance.Node
  var kind: Tree.Kind
  /// The key of the map's entry in which the value stands.
  var key: Instance.Key?
  /// The schema that is not met.
  var schema: Int
  var path: [PathStep]
  var isWarning = false
}
