"""Runs the binary on a case's files, and reads what it says."""

from __future__ import annotations

import base64
import json
import os
import shlex
import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from places import place
from syntax import Case

DOCUMENTED = {0, 1, 2, 3, 4, 17, 18, 64, 130}


@dataclass
class Answer:
    """What a command ended with and wrote."""

    status: int
    out: str
    err: str
    arguments: list

    def diagnostics(self) -> tuple[set, set]:
        """The codes of errors and of warnings."""
        errors, warnings = set(), set()
        text = self.err.strip()
        if text.startswith("["):
            try:
                end = text.rindex("]") + 1
                found = json.loads(text[:end])
            except ValueError:
                return {"unreadable-diagnostics"}, set()
            for one in found:
                if one["severity"] == "error":
                    errors.add(one["code"])
                elif one["severity"] == "warning":
                    warnings.add(one["code"])
        return errors, warnings


@dataclass
class Program:
    """What `--emit ir` says."""

    stages: dict = field(default_factory=dict)
    steps: list = field(default_factory=list)
    resume: dict = field(default_factory=dict)


def read_program(text: str) -> Program:
    program = Program()
    for line in text.splitlines():
        words = line.split(" ")
        if words[0] == "stage":
            program.stages[words[1]] = words[2] == "selected"
        elif words[0] == "resume":
            program.resume[words[1]] = words[2] == "yes"
        elif words[0] == "step":
            rest = line.split(" ", 2)[2]
            stage = None
            if rest.startswith("["):
                stage, _, rest = rest[1:].partition("] ")
            kind, _, rest = rest.partition(" ")
            name, end = json.JSONDecoder().raw_decode(rest)
            action, *flags = rest[end:].split()
            program.steps.append({
                "stage": stage or None, "kind": kind, "name": name, "action": action,
                "retry": "retry" in flags, "arguments": [], "touches": set()})
        elif words[0] == "" and len(words) > 3 and program.steps:
            key, _, value = line.strip().partition(" ")
            step = program.steps[-1]
            if key == "arg":
                step["arguments"].append(value)
            elif key in ("read", "write", "delete"):
                step["touches"].add((key, str(place(value))))
    return program


def forms_of(secret: str, depth: int = 2) -> set[str]:
    """The parts of a secret that no output may hold, in the clear and in Base64, also twice."""
    parts = {secret[at: at + 10] for at in range(len(secret) - 9)} if depth == 2 else {secret}
    if depth == 0:
        return parts
    for before in range(3):
        digits = base64.b64encode(b"x" * before + secret.encode()).decode().rstrip("=")
        # Without the digits that what is before and after it has a part in.
        parts |= forms_of(digits[(before * 8 + 5) // 6: -1], depth - 1)
    return parts


class Binary:
    """The program under test, in a folder of its own."""

    def __init__(self, path: str, folder: Path):
        self.path = path
        self.folder = folder
        self.folder.mkdir(parents=True, exist_ok=True)
        self.runs = 0
        self.troubles: list[str] = []
        self.secrets: set[str] = set()  # what no output may hold
        self.own_statuses: set[int] = set()  # that the pipeline's rules say
        self.environment = {
            "PATH": "/usr/bin:/bin", "HOME": str(folder), "TZ": "UTC", "LANG": "C.UTF-8",
            "OPENLINEAGE_URL": "http://lineage.invalid"}

    def write(self, files: dict[str, str]) -> None:
        kinds = self.folder / "step-kinds"
        if kinds.exists():
            shutil.rmtree(kinds)
        for name, text in files.items():
            target = self.folder / name
            if "/" in name:
                target.parent.mkdir(exist_ok=True)
            target.write_text(text)

    def fill(self, box: str, world: dict) -> None:
        """Makes a sandbox's S3 what a world says."""
        root = self.folder / box
        if root.exists():
            shutil.rmtree(root)
        root.mkdir()
        for bucket, keys in world.items():
            for key, text in keys.items():
                self.put(box, bucket, key, text)

    def put(self, box: str, bucket: str, key: str, text: str) -> None:
        """Puts one object into a sandbox's S3."""
        target = self.folder / box / bucket / key
        if key.endswith("/"):
            target /= "%"  # how a sandbox calls a folder's marker
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)

    def call(self, *arguments: str, allowed=DOCUMENTED, quiet_secrets: bool = True) -> Answer:
        self.runs += 1
        done = subprocess.run(
            [self.path, *arguments], cwd=self.folder, env=self.environment,
            stdin=subprocess.DEVNULL, capture_output=True, timeout=120)
        answer = Answer(
            done.returncode, done.stdout.decode("utf-8", "replace"),
            done.stderr.decode("utf-8", "replace"), list(arguments))
        shown = shlex.join(("penstock", *arguments))
        if answer.status not in allowed and answer.status not in self.own_statuses:
            self.troubles.append(f"exit status {answer.status} of {shown}: {answer.err[-300:]}")
        if quiet_secrets:
            self.search(f"the output of {shown}", answer.out + answer.err)
        return answer

    def search(self, what: str, text: str) -> None:
        """Notes a secret that is told."""
        for form in self.secrets:
            if form in text:
                at = text.index(form)
                self.troubles.append(f"a secret is in {what}: {text[max(0, at - 60): at + 40]!r}")
                return

    def search_files(self, folder: str) -> None:
        """Notes a secret in what is kept in a folder."""
        for path in (self.folder / folder).rglob("*"):
            if path.is_file():
                self.search(str(path.relative_to(self.folder)),
                            path.read_bytes().decode("latin-1"))

    @staticmethod
    def pick(seed: int, *choices):
        return choices[seed // 7 % len(choices)]

    def inputs(self, case: Case, facts: bool = True) -> list[str]:
        out = ["pipeline.yml"]
        if case.pipeline.takes_config:
            out += ["-c", "config.yml"]
        if facts and case.has_facts:
            out += ["--facts", "facts.json"]
        return out

    def compile_quietly(self, case: Case, *more: str) -> Answer:
        """The body of the request, in which secrets may be."""
        return self.call(
            "compile", *self.inputs(case), *case.command.arguments(), *more, quiet_secrets=False)

    def compile(self, case: Case, emit: str = "ir", *more: str) -> Answer:
        return self.call(
            "compile", *self.inputs(case), "--emit", emit, "--diagnostics", "json",
            *case.command.arguments(), *more)


def tree_of(folder: Path) -> dict[str, str]:
    """The files below a folder: of S3, without what the sandbox keeps for itself."""
    out: dict[str, str] = {}
    for root, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if name != ".penstock"]
        for name in names:
            path = os.path.join(root, name)
            key = os.path.relpath(path, folder)
            with open(path, "rb") as file:
                out[key] = file.read().decode("utf-8", "replace")
    return out
