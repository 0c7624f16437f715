"""Takes the tour of README.md: runs its commands in one shell, and compares what they print."""

import os
import re
import subprocess

MARK = "--- the next output ---"


def sessions(page):
    """Commands and their expected output, in order: of `console` blocks both, of `sh` the commands."""
    text = page.read_text()
    text = text[text.index("## Five-minute tour"):]
    text = text[: text.index("\n## ", 5)]
    for language, block in re.findall(r"^```(sh|console)\n(.*?)^```", text, re.M | re.S):
        if language == "sh":
            yield block.strip(), None
            continue
        for part in re.split(r"^\$ ", block, flags=re.M)[1:]:
            lines = part.splitlines()
            count = 1
            while lines[count - 1].endswith("\\"):
                count += 1
            yield "\n".join(lines[:count]), lines[count:]


def take(page, folder, programs):
    """How many commands there are. All of them run in `folder`, with `programs` first in the PATH."""
    found = list(sessions(page))
    script = "exec 2>&1\n" + "".join(f"{command}\necho '{MARK}'\n" for command, _ in found)
    environment = {**os.environ, "PATH": f"{programs}:/usr/bin:/bin", "NO_COLOR": "1"}
    done = subprocess.run(
        ["bash"], input=script, text=True, cwd=folder, stdout=subprocess.PIPE, env=environment
    )
    printed = done.stdout.split(f"{MARK}\n")
    assert len(printed) == len(found) + 1, done.stdout
    for (command, wanted), output in zip(found, printed):
        if wanted is not None:
            assert matches(wanted, output.rstrip("\n")), f"$ {command}\n{output}"
    return len(found)


def matches(wanted, output):
    """Whether an output is as a page shows it: a line `…` is any lines, `…` in a line any text."""
    pattern = ""
    for line in wanted:
        if line == "…":
            pattern += r"(?:[^\n]*\n)*?"
        else:
            pattern += r"[ ]*.*?[ ]*".join(re.escape(part) for part in re.split(" *… *", line)) + "\n"
    return re.fullmatch(pattern, f"{output}\n" if output else "") is not None
