import Text
package import AWSServices
internal import Values
package import HTTP

/// STS over its query protocol.
package struct STSClient: Sendable {
  /// The owner of credentials.
  package struct Caller: Hashable, Sendable {
    package var account: String
    package var arn: String
    package var userID: String
  }

  /// Parameters for assuming a role.
  package struct RoleRequest: Hashable, Sendable {
    package var arn: String
    package var sessionName: String
    package var externalID: String?
    /// In seconds; nil for STS's default.
    package var duration: Int?

    package init(
      arn: String, sessionName: String, externalID: String? = nil, duration: Int? = nil
    ) {
      self.arn = arn
      self.sessionName = sessionName
      self.externalID = externalID
      self.duration = duration
    }
  }

  private let context: ClientContext
  private let endpoint: Endpoint
  private let region: String

  package init(context: ClientContext, region: String, endpoint: Endpoint) {
    self.context = context
    self.region = region
    self.endpoint = endpoint
  }

  package func callerIdentity(
    _ credentials: any CredentialProvider
  ) async throws(CloudError) -> Caller {
    try await call("GetCallerIdentity", [], credentials) { result throws(MalformedAnswer) in
      Caller(
        account: try result.required("Account"), arn: try result.required("Arn"),
        userID: try result.required("UserId"))
    }
  }

  package func assumeRole(
    _ role: RoleRequest, with credentials: any CredentialProvider
  ) async throws(CloudError) -> Credentials {
    var fields = Self.fields(of: role)
    if let externalID = role.externalID { fields.append((name: "ExternalId", value: externalID)) }
    return try await call("AssumeRole", fields, credentials, read: Self.credentials)
  }

  /// Needs no keys: the token authenticates the caller.
  package func assumeRole(
    _ role: RoleRequest, webIdentityToken token: String
  ) async throws(CloudError) -> Credentials {
    let fields = Self.fields(of: role) + [(name: "WebIdentityToken", value: token)]
    return try await call(
      "AssumeRoleWithWebIdentity", fields, nil, secrets: [token], read: Self.credentials)
  }

  private static func fields(of role: RoleRequest) -> [HTTPRequest.Field] {
    let duration = role.duration.map { [(name: "DurationSeconds", value: String($0))] } ?? []
    return [
      (name: "RoleArn", value: role.arn), (name: "RoleSessionName", value: role.sessionName),
    ] + duration
  }

  private static func credentials(_ result: XMLElement) throws(MalformedAnswer) -> Credentials {
    guard let keys = result.child("Credentials") else {
      throw MalformedAnswer("`Credentials` is missing")
    }
    guard let expiry = TimeText.iso(try keys.required("Expiration")) else {
      throw MalformedAnswer("`Expiration` isn't a time")
    }
    return Credentials(
      accessKeyID: try keys.required("AccessKeyId"),
      secretAccessKey: try keys.required("SecretAccessKey"),
      sessionToken: try keys.required("SessionToken"), expiry: expiry)
  }

  private func call<Answer: Sendable>(
    _ name: String, _ fields: [HTTPRequest.Field], _ credentials: (any CredentialProvider)?,
    secrets: [String] = [],
    read: @escaping @Sendable (XMLElement) throws(MalformedAnswer) -> Answer
  ) async throws(CloudError) -> Answer {
    let all = [(name: "Action", value: name), (name: "Version", value: "2011-06-15")] + fields
    let form = all.map {
      PercentEncoding.encode($0.name) + "=" + PercentEncoding.encode($0.value)
    }.joined(separator: "&")
    let request = HTTPRequest(
      method: "POST", endpoint: endpoint, path: endpoint.basePath + "/",
      headers: [
        (name: "Content-Type", value: "application/x-www-form-urlencoded; charset=utf-8")
      ], body: Array(form.utf8))
    let caller = ServiceCaller(
      context: context, credentials: credentials, service: "sts",
      failure: XMLProtocol.queryFailure)
    return try await caller.perform(
      ServiceCaller.Call(
        operation: Operation(name), region: region, request: { _ in request },
        read: { response throws(MalformedAnswer) in
          let root = try XMLProtocol.read(response, "\(name)Response")
          guard let result = root.child("\(name)Result") else {
            throw MalformedAnswer("`\(name)Result` is missing")
          }
          return try read(result)
        }, secrets: secrets))
  }
}
