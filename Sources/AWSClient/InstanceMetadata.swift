import Text
internal import AWSServices
internal import Values
internal import HTTP

/// The credentials of an EC2 instance's role, from version 2 of its metadata service.
///
/// Version 1, which can be abused through request forgery, is never used.
struct InstanceMetadata: Sendable {
  let system: SystemAccess
  let context: ClientContext

  private static var name: String { "the instance's credentials" }

  func load() async throws(CredentialError) -> Credentials {
    let endpoint = try endpoint()
    let timeout = system.variable("AWS_METADATA_SERVICE_TIMEOUT").flatMap { Double($0) } ?? 1
    let attempts = system.variable("AWS_METADATA_SERVICE_NUM_ATTEMPTS").flatMap { Int($0) } ?? 1
    let fetcher = MetadataFetcher(context: context, subject: Self.name)
    let answer: HTTPResponse
    do {
      answer = try await fetcher.fetch(
        HTTPRequest(
          method: "PUT", endpoint: endpoint, path: "\(endpoint.basePath)/latest/api/token",
          headers: [(name: "X-aws-ec2-metadata-token-ttl-seconds", value: "21600")]),
        attempts: attempts, timeout: timeout)
    } catch {
      throw CredentialError(
        "no AWS credentials found in the environment or the profile, and "
          + error.message,
        hint: "set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY")
    }
    let token = ASCII.trimmed(String(decoding: answer.body, as: UTF8.self))
    // The service exists: from now on failures are worth a retry.
    let folder = "\(endpoint.basePath)/latest/meta-data/iam/security-credentials/"
    func get(_ path: String) async throws(CredentialError) -> HTTPResponse {
      try await fetcher.fetch(
        HTTPRequest(
          method: "GET", endpoint: endpoint, path: path,
          headers: [(name: "X-aws-ec2-metadata-token", value: token)]),
        attempts: 3, timeout: max(timeout, 2))
    }
    let roles = String(decoding: try await get(folder).body, as: UTF8.self)
    guard let role = roles.split(separator: "\n").first.map({ ASCII.trimmed($0) }), !role.isEmpty
    else { throw CredentialError("the instance has no role") }
    let keys = try fetcher.object(try await get(folder + role))
    if let code = keys.text("Code"), code != "Success" {
      throw CredentialError("\(Self.name): the metadata service says `\(code)`")
    }
    return try CredentialLoader.credentials(keys, token: "Token", from: Self.name)
  }

  private func endpoint() throws(CredentialError) -> Endpoint {
    if let url = system.variable("AWS_EC2_METADATA_SERVICE_ENDPOINT") {
      guard let endpoint = Endpoint(url) else {
        throw CredentialError("AWS_EC2_METADATA_SERVICE_ENDPOINT isn't a URL")
      }
      return endpoint
    }
    let mode = ASCII.lowercased(system.variable("AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE") ?? "")
    return Endpoint(host: mode == "ipv6" ? "fd00:ec2::254" : "169.254.169.254", isSecure: false)
  }
}

/// Makes unsigned requests to the services of a machine or container.
struct MetadataFetcher: Sendable {
  let context: ClientContext
  /// What is requested, for messages.
  let subject: String

  /// The first response with status 200.
  func fetch(
    _ request: HTTPRequest, attempts: Int, timeout: Double
  ) async throws(CredentialError) -> HTTPResponse {
    let limits = TransportLimits(connect: timeout, total: timeout, bodyBytes: 1 << 20)
    var problem = ""
    for attempt in 1...max(1, min(attempts, 10)) {
      if attempt > 1 {
        do {
          try await context.time.sleep(
            seconds: context.policy.pause(
              after: attempt - 1, random: context.chance(), retryAfter: nil))
        } catch {
          throw CredentialError("\(subject): cancelled")
        }
      }
      do {
        let response = try await context.transport.send(request, limits: limits)
        if response.status == 200 { return response }
        problem = "`\(request.endpoint.authority)` answered with HTTP status \(response.status)"
        if (400..<500).contains(response.status), response.status != 429 { break }
      } catch {
        problem = error.message
        if error.kind == .cancelled { break }
      }
    }
    throw CredentialError("\(subject): \(problem)")
  }

  func object(_ response: HTTPResponse) throws(CredentialError) -> ValueMap {
    do {
      return try JSONAnswer.read(response.body)
    } catch {
      throw CredentialError("\(subject): the response isn't a JSON object")
    }
  }
}
