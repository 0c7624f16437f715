import LanguageServer
import Testing

/// The words of expressions, finished or not.
@Suite struct ExpressionScanTests {
  private func chains(_ text: String) -> [String] {
    ExpressionScan.all(in: Array(text.utf8)).flatMap { scan in
      scan.parts.compactMap { part in
        part.role == .global || part.role == .member ? part.chain.joined(separator: "/") : nil
      }
    }
  }

  @Test func chainsOfMembers() {
    #expect(
      chains("x ${a.b + c.?d[\"e\"]} $${no} ${f[?'g'].h}") == [
        "a", "a/b", "c", "c/d", "c/d/e", "f", "f/g", "f/g/h",
      ])
  }

  @Test func aMacrosVariableIsNoGlobalName() {
    let text = Array("${ts.filter(t, t.x == y).map(u, u.z) + t}".utf8)
    let scan = ExpressionScan.all(in: text)[0]
    let roles = scan.parts.indices.compactMap { at -> String? in
      switch scan.parts[at].role {
      case .local: "local \(scan.string(at))"
      case .global: "global \(scan.string(at))"
      default: nil
      }
    }
    #expect(
      roles == [
        "global ts", "local t", "local t", "global y", "local u", "local u", "global t",
      ])
    #expect(scan.string(scan.locals[1].receiver) == "ts.filter(t, t.x == y)")
  }

  @Test func anUnfinishedOneHasItsParts() {
    let scan = ExpressionScan.all(in: Array("a ${x.f(1, [2, y.".utf8))[0]
    #expect(!scan.isClosed)
    let dot = scan.dot(before: scan.parts.count)
    #expect(dot == scan.parts.count - 1)
    #expect(
      scan.string(scan.primaryStart(endingAt: scan.parts.count - 1)..<scan.parts.count - 1) == "y")
  }
}
