import Gzip
import Testing

/// Compressing, decompressing, and input that isn't gzip.
@Suite struct GzipStreamTests {
  private static let text = Array("a line of text\n".utf8)

  /// Several chunks' worth, which doesn't compress away.
  private static let long: [UInt8] = {
    var state: UInt32 = 1
    return (0..<300_000).map { _ in
      state = state &* 1_664_525 &+ 1_013_904_223
      return UInt8(truncatingIfNeeded: state >> 24)
    }
  }()

  @Test(arguments: [[], text, long]) func givesBackWhatItTook(_ bytes: [UInt8]) throws {
    let packed = try #require(GzipStream.compress(bytes))
    #expect(GzipStream.isGzip(packed))
    #expect(GzipStream.decompress(packed, limit: 1 << 20) == bytes)
    #expect(GzipStream.tail(packed, keep: 1 << 20, limit: 1 << 20) == bytes)
    #expect(try #require(GzipStream.compress(bytes)) == packed, "no time is in it")
  }

  @Test(arguments: [[], [0x1F], [0x8B, 0x1F], Array("text".utf8)] as [[UInt8]])
  func refusesWhatIsNotGzip(_ bytes: [UInt8]) {
    #expect(!GzipStream.isGzip(bytes))
    #expect(GzipStream.decompress(bytes, limit: 100) == nil)
  }

  /// Every member of a stream counts, as for `gzip -d`: logs are appended to member by member.
  @Test func readsAllMembers() throws {
    let members = ["one\n", "", "two\n", "three\n"].map { Array($0.utf8) }
    let packed = try members.flatMap { try #require(GzipStream.compress($0)) }
    #expect(GzipStream.decompress(packed, limit: 100) == Array("one\ntwo\nthree\n".utf8))
    #expect(GzipStream.tail(packed, keep: 6, limit: 100) == Array("three\n".utf8))
    let cut = Array(packed.dropLast(3))
    #expect(GzipStream.decompress(cut, limit: 100) == nil)
    #expect(GzipStream.tail(cut, keep: 6, limit: 100) == Array("three\n".utf8))
  }

  /// Bytes after the last member that aren't another member are ignored.
  @Test func ignoresWhatFollows() throws {
    let packed = try #require(GzipStream.compress(Self.text))
    for tail in [[0], [0, 0, 0, 0], [0x1F], Array("garbage".utf8)] as [[UInt8]] {
      #expect(GzipStream.decompress(packed + tail, limit: 100) == Self.text)
    }
  }

  /// A truncated stream isn't decompressed, but its tail is read as far as it goes.
  @Test func tellsACutStreamFromAWholeOne() throws {
    let packed = try #require(GzipStream.compress(Self.long))
    for count in [0, 1, 5, 10, 100, packed.count / 2, packed.count - 8, packed.count - 1] {
      #expect(GzipStream.decompress(Array(packed.prefix(count)), limit: 1 << 20) == nil, "\(count)")
    }
    let half = Array(packed.prefix(packed.count / 2))
    let tail = try #require(GzipStream.tail(half, keep: 1 << 20, limit: 1 << 20))
    #expect(tail.count > 100_000 && Self.long.starts(with: tail))
  }

  @Test func findsWhatIsBroken() throws {
    let packed = try #require(GzipStream.compress(Self.long))
    var badSum = packed
    badSum[packed.count - 8] ^= 0xFF
    #expect(GzipStream.decompress(badSum, limit: 1 << 20) == nil)
    var badBlock = packed
    badBlock[10] = 0xFF
    #expect(GzipStream.decompress(badBlock, limit: 1 << 20) == nil)
    #expect(GzipStream.tail(badBlock, keep: 10, limit: 1 << 20) == nil)
    var badHeader = packed
    badHeader[2] = 0
    #expect(GzipStream.decompress(badHeader, limit: 1 << 20) == nil)
  }

  @Test func makesNoMoreThanItMay() throws {
    let packed = try #require(GzipStream.compress([UInt8](repeating: 7, count: 10_000_000)))
    #expect(packed.count < 20_000)
    for limit in [1, 1000, 65_536, 100_000] {
      let found = GzipStream.decompress(packed, limit: limit)
      #expect(found == [UInt8](repeating: 7, count: limit))
    }
    #expect(GzipStream.decompress(packed, limit: 20_000_000)?.count == 10_000_000)
  }

  @Test(arguments: [1, 10, 70_000, 299_999]) func keepsTheEnd(_ keep: Int) throws {
    let packed = try #require(GzipStream.compress(Self.long))
    #expect(GzipStream.tail(packed, keep: keep, limit: 1 << 20) == Array(Self.long.suffix(keep)))
  }
}
