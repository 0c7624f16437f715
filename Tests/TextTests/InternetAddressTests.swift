import Testing
import Text

@Suite struct InternetAddressTests {
  @Test(
    arguments: [
      ("0.0.0.0", [0, 0, 0, 0]), ("192.0.2.1", [192, 0, 2, 1]),
      ("255.255.255.255", [255, 255, 255, 255]),
    ] as [(String, [UInt8])])
  func version4(text: String, bytes: [UInt8]) {
    #expect(InternetAddress.version4(text.utf8) == bytes)
  }

  @Test(arguments: [
    "", "1", "1.2.3", "1.2.3.4.5", "1.2.3.", ".1.2.3", "1..2.3", "256.0.0.1", "1.2.3.999",
    "01.2.3.4",
    "1.2.3.00", "1.2.3.0001", " 1.2.3.4", "1.2.3.4 ", "1.2.3.4/8", "0x1.2.3.4", "-1.2.3.4",
    "+1.2.3.4", "a.b.c.d", "١.2.3.4", "::1",
  ])
  func notVersion4(text: String) {
    #expect(InternetAddress.version4(text.utf8) == nil)
  }

  /// Addresses, and their eight groups.
  @Test(
    arguments: [
      ("::", [0, 0, 0, 0, 0, 0, 0, 0]), ("::1", [0, 0, 0, 0, 0, 0, 0, 1]),
      ("1::", [1, 0, 0, 0, 0, 0, 0, 0]), ("2001:db8::1", [0x2001, 0xDB8, 0, 0, 0, 0, 0, 1]),
      ("1:2:3:4:5:6:7:8", [1, 2, 3, 4, 5, 6, 7, 8]),
      (
        "FE80:0000:0000:0000:0202:B3FF:FE1E:8329",
        [
          0xFE80, 0, 0, 0, 0x202, 0xB3FF, 0xFE1E, 0x8329,
        ]
      ),
      ("1:2:3:4:5:6:7::", [1, 2, 3, 4, 5, 6, 7, 0]),
      ("::2:3:4:5:6:7:8", [0, 2, 3, 4, 5, 6, 7, 8]),
      ("::ffff:192.0.2.1", [0, 0, 0, 0, 0, 0xFFFF, 0xC000, 0x201]),
      ("1:2:3:4:5:6:192.0.2.1", [1, 2, 3, 4, 5, 6, 0xC000, 0x201]),
    ] as [(String, [UInt16])])
  func version6(text: String, groups: [UInt16]) {
    let bytes = groups.flatMap { [UInt8($0 >> 8), UInt8($0 & 255)] }
    #expect(InternetAddress.version6(text.utf8) == bytes)
  }

  @Test(arguments: [
    "", ":", ":::", "1", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7:8::",
    "::1:2:3:4:5:6:7:8", "1::2::3", "12345::", "::g", ":1::", "1:", "::1:", "1.2.3.4::", "::1.2.3",
    "::1.2.3.4:5", "::256.0.0.1", "1:2:3:4:5:6:7:1.2.3.4", "[::1]", "::1%eth0", "::+1", " ::1",
    "192.0.2.1",
  ])
  func notVersion6(text: String) {
    #expect(InternetAddress.version6(text.utf8) == nil)
  }
}
