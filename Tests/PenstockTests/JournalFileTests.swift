import Foundation
import TestSupport
import Testing

/// The journal's file as users treat it: copied, read-only, taken away, on a full disk.
@Suite struct JournalFileTests {
  private static let journal = "box/.penstock/journal.db"

  /// Runs the shell's words in a run's folder: `$P` is the program, `$RUN` its `run` of the example.
  private func shell(_ words: String, in run: SandboxRun) throws -> Run {
    let inputs = (SandboxRun.inputs + SandboxRun.time).joined(separator: " ")
    return try Run(
      ["-c", words],
      environment: SandboxRun.secrets.merging([
        "P": Run.binary.path, "RUN": "\(Run.binary.path) run \(inputs) --sandbox box",
        "J": Self.journal, "HOME": run.folder.path,
      ]) { $1 }, folder: run.folder, program: URL(filePath: "/bin/sh"))
  }

  /// Words that wait until the cluster has been started.
  private static let launched = """
    i=0; while ! grep -q RUNNING box/.penstock/emr.json 2>/dev/null && [ $i -lt 600 ]; do
      sleep 0.05; i=$((i + 1))
    done

    """

  // MARK: Reading

  /// `history` and `status` on copies of a journal that is being written.
  @Test func copiesTakenDuringARunAreRead() throws {
    let run = try SandboxRun()
    let result = try shell(
      """
      $RUN --pace 400 -q & pid=$!
      \(Self.launched)
      mkdir copies
      for i in 1 2 3 4 5 6 7 8 9 10; do
        cp $J copies/$i.db
        [ ! -e $J-journal ] || cp $J-journal copies/$i.db-journal 2>/dev/null
        $P status --offline --format json --journal copies/$i.db >> said || echo "$i: $?"
        $P history --format json --journal copies/$i.db >> said || echo "$i: $?"
        sleep 0.1
      done
      kill -9 $pid; wait $pid 2>/dev/null
      ls copies | grep -v '^[0-9]*.db$' | grep -v -e -journal
      true
      """, in: run)
    #expect(result.text == "", "\(result.errors)")
    let said = try String(contentsOf: run.folder.appending(path: "said"), encoding: .utf8)
    #expect(said.contains("2026-03-01-05-06-07") && said.contains("applying"))
  }

  @Test func commandsThatLookMakeAndChangeNothing() throws {
    let run = try SandboxRun()
    let all = "find . -mindepth 1 -name box -prune -o -printf '%p %s %T@\\n' | sort"
    let none = try shell(
      """
      \(all) > before
      for c in history status 'status x' logs 'cancel x' 'apply x' 'unlock x' 'plan --recover x' \
        'run --recover x'; do $P $c --journal none.db; done
      $P history; $P status
      \(all) > after
      grep -v -e before -e after before > b; grep -v -e before -e after after | diff b - && ls -A
      """, in: run)
    #expect(none.status == 0, "\(none.text)")
    #expect(!none.text.contains("none.db") && !none.text.contains(".local"), "\(none.text)")
    let some = try shell(
      """
      $RUN -q --fault shred=fail; cp $J j.db; ls -l --time-style=full-iso > before
      for c in history status 'status 2026-03-01-05-06-07' logs 'plan --recover 2026-03-01-05-06-07'; do
        $P $c --journal j.db --sandbox box > out.txt || echo "$c: $?"; rm out.txt
      done
      ls -l --time-style=full-iso | grep j.db > after; grep j.db before | diff - after
      """, in: run)
    #expect(some.text == "", "\(some.text) \(some.errors)")
  }

  /// As a user who may read the journal, but write neither it nor its folder.
  @Test func aReadOnlyJournalIsReadAndNotRunOn() throws {
    let run = try SandboxRun()
    let result = try shell(
      """
      $RUN -q || exit 9
      mkdir ro; cp $J ro/j.db; chmod 444 ro/j.db; chmod 555 ro; chmod -R a+rX .; chmod 777 box
      as=; [ $(id -u) != 0 ] || as="setpriv --reuid 65534 --regid 65534 --clear-groups"
      $as $P history --journal ro/j.db || echo "history: $?"
      $as $P status --journal ro/j.db > s.txt || echo "status: $?"
      $as $P run $(echo $RUN | cut -d' ' -f3- | sed 's/--sandbox.*//') --sandbox other \
        --journal ro/j.db; echo "run: $?"
      $as $P run $(echo $RUN | cut -d' ' -f3- | sed 's/--sandbox.*//') --sandbox other \
        --journal ro/new.db; echo "new: $?"
      ls ro; ls other/.penstock 2>/dev/null; chmod 755 ro
      """, in: run)
    #expect(result.text.hasSuffix("run: 1\nnew: 1\nj.db\n"), "\(result.text) \(result.errors)")
    #expect(!result.text.contains("history:") && !result.text.contains("status:"))
    #expect(
      result.errors.contains(
        "error[journal-unusable]: the journal `ro/j.db` cannot be used: the file, or the folder"),
      "\(result.errors)")
  }

  /// As a user who may not read it.
  @Test func anUnreadableJournalIsToldSo() throws {
    let run = try SandboxRun()
    let result = try shell(
      """
      $RUN -q || exit 9
      mkdir no; cp $J no/j.db; chmod 000 no/j.db; chmod -R a+rX .; chmod 000 no/j.db; chmod 777 no
      as=; [ $(id -u) != 0 ] || as="setpriv --reuid 65534 --regid 65534 --clear-groups"
      $as $P history --journal no/j.db; echo "history: $?"
      $as $P unlock x --journal no/j.db; echo "unlock: $?"
      $as $P run $(echo $RUN | cut -d' ' -f3- | sed 's/--sandbox.*//') --sandbox other \
        --journal no/j.db; echo "run: $?"
      """, in: run)
    #expect(result.text == "history: 1\nunlock: 1\nrun: 1\n", "\(result.errors)")
    let words = "`no/j.db` cannot be used: the file, or the folder that it is in, can't be read"
    #expect(result.errors.components(separatedBy: words).count == 4, "\(result.errors)")
  }

  /// SQLite would wait for a pipe.
  @Test func aPipeBesideTheJournalIsAnError() throws {
    let run = try SandboxRun()
    let result = try shell(
      """
      $RUN -q --fault crash-after=25 > /dev/null 2>&1
      mkfifo $J-journal
      for c in history status 'apply 2026-03-01-05-06-07'; do
        timeout 200 $P $c --sandbox box; echo "$?"
      done
      timeout 200 $RUN; echo "$?"
      """, in: run)
    #expect(result.text == "1\n1\n1\n1\n", "\(result.errors)")
    let words =
      "the journal `\(Self.journal)` cannot be used: the file beside it, `\(Self.journal)-journal`, "
      + "is a pipe, not a regular file"
    #expect(result.errors.components(separatedBy: words).count == 5, "\(result.errors)")
  }

  /// A plan that isn't what was written: no command takes the journal for a whole one.
  @Test func aDamagedPlanStartsNothing() throws {
    let run = try SandboxRun()
    let result = try shell(
      """
      $RUN -q || exit 9
      python3 -c 'import sqlite3, sys; c = sqlite3.connect(sys.argv[1])
      c.execute("update plans set plan = plan || char(32)"); c.commit()' $J
      for c in history status 'apply 2026-03-01-05-06-07'; do
        $P $c --sandbox box; echo "$?"
      done
      $P plan -c config.yml -r resolver.json -t targets -n enrichments --sandbox box \
        --resume-from shred --run-id 2026-03-01-05-06-07; echo "$?"
      $RUN; echo "$?"
      """, in: run)
    #expect(result.text == "1\n1\n1\n1\n1\n", "\(result.errors)")
    let words =
      "the journal `\(Self.journal)` cannot be used: it is damaged: the plan of the run "
      + "`2026-03-01-05-06-07` isn't what was written"
    #expect(result.errors.components(separatedBy: words).count == 6, "\(result.errors)")
    #expect(try run.clusters() == 1)
  }

  // MARK: Under way

  private static let emptying =
    #"import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.execute("delete from entries"); "#
    + "c.commit()"

  /// What happens to the journal while the run is watched.
  @Test(arguments: [
    "rm $J", "mv $J aside.db", "mv box/.penstock/../.penstock/journal.db $J.old; cp $J.old $J",
    "cp older.db $J", ": > $J", "$P history --journal $J > /dev/null; cp plan.json $J",
    "truncate -s 8192 $J", "until mkfifo $J-journal 2>/dev/null; do :; done",
    "dd if=/dev/urandom of=$J bs=4096 seek=6 count=8 conv=notrunc 2>/dev/null",
    "python3 -c '\(emptying)' $J",
  ])
  func aRunDoesNotGoOnUnrecorded(loss: String) throws {
    let run = try SandboxRun()
    let result = try shell(
      """
      $P plan -o plan.json -c config.yml > /dev/null 2>&1; cp config.yml plan.json
      $RUN --pace 600 & pid=$!
      \(Self.launched)
      cp $J older.db; sleep 0.3
      before=$(grep -c . box/.penstock/emr.json)
      \(loss)
      wait $pid; echo "status $?"
      """, in: run)
    #expect(result.text.contains("status 1\n"), "\(loss): \(result.text) \(result.errors)")
    let said = result.text + result.errors
    #expect(said.contains("the journal `\(Self.journal)` cannot be used"), "\(loss): \(said)")
    #expect(said.contains("the cluster j-SANDB00000001 goes on"), "\(loss): \(said)")
    // `apply` with the run's id needs the journal.
    let isLost = !["rm $J", "mv $J", "mv box", "until mkfifo"].contains { loss.hasPrefix($0) }
    #expect(said.contains("goes on with the run") == !isLost, "\(loss): \(said)")
    #expect(said.contains("how to go on without it") == isLost, "\(loss): \(said)")
    #expect(try run.clusters() == 1)
  }

  /// At each size at which no more can be written, as on a full disk.
  @Test func aFullDiskLosesNothingThatWasBegun() throws {
    let reference = try SandboxRun()
    #expect(try reference.run().status == 0)
    let whole = try Locations.bytes(reference.folder.appending(path: Self.journal)).count / 512
    var failures = 0
    for limit in stride(from: 8, through: whole + 8, by: max(8, whole / 12)) {
      let run = try SandboxRun()
      #expect(try run.plan().status == 0)
      let apply = "$P apply plan.json --sandbox box --journal j.db -q"
      let result = try shell("ulimit -f \(limit); \(apply)", in: run)
      // Not by SIGXFSZ.
      #expect([0, 1].contains(result.status), "\(limit): \(result.status) \(result.errors)")
      if result.errors.contains("there is no space left for it") { failures += 1 }
      let again = try shell(apply, in: run)
      #expect(again.status == 0, "\(limit): \(result.errors) \(again.errors)")
      #expect(try run.clusters() == 1, "\(limit): \(result.errors)")
      #expect(run.world() == reference.world(), "\(limit)")
    }
    #expect(failures > 3)
  }
}
