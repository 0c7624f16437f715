import ast, bisect, datetime, json, re, sys

LIMIT = 200000
MARK = object()


class Unknown(Exception):
    pass


class Reader:
    def __init__(self, source, tree):
        self.starts = [0]
        for match in re.finditer(rb"\r\n|\r|\n", source):
            self.starts.append(match.end())
        self.size = len(source)
        self.notes = []
        self.work = 0
        self.params = {}
        self.scopes = []
        self.active = []
        self.unknowns = {}
        self.known_scopes = {}
        self.calls = []
        self.depth = 0
        self.module = self.collect(tree.body)
        self.tree = tree

    # Places

    def offset(self, line, column):
        if 1 <= line <= len(self.starts):
            return min(self.starts[line - 1] + column, self.size)
        return self.size

    def span(self, node):
        try:
            start = self.offset(node.lineno, node.col_offset)
            return [start, max(start, self.offset(node.end_lineno, node.end_col_offset))]
        except (AttributeError, TypeError):
            return None

    def note(self, effect, what, reason, node):
        at = node["at"] if isinstance(node, dict) else self.span(node)
        note = {"effect": effect, "what": what, "reason": reason, "at": at}
        if not any(n["what"] == what and n["reason"] == reason for n in self.notes):
            self.notes.append(note)

    # Names

    def collect(self, body):
        """What each name of a body is assigned: the expression, what changes it after, and what it was
        before."""
        names = {}
        self.visit(body, names, [])
        return names

    def visit(self, body, names, loops):
        for statement in body:
            if isinstance(statement, ast.Assign):
                for target in statement.targets:
                    self.assign(names, target, statement.value, loops)
            elif isinstance(statement, ast.AnnAssign) and statement.value is not None:
                self.assign(names, statement.target, statement.value, loops)
            elif isinstance(statement, ast.AugAssign) and isinstance(statement.target, ast.Name):
                if isinstance(statement.op, ast.Add):
                    self.change(names, statement.target.id, ("+", statement.value), loops)
            elif isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
                call = statement.value
                if isinstance(call.func, ast.Attribute) and isinstance(call.func.value, ast.Name):
                    if call.func.attr in ("append", "extend", "update") and len(call.args) == 1:
                        self.change(names, call.func.value.id, (call.func.attr, call.args[0]), loops)
            elif isinstance(statement, ast.ClassDef):
                names[statement.name] = (self.collect(statement.body), [], None)
            inner = loops
            if isinstance(statement, (ast.For, ast.AsyncFor)):
                inner = loops + [statement]
            if isinstance(
                statement,
                (ast.With, ast.AsyncWith, ast.If, ast.Try, ast.For, ast.AsyncFor, ast.While),
            ):
                for field in ("body", "orelse", "finalbody"):
                    self.visit(getattr(statement, field, []), names, inner)
                for handler in getattr(statement, "handlers", []):
                    self.visit(handler.body, names, inner)

    def assign(self, names, target, value, loops):
        if isinstance(target, ast.Name):
            names[target.id] = (value, [], names.get(target.id))
        elif isinstance(target, (ast.Tuple, ast.List)) and isinstance(value, (ast.Tuple, ast.List)):
            if len(target.elts) == len(value.elts):
                for one, other in zip(target.elts, value.elts):
                    self.assign(names, one, other, loops)
        elif isinstance(target, ast.Subscript):
            path, root = [], target
            while isinstance(root, ast.Subscript):
                path.insert(0, root.slice)
                root = root.value
            if isinstance(root, ast.Name):
                self.change(names, root.id, ("[]", value, path), loops)

    def change(self, names, name, change, loops):
        if name in names:
            names[name][1].append((loops, change))

    def lookup(self, name):
        for scope in reversed(self.scopes):
            if name in scope:
                return scope[name]
        return self.module.get(name)

    # Values

    def text(self, pieces, node):
        return {"text": pieces, "at": self.span(node)}

    def variable(self, name, node, **row):
        row["name"] = name
        return self.text([["v", row]], node)

    def unknown(self, node):
        """A variable for what the file doesn't say, under a name of its own."""
        shown = self.shown(node)
        return self.variable(self.own_name(node, ast.dump(node), "value"), node, summary="`%s` in the program" % shown)

    def own_name(self, node, identity, other):
        """The names in an expression, and a number if another expression has them, too."""
        name = ".".join(self.path(node)[-3:]) if node is not None else ""
        own, number = name or other, 2
        while self.unknowns.setdefault(own, identity) != identity:
            own, number = "%s.%d" % (name or other, number), number + 1
        return own

    def shown(self, node):
        """An expression for people; its names alone if it has texts in it, which may be secrets."""
        texts = [n for n in ast.walk(node) if isinstance(n, ast.Constant) and isinstance(n.value, (str, bytes))]
        try:
            text = " ".join(ast.unparse(node).split())
        except Exception:
            text = ""
        if texts or not text or len(text) > 60:
            text = ".".join(self.path(node)) or "an expression"
            return text + "(…)" if isinstance(node, ast.Call) else text
        return text

    def path(self, node):
        """The names in an expression, from left to right."""
        if isinstance(node, ast.Name):
            return [node.id]
        if isinstance(node, ast.Attribute):
            return self.path(node.value) + [node.attr]
        if isinstance(node, ast.Call):
            return self.path(node.func)
        if isinstance(node, ast.Subscript):
            key = node.slice
            if isinstance(key, ast.Constant) and isinstance(key.value, (str, int)):
                return self.path(node.value) + [str(key.value)]
            return self.path(node.value)
        if isinstance(node, (ast.ListComp, ast.GeneratorExp)):
            return self.path(node.generators[0].iter)
        return []

    def constant(self, node):
        """The value of an expression without variables; raises Unknown."""
        return plain(self.value(node))

    def value(self, node):
        self.work += 1
        self.depth += 1
        try:
            if self.work > LIMIT or self.depth > 200:
                raise Unknown()
            method = getattr(self, "on_" + type(node).__name__, None)
            return method(node) if method else self.unknown(node)
        finally:
            self.depth -= 1

    def literal(self, value, node):
        if isinstance(value, str):
            return self.text([["k", value]], node)
        if value is None or isinstance(value, (bool, int, float)):
            if isinstance(value, float) and (value != value or value in (1e400, -1e400)):
                return self.unknown(node)
            return {"scalar": value, "at": self.span(node)}
        if isinstance(value, (list, tuple)):
            return {"list": [self.literal(v, node) for v in value], "at": self.span(node)}
        if isinstance(value, dict):
            return {
                "map": [[str(k), self.span(node), self.literal(v, node)] for k, v in value.items()],
                "at": self.span(node),
            }
        return self.unknown(node)

    def on_Constant(self, node):
        return self.literal(node.value, node)

    def on_List(self, node):
        items = []
        for item in node.elts:
            if isinstance(item, ast.Starred):
                value = self.value(item.value)
                if "list" in value:
                    items += value["list"]
                else:
                    self.note("lost", "*", "the items of this list aren't known", item)
            else:
                items.append(self.value(item))
        return {"list": items, "at": self.span(node)}

    on_Tuple = on_List
    on_Set = on_List

    def on_Dict(self, node):
        entries = []
        for key, value in zip(node.keys, node.values):
            if key is None:
                other = self.value(value)
                if "map" in other:
                    for entry in other["map"]:
                        put(entries, entry)
                else:
                    self.note("lost", "**", "the members of this map aren't known", value)
                continue
            try:
                name = self.constant(key)
            except Unknown:
                self.note("lost", self.shown(key), "the name of this member isn't known", key)
                continue
            put(entries, [str(name), self.span(key), self.value(value)])
        return {"map": entries, "at": self.span(node)}

    def on_JoinedStr(self, node):
        pieces = []
        for part in node.values:
            if isinstance(part, ast.Constant):
                pieces.append(["k", str(part.value)])
                continue
            inner = part.value
            if part.format_spec is not None:
                spec = "".join(
                    str(p.value) for p in part.format_spec.values if isinstance(p, ast.Constant)
                )
                time = self.time(inner, spec, part)
                pieces += (time or self.unknown(inner))["text"]
                continue
            pieces += self.pieces(self.value(inner), inner)
        return self.text(pieces, node)

    def pieces(self, value, node):
        if "text" in value:
            return value["text"]
        if "scalar" in value:
            return [["k", "" if value["scalar"] is None else str(value["scalar"])]]
        return self.unknown(node)["text"]

    def on_BinOp(self, node):
        if isinstance(node.op, ast.Add):
            left, right = self.value(node.left), self.value(node.right)
            if "list" in left and "list" in right:
                return {"list": left["list"] + right["list"], "at": self.span(node)}
            if "text" in left and "text" in right:
                return self.text(left["text"] + right["text"], node)
            return self.arithmetic(node, left, right)
        if isinstance(node.op, ast.Mod):
            left = self.value(node.left)
            if "text" in left:
                return self.percent(node, left)
            return self.arithmetic(node, left, self.value(node.right))
        if isinstance(node.op, ast.BitOr):
            left, right = self.value(node.left), self.value(node.right)
            if "map" in left and "map" in right:
                entries = list(left["map"])
                for entry in right["map"]:
                    put(entries, entry)
                return {"map": entries, "at": self.span(node)}
            return self.unknown(node)
        return self.arithmetic(node, self.value(node.left), self.value(node.right))

    def arithmetic(self, node, left, right):
        try:
            a, b = plain(left), plain(right)
        except Unknown:
            return self.unknown(node)
        numbers = all(isinstance(x, (int, float)) and abs(x) < 1e15 for x in (a, b))
        if not numbers:
            return self.unknown(node)
        kind = type(node.op)
        try:
            if kind is ast.Add:
                return self.literal(a + b, node)
            if kind is ast.Sub:
                return self.literal(a - b, node)
            if kind is ast.Mult:
                return self.literal(a * b, node)
            if kind is ast.FloorDiv:
                return self.literal(a // b, node)
            if kind is ast.Div:
                return self.literal(a / b, node)
        except ZeroDivisionError:
            pass
        return self.unknown(node)

    def percent(self, node, left):
        """`'…%s…' % x`, with `%s` and `%d` alone."""
        try:
            form = plain(left)
        except Unknown:
            return self.unknown(node)
        if isinstance(node.right, ast.Dict):
            values = {e[0]: e[2] for e in self.value(node.right)["map"]}
            parts = re.split(r"%(?:\((\w+)\)[sd]|(%))", form)
            named = True
        else:
            elements = node.right.elts if isinstance(node.right, ast.Tuple) else [node.right]
            values = [self.value(e) for e in elements]
            parts = re.split(r"%(?:([sd])|(%))", form)
            named = False
        pieces, at = [], 0
        for index in range(0, len(parts), 3):
            pieces.append(["k", parts[index]])
            if index + 2 >= len(parts):
                break
            if parts[index + 2]:
                pieces.append(["k", "%"])
            elif named:
                if parts[index + 1] not in values:
                    return self.unknown(node)
                pieces += self.pieces(values[parts[index + 1]], node)
            else:
                if at >= len(values):
                    return self.unknown(node)
                pieces += self.pieces(values[at], node)
                at += 1
        return self.text(pieces, node)

    def on_UnaryOp(self, node):
        try:
            value = self.constant(node.operand)
        except Unknown:
            return self.unknown(node)
        if isinstance(node.op, ast.USub) and isinstance(value, (int, float)):
            return self.literal(-value, node)
        if isinstance(node.op, ast.Not):
            return self.literal(not value, node)
        return self.unknown(node)

    def on_BoolOp(self, node):
        # `x or default`: what is known of the first that is something.
        if isinstance(node.op, ast.Or):
            first = self.value(node.values[0])
            last = self.value(node.values[-1])
            if "text" in first and len(first["text"]) == 1 and first["text"][0][0] == "v":
                row = first["text"][0][1]
                if not row.get("known") and "time" not in row:
                    try:
                        row["value"], row["known"] = plain(last), True
                    except Unknown:
                        pass
                return first
            return last if is_nothing(first) else first
        return self.unknown(node)

    def on_IfExp(self, node):
        name = self.shown(node.test)
        self.note("lost", name, "only what is for when this holds is carried over", node)
        return self.value(node.body)

    def on_Name(self, node):
        if node.id in ("True", "False", "None"):
            return self.literal({"True": True, "False": False, "None": None}[node.id], node)
        found = self.lookup(node.id)
        if found is None or isinstance(found[0], dict):
            return self.unknown(node)
        return self.assigned(node.id, found, node)

    def assigned(self, name, found, node):
        # A name in its own value is what it was before.
        while found is not None and any(found is one for one in self.active):
            found = found[2]
        if found is None:
            return self.unknown(node)
        expression, changes = found[0], found[1]
        if isinstance(expression, Ready):
            return expression.value
        if isinstance(expression, dict):
            return self.unknown(node)
        self.active.append(found)
        scopes = self.scopes
        try:
            if isinstance(expression, Deferred):
                self.scopes = self.scopes_of(expression.chain)
                expression = expression.expression
            value = self.value(expression)
            for loops, change in changes:
                value = self.repeated(loops, value, change, name, node)
            return value
        finally:
            self.active.pop()
            self.scopes = scopes

    def repeated(self, loops, value, change, name, node):
        """A change, as often as the loops around it say."""
        if not loops:
            return self.changed(value, change, name, node)
        items = self.value(loops[0].iter).get("list")
        if items is None:
            self.note("lost", name, "how often it is changed here isn't known", change[1])
            return value
        for item in items:
            self.scopes.append(self.bound(loops[0].target, item))
            value = self.repeated(loops[1:], value, change, name, node)
            self.scopes.pop()
        return value

    def bound(self, target, item):
        scope = {}
        if isinstance(target, ast.Name):
            scope[target.id] = (Ready(item), [], None)
        elif isinstance(target, (ast.Tuple, ast.List)) and "list" in item:
            for one, part in zip(target.elts, item["list"]):
                if isinstance(one, ast.Name):
                    scope[one.id] = (Ready(part), [], None)
        return scope

    def changed(self, value, change, name, node):
        if change[0] in ("+", "append", "extend") and "list" in value:
            other = self.value(change[1])
            items = [other] if change[0] == "append" else other.get("list")
            if items is not None:
                return {"list": value["list"] + items, "at": value["at"]}
        elif change[0] == "+" and "text" in value:
            other = self.value(change[1])
            if "text" in other:
                return self.text(value["text"] + other["text"], node)
        elif change[0] == "update" and "map" in value:
            other = self.value(change[1])
            if "map" in other:
                entries = list(value["map"])
                for entry in other["map"]:
                    put(entries, entry)
                return {"map": entries, "at": value["at"]}
        elif change[0] == "[]":
            try:
                path = [self.constant(key) for key in change[2]]
                return self.replaced(value, path, self.value(change[1]), change[1])
            except Unknown:
                pass
        self.note("lost", name, "it is changed here in a way that can't be read", change[1])
        return value

    def replaced(self, value, path, new, node):
        if not path:
            return new
        if "map" in value and isinstance(path[0], str):
            entries = list(value["map"])
            old = next((e[2] for e in entries if e[0] == path[0]), None)
            if old is None and len(path) > 1:
                raise Unknown()
            put(entries, [path[0], self.span(node), self.replaced(old, path[1:], new, node)])
            return {"map": entries, "at": value["at"]}
        if "list" in value and isinstance(path[0], int) and -len(value["list"]) <= path[0] < len(value["list"]):
            items = list(value["list"])
            items[path[0]] = self.replaced(items[path[0]], path[1:], new, node)
            return {"list": items, "at": value["at"]}
        raise Unknown()

    def on_Attribute(self, node):
        if isinstance(node.value, ast.Name):
            found = self.lookup(node.value.id)
            if found is not None and isinstance(found[0], dict) and node.attr in found[0]:
                return self.assigned(node.attr, found[0][node.attr], node)
        return self.unknown(node)

    def on_Subscript(self, node):
        if is_named(node.value, "os.environ", "environ"):
            return self.environment(node.slice, None, node)
        value = self.value(node.value)
        try:
            key = self.constant(node.slice)
            if "map" in value:
                return next(e[2] for e in value["map"] if e[0] == key)
            if "list" in value and isinstance(key, int):
                return value["list"][key]
        except (Unknown, StopIteration, IndexError):
            pass
        return self.unknown(node)

    def on_ListComp(self, node):
        if len(node.generators) != 1 or node.generators[0].ifs:
            return self.unknown(node)
        loop = node.generators[0]
        source = self.value(loop.iter)
        if "list" not in source:
            return self.unknown(node)
        items = []
        for item in source["list"]:
            self.scopes.append(self.bound(loop.target, item))
            items.append(self.value(node.elt))
            self.scopes.pop()
        return {"list": items, "at": self.span(node)}

    on_GeneratorExp = on_ListComp

    # Calls

    def on_Call(self, node):
        func = node.func
        name = dotted(func)
        args = node.args
        words = {k.arg: k.value for k in node.keywords if k.arg}
        if name.endswith("Variable.get") and args:
            return self.airflow_variable(args, words, node)
        if name in ("os.environ.get", "os.getenv", "environ.get", "getenv") and args:
            default = args[1] if len(args) > 1 else words.get("default")
            return self.environment(args[0], default, node)
        if isinstance(func, ast.Attribute):
            method = getattr(self, "method_" + func.attr, None)
            if method:
                found = method(func.value, args, words, node)
                if found is not None:
                    return found
        if name == "enumerate" and len(args) == 1 and not words:
            items = self.value(args[0]).get("list")
            if items is not None:
                at = self.span(node)
                pairs = [{"list": [{"scalar": i, "at": at}, v], "at": at} for i, v in enumerate(items)]
                return {"list": pairs, "at": at}
        if name == "range" and args and not words:
            try:
                numbers = range(*[self.constant(a) for a in args])
                if len(numbers) <= 1000:
                    return self.literal(list(numbers), node)
            except (Unknown, TypeError, ValueError, OverflowError):
                pass
        if name in ("str", "int", "float", "list", "tuple") and len(args) == 1:
            return self.converted(name, self.value(args[0]), node)
        if name == "dict":
            entries = []
            for base in args:
                value = self.value(base)
                for entry in value.get("map", []):
                    put(entries, entry)
            for word in node.keywords:
                if word.arg:
                    put(entries, [word.arg, self.span(word), self.value(word.value)])
            return {"map": entries, "at": self.span(node)}
        if name in ("copy.deepcopy", "deepcopy", "copy.copy") and len(args) == 1:
            return self.value(args[0])
        if name in ("os.path.join", "path.join") and args:
            parts = [self.value(a) for a in args]
            pieces = []
            for part, arg in zip(parts, args):
                if pieces and not ends_with_slash(pieces):
                    pieces.append(["k", "/"])
                pieces += self.pieces(part, arg)
            return self.text(pieces, node)
        if name in ("json.dumps", "dumps") and len(args) == 1 and not node.keywords:
            try:
                return self.literal(json.dumps(self.constant(args[0])), node)
            except Unknown:
                return self.unknown(node)
        if isinstance(func, ast.Name):
            found = self.called(func.id, args, words, node)
            if found is not None:
                return found
        return self.unknown(node)

    def called(self, name, args, words, node):
        """A function of the file that only returns one expression."""
        for statement in self.tree.body:
            if isinstance(statement, ast.FunctionDef) and statement.name == name:
                break
        else:
            return None
        if statement.args.vararg or statement.args.kwarg or statement.decorator_list:
            return None
        returns = [s for s in ast.walk(statement) if isinstance(s, ast.Return)]
        if len(returns) != 1 or returns[0] is not statement.body[-1] or returns[0].value is None:
            return None
        scope = self.collect(statement.body)
        names = [a.arg for a in statement.args.posonlyargs + statement.args.args]
        defaults = statement.args.defaults
        for parameter, default in zip(names[len(names) - len(defaults) :], defaults):
            scope.setdefault(parameter, (Ready(self.value(default)), [], None))
        for parameter, default in zip(statement.args.kwonlyargs, statement.args.kw_defaults):
            if default is not None:
                scope.setdefault(parameter.arg, (Ready(self.value(default)), [], None))
        for parameter, arg in zip(names, args):
            scope[parameter] = (Ready(self.value(arg)), [], None)
        for parameter, arg in words.items():
            scope[parameter] = (Ready(self.value(arg)), [], None)
        self.scopes.append(scope)
        try:
            return self.value(returns[0].value)
        finally:
            self.scopes.pop()

    def converted(self, name, value, node):
        if name in ("list", "tuple"):
            return value if "list" in value else self.unknown(node)
        if name == "str":
            return self.text(self.pieces(value, node), node)
        try:
            known = plain(value)
            return self.literal(int(known) if name == "int" else float(known), node)
        except Unknown:
            # A variable that is a number.
            return value
        except (ValueError, TypeError, OverflowError):
            return self.unknown(node)

    def airflow_variable(self, args, words, node):
        try:
            name = str(self.constant(args[0]))
        except Unknown:
            return self.unknown(node)
        default = words.get("default_var", words.get("default"))
        if default is None and len(args) > 1:
            default = args[1]
        row = {"summary": "Airflow's variable `%s`" % name}
        if default is not None:
            try:
                row["value"], row["known"] = self.constant(default), True
            except Unknown:
                pass
            if row.get("value", MARK) is None:
                row.pop("value"), row.pop("known")
        return self.variable(name, node, **row)

    def environment(self, key, default, node):
        try:
            name = str(self.constant(key))
        except Unknown:
            return self.unknown(node)
        row = {"summary": "the environment variable `%s`" % name}
        if default is not None:
            try:
                row["value"], row["known"] = self.constant(default), True
            except Unknown:
                pass
            if row.get("value", MARK) is None:
                row.pop("value"), row.pop("known")
        return self.variable(name, node, **row)

    def method_format(self, base, args, words, node):
        left = self.value(base)
        if "text" not in left:
            return None
        values = {str(i): self.value(a) for i, a in enumerate(args)}
        values.update({k: self.value(v) for k, v in words.items()})
        pieces, count = [], 0
        for piece in left["text"]:
            if piece[0] != "k":
                pieces.append(piece)
                continue
            for match in re.finditer(r"\{\{|\}\}|\{(\w*)\}|[^{}]+|[{}]", piece[1]):
                text = match.group(0)
                if text in ("{{", "}}"):
                    pieces.append(["k", text[0]])
                elif match.group(1) is not None:
                    name = match.group(1)
                    if name == "":
                        name, count = str(count), count + 1
                    if name not in values:
                        return self.unknown(node)
                    pieces += self.pieces(values[name], node)
                elif text in "{}":
                    return self.unknown(node)
                else:
                    pieces.append(["k", text])
        return self.text(pieces, node)

    def method_join(self, base, args, words, node):
        if len(args) != 1:
            return None
        separator, value = self.value(base), self.value(args[0])
        if "text" not in separator or "list" not in value:
            return None
        pieces = []
        for index, item in enumerate(value["list"]):
            if index:
                pieces += separator["text"]
            pieces += self.pieces(item, node)
        return self.text(pieces, node)

    def method_split(self, base, args, words, node):
        try:
            return self.literal(self.constant(base).split(*[self.constant(a) for a in args]), node)
        except (Unknown, AttributeError, ValueError, TypeError):
            return None

    def simple(name):
        def method(self, base, args, words, node):
            try:
                text = self.constant(base)
                given = [self.constant(a) for a in args]
            except Unknown:
                return None
            if not isinstance(text, str) or words or not all(isinstance(g, str) for g in given):
                return None
            try:
                return self.literal(getattr(text, name)(*given), node)
            except (TypeError, ValueError):
                return None

        return method

    method_lower = simple("lower")
    method_upper = simple("upper")
    method_strip = simple("strip")
    method_rstrip = simple("rstrip")
    method_lstrip = simple("lstrip")
    method_title = simple("title")
    method_replace = simple("replace")

    def method_copy(self, base, args, words, node):
        return self.value(base)

    def method_items(self, base, args, words, node):
        value = self.value(base)
        if "map" not in value or args:
            return None
        at = self.span(node)
        pairs = [{"list": [{"text": [["k", e[0]]], "at": e[1]}, e[2]], "at": at} for e in value["map"]]
        return {"list": pairs, "at": at}

    def method_get(self, base, args, words, node):
        if not args:
            return None
        value = self.value(base)
        try:
            key = self.constant(args[0])
        except Unknown:
            return None
        for entry in value.get("map", []):
            if entry[0] == key:
                return entry[2]
        if "map" in value and len(args) > 1:
            return self.value(args[1])
        return None

    def method_strftime(self, base, args, words, node):
        try:
            form = self.constant(args[0])
        except (Unknown, IndexError):
            return None
        return self.time(base, form, node)

    def method_isoformat(self, base, args, words, node):
        if args or words:
            return None
        return self.time(base, "%Y-%m-%dT%H:%M:%S", node)

    def time(self, base, form, node):
        """The run's time in a form, if `base` is now, or now with a constant added."""
        offset = self.clock(base)
        if offset is None:
            return None
        format = supported(form)
        if format is None:
            self.note("told", form, "a pipeline can't write times in this form: it became an input", node)
            return self.variable("time", node)
        self.note("told", "now", "the time at which the file is read is the run's time, in UTC, now", node)
        return self.variable(form, node, time=format, offset=offset)

    def clock(self, node):
        """Seconds after now; None if it isn't a time near now."""
        if isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Add, ast.Sub)):
            base, delta = self.clock(node.left), self.delta(node.right)
            if base is None or delta is None:
                return None
            return base + (delta if isinstance(node.op, ast.Add) else -delta)
        if isinstance(node, ast.Name):
            found = self.lookup(node.id)
            if found and not found[1] and isinstance(found[0], ast.AST) and self.depth < 100:
                self.depth += 1
                try:
                    return self.clock(found[0])
                finally:
                    self.depth -= 1
            return None
        if isinstance(node, ast.Call):
            name = dotted(node.func)
            last = name.split(".")[-1]
            if last in ("now", "utcnow", "today") and ("date" in name or "pendulum" in name or "timezone" in name):
                return 0
        return None

    def delta(self, node):
        if not isinstance(node, ast.Call) or dotted(node.func).split(".")[-1] != "timedelta":
            return None
        try:
            words = {k.arg: self.constant(k.value) for k in node.keywords}
            args = [self.constant(a) for a in node.args]
            return int(datetime.timedelta(*args, **words).total_seconds())
        except (Unknown, TypeError, ValueError, OverflowError):
            return None

    # Jinja

    def rendered(self, value):
        """A value of an operator's templated argument."""
        if "list" in value:
            return {"list": [self.rendered(v) for v in value["list"]], "at": value["at"]}
        if "map" in value:
            return {"map": [[e[0], e[1], self.rendered(e[2])] for e in value["map"]], "at": value["at"]}
        if "text" not in value:
            return value
        merged, pieces = [], []
        for piece in value["text"]:
            if piece[0] == "k" and merged and merged[-1][0] == "k":
                merged[-1] = ["k", merged[-1][1] + piece[1]]
            else:
                merged.append(piece)
        for piece in merged:
            pieces += self.jinja(piece[1], value) if piece[0] == "k" else [piece]
        return {"text": pieces, "at": value["at"]}

    def jinja(self, text, node):
        if "{{" not in text and "{%" not in text:
            return [["k", text]]
        if "{%" in text:
            self.note("told", "{% … %}", "what Jinja makes of this isn't known: it became an input", node)
            return [["v", {"name": "template"}]]
        pieces, at = [], 0
        for match in re.finditer(r"\{\{(.*?)\}\}", text, re.S):
            if match.start() > at:
                pieces.append(["k", text[at : match.start()]])
            pieces += self.mark(match.group(1).strip(" \t\r\n-"), node)
            at = match.end()
        if at < len(text):
            pieces.append(["k", text[at:]])
        return pieces or [["k", ""]]

    TIMES = {
        "ds": ("%Y-%m-%d", 0),
        "ds_nodash": ("%Y%m%d", 0),
        "ts": ("%Y-%m-%dT%H:%M:%S+00:00", 0),
        "ts_nodash": ("%Y%m%dT%H%M%S", 0),
        "ts_nodash_with_tz": ("%Y%m%dT%H%M%S+0000", 0),
        "yesterday_ds": ("%Y-%m-%d", -86400),
        "yesterday_ds_nodash": ("%Y%m%d", -86400),
        "tomorrow_ds": ("%Y-%m-%d", 86400),
        "tomorrow_ds_nodash": ("%Y%m%d", 86400),
    }
    MOMENTS = ("execution_date", "logical_date", "data_interval_start", "dag_run.logical_date")

    def mark(self, text, node):
        if text in self.TIMES:
            form, offset = self.TIMES[text]
            return self.moment(text, form, offset, node)
        if text in self.MOMENTS:
            return self.moment(text, "%Y-%m-%dT%H:%M:%S+00:00", 0, node)
        try:
            tree = ast.parse(text, mode="eval").body
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            tree = None
        if tree is not None:
            found = self.expression(tree, text, node)
            if found is not None:
                return found
        shown = self.shown(tree) if tree is not None else "…"
        name = self.own_name(tree, text, "template")
        return [["v", {"name": name, "summary": "`{{ %s }}` in the program" % shown}]]

    def moment(self, name, form, offset, node):
        reason = "Airflow's dates are of the start of the interval that a run is for; they are the run's time now"
        if not any(note["reason"] == reason for note in self.notes):
            self.note("told", "{{ %s }}" % name[:60], reason, node)
        return [["v", {"name": name, "time": form, "offset": offset}]]

    def expression(self, tree, text, node):
        name = dotted(tree)
        if name.startswith("params."):
            return [["v", self.parameter(name[7:])]]
        if name.startswith("var.value."):
            return [["v", {"name": name[10:], "summary": "Airflow's variable `%s`" % name[10:]}]]
        if name.startswith("var.json."):
            return [["v", {"name": name[9:], "summary": "Airflow's variable `%s`" % name[9:]}]]
        if isinstance(tree, ast.Subscript) and isinstance(tree.slice, ast.Constant):
            key = tree.slice.value
            base = dotted(tree.value)
            if base == "params" and isinstance(key, str):
                return [["v", self.parameter(key)]]
            if base in ("dag_run.conf", "conf") and isinstance(key, str):
                return [["v", {"name": key, "summary": "given when the run is started"}]]
        if not isinstance(tree, ast.Call):
            return None
        func = dotted(tree.func)
        try:
            args = [ast.literal_eval(a) for a in tree.args if isinstance(a, (ast.Constant, ast.UnaryOp))]
        except (ValueError, TypeError):
            return None
        if func in ("var.value.get", "dag_run.conf.get", "params.get") and args:
            row = self.parameter(args[0]) if func == "params.get" else {"name": str(args[0])}
            if len(args) > 1 and not row.get("known"):
                row["value"], row["known"] = args[1], True
            return [["v", row]]
        if func == "macros.ds_add" and len(args) == 1 and isinstance(args[0], int):
            if isinstance(tree.args[0], ast.Name) and tree.args[0].id == "ds":
                return self.moment(text, "%Y-%m-%d", 86400 * args[0], node)
        if func == "macros.ds_format" and len(args) == 2 and args[0] == "%Y-%m-%d":
            form = supported(args[1])
            if form and isinstance(tree.args[0], ast.Name) and tree.args[0].id in ("ds", "yesterday_ds", "tomorrow_ds"):
                return self.moment(text, form, self.TIMES[tree.args[0].id][1], node)
        if isinstance(tree.func, ast.Attribute) and tree.func.attr in ("strftime", "format"):
            base = tree.func.value
            offset = 0
            if isinstance(base, ast.BinOp) and isinstance(base.op, (ast.Add, ast.Sub)):
                delta = self.delta(base.right)
                if delta is None:
                    return None
                offset = delta if isinstance(base.op, ast.Add) else -delta
                base = base.left
            form = supported(args[0]) if len(args) == 1 and isinstance(args[0], str) else None
            if dotted(base) in self.MOMENTS and form and tree.func.attr == "strftime":
                return self.moment(text, form, offset, node)
        return None

    def parameter(self, name):
        row = {"name": name}
        if name in self.params:
            try:
                row["value"], row["known"] = plain(self.params[name]), True
            except Unknown:
                pass
        return row

    # Operators

    def places(self):
        """Each call, and the functions that it is in."""
        found = []

        def walk(node, chain):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                chain = chain + [node]
            if isinstance(node, ast.Call):
                found.append((node, chain))
            for child in ast.iter_child_nodes(node):
                walk(child, chain)

        walk(self.tree, [])
        return found

    def scope_of(self, function):
        """What names are in a function; its parameters, if the file calls it in one place."""
        if id(function) in self.known_scopes:
            return self.known_scopes[id(function)]
        scope = self.collect(function.body)
        self.known_scopes[id(function)] = scope
        sites = [c for c in self.calls if dotted(c[0].func).split(".")[-1] == function.name]
        parameters = [a.arg for a in function.args.posonlyargs + function.args.args]
        defaults = function.args.defaults
        given = dict(zip(parameters[len(parameters) - len(defaults) :], defaults))
        for parameter, default in zip(function.args.kwonlyargs, function.args.kw_defaults):
            if default is not None:
                given[parameter.arg] = default
        chain = []
        if len(sites) == 1:
            call, chain = sites[0]
            if parameters and parameters[0] in ("self", "cls"):
                parameters = parameters[1:]
            given.update(zip(parameters, call.args))
            given.update({k.arg: k.value for k in call.keywords if k.arg})
        elif sites:
            given = {}
        for name, expression in given.items():
            if not isinstance(expression, ast.Starred):
                scope.setdefault(name, (Deferred(expression, chain), [], None))
        return scope

    def scopes_of(self, chain):
        return [self.scope_of(function) for function in chain]

    def flows(self):
        creates, adds, others, ends = [], [], [], False
        self.calls = self.places()
        for call, chain in self.calls:
            scopes = self.scopes_of(chain)
            name = dotted(call.func).split(".")[-1]
            words = {k.arg: k.value for k in call.keywords if k.arg}
            self.scopes = scopes
            if name in ("DAG", "dag") or name.startswith("Emr"):
                if "params" in words:
                    params = self.value(words["params"])
                    self.params.update({e[0]: e[2] for e in params.get("map", [])})
            if name in ("EmrCreateJobFlowOperator", "EmrCreateJobFlowOperatorAsync"):
                creates.append((call, scopes, words))
            elif name in ("EmrAddStepsOperator", "EmrAddStepsOperatorAsync"):
                adds.append((call, scopes, words))
            elif name == "run_job_flow":
                creates.append((call, scopes, words))
            elif name == "add_job_flow_steps":
                adds.append((call, scopes, words))
            elif name in ("EmrTerminateJobFlowOperator", "terminate_job_flows"):
                ends = True
            elif name.endswith(("Operator", "Sensor")) and not name.startswith("Emr"):
                if isinstance(call.func, (ast.Name, ast.Attribute)) and not name.startswith("_"):
                    others.append((name, self.task(words), call))
        self.scopes = []
        clusters = [self.cluster(*create) for create in creates]
        steps = [self.steps(*add) for add in adds]
        if not clusters and not steps:
            clusters, steps = self.constants()
        # A program that reads arguments or calls others has much that isn't a task.
        if any("Operator" in dotted(c[0].func) for c in creates + adds):
            for name, task, call in others:
                if name not in ("DummyOperator", "EmptyOperator"):
                    self.note("lost", task or name, "a `%s` isn't a step of EMR" % name, call)
        return self.combined([c for c in clusters if c], [s for s in steps if s], ends)

    def task(self, words):
        try:
            return str(self.constant(words["task_id"]))
        except (KeyError, Unknown):
            return None

    def cluster(self, call, scopes, words):
        self.scopes = scopes
        name = dotted(call.func).split(".")[-1]
        if name == "run_job_flow":
            entries = [[k, self.span(v), self.value(v)] for k, v in words.items()]
            for word in call.keywords:
                if word.arg is None:
                    for entry in self.value(word.value).get("map", []):
                        put(entries, entry)
            body = {"map": entries, "at": self.span(call)}
            if not any(e[0] == "Instances" for e in entries):
                return None
        else:
            given = words.get("job_flow_overrides")
            if given is None:
                self.note("lost", "job_flow_overrides", "the cluster is described by a connection of Airflow's", call)
                return None
            body = self.value(given)
            if "map" not in body:
                self.note("lost", "job_flow_overrides", "what the cluster is like isn't in this file", given)
                return None
            if "emr_conn_id" in words:
                self.note(
                    "told",
                    "emr_conn_id",
                    "members of the connection's `extra` that this file doesn't override aren't known here",
                    words["emr_conn_id"],
                )
            body = self.rendered(body)
            if not any(e[0] == "Instances" for e in body["map"]):
                self.note(
                    "lost",
                    "Instances",
                    "the machines are in a connection of Airflow's: add this member of its `extra` here",
                    given,
                )
        return {"body": body, "task": self.task(words), "region": self.region(words), "at": self.span(call)}

    def region(self, words):
        """The region of a task, or the one of the program's only client of EMR."""
        if "region_name" not in words:
            words = {}
            for call, chain in self.calls:
                given = {k.arg: k.value for k in call.keywords if k.arg}
                service = call.args[0] if call.args else given.get("service_name")
                if not dotted(call.func).endswith("client") or "region_name" not in given:
                    continue
                if isinstance(service, ast.Constant) and service.value == "emr":
                    if words:
                        return None
                    words = given
                    self.scopes = self.scopes_of(chain)
            if not words:
                return None
        value = self.value(words["region_name"])
        try:
            return [plain(value), value["at"]]
        except Unknown:
            return None

    def steps(self, call, scopes, words):
        self.scopes = scopes
        given = words.get("steps", words.get("Steps"))
        if given is None:
            return None
        value = self.value(given)
        if "list" not in value:
            self.note("lost", "steps", "which steps these are isn't in this file", given)
            return None
        if "steps" in words:
            value = self.rendered(value)
        target = words.get("job_flow_id", words.get("JobFlowId"))
        return {
            "steps": value["list"],
            "target": " ".join(ast.unparse(target).split()) if target is not None else "",
            "region": self.region(words),
            "at": self.span(call),
        }

    def constants(self):
        """Without an operator: what looks like a cluster and its steps."""
        clusters, steps = [], []
        def all_names(names):
            for name, found in names.items():
                if isinstance(found[0], dict):
                    yield from all_names(found[0])
                else:
                    yield name, found
        scopes = [(dict(all_names(self.module)), [])]
        for node in ast.walk(self.tree):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                scope = self.collect(node.body)
                scopes.append((dict(all_names(scope)), [scope]))
        for names, scope in scopes:
            for name, found in names.items():
                if isinstance(found[0], ast.Dict) and has_key(found[0], "Instances"):
                    self.scopes = scope
                    value = self.assigned(name, found, found[0])
                    clusters.append({"body": self.rendered(value), "task": name, "region": None, "at": self.span(found[0])})
                elif isinstance(found[0], ast.List) and any(has_key(e, "HadoopJarStep") for e in found[0].elts):
                    self.scopes = scope
                    value = self.assigned(name, found, found[0])
                    steps.append(
                        {"steps": self.rendered(value)["list"], "target": "", "region": None, "at": self.span(found[0])}
                    )
        self.scopes = []
        # Steps that a cluster has already.
        have = [e[2]["at"] for c in clusters for e in c["body"].get("map", []) if e[0] == "Steps"]
        steps = [s for s in steps if s["at"] not in have]
        return clusters, steps

    def combined(self, clusters, steps, ends):
        flows = []
        for cluster in clusters:
            cluster["added"] = []
        for one in steps:
            owner = None
            for cluster in clusters:
                task = cluster["task"]
                if len(clusters) == 1 or (task and task in one["target"]):
                    owner = cluster
                    break
            if owner is None:
                flows.append({"steps": one["steps"], "at": one["at"], "region": one["region"]})
            else:
                owner["added"] += one["steps"]
        made = []
        for cluster in clusters:
            made.append(
                {
                    "body": cluster["body"],
                    "steps": cluster["added"],
                    "task": cluster["task"],
                    "region": cluster["region"],
                    "ends": ends,
                    "at": cluster["at"],
                }
            )
        # Steps of several tasks for one cluster elsewhere are one job flow.
        if flows and not made:
            whole = {"steps": [], "at": flows[0]["at"], "region": flows[0]["region"]}
            for flow in flows:
                whole["steps"] += flow["steps"]
            flows = [whole]
        return made + flows


class Ready:
    """A value in the place of an expression."""

    def __init__(self, value):
        self.value = value


class Deferred:
    """An expression in the place of a parameter, with the functions that it is in."""

    def __init__(self, expression, chain):
        self.expression = expression
        self.chain = chain


def plain(value):
    if "scalar" in value:
        return value["scalar"]
    if "text" in value:
        if all(p[0] == "k" for p in value["text"]):
            return "".join(p[1] for p in value["text"])
        raise Unknown()
    if "list" in value:
        return [plain(v) for v in value["list"]]
    return {e[0]: plain(e[2]) for e in value["map"]}


def is_nothing(value):
    try:
        return not plain(value)
    except Unknown:
        return False


def put(entries, entry):
    for index, old in enumerate(entries):
        if old[0] == entry[0]:
            entries[index] = entry
            return
    entries.append(entry)


def has_key(node, key):
    return isinstance(node, ast.Dict) and any(
        isinstance(k, ast.Constant) and k.value == key for k in node.keys
    )


def dotted(node):
    parts = []
    while isinstance(node, ast.Attribute):
        parts.insert(0, node.attr)
        node = node.value
    parts.insert(0, node.id if isinstance(node, ast.Name) else "?")
    return ".".join(parts)


def is_named(node, *names):
    return dotted(node) in names


def ends_with_slash(pieces):
    last = pieces[-1]
    return last[0] == "k" and last[1].endswith("/")


def supported(form):
    """A form of strftime's that a pipeline can write; None if it can't."""
    if not isinstance(form, str):
        return None
    form = form.replace("%F", "%Y-%m-%d").replace("%T", "%H:%M:%S")
    rest = re.sub(r"%[YmdHMSs%]", "", form)
    return None if "%" in rest else form


def main():
    source = sys.stdin.buffer.read()
    sys.setrecursionlimit(3000)
    try:
        tree = ast.parse(source)
        reader = Reader(source, tree)
        flows = reader.flows()
        result = {"flows": flows, "notes": reader.notes}
    except SyntaxError as error:
        starts = [0]
        for match in re.finditer(rb"\r\n|\r|\n", source):
            starts.append(match.end())
        line = min(max(error.lineno or 1, 1), len(starts))
        text = source[starts[line - 1] :].split(b"\n")[0].decode("utf-8", "replace")
        column = len(text[: max((error.offset or 1) - 1, 0)].encode("utf-8"))
        result = {"error": str(error.msg), "at": starts[line - 1] + column}
    except (RecursionError, MemoryError):
        result = {"error": "it is nested too deeply", "at": 0}
    except Unknown:
        result = {"error": "it is too large", "at": 0}
    except ValueError as error:
        result = {"error": str(error), "at": 0}
    json.dump(result, sys.stdout, allow_nan=False)


main()
