"""Writes documents badly on purpose: what `fmt` has to tidy up without changing what they mean."""

from __future__ import annotations

import json
import random
import re

import yaml

TOKEN = re.compile(
    r"""\s+|(?:[rRbB]{0,2})(?:"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')|[A-Za-z_][A-Za-z_0-9]*|[0-9.]+
    |&&|\|\||[=!<>]=|.""", re.X | re.S)


def expressions(text: str):
    """The parts of a text: (whether it is an expression, its text without `${` and `}`)."""
    at = start = 0
    while at < len(text):
        if text.startswith("$${", at):
            at += 3
        elif text.startswith("${", at):
            if start < at:
                yield False, text[start:at]
            depth, end = 1, at + 2
            while depth:
                token = TOKEN.match(text, end).group()
                depth += {"{": 1, "}": -1}.get(token, 0)
                end += len(token)
            yield True, text[at + 2: end - 1]
            at = start = end
        else:
            at += 1
    if start < at:
        yield False, text[start:]


def tokens(expression: str) -> list[str]:
    return [t for t in TOKEN.findall(expression) if not t.isspace()]


def normal(text: str):
    """A text with the tokens of its expressions in place of their spelling."""
    if "${" not in text:
        return text
    return [tuple(tokens(part)) if inside else part for inside, part in expressions(text)]


def resolves_to_text(text: str) -> bool:
    try:
        return yaml.safe_load(text) == text
    except yaml.YAMLError:
        return False


class Untidy:
    def __init__(self, seed: int, takes_expressions: bool):
        self.random = random.Random(seed)
        self.takes_expressions = takes_expressions
        self.comments: list[str] = []
        self.lines: list[str] = []
        self.anchors: dict[str, str] = {}
        self.is_after_block = False

    def chance(self, probability: float) -> bool:
        return self.random.random() < probability

    # -- Comments and blanks

    def comment(self) -> str:
        text = f"note {len(self.comments)}" + self.random.choice(
            ["", " of it", ": really", " 'and", ' "so', " # on", " ${x}", " {", " - a", " ü", "\there"])
        self.comments.append(text)
        return self.random.choice(["#", "# ", "#  ", "#\t"]) + text + self.random.choice(["", " ", "\t"])

    def between(self, indent: int) -> None:
        """Blank lines and comments before an entry."""
        while self.chance(0.12):
            if self.chance(0.5):
                self.lines.append(self.random.choice(["", "", "  "]))
            else:
                column = indent if self.chance(0.5) or self.is_after_block else self.random.randrange(12)
                self.lines.append(" " * min(column, indent if self.is_after_block else column)
                                  + self.comment())
        self.is_after_block = False

    def end(self, line: str) -> None:
        """Adds a line, perhaps with a comment or blanks at its end."""
        if self.chance(0.08):
            line += self.random.choice([" ", "   ", "\t"]) + self.comment()
        elif self.chance(0.1):
            line += self.random.choice([" ", "   ", "\t", " \t"])
        self.lines.append(line)

    # -- Texts

    def expression(self, text: str) -> str:
        """The same text, with other blanks in its expressions."""
        if not self.takes_expressions or "${" not in text or "\n" in text:
            return text
        out = ""
        for inside, part in expressions(text):
            if not inside:
                out += part
                continue
            out += "${" + self.blank()
            before = ""
            for token in tokens(part):
                words = before[-1:].isalnum() or before[-1:] in "_\"'"
                if before and words and (token[0].isalnum() or token[0] in "_\"'"):
                    out += " " + self.blank()
                elif before and (before + token) not in ("&&", "||") and token != "." and before != ".":
                    needs = bool(before) and (before[-1] + token[0]) in ("--", "!=", "==", "<=", ">=", "//")
                    out += " " if needs else self.blank()
                out += token
                before = token
            out += self.blank() + "}"
        return out

    def blank(self) -> str:
        return " " * self.random.choice([0, 0, 0, 1, 1, 2, 5])

    def single(self, text: str) -> str:
        return "'" + text.replace("'", "''") + "'"

    def double(self, text: str) -> str:
        out = json.dumps(text, ensure_ascii=self.chance(0.3))
        return re.sub(r"\\u[dD][89a-bA-B]..\\u....", lambda m: json.loads(f'"{m.group()}"'), out)

    def inline(self, value, is_flow: bool) -> str:
        """A scalar on one line."""
        if not isinstance(value, str):
            return json.dumps(value)
        text = value
        is_safe = re.fullmatch(r"[\w./=-]+", text, re.A) if is_flow else not re.search(
            r": |:$| #|^[-?:,\[\]{}#&*!|>'\"%@` ]|\s$|[\t\n]|^(---|\.\.\.)", text)
        ways = ["double", "single"] if "\n" not in text and text.isprintable() else ["double"]
        if is_safe and text and resolves_to_text(text):
            ways += ["plain"] * 4
        way = self.random.choice(ways)
        if way == "plain":
            return text
        return self.double(text) if way == "double" else self.single(text)

    def scalar(self, head: str, value, indent: int) -> None:
        """A scalar after what introduces it; more than one line if that is possible."""
        if not isinstance(value, str):
            return self.end(head + self.gap(head) + json.dumps(value))
        text = self.expression(value)
        words = text.split(" ")
        can_fold = len(words) > 2 and all(words) and "\n" not in text and text.isprintable()
        deeper = indent + self.random.randint(1, 4)
        if can_fold and "\t" not in text and self.chance(0.4):
            lines = [words[0]]
            for word in words[1:]:
                if self.chance(0.3) and not word.startswith(("#", "-", "?", ":")):
                    lines.append(word)
                else:
                    lines[-1] += " " + word
            way = self.random.choice(["block", "single", "plain", "double"])
            if way == "block":
                header = ">-"
                if self.chance(0.1):
                    header += "  " + self.comment()
                self.lines.append(head + self.gap(head) + header)
                self.lines += [" " * deeper + line for line in lines]
                self.lines += [""] * self.random.choice([0, 0, 1, 3])
                self.is_after_block = True
                return
            if way == "plain" and not re.search(r": |:$| #|^[-?:,\[\]{}#&*!|>'\"%@`]", text) and (
                    resolves_to_text(text)):
                self.lines.append(head + self.gap(head) + lines[0])
            elif way == "double":
                quoted = [self.double(line)[1:-1] for line in lines]
                lines = ['"' + quoted[0], *quoted[1:]]
                lines[-1] += '"'
                self.lines.append(head + self.gap(head) + lines[0])
            else:
                lines = [line.replace("'", "''") for line in lines]
                lines = ["'" + lines[0], *lines[1:]]
                lines[-1] += "'"
                self.lines.append(head + self.gap(head) + lines[0])
            if len(lines) > 1:
                self.lines[-1] += self.random.choice(["", " "])
                self.lines += [" " * deeper + line for line in lines[1:-1]]
                self.end(" " * deeper + lines[-1])
            return
        if "\n" in text and text.strip() == text and "\t" not in text and self.chance(0.5) and (
                text.isprintable() or text.replace("\n", "").isprintable()):
            self.lines.append(head + self.gap(head) + "|-")
            self.lines += [" " * deeper + line if line else "" for line in text.split("\n")]
            self.is_after_block = True
            return
        self.end(head + self.gap(head) + self.inline(text, False))

    def gap(self, head: str) -> str:
        # A tab after a dash, or a colon that starts a line, would be indentation.
        is_first = head.strip() in ("-", ":")
        return self.random.choice([" ", " ", "  ", "     ", " " if is_first else "\t"])

    # -- Containers

    def flow(self, value, indent: int) -> str:
        """A value in brackets; may have lines of its own."""
        if isinstance(value, (dict, list)):
            pairs = isinstance(value, dict)
            parts = []
            for item in value.items() if pairs else value:
                text = (self.inline(item[0], True) + self.random.choice([": ", " : ", ":  "])
                        + self.flow(item[1], indent)) if pairs else self.flow(item, indent)
                parts.append(text)
            out = "{" if pairs else "["
            for index, part in enumerate(parts):
                out += self.line_in_flow(indent) + part
                if index + 1 < len(parts) or self.chance(0.1):
                    out += self.random.choice(["", " "]) + ","
            return out + self.line_in_flow(indent) + ("}" if pairs else "]")
        return self.inline(self.expression(value) if isinstance(value, str) else value, True)

    def line_in_flow(self, indent: int) -> str:
        if self.chance(0.1):
            comment = " " + self.comment() if self.chance(0.4) else ""
            return comment + "\n" + " " * (indent + self.random.randint(1, 6))
        return self.random.choice(["", " ", " ", "  "])

    def value(self, head: str, value, indent: int, is_item: bool = False) -> None:
        """A value after what introduces it."""
        if isinstance(value, (dict, list)):
            if not value or self.chance(0.12):
                text = head + self.gap(head) + self.flow(value, indent)
                lines = text.split("\n")
                self.lines += lines[:-1]
                return self.end(lines[-1])
            anchor = ""
            if self.chance(0.04):
                anchor = f" &a{len(self.anchors)}"
                self.anchors[anchor] = ""
            if is_item and isinstance(value, dict) and not anchor and self.chance(0.8):
                return self.map(value, len(head) + 1, head + " ")
            self.end(head + anchor)
            if isinstance(value, list):
                inner = indent + self.random.choice([0, 0, 1, 2, 4]) if not is_item else (
                    indent + self.random.randint(1, 4))
                return self.list(value, inner)
            return self.map(value, indent + self.random.randint(1, 5))
        if isinstance(value, str) and self.chance(0.03):
            head += f" &s{len(self.anchors)}"
            self.anchors[head] = ""
        self.scalar(head, value, indent)

    def map(self, value: dict, indent: int, head: str = "") -> None:
        for key, member in value.items():
            if not head:
                self.between(indent)
            before = head or " " * indent
            head = ""
            name = self.inline(key, False)
            if self.chance(0.02) and len(key) < 40:
                self.lines.append(before + "? " + name)
                self.value(" " * indent + ":", member, indent, is_item=True)
            else:
                self.value(before + name + self.random.choice([":", ":", ":", " :"]), member, indent)

    def list(self, value: list, indent: int) -> None:
        for item in value:
            self.between(indent)
            self.value(" " * indent + "-", item, indent, is_item=True)

    def document(self, tree: dict) -> str:
        if self.chance(0.2):
            self.lines.append("---" + self.random.choice(["", " ", "  # note"]))
            if "note" in self.lines[-1]:
                self.lines[-1] = "--- " + self.comment()
        self.map(tree, 0)
        self.between(0)
        newline = "\r\n" if self.chance(0.2) else "\n"
        text = "\n".join(self.lines) + self.random.choice(["", "\n", "\n\n\n"])
        text = text.replace("\n", newline)
        return ("\ufeff" if self.chance(0.05) else "") + text
