"""Step kinds: the built-in ones, out of their files, and how parameters become arguments."""

from __future__ import annotations

from pathlib import Path

import yaml

from expressions import rendered
from syntax import Kind

ROOT = Path(__file__).resolve().parent.parent.parent
USED = ["s3-dist-cp", "spark-submit", "hadoop-streaming", "command", "script", "hadoop-jar", "hive"]


def built_in(name: str) -> Kind:
    tree = yaml.safe_load((ROOT / "step-kinds" / f"{name}.yml").read_text())
    deletes = [
        (entry, None) if isinstance(entry, str) else (entry["parameter"], entry.get("if"))
        for entry in tree.get("deletes", [])]
    return Kind(
        name, tree["parameters"]["properties"], tree["parameters"].get("required", []),
        tree.get("reads", []), tree.get("writes", []), deletes, tree.get("part", []),
        tree.get("encrypted", {}), tree.get("retry", False), tree.get("fresh-output", False),
        tree.get("applications", []), tree["jar"], tree["arguments"], built_in=True)


KINDS: dict[str, Kind] = {name: built_in(name) for name in USED}


def arguments(kind: Kind, parameters: dict) -> list[str] | None:
    """A step's arguments; None where the kind's file computes some with expressions."""
    if any(isinstance(entry, str) and "${" in entry for entry in kind.arguments):
        return None
    out: list[str] = []
    for entry in kind.arguments:
        if isinstance(entry, str):
            out.append(entry)
        elif "option" in entry:
            name = entry["option"]
            out += option(entry.get("flag", "--" + name), parameters.get(name))
        elif "each" in entry:
            for item in parameters.get(entry["each"]) or []:
                out += [entry["flag"], rendered(item)]
        elif "value" in entry:
            if parameters.get(entry["value"]) is not None:
                out.append(rendered(parameters[entry["value"]]))
        elif "pairs" in entry:
            for key, value in (parameters.get(entry["pairs"]) or {}).items():
                out += [entry["flag"], f"{key}={rendered(value)}"]
        elif entry["options"] == "parameters":
            for key, value in parameters.items():
                out += option(entry.get("prefix", "--") + key, value, entry.get("join"))
        else:
            value = parameters.get(entry["options"]) or []
            if isinstance(value, dict):
                for key, item in value.items():
                    out += option(entry.get("prefix", "--") + key, item, entry.get("join"))
            else:
                out += [rendered(item) for item in value]
    return out


def option(flag: str, value, join: str | None = None) -> list[str]:
    """`--flag VALUE`; a true flag is bare, a false or absent one is left out, a list's items are
    joined."""
    if value is None or value is False:
        return []
    if isinstance(value, list):
        value = ",".join(rendered(item) for item in value)
    if value is True:
        return [flag]
    return [flag + join + rendered(value)] if join else [flag, rendered(value)]
