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
    let token: String
    do {
      token = try await fetcher.fetch(
        HTTPRequest(
          method: "PUT", endpoint: endpoint, path: "\(endpoint.basePath)/latest/api/token",
          headers: [(name: "X-aws-ec2-metadata-token-ttl-seconds", value: "21600")]),
        attempts: attempts, timeout: timeout, read: Self.line)
    } catch {
      throw CredentialError(
        "no AWS credentials found in the environment or the profile, and "
          + error.message,
        hint: "set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY")
    }
    // The service exists: from now on failures are worth a retry.
    let folder = "\(endpoint.basePath)/latest/meta-data/iam/security-credentials/"
    func get<Answer>(
      _ path: String, _ read: (HTTPResponse) throws(MalformedAnswer) -> Answer
    ) async throws(CredentialError) -> Answer {
      try await fetcher.fetch(
        HTTPRequest(
          method: "GET", endpoint: endpoint, path: path,
          headers: [(name: "X-aws-ec2-metadata-token", value: token)]),
        attempts: 3, timeout: max(timeout, 2), read: read)
    }
    let role = try await get(folder, Self.line)
    switch try await get(folder + role, Self.keys) {
    case .success(let keys): return keys
    case .failure(let refusal):
      throw CredentialError("\(Self.name): the metadata service says `\(refusal.code)`")
    }
  }

  /// The metadata service has no keys, and says why.
  private struct Refusal: Error {
    var code: String
  }

  private static func keys(
    _ response: HTTPResponse
  ) throws(MalformedAnswer) -> Result<Credentials, Refusal> {
    let answer = try JSONAnswer.read(response.body)
    if let code = try answer.text("Code"), code != "Success" {
      return .failure(Refusal(code: code))
    }
    return .success(try CredentialLoader.temporaryCredentials(answer))
  }

  /// A response's first line, which becomes part of a path or a header.
  private static func line(_ response: HTTPResponse) throws(MalformedAnswer) -> String {
    let text = String(decoding: response.body, as: UTF8.self)
    let line = text.split(separator: "\n").first.map { ASCII.trimmed($0) } ?? ""
    guard !line.isEmpty else { throw MalformedAnswer("it is empty") }
    guard line.utf8.allSatisfy({ $0 > .space && $0 < 0x7F && $0 != .less }) else {
      throw MalformedAnswer("it isn't a name")
    }
    return line
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

  /// The first response with status 200 that can be read.
  func fetch<Answer>(
    _ request: HTTPRequest, attempts: Int, timeout: Double,
    read: (HTTPResponse) throws(MalformedAnswer) -> Answer
  ) async throws(CredentialError) -> Answer {
    let limits = TransportLimits(connect: timeout, total: timeout, bodyBytes: 1 << 20)
    var problem = ""
    for attempt in 1...max(1, min(attempts, 10)) {
      if attempt > 1 { try await pause(before: attempt) }
      let response: HTTPResponse
      do {
        response = try await context.transport.send(request, limits: limits)
      } catch {
        problem = error.message
        if error.kind == .cancelled { break }
        continue
      }
      guard response.status == 200 else {
        problem =
          "`\(request.endpoint.authority)` answered with HTTP status \(response.status)"
        // A redirect isn't followed: keys come from this machine or container alone.
        if (300..<500).contains(response.status), response.status != 429 { break }
        continue
      }
      do {
        return try read(response)
      } catch {
        problem =
          "the response of `\(request.endpoint.authority)` can't be read: \(error.reason)"
      }
    }
    throw CredentialError("\(subject): \(problem)")
  }

  private func pause(before attempt: Int) async throws(CredentialError) {
    do {
      try await context.time.sleep(
        seconds: context.policy.pause(
          after: attempt - 1, random: context.chance(), retryAfter: nil))
    } catch {
      throw CredentialError("\(subject): cancelled")
    }
  }
}
