/// The pair of keys in a config, as in EmrEtlRunner: keys, or a word for the usual places.
package enum GivenKeys: Hashable, Sendable {
  case keys(Credentials)
  /// `iam`, `env` or `default`: the credential chain.
  case chain

  private static let words: Set<String> = ["iam", "env", "default"]

  package init(accessKeyID: String, secretAccessKey: String) throws(CredentialError) {
    let (isIDWord, isSecretWord) = (
      Self.words.contains(accessKeyID), Self.words.contains(secretAccessKey)
    )
    if isIDWord || isSecretWord {
      guard accessKeyID == secretAccessKey else {
        throw CredentialError(
          "`access_key_id` and `secret_access_key` must be the same word, or a pair of keys")
      }
      self = .chain
    } else if accessKeyID.isEmpty || secretAccessKey.isEmpty {
      throw CredentialError("`access_key_id` and `secret_access_key` must both be set")
    } else {
      self = .keys(Credentials(accessKeyID: accessKeyID, secretAccessKey: secretAccessKey))
    }
  }
}
