"""The folder of the VS Code extension is whole."""
import json
import re

from conftest import ROOT

FOLDER = ROOT / "editors/vscode"


def manifest():
    return json.loads((FOLDER / "package.json").read_text())


def test_every_json_file_can_be_read():
    files = list(FOLDER.rglob("*.json"))
    assert len(files) >= 4
    for file in files:
        json.loads(file.read_text())


def test_the_manifest_names_files_that_are_there():
    package = manifest()
    named = [package["main"]]
    for grammar in package["contributes"]["grammars"]:
        named.append(grammar["path"])
        content = json.loads((FOLDER / grammar["path"]).read_text())
        assert content["scopeName"] == grammar["scopeName"]
    named += [language["configuration"] for language in package["contributes"]["languages"]]
    for path in named:
        assert (FOLDER / path).is_file(), path
    assert "vscode-languageclient" in package["dependencies"]


def test_the_settings_are_those_of_the_page():
    page = (ROOT / "docs/editors.md").read_text()
    known = set(re.findall(r"^\| `(\w+)` \|", page, re.M))
    own = {name.partition(".")[2] for name in
           manifest()["contributes"]["configuration"]["properties"]}
    assert known == own - {"path"}


def test_the_pages_of_diagnostics_are_at_the_projects_address():
    home = json.loads((ROOT / "packaging/project.json").read_text())["home"]
    assert manifest()["repository"]["url"] == home
    pages = (ROOT / "Sources/penstock/Context/Pages.swift").read_text()
    assert f'"{home}/blob/main/docs/diagnostics/"' in pages


def patterns(rules):
    for rule in rules:
        for key in ("match", "begin", "end"):
            if key in rule:
                yield rule[key]
        yield from patterns(rule.get("patterns", []))


def expressions(text):
    """The parts of a line that the grammar takes as expressions."""
    grammar = json.loads((FOLDER / "syntaxes/expression.tmLanguage.json").read_text())
    escape, embedded = grammar["patterns"]
    found = []
    at = 0
    while at < len(text):
        if match := re.compile(escape["match"]).match(text, at):
            at = match.end()
        elif match := re.compile(embedded["begin"]).match(text, at):
            end = re.compile(embedded["end"]).search(text, match.end())
            found.append(text[match.end():end.start()])
            at = end.end()
        else:
            at += 1
    return found


def test_the_grammar():
    grammar = json.loads((FOLDER / "syntaxes/expression.tmLanguage.json").read_text())
    rules = grammar["patterns"] + list(grammar["repository"].values())
    count = 0
    for pattern in patterns(rules):
        re.compile(pattern)
        count += 1
    assert count > 10
    assert expressions("a: $${no} ${yes.x} b ${f(1)}") == ["yes.x", "f(1)"]
