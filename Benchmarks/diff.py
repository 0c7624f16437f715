#!/usr/bin/env python3
"""What `penstock diff` costs: two job flows and two plans of many steps, of which 1 % differ.

usage: diff.py PENSTOCK

Prints CPU seconds and memory (the least of three runs each), and what reading one of the files costs,
as a document that is no job flow is read and refused.
"""

import json
import os
import random
import subprocess
import sys
import tempfile

FOLDER = os.path.dirname(os.path.abspath(__file__))
GOLDEN = os.path.join(FOLDER, "..", "Tests", "Goldens", "plans", "snowplow.json")


def steps(plan, count):
    """The plan's steps over and over, each with places of its own."""
    named, requested = plan["steps"], plan["requests"][0]["body"]["Steps"]
    for index in range(count):
        step = json.loads(json.dumps(named[index % len(named)]))
        request = json.loads(json.dumps(requested[index % len(named)]))
        step["name"] = request["Name"] = "%s #%d" % (request["Name"], index)
        arguments = request["HadoopJarStep"].get("Args", [])
        for at, text in enumerate(arguments):
            if text.startswith("s3://"):
                arguments[at] = "%spart-%d/" % (text, index)
            elif len(text) > 200:
                arguments[at] = text[:64]
        for access in step["accesses"]:
            access["place"] += "part-%d/" % index
        yield step, request


def edit(pairs, chance):
    for index in chance.sample(range(len(pairs)), len(pairs) // 100):
        step, request = pairs[index]
        arguments = request["HadoopJarStep"].setdefault("Args", [])
        kind = chance.randrange(5)
        if kind == 0:
            arguments.append("--verbose")
        elif kind == 1:
            request["ActionOnFailure"] = "CONTINUE"
        elif kind == 2:
            step["name"] = request["Name"] = "renamed %d" % index
        elif kind == 3 and arguments:
            arguments[-1] += "-x"
        else:
            request["HadoopJarStep"]["Jar"] = "s3://other/job-1.2.jar"


def document(count, is_plan, is_edited):
    with open(GOLDEN) as file:
        plan = json.load(file)
    pairs = list(steps(plan, count))
    if is_edited:
        edit(pairs, random.Random(7))
    plan["steps"] = [step for step, _ in pairs]
    plan["requests"][0]["body"]["Steps"] = [request for _, request in pairs]
    return plan if is_plan else plan["requests"][0]["body"]


def measure(arguments):
    """CPU seconds and kibibytes of the least of three runs."""
    best = None
    for _ in range(3):
        process = subprocess.Popen(
            arguments, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        _, _, usage = os.wait4(process.pid, 0)
        process.returncode = 0
        result = (usage.ru_utime + usage.ru_stime, usage.ru_maxrss)
        best = min(best or result, result)
    return best


def write(count, is_plan, paths):
    for path, is_edited in zip(paths, (False, True)):
        with open(path, "w") as file:
            json.dump(document(count, is_plan, is_edited), file, indent=2)
    with open(paths[0]) as source, open(paths[2], "w") as file:
        file.write('{"other": ' + source.read() + "}")


def main():
    penstock = os.path.abspath(sys.argv[1])
    print("| steps | what | both files | reading both | diff | times | memory |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    with tempfile.TemporaryDirectory() as folder:
        for is_plan in (False, True):
            for count in (1_000, 10_000):
                paths = [os.path.join(folder, name) for name in ("a.json", "b.json", "other.json")]
                # In a process of its own: what this one holds would count as memory of all it starts.
                subprocess.run(
                    [sys.executable, __file__, "write", str(count), str(int(is_plan))] + paths,
                    check=True)
                read, _ = measure([penstock, "diff", paths[2], paths[2]])
                cost, memory = measure([penstock, "diff", paths[0], paths[1]])
                print("| %d | %s | %.0f MB | %.2f s | %.2f s | %.1f | %.0f MB |" % (
                    count, "plans" if is_plan else "job flows",
                    sum(map(os.path.getsize, paths[:2])) / 1e6, 2 * read, cost, cost / (2 * read),
                    memory / 1e3), flush=True)


if sys.argv[1] == "write":
    write(int(sys.argv[2]), sys.argv[3] == "1", sys.argv[4:])
else:
    main()
