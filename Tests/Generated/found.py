"""What the generator found: each fault as a small folder, which has to stay as it is.

`found/NAME/case.yml` has `why`, `world` (what S3 holds at first), `commands` and `holds` (what it holds at the
end). A command has `run`, or `recover: true` for the one that the last report printed; and what has
to come of it: `status`, `codes` (of errors), `says` (texts in its output), `silent` (texts that aren't).
"""

from __future__ import annotations

import json
import shlex
import shutil
from pathlib import Path

import yaml

from harness import Binary, tree_of
from runs import last_failure

FOLDER = Path(__file__).resolve().parent / "found"


def cases() -> list[Path]:
    return sorted(path.parent for path in FOLDER.glob("*/case.yml"))


def check(binary: Binary, folder: Path) -> list[str]:
    """What is not as the case says."""
    case = yaml.safe_load((folder / "case.yml").read_text())
    if binary.folder.exists():
        shutil.rmtree(binary.folder)
    shutil.copytree(folder, binary.folder)
    binary.fill("box", case.get("world", {}))
    wrong = []
    answer = None
    for command in case["commands"]:
        if command.get("recover"):
            failure = answer and last_failure(answer)
            printed = ((failure or {}).get("recovery") or {}).get("command")
            if not printed:
                wrong.append("no recovery command is printed")
                break
            words = [*shlex.split(printed)[1:], "--format", "json"]
        else:
            words = shlex.split(command["run"])
        if words[0] == "compile":
            words += ["--diagnostics", "json"]
        answer = binary.call(*words)
        shown = shlex.join(("penstock", *words))
        if answer.status != command.get("status", 0):
            wrong.append(f"{shown}: exit status {answer.status}: {answer.err[-300:]}")
        if "codes" in command and answer.diagnostics()[0] != set(command["codes"]):
            wrong.append(f"{shown}: {sorted(answer.diagnostics()[0])}")
        for text in command.get("says", []):
            if text not in answer.out + answer.err:
                wrong.append(f"{shown} does not say `{text}`")
        for text in command.get("silent", []):
            if text in answer.out + answer.err:
                wrong.append(f"{shown} says `{text}`")
    if "holds" in case:
        now = {path: text for path, text in tree_of(binary.folder / "box").items()
               if "/j-SANDB" not in path and not path.endswith("_SUCCESS")}
        wanted = {f"{bucket}/{key}": text
                  for bucket, keys in case["holds"].items() for key, text in keys.items()}
        if now != wanted:
            wrong.append(f"S3 holds {json.dumps(now)}")
    return wrong + binary.troubles


def check_all(path: str, folder: Path) -> tuple[int, list[str]]:
    """How many cases there are, and what is wrong with them."""
    wrong = []
    for case in cases():
        binary = Binary(path, folder / "found")
        wrong += [f"found/{case.name}: {one}" for one in check(binary, case)]
    return len(cases()), wrong
