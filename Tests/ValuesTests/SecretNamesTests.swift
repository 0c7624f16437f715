import Testing
import Values

@Suite struct SecretNamesTests {
  @Test(arguments: [
    "password", "Password2", "db_password_prod", "dbpassword",
    "javax.jdo.option.ConnectionPassword",
    "passwd", "hive_metastore_pwd", "passphrase", "passcode", "secret", "client-secret", "secrets",
    "fs.s3a.secret.key", "token", "accessToken", "tokens", "X-Api-Key", "APIKey", "apikey",
    "privateKey", "aws_access_key_id", "accessKeyId", "AWSAccessKeyId", "authorization",
    "credentials",
    "pseudonymization_salt", "smtp.pass", "AccountKey", "--password", "connection_string",
    "encryptionKey", "hmac-key", "basic_auth", "SLACK_WEBHOOK_URL", "signing_key", "user_otp",
  ])
  func tells(_ name: String) { #expect(SecretNames.isTelling(name)) }

  @Test(arguments: [
    "passwordFile", "password_policy", "has_password", "tokenizer", "max_tokens", "token_ttl",
    "tokens_per_second", "secretary", "secret_arn", "credentials.provider", "first_pass_through",
    "pass_through",
    "key", "salty", "bypasses", "AWSCredentialsProvider", "ec2_key_name", "author", "name", "",
  ])
  func doesNotTell(_ name: String) { #expect(!SecretNames.isTelling(name)) }

  @Test(arguments: [
    ("https://joe:pw@h/x", "https://@@h/x"), ("postgres://u:p/w@h/d", "postgres://@@h/d"),
    ("https://h/x?a=1&X-Amz-Signature=ab&b=2", "https://h/x?a=1&X-Amz-Signature=@&b=2"),
    ("jdbc:x://h/d?user=u&password=p", "jdbc:x://h/d?user=u&password=@"),
    ("-Dfoo.password=x -Xmx1g", "-Dfoo.password=@ -Xmx1g"), ("--token=t", "--token=@"),
    ("a=1;AccountKey=k==;b=2", "a=1;AccountKey=@;b=2"),
    ("Authorization: Bearer abc.DEF1", "Authorization: Bearer @"),
    ("https://0123456789abcdef@github.com/x", "https://@@github.com/x"),
    ("jdbc:oracle:thin:scott/tiger@//db:1521/x", "jdbc:oracle:thin:@@//db:1521/x"),
    ("joe:pw@proxy:3128", "joe:@@proxy:3128"), ("jdbc:mysql:/u:pw@h/x", "jdbc:mysql:/u:@@h/x"),
    ("https://joe:no-at-sign/x", "https://joe:@"),
    ("https%3A%2F%2Fjoe%3Apw%40h%2Fx", "https%3A%2F%2F@%40h%2Fx"),
    ("https://h/?to=x%3Ftoken%3Dabc%26y%3D1", "https://h/?to=x%3Ftoken%3D@%26y%3D1"),
    ("https://h/cb#access_token=abc&x=1", "https://h/cb#access_token=@&x=1"),
    ("host=h user=u password=p sslmode=require", "host=h user=u password=@ sslmode=require"),
    ("export DB_PASSWORD=p; run", "export DB_PASSWORD=@ run"),
    ("--token=a&b;c'd", "--token=@"), ("run --db-password p --x 1", "run --db-password @ --x 1"),
    ("curl -u joe:pw https://h/", "curl -u joe:@ https://h/"),
    ("curl -H 'X-Api-Key: abc' https://h/", "curl -H 'X-Api-Key: @' https://h/"),
    ("Authorization: Token abc", "Authorization: Token @"),
    ("user: u\npassword: p q\n", "user: u\npassword: @\n"),
    (#"{"password": "a\"b", "user": "u"}"#, #"{"password": "@", "user": "u"}"#),
    (#"{"a": "{\"apiKey\":\"b\",\"c\":1}"}"#, #"{"a": "{\"apiKey\":\"@\",\"c\":1}"}"#),
    ("{password: abc, user: u}", "{password: @, user: u}"), ("password: 'it''s'", "password: '@'"),
    ("var apiKey = 'abc';", "var apiKey = '@';"),
    ("dmFyIGFwaUtleSA9ICdhYmMnOw==", "@"), ("ZG1GeUlHRndhVXRsZVNBOUlDZGhZbU1uT3c9PQ", "@"),
  ])
  func findsParts(_ text: String, _ shown: String) {
    #expect(SecretParts.replaced(in: text) { _ in "@" } == shown)
  }

  @Test(arguments: [
    "s3://bucket/key", "http://host:8080/a@b", "hdfs://user@host/x", "abfs://box@account.core/x",
    "https://h/x?token={{client}}", "select * from t where token = ?",
    "Basic authentication is used",
    "password", "https://${user}:${password}", "{{secret: config.yml#/a}}", "a b c",
    "x {{secret: a}} y", "select * from a join b on a.token = b.token where a.token=b.token",
    "mailto:joe@acme.com", "com.acme:lib:1.0", "git@github.com:acme/x.git",
    "thrift://a:9083,b:9083",
    "if (token == other) {}", "token: true", "bW9zdGx5IGhhcm1sZXNzIHRleHQ=", "set token here",
  ])
  func findsNoParts(_ text: String) { #expect(!SecretParts.isIn(text)) }

  @Test(arguments: [
    ("a: 1\npassword: x y # z\nb: 2", "a: 1\npassword: @ # z\nb: 2"),
    ("password: ${x}y\nb: 2", "password: @\nb: 2"), ("password: \"${x}\"", "password: \"${x}\""),
    ("password x\nb: 2", "password @\nb: 2"), ("password = x\nb: 2", "password @\nb: 2"),
    (#"  "password" "a\"b","#, #"  "password" @"#), (#""salt"*: "ab","#, #""salt"@"#),
    (#""salt": "ab"cd","#, #""salt": @"#), (#"{"salt": "ab" "b": 1}"#, #"{"salt": @ "b": 1}"#),
    ("salt: \"ab\nb: 1", "salt: @\nb: 1"), ("salt: \"ab\n  cd\"\nb: 1", "salt: @\nb: 1"),
    ("\"salt\":\n\"ab\",", "\"salt\":\n@,"), ("salt: |\n  ab\n  cd\nb: 1", "salt: |\n  @\nb: 1"),
    ("s: dmFyIGFwaUtleSA9ICdhYmMnOw'dmFy", "s: @'dmFy"),
    ("s: FyIGFwaUtleSA9ICdhYmMnOw\nb: 1", "s: @\nb: 1"),
  ])
  func hidesInTextsThatDoNotParse(_ text: String, _ shown: String) {
    let source = Array(text.utf8)
    let ranges = SecretText.ranges(in: source)
    var bytes: [UInt8] = []
    for at in source.indices {
      if !ranges.contains(where: { $0.contains(at) }) {
        bytes.append(source[at])
      } else if bytes.last != UInt8(ascii: "@") {
        bytes.append(UInt8(ascii: "@"))
      }
    }
    #expect(String(decoding: bytes, as: UTF8.self) == shown)
  }

  @Test func aPairsValueHasTheNameBesideIt() {
    #expect(SecretHint().member("Value", in: "api_token").isTelling)
    #expect(SecretHint().member("value", in: "X-Api-Key").isTelling)
    #expect(!SecretHint().member("value", in: "team").isTelling)
    #expect(!SecretHint().member("other", in: "api_token").isTelling)
    #expect(!SecretHint().item(after: "--token=x").isTelling)
  }

  @Test(arguments: [
    ("{{x}}", true), ("${x}", true), ("${a}:${b}", true), ("<%= ENV['X'] %>", true),
    ("{{secret: a b", true), ("${f(x, {\"a\": 1})}", true), ("{{x}}@", true), ("x{{y}}", false),
    ("{{y}}x", false), ("${b}é", false), ("${a}b${c}", false), ("<%= ENV['X'] || 'y' %>", false),
    ("<%= ENV.fetch('X', 'y') %>", false), ("${X:-y}", false), ("<%= x %>y", false), ("", false),
  ])
  func templatesAreNoSecrets(_ text: String, _ isTemplate: Bool) {
    #expect(SecretParts.isTemplate(Array(text.utf8)) == isTemplate)
    #expect(SecretText.isMark(Array(text.utf8)[...]) == (isTemplate && text.hasPrefix("<%")))
  }

  @Test func valuesThatSayWhereASecretIsAreNone() {
    #expect(!SecretParts.isSecret("arn:aws:secretsmanager:x"))
    #expect(!SecretParts.isSecret("true"))
    #expect(!SecretParts.isSecret(""))
    #expect(SecretParts.isSecret("$2y$10$abc"))
  }
}
