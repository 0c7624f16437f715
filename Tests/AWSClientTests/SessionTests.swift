import AWSClient
import AWSServices
import HTTP
import Testing
import Values

/// What `doctor` asks of a session.
@Suite struct SessionTests {
  private struct OneAnswer: HTTPTransport {
    var date: String?
    var error: TransportError?

    func send(
      _ request: HTTPRequest, limits: TransportLimits
    ) async throws(TransportError) -> HTTPResponse {
      if let error { throw error }
      #expect(!request.headers.contains { $0.name == "Authorization" })
      return HTTPResponse(
        status: 302, headers: date.map { [(name: "Date", value: $0)] } ?? [])
    }
  }

  private static func session(
    _ transport: OneAnswer, _ variables: [String: String] = [:]
  ) throws -> AWSSession {
    let keys = [
      "AWS_REGION": "eu-west-1", "AWS_ACCESS_KEY_ID": "E", "AWS_SECRET_ACCESS_KEY": "sE",
    ]
    return try AWSSession(
      AWSSession.Options(),
      system: SystemAccess(variables: keys.merging(variables) { $1 }) { _ in nil },
      time: HandClock(), chance: { 0 }, transport: transport)
  }

  @Test func theTimeIsThatOfAnyAnswer() async throws {
    let dated = try Self.session(OneAnswer(date: "Sun, 06 Nov 1994 08:49:37 GMT"))
    #expect(try await dated.serverTime()?.seconds == 784_111_777)
    #expect(try await Self.session(OneAnswer()).serverTime() == nil)
    let broken = try Self.session(
      OneAnswer(error: TransportError(.unreachable, "certificate not trusted")))
    let error = await #expect(throws: CloudError.self) { try await broken.serverTime() }
    #expect(error?.kind == .unreachable && error?.message == "certificate not trusted")
  }

  @Test func addressesSayWhoNamesThem() throws {
    let session = try Self.session(
      OneAnswer(), ["AWS_ENDPOINT_URL_S3": "http://localhost:9000"])
    #expect(session.addresses.map(\.service) == ["EMR", "S3", "STS"])
    #expect(
      session.addresses.map(\.host) == [
        "elasticmapreduce.eu-west-1.amazonaws.com", "localhost", "sts.eu-west-1.amazonaws.com",
      ])
    #expect(session.addresses.map(\.isGiven) == [false, true, false])
  }
}
