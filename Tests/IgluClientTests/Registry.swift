import HTTP
import IgluClient
import Synchronization

/// A registry that gives prepared answers, one after the other; the last one again and again.
final class Registry: HTTPTransport {
  private let answers: [Result<HTTPResponse, TransportError>]
  private let kept = Mutex<[HTTPRequest]>([])

  init(_ answers: [Result<HTTPResponse, TransportError>]) { self.answers = answers }

  /// The requests so far.
  var requests: [HTTPRequest] { kept.withLock { $0 } }

  func send(_ request: HTTPRequest, limits: TransportLimits) async throws(TransportError)
    -> HTTPResponse
  {
    let number = kept.withLock {
      $0.append(request)
      return $0.count - 1
    }
    guard let answer = number < answers.count ? answers[number] : answers.last else {
      throw TransportError(.unreachable, "no answer is prepared")
    }
    return try answer.get()
  }

  func source(_ uri: String = "https://acme.example/api", key: String? = nil) -> WebSource {
    WebSource(
      uri: uri, key: key, hosts: [], transport: self, limits: .standard, turns: AsyncSemaphore(2))
  }
}

extension Result where Success == HTTPResponse, Failure == TransportError {
  /// An answer with a status, headers and a text.
  static func answer(
    _ status: Int, _ headers: [HTTPRequest.Field] = [], _ body: String = ""
  ) -> Self {
    .success(HTTPResponse(status: status, headers: headers, body: Array(body.utf8)))
  }

  static func failed(_ kind: TransportError.Kind) -> Self {
    .failure(TransportError(kind, "as prepared"))
  }
}
