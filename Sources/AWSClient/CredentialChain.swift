import Text
internal import Values

/// Finds the source of credentials in the AWS CLI's order: environment, role of the profile, web
/// identity, profile's keys, program, container, instance.
package struct CredentialChain: Sendable {
  private let system: SystemAccess
  let configuration: SharedConfiguration
  /// A profile that was named explicitly, which overrides the keys in the environment.
  private let namedProfile: String?

  package init(
    system: SystemAccess, configuration: SharedConfiguration, profile: String? = nil
  ) {
    self.system = system
    self.configuration = configuration
    namedProfile = profile
  }

  package var profile: String {
    namedProfile ?? system.variable("AWS_PROFILE") ?? system.variable("AWS_DEFAULT_PROFILE")
      ?? "default"
  }

  /// The region from AWS_REGION, AWS_DEFAULT_REGION or the profile.
  package var region: String? {
    system.variable("AWS_REGION") ?? system.variable("AWS_DEFAULT_REGION") ?? settings?["region"]
  }

  /// The profile's settings; nil if the profile doesn't exist.
  package var settings: [String: String]? { configuration.profiles[profile] }

  package func source() throws(CredentialError) -> CredentialSource {
    let isNamed = namedProfile != nil || system.variable("AWS_PROFILE") != nil
    if namedProfile == nil, let keys = try environmentKeys() { return .keys(keys) }
    if let settings {
      if let found = try source(profile, settings, above: []) { return found }
    } else if isNamed {
      throw CredentialError(
        "the profile `\(profile)` doesn't exist",
        hint: "run `aws configure list-profiles` to see your profiles")
    }
    if let found = try environmentWebIdentity() { return found }
    if let container = try container() { return container }
    if ASCII.lowercased(system.variable("AWS_EC2_METADATA_DISABLED") ?? "") != "true" {
      return .instance
    }
    throw CredentialError(
      "no AWS credentials found",
      hint: "set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY")
  }

  private func environmentKeys() throws(CredentialError) -> Credentials? {
    guard let id = system.variable("AWS_ACCESS_KEY_ID") else { return nil }
    guard let secret = system.variable("AWS_SECRET_ACCESS_KEY") else {
      throw CredentialError("AWS_ACCESS_KEY_ID is set but AWS_SECRET_ACCESS_KEY isn't")
    }
    return Credentials(
      accessKeyID: id, secretAccessKey: secret,
      sessionToken: system.variable("AWS_SESSION_TOKEN") ?? system.variable("AWS_SECURITY_TOKEN"))
  }

  private func environmentWebIdentity() throws(CredentialError) -> CredentialSource? {
    guard let file = system.variable("AWS_WEB_IDENTITY_TOKEN_FILE") else { return nil }
    guard let arn = system.variable("AWS_ROLE_ARN") else {
      throw CredentialError("AWS_WEB_IDENTITY_TOKEN_FILE is set but AWS_ROLE_ARN isn't")
    }
    return .webIdentity(
      STSClient.RoleRequest(arn: arn, sessionName: sessionName(nil)), tokenFile: file)
  }

  private func container() throws(CredentialError) -> CredentialSource? {
    let url: String
    if let path = system.variable("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI") {
      url = "http://169.254.170.2" + (path.hasPrefix("/") ? path : "/" + path)
    } else if let full = system.variable("AWS_CONTAINER_CREDENTIALS_FULL_URI") {
      url = full
    } else {
      return nil
    }
    if let file = system.variable("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE") {
      return .container(url: url, token: .file(file))
    }
    let token = system.variable("AWS_CONTAINER_AUTHORIZATION_TOKEN")
    return .container(url: url, token: token.map { .text($0) } ?? .none)
  }

  private func sessionName(_ given: String?) -> String {
    given ?? system.variable("AWS_ROLE_SESSION_NAME") ?? "penstock"
  }
}

// Profiles.
extension CredentialChain {
  /// A profile's source, if it has one.
  /// - Parameter above: the profiles that led here by `source_profile`.
  private func source(
    _ name: String, _ settings: [String: String], above: [String]
  ) throws(CredentialError) -> CredentialSource? {
    if let arn = settings["role_arn"] {
      // A profile that is its own source means its own keys.
      if above.last != name { return try role(arn, name, settings, above: above) }
    } else {
      try refuseSignOn(name, settings)
    }
    if let keys = try keys(name, settings) { return .keys(keys) }
    if let line = settings["credential_process"] {
      guard let words = ShellWords.split(line), !words.isEmpty else {
        throw CredentialError("`credential_process` of profile `\(name)` isn't a command")
      }
      return .process(words.map(system.expanded), profile: name)
    }
    return nil
  }

  private func keys(
    _ name: String, _ settings: [String: String]
  ) throws(CredentialError) -> Credentials? {
    guard let id = settings["aws_access_key_id"] else { return nil }
    guard let secret = settings["aws_secret_access_key"] else {
      throw CredentialError("profile `\(name)` is missing `aws_secret_access_key`")
    }
    return Credentials(
      accessKeyID: id, secretAccessKey: secret, sessionToken: settings["aws_session_token"])
  }

  private func role(
    _ arn: String, _ name: String, _ settings: [String: String], above: [String]
  ) throws(CredentialError) -> CredentialSource {
    if settings["mfa_serial"] != nil {
      throw CredentialError(
        "profile `\(name)` needs an MFA code, which Penstock doesn't ask for",
        hint: "run `\(Self.export(name))` first")
    }
    var request = STSClient.RoleRequest(
      arn: arn, sessionName: sessionName(settings["role_session_name"]),
      externalID: settings["external_id"])
    request.duration = settings["duration_seconds"].flatMap { Int($0) }
    if let file = settings["web_identity_token_file"] {
      return .webIdentity(request, tokenFile: system.expanded(file))
    }
    switch (settings["source_profile"], settings["credential_source"]) {
    case (let source?, nil):
      return .role(request, with: try sourceProfile(source, of: name, above: above))
    case (nil, let source?): return .role(request, with: try credentialSource(source, of: name))
    case (_?, _?):
      throw CredentialError(
        "profile `\(name)` has both `source_profile` and `credential_source`")
    case (nil, nil):
      throw CredentialError(
        "profile `\(name)` has `role_arn` but neither `source_profile` nor `credential_source`")
    }
  }

  private func sourceProfile(
    _ source: String, of name: String, above: [String]
  ) throws(CredentialError) -> CredentialSource {
    guard let settings = configuration.profiles[source] else {
      throw CredentialError(
        "`source_profile` of profile `\(name)` names a profile that doesn't exist: `\(source)`")
    }
    guard !above.contains(source), above.count < 10 else {
      throw CredentialError("`source_profile` of profile `\(name)` leads back to itself")
    }
    guard let found = try self.source(source, settings, above: above + [name]) else {
      throw CredentialError("profile `\(source)` has no credentials")
    }
    return found
  }

  private func credentialSource(
    _ source: String, of name: String
  ) throws(CredentialError) -> CredentialSource {
    switch ASCII.lowercased(source) {
    case "environment":
      guard let keys = try environmentKeys() else {
        throw CredentialError(
          "profile `\(name)` takes its keys from the environment, but none are set")
      }
      return .keys(keys)
    case "ec2instancemetadata": return .instance
    case "ecscontainer":
      guard let container = try container() else {
        throw CredentialError(
          "profile `\(name)` takes its credentials from a container, but this isn't one")
      }
      return container
    default:
      throw CredentialError("unknown `credential_source` of profile `\(name)`: `\(source)`")
    }
  }

  private func refuseSignOn(
    _ name: String, _ settings: [String: String]
  ) throws(CredentialError) {
    let hasKeys = settings["aws_access_key_id"] != nil || settings["credential_process"] != nil
    let names = ["sso_session", "sso_start_url", "sso_account_id", "login_session"]
    guard !hasKeys, names.contains(where: { settings[$0] != nil }) else { return }
    throw CredentialError(
      "profile `\(name)` signs in through a browser, which Penstock can't do",
      hint: "sign in with the AWS CLI, then run `\(Self.export(name))`")
  }

  /// The command that puts a profile's temporary keys into the environment.
  private static func export(_ profile: String) -> String {
    "eval \"$(aws configure export-credentials --profile \(profile) --format env)\""
  }
}
