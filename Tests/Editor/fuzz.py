#!/usr/bin/env python3
"""Sends every kind of request for broken documents: cut off anywhere, with random characters, lines
left out or moved, words doubled. Each request has to be answered, the server must live, and its
diagnostics must be those of a new server that sees the same text: nothing stale is left.

    scripts/python Tests/Editor/fuzz.py --binary .build/release/penstock --seeds 1..100
"""
import argparse
import pathlib
import random
import shutil
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from client import Client  # noqa: E402
from conftest import BINARY, CONFIG, KIND, PIPELINE, ROOT, SCHEMA  # noqa: E402

OPTIONS = {"runTime": "2026-03-01T02:03:04Z"}
CAPABILITIES = {
    "textDocument": {
        "completion": {"completionItem": {"snippetSupport": True}},
        "documentSymbol": {"hierarchicalDocumentSymbolSupport": True}},
    "workspace": {"workspaceEdit": {"documentChanges": True, "resourceOperations": ["rename"]}}}
AT = ["completion", "hover", "signatureHelp", "definition", "references", "documentHighlight",
      "prepareRename", "rename"]
WHOLE = ["documentSymbol", "foldingRange", "formatting", "codeLens", "semanticTokens/full"]
RANGED = ["codeAction", "inlayHint", "semanticTokens/range"]
ODD = ["\0", "\t", "é", "𝄞", "\u2028", "\r", "${", "}", "{", "[", "]", "'", '"', ": ", "- ", "#",
       "&a ", "*a", "|", ">-", "%", "---\n", "<%=", "\\", "@", "`", "${a.b(", ".?", "\ufeff"]


def broken(text, random):
    """A text that is broken somehow."""
    lines = text.split("\n")
    for _ in range(random.randint(1, 3)):
        kind = random.randrange(8)
        at = random.randrange(len(text) + 1)
        if kind == 0:
            text = text[:at]
        elif kind == 1:
            text = text[:at] + random.choice(ODD) + text[at:]
        elif kind == 2:
            text = text[:at] + text[at + random.randint(1, 20):]
        elif kind == 3:
            lines = text.split("\n")
            del lines[random.randrange(len(lines))]
            text = "\n".join(lines)
        elif kind == 4:
            lines = text.split("\n")
            line = random.randrange(len(lines))
            lines[line] = " " * random.randint(0, 9) + lines[line].strip()
            text = "\n".join(lines)
        elif kind == 5:
            lines = text.split("\n")
            line = random.randrange(len(lines))
            lines.insert(random.randrange(len(lines)), lines[line])
            text = "\n".join(lines)
        elif kind == 6:
            noise = "".join(chr(random.choice([random.randrange(128), random.randrange(0xD000)]))
                            for _ in range(random.randint(1, 8)))
            text = text[:at] + noise + text[at:]
        else:
            text = text[at:] + text[:at] if random.random() < 0.2 else text[:at] + "\n" + text[at:]
    return text


def position(text, offset):
    """In UTF-16; lines end as in the protocol."""
    before = text[:offset].replace("\r\n", "\n").replace("\r", "\n")
    return {"line": before.count("\n"),
            "character": len(before.rpartition("\n")[2].encode("utf-16-le")) // 2}


class Session:
    def __init__(self, binary, folder):
        self.client = Client(binary, str(folder), OPTIONS, CAPABILITIES)
        self.texts = {}
        self.versions = {}

    def open(self, path, text):
        self.texts[path] = text
        self.versions[path] = 1
        self.client.open(str(path), text)

    def edit(self, path, new, random):
        """Makes a text another one: by a change of a range, or of the whole text."""
        old = self.texts[path]
        self.versions[path] += 1
        start = 0
        while start < min(len(old), len(new)) and old[start] == new[start]:
            start += 1
        end = 0
        while end < min(len(old), len(new)) - start and old[-1 - end] == new[-1 - end]:
            end += 1
        # Not between CR and LF, which are one line's end.
        while start > 0 and "\r" in old[start - 1:start + 1]:
            start -= 1
        while end > 0 and "\r" in old[len(old) - end - 1:len(old) - end + 1]:
            end -= 1
        if random.random() < 0.2 or start + end > min(len(old), len(new)):
            changes = [{"text": new}]
        else:
            changes = [{
                "range": {"start": position(old, start), "end": position(old, len(old) - end)},
                "text": new[start:len(new) - end]}]
        self.texts[path] = new
        self.client.change(str(path), self.versions[path], changes)

    def diagnostics(self):
        """Those of all documents, after everything that was sent."""
        self.client.ask("penstock/nothing", {})
        for path, version in self.versions.items():
            self.client.diagnostics(str(path), version)
        return {path: self.client.published.get(path.as_uri()) for path in self.texts}

    def ask_all(self, path, random):
        text = self.texts[path]
        document = {"uri": path.as_uri()}
        offset = random.randrange(len(text) + 1)
        where = position(text, offset)
        if random.random() < 0.05:
            where = {"line": random.choice([-1, 10 ** 9]), "character": 10 ** 9}
        for method in AT:
            self.client.ask(f"textDocument/{method}", {
                "textDocument": document, "position": where, "newName": "fresh_name",
                "context": {"includeDeclaration": True}})
        for method in WHOLE:
            self.client.ask(f"textDocument/{method}", {"textDocument": document})
        whole = {"start": {"line": 0, "character": 0}, "end": where}
        for method in RANGED:
            self.client.ask(f"textDocument/{method}", {
                "textDocument": document, "range": whole, "context": {"diagnostics": []}})
        self.client.ask("workspace/executeCommand", {
            "command": "penstock.compile", "arguments": [document["uri"], 0]})


def project(folder, name):
    """The files of a project, by path; only those of which a few are edited."""
    if name == "small":
        (folder / "step-kinds").mkdir()
        files = {"pipeline.yml": PIPELINE, "config.yml": CONFIG, "config.schema.json": SCHEMA,
                 "step-kinds/tidy.yml": KIND}
        for path, text in files.items():
            (folder / path).write_text(text)
        return {folder / path: text for path, text in files.items()}
    shutil.copytree(ROOT / "examples/snowplow", folder, dirs_exist_ok=True)
    paths = ["config.yml", "resolver.json", "targets/redshift.json"]
    return {folder / path: (folder / path).read_text() for path in paths}


def run(binary, seed, steps):
    """A session of random edits; an error says what went wrong."""
    source = random.Random(seed)
    with tempfile.TemporaryDirectory() as made:
        folder = pathlib.Path(made).resolve()
        originals = project(folder, "small" if seed % 4 else "snowplow")
        session = Session(binary, folder)
        for path, text in originals.items():
            session.open(path, text)
        for step in range(steps):
            path = source.choice(list(originals))
            if source.random() < 0.3:
                new = originals[path]
            else:
                base = session.texts[path] if source.random() < 0.3 else originals[path]
                new = broken(base, source)
            session.edit(path, new, source)
            if source.random() < 0.8:
                session.ask_all(path, source)
        left = session.diagnostics()
        fresh = Session(binary, folder)
        for path, text in session.texts.items():
            fresh.open(path, text)
        expected = fresh.diagnostics()
        assert left == expected, f"seed {seed}: {first_difference(left, expected)}"
        assert session.client.stop() == 0 and fresh.client.stop() == 0


def first_difference(left, right):
    for path in left:
        if left[path] != right[path]:
            return f"{path}:\n  {left[path]}\nbut a new server says\n  {right[path]}"
    return ""


def cut(binary, stride, offset):
    """A pipeline that is typed: cut off at every place, with completion and symbols at the end."""
    with tempfile.TemporaryDirectory() as made:
        folder = pathlib.Path(made).resolve()
        originals = project(folder, "small")
        session = Session(binary, folder)
        for path, text in originals.items():
            session.open(path, text)
        path = folder / "pipeline.yml"
        source = random.Random(offset)
        for end in range(offset, len(PIPELINE) + 1, stride):
            session.edit(path, PIPELINE[:end], source)
            where = position(PIPELINE, end)
            document = {"uri": path.as_uri()}
            symbols = session.client.request(
                "textDocument/documentSymbol", {"textDocument": document})
            assert end < 20 or symbols, f"no symbols after {end} characters"
            session.client.request(
                "textDocument/completion", {"textDocument": document, "position": where})
        session.diagnostics()
        assert session.client.stop() == 0


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--binary", default=BINARY)
    parser.add_argument("--seeds", default="1..20", help="FIRST..LAST")
    parser.add_argument("--steps", type=int, default=12, help="edits in each session")
    arguments = parser.parse_args()
    first, last = map(int, arguments.seeds.split(".."))
    cut(arguments.binary, 1 if last - first > 50 else 7, 1)
    for seed in range(first, last + 1):
        run(arguments.binary, seed, arguments.steps)
    print(f"{last - first + 1} sessions of {arguments.steps} edits: all requests answered, nothing stale")


if __name__ == "__main__":
    main()
