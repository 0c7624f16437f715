"""What editors don't do, and what isn't a message."""
import pytest
from client import Client
from conftest import BINARY, PIPELINE


def test_requests_before_and_after():
    client = Client(BINARY, None)
    assert client.ask("textDocument/hover", {})["error"]["code"] == -32002
    client.notify("textDocument/didOpen", {})
    client.request("initialize", {"capabilities": {}})
    assert client.ask("initialize", {})["error"]["code"] == -32600
    assert client.ask("no/such", {})["error"]["code"] == -32601
    client.request("shutdown", None)
    assert client.ask("textDocument/hover", {})["error"]["code"] == -32600
    client.notify("exit", None)
    assert client.process.wait(timeout=20) == 0


def test_an_end_without_shutdown():
    client = Client(BINARY, None)
    client.notify("exit", None)
    assert client.process.wait(timeout=20) == 1
    client = Client(BINARY, None)
    client.process.stdin.close()
    assert client.process.wait(timeout=20) == 1


@pytest.mark.parametrize("content", [b"{", b"[]", b"1", b"\xff\xfe", b'{"id": 1}'])
def test_what_is_no_message(content):
    client = Client(BINARY, None)
    client.send_bytes(content)
    assert client.receive()["error"]["code"] in (-32700, -32600)
    client.process.stdin.write(b"X: y\r\n\r\n")
    assert client.ask("initialize", {"capabilities": {}})["result"]
    assert client.stop() == 0


def test_cancelling(project):
    client = Client(BINARY, str(project))
    path = str(project / "pipeline.yml")
    client.open(path)
    # Both are there before the first one is handled.
    messages = b""
    import json
    for message in [
        {"id": 7, "method": "textDocument/documentSymbol",
         "params": {"textDocument": {"uri": "file://" + path}}},
        {"method": "$/cancelRequest", "params": {"id": 7}},
    ]:
        content = json.dumps({"jsonrpc": "2.0", **message}).encode()
        messages += b"Content-Length: %d\r\n\r\n" % len(content) + content
    client.process.stdin.write(messages)
    while True:
        message = client.receive()
        if message.get("id") == 7:
            break
    assert message.get("error", {}).get("code") == -32800 or message["result"]
    assert client.stop() == 0


def test_the_last_of_several_changes_counts(project):
    client = Client(BINARY, str(project))
    path = str(project / "pipeline.yml")
    client.open(path)
    client.diagnostics(path, 1)
    for version in range(2, 60):
        text = PIPELINE if version % 2 else PIPELINE.replace("config.place", "config.plac")
        client.change(path, version, [{"text": text}])
    assert client.diagnostics(path, 59) == []
    assert client.stop() == 0


def test_the_encodings_of_positions(project):
    path = str(project / "pipeline.yml")
    for encoding, column in [("utf-8", 31), ("utf-16", 29), ("utf-32", 28)]:
        client = Client(
            BINARY, str(project), capabilities={"general": {"positionEncodings": [encoding]}})
        text = PIPELINE.replace("  place: ${config.place}", "  place: é𝄞 ${config.place}")
        client.open(path, text.replace("é𝄞 ${config.place}", "é𝄞 ${'é' + config.plac}"))
        [found] = client.diagnostics(path, 1)
        assert found["range"]["end"]["character"] - found["range"]["start"]["character"] == 11
        wanted = {"utf-8": 9 + 2 + 4 + 1 + 2 + 4 + 3, "utf-16": 9 + 1 + 2 + 1 + 2 + 3 + 3,
                  "utf-32": 9 + 1 + 1 + 1 + 2 + 3 + 3}
        assert found["range"]["start"]["character"] == wanted[encoding]
        client.stop()


def test_settings_name_pipelines_and_inputs(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "a/flow.yml").write_text(PIPELINE.split("  - stage: tidy")[0] + "cluster:"
                                         + PIPELINE.split("cluster:")[1])
    (tmp_path / "a/config.schema.json").write_text('{"type": "object", "properties": {'
                                                   '"place": {"type": "string"}, "limit": {}}}')
    (tmp_path / "dev.yml").write_text("place: 3\n")
    options = {"pipelines": [{"pipeline": "a/flow.yml", "config": "dev.yml"}]}
    client = Client(BINARY, str(tmp_path), options)
    client.open(str(tmp_path / "dev.yml"))
    [found] = client.diagnostics(str(tmp_path / "dev.yml"), 1)
    assert found["code"] == "schema-wrong-type"
    client.stop()
    # The same by a line in the file.
    (tmp_path / "dev.yml").write_text("# penstock: a/flow.yml\nplace: 3\n")
    client = Client(BINARY, str(tmp_path))
    client.open(str(tmp_path / "dev.yml"))
    [found] = client.diagnostics(str(tmp_path / "dev.yml"), 1)
    assert found["code"] == "schema-wrong-type"
    client.stop()
