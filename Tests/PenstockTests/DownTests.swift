import Foundation
import TestSupport
import Testing

/// `penstock down`, with the binary.
@Suite struct DownTests {
  @Test func theClusterOfARunIsEnded() throws {
    let sandbox = try SandboxRun()
    let run = try sandbox.run(["--use-persistent-jobflow"])
    #expect(run.status == 0, "\(run.errors)")
    let status = try sandbox.penstock(["status"]).text
    #expect(
      status.hasSuffix(
        "\nTo end its cluster, if that still waits: "
          + "penstock down 2026-03-01-05-06-07 --sandbox box\n"), "\(status)")
    let dry = try sandbox.penstock(["down", "--dry-run"])
    #expect(
      dry.text == "2026-03-01-05-06-07: the cluster j-SANDB00000001 would be terminated\n",
      "\(dry.errors)")
    let down = try sandbox.penstock(["down", "2026-03-01-05-06-07"])
    #expect(
      down.text == "2026-03-01-05-06-07: the cluster j-SANDB00000001 is being terminated\n",
      "\(down.errors)")
    let again = try sandbox.penstock(["down"])
    #expect(
      again.status == 0 && again.text.contains("j-SANDB00000001 is TERMINAT"), "\(again.text)")
  }

  @Test func aClusterThatWorksIsLeftAlone() throws {
    let sandbox = try SandboxRun()
    let run = try sandbox.run(["--use-persistent-jobflow", "--fault", "crash-after=12"])
    #expect(run.status == -1)
    let down = try sandbox.penstock(["down"])
    #expect(down.status == 18, "\(down.text)")
    #expect(down.errors.contains("error[cluster-busy]: the cluster `j-SANDB00000001` is used by"))
    #expect(down.errors.contains("`--force` ends it nevertheless"), "\(down.errors)")
    #expect(try sandbox.penstock(["down", "--force"]).text.contains("is being terminated"))
  }

  /// A cluster for one run only has ended with it.
  @Test func aClusterOfOneRunIsNotLeft() throws {
    let sandbox = try SandboxRun()
    #expect(try sandbox.run().status == 0)
    #expect(try !sandbox.penstock(["status"]).text.contains("penstock down"))
    let down = try sandbox.penstock(["down"])
    #expect(down.status == 0 && down.text.hasSuffix("j-SANDB00000001 is TERMINATED already\n"))
  }

  @Test func anUnknownRunIsRefused() throws {
    let sandbox = try SandboxRun()
    let down = try sandbox.penstock(["down", "none"])
    #expect(down.status == 1 && down.errors.contains("error[run-unknown]"), "\(down.errors)")
  }
}
