"""Where the project is at home, from packaging/project.json."""

import json

from release import ROOT

_project = json.loads((ROOT / "packaging/project.json").read_text())
HOME = _project["home"]
MAINTAINER = _project["maintainer"]
SUMMARY = _project["summary"]
