internal import Values

/// Credentials of a source, kept until five minutes before they expire.
///
/// Concurrent callers share one fetch. If fetching fails while the old ones are still valid, those
/// are returned.
package actor CachedCredentials: CredentialProvider {
  /// How many seconds before expiry fresh ones are fetched.
  private static var margin: Int64 { 300 }

  private let source: CredentialSource
  private let loader: CredentialLoader
  private var current: Credentials?
  private var pending: Task<Result<Credentials, CredentialError>, Never>?

  package init(
    source: CredentialSource, system: SystemAccess, context: ClientContext, sts: STSClient
  ) {
    self.source = source
    loader = CredentialLoader(system: system, context: context, sts: sts)
  }

  package func credentials() async throws(CredentialError) -> Credentials {
    if let current, secondsLeft(of: current) > Self.margin { return current }
    return try await fetch()
  }

  package func renewed(after refused: Credentials) async throws(CredentialError) -> Credentials {
    // Another caller may have renewed them already.
    if let current, current != refused { return current }
    current = nil
    return try await fetch()
  }

  private func fetch() async throws(CredentialError) -> Credentials {
    let task =
      pending
      ?? Task { [loader, source] in
        do throws(CredentialError) {
          return .success(try await loader.load(source))
        } catch {
          return .failure(error)
        }
      }
    pending = task
    let result = await task.value
    if pending == task { pending = nil }
    switch result {
    case .success(let fresh):
      current = fresh
      return fresh
    case .failure(let error):
      if let current, secondsLeft(of: current) > 0 { return current }
      throw error
    }
  }

  private func secondsLeft(of keys: Credentials) -> Int64 {
    guard let expiry = keys.expiry else { return .max }
    return expiry.seconds - loader.context.now.seconds
  }
}
