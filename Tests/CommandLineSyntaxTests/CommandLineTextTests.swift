import CommandLineSyntax
import SourceText
import Testing

@Suite struct CommandLineTextTests {
  @Test(
    arguments: [
      ([], "penstock"), (["check", "a.yml"], "penstock check a.yml"), (["a b"], "penstock 'a b'"),
      ([""], "penstock ''"), (["--x=s3://b/k%20,+@_:"], "penstock --x=s3://b/k%20,+@_:"),
      (["ü"], "penstock ü"), (["$HOME", "*"], "penstock '$HOME' '*'"),
      (["a\nb"], "penstock 'a\nb'"),
    ] as [([String], String)])
  func argumentsAreQuotedIfNeeded(arguments: [String], text: String) {
    let file = CommandLineText(arguments).file
    #expect(String(decoding: file.text, as: UTF8.self) == text)
    #expect(file.name == "<command line>")
  }

  @Test func spansAreInsideTheQuotes() {
    let arguments = ["check", "a b", "", "it's", "ü=1"]
    let line = CommandLineText(arguments)
    for (index, argument) in arguments.enumerated() {
      let count = argument.utf8.count
      let span = line.span(index, 0..<count)
      #expect(Array(line.file.text[Int(span.start)..<Int(span.end)]) == Array(argument.utf8))
    }
    let part = line.span(4, 3..<4)
    #expect(Array(line.file.text[Int(part.start)..<Int(part.end)]) == Array("1".utf8))
  }

  @Test func whatIsMissingIsAtTheEnd() {
    let line = CommandLineText(["check"])
    let end = UInt32(line.file.text.count)
    #expect(line.span(1, 0..<3) == Span(CommandLineText.source, end, end))
    #expect(line.span(.max, 0..<0) == Span(CommandLineText.source, end, end))
  }
}
