import Text

/// Which names say that their values are secrets.
///
/// The only list of such names: inputs, comparisons, excerpts and messages all ask here.
package enum SecretNames {
  /// Words that count anywhere in a name, lower case and without separators.
  private static let words = [
    "accesskeyid", "password", "passwd", "passphrase", "passcode", "secret", "token", "credential",
    "apikey", "privatekey", "accesskey", "authkey", "accountkey", "sharedkey", "signingkey",
    "customerkey", "masterkey", "subscriptionkey", "licensekey", "encryptionkey", "decryptionkey",
    "hmackey", "connectionstring", "basicauth", "webhookurl", "authorization", "bearer", "pwd",
  ].map { (letters: letters(of: $0.utf8), text: Array($0.utf8)) }

  /// Words that count only at the end of a name: in the middle they mean other things.
  private static let lastWords = ["pass", "salt", "pepper", "otp", "webhook"].map {
    (letters: letters(of: $0.utf8), text: $0)
  }

  /// What a name's last word says if the value is only about a secret: where it is, how long it
  /// lives.
  private static let about: Set<String> = [
    "age", "algorithm", "alias", "arn", "arns", "audience", "bits", "bucket", "bytes", "class",
    "column", "columns", "count", "days", "description", "dir", "directory", "duration", "enable",
    "enabled", "encoding", "endpoint", "exists", "expiration", "expires", "expiry", "factory",
    "field", "fields", "file", "files", "folder", "format", "group", "groups", "header", "headers",
    "host", "hours", "id", "ids", "impl", "interval", "issuer", "kind", "length", "lifetime",
    "limit", "location", "manager", "method", "minutes", "mode", "name", "names", "optional",
    "parameter", "parameters", "path", "paths", "pattern", "policies", "policy", "port", "prefix",
    "protection", "provider", "providers", "ref", "reference", "regex", "region", "required",
    "role", "rotation", "rules", "schema", "scope", "scopes", "seconds", "server", "service",
    "size", "source", "status", "store", "strategy", "style", "suffix", "table", "timeout", "ttl",
    "type", "types", "uri", "url", "usage", "user", "users", "validity", "vendor", "version",
    "versions", "window",
  ]

  /// First words of a question or a number, as in `has_password` and `max_tokens`.
  private static let asking: Set<String> = [
    "allow", "can", "has", "is", "max", "min", "no", "num", "require", "requires", "skip", "use",
    "uses",
  ]

  /// Whether a member, option or variable of this name holds a secret. Case and separators don't
  /// matter: `apiKey`, `API_KEY` and `x-api-key` are one name.
  package static func isTelling(_ name: String) -> Bool {
    var name = name
    return name.withUTF8 { isTelling($0) }
  }

  package static func isTelling(_ name: UnsafeBufferPointer<UInt8>) -> Bool {
    guard name.count >= 3, name.count <= 200 else { return false }
    let present = letters(of: name)
    let possible = words.filter { $0.letters & ~present == 0 }
    let endings = lastWords.filter { $0.letters & ~present == 0 }
    guard !possible.isEmpty || !endings.isEmpty else { return false }
    let split = Words(name)
    if let first = split.text(at: 0), split.count > 1, asking.contains(first) { return false }
    if let last = split.text(at: split.count - 1), endings.contains(where: { $0.text == last }) {
      return true
    }
    return possible.contains { holds($0.text, split) }
  }

  /// Whether a name only describes a secret, so that its value may be shown even inside a map whose
  /// name says that it holds secrets.
  package static func isAbout(_ name: String) -> Bool {
    var name = name
    return name.withUTF8 { name in
      let split = Words(name)
      return split.text(at: split.count - 1).map(about.contains) ?? false
    }
  }

  /// The letters of a text, a bit each: most names lack a letter of every word.
  private static func letters(of text: some Sequence<UInt8>) -> UInt32 {
    text.reduce(0) { bits, byte in
      let letter = byte | .space
      return UInt8.lowercase.contains(letter) ? bits | 1 << UInt32(letter - 0x61) : bits
    }
  }

  /// Whether a word is in a name and nothing after it says otherwise.
  private static func holds(_ word: [UInt8], _ split: Words) -> Bool {
    let letters = split.letters
    guard word.count <= letters.count else { return false }
    for start in 0...(letters.count - word.count)
    where letters[start] == word[0] && letters[start..<start + word.count].elementsEqual(word) {
      var end = start + word.count
      // Digits and a plural say nothing: `password2`, `secrets`. Several tokens are counted.
      let isPlural = end < letters.count && letters[end] == 0x73
      if isPlural, !word.elementsEqual("token".utf8) || split.count == 1 { end += 1 }
      while end < letters.count, ASCII.isDigit(letters[end]) { end += 1 }
      if end == letters.count { return true }
      guard split.starts.contains(end), let last = split.text(at: split.count - 1) else { continue }
      if !about.contains(last) { return true }
    }
    return false
  }

  /// A name in lower case, and where its words start.
  private struct Words {
    var letters: [UInt8] = []
    var starts: [Int] = []

    var count: Int { starts.count }

    init(_ name: UnsafeBufferPointer<UInt8>) {
      letters.reserveCapacity(name.count)
      var isNew = true
      for (at, byte) in name.enumerated() {
        let isUpper = UInt8.uppercase.contains(byte)
        guard
          isUpper || UInt8.lowercase.contains(byte) || ASCII.isDigit(byte)
            || byte >= 0x80
        else {
          isNew = true
          continue
        }
        if isUpper, at > 0 {
          let before = name[at - 1]
          let next = at + 1 < name.count ? name[at + 1] : 0
          // `apiKey`, and the K of `APIKey`.
          if UInt8.lowercase.contains(before) || ASCII.isDigit(before)
            || (UInt8.uppercase.contains(before) && UInt8.lowercase.contains(next))
          {
            isNew = true
          }
        }
        if isNew { starts.append(letters.count) }
        isNew = false
        letters.append(isUpper ? byte | .space : byte)
      }
    }

    func text(at index: Int) -> String? {
      guard starts.indices.contains(index) else { return nil }
      let end = index + 1 < starts.count ? starts[index + 1] : letters.count
      return String(decoding: letters[starts[index]..<end], as: UTF8.self)
    }
  }
}
