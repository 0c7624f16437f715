"""Packs its input with gzip, and writes it in Base64."""

import base64
import gzip
import sys

print(base64.b64encode(gzip.compress(sys.stdin.buffer.read())).decode())
