import Text
internal import AWSServices
internal import Subprocess
internal import Values
internal import HTTP

/// Fetches credentials from their source each time.
struct CredentialLoader: Sendable {
  let system: SystemAccess
  let context: ClientContext
  let sts: STSClient

  /// Recursion is as deep as the chain of roles, which is bounded.
  func load(_ source: CredentialSource) async throws(CredentialError) -> Credentials {
    switch source {
    case .keys(let keys): return keys
    case .process(let words, let profile): return try await run(words, profile)
    case .role(let role, let source):
      let keys = try await load(source)
      return try await assumed(role) { () async throws(CloudError) in
        try await sts.assumeRole(role, with: FixedCredentials(keys))
      }
    case .webIdentity(let role, let file):
      guard let bytes = system.readFile(file) else {
        throw CredentialError("the web identity's token can't be read: `\(file)`")
      }
      let token = ASCII.trimmed(String(decoding: bytes, as: UTF8.self))
      return try await assumed(role) { () async throws(CloudError) in
        try await sts.assumeRole(role, webIdentityToken: token)
      }
    case .container(let url, let token): return try await container(url, token)
    case .instance: return try await InstanceMetadata(system: system, context: context).load()
    }
  }

  private func assumed(
    _ role: STSClient.RoleRequest, _ call: () async throws(CloudError) -> Credentials
  ) async throws(CredentialError) -> Credentials {
    do {
      return try await call()
    } catch {
      let code = error.code.isEmpty ? "" : "\(error.code): "
      throw CredentialError("role `\(role.arn)` can't be assumed: \(code)\(error.message)")
    }
  }

  /// The program's output is never repeated in messages: it may contain keys.
  private func run(
    _ words: [String], _ profile: String
  ) async throws(CredentialError) -> Credentials {
    let name = "`credential_process` of profile `\(profile)`"
    let program = ProcessRequest(arguments: words, environment: system.variables, timeout: 60)
    switch await system.run(program) {
    case .notStarted(let reason): throw CredentialError("\(name) can't be started: \(reason)")
    case .timedOut: throw CredentialError("\(name) didn't end within 60 s")
    case .tooMuchOutput: throw CredentialError("\(name) wrote too much")
    case .finished(let status, let output):
      guard status == 0 else { throw CredentialError("\(name) ended with status \(status)") }
      guard let answer = try? JSONAnswer.read(output) else {
        throw CredentialError("the output of \(name) isn't a JSON object")
      }
      guard case .int(1)? = answer["Version"] else {
        throw CredentialError("the output of \(name) doesn't have version 1")
      }
      do {
        return try Self.programCredentials(answer)
      } catch {
        throw CredentialError("the output of \(name) can't be read: \(error.reason)")
      }
    }
  }

  private func container(
    _ url: String, _ token: CredentialSource.ContainerToken
  ) async throws(CredentialError) -> Credentials {
    let path = url.prefix { $0 != "?" }
    guard let place = Endpoint(String(path)), place.isSecure || Self.isLocal(place.host) else {
      throw CredentialError(
        "the address of the container's credentials must use HTTPS or be on this machine")
    }
    var endpoint = place
    endpoint.basePath = ""
    var request = HTTPRequest(method: "GET", endpoint: endpoint, path: place.basePath)
    if request.path.isEmpty || path.hasSuffix("/") { request.path += "/" }
    request.query = url.dropFirst(path.count + 1).split(separator: "&").map { pair in
      let name = pair.prefix { $0 != "=" }
      return (
        name: PercentEncoding.decode(String(name)),
        value: PercentEncoding.decode(String(pair.dropFirst(name.count + 1)))
      )
    }
    if let token = try text(of: token) {
      request.headers.append((name: "Authorization", value: token))
    }
    let name = "the container's credentials"
    let fetcher = MetadataFetcher(context: context, subject: name)
    return try await fetcher.fetch(request, attempts: 3, timeout: 2) {
      response throws(MalformedAnswer) in
      try Self.temporaryCredentials(try JSONAnswer.read(response.body))
    }
  }

  private func text(
    of token: CredentialSource.ContainerToken
  ) throws(CredentialError) -> String? {
    switch token {
    case .none: return nil
    case .text(let text): return text
    case .file(let path):
      guard let bytes = system.readFile(path) else {
        throw CredentialError("the container's token can't be read: `\(path)`")
      }
      let text = ASCII.trimmed(String(decoding: bytes, as: UTF8.self))
      guard text.utf8.allSatisfy({ $0 > 0x1F && $0 != 0x7F }) else {
        throw CredentialError("the container's token has more than one line: `\(path)`")
      }
      return text
    }
  }

  /// Whether a host is loopback or an endpoint of ECS or EKS.
  private static func isLocal(_ host: String) -> Bool {
    let fixed = [
      "localhost", "::1", "169.254.170.2", "169.254.170.23", "fd00:ec2::23",
    ]
    return fixed.contains(host) || (host.hasPrefix("127.") && Endpoint(host: host).isAddress)
  }

  /// A program's keys, which may be for good.
  private static func programCredentials(_ answer: ValueMap) throws(MalformedAnswer) -> Credentials
  {
    Credentials(
      accessKeyID: try answer.required("AccessKeyId"),
      secretAccessKey: try answer.required("SecretAccessKey"),
      sessionToken: try answer.text("SessionToken"), expiry: try answer.time("Expiration"))
  }

  /// A server's keys, which always expire.
  static func temporaryCredentials(_ answer: ValueMap) throws(MalformedAnswer) -> Credentials {
    guard let expiry = try answer.time("Expiration") else {
      throw MalformedAnswer("`Expiration` is missing")
    }
    return Credentials(
      accessKeyID: try answer.required("AccessKeyId"),
      secretAccessKey: try answer.required("SecretAccessKey"),
      sessionToken: try answer.required("Token"), expiry: expiry)
  }
}
