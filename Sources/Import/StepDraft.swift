import PipelineSyntax
import SourceText
import Text
import Values

/// A step of the source, and how far the pipeline understands it.
struct StepDraft {
  /// Its number in the source, from 0.
  var index: Int
  var name: DraftText
  var span: Span?
  var source: SpannedValue
  /// The kinds that can make its arguments, the most telling first; the last one says nothing about
  /// data.
  var forms: [StepForm]
  var form = 0
  /// Reads and writes that the names of options suggest.
  var guesses: [Guess] = []
  var claimsGuesses = true
  /// Whether its own action on failure is written.
  var saysAction = false
  var comments: [String] = []

  struct Guess {
    var place: DraftText
    var isWrite: Bool
  }

  var current: StepForm { forms[min(form, forms.count - 1)] }

  /// Whether it has fewer claims to give up.
  var canGiveUp: Bool { (claimsGuesses && !guesses.isEmpty) || form + 1 < forms.count }

  /// Makes fewer claims about data: first without guesses, then as a program of which nothing is
  /// known.
  mutating func giveUp() {
    if claimsGuesses, !guesses.isEmpty {
      claimsGuesses = false
    } else if form + 1 < forms.count {
      form = forms.count - 1
    }
  }

  /// The next form, because this one makes other arguments.
  mutating func tryNext() -> Bool {
    guard form + 1 < forms.count else { return false }
    form += 1
    return true
  }
}

/// Makes drafts of a source's steps.
struct StepReader {
  let kinds: [StepKindDecl]
  let cluster: ValueMap
  /// The cluster's applications, in small letters; nil if they don't matter.
  let applications: Set<String>?
  let texts: BodyTexts

  func step(_ index: Int, _ step: SpannedValue, name: DraftText) -> StepDraft {
    let path: BodyPath = [.key("Steps"), .index(index)]
    let jarPath = path + [.key("HadoopJarStep")]
    let jar = texts[jarPath + [.key("Jar")]] ?? DraftText("")
    let mainClass = texts[jarPath + [.key("MainClass")]]
    let count = step["HadoopJarStep"]?["Args"]?.items.count ?? 0
    let arguments = (0..<count).map { at in
      texts[jarPath + [.key("Args"), .index(at)]] ?? DraftText("")
    }
    let usable = kinds.filter { kind in
      guard let applications else { return true }
      return kind.applications.allSatisfy { applications.contains($0.lowercased()) }
    }
    var forms = usable.compactMap { kind in
      StepInverter(
        kind: kind, cluster: cluster, jar: jar, mainClass: mainClass, arguments: arguments
      ).form()
    }
    forms.sort { rank($0) > rank($1) }
    // The one that claims nothing comes last.
    forms = forms.filter { !$0.isPlain } + forms.filter(\.isPlain).prefix(1)
    var draft = StepDraft(
      index: index, name: name, span: step.span, source: step, forms: forms)
    if let first = forms.first, first.kind.data.isEmpty {
      draft.guesses = guesses(arguments, first)
    }
    return draft
  }

  /// Forms by how many arguments they name; then by how little they leave open.
  private func rank(_ form: StepForm) -> Int {
    form.namedCount * 4 + (form.kind.name.value == "hadoop-jar" ? 0 : 1)
      + (form.kind.data.isEmpty ? 0 : 2)
  }

  // MARK: Guesses

  private static let readNames: Set<String> = [
    "input", "inputs", "in", "source", "src", "read", "from",
  ]
  private static let writeNames: Set<String> = [
    "output", "outputs", "out", "dest", "destination", "sink", "write", "target",
  ]

  /// Locations after options, and in variables, whose names say what is done there.
  private func guesses(_ arguments: [DraftText], _ form: StepForm) -> [StepDraft.Guess] {
    var guesses: [StepDraft.Guess] = []
    func add(_ place: DraftText, _ name: String) {
      guard Self.isPlace(place.plain) else { return }
      let words = Set(ConfigDraft.identifier(name).split(separator: "_").map(String.init))
      let reads = !words.isDisjoint(with: Self.readNames)
      let writes = !words.isDisjoint(with: Self.writeNames)
      guard reads != writes, !guesses.contains(where: { $0.place.plain == place.plain }) else {
        return
      }
      guesses.append(StepDraft.Guess(place: place, isWrite: writes))
    }
    for (at, argument) in arguments.enumerated() {
      let plain = argument.plain
      if Self.isPlace(plain) {
        if at > 0, let option = arguments[at - 1].literal, option.hasPrefix("-") {
          add(argument, option)
        }
      } else if let equals = plain.utf8.firstIndex(of: .equals) {
        let offset = plain.utf8.distance(from: plain.utf8.startIndex, to: equals)
        if let (name, rest) = argument.split(at: offset), let name = name.literal,
          let place = rest.dropFirst(1)
        {
          add(place, name)
        }
      }
    }
    return guesses
  }

  static func isPlace(_ text: String) -> Bool {
    guard let colon = text.utf8.firstIndex(of: .colon) else { return false }
    let scheme = String(text[..<colon])
    return ["s3", "s3a", "s3n", "hdfs"].contains(scheme)
      && text[colon...].hasPrefix("://") && !text.contains(",") && !text.contains(" ")
  }
}

extension StepForm {
  /// Whether it claims nothing about data, and can make any arguments.
  var isPlain: Bool { ["command", "hadoop-jar"].contains(kind.name.value) }
}
