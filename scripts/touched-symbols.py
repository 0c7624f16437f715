#!/usr/bin/env python3
"""Adds the symbols that a run touched to a list, in the order in which it did.

usage: touched-symbols.py BINARY TRACE LIST

TRACE is what valgrind's `lackey --trace-mem=yes` wrote of BINARY, which has its symbols. Functions and
data count alike. A place with several symbols counts for all of them.
"""
import bisect
import pathlib
import subprocess
import sys


def symbols(binary):
    """Addresses in ascending order, and the names at each."""
    named = {}
    listing = subprocess.run(["nm", binary], capture_output=True, text=True, check=True).stdout
    for line in listing.splitlines():
        parts = line.split()
        if len(parts) == 3:
            named.setdefault(int(parts[0], 16), []).append(parts[2])
    return sorted(named), named


def main():
    binary, trace, listed = sys.argv[1:]
    addresses, named = symbols(binary)
    path = pathlib.Path(listed)
    order = dict.fromkeys(path.read_text().splitlines() if path.exists() else [])
    seen = set()
    # The heap and the stack lie behind the program: what they hold has no symbol of its own.
    end = addresses[-1] + 4096
    with open(trace) as lines:
        for line in lines:
            if line[:3] not in ("I  ", " L ", " S ", " M "):
                continue
            address = int(line[3:].split(",")[0], 16)
            if address >= end or address in seen:
                continue
            seen.add(address)
            place = bisect.bisect(addresses, address) - 1
            if place >= 0:
                order.update(dict.fromkeys(named[addresses[place]]))
    path.write_text("".join(f"{name}\n" for name in order))


main()
