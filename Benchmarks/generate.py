#!/usr/bin/env python3
"""Writes a pipeline of N steps, and the same job flow as a Jsonnet program and as a Jinja2 template.

usage: generate.py FOLDER STEPS
"""
import pathlib
import sys
from typing import NamedTuple


class Inputs(NamedTuple):
    pipeline: pathlib.Path
    jsonnet: pathlib.Path
    jinja: pathlib.Path


PIPELINE = """\
penstock: v1
pipeline: generated
summary: A chain of copies, to measure with.
let:
  root: s3://generated-bucket/data
datasets:
  d0: {{ at: "${{root + '/0/'}}" }}
{datasets}stages:
  - stage: copy
    steps:
{steps}cluster:
  region: eu-west-1
  job-flow:
    Name: generated
    ReleaseLabel: emr-6.15.0
    LogUri: s3://generated-bucket/logs/
    ServiceRole: EMR_DefaultRole
    JobFlowRole: EMR_EC2_DefaultRole
    Instances:
      InstanceGroups:
        - {{ InstanceRole: MASTER, InstanceType: m5.xlarge, InstanceCount: 1 }}
"""

STEP = """\
      - name: "Copy {number} of ${{root}}"
        s3-dist-cp: {{ src: d{before}, dest: d{number}, targetSize: 128, outputCodec: gz }}
"""

JSONNET = """\
local root = 's3://generated-bucket/data';
local copy(before, number) = {{
  Name: 'Copy %d of %s' % [number, root],
  ActionOnFailure: 'TERMINATE_JOB_FLOW',
  HadoopJarStep: {{
    Jar: '/usr/share/aws/emr/s3-dist-cp/lib/s3-dist-cp.jar',
    Args: ['--src', root + '/' + before + '/', '--dest', root + '/' + number + '/',
           '--targetSize', '128', '--outputCodec', 'gz'],
  }},
}};
{{
  Name: 'generated',
  Steps: [
{steps}  ],
}}
"""

JINJA = """\
{{% set root = 's3://generated-bucket/data' %}}
Name: generated
Steps:
{steps}"""

JINJA_STEP = """\
- Name: "Copy {number} of {{{{ root }}}}"
  ActionOnFailure: TERMINATE_JOB_FLOW
  HadoopJarStep:
    Jar: /usr/share/aws/emr/s3-dist-cp/lib/s3-dist-cp.jar
    Args: [--src, "{{{{ root }}}}/{before}/", --dest, "{{{{ root }}}}/{number}/", --targetSize, "128", --outputCodec, gz]
"""


def write(folder, steps):
    """Each step is written out: what is measured is reading, checking and writing N steps."""
    folder.mkdir(parents=True, exist_ok=True)
    numbers = range(1, steps + 1)
    inputs = Inputs(folder / "pipeline.yml", folder / "job.jsonnet", folder / "job.yml.j2")
    inputs.pipeline.write_text(PIPELINE.format(
        datasets="".join(f"  d{n}: {{ at: \"${{root + '/{n}/'}}\" }}\n" for n in numbers),
        steps="".join(STEP.format(number=n, before=n - 1) for n in numbers)))
    inputs.jsonnet.write_text(JSONNET.format(
        steps="".join(f"    copy('{n - 1}', {n}),\n" for n in numbers)))
    inputs.jinja.write_text(JINJA.format(
        steps="".join(JINJA_STEP.format(number=n, before=n - 1) for n in numbers)))
    return inputs


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    print(*write(pathlib.Path(sys.argv[1]), int(sys.argv[2])), sep="\n")
