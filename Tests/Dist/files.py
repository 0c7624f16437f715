"""Checks the files around a release that don't need the packages: workflows, the action, hooks, units,
schemas. Part of `make test`. What needs a tool that isn't installed is skipped, and says so.

usage: scripts/python-dist Tests/Dist/files.py --binary PENSTOCK"""

import argparse
import http.server
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import threading
import unittest

import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = ROOT / ".build/release/penstock"
PATH = f"{pathlib.Path(sys.executable).parent}:{os.environ['PATH']}:/usr/sbin"
sys.path.insert(0, str(ROOT / "scripts/dist"))


def run(*command, status=0, **more):
    more = {"text": True, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, **more}
    more["env"] = {**os.environ, "PATH": PATH, **more.get("env", {})}
    done = subprocess.run([str(part) for part in command], **more)
    assert done.returncode == status, f"{command}: {done.returncode}\n{done.stdout}"
    return done.stdout


def needs(tool):
    return unittest.skipUnless(shutil.which(tool, path=PATH), f"{tool} is not installed")


class Workflows(unittest.TestCase):
    @needs("actionlint")
    def test_actionlint(self):
        files = [*ROOT.glob(".github/workflows/*.yml"), ROOT / "examples/github/penstock.yml"]
        self.assertGreaterEqual(len(files), 3)
        run("actionlint", "-shellcheck=", "-pyflakes=", *files)

    @needs("actionlint")
    def test_actionlint_knows_mistakes(self):
        with tempfile.TemporaryDirectory() as folder:
            text = (ROOT / ".github/workflows/release.yml").read_text()
            file = pathlib.Path(folder) / "release.yml"
            file.write_text(text.replace("steps.bill.outputs", "steps.bil.outputs"))
            run("actionlint", "-shellcheck=", file, status=1)

    @needs("check-jsonschema")
    def test_schemas_of_others(self):
        for name, file in [
            ("github-actions", "action.yml"),
            ("github-workflows", ".github/workflows/release.yml"),
            ("github-workflows", "examples/github/penstock.yml"),
            ("gitlab-ci", "examples/deploy/gitlab-ci.yml"),
            ("compose-spec", "examples/deploy/compose.yaml"),
        ]:
            run("check-jsonschema", "--builtin-schema", f"vendor.{name}", ROOT / file)

    def test_versions(self):
        """Every example names the version of this release."""
        import release

        version = release.version()
        for file, text in [
            ("examples/github/penstock.yml", f"version: {version}\n"),
            ("examples/github/penstock.yml", f"penstock/penstock@v{version}\n"),
            ("examples/github/pre-commit-config.yaml", f"rev: v{version}\n"),
            ("examples/deploy/compose.yaml", f"penstock:{version}\n"),
            ("examples/deploy/buildspec.yml", f"PENSTOCK_VERSION: {version}\n"),
            ("examples/deploy/gitlab-ci.yml", f"PENSTOCK_VERSION: {version}\n"),
            ("README.md", f"penstock-{version}-linux-x86_64.tar.gz"),
            ("README.md", f"penstock_{version}_amd64.deb"),
            ("docs/ec2-host.md", f"penstock-{version}-linux-x86_64.tar.gz"),
            ("docs/deploying/container.md", f"penstock:{version}"),
        ]:
            self.assertTrue(text in (ROOT / file).read_text(), f"{file} lacks {text}")

    def test_scripts_in_yaml(self):
        """What jobs run is a shell script."""
        scripts = []
        for step in yaml.safe_load((ROOT / "action.yml").read_text())["runs"]["steps"]:
            scripts.append(step.get("run", ""))
        for phase in yaml.safe_load((ROOT / "examples/deploy/buildspec.yml").read_text())["phases"].values():
            scripts += phase["commands"]
        for job in yaml.safe_load((ROOT / "examples/deploy/gitlab-ci.yml").read_text()).values():
            scripts += job.get("script", [])
        self.assertGreater(len(scripts), 10)
        for script in scripts:
            run("bash", "-n", input=script)
        for script in [*ROOT.glob("scripts/action/*"), ROOT / "examples/github/pre-commit"]:
            run("bash", "-n", script)
            self.assertTrue(os.access(script, os.X_OK), script)


class Binary(unittest.TestCase):
    def test_everything_linked_has_a_notice(self):
        """Nothing is linked that packaging/components.json doesn't name, such as an engine of regular
        expressions that one line has drawn in: `import Text` has the searches of strings."""
        linker_map = ROOT / ".build/penstock.map"
        if not linker_map.exists():
            self.skipTest("there is no map of the linker's (make build)")
        import components

        linked, own = components.linked(linker_map)
        self.assertGreaterEqual(len(linked), 10)
        notices = components.notices(linked).decode()
        for component in linked:
            self.assertIn(component.name, notices)
        self.assertLess(BINARY.stat().st_size, 31e6)


class Deploying(unittest.TestCase):
    def test_aws_takes_the_task(self):
        """botocore knows every member, and its type."""
        import boto3
        from botocore.validate import ParamValidator

        for file, service, operation in [
            ("ecs-task.json", "ecs", "RegisterTaskDefinition"),
            ("ecs-schedule.json", "scheduler", "CreateSchedule"),
        ]:
            client = boto3.client(service, region_name="eu-central-1", aws_access_key_id="x", aws_secret_access_key="x")
            shape = client.meta.service_model.operation_model(operation).input_shape
            body = json.loads((ROOT / "examples/deploy" / file).read_text())
            report = ParamValidator().validate(body, shape)
            self.assertFalse(report.has_errors(), report.generate_report())

    def test_commands_are_ours(self):
        """The commands of the task and of Compose are command lines that Penstock takes."""
        task = json.loads((ROOT / "examples/deploy/ecs-task.json").read_text())
        compose = yaml.safe_load((ROOT / "examples/deploy/compose.yaml").read_text())
        with tempfile.TemporaryDirectory() as folder:
            shutil.copytree(ROOT / "examples/snowplow", f"{folder}/etl")
            run("./fill-sandbox", "box", cwd=f"{folder}/etl")
            for command in (
                task["containerDefinitions"][0]["command"], compose["services"]["etl"]["command"],
            ):
                words = [
                    word.replace("/var/lib/penstock", folder).replace("s3://acme-etl-state/lock", f"{folder}/lock")
                    for word in command
                ]
                run(
                    BINARY, *words, "--sandbox", "box", cwd=f"{folder}/etl",
                    env={"AWS_SNOWPLOW_ACCESS_KEY": "AKIA0000000000000000", "AWS_SNOWPLOW_SECRET_KEY": "x"},
                )
                shutil.rmtree(f"{folder}/etl/box")
                run("./fill-sandbox", "box", cwd=f"{folder}/etl")

    @needs("systemd-analyze")
    def test_units(self):
        with tempfile.TemporaryDirectory() as folder:
            for unit in (ROOT / "examples/scheduling").glob("*.*"):
                if unit.suffix in (".service", ".timer"):
                    # The program that it starts isn't installed here.
                    text = unit.read_text().replace("/usr/local/bin/etl-run", "/bin/true")
                    (pathlib.Path(folder) / unit.name).write_text(text)
            units = sorted(pathlib.Path(folder).iterdir())
            self.assertEqual(len(units), 3)
            # Some messages are warnings about this machine; those about our units aren't.
            printed = run("systemd-analyze", "verify", "--man=no", *units)
            self.assertNotIn("snowplow-etl", printed)


class Schemas(unittest.TestCase):
    def test_metaschema(self):
        import jsonschema

        import schemas

        for path in (ROOT / "schemas").rglob("*.json"):
            schema = json.loads(path.read_text())
            jsonschema.validators.validator_for(schema).check_schema(schema)
        ids = set()
        for name, schema in schemas.sources():
            schema = schemas.published(name, schema)
            jsonschema.Draft7Validator.check_schema(schema)
            ids.add(schema["$id"])
        for text in (json.dumps(schemas.catalog()), (ROOT / "examples/editor/settings.json").read_text()):
            for url in (word for word in text.split('"') if word.startswith(schemas.BASE)):
                self.assertIn(url, ids)

    def test_catalog(self):
        import schemas

        names = ["daily.penstock.yml", "load.step-kind.yml", "night.penstock-plan.json"]
        for name, entry in zip(names, schemas.catalog()["schemas"]):
            self.assertTrue(any(pathlib.PurePath(name).match(each) for each in entry["fileMatch"]), name)

    def test_published_and_source_agree(self):
        import comparison
        import schemas

        sources = dict(schemas.sources())
        published = {name: schemas.published(name, each) for name, each in sources.items()}
        self.assertGreater(comparison.compare(published, sources, schemas.BASE), 500)


class Hooks(unittest.TestCase):
    @needs("pre-commit")
    def test_pre_commit(self):
        """The real pre-commit takes the hook from this repository, and checks what is committed."""
        with tempfile.TemporaryDirectory() as folder:
            place = pathlib.Path(folder)
            git = {
                "GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@b", "GIT_COMMITTER_NAME": "a",
                "GIT_COMMITTER_EMAIL": "a@b", "GIT_CONFIG_GLOBAL": "/dev/null", "HOME": folder,
                "PRE_COMMIT_HOME": f"{folder}/cache", "PATH": f"{folder}/bin:{PATH}",
                "AWS_SNOWPLOW_ACCESS_KEY": "AKIA0000000000000000", "AWS_SNOWPLOW_SECRET_KEY": "x",
            }
            (place / "bin").mkdir()
            (place / "bin/penstock").symlink_to(BINARY)
            hooks, ours = place / "hooks", place / "ours"
            (hooks / "examples/github").mkdir(parents=True)
            shutil.copy(ROOT / ".pre-commit-hooks.yaml", hooks)
            for script in ("pre-commit", "pre-commit-fmt"):
                shutil.copy(ROOT / "examples/github" / script, hooks / "examples/github")
            shutil.copytree(ROOT / "examples/snowplow", ours / "etl")
            config = yaml.safe_load((ROOT / "examples/github/pre-commit-config.yaml").read_text())
            config["repos"][0]["repo"] = str(hooks)
            (ours / ".pre-commit-config.yaml").write_text(yaml.safe_dump(config))
            for repository in (hooks, ours):
                run("git", "init", "-q", "-b", "main", cwd=repository, env=git)
                run("git", "add", "-A", cwd=repository, env=git)
                if repository == hooks:
                    run("git", "commit", "-qm", "hooks", cwd=repository, env=git)
                    run("git", "tag", config["repos"][0]["rev"], cwd=repository, env=git)
            run("pre-commit", "install", cwd=ours, env=git)
            printed = run("git", "commit", "-m", "sound", cwd=ours, env=git)
            self.assertIn("Passed", printed)
            (ours / "etl/resolver.json").write_text("{")
            run("git", "add", "-A", cwd=ours, env=git)
            printed = run("git", "commit", "-m", "broken", status=1, cwd=ours, env=git)
            self.assertIn("etl/resolver.json", printed)
            printed = run("pre-commit", "run", "--all-files", status=1, cwd=ours, env=git)
            self.assertIn("error[", printed)


class Action(unittest.TestCase):
    """The scripts of action.yml, as a job runs them."""

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.folder)
        self.env = {
            "RUNNER_TEMP": str(self.folder / "temp"), "GITHUB_PATH": str(self.folder / "path"),
            "GITHUB_OUTPUT": str(self.folder / "output"), "GITHUB_STEP_SUMMARY": str(self.folder / "summary"),
            "AWS_SNOWPLOW_ACCESS_KEY": "AKIA0000000000000000", "AWS_SNOWPLOW_SECRET_KEY": "x",
            "GIT_CONFIG_GLOBAL": "/dev/null",
        }
        (self.folder / "temp").mkdir()

    def outputs(self):
        lines = (self.folder / "output").read_text().splitlines()
        return dict(line.split("=", 1) for line in lines)

    def test_install(self):
        import hashlib

        import archives
        from release import Entry

        version, served = "9.9.9", self.folder / "served/v9.9.9"
        served.mkdir(parents=True)
        name = f"penstock-{version}-linux-x86_64"
        entry = Entry(f"{name}/bin/penstock", b"#!/bin/sh\necho penstock 9.9.9\n", mode=0o755)
        data = archives.tar_gz([entry], 0)
        (served / f"{name}.tar.gz").write_bytes(data)
        digest = hashlib.sha256(data).hexdigest()
        (served / "SHA256SUMS").write_text(f"{digest}  {name}.tar.gz\n")

        class Quiet(http.server.SimpleHTTPRequestHandler):
            def __init__(self, *arguments, folder=str(self.folder / "served"), **more):
                super().__init__(*arguments, directory=folder, **more)

            def log_message(self, *_):
                pass

        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Quiet)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        env = {**self.env, "VERSION": version, "RELEASES": f"http://127.0.0.1:{server.server_port}"}
        env["no_proxy"] = "127.0.0.1"
        for sha in ("", digest):
            printed = run(ROOT / "scripts/action/install", env={**env, "SHA256": sha})
            self.assertEqual(printed, "penstock 9.9.9\n")
        (bin_folder,) = set((self.folder / "path").read_text().split())
        self.assertTrue((pathlib.Path(bin_folder) / "penstock").exists())
        printed = run(ROOT / "scripts/action/install", status=1, env={**env, "SHA256": "0" * 64})
        self.assertIn("doesn't have the digest", printed)
        (served / "SHA256SUMS").write_text("")
        run(ROOT / "scripts/action/install", status=1, env={**env, "SHA256": ""})

    def repository(self):
        """Two commits: the second changes the cluster."""
        (self.folder / "bin").mkdir()
        (self.folder / "bin/penstock").symlink_to(BINARY)
        self.env["PATH"] = f"{self.folder / 'bin'}:{PATH}"
        ours = self.folder / "ours"
        shutil.copytree(ROOT / "examples/snowplow", ours / "config")
        git = ["git", "-c", "user.name=a", "-c", "user.email=a@b"]
        run(*git, "init", "-q", cwd=ours, env=self.env)
        for count in ("2", "5"):
            file = ours / "config/config.yml"
            text = file.read_text()
            line = next(each for each in text.splitlines() if "core_instance_count:" in each)
            file.write_text(text.replace(line, f"{line.split(':')[0]}: {count}"))
            run(*git, "add", "-A", cwd=ours, env=self.env)
            run(*git, "commit", "-qm", count, cwd=ours, env=self.env)
        return ours

    def test_check_and_compare(self):
        ours = self.repository()
        run(ROOT / "scripts/action/check", "config", cwd=ours, env=self.env)
        self.assertEqual(self.outputs()["status"], "0")
        sarif = json.loads((ours / "penstock.sarif").read_text())
        self.assertEqual(sarif["version"], "2.1.0")
        run(ROOT / "scripts/action/compare", "HEAD~1", "HEAD", "config", "cost", cwd=ours, env=self.env)
        self.assertEqual(self.outputs()["gate"], "2")
        self.assertIn("core", (ours / "diff.md").read_text().lower())
        self.assertIn("<!-- penstock-diff -->", (self.folder / "summary").read_text())
        self.assertIn("<html", (ours / "diff.html").read_text())
        run(ROOT / "scripts/action/compare", "HEAD~1", "HEAD", "config", "security", cwd=ours, env=self.env)
        self.assertEqual(self.outputs()["gate"], "0")
        (ours / "config/resolver.json").write_text("{")
        printed = run(ROOT / "scripts/action/check", "config", cwd=ours, env=self.env)
        self.assertEqual(self.outputs()["status"], "1")
        self.assertIn("::error file=config/resolver.json", printed)
        self.assertIn("resolver.json", (ours / "penstock.sarif").read_text())

    def test_inputs_are_used(self):
        """Each input of the action is used, and each use is of an input that exists."""
        text = (ROOT / "action.yml").read_text()
        action = yaml.safe_load(text)
        import re

        used = set(re.findall(r"inputs\.([a-z0-9-]+)", text))
        self.assertEqual(used, set(action["inputs"]))
        example = yaml.safe_load((ROOT / "examples/github/penstock.yml").read_text())
        step = next(each for each in example["jobs"]["job-flow"]["steps"] if "with" in each and "version" in each["with"])
        self.assertLessEqual(set(step["with"]), set(action["inputs"]))
        for script in re.findall(r"GITHUB_ACTION_PATH/(scripts/action/\w+)", text):
            self.assertTrue((ROOT / script).exists(), script)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--binary", type=pathlib.Path, default=BINARY)
    options, rest = parser.parse_known_args()
    BINARY = options.binary.resolve()
    unittest.main(argv=[sys.argv[0], *rest], verbosity=1)
