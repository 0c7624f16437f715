"""The language server as editors use it, by pytest-lsp."""
import asyncio

import pytest
import pytest_lsp
from conftest import BINARY, CONFIG, KIND, PIPELINE
from lsprotocol import types
from pygls.exceptions import JsonRpcException
from pytest_lsp import ClientServerConfig, LanguageClient, client_capabilities


@pytest_lsp.fixture(
    config=ClientServerConfig(server_command=[BINARY, "lsp"]),
    params=["visual_studio_code", "neovim@v0.7.0", "neovim@v0.11.0", "emacs"])
async def client(request, lsp_client: LanguageClient, project):
    capabilities = client_capabilities(request.param)
    lsp_client.project = project
    lsp_client.capabilities = capabilities
    lsp_client.feature(types.CLIENT_REGISTER_CAPABILITY)(lambda params: None)
    lsp_client.answer = await lsp_client.initialize_session(types.InitializeParams(
        capabilities=capabilities, root_uri=project.as_uri(),
        workspace_folders=[types.WorkspaceFolder(uri=project.as_uri(), name="w")],
        initialization_options={"runTime": "2026-03-01T02:03:04Z"}))
    yield
    await lsp_client.shutdown_session()


class Document:
    """A document that the client has open, edited by its text."""

    def __init__(self, client, name, text):
        self.client = client
        self.uri = (client.project / name).as_uri()
        self.text = text
        self.version = 1
        self.encoding = client.answer.capabilities.position_encoding or "utf-16"

    async def open(self):
        done = self.published()
        self.client.text_document_did_open(types.DidOpenTextDocumentParams(
            types.TextDocumentItem(
                uri=self.uri, language_id="yaml", version=1, text=self.text)))
        await done
        return self

    async def published(self):
        """Waits for the diagnostics of the present version."""
        for _ in range(600):
            if self.client.seen.get(self.uri) == self.version:
                return
            await asyncio.sleep(0.1)
        raise TimeoutError

    def position(self, offset):
        before = self.text[:offset]
        column = before.rpartition("\n")[2]
        width = len(column.encode("utf-16-le")) // 2 if self.encoding == "utf-16" else (
            len(column.encode()) if self.encoding == "utf-8" else len(column))
        return types.Position(line=before.count("\n"), character=width)

    def at(self, part, inside=0):
        return {
            "text_document": types.TextDocumentIdentifier(uri=self.uri),
            "position": self.position(self.text.index(part) + inside)}

    def range(self, start, end):
        return types.Range(start=self.position(start), end=self.position(end))

    async def edit(self, old, new):
        """Replaces a part, and waits for the diagnostics."""
        start = self.text.index(old)
        change = types.TextDocumentContentChangePartial(
            range=self.range(start, start + len(old)), text=new)
        self.text = self.text[:start] + new + self.text[start + len(old):]
        self.version += 1
        self.client.text_document_did_change(types.DidChangeTextDocumentParams(
            text_document=types.VersionedTextDocumentIdentifier(
                uri=self.uri, version=self.version),
            content_changes=[change]))
        await self.published()
        return list(self.client.diagnostics.get(self.uri, []))

    async def labels(self, part, inside):
        found = await self.client.text_document_completion_async(
            types.CompletionParams(**self.at(part, inside)))
        return [item.label for item in found.items]


@pytest.fixture
async def pipeline(client):
    return await opened(client, "pipeline.yml", PIPELINE)


async def opened(client, name, text):
    if not hasattr(client, "seen"):
        client.seen = {}
        original = client.protocol.fm.features[types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS]

        def note(params):
            client.seen[params.uri] = params.version
            return original(params)

        client.protocol.fm.features[types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS] = note
    return await Document(client, name, text).open()


def codes(diagnostics):
    return [diagnostic.code for diagnostic in diagnostics]


async def test_capabilities(client):
    answer = client.answer
    assert answer.server_info.name == "penstock"
    assert answer.capabilities.rename_provider.prepare_provider
    offered = getattr(client.capabilities.general, "position_encodings", None) or ["utf-16"]
    assert answer.capabilities.position_encoding in offered


async def test_mistakes_and_fixes(client):
    document = await opened(client, "pipeline.yml", PIPELINE)
    assert list(client.diagnostics.get(document.uri, [])) == []
    [found] = await document.edit("${config.place}", "é ${config.plac}")
    assert found.code == "expression-unknown-field"
    assert found.source == "penstock"
    assert found.code_description.href.endswith("/docs/diagnostics/expression-unknown-field.md")
    assert "did you mean `place`?" in found.message
    assert found.range == document.range(
        document.text.index("config.plac"), document.text.index("config.plac") + 11)
    actions = await client.text_document_code_action_async(types.CodeActionParams(
        text_document=types.TextDocumentIdentifier(uri=document.uri), range=found.range,
        context=types.CodeActionContext(diagnostics=[found])))
    [edit] = actions[0].edit.changes[document.uri]
    assert edit.new_text == "place"
    assert await document.edit("é ${config.plac}", "${config.place}") == []


async def test_related_places(client):
    document = await opened(client, "pipeline.yml", PIPELINE)
    diagnostics = await document.edit("  limit: ", "  place: ")
    [found] = [one for one in diagnostics if one.code == "yaml-duplicate-key"]
    assert found.related_information[0].location.uri == document.uri


async def test_a_mistake_in_an_input(client):
    document = await opened(client, "pipeline.yml", PIPELINE)
    config = await opened(client, "config.yml", CONFIG)
    [found] = await config.edit("limit: 3", "limit: three")
    assert found.code == "schema-wrong-type"
    [found] = await config.edit("limit: three", "limti: 3")
    assert found.code == "schema-unknown-key"
    # What the pipeline needs is told there.
    assert list(client.diagnostics.get(document.uri, [])) == []
    assert await config.edit("limti: 3", "limit: 3") == []


async def test_a_mistake_in_a_step_kind(client):
    await opened(client, "pipeline.yml", PIPELINE)
    kind = await opened(client, "step-kinds/tidy.yml", KIND)
    found = await kind.edit("reads: [what]", "reads: [waht]")
    assert "pipeline-unknown-parameter" in codes(found)
    assert await kind.edit("reads: [waht]", "reads: [what]") == []


async def test_completion(client):
    document = await opened(client, "pipeline.yml", PIPELINE)
    await document.edit("${config.place}", "${config.}")
    assert (await document.labels("${config.}", 9))[:2] == ["place", "limit"]
    await document.edit("${config.}", "${config.place}")
    labels = await document.labels("src: raw", 5)
    assert labels[:2] == ["raw", "done"]
    await document.edit("    summary: Moves it.\n", "    summary: Moves it.\n    \n")
    labels = await document.labels("Moves it.\n    \n", 14)
    assert "when" in labels and "requires" in labels and "steps" not in labels
    await document.edit("      - name: Move\n", "      - name: Move\n        \n")
    labels = await document.labels("- name: Move\n        \n", 21)
    assert "retry" in labels
    await document.edit("dest: done }", "dest: done,  }")
    labels = await document.labels("dest: done,  }", 12)
    assert "srcPattern" in labels and "src" not in labels
    await document.edit("InstanceRole: MASTER", "InstanceRole: ")
    assert {"MASTER", "CORE", "TASK"} <= set(await document.labels("InstanceRole: ", 14))
    await document.edit("Name: Sessions", "Name: Sessions\n    S")
    assert "ScaleDownBehavior" in await document.labels("Sessions\n    S", 14)
    await document.edit("at: ${place}done/", "at: ${place.}done/")
    labels = await document.labels("${place.}", 8)
    assert "startsWith" in labels and "limit" not in labels
    await document.edit("${place.}", "${[config].map(c, c.)}")
    assert (await document.labels("c, c.)", 5))[:2] == ["place", "limit"]
    await document.edit("${[config].map(c, c.)}", "${pla}")
    labels = await document.labels("${pla}", 5)
    assert {"place", "config", "stages", "run", "base64", "optional"} <= set(labels)


async def test_completion_in_a_configuration(client):
    config = await opened(client, "config.yml", CONFIG)
    await config.edit("mode: fast", "mode: ")
    assert await config.labels("mode: ", 6) == ["fast", "slow"]
    await config.edit("mode: \n", "")
    await config.edit("limit: 3\n", "limit: 3\nmo\n")
    assert "mode" in await config.labels("mo\n", 2)


async def test_completion_of_kinds(client):
    document = await opened(client, "pipeline.yml", PIPELINE)
    await document.edit("        tidy: { what: done }\n", "        ti\n")
    assert {"tidy", "spark-submit", "timeout"} <= set(await document.labels("        ti\n", 10))


async def test_hover(client):
    document = await opened(client, "pipeline.yml", PIPELINE)

    async def hover(part, inside):
        found = await client.text_document_hover_async(
            types.HoverParams(**document.at(part, inside)))
        return found.contents.value if found else ""

    text = await hover("config.place", 8)
    assert "string" in text and "Where data is" in text and "s3://acme/" in text
    text = await hover("src: raw", 6)
    assert "What came in" in text and "s3://acme/raw/" in text
    assert "int" in await hover("${limit}", 3)
    assert "default" in await hover("orValue", 2)
    assert "Tidies up" in await hover("tidy: {", 2)
    assert "What is tidied" in await hover("what: done", 2)
    assert "ReleaseLabel" in await hover("ReleaseLabel", 2)
    await document.edit("${config.place}", "${config.password}")
    text = await hover("config.password", 9)
    assert "secret" in text and "hush" not in text


async def test_signatures(client):
    document = await opened(client, "pipeline.yml", PIPELINE)
    await document.edit("${config.place}", '${config.place.replace("a", )}')
    help = await client.text_document_signature_help_async(
        types.SignatureHelpParams(**document.at('"a", )', 5)))
    assert help.active_parameter == 1
    assert help.signatures[0].label.startswith("replace(old: string, new: string")


async def test_definitions(client):
    document = await opened(client, "pipeline.yml", PIPELINE)

    async def places(part, inside):
        found = await client.text_document_definition_async(
            types.DefinitionParams(**document.at(part, inside))) or []
        return [(place.uri.rpartition("/")[2], place.range.start.line) for place in found]

    def line(part):
        return document.position(document.text.index(part)).line

    assert await places("src: raw", 5) == [("pipeline.yml", line("  raw:"))]
    assert await places("${place}raw", 3) == [("pipeline.yml", line("  place:"))]
    assert await places("stages.move", 8) == [("pipeline.yml", line("- stage: move"))]
    assert await places("tidy: {", 1) == [("tidy.yml", 1)]
    assert await places("config.place", 9) == [("config.schema.json", 5), ("config.yml", 0)]
    assert await places("config.schema.json", 3) == [("config.schema.json", 0)]


async def test_references_and_renaming(client):
    document = await opened(client, "pipeline.yml", PIPELINE)

    async def rename(part, inside, name):
        return await client.text_document_rename_async(
            types.RenameParams(**document.at(part, inside), new_name=name))

    def edits(edit, uri):
        if edit.document_changes:
            return [text for change in edit.document_changes
                    if getattr(change, "text_document", None)
                    and change.text_document.uri == uri for text in change.edits]
        return edit.changes[uri]

    for part, inside, count in [
        ("${place}raw", 3, 3), ("src: raw", 6, 2), ("stages.move", 8, 2), ("config.place", 2, 3),
    ]:
        found = await client.text_document_references_async(types.ReferenceParams(
            **document.at(part, inside),
            context=types.ReferenceContext(include_declaration=True)))
        assert len(found) == count, part
        prepared = await client.text_document_prepare_rename_async(
            types.PrepareRenameParams(**document.at(part, inside)))
        assert prepared.placeholder
        assert len(edits(await rename(part, inside, "fresh"), document.uri)) == count
    with pytest.raises(JsonRpcException):
        await rename("src: raw", 6, "done")
    with pytest.raises(JsonRpcException):
        await rename("src: raw", 6, "not a name")
    with pytest.raises(JsonRpcException):
        await rename("s3-dist-cp", 3, "copy")


async def test_renaming_a_step_kind(client):
    document = await opened(client, "pipeline.yml", PIPELINE)
    workspace = client.capabilities.workspace.workspace_edit
    renames = workspace.document_changes and "rename" in (workspace.resource_operations or [])
    asked = client.text_document_rename_async(
        types.RenameParams(**document.at("tidy: {", 1), new_name="clean-up"))
    if not renames:
        with pytest.raises(JsonRpcException):
            await asked
        return
    changes = (await asked).document_changes
    assert [change.kind for change in changes if hasattr(change, "kind")] == ["rename"]
    assert changes[-1].new_uri.endswith("/step-kinds/clean-up.yml")
    assert len(changes) == 3


async def test_structure(client):
    document = await opened(client, "pipeline.yml", PIPELINE + "x: [{")
    symbols = await client.text_document_document_symbol_async(types.DocumentSymbolParams(
        text_document=types.TextDocumentIdentifier(uri=document.uri)))
    assert "stages" in [symbol.name for symbol in symbols]
    folds = await client.text_document_folding_range_async(types.FoldingRangeParams(
        text_document=types.TextDocumentIdentifier(uri=document.uri)))
    assert document.text[:document.text.index("stages:\n")].count("\n") in [
        fold.start_line for fold in folds]


async def test_formatting(client):
    untidy = PIPELINE.replace("stages:\n", "\n\n\nstages:   \n", 1)
    document = await opened(client, "pipeline.yml", untidy)
    params = types.DocumentFormattingParams(
        text_document=types.TextDocumentIdentifier(uri=document.uri),
        options=types.FormattingOptions(tab_size=2, insert_spaces=True))
    edits = await client.text_document_formatting_async(params)
    lines = untidy.split("\n")
    at = lines.index("stages:   ")
    assert any(
        edit.range.start.line <= at < edit.range.end.line and "stages:\n" in edit.new_text
        for edit in edits)
    broken = await opened(client, "pipeline.yml", PIPELINE + "x: [{")
    params.text_document.uri = broken.uri
    assert await client.text_document_formatting_async(params) is None


async def test_tokens_and_values(client):
    document = await opened(client, "pipeline.yml", PIPELINE)
    identifier = types.TextDocumentIdentifier(uri=document.uri)
    tokens = await client.text_document_semantic_tokens_full_async(
        types.SemanticTokensParams(text_document=identifier))
    assert len(tokens.data) % 5 == 0 and len(tokens.data) > 50
    legend = client.answer.capabilities.semantic_tokens_provider.legend.token_types
    assert legend[tokens.data[3]] == "variable"
    hints = await client.text_document_inlay_hint_async(types.InlayHintParams(
        text_document=identifier, range=document.range(0, len(document.text))))
    labels = [hint.label for hint in hints]
    assert "= s3://acme/" in labels and "= 3" in labels
    assert not any("hush" in label for label in labels)


async def test_commands(client):
    document = await opened(client, "pipeline.yml", PIPELINE)
    lenses = await client.text_document_code_lens_async(types.CodeLensParams(
        text_document=types.TextDocumentIdentifier(uri=document.uri)))
    results = []
    for lens in lenses:
        results.append(await client.workspace_execute_command_async(types.ExecuteCommandParams(
            command=lens.command.command, arguments=lens.command.arguments)))
    assert '"ReleaseLabel": "emr-7.5.0"' in results[0]
    assert "move" in results[1] and "2026-03-01T02:03:04Z" in results[1]


async def test_symbols_of_a_configuration_show_no_secret(client):
    config = await opened(client, "config.yml", CONFIG)
    symbols = await client.text_document_document_symbol_async(types.DocumentSymbolParams(
        text_document=types.TextDocumentIdentifier(uri=config.uri)))
    assert "hush" not in str(symbols)
