/// Where credentials come from, according to the environment and the profiles, before any are
/// fetched.
package indirect enum CredentialSource: Hashable, Sendable {
  case keys(Credentials)
  /// A program, named by the profile, that prints them.
  case process([String], profile: String)
  case role(STSClient.RoleRequest, with: CredentialSource)
  case webIdentity(STSClient.RoleRequest, tokenFile: String)
  /// A container's credentials endpoint: its URL, and its authorization token.
  case container(url: String, token: ContainerToken)
  /// The machine's own role, from its metadata service.
  case instance

  package enum ContainerToken: Hashable, Sendable {
    case none
    case text(String)
    case file(String)
  }

  /// Where they come from, for messages; contains none of them.
  package var description: String {
    switch self {
    case .keys: "the given keys"
    case .process(_, let profile): "`credential_process` of profile `\(profile)`"
    case .role(let role, _): "role `\(role.arn)`"
    case .webIdentity(let role, _): "role `\(role.arn)` by web identity"
    case .container: "the container's credentials"
    case .instance: "the instance's profile"
    }
  }
}
