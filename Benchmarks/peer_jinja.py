#!/usr/bin/env python3
"""The usual way in Python: a Jinja2 template that yields YAML, read by PyYAML, written as JSON.

usage: peer_jinja.py TEMPLATE
"""
import json
import pathlib
import sys

import jinja2
import yaml

text = jinja2.Template(pathlib.Path(sys.argv[1]).read_text()).render()
loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
json.dump(yaml.load(text, Loader=loader), sys.stdout, indent=2)
