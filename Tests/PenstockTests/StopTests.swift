import Foundation
import TestSupport
import Testing

/// A command that waits ends when it is told to, whatever it waits for.
@Suite struct StopTests {
  /// Runs the shell's words with a time limit; `$P` is the program.
  private func shell(_ words: String, in folder: URL) throws -> (run: Run, seconds: Double) {
    let begun = Date()
    let run = try Run(
      ["-c", words], environment: ["P": Run.binary.path, "HOME": folder.path], folder: folder,
      program: URL(filePath: "/bin/sh"))
    return (run, Date().timeIntervalSince(begun))
  }

  @Test(arguments: ["mkfifo L", "mkdir L", "ln -s none L", "ln -s p.yml L", "ln -s L L"])
  func aLockThatIsNoFileIsAnErrorAtOnce(make: String) throws {
    let scratch = try Scratch()
    try scratch.file("p.yml", "penstock: v1\npipeline: small\n")
    let (run, seconds) = try shell(
      "\(make); timeout -s KILL 20 $P unlock ./L; echo $?; timeout -s KILL 20 $P unlock ./L --force;"
        + " echo $?", in: scratch.folder)
    #expect(run.text == "1\n1\n", "\(run.errors)")
    #expect(run.errors.contains("not a regular file"))
    #expect(seconds < 30)
  }

  /// The journal's file may be kept by another program; then SQLite waits, and hears no signal.
  @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/python3")))
  func endsWithinSecondsOfSIGTERM() throws {
    let scratch = try Scratch()
    try scratch.file(
      "hold.py",
      """
      import sqlite3, time, sys
      db = sqlite3.connect("j.db", isolation_level=None)
      db.execute("begin exclusive")
      open("held", "w").close()
      time.sleep(30)
      """)
    let (run, seconds) = try shell(
      """
      $P history --journal j.db
      python3 hold.py & holder=$!
      while [ ! -e held ]; do sleep 0.1; done
      timeout -s TERM -k 6 1 $P status x --journal j.db; echo $?
      kill $holder
      """, in: scratch.folder)
    // 137 would be the end by SIGKILL.
    #expect(!run.text.contains("137"), "\(run.text) \(run.errors)")
    #expect(seconds < 30)
  }
}
