"""A client of the language server's protocol, for tests and measurements: no more than that."""
import json
import os
import select
import subprocess
import time


class Client:
    """A server in a process of its own; requests are answered one after the other."""

    def __init__(self, binary, root, options=None, capabilities=None, environment=None):
        self.process = subprocess.Popen(
            [binary, "lsp"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0,
            env=environment)
        self.buffer = b""
        self.number = 0
        self.published = {}
        self.versions = {}
        if root is None:
            return
        uri = "file://" + root
        self.initialized = self.request("initialize", {
            "processId": os.getpid(), "rootUri": uri, "capabilities": capabilities or {},
            "workspaceFolders": [{"uri": uri, "name": "root"}],
            "initializationOptions": options or {}})
        self.notify("initialized", {})

    def send(self, message):
        content = json.dumps(message).encode()
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(content) + content)

    def send_bytes(self, content):
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(content) + content)

    def notify(self, method, params):
        self.send({"jsonrpc": "2.0", "method": method, "params": params})

    def receive(self, timeout=60):
        """The next message; an error if none comes."""
        end = time.monotonic() + timeout
        while True:
            head, mark, rest = self.buffer.partition(b"\r\n\r\n")
            if mark:
                length = int(head.split(b":")[1])
                if len(rest) >= length:
                    self.buffer = rest[length:]
                    message = json.loads(rest[:length])
                    if message.get("method") == "textDocument/publishDiagnostics":
                        uri = message["params"]["uri"]
                        self.published[uri] = message["params"]["diagnostics"]
                        self.versions[uri] = message["params"].get("version")
                    return message
            ready, _, _ = select.select([self.process.stdout], [], [], max(0, end - time.monotonic()))
            if not ready:
                raise TimeoutError("the server doesn't answer")
            chunk = os.read(self.process.stdout.fileno(), 1 << 20)
            if not chunk:
                raise EOFError(f"the server ended with {self.process.wait()}")
            self.buffer += chunk

    def ask(self, method, params):
        """Sends a request; its answer, a result or an error."""
        self.number += 1
        number = self.number
        self.send({"jsonrpc": "2.0", "id": number, "method": method, "params": params})
        while True:
            message = self.receive()
            if message.get("id") == number and "method" not in message:
                return message

    def request(self, method, params):
        answer = self.ask(method, params)
        if "error" in answer:
            raise RuntimeError(f"{method}: {answer['error']}")
        return answer["result"]

    def open(self, path, text=None, language="yaml"):
        if text is None:
            with open(path, encoding="utf-8") as file:
                text = file.read()
        self.notify("textDocument/didOpen", {"textDocument": {
            "uri": "file://" + path, "languageId": language, "version": 1, "text": text}})
        return text

    def change(self, path, version, changes):
        self.notify("textDocument/didChange", {
            "textDocument": {"uri": "file://" + path, "version": version},
            "contentChanges": changes})

    def diagnostics(self, path, version):
        """The diagnostics of a version of a document, as they are published."""
        uri = "file://" + path
        while self.versions.get(uri) != version:
            self.receive()
        return self.published[uri]

    def stop(self):
        try:
            self.request("shutdown", None)
            self.notify("exit", None)
            return self.process.wait(timeout=20)
        finally:
            self.process.kill()
            self.process.wait()
