import Documents
import Values

/// A step from a value to a part of it.
enum PathStep: Hashable {
  case key(String)
  case index(Int)
}

/// One thing wrong with an instance, before it is put into words.
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
    /// A key that isn't declared, where only declared ones are allowed.
    case unknownKey(Instance.Key)
    case unknownItem
    case badKeyName(Instance.Key)
    /// A key from `required`: the property's index.
    case missingKey(Int)
    /// A key that another one's presence requires.
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
  /// The key of the map entry that holds the value.
  var key: Instance.Key?
  /// The schema that isn't met.
  var schema: Int
  var path: [PathStep]
  var isWarning = false
}
