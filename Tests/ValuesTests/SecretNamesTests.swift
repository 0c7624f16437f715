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
    "pseudonymization_salt", "smtp.pass", "AccountKey", "--password",
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
  ])
  func findsParts(_ text: String, _ shown: String) {
    #expect(SecretParts.replaced(in: text) { _ in "@" } == shown)
  }

  @Test(arguments: [
    "s3://bucket/key", "http://host:8080/a@b", "hdfs://user@host/x", "abfs://box@account.core/x",
    "https://h/x?token={{client}}", "select * from t where token = ?",
    "Basic authentication is used",
    "password", "https://${user}:${password}", "{{secret: config.yml#/a}}", "a b c",
  ])
  func findsNoParts(_ text: String) { #expect(!SecretParts.isIn(text)) }

  @Test func valuesThatSayWhereASecretIsAreNone() {
    #expect(!SecretParts.isSecret("arn:aws:secretsmanager:x"))
    #expect(!SecretParts.isSecret("true"))
    #expect(!SecretParts.isSecret(""))
    #expect(SecretParts.isSecret("$2y$10$abc"))
  }
}
