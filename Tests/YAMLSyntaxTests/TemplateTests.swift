import Documents
import Diagnostics
import SourceText
import Testing
import Values
import YAMLSyntax

/// Rendering of ERB, and marks of other templates.
@Suite struct TemplateTests {
  private static let variables = ["A": "alpha", "EMPTY": "", "Q": "it's", "N": "7"]

  private static func render(_ text: String) -> (file: SourceFile?, diagnostics: [Diagnostic]) {
    var diagnostics: [Diagnostic] = []
    let file = TemplateRenderer.render(
      Array(text.utf8), name: "config.yml", environment: { variables[$0] },
      source: SourceID(index: 0), into: &diagnostics)
    return (file, diagnostics)
  }

  @Test(arguments: [
    ("no marks < % >", "no marks < % >"), ("a: <%= ENV['A'] %>!", "a: alpha!"),
    ("<%=ENV[\"A\"]%>", "alpha"), ("<%= ENV[ 'A' ] %><%= ENV['A'] %>", "alphaalpha"),
    ("'<%= ENV['A'] %>' # <%= ENV['A'] %>", "'alpha' # alpha"), ("[<%= ENV['NONE'] %>]", "[]"),
    ("<%= ENV['NONE'] || 'x' %>", "x"), ("<%= ENV['EMPTY'] || 'x' %>", ""),
    ("<%= ENV['NONE'] || ENV['A'] || 'x' %>", "alpha"), ("<%= ENV['NONE'] || 2 %>", "2"),
    ("<%= ENV['NONE'] || nil %>", ""), ("<%= ENV['NONE'] || -1.5 %>", "-1.5"),
    ("<%= ENV.fetch('A') %>", "alpha"), ("<%= ENV.fetch('NONE', 'd') %>", "d"),
    ("<%= ENV.fetch(\"NONE\") { \"d\" } %>", "d"), ("<%= ENV.fetch 'A' %>", "alpha"),
    ("<%= ENV.fetch('A', ENV.fetch('NONE')) %>", "alpha"),
    ("<%= ENV['A'] || ENV.fetch('NONE') %>", "alpha"), ("<%= ENV.fetch('N', 3) %>", "7"),
    ("<%= 'a\\'b\\\\c\\n' %>", "a'b\\c\\n"), ("<%= \"a\\\"b\\n\" %>", "a\"b\n"),
    ("<%= ('x') %>", "x"), ("<%= true %>", "true"), ("a<%# ENV['X'] nonsense %>b", "ab"),
    ("a\n  <%# c -%>\nb", "a\n  \nb"), ("a<%= 'x' -%>\nb", "axb"), ("a<%= 'x' -%>\r\nb", "axb"),
    ("a\n  <%- -%>\nb", "a\nb"), ("<%  %>x", "x"), ("<%% x %>", "<% x %>"),
    ("<%= 'a%%>b' %>", "a%>b"), ("x %> y", "x %> y"), ("%%>", "%%>"), ("<", "<"), ("<%%", "<%"),
  ])
  func templatesRender(_ text: String, _ expected: String) {
    let (file, diagnostics) = Self.render(text)
    #expect(file.map { String(decoding: $0.parsed, as: UTF8.self) } == expected)
    #expect(diagnostics.isEmpty)
    #expect(file.map { $0.rendering?.derivedCount ?? $0.parsed.count } == file?.parsed.count)
  }

  @Test(arguments: [
    ("a: <%= ENV['A'", DiagnosticCode.templateSyntax, 3..<5), ("<%", .templateSyntax, 0..<2),
    ("x <%= ENV.fetch('NONE') %>", .templateUnset, 16..<22),
    ("<%= ENV['NONE'] || ENV.fetch('OTHER') %>", .templateUnset, 29..<36),
    ("<% if true %>", .templateRuby, 0..<13), ("<%= `date` %>", .templateRuby, 4..<10),
    ("<%= ENV['A'].strip %>", .templateRuby, 4..<18), ("<%= %>", .templateRuby, 4..<4),
    ("<%= \"#{ENV['A']}\" %>", .templateRuby, 4..<17), ("<%= ENV[A] %>", .templateRuby, 4..<10),
    ("<%= ENVX['A'] %>", .templateRuby, 4..<13), ("<%= ENV['A'] || %>", .templateRuby, 4..<15),
    ("<%= 1.2.3 %>", .templateRuby, 4..<9), ("<%= ENV[''] %>", .templateRuby, 4..<11),
    ("<%= - %>", .templateRuby, 4..<5),
  ])
  func mistakesAreRefusedAtTheirPlace(_ text: String, _ code: DiagnosticCode, _ place: Range<Int>) {
    let (file, diagnostics) = Self.render(text)
    #expect(file == nil)
    #expect(diagnostics.map(\.code) == [code])
    #expect(diagnostics.first?.span == Span(SourceID(index: 0), place))
    #expect(diagnostics.first?.hint != nil)
  }

  @Test func nestingOfExpressionsIsBounded() {
    let deep = "<%= " + String(repeating: "(", count: 100_000) + "1 %>"
    #expect(Self.render(deep).diagnostics.map(\.code) == [.templateRuby])
    let many = String(repeating: "<% x %>", count: 1000)
    #expect(Self.render(many).diagnostics.count == 100)
  }

  @Test func positionsAreThoseOfTheFileAsWritten() throws {
    let text =
      "region: <%= ENV['A'] %>-x\nname: \"<%= ENV['Q'] %> é\"\nlast: [<%= ENV['N'] %>, z]\n"
    let (file, _) = Self.render(text)
    let rendered = try #require(file)
    var diagnostics: [Diagnostic] = []
    let tree = try #require(
      YAMLReader.read(rendered, source: SourceID(index: 0), rules: .ruby, into: &diagnostics))
    let root = try #require(tree.root)
    func written(_ node: NodeID?) -> String? {
      node.map { String(decoding: rendered.text[rendered.written(tree.span($0))], as: UTF8.self) }
    }
    #expect(written(tree.value(root, "region")) == "<%= ENV['A'] %>-x")
    #expect(written(tree.value(root, "name")) == "\"<%= ENV['Q'] %> é\"")
    let items = try #require(tree.value(root, "last").map { Array(tree.items($0)) })
    #expect(items.map { written($0) } == ["<%= ENV['N'] %>", "z"])
    #expect(tree.kind(items[0]) == .int)
    #expect(
      rendered.isSubstituted(tree.span(items[0])) && !rendered.isSubstituted(tree.span(items[1])))
    let region = try #require(tree.value(root, "region"))
    #expect(!rendered.isSubstituted(tree.span(inScalar: region, 5..<7)))
    #expect(rendered.isSubstituted(tree.span(inScalar: region, 4..<7)))
  }

  @Test func unsetVariablesLeaveNulls() {
    let (file, _) = Self.render("a: <%= ENV['NONE'] %>\nb: 1\n")
    #expect(file.map { Reading($0.parsed).shape } == "{a: null, b: int 1}")
    #expect(file?.substituted.isEmpty ?? false)
  }

  @Test(arguments: [
    ("ADD HERE", "ADD HERE", true), ("{{X}}", "{{X}}", true),
    ("s3://{{ .bucket }}/x", "{{ .bucket }}", false),
    ("${aws-region}", "${aws-region}", true), ("s3://${raw-bucket}/", "${raw-bucket}", false),
    ("$AWS_region_AWS", "$AWS_region_AWS", false), ("$LOG", "$LOG", false),
    ("<your bucket>", "<your bucket>", true), ("s3://<YOUR_BUCKET>/x", "<YOUR_BUCKET>", false),
    ("{% x %}", "{% x %}", true), ("<INSERT-KEY>", "<INSERT-KEY>", true),
    ("add_here", "add_here", true), ("Add-Here", "Add-Here", true),
    ("s3://change-me/raw", "change-me", true), ("s3://acme-add-here", "add-here", true),
    ("acme-ADD_HERE", "ADD_HERE", true), ("<type>", "<type>", true),
    ("ADD HERE please", "ADD HERE", true), ("CHANGE_ME", "CHANGE_ME", true),
    ("CHANGEME", "CHANGEME", true), ("<bucket>", "<bucket>", true),
    ("s3://<BUCKET>/x", "<BUCKET>", false), ("s3://acme-<aws_region>/x", "<aws_region>", false),
    ("<key name>", "<key name>", true), ("<% ENV[\"X\"] %>", "<% ENV[\"X\"] %>", true),
    ("s3://<%= x %>-logs", "<%= x %>", false), ("s3://a/#{stage}/x", "#{stage}", false),
    ("s3://a/#{ENV[\"STAGE\"]}/x", "#{ENV[\"STAGE\"]}", false), ("#{x}", "#{x}", true),
    ("#{ @x }", "#{ @x }", true), ("s3://a/%{stage}/x", "%{stage}", false),
    ("s3n://a/$(STAGE)/x", "$(STAGE)", false), ("s3://a/{stage}/x", "{stage}", false),
    ("s3a://a/__STAGE__/x", "__STAGE__", false), ("s3://a/@STAGE@/x", "@STAGE@", false),
    ("s3://a/%STAGE%/x", "%STAGE%", false), ("s3://a/x-%DEV%", "%DEV%", false),
    ("s3://a/CHANGEME/x", "CHANGEME", true), ("acme-REPLACEME", "REPLACEME", true),
  ])
  func marksAreFound(_ value: String, _ mark: String, _ isError: Bool) throws {
    let reading = Reading("a:\n  - '\(value)'\n")
    let tree = try #require(reading.tree)
    let found = TemplateMarks.scan(tree)
    #expect(found.map(\.message) == ["the placeholder `\(mark)` was not filled in"])
    #expect(found.first?.span.map(reading.quote) == mark)
    #expect(found.hasErrors == isError)
  }

  @Test(arguments: [
    "x_$folder$", "pa$word", "$1", "$ecret", "cost: $", "a{b}c", "<html>", "a < b > c", "{x}",
    "$HOME-x", "s3://ADD HERE/raw", "s3://add_here", "add hereto", "padd_here", "exchange-me",
    "change", "<% x", "a<bucket>", "1 << 2",
    "s3://a/{b,c}/x", "s3://a/{1}/x", "https://a/{user}/x", "$(hostname)", "%{user}", "__init__",
    "__STAGE__", "@STAGE@", "%STAGE%", "{stage}", "s3://a/%20ADDED%20/x", "s3://a/%Y%m%d%H",
    "s3://a/dt=__HIVE_DEFAULT_PARTITION__/", "s3://a/x__Y__", "s3://a/__pycache__", "a#b", "# {x}",
    "#{}", "#{", "CHANGEMENT", "s3://a/@b@/", "s3://a/$(x y)",
    "<a@b.example>", "{ {x} }", "$$", "${}", "${",
  ])
  func otherTextsAreNoMarks(_ value: String) throws {
    let tree = try #require(Reading("- '\(value)'\n").tree)
    #expect(TemplateMarks.scan(tree).isEmpty)
  }

  /// What an enrichment fills in itself, as it names its inputs, isn't a placeholder of ours.
  @Test func namesOfTheDocumentAreNoMarks() throws {
    let text = "uri: 'http://acme.example/{{user}}?x={{other}}'\ninputs: [{ key: KEY }]\n"
    let own = try #require(Reading(text.replacing("KEY", with: "user")).tree)
    #expect(TemplateMarks.scan(own).isEmpty)
    let foreign = try #require(Reading(text.replacing("KEY", with: "nonesuch")).tree)
    #expect(TemplateMarks.scan(foreign).map(\.severity) == [.warning])
  }
}
