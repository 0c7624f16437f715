"""What all tests of the language server use."""
import os
import pathlib
import shutil

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = os.environ.get("PENSTOCK_BINARY") or str(ROOT / ".build/release/penstock")

PIPELINE = """\
penstock: v1
pipeline: sessions
summary: Sessions out of clicks.
inputs:
  config:
    schema: config.schema.json
    format: yaml
    summary: What varies.
let:
  place: ${config.place}
  limit: ${config.?limit.orValue(10)}
datasets:
  raw:
    summary: What came in.
    at: ${place}raw/
  done:
    at: ${place}done/
stages:
  - stage: move
    summary: Moves it.
    steps:
      - name: Move
        s3-dist-cp: { src: raw, dest: done }
  - stage: tidy
    when: ${stages.move}
    steps:
      - name: "Tidy ${limit}"
        tidy: { what: done }
cluster:
  region: eu-west-1
  job-flow:
    Name: Sessions
    ReleaseLabel: emr-7.5.0
    Instances:
      InstanceGroups:
        - { InstanceRole: MASTER, InstanceType: m5.xlarge, InstanceCount: 1 }
    JobFlowRole: EMR_EC2_DefaultRole
    ServiceRole: EMR_DefaultRole
"""

SCHEMA = """\
{
  "type": "object",
  "required": ["place"],
  "additionalProperties": false,
  "properties": {
    "place": {"type": "string", "description": "Where data is."},
    "limit": {"type": "integer", "description": "How much of it."},
    "mode": {"enum": ["fast", "slow"], "description": "How it is done."},
    "password": {"type": "string", "x-secret": true}
  }
}
"""

KIND = """\
penstock: v1
step-kind: tidy
summary: Tidies up.
parameters:
  type: object
  required: [what]
  additionalProperties: false
  properties:
    what: { type: string, x-data: true, description: What is tidied. }
reads: [what]
jar: command-runner.jar
arguments: [tidy, { value: what }]
"""

CONFIG = "place: s3://acme/\nlimit: 3\nmode: fast\npassword: hush-hush\n"


@pytest.fixture
def project(tmp_path):
    """A pipeline with its schema, step kind and configuration."""
    (tmp_path / "step-kinds").mkdir()
    (tmp_path / "pipeline.yml").write_text(PIPELINE)
    (tmp_path / "config.schema.json").write_text(SCHEMA)
    (tmp_path / "config.yml").write_text(CONFIG)
    (tmp_path / "step-kinds/tidy.yml").write_text(KIND)
    return tmp_path


@pytest.fixture
def snowplow(tmp_path):
    """Snowplow's pipeline as a file, with the example's inputs."""
    shutil.copytree(ROOT / "examples/snowplow", tmp_path, dirs_exist_ok=True)
    shutil.copy(ROOT / "pipelines/snowplow.yml", tmp_path / "pipeline.yml")
    return tmp_path
