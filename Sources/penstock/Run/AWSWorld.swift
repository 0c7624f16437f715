import Host
import AWSServices
import Diagnostics
import Executor
import PlanFormat
import Values

#if canImport(AWSClient)
  import AWSClient
  import HTTP

  extension RunWorld {
    /// AWS, with the config's keys or the standard credential chain. Makes no requests yet.
    static func aws(_ entry: Entry) throws(WorldRefusal) -> RunWorld {
      var variables = Environment.all()
      // Programs that cron starts may have none, and keys may be in `~/.aws`.
      variables["HOME"] = Environment.home
      let system = SystemAccess(variables: variables, readFile: { try? Files.read($0) })
      do throws(CredentialError) {
        var options = AWSSession.Options()
        // As with all AWS tools, the environment's region is the default.
        options.region = entry.region.flatMap { $0.isEmpty ? nil : $0 }
        options.keys = try keys(entry.credentials)
        let random = SystemRandom()
        let session = try AWSSession(
          options, system: system, time: SystemTime(), chance: { random.fraction() })
        let transport = SocketTransport(
          settings: (try? TransportSettings(variables: system.variables)) ?? TransportSettings())
        let client = WebClient(transport: transport)
        let emr: any EMRService =
          switch entry.jobs {
          case nil: session.emr
          case .serverless: session.serverless
          case .eks: session.containers
          }
        return RunWorld(
          emr: emr, clusters: session.emr, store: session.objects, time: SystemTime(),
          sender: client,
          notifier: Notifier(sender: client, environment: Environment.all()) {
            topic, subject, message, seconds throws(CloudError) in
            try await session.topics.publish(
              message, subject: subject, to: topic, seconds: seconds)
          },
          account: { () async throws(CloudError) in try await session.caller().account },
          access: cloudAccess(of: session))
      } catch {
        throw WorldRefusal(.awsUnavailable(error.message, hint: error.hint), .failure)
      }
    }

    private static func cloudAccess(of session: AWSSession) -> CloudAccess {
      CloudAccess(
        credentials: session.credentialSource, region: session.region,
        addresses: session.addresses.map {
          CloudAccess.Address(service: $0.service, host: $0.host, isGiven: $0.isGiven)
        },
        caller: { () async throws(CloudError) in
          let caller = try await session.caller()
          return CloudAccess.Caller(account: caller.account, arn: caller.arn)
        },
        serverTime: { () async throws(CloudError) in try await session.serverTime() })
    }

    private static func keys(_ settings: Value) throws(CredentialError) -> Credentials? {
      guard let id = settings["access-key-id"].text,
        let secret = settings["secret-access-key"].text
      else { return nil }
      switch try GivenKeys(accessKeyID: id, secretAccessKey: secret) {
      case .chain: return nil
      case .keys(var keys):
        if let token = settings["session-token"].text { keys.sessionToken = token }
        return keys
      }
    }
  }

  /// Requests to servers other than AWS: a collector, Consul.
  private struct WebClient: WebSender {
    let transport: SocketTransport

    func send(
      method: String, url: String, headers: [(name: String, value: String)], body: [UInt8],
      seconds: Double
    ) async throws(CloudError) -> (status: Int, body: [UInt8]) {
      guard let request = HTTPRequest(method: method, url: url, headers: headers, body: body) else {
        throw CloudError(.refused, operation: method, message: "the address cannot be read")
      }
      do throws(TransportError) {
        let answer = try await transport.send(
          request, limits: TransportLimits(connect: seconds, total: seconds, bodyBytes: 1 << 20))
        return (answer.status, answer.body)
      } catch {
        throw CloudError(Self.kind(error.kind), operation: method, message: error.message)
      }
    }

    private static func kind(_ kind: TransportError.Kind) -> CloudError.Kind {
      switch kind {
      case .unreachable: .unreachable
      case .broken, .timedOut: .lost
      case .tooLarge: .malformed
      case .invalid: .refused
      case .cancelled: .cancelled
      }
    }
  }

#else

  extension RunWorld {
    static func aws(_ entry: Entry) throws(WorldRefusal) -> RunWorld {
      throw WorldRefusal(
        .awsUnavailable(
          "this build of Penstock has no AWS client", hint: "give `--sandbox` or `--facts`"),
        .failure)
    }
  }

#endif
