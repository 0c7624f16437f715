// Starts `penstock lsp`, and shows what its commands answer.
const { window, workspace } = require("vscode");
const { LanguageClient } = require("vscode-languageclient/node");

let client;

exports.activate = async () => {
  const settings = workspace.getConfiguration("penstock");
  const server = { command: settings.get("path", "penstock"), args: ["lsp"] };
  client = new LanguageClient("penstock", "Penstock", server, {
    documentSelector: ["yaml", "json", "penstock"].map((language) => ({ scheme: "file", language })),
    initializationOptions: settings,
    synchronize: { configurationSection: "penstock" },
    middleware: {
      executeCommand: async (command, argument, next) => {
        const content = await next(command, argument);
        if (typeof content !== "string") return content;
        const language = command === "penstock.compile" ? "json" : "plaintext";
        const document = await workspace.openTextDocument({ content, language });
        await window.showTextDocument(document, { preview: true });
        return content;
      },
    },
  });
  await client.start();
};

exports.deactivate = () => client && client.stop();
