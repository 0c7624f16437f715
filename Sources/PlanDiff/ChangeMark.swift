import Text
import Values

/// One entry of an `x-change` list: a class, and when a change is for the worse.
///
///     "data"                                     a class
///     {"class": "security", "weaker": false}     a change to `false` takes protection away
///     {"class": "data", "loses": "less"}         a smaller number may lose data
///     {"class": "cost", "dearer": "more"}        a greater number costs more, a smaller one less
///     "by-name"                                  what the names under it say is added
struct ChangeMark: Sendable, Hashable {
  enum Effect: String, Sendable, CaseIterable {
    case weaker, loses, dearer
  }

  enum Trigger: Sendable, Hashable {
    /// A change to one of these scalars, as text; `removed` for absence from a document that is
    /// still there, `gone` also for a document that isn't.
    case values([String])
    case less(removal: Bool)
    case more
    /// The sizes of one family of instance types.
    case size
    /// A change to an earlier one of these, in any case of letters.
    case order([String])
  }

  /// Nil for `by-name`.
  var changeClass: ChangeClass?
  var effect: Effect?
  var trigger = Trigger.more
  var means: String?

  /// The marks of a schema's `x-change`. An entry that isn't understood is `unknown`.
  static func list(_ value: Value) -> [ChangeMark] {
    guard case .list(let items) = value else { return [ChangeMark(value)] }
    return items.map { ChangeMark($0) }
  }

  init(_ value: Value) {
    if case .map(let map) = value {
      changeClass = map["class"]?.plainText.flatMap(ChangeClass.init(rawValue:)) ?? .unknown
      means = map["means"]?.plainText
      for effect in Effect.allCases {
        guard let rule = map[effect.rawValue] else { continue }
        (self.effect, trigger) = (effect, Self.trigger(rule))
      }
      if case .list(let items)? = map["order"] {
        (effect, trigger) = (.weaker, .order(items.map { $0.keyText.lowercased() }))
      }
    } else if value.plainText != "by-name" {
      changeClass = value.plainText.flatMap(ChangeClass.init(rawValue:)) ?? .unknown
    }
  }

  private static func trigger(_ rule: Value) -> Trigger {
    let texts: [String]
    if case .list(let items) = rule {
      texts = items.map(\.keyText)
    } else {
      texts = [rule.keyText]
    }
    if texts.contains("less") { return .less(removal: texts.contains("gone")) }
    switch texts {
    case ["more"]: return .more
    case ["size"]: return .size
    default: return .values(texts)
    }
  }

  /// `isWhole`: a whole document is added or removed.
  ///
  /// 1 if a change has the effect, -1 if it has the opposite one, 0 if neither is known.
  ///
  /// `isPart`: something is added or removed that the value is only a part of.
  func sign(_ old: Value?, _ new: Value?, isWhole: Bool, isPart: Bool = false) -> Int {
    let (old, new) = (old?.scalarText, new?.scalarText)
    switch trigger {
    case .values(let texts):
      let isGone = texts.contains("gone") || texts.contains("removed") && !isWhole
      let was = old.map(texts.contains) ?? isGone
      let comes = new.map(texts.contains) ?? isGone
      return was == comes ? 0 : comes ? 1 : -1
    case .more:
      if isPart, effect == .dearer { return Self.order(old ?? "0", new ?? "0") }
      return Self.order(old, new)
    case .less(let removal):
      if removal, old != nil, new == nil { return 1 }
      if removal, old == nil, new != nil { return -1 }
      return -Self.order(old, new)
    case .size: return Self.sizes(old, new)
    case .order(let names):
      guard let was = old.flatMap({ names.firstIndex(of: $0.lowercased()) }) else { return 0 }
      guard let new else { return isWhole ? 0 : 1 }
      guard let comes = names.firstIndex(of: new.lowercased()) else { return 0 }
      return comes == was ? 0 : comes < was ? 1 : -1
    }
  }

  /// Compares numbers with the same unit.
  fileprivate static func order(_ old: String?, _ new: String?) -> Int {
    guard let old = old.flatMap(number), let new = new.flatMap(number), old.unit == new.unit,
      old.number != new.number
    else { return 0 }
    return new.number > old.number ? 1 : -1
  }

  private static func number(_ text: String) -> (number: Double, unit: String)? {
    let digits = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
    guard let number = Double(digits) else { return nil }
    return (number, text.dropFirst(digits.count).lowercased())
  }

  private static func sizes(_ old: String?, _ new: String?) -> Int {
    guard let old = old.flatMap(machine), let new = new.flatMap(machine), old.family == new.family,
      old.size != new.size
    else { return 0 }
    return new.size > old.size ? 1 : -1
  }

  /// An instance type's family, and its size relative to `large`, which EC2's prices follow.
  private static func machine(_ text: String) -> (family: String, size: Double)? {
    let parts = text.split(separator: ".").map(String.init)
    guard parts.count == 2, let family = parts.first, let name = parts.last else { return nil }
    let names: [String: Double] = [
      "nano": 0.0625, "micro": 0.125, "small": 0.25, "medium": 0.5, "large": 1, "xlarge": 2,
    ]
    if let size = names[name] { return (family, size) }
    guard name.hasSuffix("xlarge"), let times = Double(name.dropLast(6)) else { return nil }
    return (family, 2 * times)
  }
}

/// What a change means, by the marks of its place.
struct ChangeMeaning: Hashable {
  var classes: Set<ChangeClass> = []
  var dearer = false
  var cheaper = false
  /// Protection is taken away.
  var weakens = false
  /// Data may be lost.
  var loses = false
  /// Why it is for the worse, as a clause.
  var means: String?

  static let unknown = ChangeMeaning(classes: [.unknown])

  init(classes: Set<ChangeClass> = []) { self.classes = classes }

  /// The marks of one scalar.
  ///
  /// - Parameters:
  ///   - named: what the names of its place say, where the marks have `by-name`.
  ///   - fallback: the schema's default, which counts where there is no value.
  init(
    _ marks: [ChangeMark], _ old: Value?, _ new: Value?,
    named: @autoclosure () -> NameClasses.Meaning, fallback: Value? = nil, isWhole: Bool = false,
    isPart: Bool = false, isAmount: Bool = false
  ) {
    let said = named()
    // A name alone makes nothing security, but a protection's name says what turns it off.
    let named = marks.contains { $0.changeClass == nil } ? said.classes : []
    let (was, comes) = isWhole ? (old, new) : (old ?? fallback, new ?? fallback)
    for mark in marks {
      guard let own = mark.changeClass else { continue }
      // A known size of a program isn't about its data.
      if own == .data, named == [.cost] { continue }
      classes.insert(own)
      guard let effect = mark.effect else { continue }
      let sign = mark.sign(was, comes, isWhole: isWhole, isPart: isPart && isAmount)
      switch effect {
      case .dearer where sign > 0: dearer = true
      case .dearer where sign < 0: cheaper = true
      case .weaker where sign > 0: weakens = true
      case .loses where sign > 0: loses = true
      case .dearer, .weaker, .loses: continue
      }
      if effect != .dearer, sign > 0 { means = means ?? mark.means }
    }
    classes.formUnion(named)
    if named.contains(.cost) {
      let sign = ChangeMark.order(old?.scalarText, new?.scalarText)
      (dearer, cheaper) = (dearer || sign > 0, cheaper || sign < 0)
    }
    if classes.contains(.security), !marks.contains(where: { $0.effect == .weaker }) {
      weakens = weakens || said.weakens(old?.scalarText, new?.scalarText, isPart: isPart)
    }
    if classes.isEmpty { classes = [.unknown] }
    if old?.scalarText?.hasPrefix("https://") == true,
      new?.scalarText?.hasPrefix("http://") == true
    {
      classes.insert(.security)
      (weakens, means) = (true, means ?? "is no longer encrypted on its way")
    }
  }

  mutating func add(_ other: ChangeMeaning) {
    classes.formUnion(other.classes)
    dearer = dearer || other.dearer
    cheaper = cheaper || other.cheaper
    weakens = weakens || other.weakens
    loses = loses || other.loses
    means = means ?? other.means
  }

  /// Nil if the price isn't known to go one way.
  var price: Change.Price? { dearer == cheaper ? nil : dearer ? .dearer : .cheaper }
}

/// What the names of a program's own settings say (data/change/names.yml): only whole words count.
struct NameClasses: Sendable {
  private var security: Set<String> = []
  private var sizes: Set<String> = []
  private var sizePrefixes: [String] = []
  /// The values of a protection, from the weakest to the strongest, by its name.
  private var orders: [String: [String]] = [:]

  /// What names say of a change.
  struct Meaning {
    var classes: Set<ChangeClass> = []
    var order: [String] = []
    /// Whether the name of what the value is a part of is that of a protection.
    var isOfProtection = false

    /// Whether a protection is turned off, or is weaker.
    func weakens(_ old: String?, _ new: String?, isPart: Bool) -> Bool {
      guard classes.contains(.security), let old = old?.lowercased() else { return false }
      let new = new?.lowercased()
      if isPart, isOfProtection, new == nil { return true }
      if let was = order.firstIndex(of: old) {
        return new.map { (order.firstIndex(of: $0) ?? was) < was } ?? (was > 0)
      }
      let isOff = new.map { ["false", "no", "off", "none", "0"].contains($0) } ?? true
      return isOff && ["true", "yes", "on", "1", "required"].contains(old)
    }
  }

  /// Words in the name of a group of settings without which nothing is encrypted.
  private static let encryption: Set<String> = ["encryption", "ssl", "tls", "crypto", "sasl"]

  /// Nothing is known.
  init() {}

  init(_ data: Value) {
    func texts(_ value: Value?) -> [String] {
      guard case .list(let items)? = value else { return [] }
      return items.map(\.keyText)
    }
    security = Set(texts(data.member("security")))
    sizes = Set(texts(data.member("sizes")))
    sizePrefixes = texts(data.member("size-prefixes"))
    guard case .map(let map)? = data.member("orders") else { return }
    for entry in map.entries { orders[entry.key.keyText] = texts(entry.value) }
  }

  func of(_ names: [String]) -> Meaning {
    var meaning = Meaning()
    for (index, name) in names.enumerated() {
      if sizes.contains(name) || sizePrefixes.contains(where: { name.hasPrefix($0) }) {
        meaning.classes.insert(.cost)
      }
      if !security.isDisjoint(with: Self.words(name)) {
        meaning.classes.insert(.security)
      }
      if index < names.count - 1, !Self.encryption.isDisjoint(with: Self.words(name)) {
        meaning.isOfProtection = true
      }
      guard let order = orders[name] else { continue }
      meaning.classes.insert(.security)
      meaning.order = order
    }
    return meaning
  }

  /// `javax.net.ssl.keyStorePassword`: `javax`, `net`, `ssl`, `key`, `store`, `password`.
  private static func words(_ name: String) -> Set<String> {
    var words: [String] = [""]
    var wasLower = false
    for scalar in name.unicodeScalars {
      let isLetter = scalar.properties.isAlphabetic || ("0"..."9").contains(scalar)
      let isUpper = scalar.properties.isUppercase
      if !isLetter || (isUpper && wasLower) { words.append("") }
      if isLetter { words[words.count - 1].unicodeScalars.append(scalar) }
      wasLower = isLetter && !isUpper
    }
    let lower = words.filter { !$0.isEmpty }.map { $0.lowercased() }
    // `access_key`, `apiKey`, in one word as well.
    return Set(lower).union(zip(lower, lower.dropFirst()).map { $0.0 + $0.1 })
  }
}

extension Value {
  /// A scalar's text; nil for null.
  fileprivate var scalarText: String? {
    if case .null = self { return nil }
    return plainText
  }
}
