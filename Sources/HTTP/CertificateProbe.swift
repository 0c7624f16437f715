internal import NIOCore
internal import NIOPosix
internal import NIOSSL
import Platform
internal import Synchronization
import Values

/// Finds out why a server's certificate isn't accepted. The TLS library says only that it isn't, so
/// the server is asked for it once more, over a connection that nothing is sent on.
enum CertificateProbe {
  /// What is wrong with the times of the certificates that a server shows; nil if nothing is, or
  /// if they can't be had.
  static func trouble(of endpoint: Endpoint, seconds: Double) async -> String? {
    let noted = Noted()
    do {
      var configuration = TLSConfiguration.makeClientConfiguration()
      configuration.certificateVerification = .noHostnameVerification
      let context = try NIOSSLContext(configuration: configuration)
      let name = endpoint.isAddress ? nil : endpoint.host
      let limit = TimeAmount.milliseconds(Int64(min(max(seconds, 0), 10) * 1000))
      let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
        .connectTimeout(limit)
        .channelInitializer { channel in
          channel.eventLoop.makeCompletedFuture {
            let handler = try NIOSSLClientHandler(
              context: context, serverHostname: name,
              customVerificationCallback: { certificates, answer in
                noted.certificates.withLock { $0 = certificates }
                // Enough is known: nothing is sent to a server that isn't trusted.
                answer.succeed(.failed)
              })
            try channel.pipeline.syncOperations.addHandler(handler)
          }
        }
        .connect(host: endpoint.host, port: endpoint.port ?? (endpoint.isSecure ? 443 : 80)).get()
      let timer = channel.eventLoop.scheduleTask(in: limit) { channel.close(promise: nil) }
      try? await channel.closeFuture.get()
      timer.cancel()
    } catch {
      return nil
    }
    return noted.certificates.withLock { words(for: $0, at: Int64(time(nil))) }
  }

  /// Shared with the channel's thread.
  private final class Noted: Sendable {
    let certificates = Mutex<[NIOSSLCertificate]>([])
  }

  private static func words(for certificates: [NIOSSLCertificate], at now: Int64) -> String? {
    for (index, certificate) in certificates.enumerated() {
      let whose = index == 0 ? "its certificate" : "the certificate of its authority"
      let (first, last) = (Int64(certificate.notValidBefore), Int64(certificate.notValidAfter))
      if now > last { return "\(whose) expired on \(day(last))" }
      if now < first { return "\(whose) isn't valid before \(day(first))" }
    }
    return nil
  }

  private static func day(_ seconds: Int64) -> String {
    String(Value.Timestamp(seconds: seconds, nanoseconds: 0).description.prefix(10))
  }
}
