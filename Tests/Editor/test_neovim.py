"""A session of Neovim without a screen, with the settings of docs/editors.md."""
import json
import os
import pathlib
import re
import shutil
import subprocess

import pytest
from conftest import BINARY, ROOT

SCRIPT = """
local function wait(what, condition)
  if not vim.wait(60000, condition, 50) then error("nothing came: " .. what) end
end
local result = {}
vim.cmd("edit pipeline.yml")
vim.bo.filetype = "yaml"
local buffer = vim.api.nvim_get_current_buf()
wait("a client", function() return #vim.lsp.buf_get_clients(buffer) > 0 or
  next(vim.lsp.buf_get_clients(buffer)) ~= nil end)
wait("the start", function()
  for _, client in pairs(vim.lsp.buf_get_clients(buffer)) do
    if client.initialized then return true end
  end
end)

-- A mistake, and its diagnostics.
local function lines() return vim.api.nvim_buf_get_lines(buffer, 0, -1, false) end
local function find(text)
  for number, line in ipairs(lines()) do
    local column = line:find(text, 1, true)
    if column then return number, column - 1 end
  end
end
local row, column = find("config.place")
vim.api.nvim_buf_set_text(buffer, row - 1, column, row - 1, column + 12, { "config.plac" })
wait("diagnostics", function() return #vim.diagnostic.get(buffer) > 0 end)
for _, found in ipairs(vim.diagnostic.get(buffer)) do
  table.insert(result, found.code or (found.user_data and found.user_data.lsp.code) or found.message)
end

-- Completion after the dot.
vim.api.nvim_buf_set_text(buffer, row - 1, column + 7, row - 1, column + 11, { "" })
local function request(method, params)
  local answers = vim.lsp.buf_request_sync(buffer, method, params, 60000)
  for _, answer in pairs(answers or {}) do return answer.result end
end
local at = { textDocument = { uri = vim.uri_from_bufnr(buffer) },
  position = { line = row - 1, character = column + 7 } }
local labels = {}
for _, item in ipairs(request("textDocument/completion", at).items) do
  table.insert(labels, item.label)
end
vim.api.nvim_buf_set_text(buffer, row - 1, column + 7, row - 1, column + 7, { labels[1] })
wait("the end of the mistake", function() return #vim.diagnostic.get(buffer) == 0 end)

-- A new name for a dataset.
local from, to = find("  raw:")
vim.api.nvim_win_set_cursor(0, { from, to + 3 })
vim.lsp.buf.rename("fresh")
wait("the new name", function() return find("fresh:") ~= nil end)

local file = io.open("result.json", "w")
file:write(vim.fn.json_encode({ codes = result, labels = labels, text = lines() }))
file:close()
vim.cmd("qall!")
"""


def settings():
    page = (ROOT / "docs/editors.md").read_text()
    return re.search(r"<!-- editor: neovim -->\n```lua\n(.*?)```", page, re.S)[1]


@pytest.mark.skipif(not shutil.which("nvim"), reason="Neovim isn't installed")
def test_a_session(project):
    binaries = project / "bin"
    binaries.mkdir()
    (binaries / "penstock").symlink_to(pathlib.Path(BINARY).resolve())
    (project / "init.lua").write_text(settings())
    (project / "session.lua").write_text(
        "local ok, problem = pcall(function()\n" + SCRIPT + "\nend)\n"
        "if not ok then io.stderr:write(tostring(problem) .. '\\n') vim.cmd('cquit') end\n")
    environment = dict(os.environ, PATH=f"{binaries}:{os.environ['PATH']}", HOME=str(project),
                       XDG_STATE_HOME=str(project), XDG_CACHE_HOME=str(project))
    done = subprocess.run(
        ["nvim", "--headless", "-n", "-u", "init.lua", "-c", "luafile session.lua"],
        cwd=project, env=environment, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    result = json.loads((project / "result.json").read_text())
    assert "expression-unknown-field" in result["codes"]
    assert result["labels"][:2] == ["place", "limit"]
    text = "\n".join(result["text"])
    assert "fresh:" in text and "src: fresh" in text and "raw:" not in text
