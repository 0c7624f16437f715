import CZlib

/// Gzip (RFC 1952) of whole texts.
package enum GzipStream {
  /// Whether bytes start like a gzip stream.
  package static func isGzip(_ bytes: some Collection<UInt8>) -> Bool {
    bytes.starts(with: [0x1F, 0x8B])
  }

  /// Nil if zlib fails (no memory).
  package static func compress(_ bytes: [UInt8]) -> [UInt8]? {
    var stream = z_stream()
    // 15 + 16: the largest window, with a gzip header, which has no timestamp.
    guard
      deflateInit2_(
        &stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
        Int32(MemoryLayout<z_stream>.size)) == Z_OK
    else { return nil }
    defer { deflateEnd(&stream) }
    return pump(&stream, bytes, limit: .max) { deflate($0, Z_FINISH) }?.bytes
  }

  /// The first `limit` bytes of the text of a gzip stream, of all its members; nil if it isn't one or
  /// is broken.
  package static func decompress(_ bytes: [UInt8], limit: Int) -> [UInt8]? {
    var stream = z_stream()
    guard
      inflateInit2_(&stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK
    else { return nil }
    defer { inflateEnd(&stream) }
    guard let result = pump(&stream, bytes, limit: limit, { inflate($0, Z_NO_FLUSH) }),
      result.isWhole || result.bytes.count >= limit
    else { return nil }
    return result.bytes
  }

  /// The last `keep` bytes of a gzip stream's text, which may be truncated or as long as `limit`;
  /// nil if it isn't a gzip stream.
  package static func tail(_ bytes: [UInt8], keep: Int, limit: Int) -> [UInt8]? {
    var stream = z_stream()
    guard
      inflateInit2_(&stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK
    else { return nil }
    defer { inflateEnd(&stream) }
    return pump(&stream, bytes, limit: limit, keep: keep, { inflate($0, Z_NO_FLUSH) })?.bytes
  }

  /// Runs all of `input` through a stream, and returns at most the last `keep` bytes of output.
  /// Stops after about `limit` bytes.
  private static func pump(
    _ stream: inout z_stream, _ input: [UInt8], limit: Int, keep: Int = .max,
    _ turn: (UnsafeMutablePointer<z_stream>) -> Int32
  ) -> (bytes: [UInt8], isWhole: Bool)? {
    var out: [UInt8] = []
    var made = 0
    var isWhole = false
    var chunk = [UInt8](repeating: 0, count: 65_536)
    var source = input
    let isGood = source.withUnsafeMutableBufferPointer { buffer -> Bool in
      guard let count = UInt32(exactly: buffer.count) else { return false }
      stream.next_in = buffer.baseAddress
      stream.avail_in = count
      while made < limit {
        let (status, written) = chunk.withUnsafeMutableBufferPointer { space -> (Int32, Int) in
          stream.next_out = space.baseAddress
          stream.avail_out = UInt32(space.count)
          let status = turn(&stream)
          return (status, space.count - Int(stream.avail_out))
        }
        out.append(contentsOf: chunk[..<min(written, limit - made)])
        made += written
        if out.count > keep, out.count - keep > keep || out.count > 1 << 20 {
          out.removeFirst(out.count - keep)
        }
        switch status {
        case Z_STREAM_END:
          isWhole = !startNextMember(of: &stream)
          if isWhole { return true }
        case Z_OK where written > 0 || stream.avail_in > 0: continue
        case Z_OK, Z_BUF_ERROR: return true
        default: return made > 0 && keep != .max
        }
      }
      return true
    }
    guard isGood else { return nil }
    if out.count > keep { out.removeFirst(out.count - keep) }
    return (out, isWhole)
  }

  /// Whether another member follows in what is read, which is then read next; what follows and isn't
  /// one is left aside.
  private static func startNextMember(of stream: inout z_stream) -> Bool {
    guard stream.avail_in >= 2, let next = stream.next_in,
      isGzip(UnsafeBufferPointer(start: next, count: 2))
    else { return false }
    return inflateReset(&stream) == Z_OK
  }
}
